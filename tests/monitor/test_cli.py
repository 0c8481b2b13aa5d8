"""The command line: what each command prints, and with which code it ends."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import polars as pl
import pytest

from monitor import schema
from tests.monitor.commands.running import ACCEPTED, HEADER, run, write_flow_log, write_small_site

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("loaded_once")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """One good and one broken record."""
    return write_flow_log(tmp_path)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site of one system."""
    return write_small_site(tmp_path)


def test_no_command_prints_the_commands() -> None:
    """A user who types only the name sees what there is."""
    result = run()

    for command in ("demo", "check", "decode", "replay", "explain", "law", "geodata"):
        assert command in result.output


def test_module_is_the_command() -> None:
    """`python -m monitor` is `transferwatch`."""
    done = subprocess.run([sys.executable, "-m", "monitor", "--help"], capture_output=True, text=True, check=False)

    assert (done.returncode, "replay" in done.stdout) == (0, True)


def test_missing_path_is_a_usage_error(tmp_path: Path) -> None:
    """Nothing is read when one of the paths is not there."""
    result = run("replay", tmp_path / "gone.log")

    assert (result.exit_code, result.stderr) == (2, f"{tmp_path / 'gone.log'}: there is no such file or directory.\n")


@pytest.mark.parametrize("ending", ["parquet", "ndjson"])
def test_replay_writes_judged_rows(log: Path, site: Path, ending: str) -> None:
    """Both forms hold the same columns in the same order."""
    rows = site.parent / f"rows.{ending}"
    result = run("replay", "-c", site, "--judged", rows, log)
    read = pl.read_parquet(rows) if ending == "parquet" else pl.read_ndjson(rows)

    assert result.exit_code == 0
    assert set(read.columns) == {column.name for column in schema.JUDGED}
    assert read["place_verdict"].to_list() == ["undetermined"]  # a public resolver: anycast
    assert read["control_verdict"].to_list() == ["exposed"]


def test_replay_prints_what_left_and_what_was_not_judged(log: Path, site: Path) -> None:
    """The table names the system; the broken record is counted and shown with its place."""
    result = run("replay", "-c", site, log)

    assert "s-1: 1 records judged, 2025-10-09 08:54 to 2025-10-09 08:54 UTC" in result.stdout
    assert "warehouse" in result.stdout
    assert "broken: not a number" in result.stdout
    assert f"not_a_number, first at {log}:3: bytes `many` is not a number." in result.stderr


def test_strict_replay_ends_with_one(log: Path, site: Path) -> None:
    """A broken record is a failure only where asked for."""
    assert run("replay", "--strict", "-c", site, log).exit_code == 1


def test_replay_without_a_site_says_that_nothing_is_ours(log: Path) -> None:
    """It does not pretend to have judged."""
    result = run("replay", log)

    assert "No -c FILE: nothing is known to be yours, so nothing can be judged." in result.stderr
    assert "1 file read as aws_vpc: the first line " in result.stderr
    assert "0 records judged" in result.stdout


def test_replay_refuses_another_ending(log: Path, site: Path) -> None:
    """The form is told by the name's ending, before anything is read."""
    assert run("replay", "-c", site, "--judged", "rows.csv", log).exit_code == 2


def test_replay_refuses_a_folder_that_is_not_there(log: Path, site: Path) -> None:
    """Before anything is read, too."""
    assert run("replay", "-c", site, "--judged", site.parent / "no" / "rows.parquet", log).exit_code == 2


def test_geodata_status_names_the_sources() -> None:
    """Attribution is kept."""
    result = run("geodata", "status", "--json")

    assert "CC BY 4.0" in result.stdout or "CC-BY-4.0" in result.stdout


def test_demo_overwrites_nothing(tmp_path: Path) -> None:
    """A folder with anything in it is refused."""
    (tmp_path / "transferwatch.yaml").write_text("mine")
    result = run("demo", "--once", "--directory", tmp_path)

    assert (result.exit_code, (tmp_path / "transferwatch.yaml").read_text()) == (2, "mine")


def test_log_is_not_overwritten_by_its_own_rows(tmp_path: Path, site: Path) -> None:
    """Evidence stays."""
    log = tmp_path / "flow.ndjson"
    log.write_text(f"{HEADER}\n{ACCEPTED}\n")
    result = run("replay", "-c", site, "--judged", log, log)

    assert (result.exit_code, log.read_text()) == (2, f"{HEADER}\n{ACCEPTED}\n")


def test_inventory_that_does_not_fit_is_told_loudly(log: Path, site: Path) -> None:
    """Nothing judged is no clean bill of health."""
    (site.parent / "inventory.yaml").write_text(
        "systems:\n  - {id: warehouse, networks: [10.77.0.0/16], data_class: health}\n"
    )
    result = run("replay", "-c", site, log)

    assert "1 of 2 records have no end in your inventory. Check `networks:` and `accounts:`" in result.stderr


def test_log_without_one_good_record_is_told_loudly(tmp_path: Path, site: Path) -> None:
    """Most likely it is another format; broken records alone are a failure only where asked for."""
    log = tmp_path / "other.log"
    log.write_text("a,b\nc,d\n")
    result = run("replay", "-c", site, "--format", "aws_vpc", log)

    assert (result.exit_code, "Every record is broken" in result.stderr) == (0, True)


def test_version_is_printed() -> None:
    """For bug reports."""
    assert run("--version").stdout.startswith("transferwatch ")


def test_full_disk_is_told_in_a_sentence(log: Path) -> None:
    """Not in a traceback."""
    command = [sys.executable, "-m", "monitor", "decode", "--format", "aws_vpc", str(log)]
    with open("/dev/full", "w") as full:  # noqa: PTH123 - a device
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)

    assert (done.returncode, "Traceback" in done.stderr, "No space left" in done.stderr) == (1, False, True)
