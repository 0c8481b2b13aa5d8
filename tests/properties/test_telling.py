"""Acts and names: how they are cut into batches changes nothing, and every record is somewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.rows import rows
from tests.summing import different, folded
from tests.telling import CLOUD, Telling, act, admins, asked, later, names

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from monitor.app import Knowledge
    from monitor.kept import Sums
    from monitor.pipeline import Part

    Row = dict[str, Any]

_FAR: Final = ("5.188.10.7", "2a02:6b8::5", "8.8.8.8", "192.168.77.5", "127.0.0.1", "203.0.113.9", "198.51.100.4", None)
_OURS: Final = ("10.20.0.5", "10.30.0.7", "2001:db8:20::5")
_TIMES: Final = st.sampled_from((later(0), later(0), later(1_799), later(7_200), None))
_WORDS: Final = st.sampled_from((None, "db01", "arn:aws:s3:::b", "10.20.0.9:22", "[2001:db8:20::9]:22", "::", "1:2:3"))
_ACTS: Final = st.builds(
    act,
    time=_TIMES,
    actor=st.sampled_from(("alice", None, "\x00")),
    actor_kind=st.sampled_from(("customer", "provider", "service", None)),
    actor_address=st.sampled_from((*_FAR, *_OURS)),
    actor_country=st.sampled_from((None, "US", "FR", "XX", "")),
    success=st.sampled_from((True, False, None)),
    account=st.sampled_from((CLOUD, CLOUD, None, "other")),
    target=_WORDS,
    observer=_WORDS,
    target_address=st.sampled_from((None, None, *_OURS, "9.9.9.9")),
)
_NAMES: Final = st.builds(
    asked,
    time=_TIMES,
    client_address=st.sampled_from((*_OURS, "9.9.9.9", None)),
    resolver_address=st.sampled_from((*_FAR, *_OURS)),
    address=st.sampled_from((None, "93.184.216.34")),
    via=st.sampled_from(("dns", "dns", "tls", "quic")),
    observer=_WORDS,
    # Lines are cut between: all answers of one stand in one batch.
    line=st.integers(1, 6),
)


@pytest.fixture(scope="module")
def telling(knowledge: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> Telling:
    """The stages of the small site."""
    directory: Path = tmp_path_factory.mktemp("telling")
    return Telling.of(knowledge, directory)


def _sums(telling: Telling, *batches: Sequence[Part]) -> Sums:
    return folded([telling.sums(*parts) for parts in batches])


@settings(max_examples=60)
@given(acts=st.lists(_ACTS, max_size=12), answers=st.lists(_NAMES, max_size=12), cut=st.integers(0, 12))
def test_how_events_are_cut_into_batches_changes_nothing(
    telling: Telling, acts: list[Row], answers: list[Row], cut: int
) -> None:
    """Every frame that a ledger keeps is the same."""
    answers = sorted(answers, key=lambda answer: answer["line"])
    numbered = [row | {"line": number} for number, row in enumerate(acts, 1)]
    before, after = ([row for row in answers if (row["line"] <= cut) is early] for early in (True, False))
    whole = _sums(telling, [admins(*numbered), names(*answers)])
    parts = _sums(telling, [admins(*numbered[:cut]), names(*before)], [admins(*numbered[cut:]), names(*after)])

    assert different(whole, parts) == []


@settings(max_examples=60)
@given(acts=st.lists(_ACTS, max_size=12), answers=st.lists(_NAMES, max_size=12))
def test_every_event_is_somewhere(telling: Telling, acts: list[Row], answers: list[Row]) -> None:
    """In a row, not ours, without a time, or evidence; what is in a row is in the sums."""
    for part, said in ((admins(*acts), acts), (names(*answers), answers)):
        judged = telling.judged(part)
        sums = telling.sums(part)
        of_rows = rows(judged)

        assert of_rows.height + judged.not_ours + judged.no_time + judged.unjudged.total() == len(said)
        assert sums.transfers["records"].sum() == of_rows.height
        assert sums.coverage["records"].sum() == len(said) - judged.no_time
        assert sums.coverage["not_ours_records"].sum() == judged.not_ours
        assert of_rows.filter(pl.col("octets_out").is_not_null() | pl.col("service").is_not_null()).is_empty()
