"""Findings: what matches add up to, in any order and cut, and when a finding is open."""

from __future__ import annotations

from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.alert.findings import KEY, KINDS_OF_END, Life, finding_id
from monitor.detect import matches as detected
from monitor.ledger.store import open_ledger
from monitor.ledger.upkeep import delete_expired
from tests.monitor.alert.kept import add, one, read
from tests.monitor.alert.matches import NOW_SECONDS, chunks, frame, match

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

    from monitor.alert.findings import Finding
    from monitor.ledger.store import Ledger

_HOUR = 3_600
_DAY = 86_400


def test_the_key_is_the_one_of_detection() -> None:
    """What detection calls one finding is one here."""
    assert KEY == detected.KEY


def test_every_kind_of_end_is_a_column_of_a_match() -> None:
    """Nothing is looked for that detection does not give."""
    assert set(KINDS_OF_END.values()) <= {column.name for column in detected.MATCHES}


def test_an_id_is_short_and_the_same_on_every_machine() -> None:
    """It can be typed, and stands in what was filed."""
    key = ("health_to_uncovered_country", "warehouse", "aws", "US", "US")

    assert finding_id(key) == "f-q4duvwgag5"


def test_null_is_a_value_of_the_key(ledger: Ledger) -> None:
    """An unknown place is another finding than a known one."""
    add(ledger, frame(match(), match(place_country=None), match(place_country=None)))

    assert sorted(each.records for each in read(ledger)) == [1, 2]


def test_two_addresses_are_one_finding(ledger: Ledger) -> None:
    """A CDN of a thousand addresses does not wake anybody a thousand times."""
    found = one(ledger, match(remote_address="52.0.0.1"), match(remote_address="52.0.0.2", octets_out=5_000))

    assert [end.value for end in found.top("remote")] == ["52.0.0.2", "52.0.0.1"]


def test_evidence_shows_ten_ends_of_each_kind(ledger: Ledger) -> None:
    """The largest, not all."""
    found = one(ledger, *(match(remote_address=f"52.0.0.{place}", octets_out=place) for place in range(50)))

    assert [end.value for end in found.top("remote")] == [f"52.0.0.{place}" for place in range(49, 39, -1)]


def test_ends_are_bounded(ledger: Ledger) -> None:
    """A scan over a whole network does not fill the disk; the largest stay."""
    rows = [match(remote_address=f"52.0.{place // 250}.{place % 250}", octets_out=place) for place in range(2_000)]
    add(ledger, frame(*rows))
    with ledger.reading() as connection:
        (count,) = connection.exec_driver_sql("SELECT count(*) FROM finding_ends WHERE kind = 'remote'").one()

    assert count == 1_000


def test_what_grows_slowly_is_bounded_by_the_upkeep(ledger: Ledger) -> None:
    """Each batch need not count."""
    for place in range(0, 1_300, 13):
        add(ledger, frame(*(match(remote_address=f"a{place + more}") for more in range(13))))
    delete_expired(ledger, NOW_SECONDS)
    with ledger.reading() as connection:
        (count,) = connection.exec_driver_sql("SELECT count(*) FROM finding_ends WHERE kind = 'remote'").one()

    assert count == 1_000


def test_the_last_hour_is_one_of_event_time(ledger: Ledger) -> None:
    """An old record that is read now is not of the last hour."""
    found = one(ledger, match(60, octets_out=7), match(2 * _HOUR, octets_out=100))

    assert (found.hour_octets_out, found.octets_out) == (7, 107)


def test_the_latest_match_speaks_for_the_finding(ledger: Ledger) -> None:
    """A late record does not put an old verdict back."""
    add(ledger, frame(match(10, place_reason="entry_lapsed")))
    add(ledger, frame(match(500, place_reason="no_ground")))

    assert [found.said["place_reason"] for found in read(ledger)] == ["entry_lapsed"]


def test_sums_stay_at_the_largest_number(ledger: Ledger) -> None:
    """Forged counters do not turn negative."""
    largest = 2**63 - 1
    add(ledger, frame(match(octets_out=largest), match(octets_out=largest)))
    add(ledger, frame(match(octets_out=largest)))

    assert [found.octets_out for found in read(ledger)] == [largest]


def test_a_state_that_is_told_again_does_not_add_up(ledger: Ledger) -> None:
    """A silent source that is checked each minute has not lost a record each minute."""
    silent = match(category="coverage", rule="source_silent", records=500, octets_out=None, octets_in=None)
    add(ledger, frame(silent))
    add(ledger, frame(silent))

    assert [found.records for found in read(ledger)] == [0]


def test_a_finding_is_open_from_its_first_match(ledger: Ledger) -> None:
    """At once."""
    assert one(ledger, match()).state(NOW_SECONDS) == "open"


def test_a_finding_is_resolved_after_its_hold_time(ledger: Ledger) -> None:
    """And not a second before."""
    found = one(ledger, match())

    assert [found.state(NOW_SECONDS + _DAY - 1), found.state(NOW_SECONDS + _DAY)] == ["open", "resolved"]


def test_a_state_of_affairs_is_resolved_soon(ledger: Ledger) -> None:
    """A source that speaks again does not stay silent on a screen for a day."""
    found = one(ledger, match(category="coverage", rule="source_silent"))

    assert found.state(NOW_SECONDS + 900) == "resolved"


def test_flapping_within_the_hold_time_opens_nothing_new(ledger: Ledger) -> None:
    """A transfer each night is one alert."""
    for night in range(5):
        later = NOW_SECONDS + night * (_DAY - 1)
        add(ledger, frame(match(-night * (_DAY - 1))), now=later)

    assert [(each.opened_at, each.times_opened) for each in read(ledger)] == [(NOW_SECONDS, 1)]


def test_what_comes_back_after_it_was_resolved_opens_again(ledger: Ledger) -> None:
    """Somebody believed that it was over."""
    add(ledger, frame(match()))
    add(ledger, frame(match(-3 * _DAY)), now=NOW_SECONDS + 3 * _DAY)

    assert [(each.opened_at, each.times_opened) for each in read(ledger)] == [(NOW_SECONDS + 3 * _DAY, 2)]


def test_old_records_open_nothing(ledger: Ledger) -> None:
    """A replay of last month wakes nobody, and is recorded."""
    assert one(ledger, match(6 * _HOUR + 1)).state(NOW_SECONDS) == "past"


def test_old_records_do_not_keep_a_finding_open(ledger: Ledger) -> None:
    """A back-log does not stretch what is over."""
    add(ledger, frame(match()))
    add(ledger, frame(match(0)), now=NOW_SECONDS + _DAY // 2)

    assert [each.state(NOW_SECONDS + _DAY) for each in read(ledger)] == ["resolved"]


def test_a_ledger_of_before_findings_gets_their_tables(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The form of the ledger stays, and nothing has to be replayed."""
    url = f"sqlite:///{tmp_path_factory.mktemp('old') / 'ledger.db'}"
    with open_ledger(url, create=True) as opened, opened.writing() as connection:
        for table in ("findings_told", "finding_buckets", "finding_ends", "findings"):
            connection.exec_driver_sql(f"DROP TABLE {table}")
    with open_ledger(url) as opened:
        add(opened, frame(match()))

        assert len(read(opened)) == 1


def test_a_finding_survives_a_restart(tmp_path_factory: pytest.TempPathFactory) -> None:
    """It is the same finding, opened when it was."""
    url = f"sqlite:///{tmp_path_factory.mktemp('kept') / 'ledger.db'}"
    with open_ledger(url, create=True) as opened:
        add(opened, frame(match()))
        before = read(opened)
    with open_ledger(url) as opened:
        after = read(opened)

    assert after == before


_ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "seconds_ago": st.integers(-60, 3 * _HOUR),
            "system": st.sampled_from(["warehouse", "archive"]),
            "place_country": st.sampled_from(["US", None]),
            "remote_address": st.sampled_from(["52.0.0.1", "52.0.0.2", None]),
            "name": st.sampled_from(["a.example.com", "b.example.com", None]),
            "octets_out": st.sampled_from([None, 0, 7, 2**62]),
            "place_reason": st.sampled_from(["no_ground", "entry_lapsed"]),
        }
    ).map(lambda words: match(int(str(words.pop("seconds_ago"))), **words)),
    min_size=1,
    max_size=12,
)


@settings(max_examples=15)
@given(rows=_ROWS, data=st.data())
def test_any_order_and_cut_of_matches_gives_the_same_findings(rows: list[dict[str, Any]], data: st.DataObject) -> None:
    """Batches, a second reader and late records change nothing."""
    mixed = data.draw(st.permutations(rows))
    sizes = data.draw(st.lists(st.integers(0, 4), max_size=5))

    assert _kept(mixed, sizes) == _kept(rows, [])


def _kept(rows: Sequence[dict[str, Any]], sizes: Sequence[int]) -> list[Finding]:
    with TemporaryDirectory() as directory, open_ledger(f"sqlite:///{directory}/l.db", create=True) as opened:
        for part in chunks(rows, sizes):
            add(opened, part, life=Life())
        return read(opened)
