"""Write one batch: its checkpoint moves and its sums are added in one transaction, or nothing happens.

Decides what a commit is. A batch is a range of octets of one input; whoever moves the checkpoint first has judged it,
and everyone else throws theirs away.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import polars as pl

from monitor import kept
from monitor.folding import folded_coverage, folded_networks, folded_outcomes, folded_probes, narrow_transfers
from monitor.ledger.checkpoints import WINDOW_OCTETS, find_input, hints_of, move, register, was_another
from monitor.ledger.evidence import add_evidence
from monitor.ledger.findings import add_findings
from monitor.ledger.names_held import hold_names
from monitor.ledger.rules_held import hold
from monitor.ledger.seconds import as_seconds, seconds
from monitor.ledger.tables import (
    ATLASES,
    BASES,
    COVERAGE,
    JUDGEMENT_WORDS,
    JUDGEMENTS,
    NETWORKS,
    OUTCOMES,
    PROBES,
    TRANSFER_KEYS,
    TRANSFERS,
)
from monitor.ledger.unreadable import add_unreadable, is_any_unreadable, is_unreadable, remove_unreadable
from monitor.ledger.upsert import add_rows, insert_new
from monitor.transfer_keys import number_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from monitor.atlas_days import AtlasDays
    from monitor.kept import Sums
    from monitor.ledger.checkpoints import Checkpoint, Content, Known, Origin, Unknown
    from monitor.ledger.names_held import HeldNames
    from monitor.ledger.rules_held import Held
    from monitor.ledger.store import Ledger
    from monitor.ledger.unreadable import Looks

_DAY_SECONDS: Final = 86_400
_REMEMBERED_KEYS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Retention:
    """For how many days sums and evidence are kept, and the day on which they are written (seconds since 1970).

    Days count from the hour of the record or from the day of writing, whichever is later: an archive that is judged
    afresh is not deleted on the same day.
    """

    transfer_days: int
    evidence_days: int
    today: int

    @property
    def findings_until(self) -> int:
        """Second from which a finding is deleted that matches today: it names addresses, as evidence does."""
        return self.today + self.evidence_days * _DAY_SECONDS

    def until(self, column: str = "hour") -> pl.Expr:
        """Second from which rows are deleted."""
        begin = pl.max_horizontal(pl.col(column), pl.lit(self.today, pl.Int64))
        return (begin + self.transfer_days * _DAY_SECONDS).alias("retain_until")


@dataclass(frozen=True, slots=True)
class LedgerBatch:
    """A range of one input, from `start` to the checkpoint `to`, and what its records add up to.

    `span`: the smallest and the largest end of its records; null where none has a time. `names`: those that flows of
    other inputs may ask for. `looks`: what an object of a store looks like that was read to its end with this batch.
    `first_octets`: by how many a new input may be known.
    `findings`: what rules found in it, as three frames: findings, their ends, their buckets of time. `held`: what rules
    remember of it.
    """

    start: int
    to: Checkpoint
    sums: Sequence[Sums]
    records: int
    span: tuple[datetime, datetime] | None
    names: HeldNames | None = None
    looks: str | None = None
    first_octets: int = WINDOW_OCTETS
    findings: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame] | None = None
    held: Held | None = None


@dataclass(frozen=True, slots=True)
class Range:
    """A batch, where its input was seen and what can be asked of that; without `input_id` it is not known yet."""

    batch: LedgerBatch
    origin: Origin
    content: Content
    input_id: int | None


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes the batches of one run."""

    ledger: Ledger
    basis: str
    parts: Mapping[str, str]
    retention: Retention
    atlas_days: AtlasDays | None = None
    _written_keys: set[int] = field(default_factory=set)

    def find(self, content: Content) -> Known | Unknown:
        """Find the input that a content is."""
        with self.ledger.reading() as connection:
            return find_input(connection, content)

    def read_so(self, paths: Sequence[str]) -> dict[str, set[str]]:
        """What the inputs at these paths looked like when they were read to their end."""
        with self.ledger.reading() as connection:
            return hints_of(connection, paths)

    def was_another(self, origin: Origin) -> bool:
        """Whether the very same file was another input before: it was truncated and rewritten."""
        with self.ledger.reading() as connection:
            return was_another(connection, origin)

    def cannot_read(self, source: str, reason: str, looks: Looks) -> bool:
        """Keep that an input cannot be read; false where the ledger has it already."""
        with self.ledger.reading() as connection:
            if is_unreadable(connection, looks):
                return False
        until = max(looks.written, self.retention.today) + self.retention.transfer_days * _DAY_SECONDS
        with self.ledger.writing() as connection:
            return add_unreadable(connection, source, reason, looks, until)

    def has_read(self, looks: Callable[[], Looks]) -> None:
        """Forget that an input could not be read; how it looks is asked where there is one such input at all."""
        with self.ledger.reading() as connection:
            if not is_any_unreadable(connection) or not is_unreadable(connection, found := looks()):
                return
        with self.ledger.writing() as connection:
            remove_unreadable(connection, found)

    def write(self, batch: LedgerBatch, origin: Origin, content: Content, input_id: int | None) -> int:
        """Write a batch and give the number of its input; without `input_id` the input is made known.

        Raises:
            Overtaken: another reader was quicker; nothing was written.
            HeldElsewhereError: rules remember more than was known when they were asked; nothing was written.
        """
        return self.write_all([Range(batch, origin, content, input_id)], batch.findings, batch.held)[0]

    def write_all(
        self,
        ranges: Sequence[Range],
        findings: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame] | None = None,
        held: Held | None = None,
    ) -> list[int]:
        """Write batches of several inputs in one transaction, and give the numbers of their inputs.

        Raises:
            Overtaken: another reader was quicker with one of them; nothing was written.
            HeldElsewhereError: rules remember more than was known when they were asked; nothing was written.
        """
        with self.ledger.writing() as connection:
            insert_new(connection, BASES, pl.DataFrame([{"basis": self.basis, **self.parts}]))
            if self.atlas_days is not None:
                insert_new(connection, ATLASES, pl.DataFrame([self._atlas(self.atlas_days)]))
            numbers = [self._move(connection, each) for each in ranges]
            keys = self._add(connection, [each.batch.sums for each in ranges], numbers)
            if findings is not None:
                add_findings(connection, *findings, self.retention.findings_until)
            if held is not None:
                hold(connection, held, self.retention.findings_until)
        self._remember(keys)
        return numbers

    def _move(self, connection: Connection, each: Range) -> int:
        """Move the checkpoint of an input, and keep the names that it gave."""
        batch, number = each.batch, each.input_id
        if number is None:
            number = register(connection, each.content, each.origin, self.basis, batch.first_octets)
        span = None if batch.span is None else (seconds(batch.span[0]), seconds(batch.span[1]))
        move(connection, number, batch.start, batch.to, batch.records, span, batch.looks, self.basis)
        if batch.names is not None:
            hold_names(connection, batch.names, each.origin.source, number, batch.start, self.retention.today)
        return number

    def _atlas(self, days: AtlasDays) -> dict[str, str]:
        oldest, newest = days.oldest.isoformat(), days.newest.isoformat()
        return {"atlas": self.parts["atlas"], "atlas_oldest": oldest, "atlas_newest": newest}

    def _remember(self, keys: pl.Series) -> None:
        """Keys that are in the ledger for good: none is ever deleted."""
        if len(self._written_keys) > _REMEMBERED_KEYS:
            self._written_keys.clear()
        self._written_keys.update(keys.to_list())

    def _add(self, connection: Connection, of_inputs: Sequence[Sequence[Sums]], numbers: Sequence[int]) -> pl.Series:
        """Add what batches sum up to; only outcomes are kept by input."""
        parts = [part for sums in of_inputs for part in sums]
        keys = self._add_keys(connection, [part.transfers for part in parts])
        retention = self.retention
        transfers = narrow_transfers([part.transfers for part in parts]).with_columns(as_seconds("hour"))
        add_rows(connection, TRANSFERS, transfers.with_columns(retention.until()))
        add_rows(connection, PROBES, self._numbered(folded_probes([part.probes for part in parts])))
        add_rows(connection, COVERAGE, self._numbered(folded_coverage([part.coverage for part in parts])))
        add_rows(connection, NETWORKS, self._numbered(folded_networks([part.networks for part in parts])))
        for number, sums in zip(numbers, of_inputs, strict=True):
            if outcomes := [part.outcomes for part in sums if part.outcomes.height]:
                by_input = folded_outcomes(outcomes).with_columns(pl.lit(number).alias("input"))
                add_rows(connection, OUTCOMES, by_input)
        evidence = pl.concat(part.evidence for part in parts)
        add_evidence(connection, evidence, retention.evidence_days * _DAY_SECONDS, retention.today)
        return keys

    def _add_keys(self, connection: Connection, transfers: Sequence[pl.DataFrame]) -> pl.Series:
        """Make keys known that this process has not written yet, and give them."""
        words = pl.concat([part.drop("hour", *kept.MEASURE_NAMES) for part in transfers])
        unwritten = set(words["key"].unique().to_list()) - self._written_keys
        is_new = pl.col("key").is_in(pl.Series(list(unwritten), dtype=pl.Int64).implode())
        new = words.filter(is_new).unique("key", keep="any")
        lists = [name for name, dtype in new.schema.items() if dtype == kept.TEXTS]
        new = new.with_columns(pl.col(lists).list.join(" "))
        judged = new.with_columns(number_rows(new.select(JUDGEMENT_WORDS)).alias("judgement"))
        insert_new(connection, JUDGEMENTS, judged.unique("judgement", keep="any"))
        insert_new(connection, TRANSFER_KEYS, judged)
        return new["key"]

    def _numbered(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Rows with the number of what they stand for, which is all of their words."""
        words = [name for name, dtype in rows.schema.items() if dtype in {pl.String(), pl.Boolean()}]
        times = [name for name in ("hour", "first_time", "last_time") if name in rows.columns]
        return rows.with_columns(number_rows(rows.select(words)), *as_seconds(*times)).with_columns(
            self.retention.until()
        )
