"""From where an input comes."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import TYPE_CHECKING

from monitor.attribution.refresh.store import INPUTS, KeptInput, read_state
from monitor.attribution.refresh.wanted import Fetch, Wanted
from tests.monitor.attribution.refresh.small import BETTER, GOOD, NOW, PUBLISHED, refreshed, wanted

if TYPE_CHECKING:
    from pathlib import Path

    from tests.monitor.attribution.refresh.server import Server


def kept(folder: Path) -> KeptInput:
    """The last good input of `feed`."""
    found = read_state(folder).sources["feed"].input
    assert found is not None
    return found


def test_an_input_that_tells_its_day_is_of_that_day(server: Server, tmp_path: Path) -> None:
    """Whatever the server says."""
    url = server.give("/feed", b"@2026-10-05\n" + GOOD, headers={"Last-Modified": "Sun, 01 Nov 2026 00:00:00 GMT"})

    refreshed(tmp_path, wanted("feed", url))

    assert (kept(tmp_path).published, kept(tmp_path).day_from) == (date(2026, 10, 5), "input")


def test_else_it_is_of_the_day_that_the_server_says(server: Server, tmp_path: Path) -> None:
    """Last-Modified."""
    url = server.give("/feed", GOOD, headers={"Last-Modified": "Sun, 01 Nov 2026 00:00:00 GMT"})

    refreshed(tmp_path, wanted("feed", url))

    assert (kept(tmp_path).published, kept(tmp_path).day_from) == (date(2026, 11, 1), "given")


def test_else_of_the_day_on_which_it_was_taken(server: Server, tmp_path: Path) -> None:
    """Nothing else is known."""
    refreshed(tmp_path, wanted("feed", server.give("/feed", GOOD)))

    assert (kept(tmp_path).published, kept(tmp_path).day_from) == (NOW.date(), "taken")


def test_no_input_is_of_the_future(server: Server, tmp_path: Path) -> None:
    """A day that has not come would hide for years that a source is old."""
    refreshed(tmp_path, wanted("feed", server.give("/feed", b"@2999-01-01\n" + GOOD)))

    assert kept(tmp_path).published == NOW.date()


def test_a_failure_is_kept_with_the_last_success(server: Server, tmp_path: Path) -> None:
    """When it was last known to be current, and how often it failed since the beginning."""
    url = server.give("/feed", GOOD)
    refreshed(tmp_path, wanted("feed", url))
    del server.answers["/feed"]
    later = NOW + timedelta(days=1)

    refreshed(tmp_path, wanted("feed", url), now=later)

    state = read_state(tmp_path).sources["feed"]
    assert (state.confirmed_at, state.attempted_at, state.failures, state.result) == (NOW, later, 1, "failed")


def test_an_input_that_somebody_removed_is_taken_again(server: Server, tmp_path: Path) -> None:
    """Not asked for with its ETag, which would give nothing."""
    url = server.give("/feed", GOOD, etag='"1"')
    refreshed(tmp_path, wanted("feed", url))
    (tmp_path / INPUTS / kept(tmp_path).file).unlink()

    refreshed(tmp_path, wanted("feed", url))

    assert (tmp_path / INPUTS / kept(tmp_path).file).read_bytes() == GOOD


def test_the_etag_of_another_url_is_not_used(server: Server, tmp_path: Path) -> None:
    """The list names another place now."""
    refreshed(tmp_path, wanted("feed", server.give("/a", GOOD, etag='"1"')))

    refreshed(tmp_path, wanted("feed", server.give("/b", BETTER, etag='"1"')))

    assert kept(tmp_path).sha256 == hashlib.sha256(BETTER).hexdigest()


def test_what_the_list_pins_is_held_to_it(tmp_path: Path) -> None:
    """A site that reviews its own file."""
    (tmp_path / "own.txt").write_bytes(GOOD)
    source = Wanted("feed", PUBLISHED, file=tmp_path / "own.txt", pinned="a" * 64)

    outcome = refreshed(tmp_path / "atlases", source)

    assert "the list says aaaa" in outcome.sources["feed"].what


def test_an_archive_is_asked_for_by_name(tmp_path: Path) -> None:
    """It is never fetched."""
    outcome = refreshed(tmp_path, Wanted("feed", PUBLISHED, Fetch(), archive="asn-1.tgz"))

    assert outcome.sources["feed"].what == "there is no input of it: the archive asn-1.tgz is given in a bundle"
