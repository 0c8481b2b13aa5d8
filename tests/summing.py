"""Add lines of an AWS flow log up at a small site, as `replay --ledger` does, and get plain rows back.

Lines are cut into parts as a test likes; the sums of all parts are folded.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from collectors import KINDS
from collectors.contract import Piece, SourceOptions
from monitor import folding, kept
from monitor.app import build_pipeline, open_site
from monitor.kept import Sums
from monitor.pipeline import SourceSettings
from monitor.sums import Summation, batch_sums
from tests.judging import HEADER, Site

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from monitor.app import Knowledge
    from monitor.pipeline import Judged, Pipeline

_SOURCE: Final = SourceSettings("aws_vpc")
FRAMES: Final = ("transfers", "probes", "evidence", "coverage", "outcomes", "networks")


@dataclass(frozen=True, slots=True)
class Summing:
    """The stages and the sums of one site."""

    pipeline: Pipeline
    summation: Summation

    @classmethod
    def of(cls, knowledge: Knowledge, directory: Path, **texts: str) -> Summing:
        """Build them; `texts` are fields of `Site`."""
        site = open_site(Site(**texts).write(directory), knowledge.operators)
        return cls(build_pipeline(site, knowledge), Summation.of(site))

    def judged(self, *lines: str) -> Judged:
        """Judge lines as one part."""
        (flows,) = _decoder().decode(_lines(lines)).flows
        return self.pipeline.run(flows, _SOURCE)

    def parts(self, lines: Sequence[str]) -> list[Sums]:
        """What one batch of lines adds up to: each part of it, and what it says beside its flows."""
        batch = _decoder().decode(_lines(lines))
        judged = [self.pipeline.run(flows, _SOURCE) for flows in batch.flows]
        no_time, octets = sum(each.no_time for each in judged), sum(each.no_time_octets for each in judged)
        beside = batch_sums(batch, _SOURCE.kind, no_time, octets, self.summation.hours)
        return [*(self.summation.sums(each) for each in judged), beside]

    def sums(self, *lines: str) -> Sums:
        """What lines add up to in one batch."""
        return folded(self.parts(lines))


def _decoder() -> Any:  # noqa: ANN401 - a Decoder
    return KINDS["aws_vpc"].decoder(SourceOptions())


def _lines(lines: Sequence[str]) -> Piece:
    return Piece("".join(f"{text}\n" for text in (HEADER, *lines)).encode(), 1, 0)


def folded(parts: Sequence[Sums]) -> Sums:
    """Sums of parts as one."""
    return Sums(
        transfers=folding.folded_transfers([part.transfers for part in parts]),
        probes=folding.folded_probes([part.probes for part in parts]),
        evidence=folding.folded_evidence([part.evidence for part in parts]),
        coverage=folding.folded_coverage([part.coverage for part in parts]),
        outcomes=folding.folded_outcomes([part.outcomes for part in parts]),
        networks=folding.folded_networks([part.networks for part in parts]),
    )


def in_order(frame: pl.DataFrame) -> pl.DataFrame:
    """The same rows in one order; lists as text."""
    return frame.with_columns(pl.selectors.list().list.join(" ")).sort(pl.all())


def different(one: Sums, other: Sums) -> list[str]:
    """Names of the frames that are not the same rows."""
    return [name for name in FRAMES if not _same(getattr(one, name), getattr(other, name))]


def _same(one: pl.DataFrame, other: pl.DataFrame) -> bool:
    return one.schema == other.schema and in_order(one).equals(in_order(other), null_equal=True)


def told(frame: pl.DataFrame, *names: str) -> list[tuple[Any, ...]]:
    """Some columns of all rows, sorted as text."""
    return sorted(frame.select(names).rows(), key=str)


def scaled(judged: Judged, **columns: int) -> Judged:
    """The same records as a source would say them that counts otherwise."""
    types: Mapping[str, pl.DataType] = {"sampling_interval": pl.UInt32()}
    values = {name: pl.lit(value, dtype=types.get(name, pl.Int64())) for name, value in columns.items()}
    oriented = replace(judged.oriented, frame=judged.oriented.frame.with_columns(**values))
    return replace(judged, oriented=oriented, timed=judged.timed.with_columns(**values))


SCHEMAS: Final = {
    "transfers": kept.TRANSFERS,
    "probes": kept.PROBES,
    "evidence": kept.EVIDENCE,
    "coverage": kept.COVERAGE,
    "networks": kept.NETWORKS,
}
