"""The official list of participants: whose name it is, from when to when, and a file that cannot be believed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.law.participants import NamedList, ParticipantList, folded_name, read_participants, unknown_names

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.problem import Problem

_HEAD = (
    "Organization Name,Status,Covered Data,Original Certification Date,Next Certification Due Date,Inactive Date,"
    "Other Covered Entities,Industry\n"
)
_LIST = _HEAD + (
    'Example Analytics Inc.,Active,"HR, NON-HR",09/01/2023,09/01/2027,,"Example Labs, LLC; Exämple Care Corp.",Health\n'
    "Staff Only LLC,Active,HR,2024-01-01,2027-01-01,,,\n"
    "Gone Corp.,Withdrawn,NON-HR,2023-08-01,2024-08-01,2025-03-01,,\n"
    "Lapsed Co,Inactive,NON-HR,2023-08-01,2024-08-01,,,\n"
    "Nobody Knows LP,Inactive,NON-HR,2023-08-01,2027-08-01,,,\n"
    "Late PBC,Active,NON-HR,2023-08-01,2026-08-01,,,\n"
)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _named(**importers: str) -> NamedList:
    day = _at("2026-10-01").date()
    return NamedList.model_validate({"framework": "us_dpf", "file": "dpf.csv", "read": day, "importers": importers})


def _read(path: Path, text: str = _LIST, **importers: str) -> ParticipantList:
    problems: list[Problem] = []
    file = path / "dpf.csv"
    file.write_text(text, encoding="utf-8")
    read = read_participants(_named(**importers), file, problems)
    assert (problems, read is None) == ([], False)
    assert read is not None
    return read


def _said(path: Path, text: str | bytes) -> list[str]:
    problems: list[Problem] = []
    file = path / "dpf.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    assert read_participants(_named(), file, problems) is None
    return [str(problem).removeprefix(f"{path}/") for problem in problems]


@pytest.mark.parametrize(
    "name",
    ["Example Analytics Inc.", "EXAMPLE ANALYTICS, INC", "Example Analytics, Incorporated", "Example Care Corporation"],
)
def test_a_name_is_the_same_however_it_is_spelt(tmp_path: Path, name: str) -> None:
    """Case, accents, punctuation and the spelling of the legal form say nothing."""
    assert _read(tmp_path).holds([name], _at("2026-10-07"))


@pytest.mark.parametrize(
    "name", ["Example Analytics", "Example Analytics LLC", "Example Analytic Inc.", "Analytics Inc."]
)
def test_a_name_that_is_only_alike_is_another(tmp_path: Path, name: str) -> None:
    """The framework certifies legal entities; nothing is guessed."""
    assert not _read(tmp_path).holds([name], _at("2026-10-07"))


def test_the_site_says_which_name_is_which_importer(tmp_path: Path) -> None:
    """The operator is certified as the entity that the list names."""
    read = _read(tmp_path, **{"Example Analytics, Inc.": "example"})

    assert [read.holds([name], _at("2026-10-07")) for name in ("example", "Example")] == [True, True]


@pytest.mark.parametrize(
    ("name", "moment", "held"),
    [
        ("Example Labs LLC", "2023-08-31T21:59:59", False),
        ("Example Labs LLC", "2023-08-31T22:00:00", True),
        ("Example Labs LLC", "2027-09-01T21:59:59", True),
        ("Example Labs LLC", "2027-09-01T22:00:00", False),
        ("Staff Only LLC", "2026-10-01T12:00:00", False),
        ("Gone Corp", "2025-02-28T22:59:59", True),
        ("Gone Corp", "2025-02-28T23:00:00", False),
        ("Lapsed Company", "2024-08-01T21:59:59", True),
        ("Lapsed Company", "2024-08-01T22:00:00", False),
        ("Nobody Knows LP", "2024-01-01T12:00:00", False),
        ("Late PBC", "2026-10-01T21:59:59", True),
        ("Late PBC", "2026-10-01T22:00:00", False),
    ],
)
def test_an_entry_holds_on_its_days_in_brussels(tmp_path: Path, name: str, moment: str, held: bool) -> None:  # noqa: FBT001
    """To the second; staff data covers nothing, an end that nobody knows neither."""
    assert _read(tmp_path).holds([name], _at(moment)) is held


def test_only_names_that_matter_change_the_law(tmp_path: Path) -> None:
    """Thousands of others cut time into no pieces."""
    read = _read(tmp_path)

    assert read.change_instants(["gone corp", "Somebody"]) == {_at("2023-07-31T22:00:00"), _at("2025-02-28T23:00:00")}


def test_lines_of_other_programs_are_passed_over(tmp_path: Path) -> None:
    """The British extension says nothing for the Union, and its days are not even read."""
    text = "Participant,Program,Status,Data Collected,Original Certification Date,Next Certification Due Date\n"
    text += "A Inc,UK Extension to the EU-U.S. DPF,Active,Non-HR,soon,2027-01-01\n"
    text += "A Inc,EU-U.S. Data Privacy Framework,Active,HR and Non-HR Data,13 Sep 2023,13 Sep 2027\n"

    assert _read(tmp_path, text).holds(["A, Inc."], _at("2026-10-07"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            _LIST.replace("Covered Data", "Covered Datum"),
            ['dpf.csv:1: the list has no column Covered Data. Is it "Covered Datum"? Write Covered Data.'],
        ),
        (
            _HEAD
            + '"Two\nlines Inc",Active,NON-HR,2023-08-01,2026-08-01,,,\nB,active,non-hr,31/08/2023,2026-08-01,,,\n',
            [
                ('dpf.csv:4 Original Certification Date: "31/08/2023": this is not a day.'
                " Write days as 2026-10-01 or 10/01/2026 (month first).")
            ],
        ),
        (
            _HEAD + "B,sleeping,everything,2023-08-01,2026-08-01,,,\n",
            [
                'dpf.csv:2 Covered Data: "EVERYTHING": the data covered are not HR, NON-HR, or both.',
                'dpf.csv:2 Status: "sleeping": the status is none of active, inactive, lapsed, removed, withdrawn.',
            ],
        ),
        (
            _HEAD + 'B,Active,"HR, NON-RH",2023-08-01,2026-08-01,,,\n',
            ['dpf.csv:2 Covered Data: "HR NON RH": the data covered are not HR, NON-HR, or both.'],
        ),
        (b"", [("dpf.csv:1: the file cannot be read as a table with a line of column names. Save it as CSV with "
               "commas, one participant a line.")]),
        (b"Organization Name\n\xff", ["dpf.csv:2: the file is not UTF-8. Save it as CSV in UTF-8."]),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_believed_says_why(tmp_path: Path, text: str | bytes, said: list[str]) -> None:
    """Nothing of it covers anybody."""
    assert _said(tmp_path, text) == said


def test_a_name_that_no_list_holds_is_asked_for(tmp_path: Path) -> None:
    """With the one that is most like it."""
    file = tmp_path / "dpf.csv"
    file.write_text(_LIST, encoding="utf-8")

    assert list(unknown_names(_named(**{"Exmple Analytics Inc.": "example"}), file)) == [
        ("Exmple Analytics Inc.", 'Did you mean "Example Analytics Inc."?')
    ]


@given(st.binary(max_size=400))
def test_no_file_is_a_traceback(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    """Any octets give a list or problems."""
    file = tmp_path_factory.mktemp("list") / "dpf.csv"
    file.write_bytes(content)
    problems: list[Problem] = []

    assert (read_participants(_named(), file, problems) is None) == bool(problems)


@given(st.text(max_size=60))
def test_folding_a_folded_name_changes_nothing(name: str) -> None:
    """So that it does not matter who folds it."""
    assert folded_name(folded_name(name)) == folded_name(name)
