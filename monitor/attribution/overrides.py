"""Read site overrides: what the site itself states of networks, in YAML.

Decides what an override must say. It stands above every feed and database; it may state the place, the operator, or
both. Nothing but what is written is overridden: a network without `operator` keeps the operator that others give it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl
from pydantic import Field, model_validator

from monitor.attribution.stated import STATEMENT
from monitor.document import Listed, Written, as_document, fit
from monitor.fields import Country, Network, Operator, Surroundings, Text
from monitor.problem import ProblemsFound
from monitor.wording import Unfit

if TYPE_CHECKING:
    from collections.abc import Collection

    from monitor.attribution.archives import Input
    from monitor.attribution.declared import Source
    from monitor.problem import Problem

_HALF: Final = 2**64


class Override(Written):
    """What is stated of some networks; `note` says on what the statement rests."""

    networks: Listed[Network] = Field(min_length=1, examples=["[198.51.100.0/24]"])
    country: Country | None = None
    region: Text | None = None
    operator: Operator | None = None
    service: Text | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def _states_something(self) -> Override:
        if self.country is None and self.operator is None:
            raise Unfit("the override states nothing", "Write country, operator, or both.")
        return self


class _Overrides(Written):
    overrides: Listed[Override] = Field(examples=["[{networks: [198.51.100.0/24], country: FR}]"])


def read_overrides(source: Source, given: Input, operators: Collection[str] | None) -> pl.DataFrame:
    """Read overrides into statements.

    Columns out: those of `monitor.attribution.stated`.

    Raises:
        ProblemsFound: with everything that is wrong in the file.
    """
    problems: list[Problem] = []
    document = as_document(given.names[0], given.contents[0], problems)
    written = fit(document, _Overrides, problems, context=Surroundings(operators=operators)) if document else None
    if written is None or problems:
        raise ProblemsFound(problems)
    rows = [
        (
            network.version,
            *divmod(int(network.network_address), _HALF),
            *divmod(int(network.broadcast_address), _HALF),
            override.operator or source.operator,
            override.service,
            override.region,
            override.country,
            "regional" if override.country else "whose",
        )
        for override in written.overrides
        for network in override.networks
    ]
    return pl.DataFrame(rows, schema=STATEMENT, orient="row")
