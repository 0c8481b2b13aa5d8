"""The command line: what each command prints, and with which code it ends."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import polars as pl
import pytest
from typer.testing import CliRunner

from collectors import KINDS
from monitor import schema
from monitor.cli import app
from monitor.problem import Problem, ProblemsFound

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result

HEADER = (
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status"
)
ACCEPTED = "2 123456789012 eni-1 10.20.0.5 8.8.4.4 40000 443 6 10 5000 1760000000 1760000060 ACCEPT OK"
BROKEN = "2 123456789012 eni-1 10.20.0.5 8.8.4.4 40000 443 6 10 many 1760000000 1760000060 ACCEPT OK"


def run(*arguments: object) -> Result:
    """Run the command line in this process."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """One good and one broken record."""
    path = tmp_path / "flow.log"
    path.write_text(f"{HEADER}\n{ACCEPTED}\n{BROKEN}\n")
    return path


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site of one system."""
    path = tmp_path / "transferwatch.yaml"
    path.write_text("site: s-1\nexporter: {name: X, country: FR}\ninventory: inventory.yaml\n")
    (tmp_path / "inventory.yaml").write_text(
        "systems:\n  - {id: warehouse, networks: [10.20.0.0/16], data_class: health}\n"
    )
    return path


def test_no_command_prints_the_commands() -> None:
    """A user who types only the name sees what there is."""
    result = run()

    for command in ("demo", "check", "decode", "replay", "explain", "law", "geodata"):
        assert command in result.output


def test_module_is_the_command() -> None:
    """`python -m monitor` is `transferwatch`."""
    done = subprocess.run([sys.executable, "-m", "monitor", "--help"], capture_output=True, text=True, check=False)

    assert (done.returncode, "replay" in done.stdout) == (0, True)


def test_decode_prints_one_object_a_record(log: Path) -> None:
    """Columns are those of the schema, times RFC 3339 with six digits."""
    result = run("decode", "--format", "aws_vpc", log)
    event = json.loads(result.stdout)

    assert list(event) == [column.name for column in schema.FLOW]
    assert event["start_time"] == "2025-10-09T08:53:20.000000Z"
    assert event["attributes"] == {"version": "2", "log-status": "OK"}


def test_decode_tells_broken_records_on_standard_error(log: Path) -> None:
    """Each with file and line, then their number; exit 0 unless asked otherwise."""
    result = run("decode", "--format", "aws_vpc", log)

    assert result.stderr.splitlines() == [
        f"{log}:3: bytes `many` is not a number.",
        "1 of 2 records are broken.",
    ]
    assert result.exit_code == 0
    assert run("decode", "--strict", "--format", "aws_vpc", log).exit_code == 1


def test_decode_takes_the_field_order(tmp_path: Path) -> None:
    """A file without a header is read in the order of `--log-format`."""
    log = tmp_path / "custom.log"
    log.write_text("10.0.0.1 10.0.0.2\n")
    event = json.loads(run("decode", "--format", "aws_vpc", "--log-format", "${dstaddr} ${srcaddr}", log).stdout)

    assert (event["src_address"], event["dst_address"]) == ("10.0.0.2", "10.0.0.1")


def test_wrong_field_order_is_a_usage_error(log: Path) -> None:
    """It names the word that is no field."""
    result = run("decode", "--format", "aws_vpc", "--log-format", "srcaddr wat", log)

    assert (result.exit_code, result.stderr) == (2, "--log-format: `wat` is not a flow log field.\n")


def test_unknown_format_is_a_usage_error(log: Path) -> None:
    """It lists the known kinds."""
    result = run("decode", "--format", "netflow_v42", log)

    assert result.exit_code == 2
    assert f"Write one of: {', '.join(KINDS)}." in result.stderr


def test_missing_path_is_a_usage_error(tmp_path: Path) -> None:
    """Nothing is read when one of the paths is not there."""
    result = run("replay", tmp_path / "gone.log")

    assert (result.exit_code, result.stderr) == (2, f"{tmp_path / 'gone.log'}: there is no such file or directory.\n")


def test_check_says_that_all_is_in_order(site: Path) -> None:
    """One line and exit 0."""
    result = run("check", "-c", site)

    assert (result.exit_code, result.stdout) == (
        0,
        f"{site}: in order. 1 system, 0 declared transfers, 0 certifications, 0 sources.\n",
    )


def test_check_reports_every_problem(site: Path) -> None:
    """Problems of two files at once, exit 1."""
    site.write_text(site.read_text() + "timezon: Europe/Paris\n")
    (site.parent / "inventory.yaml").write_text("systems:\n  - {id: warehouse, networks: [10.20.0.1/16]}\n")
    result = run("check", "-c", site)

    assert result.exit_code == 1
    assert "transferwatch.yaml:4:1 timezon:" in result.stderr
    assert "inventory.yaml:2:" in result.stderr


@pytest.mark.parametrize("loader", ["monitor.law.reference.load_reference", "monitor.app.shipped_services"])
def test_check_loads_what_ships_as_well(site: Path, loader: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A damaged rule file is a problem of the start, whoever needs it first."""

    def damaged() -> None:
        raise ProblemsFound([Problem("rules/x.yaml", 1, 1, "key", "this key is not known.")])

    monkeypatch.setattr(loader, damaged)
    result = run("check", "-c", site)

    assert (result.exit_code, result.stderr) == (1, "rules/x.yaml:1:1 key: this key is not known.\n")


def test_check_refuses_a_wrong_field_order(site: Path) -> None:
    """A log_format that no decoder takes is told before the daemon starts."""
    site.write_text(site.read_text() + "sources:\n  - {type: aws_vpc, path: x, log_format: srcaddr wat}\n")
    result = run("check", "-c", site)

    assert (result.exit_code, "`wat` is not a flow log field" in result.stderr) == (1, True)


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


@pytest.mark.parametrize("at", ["2020-07-16", "2020-07-16T08:00:00Z", "2020-07-16T10:00:00+02:00"])
def test_law_takes_a_day_or_an_instant(at: str) -> None:
    """All three lie on the day on which the Privacy Shield was annulled."""
    result = run("law", "--at", at, "--country", "US", "--json")

    assert (result.exit_code, bool(json.loads(result.stdout))) == (0, True)


def test_a_date_that_is_none_is_a_usage_error() -> None:
    """With what to write instead."""
    result = run("explain", "8.8.8.8", "--at", "yesterday")

    assert (result.exit_code, result.stderr) == (
        2,
        "--at yesterday: is no date. Write 2020-07-16 or 2020-07-16T08:00:00Z.\n",
    )


def test_explain_names_the_operator() -> None:
    """As JSON, for scripts."""
    result = run("explain", "8.8.8.8", "--at", "2026-10-01", "--json")

    assert json.loads(result.stdout)["operator"]["id"] == "google_cloud"


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

    assert "1 of 2 records have no end in your inventory. Check `networks:`" in result.stderr


def test_log_without_one_good_record_is_told_loudly(tmp_path: Path, site: Path) -> None:
    """Most likely it is another format; broken records alone are a failure only where asked for."""
    log = tmp_path / "other.log"
    log.write_text("a,b\nc,d\n")
    result = run("replay", "-c", site, "--format", "aws_vpc", log)

    assert (result.exit_code, "Every record is broken" in result.stderr) == (0, True)


def test_version_is_printed() -> None:
    """For bug reports."""
    assert run("--version").stdout.startswith("transferwatch ")


def test_instant_outside_the_calendar_is_a_usage_error() -> None:
    """In UTC it would be in the year 0."""
    assert run("law", "--at", "0001-01-01T00:00:00+10:00").exit_code == 2


def test_full_disk_is_told_in_a_sentence(log: Path) -> None:
    """Not in a traceback."""
    command = [sys.executable, "-m", "monitor", "decode", "--format", "aws_vpc", str(log)]
    with open("/dev/full", "w") as full:  # noqa: PTH123 - a device
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)

    assert (done.returncode, "Traceback" in done.stderr, "No space left" in done.stderr) == (1, False, True)


def test_law_of_a_site_is_the_shipped_one_with_its_own_decisions(tmp_path: Path) -> None:
    """Kenya is adequate where the site says so, and nowhere else."""
    (tmp_path / "decisions.yaml").write_text(
        "decisions: [{adequate: KE, number: 2027/123, in_force_from: 2027-01-01, source: OJ}]\n", encoding="utf-8"
    )
    (tmp_path / "inventory.yaml").write_text(
        "systems: [{id: a, networks: [10.0.0.0/8], data_class: health}]\n", encoding="utf-8"
    )
    config = tmp_path / "transferwatch.yaml"
    config.write_text(
        "site: a\nexporter: {name: A, country: FR}\ninventory: inventory.yaml\nlaw: [decisions.yaml]\n",
        encoding="utf-8",
    )
    asked = ("law", "--at", "2027-06-01", "--country", "KE", "--json")
    standings = [json.loads(run(*asked, *more).stdout)["standing"]["standing"] for more in ((), ("-c", str(config)))]

    assert standings == ["none", "adequate"]
    assert run("check", "-c", str(config)).stdout.rstrip().endswith("0 sources, 1 own decision.")
