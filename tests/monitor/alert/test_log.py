"""The file for a SIEM: its fields, and that a rotation and a crash lose no line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from monitor.alert.log import FindingsFile
from tests.monitor.alert.matches import NOW_SECONDS, match
from tests.monitor.alert.pictures import alert
from tests.monitor.alert.telling import ALL, Teller, until

if TYPE_CHECKING:
    from pathlib import Path

_HOUR = 3_600


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


async def test_a_line_has_the_names_of_the_common_schema(tmp_path: Path) -> None:
    """A SIEM reads it without a parser of its own."""
    path = tmp_path / "findings.ndjson"
    await FindingsFile(path).tell([(alert(), "open")], NOW_SECONDS)
    (line,) = _lines(path)

    assert (line["event"]["action"], line["rule"]["id"], line["destination"]["geo"]["country_iso_code"]) == (
        "finding-opened",
        "health_to_uncovered_country",
        "US",
    )


async def test_addresses_stand_where_a_siem_looks_for_them(tmp_path: Path) -> None:
    """Searching for an address finds the finding."""
    path = tmp_path / "findings.ndjson"
    await FindingsFile(path).tell([(alert(), "open")], NOW_SECONDS)

    assert _lines(path)[0]["related"] == {"ip": ["52.0.0.1", "10.20.0.7"], "hosts": ["ingest.example.com"]}


async def test_a_rotation_by_renaming_is_followed(tmp_path: Path) -> None:
    """Nothing is written into the old file, and nobody has to be told."""
    path, file = tmp_path / "findings.ndjson", FindingsFile(tmp_path / "findings.ndjson")
    await file.tell([(alert(), "open")], NOW_SECONDS)
    path.rename(tmp_path / "findings.ndjson.1")
    await file.tell([(alert(), "resolved")], NOW_SECONDS)

    assert [line["event"]["action"] for line in _lines(path)] == ["finding-resolved"]


async def test_a_line_that_a_crash_cut_spoils_no_other(tmp_path: Path) -> None:
    """The next one stands on its own."""
    path = tmp_path / "findings.ndjson"
    path.write_text('{"cut', encoding="utf-8")
    await FindingsFile(path).tell([(alert(), "open")], NOW_SECONDS)

    assert json.loads(path.read_text(encoding="utf-8").splitlines()[1])["message"].startswith("warehouse")


async def test_a_change_that_is_written_twice_has_one_id(tmp_path: Path) -> None:
    """After a crash a SIEM can tell."""
    path = tmp_path / "findings.ndjson"
    for later in (0, 5):
        await FindingsFile(path).tell([(alert(), "open")], NOW_SECONDS + later)

    assert len({line["event"]["id"] for line in _lines(path)}) == 1


async def test_what_goes_on_is_a_line_an_hour(tmp_path: Path) -> None:
    """Opened, continued, resolved: no more."""
    path, teller = tmp_path / "findings.ndjson", Teller(tmp_path / "ledger.db")
    teller.find()
    async with teller.telling(FindingsFile(path)) as watch:
        await until(path.exists)
        for later, lines in ((60, 1), (_HOUR, 2), (24 * _HOUR, 3)):
            teller.now += later
            watch.wake(ALL)
            await until(lambda lines=lines: len(_lines(path)) >= lines)  # type: ignore[misc]

    assert [line["event"]["action"] for line in _lines(path)] == [
        "finding-opened",
        "finding-continued",
        "finding-resolved",
    ]


async def test_a_folder_that_is_gone_is_trouble_and_nothing_is_lost(tmp_path: Path) -> None:
    """It is told again when the folder is back."""
    answer = await FindingsFile(tmp_path / "gone" / "findings.ndjson").tell([(alert(match()), "open")], NOW_SECONDS)

    assert (answer.taken, answer.trouble) == (frozenset(), "the file cannot be written: No such file or directory")


async def test_every_field_stands_in_the_handbook(tmp_path: Path, root: Path) -> None:
    """Whoever maps fields reads docs/alerts.md, not code."""
    path = tmp_path / "findings.ndjson"
    await FindingsFile(path).tell([(alert(match(actor="jdoe", mechanism="T-1", detail="x")), "open")], NOW_SECONDS)
    page = (root / "docs" / "alerts.md").read_text(encoding="utf-8")

    assert [field for field in _fields(_lines(path)[0]) if f"`{field}`" not in page] == []


def _fields(value: dict[str, Any], above: str = "") -> list[str]:
    found = []
    for name, each in value.items():
        found += _fields(each, f"{above}{name}.") if isinstance(each, dict) else [f"{above}{name}"]
    return found
