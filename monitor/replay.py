"""Judge recorded logs: files in, judged rows and a tally out.

Decides what becomes of broken records and unreadable files: they are counted and told, and stop nothing.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from polars.io.plugins import register_io_source

from collectors.contract import BadRecord, Batch
from collectors.files import TOO_DEEP, UnreadableInputError, open_records
from monitor import schema
from monitor.ndjson import ndjson_lines
from monitor.pipeline import SourceSettings, parts_of
from monitor.rows import rows
from monitor.unjudged import part_sums

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    import polars as pl

    from collectors.contract import Decoder, Piece
    from collectors.files import ReadLimits
    from monitor.inputs import Input
    from monitor.kept import Sums
    from monitor.pipeline import Judged, Part, Pipeline
    from monitor.sums import Summation
    from monitor.tally import Tally

TOO_LONG: Final = "line_too_long"
_NOT_KEPT: Final = {
    TOO_LONG: "the record has {octets} octets, more than is kept of one",
    TOO_DEEP: "the record is nested more than 64 deep",
}
_ROW_GROUP: Final = 180_000


def decoded(input_: Input, limits: ReadLimits | None = None) -> Iterator[Batch]:
    """Batches of one file, in order.

    Raises:
        UnreadableInputError: the file cannot be read to its end; what came before was yielded.
    """
    decoder = input_.kind.decoder(input_.options)
    with open_records(input_.path, input_.kind.framing, limits) as file:
        for piece in file.pieces(limits):
            batch = decoded_piece(decoder, piece)
            del piece  # the bytes are not needed any more, and what follows needs the room
            yield batch
            del batch


def decoded_piece(decoder: Decoder, piece: Piece) -> Batch:
    """Decode a piece; a record whose text the reader does not hand over is a broken one."""
    if not piece.oversized:
        return decoder.decode(piece)
    reason = piece.refused or TOO_LONG
    bad = BadRecord(piece.first_line, reason, _NOT_KEPT[reason].format(octets=piece.oversized))
    return Batch(records=1, bad=(bad,), bad_by_reason=Counter({reason: 1}))


@dataclass(frozen=True, slots=True)
class Replay:
    """How files are judged: the stages, the sums, and where it is told what became of records."""

    pipeline: Pipeline
    summation: Summation
    limits: ReadLimits | None = None
    told: Callable[[Input, Batch], None] | None = None

    def frames(self, inputs: Iterable[Input], tally: Tally) -> Iterator[pl.DataFrame]:
        """Frames that conform to `schema.JUDGED`, in the order of the inputs; what became of others is tallied."""
        for input_ in inputs:
            tally.inputs += 1
            try:
                for batch in decoded(input_, self.limits):
                    tally.add_batch(batch)
                    if self.told:
                        self.told(input_, batch)
                    parts = parts_of(batch)
                    del batch
                    while parts:
                        yield self._rows(input_, parts.pop(0), tally)
            except UnreadableInputError as error:
                tally.unreadable[str(input_.path)] = str(error)

    def _rows(self, input_: Input, part: Part, tally: Tally) -> pl.DataFrame:
        """Judge a part and count it; nothing of it is held here while the next piece is read."""
        judged, sums = self.judge(input_, part)
        tally.add_judged(judged, sums)
        return rows(judged)

    def judge(self, input_: Input, part: Part) -> tuple[Judged, Sums]:
        """Judge a part, and add it up."""
        settings = SourceSettings(input_.kind.name, input_.count_at_forwarders, input_.source_name)
        judged = self.pipeline.run(part, settings)
        return judged, part_sums(self.summation, judged)


def write_judged(frames: Iterator[pl.DataFrame], path: Path) -> None:
    """Write judged rows as Parquet or NDJSON, by the name's ending; the file appears when it is whole.

    Raises:
        ValueError: the name has another ending.
    """
    writers = {".parquet": _write_parquet, ".ndjson": _write_ndjson}
    if path.suffix not in writers:
        message = f"{path.name} ends in neither .parquet nor .ndjson"
        raise ValueError(message)
    unfinished = path.with_name(path.name + ".part")
    try:
        writers[path.suffix](frames, unfinished)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _write_parquet(frames: Iterator[pl.DataFrame], path: Path) -> None:
    def source(
        with_columns: list[str] | None, predicate: pl.Expr | None, n_rows: int | None, batch_size: int | None
    ) -> Iterator[pl.DataFrame]:
        del with_columns, predicate, n_rows, batch_size  # the whole is written
        yield from frames

    rows = register_io_source(source, schema=schema.frame_schema(schema.JUDGED))
    rows.sink_parquet(path, compression="snappy", statistics=False, row_group_size=_ROW_GROUP)


def _write_ndjson(frames: Iterator[pl.DataFrame], path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        for frame in frames:
            file.writelines(ndjson_lines(frame))
