"""Replay: which files are read and as what, what is written, what is counted."""

from __future__ import annotations

import gzip
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl
import pytest

from collectors.files import ReadLimits
from monitor import schema
from monitor.app import Knowledge, build_pipeline, open_site
from monitor.inputs import AUTO, find_inputs
from monitor.replay import Replay, decoded, write_judged
from monitor.sums import Summation
from monitor.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from monitor.config import Site

RECORD = "2 123456789012 eni-1 10.20.0.5 1.12.0.1 40000 443 6 10 5000 1760000000 1760000060 ACCEPT OK\n"


@pytest.fixture
def site(tmp_path: Path, knowledge: Knowledge) -> Site:
    """A site with two sources of one kind that are read differently."""
    (tmp_path / "transferwatch.yaml").write_text(
        "site: s-1\nexporter: {name: X, country: FR}\ninventory: inventory.yaml\nsources:\n"
        "  - {type: aws_vpc, path: 'gateway/*.log', count_at: forwarders}\n"
        "  - {type: aws_vpc, path: 'hosts/*.log', log_format: 'srcaddr dstaddr'}\n"
    )
    (tmp_path / "inventory.yaml").write_text(
        "systems:\n  - {id: warehouse, networks: [10.20.0.0/16], data_class: health}\n"
    )
    return open_site(tmp_path / "transferwatch.yaml", knowledge.operators)


@pytest.fixture
def replay(site: Site, knowledge: Knowledge) -> Replay:
    """How files are judged at that site."""
    return Replay(build_pipeline(site, knowledge), Summation.of(site))


def put(path: Path, text: str) -> Path:
    """Write a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_line_that_is_too_long_is_a_broken_record(tmp_path: Path) -> None:
    """It is counted with its number, and the lines after it keep theirs."""
    log = put(tmp_path / "a.log", RECORD + "x" * 1_000_000 + "\n" + "short\n")

    (input_,) = find_inputs([log], AUTO).inputs
    bad = [(record.line, record.reason) for batch in decoded(input_) for record in batch.bad]

    assert bad == [(2, "line_too_long"), (3, "too_few_fields")]


def test_file_that_breaks_off_is_counted_and_the_rest_goes_on(tmp_path: Path, replay: Replay) -> None:
    """What could be read of it is judged; the next file is read."""
    whole = gzip.compress(RECORD.encode() * 5000, mtime=0)
    broken = tmp_path / "a.log.gz"
    broken.write_bytes(whole[: len(whole) - 12])
    put(tmp_path / "b.log", RECORD)
    tally = Tally()

    inputs = find_inputs([tmp_path / "a.log.gz", tmp_path / "b.log"], "aws_vpc").inputs
    frames = list(replay.frames(inputs, tally))

    assert list(tally.unreadable) == [str(broken)]
    assert sum(frame.height for frame in frames) == tally.judged > 0


@pytest.mark.parametrize("ending", ["parquet", "ndjson"])
def test_written_rows_are_the_judged_rows(tmp_path: Path, replay: Replay, ending: str) -> None:
    """All of them, in order, over several batches."""
    lines = [RECORD.replace("40000", str(port)) for port in range(40000, 40100)]
    log = put(tmp_path / "a.log", "".join(lines))
    rows = tmp_path / f"rows.{ending}"
    in_pieces = replace(replay, limits=ReadLimits(lines=7))

    write_judged(in_pieces.frames(find_inputs([log], AUTO).inputs, Tally()), rows)
    read = pl.read_parquet(rows) if ending == "parquet" else pl.read_ndjson(rows)

    assert read["src_port"].to_list() == list(range(40000, 40100))


def test_failed_write_leaves_no_file(tmp_path: Path) -> None:
    """A reader never sees half a file."""

    def frames() -> Iterator[pl.DataFrame]:
        yield pl.DataFrame(schema=schema.frame_schema(schema.JUDGED))
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        write_judged(frames(), tmp_path / "rows.ndjson")

    assert list(tmp_path.iterdir()) == []


def test_no_rows_still_give_a_readable_file(tmp_path: Path) -> None:
    """With all columns."""
    write_judged(iter(()), tmp_path / "rows.parquet")

    assert pl.read_parquet(tmp_path / "rows.parquet").columns == [column.name for column in schema.JUDGED]


def test_each_batch_is_told_with_its_input(tmp_path: Path, replay: Replay) -> None:
    """For who wants to hear of broken records as they come."""
    log = put(tmp_path / "a.log", RECORD * 5)
    heard: list[tuple[str, int]] = []
    telling = replace(
        replay, limits=ReadLimits(lines=2), told=lambda input_, batch: heard.append((input_.path.name, batch.records))
    )
    frames = list(telling.frames(find_inputs([log], AUTO).inputs, Tally()))

    assert (heard, len(frames)) == ([("a.log", 2), ("a.log", 2), ("a.log", 1)], 3)


def test_a_judged_part_comes_with_its_sums(tmp_path: Path, replay: Replay) -> None:
    """The same records, as numbers and added up."""
    (input_,) = find_inputs([put(tmp_path / "a.log", RECORD * 3)], AUTO).inputs
    (batch,) = decoded(input_)
    judged, sums = replay.judge(input_, batch.flows[0])

    assert (judged.oriented.frame.height, sums.transfers["records"].to_list()) == (3, [3])
