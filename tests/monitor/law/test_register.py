"""When a declared transfer is in force, assessed and able to work."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, get_args
from zoneinfo import ZoneInfo

import pytest

from monitor.document import Document
from monitor.fields import Surroundings
from monitor.law.register import WORKS_FOR_CLEAR_TEXT, Measure, Register, TransferEntry, fit_register
from monitor.yaml_text import read_yaml

if TYPE_CHECKING:
    from monitor.problem import Problem

_PARIS = Surroundings(operators={"snowflake"}, systems={"portal"}, timezone=ZoneInfo("Europe/Paris"))
_ENTRY = """
transfers:
  - id: T-2026-004
    importer: Example Analytics Inc.
    match: {operators: [snowflake], domains: [example.com], networks: [], countries: [US]}
    systems: [portal]
    data_classes: [pseudonymised_health]
    basis: scc
    scc: {module: 2, version: 2021/914, signed: 2026-01-20}
    clear_text_access: false
    tia: {date: 2026-01-10, next_review: 2027-01-10, supplementary_measures: [pseudonymised, exporter_keys]}
    valid_from: 2026-02-01
    valid_to: 2027-01-31
"""


def _read(text: str) -> tuple[Register | None, list[str]]:
    data = read_yaml(text).data
    assert isinstance(data, dict)
    problems: list[Problem] = []
    register = fit_register(Document("register.yaml", text, data), problems, _PARIS)
    return register, [problem.what for problem in problems]


def _entry(text: str = _ENTRY) -> TransferEntry:
    register, problems = _read(text)
    assert problems == []
    assert register is not None
    return register.transfers[0]


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2026, 1, 31, 22, 59, 59, 999999, tzinfo=UTC), False),
        (datetime(2026, 1, 31, 23, tzinfo=UTC), True),
        (datetime(2027, 1, 31, 22, 59, 59, 999999, tzinfo=UTC), True),
        (datetime(2027, 1, 31, 23, tzinfo=UTC), False),
    ],
)
def test_both_days_are_included_in_the_zone_of_the_site(moment: datetime, *, expected: bool) -> None:
    """From midnight in Paris to midnight in Paris."""
    assert expected == _entry().in_force(moment)


def test_an_open_entry_never_ends() -> None:
    """`valid_to: null` is for good."""
    assert _entry(_ENTRY.replace("2027-01-31", "null")).in_force(datetime(2999, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2026, 1, 9, 22, tzinfo=UTC), False),
        (datetime(2026, 1, 9, 23, tzinfo=UTC), True),
        (datetime(2027, 1, 10, 22, 59, 59, tzinfo=UTC), True),
        (datetime(2027, 1, 10, 23, tzinfo=UTC), False),
    ],
)
def test_an_assessment_holds_through_the_day_of_its_review(moment: datetime, *, expected: bool) -> None:
    """It lapses on the day after."""
    assert expected == _entry().assessment_in_date(moment)


@pytest.mark.parametrize("basis", ["adequacy", "derogation"])
def test_other_grounds_need_no_assessment(basis: str) -> None:
    """Article 46 asks for one, Articles 45 and 49 do not."""
    text = "\n".join(line for line in _ENTRY.splitlines() if "scc: {" not in line and "tia:" not in line)
    entry = _entry(text.replace("basis: scc", f"basis: {basis}").replace("access: false", "access: true"))

    assert (entry.assessment_in_date(datetime(2026, 3, 1, tzinfo=UTC)), entry.sufficient()) == (True, True)


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("pseudonymised", True),
        ("protected_recipient", True),
        ("split_processing", True),
        ("exporter_keys", False),
        ("eea_keys", False),
        ("encrypted_storage", False),
        ("encrypted_transit", False),
    ],
)
def test_encryption_does_not_protect_what_the_importer_reads(measure: str, *, expected: bool) -> None:
    """EDPB Recommendations 01/2020, use cases 2, 4 and 5 against 6 and 7."""
    text = _ENTRY.replace("access: false", "access: true").replace("[pseudonymised, exporter_keys]", f"[{measure}]")

    assert expected == _entry(text).sufficient()


@pytest.mark.parametrize(
    ("measures", "expected"),
    [
        ("encrypted_storage", False),
        ("encrypted_storage, encrypted_transit", False),
        ("encrypted_storage, exporter_keys", True),
        ("encrypted_transit", True),
        ("", True),
    ],
)
def test_who_holds_the_keys_can_read(measures: str, *, expected: bool) -> None:
    """Whatever the entry says of clear text."""
    text = _ENTRY.replace("[pseudonymised, exporter_keys]", f"[{measures}]")

    assert expected == _entry(text).sufficient()


@pytest.mark.parametrize(
    ("version", "signed", "begins", "ends"),
    [
        ("2021/914", "2021-06-10", datetime(2021, 6, 26, 22, tzinfo=UTC), datetime(2027, 1, 31, 23, tzinfo=UTC)),
        ("2010/87", "2019-02-01", datetime(2019, 12, 31, 23, tzinfo=UTC), datetime(2022, 12, 27, 23, tzinfo=UTC)),
        ("none/1", "2019-02-01", datetime(2019, 12, 31, 23, tzinfo=UTC), datetime(2027, 1, 31, 23, tzinfo=UTC)),
    ],
)
def test_clauses_have_days_too(version: str, signed: str, begins: datetime, ends: datetime) -> None:
    """An entry covers on its own days and those of its clauses; clauses that nobody knows have none."""
    text = _ENTRY.replace("2021/914, signed: 2026-01-20", f"{version}, signed: {signed}")
    entry = _entry(text.replace("valid_from: 2026-02-01", "valid_from: 2020-01-01"))

    assert (entry.begins, entry.ends) == (begins, ends)


def test_repealed_clauses_that_were_signed_too_late_cover_on_no_day() -> None:
    """The entry has begun, and it is not in force."""
    entry = _entry(_ENTRY.replace("2021/914", "2010/87"))

    assert (entry.begins <= datetime(2026, 3, 1, tzinfo=UTC), entry.ends <= entry.begins) == (True, True)


def test_who_does_not_say_is_taken_to_give_clear_text() -> None:
    """The cautious reading is the default."""
    text = _ENTRY.replace("    clear_text_access: false\n", "").replace("pseudonymised, ", "")

    assert _entry(text).sufficient() is False


def test_what_works_for_clear_text_is_a_measure() -> None:
    """The words are those that an assessment may name."""
    assert set(get_args(Measure)) >= WORKS_FOR_CLEAR_TEXT


def test_the_register_changes_with_its_days() -> None:
    """Entry and assessment, first and last day, in UTC."""
    register, _ = _read(_ENTRY)
    expected = [(2026, 1, 9), (2026, 1, 31), (2027, 1, 10), (2027, 1, 31)]

    assert register is not None
    assert tuple(datetime(*day, 23, tzinfo=UTC) for day in expected) == register.change_instants()


def test_an_empty_register_is_in_order() -> None:
    """A site may have nothing to declare."""
    register, problems = _read("transfers:")

    assert problems == []
    assert register is not None
    assert register.transfers == ()


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("tia: {date", "#", "the basis scc needs a transfer impact assessment."),
        ("    scc: {", "    #", "the basis scc needs the clauses that were signed."),
        ("basis: scc", "basis: bcr", "clauses do not go with the basis bcr."),
        ("module: 2", "module: 0", "0 is not one of the choices."),
        ("[snowflake], domains: [example.com]", "[]", "the entry matches nothing."),
        ("[snowflake]", "[snowflak]", 'the operator "snowflak" is not known.'),
        ("importer: Example Analytics Inc.", 'importer: ""', "the text is empty."),
        ("valid_to: 2027-01-31", "valid_to: 2026-01-31", "2026-01-31 is before valid_from, 2026-02-01."),
        ("next_review: 2027", "next_review: 2025", "2025-01-10 is not after the day of the assessment, 2026-01-10."),
        ("exporter_keys", "exporter_key", '"exporter_key" is not one of the choices.'),
        ("[portal]", "[portals]", 'the inventory has no system "portals".'),
        ("basis: scc", "basis: consent", '"consent" is not one of the choices.'),
    ],
)
def test_an_entry_that_cannot_be_right_is_a_problem(old: str, new: str, what: str) -> None:
    """One mistake, one sentence."""
    assert (None, [what]) == _read(_ENTRY.replace(old, new))


def test_an_id_belongs_to_one_entry() -> None:
    """Verdicts name entries by it."""
    assert _read(_ENTRY + _ENTRY.partition("transfers:\n")[2]) == (None, ["transfers[0] already has this id."])


@pytest.mark.parametrize("suffix", ["co.uk", "uk.com", "blob.core.windows.net"])
def test_an_entry_does_not_name_a_public_suffix(suffix: str) -> None:
    """Nobody holds it alone; a typing mistake would cover everybody's transfers."""
    _, problems = _read(_ENTRY.replace("example.com", suffix))

    assert [f'"{suffix}" is a suffix' in problem for problem in problems] == [True]
