"""The order of the stages: decoded flows in, judged records out.

Decides nothing; it hands frames and small values from one stage to the next, and counts what leaves on the way. What
comes out are numbers and small tables: `rows` spells them out, `sums` adds them up, and neither pays for the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from monitor.orient import orient
from monitor.totals import total

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from collectors.contract import Flows
    from monitor.address import ParsedAddresses
    from monitor.atlas_days import AtlasDays
    from monitor.attribution.far_ends import Attributor
    from monitor.hosting import Hosts
    from monitor.judge import Judge
    from monitor.orient import Oriented, Orienter


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """What the pipeline must know of the source of a batch."""

    kind: str
    count_at_forwarders: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """Judged records of a part, and what was not judged: records, and octets of them, by reason.

    `oriented` holds the records of which an end is ours, row by row; `verdict` numbers their verdicts in `verdicts`;
    `host` numbers who hosts our end in `hosts`; `operator` names the operator of each address. `timed` holds every
    record that has a time, whoever's it is. `atlas_days` are those of the atlas's sources.
    """

    oriented: Oriented
    timed: pl.DataFrame
    addresses: ParsedAddresses
    operator: pl.Series
    verdicts: pl.DataFrame
    verdict: NDArray[np.intp]
    hosts: Hosts
    host: NDArray[np.int32]
    orienter: Orienter
    source: SourceSettings
    basis: str
    atlas_days: AtlasDays | None = None
    no_time: int = 0
    no_time_octets: int = 0

    @property
    def not_ours(self) -> int:
        """Records of which no end is ours."""
        return self.oriented.not_ours

    @property
    def not_ours_octets(self) -> int:
        """Octets of these."""
        return self.oriented.not_ours_octets


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The stages of one site, built once."""

    orienter: Orienter
    attributor: Attributor
    judge: Judge
    hosts: Hosts
    basis: str
    atlas_days: AtlasDays | None = None

    def run(self, flows: Flows, source: SourceSettings) -> Judged:
        """Orient, attribute and judge one part of a batch. Pure: equal records give equal rows, whatever the batch."""
        frame, addresses = flows.frame, flows.addresses
        without_time = frame["end_time"].null_count()
        no_time_octets = 0
        if without_time:
            no_time_octets = total(frame.filter(pl.col("end_time").is_null())["octets"])
            frame = frame.filter(pl.col("end_time").is_not_null())
        oriented = orient(frame, addresses, self.orienter, count_at_forwarders=source.count_at_forwarders)
        far = self.attributor.attribute(addresses)
        verdicts = self.judge.judge(oriented, addresses, far)
        end = oriented.frame["end_time"].to_physical().to_numpy()
        return Judged(
            oriented=oriented,
            timed=frame,
            addresses=addresses,
            operator=far.operator_name,
            verdicts=verdicts.table,
            verdict=verdicts.row,
            hosts=self.hosts,
            host=self.hosts.of_rows(oriented.system, oriented.local, end, addresses),
            orienter=self.orienter,
            source=source,
            basis=self.basis,
            atlas_days=self.atlas_days,
            no_time=without_time,
            no_time_octets=no_time_octets,
        )
