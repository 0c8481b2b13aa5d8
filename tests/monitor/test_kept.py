"""The tables of what is kept: complete, and in step with one another."""

from __future__ import annotations

from monitor.kept import BASES, BASIS_PARTS, KEY, KEY_NAMES, MEASURE_NAMES, MONTH, TRANSFERS, empty
from monitor.schema import JUDGED


def test_no_name_stands_twice_in_a_transfer_row() -> None:
    names = [column.name for column in TRANSFERS]
    assert len(names) == len(set(names))


def test_what_a_month_leaves_out_is_the_hour() -> None:
    assert {column.name for column in TRANSFERS} - {column.name for column in MONTH} == {"hour"}


def test_the_key_says_what_the_judge_decided_under_the_names_of_judged_rows() -> None:
    beside = {"exporter", "exporter_country", "hosting_operator", "control_country", "register_entries"}
    beside |= {"named_elsewhere"}
    assert {column.name for column in KEY} - {column.name for column in JUDGED} == beside


def test_no_address_is_part_of_the_key() -> None:
    assert not [name for name in KEY_NAMES if "address" in name]


def test_an_empty_frame_has_the_columns_of_its_table() -> None:
    assert empty(BASES).columns == ["basis", *BASIS_PARTS]


def test_measures_are_whole_numbers_and_never_null() -> None:
    assert {name: str(empty(TRANSFERS).schema[name]) for name in MEASURE_NAMES} == dict.fromkeys(MEASURE_NAMES, "Int64")
