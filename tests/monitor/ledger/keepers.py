"""Keep files of a small site in a ledger, as `replay --ledger` does, and tell what the ledger then holds.

Two ledgers that say the same are equal here, whatever numbers their inputs have and whatever order their rows lie in.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from monitor.app import build_pipeline, build_writer, open_site
from monitor.inputs import find_inputs
from monitor.keeping import COMMIT_LINES, Findings, Keeping
from monitor.ledger.evidence import evidence_of
from monitor.ledger.read import coverage_of, networks_of, outcomes_of, probes_of, transfers_of
from monitor.ledger.seconds import seconds
from monitor.ledger.store import open_ledger
from monitor.ledger.tables import INPUTS
from monitor.replay import Replay
from monitor.sums import Summation
from monitor.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    import polars as pl
    from sqlalchemy import Connection

    from collectors.files import ReadLimits
    from monitor.app import Knowledge
    from monitor.config import Site
    from monitor.keeping import Committed
    from monitor.ledger.store import Ledger
    from monitor.pipeline import Pipeline

FROM: Final = datetime(1970, 1, 1, tzinfo=UTC)
UNTIL: Final = datetime(9999, 1, 1, tzinfo=UTC)
TODAY: Final = seconds(datetime(2026, 11, 24, tzinfo=UTC))

Contents = dict[str, list[tuple[Any, ...]]]


@dataclass(slots=True)
class Keeper:
    """A site that keeps: `keep(ledger, paths)` is one run of `replay --ledger`."""

    site: Site
    knowledge: Knowledge
    pipeline: Pipeline
    summation: Summation
    limits: ReadLimits | None = None
    commit_lines: int = COMMIT_LINES
    today: int = TODAY
    tally: Tally = field(default_factory=Tally)

    @classmethod
    def of(cls, config: Path, knowledge: Knowledge) -> Keeper:
        """Load a site's files."""
        site = open_site(config, knowledge.operators)
        return cls(site, knowledge, build_pipeline(site, knowledge), Summation.of(site))

    def keep(self, ledger: Path, *paths: Path, format_: str = "aws_vpc") -> Findings:
        """Read what is new of the files into a ledger, which is made where there is none."""
        with open_ledger(f"sqlite:///{ledger}", create=True) as opened:
            return self.keep_in(opened, *paths, format_=format_)

    def keep_in(self, ledger: Ledger, *paths: Path | str, format_: str = "aws_vpc") -> Findings:
        """Read what is new of the files into an open ledger."""
        findings = Findings()
        for _ in self.steps(ledger, paths, findings, format_=format_):
            pass
        return findings

    def steps(
        self,
        ledger: Ledger,
        paths: Sequence[Path | str],
        findings: Findings,
        *,
        format_: str = "aws_vpc",
        committed: Callable[[Committed], None] | None = None,
    ) -> Iterable[pl.DataFrame]:
        """Read as `keep` does, one commit at a time: each step is one batch, judged and written."""
        self.tally = Tally()
        inputs = find_inputs(paths, format_, self.site).inputs
        replay = Replay(self.pipeline, self.summation, self.limits)
        writer = build_writer(self.site, self.knowledge, ledger, self.today)
        keeping = Keeping(replay, writer, self.commit_lines, committed)
        # Rows are asked for, so that every commit is a step.
        return keeping.keep(inputs, self.tally, findings, spelled=True)


def contents(ledger: Path) -> Contents:
    """All that a ledger says, as sorted rows by what they are."""
    with open_ledger(f"sqlite:///{ledger}") as opened, opened.reading() as connection:
        frames = {
            "transfers": transfers_of(connection, FROM, UNTIL),
            "probes": probes_of(connection, FROM, UNTIL),
            "coverage": coverage_of(connection, FROM, UNTIL),
            "networks": networks_of(connection, FROM, UNTIL),
            "evidence": evidence_of(connection, seconds(FROM), seconds(UNTIL)),
        }
        said = {name: rows(frame) for name, frame in frames.items()}
        said["checkpoints"] = _sorted(checkpoints(connection))
        said["outcomes"] = _sorted(_outcomes(connection))
    return said


def measures(ledger: Path, table: str = "transfers") -> dict[str, int]:
    """Sums of all measures of transfers or probes."""
    of = {"transfers": transfers_of, "probes": probes_of}[table]
    with open_ledger(f"sqlite:///{ledger}") as opened, opened.reading() as connection:
        frame = of(connection, FROM, UNTIL)
    return {name: int(frame[name].sum()) for name in ("records", "octets_out", "octets_in", "packets_observed")}


def records(ledger: Path) -> int:
    """Records of transfers and probes."""
    return measures(ledger)["records"] + measures(ledger, "probes")["records"]


def rows(frame: pl.DataFrame) -> list[tuple[Any, ...]]:
    """Rows in an order of their own, lists as tuples."""
    return _sorted(
        tuple(tuple(each) if isinstance(each, list) else each for each in row)
        for row in frame.select(sorted(frame.columns)).iter_rows()
    )


def checkpoints(connection: Connection) -> list[tuple[Any, ...]]:
    """How far every input was read, by what does not depend on when it was first seen."""
    wanted = INPUTS.c[
        "guard_sha256", "offset", "line", "decoder_state", "windows", "records", "first_time", "last_time"
    ]
    return [tuple(row) for row in connection.execute(select(*wanted))]


def _outcomes(connection: Connection) -> list[tuple[Any, ...]]:
    """Outcomes by the content of their input instead of its number."""
    guards: Mapping[int, str] = dict(connection.execute(select(INPUTS.c.id, INPUTS.c.guard_sha256)).all())
    return [(guards[row[0]], *row[1:]) for row in outcomes_of(connection, FROM, UNTIL).iter_rows()]


def _sorted(found: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return sorted(found, key=lambda row: tuple((each is not None, str(each)) for each in row))
