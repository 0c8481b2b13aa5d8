"""A whole update: what is kept, what is built, and what a failure leaves in place."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from monitor.attribution.kept_atlases import kept_atlases
from monitor.attribution.refresh.bundle import open_bundle
from monitor.attribution.refresh.fetch import Transport
from monitor.attribution.refresh.store import INPUTS, locked, read_state
from monitor.attribution.refresh.taking import Offer
from monitor.attribution.refresh.wanted import Upkeep, Wanted
from monitor.problem import ProblemsFound
from tests.monitor.attribution.refresh.small import BETTER, GOOD, NOW, PUBLISHED, refreshed, wanted

if TYPE_CHECKING:
    from pathlib import Path

    from tests.monitor.attribution.refresh.server import Server


def used(folder: Path) -> bytes:
    """Content of the atlas in use."""
    return (folder / kept_atlases(folder)[-1].file).read_bytes()


def test_the_first_update_builds_an_atlas(server: Server, tmp_path: Path) -> None:
    """Of all inputs."""
    outcome = refreshed(tmp_path / "atlases", wanted("feed", server.give("/feed", GOOD)))

    assert (outcome.failed, used(tmp_path / "atlases")) == (False, GOOD)


def test_what_did_not_change_is_not_built_again(server: Server, tmp_path: Path) -> None:
    """Neither where the server says so, nor where the same octets come."""
    sources = (wanted("a", server.give("/a", GOOD, etag='"1"')), wanted("b", server.give("/b", GOOD)))
    refreshed(tmp_path, *sources)

    outcome = refreshed(tmp_path, *sources, now=NOW + timedelta(days=1))

    assert ([each.result for each in outcome.sources.values()], outcome.built) == (["same", "same"], None)


def test_a_changed_list_is_built_again(server: Server, tmp_path: Path) -> None:
    """A source that is gone is not in the atlas any more."""
    sources = (wanted("a", server.give("/a", GOOD)), wanted("b", server.give("/b", BETTER)))
    refreshed(tmp_path, *sources)

    refreshed(tmp_path, sources[1])

    assert used(tmp_path) == BETTER


def test_a_new_input_replaces_the_last_one(server: Server, tmp_path: Path) -> None:
    """And its atlas comes into use; the former one stays beside it."""
    url = server.give("/feed", GOOD)
    refreshed(tmp_path, wanted("feed", url))
    server.give("/feed", BETTER)

    refreshed(tmp_path, wanted("feed", url), now=NOW + timedelta(days=1))

    assert [(tmp_path / each.file).read_bytes() for each in kept_atlases(tmp_path)] == [GOOD, BETTER]


BAD = {
    "shrunk": (b"7 eu-west-1\n7 us-east-1\n", "14 ranges, the last good one had 20: 30% less"),
    "without a region": (b"20 eu-west-1\n", "1 of 2 regions or countries are gone from it: us-east-1"),
    "another format": (b"{}", "it is not the small format"),
    "a page": (b"<html>Bad gateway</html>", "it is a web page"),
    "nothing in it": (b"0 eu-west-1\n", "there is no range in it"),
}


@pytest.mark.parametrize(("body", "said"), BAD.values(), ids=BAD)
def test_a_bad_input_leaves_the_last_good_one(body: bytes, said: str, server: Server, tmp_path: Path) -> None:
    """It is told why, the atlas stays, and another source goes on."""
    sources = (wanted("bad", server.give("/bad", GOOD)), wanted("good", server.give("/good", GOOD)))
    refreshed(tmp_path, *sources)
    server.give("/bad", body)
    server.give("/good", BETTER)

    outcome = refreshed(tmp_path, *sources)

    assert (outcome.sources["bad"].result, outcome.sources["good"].result) == ("failed", "new")
    assert said in outcome.sources["bad"].what
    assert used(tmp_path) == GOOD + BETTER


def test_an_operator_may_accept_it(server: Server, tmp_path: Path) -> None:
    """A region that a provider has given up is gone for good."""
    url = server.give("/feed", GOOD)
    refreshed(tmp_path, wanted("feed", url))
    server.give("/feed", b"7 eu-west-1\n")

    outcome = refreshed(tmp_path, wanted("feed", url), accepted={"feed"})

    assert (outcome.failed, used(tmp_path)) == (False, b"7 eu-west-1\n")


def test_a_source_has_its_own_bounds(server: Server, tmp_path: Path) -> None:
    """What is small may halve."""
    source = wanted("feed", server.give("/feed", GOOD), shrink_at_most=0.5, vanish_at_most=0.5)
    refreshed(tmp_path, source)
    server.give("/feed", b"10 eu-west-1\n")

    assert refreshed(tmp_path, source).failed is False


@pytest.mark.parametrize("older", [b"@2026-10-31\n", b""], ids=["by its own day", "by Last-Modified"])
def test_an_older_input_is_refused(older: bytes, server: Server, tmp_path: Path) -> None:
    """A mirror that was set back."""
    url = server.give(
        "/feed", (b"@2026-11-01\n" if older else b"") + GOOD, headers={"Last-Modified": "Sun, 01 Nov 2026 00:00:00 GMT"}
    )
    refreshed(tmp_path, wanted("feed", url))
    server.give("/feed", older + BETTER, headers={"Last-Modified": "Sat, 31 Oct 2026 00:00:00 GMT"})

    outcome = refreshed(tmp_path, wanted("feed", url))

    assert outcome.sources["feed"].what == "it is of 2026-10-31, the last good one of 2026-11-01"


def test_a_wrong_hash_is_refused(server: Server, tmp_path: Path) -> None:
    """The one that is published beside the file."""
    url = server.give("/feed", GOOD)
    sums = server.give("/feed.sha256", b"a" * 64)

    outcome = refreshed(tmp_path, wanted("feed", url, sha256_url=sums))

    assert "not aaaa" in outcome.sources["feed"].what


def test_the_mirror_is_asked_where_the_url_fails(server: Server, tmp_path: Path) -> None:
    """In this order."""
    mirror = server.give("/mirror", GOOD)

    outcome = refreshed(tmp_path, wanted("feed", server.url("/absent"), mirror=mirror))

    assert (outcome.failed, [path for path, _ in server.asked]) == (False, ["/absent", "/mirror"])


def test_both_failures_are_told(server: Server, tmp_path: Path) -> None:
    """With the URL of each."""
    outcome = refreshed(tmp_path, wanted("feed", server.url("/a"), mirror=server.url("/b")))

    assert outcome.sources["feed"].what == (
        f"{server.url('/a')}: the server answers 404 Not Found; {server.url('/b')}: the server answers 404 Not Found"
    )


def test_the_day_is_filled_in(server: Server, tmp_path: Path) -> None:
    """A publisher who names files by month."""
    server.give("/lite-2026-11", GOOD)

    assert refreshed(tmp_path, wanted("lite", server.url("/lite-{year}-{month}"))).failed is False


def test_without_an_input_no_atlas_is_built(server: Server, tmp_path: Path) -> None:
    """An atlas without a source that the list names would be another one."""
    outcome = refreshed(tmp_path, wanted("a", server.give("/a", GOOD)), wanted("b"))

    assert (outcome.built, "no good input yet of: b" in outcome.failure) == (None, True)


def test_the_sites_own_file_is_an_input(tmp_path: Path) -> None:
    """Checked as any other."""
    (tmp_path / "own.txt").write_bytes(GOOD)

    refreshed(tmp_path / "atlases", Wanted("own", PUBLISHED, file=tmp_path / "own.txt"))

    state = read_state(tmp_path / "atlases").sources["own"].input
    assert state is not None
    assert (used(tmp_path / "atlases"), state.published) == (GOOD, PUBLISHED)


def test_nothing_is_fetched_without_a_url(server: Server, tmp_path: Path) -> None:
    """Nor with a bundle."""
    refreshed(tmp_path / "a", wanted("feed", server.give("/feed", GOOD)))
    server.asked.clear()

    with open_bundle(tmp_path / "a" / INPUTS) as bundle:
        refreshed(tmp_path / "b", wanted("feed", server.url("/feed")), offer=Offer(Transport(), bundle))

    assert (server.asked, used(tmp_path / "b")) == ([], GOOD)


def test_a_bundle_may_hold_some_of_the_sources(server: Server, tmp_path: Path) -> None:
    """The others keep their last good input, and that is no failure."""
    sources = (wanted("a", server.give("/a", GOOD)), wanted("b", server.give("/b", GOOD)))
    refreshed(tmp_path / "home", *sources)
    server.give("/a", BETTER)
    refreshed(tmp_path / "outside", sources[0])

    with open_bundle(tmp_path / "outside" / INPUTS) as bundle:
        outcome = refreshed(tmp_path / "home", *sources, offer=Offer(Transport(), bundle))

    assert (outcome.failed, outcome.sources["b"].result) == (False, "not_offered")
    assert used(tmp_path / "home") == BETTER + GOOD


@pytest.mark.parametrize("word", ["unbuildable", "unprovable"])
def test_an_atlas_that_does_not_hold_is_not_used(word: str, server: Server, tmp_path: Path) -> None:
    """The last good one stays in use, and the failure is told."""
    url = server.give("/feed", GOOD)
    refreshed(tmp_path, wanted("feed", url))
    server.give("/feed", GOOD + f"1 {word}\n".encode())

    outcome = refreshed(tmp_path, wanted("feed", url))

    assert (outcome.failed, outcome.built, used(tmp_path)) == (True, None, GOOD)


def test_what_failed_to_build_is_built_again(server: Server, tmp_path: Path) -> None:
    """Though no input is new then."""
    url = server.give("/feed", GOOD + b"1 unbuildable\n")
    refreshed(tmp_path, wanted("feed", url))

    assert "cannot be built" in refreshed(tmp_path, wanted("feed", url)).failure


def test_two_updates_at_once_are_one(tmp_path: Path) -> None:
    """The second is told."""
    with locked(tmp_path), pytest.raises(ProblemsFound, match="another update of it is at work"):
        refreshed(tmp_path)


def test_nobody_else_reads_the_folder(server: Server, tmp_path: Path) -> None:
    """The site's own overrides are in it."""
    refreshed(tmp_path / "atlases", wanted("feed", server.give("/feed", GOOD)))

    modes = {oct(path.stat().st_mode & 0o777) for path in (tmp_path / "atlases").rglob("*") if path.is_file()}
    assert (modes, oct((tmp_path / "atlases").stat().st_mode & 0o777)) == ({"0o600"}, "0o700")


def test_inputs_that_are_not_kept_are_removed(server: Server, tmp_path: Path) -> None:
    """One for each source, and the manifest."""
    url = server.give("/feed", GOOD)
    refreshed(tmp_path, wanted("feed", url))
    server.give("/feed", BETTER)

    refreshed(tmp_path, wanted("feed", url))

    assert len(list((tmp_path / INPUTS).iterdir())) == 2


def test_old_atlases_are_removed(server: Server, tmp_path: Path) -> None:
    """As the list says."""
    url = server.give("/feed", GOOD)
    for number in range(Upkeep().keep + 3):
        server.give("/feed", GOOD + f"{number} x\n".encode())
        refreshed(tmp_path, wanted("feed", url), now=NOW + timedelta(hours=number))

    assert len(list(tmp_path.glob("atlas-*.twa"))) == Upkeep().keep


def test_a_kill_leaves_an_atlas_and_the_next_update_ends_well(tmp_path: Path, root: Path) -> None:
    """Killed before and after each of the names that appear: input, state, manifest, atlas, index, state."""
    command = [sys.executable, "-m", "tests.monitor.attribution.refresh.killed", str(tmp_path)]

    told = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True, timeout=120).stdout

    moments = [f"{where} {step}" for step in range(1, 7) for where in ("before", "after")]
    swapped = moments.index("after 5")  # the index
    assert told.splitlines() == [
        f"{moment}: killed, {'BETTER' if place >= swapped else 'GOOD'}, then BETTER, nothing left behind"
        for place, moment in enumerate(moments)
    ]
