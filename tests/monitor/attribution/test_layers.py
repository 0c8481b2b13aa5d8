"""Reading the inputs of the atlas: sound ones become ranges, others are refused with their place."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from monitor.attribution.archives import read_inputs
from monitor.attribution.layers import (
    ANYCAST,
    CODE,
    Database,
    Layer,
    network_layer,
    place_layer,
    read_database,
    registration_layer,
)
from monitor.problem import ProblemsFound
from tests.monitor.attribution.small_archives import Archives, archive, country_file, csv_file


def read(archives: Archives, name: str) -> Database:
    """A database, read."""
    return read_database(archives.source(name), read_inputs(archives.listed, archives.directory)[name])


def places(archives: Archives) -> Layer:
    """The layer of places."""
    return place_layer(read(archives, "place"))


def networks(archives: Archives) -> tuple[Layer, dict[int, str]]:
    """The layer of networks."""
    return network_layer(read(archives, "network"))


def with_rows(archives: Archives, four: bytes, six: bytes = b"2a00::,2a00::1,9,z\n") -> Archives:
    """The same with other networks."""
    return archives.replaced("network", archive({"package/four.csv": four, "package/six.csv": six}))


def test_ipv4_networks_of_a_mixed_file_are_ipv4(archives: Archives) -> None:
    """They lie at ::/96 there."""
    four = places(archives).four

    assert (int(four.first.high[1]), int(four.after.high[1])) == (0x01000000, 0x01000100)


def test_a_country_is_its_two_letters(archives: Archives) -> None:
    """As 16 bits."""
    assert int(places(archives).four.value[1]) == int.from_bytes(b"AU", "big")


def test_the_last_addresses_end_at_0(archives: Archives) -> None:
    """There is no address after them."""
    six = places(archives).six

    assert (int(six.after.high[-1]), int(six.after.low[-1])) == (0, 0)


def test_a_record_without_a_country_code_is_refused(archives: Archives) -> None:
    """The form of the file has changed."""
    changed = archives.replaced("place", archive({"package/place.mmdb": country_file({"1.0.0.0/8": "Australia"})}))

    with pytest.raises(ProblemsFound, match="it has no country code of two capital letters"):
        places(changed)


def test_a_database_of_another_kind_is_refused(archives: Archives) -> None:
    """A file of networks tells no place."""
    with pytest.raises(ProblemsFound, match="it is no database of the kind place"):
        places(
            archives.replaced("place", archive({"package/place.mmdb": b"1.0.0.0,1.0.0.1,7,a\n"})).changed(
                "place", format="csv"
            )
        )


def test_what_a_database_calls_anycast_is_marked(archives: Archives) -> None:
    """Beside its country."""
    frame = read(archives, "place").frame.with_columns(pl.lit(value=True).alias("anycast"))
    marked = place_layer(replace(read(archives, "place"), frame=frame)).four.value

    assert {int(value) & ~CODE for value in marked.tolist()} == {ANYCAST}


def test_where_an_as_is_registered_is_the_country_of_the_network(archives: Archives) -> None:
    """In the form of the shipped source."""
    four = registration_layer(read(archives, "registration")).four

    assert int(four.value[0]) == int.from_bytes(b"AU", "big")


@pytest.mark.parametrize("content", [b"", b"no database" * 100])
def test_a_file_that_is_no_mmdb_is_refused(archives: Archives, content: bytes) -> None:
    """With the reader's reason."""
    with pytest.raises(ProblemsFound, match="it cannot be read as MMDB"):
        places(archives.replaced("place", archive({"package/place.mmdb": content})))


def test_a_cut_mmdb_is_refused(archives: Archives) -> None:
    """Wherever its end is missing."""
    whole = country_file({f"{first}.0.0.0/8": "AU" for first in range(1, 100)})
    beyond = whole[: len(whole) // 4] + whole[whole.rindex(b"\xab\xcd\xefMaxMind.com") :]

    with pytest.raises(ProblemsFound):
        places(archives.replaced("place", archive({"package/place.mmdb": beyond})))


def test_an_as_has_the_name_that_most_ranges_give(archives: Archives) -> None:
    """Others are misspellings."""
    assert networks(archives)[1][15169] == "Google LLC"


def test_of_equally_frequent_names_the_first_in_order_stands(archives: Archives) -> None:
    """Not the first in the file, which may be sorted otherwise tomorrow."""
    four = csv_file([("1.0.0.0", "1.0.0.0", 7, "b"), ("1.0.0.2", "1.0.0.2", 7, "a")])

    assert networks(with_rows(archives, four))[1] == {7: "a", 9: "z"}


def test_an_as_without_a_name_has_none(archives: Archives) -> None:
    """An empty field."""
    assert networks(with_rows(archives, b"1.0.0.0,1.0.0.0,7,\n1.0.0.2,1.0.0.2,8,b\n"))[1] == {8: "b", 9: "z"}


def test_a_row_that_is_no_range_is_refused_with_its_line(archives: Archives) -> None:
    """The publisher's file and the line in it."""
    with pytest.raises(ProblemsFound, match=r"four\.csv:2"):
        networks(with_rows(archives, b"0.0.0.0,0.0.0.1,7,a\n1.0.0.0,x,7,a\n"))


def test_a_range_that_ends_before_it_begins_is_refused(archives: Archives) -> None:
    """Nothing is guessed."""
    with pytest.raises(ProblemsFound, match="does not hold a range"):
        networks(with_rows(archives, b"1.0.0.9,1.0.0.1,7,a\n"))


@pytest.mark.parametrize("content", [b"1.0.0.0,1.0.0.1,7,a,b,c\n", b"\xff\xfe,\xff,7,a\n"])
def test_a_file_of_another_form_is_refused(archives: Archives, content: bytes) -> None:
    """Letters before the number, more fields, another encoding."""
    with pytest.raises(ProblemsFound, match=r"four\.csv"):
        networks(with_rows(archives, content))
