"""Exactly one kind claims an input, or it is refused with what to do."""

from __future__ import annotations

import bz2
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from collectors import KINDS
from monitor.recognition import NotAnInputError, recognised

if TYPE_CHECKING:
    from pathlib import Path

    from collectors.contract import Kind

RECORD = b"2 123456789012 eni-1 10.20.0.5 1.12.0.1 40000 443 6 10 5000 1760000000 1760000060 ACCEPT OK\n"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A flow log, compressed."""
    path = tmp_path / "log"
    path.write_bytes(bz2.compress(RECORD))
    return path


def claiming(name: str, why: str | None) -> Kind:
    """A kind that gives this answer to every beginning."""
    return replace(KINDS["aws_vpc"], name=name, recognise=lambda _: why)


def test_the_kind_that_claims_an_input_says_why(log: Path) -> None:
    """From its content after decompression."""
    found = recognised(log)

    assert (found.kind.name, found.why) == ("aws_vpc", "the first line has the 14 fields of the default format")


def test_an_input_that_two_kinds_claim_is_refused_with_both(log: Path) -> None:
    """Each with its reason; the third says nothing."""
    kinds = {
        name: claiming(name, why) for name, why in (("one", "it is a one"), ("two", "it is a two"), ("three", None))
    }

    with pytest.raises(NotAnInputError) as refused:
        recognised(log, kinds)

    assert str(refused.value) == "the file may be of 2 kinds: one (it is a one); two (it is a two)"
    assert refused.value.remedy == "Say which with --format, or as a source of the site: one or two."


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        (b"PK\x03\x04...", "the file is a zip archive; unpack it"),
        (b"\xfd7zXZ\x00", "the file is xz; unpack it"),
        (b"\xff\xfeh\x00", "the file is UTF-16; save it as UTF-8"),
        (b"BZh9....", "the file breaks off: the compressed data are damaged"),
        (b"a b\x07\n", "its first line, `a b?` (2 fields), is of no known kind"),
    ],
)
def test_what_no_kind_claims_is_told(log: Path, octets: bytes, why: str) -> None:
    """By its form where that is known, by its first line else."""
    log.write_bytes(octets)

    with pytest.raises(NotAnInputError) as refused:
        recognised(log, {"aws_vpc": KINDS["aws_vpc"]})

    assert (str(refused.value), refused.value.harmless) == (why, False)


@pytest.mark.parametrize("name", KINDS)
def test_an_empty_input_is_of_no_kind(log: Path, name: str) -> None:
    """And harmless: sources write such files."""
    log.write_bytes(b"\n")

    with pytest.raises(NotAnInputError) as refused:
        recognised(log, {name: KINDS[name]})

    assert refused.value.harmless
