"""`report`: which files it writes, and what it says when it cannot."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.judging import NOON, OURS, line
from tests.monitor.commands.running import run, said

if TYPE_CHECKING:
    from pathlib import Path

    from tests.kept_worlds import KeptSite

pytestmark = pytest.mark.usefixtures("loaded_once")
_HTML = "transfers-paris-1-2026-10.en.html"
_FRENCH = "transfers-paris-1-2026-10.fr.html"
_JSON = "transfers-paris-1-2026-10.json"


def _written(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


@pytest.mark.parametrize(
    ("options", "files"),
    [
        ((), [_HTML, _JSON]),
        (("--format", "html"), [_HTML]),
        (("--format", "json"), [_JSON]),
        (("--format", "json,html"), [_JSON, _HTML]),
        (("--format", " html , json,html"), [_HTML, _JSON]),
        (("--format", ""), [_HTML, _JSON]),
        (("--lang", "fr"), [_FRENCH, _JSON]),
        (("--lang", "fr", "--format", "html"), [_FRENCH]),
    ],
)
def test_the_forms_asked_for_are_written(
    world: KeptSite, tmp_path: Path, options: tuple[str, ...], files: list[str]
) -> None:
    """Each is named on standard output; nothing else lies there, and a missing folder is made."""
    out = tmp_path / "new" / "reports"
    result = run("report", "2026-10", "-c", world.config, "-o", out, *options)

    assert said(result) == (0, "")
    assert result.stdout.splitlines() == [str(out / name) for name in files]
    assert _written(out) == sorted(files)


def test_page_and_figures_are_of_the_month(world: KeptSite, tmp_path: Path) -> None:
    """In the language that was asked for."""
    run("report", "2026-10", "-c", world.config, "-o", tmp_path, "--lang", "fr")

    assert json.loads((tmp_path / _JSON).read_text())["month"] == "2026-10"
    assert '<html lang="fr"' in (tmp_path / _FRENCH).read_text()


def test_a_report_takes_the_place_of_an_older_one(world: KeptSite, tmp_path: Path) -> None:
    """As a whole."""
    (tmp_path / _JSON).write_text("old")
    run("report", "2026-10", "-c", world.config, "-o", tmp_path, "--format", "json")

    assert json.loads((tmp_path / _JSON).read_text())["site"] == "paris-1"


def test_a_month_that_is_not_over_is_preliminary(world: KeptSite, tmp_path: Path) -> None:
    """It is said beside the files, not in them alone."""
    result = run("report", "2026-11", "-c", world.config, "-o", tmp_path)

    assert said(result) == (0, "2026-11 is not over for this ledger: the report is preliminary.\n")


def test_a_month_without_data_is_told(world: KeptSite, tmp_path: Path) -> None:
    """That is no data, not no transfers."""
    result = run("report", "2026-08", "-c", world.config, "-o", tmp_path)

    assert said(result) == (0, "The ledger holds nothing of 2026-08: that is no data, not no transfers.\n")


def test_another_ledger_can_be_named(world: KeptSite, bare: KeptSite, tmp_path: Path) -> None:
    """Instead of the one of the site's file."""
    bare.keep(line(OURS, "13.38.0.1", at=NOON))
    url = f"sqlite:///{world.path}"
    run("report", "2026-10", "-c", bare.config, "-o", tmp_path, "--ledger", url, "--format", "json")
    made = json.loads((tmp_path / "transfers-test-2026-10.json").read_text())

    assert made["answer"]["outward"]["records"] > 1


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--format", "docx"),
         "--format docx: there is no such format. Write html, json or both, with a comma between.\n"),
        (("--format", "html,docx"),
         "--format docx: there is no such format. Write html, json or both, with a comma between.\n"),
        (("--format", "pdf"), "--format pdf: this version writes html and json. Write --format html,json.\n"),
        (("--format", "xlsx,json"), "--format xlsx: this version writes html and json. Write --format html,json.\n"),
        (("--lang", "de"),
         "--lang de: the report has no words in that language. Write one of: en, fr.\n"),
    ],
)  # fmt: skip
def test_what_it_cannot_write_is_a_usage_error(
    world: KeptSite, tmp_path: Path, options: tuple[str, ...], why: str
) -> None:
    """With what to write instead, before anything is written."""
    result = run("report", "2026-10", "-c", world.config, "-o", tmp_path, *options)

    assert (said(result), _written(tmp_path)) == ((2, why), [])


@pytest.mark.parametrize("month", ["2026-13", "october", "2026-10-01", "0000-01", "0001-01", "9999-12"])
def test_what_is_no_month_is_a_usage_error(world: KeptSite, tmp_path: Path, month: str) -> None:
    """Nothing is written; a month at the edge of the calendar is none."""
    result = run("report", month, "-c", world.config, "-o", tmp_path)
    code, why = said(result)

    assert (code, "Write it as 2026-10." in why, _written(tmp_path)) == (2, True, [])


def test_a_site_without_a_ledger_is_a_usage_error(bare: KeptSite, tmp_path: Path) -> None:
    """With the line to write, and where."""
    bare.config.write_text(bare.config.read_text().replace("ledger: sqlite:///ledger.db\n", ""))
    result = run("report", "2026-10", "-c", bare.config, "-o", tmp_path)

    assert said(result) == (
        2,
        f"{bare.config} names no ledger. Write `ledger: sqlite:///ledger.db` there, or --ledger.\n",
    )


def test_a_ledger_that_is_not_there_is_not_made(bare: KeptSite, tmp_path: Path) -> None:
    """A report reads."""
    gone = tmp_path / "gone.db"
    result = run("report", "2026-10", "-c", bare.config, "-o", tmp_path, "--ledger", f"sqlite:///{gone}")

    assert (result.exit_code, gone.exists()) == (1, False)


def test_every_problem_of_the_site_is_told(bare: KeptSite, tmp_path: Path) -> None:
    """As `check` does."""
    bare.config.write_text(bare.config.read_text() + "timezon: UTC\n")
    code, why = said(run("report", "2026-10", "-c", bare.config, "-o", tmp_path))

    assert (code, "timezon" in why) == (1, True)


_ASSUMED = "decisions: [{decision: 2023/1795, ends_before: 2026-10-01, source: a court}]\n"


def test_a_report_under_an_assumed_law_has_a_name_of_its_own(world: KeptSite, tmp_path: Path) -> None:
    """That of the file, without what a file's name cannot hold; the real one is not touched."""
    file = tmp_path / "the DPF falls!.yaml"
    file.write_text(_ASSUMED, encoding="utf-8")
    out = tmp_path / "out"
    result = run("report", "2026-10", "-c", world.config, "-o", out, "--as-if", file)

    assert said(result) == (0, "")
    stem = "transfers-paris-1-2026-10-as-if-the-DPF-falls-"
    assert _written(out) == [f"{stem}.en.html", f"{stem}.json"]
    assert json.loads((out / f"{stem}.json").read_text())["assumption"]["file"] == file.name


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("decisions: [{decision: 2023/1759, ends_before: 2026-10-01, source: x}]\n", 1, "Did you mean (EU) 2023/1795"),
        ("decisions: []\n", 2, "assumes nothing"),
        ("decision: []\n", 1, "Did you mean decisions?"),
        (None, 1, "there is no such file"),
    ],
)
def test_a_file_that_assumes_nothing_sound_is_a_problem(
    world: KeptSite, tmp_path: Path, text: str | None, code: int, words: str
) -> None:
    """With its place, and no report is written."""
    file = tmp_path / "what-if.yaml"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    out = tmp_path / "out"
    found = said(run("report", "2026-10", "-c", world.config, "-o", out, "--as-if", file))

    assert (found[0], words in found[1], out.exists()) == (code, True, False), found


def test_a_month_without_data_tells_where_the_systems_stand(world: KeptSite, tmp_path: Path) -> None:
    """From the inventory alone; what is qualified on its last day is listed."""
    run("report", "2026-08", "-c", world.config, "-o", tmp_path)
    made = json.loads((tmp_path / "transfers-paris-1-2026-08.json").read_text())

    assert (made["status"], made["posture"]["systems"], made["posture"]["exposed"]) == ("no_data", 4, 4)
    assert {line["operator"] for line in made["posture"]["lines"]} >= {"aws"}
    assert {offer["operator"] for offer in made["offers"]} >= {"s3ns", "ovh"}
