"""What is a host name, and with which suffix it ends."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.host_names import NO_NAME, NO_SUFFIX, HostNames, SuffixIndex, canonical

SUFFIXES = ("example.com", "eu.example.com", "example.org", "xn--bcher-kva.example", "a.b.c.d.example.net")


def _canonical(*names: str | None) -> list[str | None]:
    return canonical(pl.Series(names, dtype=pl.String)).to_list()


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("www.example.com", "www.example.com"),
        ("WWW.Example.COM.", "www.example.com"),
        (" example.com ", "example.com"),
        ("example.com:8443", "example.com"),
        ("*.example.com", "*.example.com"),
        ("localhost", "localhost"),
        ("_dmarc.example.com", "_dmarc.example.com"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("Bücher.example", "bücher.example"),
        ("bu\u0308cher.example", "bücher.example"),
        ("host。example。com", "host.example.com"),
        ("1e100.net", "1e100.net"),
    ],
)
def test_a_host_name_is_compared_in_one_form(written: str, expected: str) -> None:
    """Case, the last dot, a port and composed letters make no other name."""
    assert _canonical(written) == [expected]


@pytest.mark.parametrize(
    "written",
    [
        None, "", ".", "..", "a..b", ".example.com", "192.0.2.1", "192.0.2.1:443", "[2001:db8::1]", "2001:db8::1",
        "0x7f.1", "127.1", "a b.example.com", "a/b.example.com", "user@example.com", "a\x00.example.com",
        "a\n.example.com",
        "www.*.example.com", "%20.example.com", "x" * 64 + ".example.com", "x." * 130 + "com", "\ufffd.example.com",
        "example.com:port", "x" * 100_000,
    ],
)  # fmt: skip
def test_what_no_resolver_would_take_is_no_name(written: str | None) -> None:
    """Addresses in any spelling, paths, spaces, octets that are no text, labels and names that are too long."""
    assert _canonical(written) == [None]


def test_each_row_has_the_number_of_its_name() -> None:
    """Two spellings of a name are one; what is no name has none."""
    names = HostNames.of(pl.Series(["A.example", None, "b.example", "a.example.", "192.0.2.1"]))
    told = [None if number == NO_NAME else names.distinct[int(number)] for number in names.of_row]

    assert (told, len(names.distinct)) == (["a.example", None, "b.example", "a.example", None], 2)


def test_a_column_without_names_has_none() -> None:
    """As most sources of today give them."""
    names = HostNames.of(pl.Series([None, None], dtype=pl.String))

    assert (names.of_row.tolist(), len(names.distinct)) == ([NO_NAME, NO_NAME], 0)


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        ("example.com", "example.com"),
        ("www.example.com", "example.com"),
        ("x.eu.example.com", "eu.example.com"),
        ("eu.example.com", "eu.example.com"),
        ("*.eu.example.com", "eu.example.com"),
        ("notexample.com", None),
        ("example.com.evil.example", None),
        ("com", None),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("www.bücher.example", "xn--bcher-kva.example"),
        ("z.a.b.c.d.example.net", "a.b.c.d.example.net"),
        ("b.c.d.example.net", None),
        ("x." * 100 + "example.org", "example.org"),
    ],
)
def test_the_longest_suffix_at_a_label_boundary(name: str, suffix: str | None) -> None:
    """However many labels stand before it, and in either spelling of an international name."""
    (place,) = SuffixIndex.of(SUFFIXES).longest(pl.Series([name])).tolist()

    assert (None if place == NO_SUFFIX else SUFFIXES[place]) == suffix


def test_no_suffixes_match_nothing() -> None:
    """An empty register."""
    assert SuffixIndex.of(()).longest(pl.Series(["example.com"])).tolist() == [NO_SUFFIX]


@given(st.lists(st.one_of(st.none(), st.text(max_size=40)), max_size=20))
def test_any_text_is_taken(written: list[str | None]) -> None:
    """Whatever a sensor printed; a row's number is the same alone and among others."""
    column = pl.Series("name", written, dtype=pl.String)
    found = HostNames.of(column)
    together = [None if number == NO_NAME else found.distinct[int(number)] for number in found.of_row]

    assert together == [canonical(pl.Series([each], dtype=pl.String))[0] for each in written]
