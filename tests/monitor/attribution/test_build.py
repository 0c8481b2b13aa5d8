"""Three layers become one atlas."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

import polars as pl
import pytest

from monitor.address import parse_addresses
from monitor.attribution.atlas import Atlas
from monitor.attribution.atlas_file import read_atlas_file
from monitor.attribution.build import build_atlas
from monitor.attribution.declared import load_sources
from monitor.attribution.precedence import CONFIDENCES
from monitor.problem import ProblemsFound
from tests.monitor.attribution.small_archives import FEED, NETWORKS_4, OVERRIDES, archive, write_archives

if TYPE_CHECKING:
    from pathlib import Path

    from tests.monitor.attribution.small_archives import Archives


def said(atlas: Atlas, address: str) -> tuple[str | None, int | None, str | None]:
    """Place, AS and registration of one address."""
    looked = atlas.lookup(parse_addresses(pl.Series([address])))
    return looked.place_country()[0], looked.as_numbers()[0], looked.registration_country()[0]


def test_the_same_archives_give_the_same_file(archives: Archives) -> None:
    """To the byte."""
    first = build_atlas(archives.listed, archives.directory, archives.directory / "first.twa")
    second = build_atlas(archives.listed, archives.directory, archives.directory / "second.twa")

    assert first == second


def test_it_returns_the_digest_of_the_file(archives: Archives) -> None:
    """The one by which an opened atlas is known."""
    digest = build_atlas(archives.listed, archives.directory, archives.directory / "atlas.twa").digest

    assert Atlas.open(archives.directory / "atlas.twa").digest == digest


def test_nothing_is_left_half_written(archives: Archives) -> None:
    """The file appears whole or not at all."""
    build_atlas(archives.listed, archives.directory, archives.directory / "new" / "atlas.twa")

    assert [path.name for path in (archives.directory / "new").iterdir()] == ["atlas.twa"]


def test_hostile_bytes_leave_the_file_that_is_there(archives: Archives) -> None:
    """Whatever an input holds, what was built before stays."""
    out = archives.directory / "atlas.twa"
    out.write_bytes(b"built before")
    whole = archives.archive("place").read_bytes()
    for content in (
        b"",
        whole[: len(whole) // 2],
        b"\x00" * 4096,
        archive({"package/place.mmdb": b"\xab\xcd\xefMaxMind.com"}),
    ):
        with pytest.raises(ProblemsFound):
            build_atlas(archives.replaced("place", content).listed, archives.directory, out)

    assert out.read_bytes() == b"built before"


def test_a_feed_that_is_another_file_is_a_problem(archives: Archives) -> None:
    """By its name, and nothing is written."""
    (archives.directory / "feed.yaml").write_bytes(b"\xff\x00{")

    with pytest.raises(ProblemsFound, match=r"feed\.yaml"):
        build_atlas(archives.listed, archives.directory, archives.directory / "atlas.twa")
    assert not (archives.directory / "atlas.twa").exists()


def test_a_source_without_a_day_is_refused(archives: Archives) -> None:
    """Neither the list nor the file tells it."""
    with pytest.raises(ProblemsFound, match=r"own published: neither the list nor the file says of which day it is"):
        build_atlas(
            archives.changed("own", published=None).listed, archives.directory, archives.directory / "atlas.twa"
        )


def test_a_file_may_tell_its_own_day(archives: Archives) -> None:
    """An MMDB does."""
    out = archives.directory / "atlas.twa"
    build_atlas(archives.changed("place", published=None).listed, archives.directory, out)

    assert re.fullmatch(r"20\d\d-\d\d-\d\d", Atlas.open(out).sources[0].published)


def test_a_format_of_another_kind_is_refused(archives: Archives) -> None:
    """With those that there are."""
    with pytest.raises(
        ProblemsFound, match=r"own format: mmdb is no format of the kind override\. Write one of aws, azure"
    ):
        build_atlas(archives.changed("own", format="mmdb").listed, archives.directory, archives.directory / "atlas.twa")


def told(atlas: Atlas, address: str) -> tuple[list[str], str, str | None, str | None]:
    """Candidates, confidence, sources and region of one address."""
    answer = int(atlas.lookup(parse_addresses(pl.Series([address]))).answer[0])
    answers = atlas.answers
    candidates = [str(atlas.countries[code]) for code in answers.candidates[answer]]
    return candidates, CONFIDENCES[answers.confidence[answer]], answers.source[answer], answers.region[answer]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("1.0.0.1", (["AU"], "agreed", "place+second", None)),
        ("1.0.1.1", (["CN"], "single", "place", None)),
        ("11.0.0.1", (["DE"], "single", "second", None)),
        ("8.8.8.193", (["DE", "FR"], "none", "place+second", None)),
        ("192.0.2.1", (["AT"], "single", "second", None)),
        ("2a00:1::1", (["FR"], "single", "place", None)),
        ("8.8.4.1", (["IE"], "stated", "feed", "eu-west-1")),
        ("8.8.4.129", (["FR"], "stated", "feed", "eu-west-3")),
        ("8.8.4.193", (["CH"], "stated", "own", None)),
        ("8.8.5.1", (["US"], "stated", "feed", None)),
        ("2a00:2:0:1::1", (["IE"], "stated", "feed", "eu-west-1")),
        ("2a00:2:0:1:8000::1", (["CH"], "stated", "own", None)),
        ("12.0.0.1", ([], "none", None, None)),
    ],
)
def test_a_place_keeps_whose_word_counts(
    small_atlas: Atlas, address: str, expected: tuple[list[str], str, str | None, str | None]
) -> None:
    """Override before feed before databases, the narrowest network first."""
    assert told(small_atlas, address) == expected


@pytest.mark.parametrize(
    ("address", "operator"),
    [("8.8.4.1", "aws"), ("8.8.5.1", "google_cloud"), ("8.8.4.255", "ovh"), ("8.8.4.193", "aws"), ("1.0.0.1", None)],
)
def test_an_operator_is_stated_by_the_narrowest_network(small_atlas: Atlas, address: str, operator: str | None) -> None:
    """An override that names none leaves the feed's."""
    owner = small_atlas.owner_at(int(small_atlas.lookup(parse_addresses(pl.Series([address]))).combination[0]))

    assert (owner.operator if owner else None) == operator


def test_the_order_of_rows_changes_nothing(tmp_path: Path) -> None:
    """Of a feed, of overrides, of a database of ranges."""
    digests = set()
    for turn in (1, -1):
        directory = tmp_path / str(turn)
        directory.mkdir()
        texts = [
            "overrides:\n" + "".join(f"{line}\n" for line in text.strip().splitlines()[1:][::turn])
            for text in (FEED, OVERRIDES)
        ]
        small = write_archives(directory, networks_4=NETWORKS_4[::turn], feed=texts[0], overrides=texts[1])
        build_atlas(small.listed, directory, directory / "atlas.twa")
        digests.add(_arrays(directory / "atlas.twa"))

    assert len(digests) == 1


def _arrays(path: Path) -> str:
    """Digest of what is inside, without the header that tells the sources."""
    arrays = read_atlas_file(path).arrays
    return hashlib.sha256(b"".join(arrays[name].tobytes() for name in sorted(arrays))).hexdigest()


@pytest.mark.parametrize("name", ["second", "feed", "own"])
def test_a_source_that_says_nothing_of_an_address_changes_nothing_there(archives: Archives, name: str) -> None:
    """With it or without, an address of which it does not speak has the same answer."""
    build_atlas(archives.listed, archives.directory, archives.directory / "all.twa")
    build_atlas(archives.without(name).listed, archives.directory, archives.directory / "fewer.twa")
    every, fewer = (Atlas.open(archives.directory / f"{each}.twa") for each in ("all", "fewer"))
    silent = [
        address
        for address in _ADDRESSES
        if not any(word.source.id == name for word in every.said_at(_combination(every, address)))
        and not any(
            source.id == name for source in getattr(every.owner_at(_combination(every, address)), "sources", ())
        )
    ]

    assert len(silent) > len(_ADDRESSES) // 2
    assert [(told(every, each), said(every, each)) for each in silent] == [
        (told(fewer, each), said(fewer, each)) for each in silent
    ]


_ADDRESSES = (
    *("1.0.0.1", "1.0.1.1", "8.8.8.1", "8.8.8.129", "8.8.8.193", "8.8.4.1", "8.8.4.129", "8.8.4.193", "8.8.5.1"),
    *("11.0.0.1", "192.0.2.1", "2a00:1::1", "2a00:2:0:1::1", "2a00:2:0:1:8000::1", "2a00:2:0:2:8000::1", "ffff::1"),
)


def _combination(atlas: Atlas, address: str) -> int:
    return int(atlas.lookup(parse_addresses(pl.Series([address]))).combination[0])


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("1.0.0.1", ("AU", 13335, "AU")),
        ("1.0.3.7", (None, 4134, None)),
        ("1.0.3.8", (None, None, None)),
        ("8.8.8.127", ("US", 3356, "US")),
        ("8.8.8.99", ("US", 15169, "US")),
        ("192.0.2.1", ("AT", None, None)),
        ("2a00:2:0:1::ff", ("IE", 64501, "NL")),
        ("2a00:2:0:1::100", ("IE", 64502, "NL")),
        ("2a00:2:0:1:c000::", ("NL", 64502, "NL")),
        ("2a00:2:0:1:c000::1", (None, 64502, "NL")),
        ("2a00:2:0:2:7fff:ffff:ffff:ffff", (None, 64502, "NL")),
        ("2a00:2:0:2:8000::", ("BE", 64502, "NL")),
        ("2a00:2:0:3::7", ("BE", 64502, "NL")),
        ("2a00:2:0:3::8", ("BE", None, "NL")),
        ("2a00:2:0:5::", (None, None, "NL")),
        ("2a00:2:0:5::1", ("LU", None, "NL")),
        ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", ("NZ", 64503, "NZ")),
        ("255.255.255.255", ("US", 64500, None)),
    ],
)
def test_each_layer_speaks_for_itself(
    small_atlas: Atlas, address: str, expected: tuple[str | None, int | None, str | None]
) -> None:
    """What one source does not know, another may."""
    assert said(small_atlas, address) == expected


def test_the_shipped_atlas_is_built_from_the_pinned_sources() -> None:
    """The header names id, version and hash of the list beside it."""
    atlas = Atlas.open()
    pinned = [(source.id, source.npm.version, source.npm.sha256) for source in load_sources().sources if source.npm]

    assert [(source.id, source.version, source.sha256) for source in atlas.sources] == pinned


def test_a_database_that_lists_nothing_is_refused(tmp_path: Path) -> None:
    """Every database at once; an empty list of overrides is one that states nothing."""
    small = write_archives(tmp_path, places={}, networks_4=[], overrides="overrides: []")

    with pytest.raises(ProblemsFound) as found:
        build_atlas(small.listed, tmp_path, tmp_path / "atlas.twa")
    assert [problem.file.rpartition("/")[2] for problem in found.value.problems] == ["four.csv", "place.mmdb"]
