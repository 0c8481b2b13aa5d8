"""`decode`: events as NDJSON, and what it says of records that are none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from monitor import schema
from tests.monitor.commands.running import run

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("loaded_once")


def test_events_are_one_object_a_record(flow_log: Path) -> None:
    """Columns are those of the schema, times RFC 3339 with six digits."""
    result = run("decode", "--format", "aws_vpc", flow_log)
    event = json.loads(result.stdout)

    assert list(event) == [column.name for column in schema.FLOW]
    assert event["start_time"] == "2025-10-09T08:53:20.000000Z"
    assert event["attributes"] == {"version": "2", "log-status": "OK"}


def test_broken_records_are_told_on_standard_error(flow_log: Path) -> None:
    """Each with file and line, then their number; exit 0 unless asked otherwise."""
    result = run("decode", "--format", "aws_vpc", flow_log)

    assert result.stderr.splitlines() == [
        f"{flow_log}:3: bytes `many` is not a number.",
        "1 of 2 records are broken.",
    ]
    assert result.exit_code == 0
    assert run("decode", "--strict", "--format", "aws_vpc", flow_log).exit_code == 1


def test_a_file_without_a_header_has_the_field_order(tmp_path: Path) -> None:
    """A file without a header is read in the order of `--log-format`."""
    log = tmp_path / "custom.log"
    log.write_text("10.0.0.1 10.0.0.2\n")
    event = json.loads(run("decode", "--format", "aws_vpc", "--log-format", "${dstaddr} ${srcaddr}", log).stdout)

    assert (event["src_address"], event["dst_address"]) == ("10.0.0.2", "10.0.0.1")


def test_wrong_field_order_is_a_usage_error(flow_log: Path) -> None:
    """It names the word that is no field."""
    result = run("decode", "--format", "aws_vpc", "--log-format", "srcaddr wat", flow_log)

    assert (result.exit_code, result.stderr) == (2, "--log-format: `wat` is not a flow log field.\n")


def test_an_option_gives_the_zone_and_the_year_of_stamps_that_have_none(tmp_path: Path) -> None:
    """A zone that is none is a usage error."""
    log = tmp_path / "auth.log"
    log.write_text("Nov 26 08:00:00 bastion sshd[7]: Invalid user bob from 203.0.113.7 port 50514\n", "utf-8")

    told = run("decode", "--format", "sshd", "--time-zone", "Europe/Paris", "--year", "2026", log)
    refused = run("decode", "--format", "sshd", "--time-zone", "Paris", log)

    assert json.loads(told.stdout)["time"] == "2026-11-26T07:00:00.000000Z"
    assert (refused.exit_code, refused.stderr) == (2, "--time-zone: there is no time zone Paris.\n")
