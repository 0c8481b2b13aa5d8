"""The tables of a replay as a person sees them."""

from __future__ import annotations

import io
from collections import Counter

import pytest
from rich.console import Console

from monitor.report.answer import answer_of
from monitor.report.answer_text import count_text, octets_text, print_answer
from monitor.tally import Tally
from tests.monitor.report.test_answer import tally_of


def printed(tally: Tally, width: int = 140) -> str:
    """What a console of that width shows."""
    out = io.StringIO()
    print_answer(answer_of(tally), Console(file=out, width=width), "paris-1")
    return out.getvalue()


@pytest.mark.parametrize(
    ("octets", "text"),
    [
        (0, "0 B"),
        (950, "950 B"),
        (1000, "1.0 kB"),
        (1234, "1.2 kB"),
        (12_345, "12 kB"),
        (999_999, "1000 kB"),
        (1_234_567_890, "1.2 GB"),
        (9 * 10**18, "9.0 EB"),
        (9 * 10**21, "9000 EB"),
    ],
)
def test_octets_have_a_decimal_unit(octets: int, text: str) -> None:
    """Two or three figures are enough to compare."""
    assert octets_text(octets) == text


def test_counts_are_grouped_by_three() -> None:
    """With a space, as the SI has it."""
    assert count_text(1234567) == "1 234 567"


def test_row_says_system_place_recipient_verdict_reason_and_law() -> None:
    """The reason is in words, never a code with underscores."""
    text = printed(tally_of({}))

    for word in ("warehouse", "health", "US", "aws", "uncovered", "importer unknown", "US exposed", "100 B", "10 B"):
        assert word in text


def test_long_lists_are_cut_and_say_so() -> None:
    """What is not shown is summed."""
    rows: list[dict[str, object]] = [{"importer": f"Importer {number}"} for number in range(12)]
    text = printed(tally_of(*rows))

    assert "and 4 more" in text
    assert "400 B" in text


def test_control_that_is_not_known_is_no_verdict() -> None:
    """The country where the AS is registered is a candidate, with a question mark."""
    row: dict[str, object] = {"control_verdict": "undetermined", "control_countries": ["MA"]}

    assert "MA?" in printed(tally_of(row))


def test_uncovered_is_explained_and_never_called_illegal() -> None:
    """Traffic is not proof of personal data."""
    text = printed(tally_of({}))

    assert "no ground known to this tool" in text
    assert "Traffic is not proof of personal data." in text
    assert "illegal" not in text.lower()


def test_what_was_not_judged_is_told_with_its_reason() -> None:
    """Every drop has a line."""
    tally = Tally(
        not_ours_by_source=Counter(aws_vpc=3),
        not_ours_octets=30,
        no_time=2,
        coverage=Counter(no_data=7, skipped=1),
        broken=Counter(too_few_fields=4),
        unreadable={"a.gz": "breaks off: end"},
    )
    text = printed(tally)

    for words in (
        "neither end is ours (aws_vpc)",
        "records without a time",
        "saw no traffic",
        "lost records",
        "broken: too few fields",
        "a.gz: breaks off: end",
    ):
        assert words in text


def test_nothing_left_out_is_said_too() -> None:
    """An empty table would look like a fault."""
    assert "nothing: every record is in" in printed(Tally(records=1))
    assert "there was no record at all" in printed(Tally())


@pytest.mark.parametrize("width", [80, 100, 140])
def test_no_figure_loses_a_digit_or_its_unit(width: int) -> None:
    """Where room is short, words fold."""
    rows: list[dict[str, object]] = [
        {"octets_out": 556_000_000, "octets_in": 92_000_000_000, "data_class": "pseudonymised_health"},
        {"activity": "probe", "records": 86_000, "data_class": "pseudonymised_health"},
        {
            "place_verdict": "eea",
            "place_reason": None,
            "data_class": "pseudonymised_health",
            "operator": "microsoft_azure",
        },
    ]
    text = printed(tally_of(*rows), width)

    for figure in ("556 MB", "92 GB", "86 000", "100.0 %", "100 B", "< 0.1 %"):
        assert figure in text


def test_text_of_the_input_is_no_markup() -> None:
    """An importer may have brackets in its name."""
    assert "Acme [/x] Inc" in printed(tally_of({"importer": "Acme [/x] Inc"}))


def test_internal_records_have_a_line_of_their_own() -> None:
    """Every counted record can be found."""
    text = printed(
        tally_of({"place_verdict": "internal", "place_reason": None, "control_verdict": "none", "records": 7})
    )

    assert "between your own systems" in text


def test_small_shares_never_read_as_none() -> None:
    """What is there at all shows."""
    eea: dict[str, object] = {"place_verdict": "eea", "place_reason": None, "octets_out": 10**9}

    assert "< 0.1 %" in printed(tally_of(eea, {"octets_out": 1, "octets_in": 0}))


def test_acts_and_questions_are_told_in_words() -> None:
    """They have no octets, and stand in a table of their own; what is nought is left out."""
    text = printed(
        Tally(
            records=20,
            names=3,
            acts=Counter(acts=9, failed=4, provider=2, automatic=0),
            evidence=Counter(own_resolver=5),
            passed_over=Counter(other_program=6),
        )
    )

    assert "of these, by the provider's own people" in text
    assert "of these, tried without success: not counted" in text
    assert "provider's own services" not in text
    assert "questions to name servers that are not yours" in text
    assert "names asked of your own resolvers: evidence, no conversation" in text
    assert "passed over: other program" in text
