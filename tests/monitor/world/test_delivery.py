"""What a file holds, and what it is called."""

from __future__ import annotations

import gzip
from datetime import date

import polars as pl
import pytest

from monitor.world.delivery import Delivery, deliveries
from monitor.world.lines import CORE_FIELDS
from monitor.world.traffic import exchanges_by_day


@pytest.fixture(scope="module")
def day() -> list[Delivery]:
    """The files of a thin day."""
    return list(deliveries(1, pl.concat(exchanges_by_day(1, date(2026, 10, 5), 1, 0.02))))


def test_a_day_of_two_vpcs_is_eight_files_in_the_order_of_their_paths(day: list[Delivery]) -> None:
    """One for every six hours."""
    assert [file.vpc for file in day] == ["core"] * 4 + ["portal"] * 4
    assert [file.path for file in day] == sorted(file.path for file in day)


def test_a_file_is_named_as_aws_names_a_delivery(day: list[Delivery]) -> None:
    """Account, region, flow log, opening time, mark."""
    name = day[1].path.rsplit("/", 1)[1]

    assert name.startswith("210987654321_vpcflowlogs_eu-west-3_fl-0c0de5aa0c0de5aa0_20261005T0600Z_")
    assert name.endswith(".log.gz")


def test_every_fourth_file_is_plain(day: list[Delivery]) -> None:
    """The one of midnight."""
    assert [file.compressed for file in day] == [False, True, True, True] * 2


def test_lines_stand_in_the_order_in_which_their_intervals_end(day: list[Delivery]) -> None:
    """So a file can grow as time passes."""
    assert all(file.lines["end"].is_sorted() for file in day)


def test_a_file_holds_what_ends_in_its_six_hours(day: list[Delivery]) -> None:
    """Whatever began before."""
    hours = [set(file.lines["end"] // 3_600 % 24) for file in day]

    assert all(set(range(first, first + 6)) >= held for first, held in zip([0, 6, 12, 18] * 2, hours, strict=True))


def test_a_compressed_file_holds_its_plain_octets(day: list[Delivery]) -> None:
    """Header, lines, and a line feed after the last."""
    file = day[1]

    assert gzip.decompress(file.content()) == file.plain()
    assert file.plain().decode().split("\n") == [CORE_FIELDS, *file.texts(), ""]
