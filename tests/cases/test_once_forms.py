"""Each record counts once in every form of input: compressed, JSON documents, tables, and files that grow.

The same day as in `test_once`, each of its logs written in another form.
"""

from __future__ import annotations

import bz2
import gzip
import json
import random
import shutil
import time
from io import BytesIO
from typing import TYPE_CHECKING, Final

import polars as pl
import pytest
from backports import zstd

from collectors.files import ReadLimits
from tests.cases.small_world import KeepingChild, SmallWorld
from tests.monitor.ledger.keepers import Contents, Keeper, contents

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from monitor.app import Knowledge

_KILLS: Final = 12
_COMMIT_LINES: Final = 40
_LINES: Final = 240
# Logs of the default format, whose lines a JSON message or a table may hold.
_FIELDS: Final = ("version", "account_id", "interface_id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol",
    "packets", "bytes", "start", "end", "action", "log_status",
)  # fmt: skip


def messages(text: bytes) -> list[str]:
    """Lines as CloudWatch Logs hands them on."""
    return [json.dumps({"id": str(number), "message": line.decode()}) for number, line in enumerate(text.splitlines())]


def array(text: bytes) -> bytes:
    """A document that is an array."""
    return ("[\n" + ",\n".join(messages(text)) + "\n]\n").encode()


def subscription(text: bytes) -> bytes:
    """Documents one after the other, as Firehose writes them, of a hundred records each."""
    all_of_it = messages(text)
    parts = (all_of_it[first : first + 100] for first in range(0, len(all_of_it), 100))
    return "".join(f'{{"owner":"1","logEvents":[{",".join(part)}]}}' for part in parts).encode()


def sequence(text: bytes) -> bytes:
    """Objects one after the other, on as many lines as a pretty printer takes."""
    return "\n".join(json.dumps(json.loads(each), indent=1) for each in messages(text)).encode() + b"\n"


def table(text: bytes) -> bytes:
    """Rows of a Parquet file."""
    rows = [line.decode().split(" ") for line in text.splitlines() if line.count(b" ") == len(_FIELDS) - 1]
    stream = BytesIO()
    pl.DataFrame(rows, schema=list(_FIELDS), orient="row").write_parquet(stream, row_group_size=100)
    return stream.getvalue()


FORMS: Final[tuple[tuple[str, Callable[[bytes], bytes]], ...]] = (
    ("log.gz", gzip.compress), ("log.zst", zstd.compress), ("log.bz2", bz2.compress), ("log", bytes),
    ("array.json", array), ("subscription.json", subscription), ("sequence.json", sequence), ("parquet", table),
)  # fmt: skip
# What writers append to; the others appear whole.
GROWING: Final = {"log", "array.json", "subscription.json", "sequence.json"}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> SmallWorld:
    """A day, each of its eight logs in a form of its own."""
    world = SmallWorld.of(tmp_path_factory.mktemp("world"), scale=0.1)
    logs = list(world.files())
    shutil.rmtree(world.logs)
    world.logs.mkdir()
    for (name, form), (_, text) in zip(FORMS, logs, strict=True):
        (world.logs / f"one.{name}").write_bytes(form(b"".join(text.splitlines(keepends=True)[:_LINES])))
    return world


@pytest.fixture(scope="module")
def keeper(world: SmallWorld, knowledge: Knowledge) -> Keeper:
    """What keeps that day."""
    return world.keeper(knowledge)


@pytest.fixture(scope="module")
def undisturbed(world: SmallWorld, keeper: Keeper, tmp_path_factory: pytest.TempPathFactory) -> Contents:
    """What a ledger says after one run."""
    ledger = tmp_path_factory.mktemp("undisturbed") / "ledger.db"
    keeper.keep(ledger, world.logs, format_="auto")
    return contents(ledger)


@pytest.fixture
def texts(world: SmallWorld) -> dict[Path, bytes]:
    """Every file as it is in the end."""
    return {path: path.read_bytes() for path in sorted(world.logs.iterdir())}


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """Where a ledger will be."""
    return tmp_path / "ledger.db"


def test_every_form_is_read(keeper: Keeper, world: SmallWorld, ledger: Path) -> None:
    """And a second time none has anything new."""
    first = keeper.keep(ledger, world.logs, format_="auto")
    again = keeper.keep(ledger, world.logs, format_="auto")

    assert (first.read, first.already, again.read, again.already) == (8, 0, 0, 8)
    assert keeper.tally.records == 0


def test_kills_over_all_forms_leave_the_ledger_of_an_undisturbed_run(
    world: SmallWorld, undisturbed: Contents, texts: dict[Path, bytes], ledger: Path
) -> None:
    """Killed with signal 9 at any moment, while some files grow and others appear."""
    chance = random.Random(12)
    growing = {path for path in texts if path.name.partition(".")[2] in GROWING}
    for path in texts:
        path.unlink()
    kills, child = 0, KeepingChild(world, ledger, _COMMIT_LINES)
    while kills < _KILLS:
        for path in growing:
            reached = path.stat().st_size if path.exists() else 0
            path.write_bytes(texts[path][: reached + chance.randint(0, len(texts[path]) // 6)])
        late = [path for path in texts if path not in growing and not path.exists()]
        if late:
            path = chance.choice(late)
            path.write_bytes(texts[path])
        following = KeepingChild(world, ledger, _COMMIT_LINES)  # makes itself ready meanwhile
        child.begin()
        if chance.random() < 0.7:
            child.hear()
        time.sleep(chance.random() * 0.03)
        child.kill()
        kills, child = kills + 1, following
    for path, text in texts.items():
        path.write_bytes(text)
    child.begin()
    said = child.finish()

    assert said[-1] == "done"
    assert contents(ledger) == undisturbed


@pytest.mark.parametrize(("size", "octets"), [(3, 400), (7, 90_000), (10_000, 1_000)])
def test_the_size_of_a_piece_changes_nothing(
    keeper: Keeper, world: SmallWorld, texts: dict[Path, bytes], tmp_path: Path, size: int, octets: int
) -> None:
    """Not of a piece that is judged, nor of a commit, in any form."""
    for path in texts:
        if path.suffix == ".gz" or "array" in path.name or path.suffix == ".parquet":
            continue
        path.unlink()
    small = Keeper(keeper.site, keeper.knowledge, keeper.pipeline, keeper.summation, ReadLimits(octets, lines=size), 30)
    try:
        small.keep(tmp_path / "small.db", world.logs, format_="auto")
        keeper.keep(tmp_path / "whole.db", world.logs, format_="auto")
    finally:
        for path, text in texts.items():
            path.write_bytes(text)

    assert contents(tmp_path / "small.db") == contents(tmp_path / "whole.db")


def test_documents_that_grow_by_any_octets_count_once(
    keeper: Keeper, world: SmallWorld, undisturbed: Contents, texts: dict[Path, bytes], ledger: Path
) -> None:
    """In the middle of a value, of a name, of a bracket."""
    chance = random.Random(7)
    steps = iter([1, 9, 40, 300, 1_000])
    reached = {path: 0 for path in texts if path.name.partition(".")[2] in GROWING}
    while any(at < len(texts[path]) for path, at in reached.items()):
        step = next(steps, None)
        for path in reached:
            reached[path] += step or chance.randint(1, len(texts[path]) // 3)
            path.write_bytes(texts[path][: reached[path]])
        findings = keeper.keep(ledger, world.logs, format_="auto")
        assert (findings.rewritten, findings.shorter, keeper.tally.unreadable) == ([], [], {})

    assert contents(ledger) == undisturbed


def test_a_document_whose_end_is_overwritten_when_it_grows_counts_once(
    keeper: Keeper, texts: dict[Path, bytes], tmp_path: Path
) -> None:
    """As the blobs of Azure do: it is closed at every moment, from its first record on."""
    text = next(text for path, text in texts.items() if path.name == "one.array.json")
    records = [json.dumps(each) for each in json.loads(text)]
    blob = tmp_path / "blob.json"
    for count in (1, 2, 3, 5, 9, 40, len(records)):
        blob.write_text(f'{{"records":[{",".join(records[:count])}]}}', encoding="utf-8")
        findings = keeper.keep(tmp_path / "grown.db", blob)
        assert (findings.read, findings.rewritten) == (1, [])
    keeper.keep(tmp_path / "whole.db", blob)
    grown, whole = contents(tmp_path / "grown.db"), contents(tmp_path / "whole.db")

    assert grown == whole


@pytest.mark.parametrize("form", [gzip.compress, zstd.compress, bz2.compress], ids=["gzip", "zstd", "bzip2"])
def test_a_document_that_is_compressed_later_is_not_read_twice(
    keeper: Keeper, texts: dict[Path, bytes], tmp_path: Path, ledger: Path, form: Callable[[bytes], bytes]
) -> None:
    """Its content after decompression is what it was."""
    plain = next(path for path in texts if path.name == "one.array.json")
    packed = tmp_path / "packed"
    packed.write_bytes(form(texts[plain]))
    keeper.keep(ledger, plain)
    findings = keeper.keep(ledger, packed)

    assert (findings.read, findings.already, keeper.tally.records) == (0, 1, 0)
