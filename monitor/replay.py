"""Judge recorded logs: files in, judged rows and a tally out.

Decides what becomes of broken records and unreadable files: they are counted and told, and stop nothing.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from polars.io.plugins import register_io_source

from collectors.contract import BadRecord, Batch
from collectors.files import UnreadableInputError, read_lines
from monitor import schema
from monitor.ndjson import ndjson_lines
from monitor.pipeline import SourceSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    import polars as pl

    from collectors.files import ReadLimits
    from monitor.inputs import Input
    from monitor.pipeline import Judged, Pipeline
    from monitor.tally import Tally

TOO_LONG: Final = "line_too_long"
_ROW_GROUP: Final = 120_000


def decoded(input_: Input, limits: ReadLimits | None = None) -> Iterator[Batch]:
    """Batches of one file, in order.

    Raises:
        UnreadableInputError: the file cannot be read to its end; what came before was yielded.
    """
    decoder = input_.kind.decoder(input_.options)
    for lines in read_lines(input_.path, limits):
        if lines.oversized:
            what = f"the line has {lines.oversized} octets, more than is kept of one"
            bad = BadRecord(lines.first_line, TOO_LONG, what)
            yield Batch(records=1, bad=(bad,), bad_by_reason=Counter({TOO_LONG: 1}))
        else:
            batch = decoder.decode(lines)
            del lines  # the bytes are not needed any more, and what follows needs the room
            yield batch
            del batch


def judged_frames(
    inputs: Iterable[Input],
    pipeline: Pipeline,
    tally: Tally,
    limits: ReadLimits | None = None,
    told: Callable[[Input, Batch], None] | None = None,
) -> Iterator[pl.DataFrame]:
    """Frames that conform to `schema.JUDGED`, in the order of the inputs; what else became of records is tallied."""
    for input_ in inputs:
        tally.inputs += 1
        settings = SourceSettings(input_.kind.name, input_.count_at_forwarders)
        try:
            for batch in decoded(input_, limits):
                tally.add_batch(batch)
                if told:
                    told(input_, batch)
                parts = list(batch.flows)
                del batch
                while parts:
                    frame = _tallied(pipeline.run(parts.pop(0), settings), tally)
                    yield frame
                    del frame
        except UnreadableInputError as error:
            tally.unreadable[str(input_.path)] = str(error)


def _tallied(judged: Judged, tally: Tally) -> pl.DataFrame:
    """Count judged rows and hand them on; nothing of them is held here while the next piece is read."""
    tally.add_judged(judged)
    return judged.frame


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
