"""Judge recorded logs: files in, judged rows and a tally out.

Decides which files are read and as what. Broken records and unreadable files are counted and told; they stop nothing.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch
from typing import TYPE_CHECKING, Final

from polars.io.plugins import register_io_source

from collectors import KINDS
from collectors.contract import BadRecord, Batch, SourceOptions
from collectors.files import ReadLimits, UnreadableInputError, beginning_of, read_lines
from monitor import schema
from monitor.ndjson import ndjson_lines
from monitor.pipeline import SourceSettings
from monitor.problem import Problem, ProblemsFound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    import polars as pl

    from collectors.contract import Kind
    from monitor.config import Site, Source
    from monitor.pipeline import Pipeline
    from monitor.tally import Tally

AUTO: Final = "auto"
TOO_LONG: Final = "line_too_long"
_ROW_GROUP: Final = 100_000


@dataclass(frozen=True, slots=True)
class Input:
    """One file to read, and as what."""

    path: Path
    kind: Kind
    options: SourceOptions = field(default_factory=SourceOptions)
    count_at_forwarders: bool = False


def find_inputs(paths: Sequence[Path], format_: str, site: Site | None = None) -> list[Input]:
    """Files of the given paths (a directory brings all files below it), each once, in name order below a directory.

    The site's source whose `path:` matches a file, or its only source of that kind, says how to read it.

    Raises:
        ProblemsFound: a path is not there, or a file's kind is not recognised.
    """
    problems: list[Problem] = []
    inputs: dict[Path, Input] = {}
    for path in paths:
        if not path.exists():
            problems.append(Problem(str(path), 0, 0, "", "there is no such file or directory."))
        for file in _files(path):
            try:
                kind = KINDS[format_] if format_ != AUTO else _recognised(file)
            except ProblemsFound as found:
                problems.extend(found.problems)
                continue
            inputs.setdefault(file.resolve(), _as_site_says(Input(file, kind), site))
    if problems:
        raise ProblemsFound(problems)
    return list(inputs.values())


def _files(path: Path) -> Iterable[Path]:
    if not path.is_dir():
        return [path] if path.exists() else []
    found = (each for each in path.rglob("*") if each.is_file())
    return sorted(each for each in found if not any(part.startswith(".") for part in each.relative_to(path).parts))


def _recognised(file: Path) -> Kind:
    try:
        beginning = beginning_of(file)
    except UnreadableInputError as error:
        raise ProblemsFound([Problem(str(file), 0, 0, "", f"the file {error}.")]) from error
    for kind in KINDS.values():
        if kind.recognise(beginning):
            return kind
    known = ", ".join(KINDS)
    problem = Problem(str(file), 0, 0, "", "its content is of no known kind.", f"Say which with --format: {known}.")
    raise ProblemsFound([problem])


def _as_site_says(input_: Input, site: Site | None) -> Input:
    sources = [source for source in (site.sources if site else ()) if source.type == input_.kind.name]
    matching = [source for source in sources if site and fnmatch(str(input_.path.absolute()), site.pattern(source))]
    chosen = matching or (sources if len(sources) == 1 else [])
    if not chosen:
        return input_
    source: Source = chosen[0]
    return replace(
        input_,
        options=SourceOptions(log_format=source.log_format),
        count_at_forwarders=source.count_at == "forwarders",
    )


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
            yield decoder.decode(lines)


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
                for flows in batch.flows:
                    judged = pipeline.run(flows, settings)
                    tally.add_judged(judged)
                    yield judged.frame
        except UnreadableInputError as error:
            tally.unreadable[str(input_.path)] = str(error)


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
