"""Who a provider is whose own people, or whose own services, an administration log tells of.

Decides by whose log it is: the operator of the cloud, in the form in which the inventory says that it hosts the system
then (a sovereign cloud is run by another company than the one whose technology it is). A log of no cloud is about the
operator that hosts the system. Refuses to know its owners and laws.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from monitor.accounts import cloud_of
from monitor.attribution.far_ends import UNLISTED
from monitor.far_actors import NO_CLAIM, NO_PROVIDER, Providers
from monitor.orient import NO_ADDRESS
from monitor.orient_admins import PROVIDER, SERVICE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from monitor.attribution.operators import OperatorTable
    from monitor.hosting import Hosts
    from monitor.orient_admins import Acts

# Operators of the table that run a cloud whose logs have its form; the first is meant where the inventory names none.
RUN_BY: Final = {
    "aws": ("aws", "aws_eusc"),
    "azure": ("microsoft_azure", "azure_china", "gov_sg_azure", "bleu", "delos"),
    "gcp": ("google_cloud", "s3ns"),
}


@dataclass(frozen=True, slots=True)
class ProviderTable:
    """The operators that may act, those that host systems first, in the order of `Hosts.operators`."""

    operators: Providers
    _number: dict[str, int]

    @classmethod
    def of(cls, hosts: Hosts, table: OperatorTable) -> ProviderTable:
        """Make the hosts of an inventory, and the clouds, ready."""
        position = {operator.id: place for place, operator in enumerate(table.operators)}
        clouds = [operators[0] for operators in RUN_BY.values() if operators[0] not in hosts.operators]
        ids = (*hosts.operators, *clouds)
        positions = np.array([position.get(each, UNLISTED) for each in ids], dtype=np.int32)
        return cls(Providers(ids, positions), {each: number for number, each in enumerate(ids)})

    def of_acts(self, acts: Acts, host: NDArray[np.int32], kind: str) -> NDArray[np.int32]:
        """Provider of each act by its own people, or by a service of it of which no place is told; else NO_PROVIDER.

        `host`: number of the operator that hosts our end then, or -1; `kind`: of the source.
        """
        cloud = cloud_of(kind)
        provider = host
        if cloud is not None:
            run_by = RUN_BY[cloud]
            fits = np.isin(host, [self._number[each] for each in run_by if each in self._number])
            provider = np.where(fits, host, self._number[run_by[0]]).astype(np.int32)
        unplaced = (acts.oriented.remote == NO_ADDRESS) & (acts.claim == NO_CLAIM)
        itself = (acts.actor_kind == PROVIDER) | ((acts.actor_kind == SERVICE) & unplaced)
        return np.where(itself, provider, NO_PROVIDER).astype(np.int32)
