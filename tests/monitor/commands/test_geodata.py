"""`geodata update` and `geodata status`, as an operator and a timer see them."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, NamedTuple

import pytest

from monitor.cli import main
from tests.judging import Site
from tests.monitor.attribution.refresh.lists import aws, write_list
from tests.monitor.attribution.refresh.server import Server, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Run = Callable[..., "Ended"]


class Ended(NamedTuple):
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str


@pytest.fixture
def server() -> Iterator[Server]:
    """A server of inputs."""
    with serving() as running:
        yield running


@pytest.fixture
def listed(server: Server, tmp_path: Path) -> Path:
    """A list of sources."""
    return write_list(tmp_path, server)


@pytest.fixture
def geodata(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command as `main` does."""

    def run(*arguments: object) -> Ended:
        monkeypatch.setattr(sys, "argv", ["transferwatch", "geodata", *(str(word) for word in arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capfd.readouterr()
        return Ended(int(str(ended.value.code or 0)), said.out, said.err)

    return run


def test_an_update_says_what_it_did(geodata: Run, listed: Path) -> None:
    """A sentence for each source, and one for the atlas."""
    ended = geodata("update", "--sources", listed)

    assert (ended.code, ended.err) == (0, "")
    assert "aws: a new input was taken, of 2026-11-20." in ended.out
    assert "A new atlas is in use" in ended.out


def test_a_second_one_has_nothing_to_do(geodata: Run, listed: Path) -> None:
    """And says that as well."""
    geodata("update", "--sources", listed)

    ended = geodata("update", "--sources", listed)

    assert (ended.code, "The atlas in use is made of the same inputs." in ended.out) == (0, True)


def test_a_failure_is_told_and_ends_with_one(geodata: Run, listed: Path, server: Server) -> None:
    """With what stays."""
    geodata("update", "--sources", listed)
    server.give("/aws.json", aws("eu-west-3"))

    ended = geodata("update", "--sources", listed)

    assert ended.code == 1
    assert "aws: failed: it has 1 ranges, the last good one had 2" in ended.err
    assert "The last good input, of 2026-11-20, stays." in ended.err


def test_an_input_may_be_accepted(geodata: Run, listed: Path, server: Server) -> None:
    """By its id; another id is wrong usage."""
    geodata("update", "--sources", listed)
    server.give("/aws.json", aws("eu-west-3"))

    assert geodata("update", "--sources", listed, "--accept", "aws").code == 0
    assert geodata("update", "--sources", listed, "--accept", "asw").code == 2


def test_an_update_prints_json(geodata: Run, listed: Path) -> None:
    """The same facts."""
    facts = json.loads(geodata("update", "--sources", listed, "--json").out)

    assert {each["id"]: each["result"] for each in facts["sources"]} == dict.fromkeys(
        ("countries", "aws", "own"), "new"
    )
    assert (facts["failed"], len(facts["built"])) == (False, 64)


def test_a_bundle_that_is_none_is_a_problem(geodata: Run, listed: Path, tmp_path: Path) -> None:
    """One sentence."""
    ended = geodata("update", "--sources", listed, "--bundle", tmp_path / "absent.tar.gz")

    assert (ended.code, ended.err) == (1, f"{tmp_path}/absent.tar.gz: there is no such bundle.\n")


def test_without_a_list_there_is_nothing_to_update(geodata: Run, tmp_path: Path) -> None:
    """No list is fetched by itself."""
    assert geodata("update").code == 2
    assert geodata("update", "-c", Site().write(tmp_path)).code == 2


def test_a_site_names_its_list_and_its_atlases(geodata: Run, listed: Path, tmp_path: Path) -> None:
    """Then `-c` is enough."""
    config = Site().write(tmp_path)
    with config.open("a") as file:
        file.write(f"atlas: atlases\natlas_sources: {listed.name}\n")

    assert geodata("update", "-c", config).code == 0
    facts = json.loads(geodata("status", "-c", config, "--json").out)

    assert facts["digest"] == facts["kept"]["kept"][0]["digest"]
    assert (facts["kept"]["atlas_in_use_is_newest"], facts["kept"]["failed"]) == (True, False)


def test_the_status_is_loud_where_it_must_be(geodata: Run, listed: Path, server: Server) -> None:
    """Exit 1 with `--strict` alone."""
    geodata("update", "--sources", listed)
    del server.answers["/countries.mmdb"]
    geodata("update", "--sources", listed)

    ended = geodata("status", "--sources", listed)

    assert (ended.code, geodata("status", "--sources", listed, "--strict").code) == (0, 1)
    assert "The last update failed; the last good inputs and atlas are in use." in ended.out
    assert "the server answers 404" in " ".join(ended.out.split())


def test_the_status_of_the_shipped_atlas_needs_no_site(geodata: Run) -> None:
    """It names its sources, and nothing that is kept."""
    facts = json.loads(geodata("status", "--json").out)

    assert (facts["kept"], facts["sources"] != []) == (None, True)


def test_the_status_before_the_first_update(geodata: Run, listed: Path) -> None:
    """Nothing is there yet, and that is said."""
    ended = geodata("status", "--sources", listed)

    assert ("never" in ended.out, "none yet" in ended.out, ended.code) == (True, True, 0)


def test_an_authority_that_is_not_there_is_a_problem(geodata: Run, server: Server, tmp_path: Path) -> None:
    """Before anything is fetched."""
    ended = geodata("update", "--sources", write_list(tmp_path, server, ca_file="absent.pem"))

    assert (ended.code, server.asked) == (1, [])
