"""Time stamps of text logs: what each form tells, with and without a zone and a year of the site."""

from __future__ import annotations

import polars as pl
import pytest

from collectors.contract import SourceOptions
from collectors.stamps import FORMS, STAMP, Stamps

PARIS = SourceOptions(time_zone="Europe/Paris", year=2026)


def times(*texts: str, options: SourceOptions = PARIS) -> list[str | None]:
    """Read stamps in order; `impossible` where one names a time that does not exist."""
    groups = pl.Series(texts).str.extract_groups(f"^(?:{STAMP})").struct.unnest().select(FORMS)
    found = Stamps(options).times(groups)
    spelled = found.instant.dt.to_string("iso:strict").to_list()
    return ["impossible" if wrong else text for text, wrong in zip(spelled, found.impossible, strict=True)]


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-26T00:55:49.710Z", "2026-11-26T00:55:49.710000+00:00"),
        ("2026-11-26 00:55:49,71+01:00", "2026-11-25T23:55:49.710000+00:00"),
        ("2026-11-26T00:55:49+0100", "2026-11-25T23:55:49.000000+00:00"),
        ("2026-11-26T00:55:49+01", "2026-11-25T23:55:49.000000+00:00"),
        ("2026-11-26T00:55:49.710", "2026-11-25T23:55:49.710000+00:00"),
        ("19-Oct-2022 05:34:02.425", "2022-10-19T03:34:02.425000+00:00"),
        ("Nov 26 00:55:49", "2026-11-25T23:55:49.000000+00:00"),
        ("Nov  6 00:55:49.5", "2026-11-05T23:55:49.500000+00:00"),
        ("Nov 26 2022 00:55:49", "2022-11-25T23:55:49.000000+00:00"),
        ("1795650986.000001", "2026-11-25T23:56:26.000001+00:00"),
        ("[1795650986]", "2026-11-25T23:56:26.000000+00:00"),
        ("2026-10-25T02:30:00", "2026-10-25T00:30:00.000000+00:00"),
        ("2026-03-29T02:30:00", None),
        ("2026-02-29T02:30:00Z", "impossible"),
        ("31-Feb-2026 00:00:00", "impossible"),
        ("Feb 30 00:00:00", "impossible"),
        ("no stamp", None),
    ],
)
def test_a_stamp_tells_an_instant(text: str, instant: str | None) -> None:
    """In the zone and the year of the site where it has none."""
    assert times(text) == [instant]


@pytest.mark.parametrize(
    "text", ["2026-11-26T00:55:49", "19-Oct-2022 05:34:02.425", "Nov 26 00:55:49", "Feb 29 00:00:00"]
)
def test_a_stamp_without_zone_tells_no_instant_where_the_site_names_none(text: str) -> None:
    """It is not guessed; nor is it wrong."""
    assert times(text, options=SourceOptions(year=2026)) == [None]


def test_a_stamp_without_year_tells_no_instant_where_the_site_names_none() -> None:
    """The zone alone is not enough."""
    assert times("Nov 26 00:55:49", options=SourceOptions(time_zone="UTC")) == [None]


def test_the_year_goes_on_at_new_year_and_back_for_a_late_record() -> None:
    """One month back is a late record, too."""
    found = times(
        "Dec 31 12:00:00",
        "Jan  1 12:00:00",
        "Dec 31 12:00:01",
        "Feb  1 12:00:00",
        "Jan 31 12:00:00",
        "Dec 1 12:00:00",
        "Jan 1 12:00:00",
    )

    assert [str(text)[:7] for text in found] == [
        "2026-12",
        "2027-01",
        "2026-12",
        "2027-02",
        "2027-01",
        "2026-12",
        "2027-01",
    ]


def test_the_year_is_carried_in_the_state() -> None:
    """A new reader goes on from there."""
    groups = pl.Series(["Jan 1 12:00:00"]).str.extract_groups(f"^(?:{STAMP})").struct.unnest().select(FORMS)
    stamps = Stamps(PARIS)
    stamps.resume([12, 0, 2026])

    assert stamps.times(groups).instant.dt.year().to_list() == [2027]


def test_a_zone_that_is_none_is_refused() -> None:
    """With its name."""
    with pytest.raises(ValueError, match="there is no time zone Paris"):
        Stamps(SourceOptions(time_zone="Paris"))


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ([12, 0, 2026], "2026-12-31T22:00:00.000000+00:00"),
        ([12, 0, 0], "2027-12-31T22:00:00.000000+00:00"),
        ([12, 0], "2027-12-31T22:00:00.000000+00:00"),
        ([0, 0, 0], "2027-12-31T22:00:00.000000+00:00"),
    ],
    ids=["begun in a year", "begun without one", "a state of before", "nothing read"],
)
def test_an_input_keeps_the_year_that_it_began_with(state: list[int], expected: str) -> None:
    """The site's `year:` was changed for the files of January meanwhile."""
    stamps = Stamps(SourceOptions(time_zone="Europe/Paris", year=2027))
    stamps.resume(state)
    groups = pl.Series(["Dec 31 23:00:00"]).str.extract_groups(f"^(?:{STAMP})").struct.unnest().select(FORMS)
    found = stamps.times(groups).instant.dt.to_string("iso:strict")

    assert found.to_list() == [expected]


@pytest.mark.parametrize(
    ("texts", "years"),
    [
        (("Jul 1 12:00:00", "Dec 31 12:00:00", "Jan 1 12:00:00"), ["2026", "2026", "2027"]),
        (("Jan 1 12:00:00", "Feb 1 12:00:00"), ["2027", "2027"]),
        (("Jun 30 12:00:00", "Jul 1 12:00:00"), ["2027", "2027"]),
    ],
    ids=["from the month on", "after New Year", "before the month"],
)
def test_a_file_that_begins_before_the_month_is_of_the_next_year(texts: tuple[str, ...], years: list[str]) -> None:
    """`year: 2026` from July on: a source that is followed over New Year needs no change on that day."""
    options = SourceOptions(time_zone="Europe/Paris", year=2026, year_from_month=7)

    assert [str(each)[:4] for each in times(*texts, options=options)] == years
