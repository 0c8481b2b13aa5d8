"""The tables of what is kept: complete, and in step with one another."""

from __future__ import annotations

from monitor.kept import (
    BASES,
    BASIS_PARTS,
    EVIDENCE,
    KEY,
    KEY_NAMES,
    MEASURE_NAMES,
    MONTH,
    PROBES,
    TRANSFERS,
    empty,
)
from monitor.schema import JUDGED


def test_no_name_stands_twice_in_a_transfer_row() -> None:
    """A frame has one column of a name."""
    names = [column.name for column in TRANSFERS]
    assert len(names) == len(set(names))


def test_what_a_month_leaves_out_is_the_hour() -> None:
    """A report reads one row per key."""
    assert {column.name for column in TRANSFERS} - {column.name for column in MONTH} == {"hour"}


def test_the_key_says_what_the_judge_decided_under_the_names_of_judged_rows() -> None:
    """What is beside it is known to the site alone, or to the sums."""
    beside = {"exporter", "exporter_country", "hosting_operator", "register_entries"}
    beside |= {"named_elsewhere"}
    assert {column.name for column in KEY} - {column.name for column in JUDGED} == beside


def test_no_address_is_part_of_the_key() -> None:
    """A transfer is kept longer than the evidence of who spoke."""
    assert not [name for name in KEY_NAMES if "address" in name]


def test_an_empty_frame_has_the_columns_of_its_table() -> None:
    """In their order."""
    assert empty(BASES).columns == ["basis", *BASIS_PARTS, "atlas_oldest", "atlas_newest"]


def test_measures_are_whole_numbers_and_never_null() -> None:
    """So that sums need no care."""
    assert {name: str(empty(TRANSFERS).schema[name]) for name in MEASURE_NAMES} == dict.fromkeys(MEASURE_NAMES, "Int64")


def test_probes_keep_no_far_end() -> None:
    """They are a number: no address, no operator, no place, no service."""
    ours = {"hour", "exporter", "system", "peer_system", "data_class", "direction", "counted", "basis"}

    assert {column.name for column in PROBES} == ours | set(MEASURE_NAMES)


def test_everything_that_is_counted_is_counted_alike() -> None:
    """Transfers, probes and evidence have the same measures, so that one can be held against the other."""
    tables = (TRANSFERS, PROBES, EVIDENCE)

    assert [[column.name for column in table if column.name in MEASURE_NAMES] for table in tables] == [
        list(MEASURE_NAMES)
    ] * 3
