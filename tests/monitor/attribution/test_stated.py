"""Statements about networks are laid over each other: the narrowest speaks, whatever the order."""

from __future__ import annotations

from ipaddress import ip_network

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from monitor.attribution.feeds.contract import STATED
from monitor.attribution.stated import UNTOLD, Owned, Placed, StatedLayers, stated_layers

_HALF = 2**64
_Row = tuple[str, str | None, str | None, str | None, str]  # network, operator, region, country, scope


def frame(*rows: _Row) -> pl.DataFrame:
    """Statements as a reader hands them on."""
    columns = []
    for text, operator, region, country, scope in rows:
        network = ip_network(text)
        first, last = (divmod(int(edge), _HALF) for edge in (network.network_address, network.broadcast_address))
        columns.append((text, network.version, *first, *last, operator, None, region, country, scope))
    return pl.DataFrame(columns, schema=STATED, orient="row")


def at(layers: StatedLayers, address: int) -> tuple[tuple[Placed, ...], tuple[Owned, ...]]:
    """What is stated of one IPv4 address."""
    found = []
    for layer, sets in ((layers.place, layers.places), (layers.operator, layers.operators)):
        ranges = zip(
            layer.four.first.high.tolist(), layer.four.after.high.tolist(), layer.four.value.tolist(), strict=True
        )
        found.append(next((sets[value] for first, after, value in ranges if first <= address < (after or 2**32)), ()))
    return found[0], found[1]


_TEN = 0x0A000000


def test_the_narrowest_network_speaks_for_the_place() -> None:
    """Also of another feed; around it the wider one does."""
    layers = stated_layers(
        {
            "wide": frame(("10.0.0.0/8", "one", "r", "FR", "regional")),
            "narrow": frame(("10.0.1.0/24", None, None, "DE", "regional")),
        }
    )

    assert at(layers, _TEN + 0x1FF) == ((Placed("narrow", "DE", ""),), (Owned("one", "wide", ""),))
    assert at(layers, _TEN + 0x200) == ((Placed("wide", "FR", "r"),), (Owned("one", "wide", ""),))


def test_statements_about_one_network_stand_side_by_side() -> None:
    """Neither is chosen here."""
    layers = stated_layers(
        {
            "a": frame(("10.0.0.0/8", "one", None, "FR", "regional")),
            "b": frame(("10.0.0.0/8", "two", None, None, "global")),
        }
    )

    assert at(layers, _TEN) == (
        (Placed("a", "FR", ""), Placed("b", "", "")),
        (Owned("one", "a", ""), Owned("two", "b", "")),
    )


def test_a_list_without_places_hides_none() -> None:
    """Unless it names a region that nobody can place."""
    layers = stated_layers(
        {
            "a": frame(
                ("10.0.0.0/8", None, None, "FR", "regional"),
                ("10.0.1.0/24", "one", None, None, "whose"),
                ("10.0.2.0/24", "one", "moon-1", None, "whose"),
            )
        }
    )

    assert at(layers, _TEN + 0x100)[0] == (Placed("a", "FR", ""),)
    assert at(layers, _TEN + 0x200)[0] == (Placed("a", UNTOLD, "moon-1"),)


def test_the_last_address_ends_at_0() -> None:
    """There is none behind it, in either version."""
    layers = stated_layers(
        {"a": frame(("255.0.0.0/8", None, None, "FR", "regional"), ("ff00::/8", None, None, "FR", "regional"))}
    )

    assert layers.place.four.after.high.tolist() == [0]
    assert (layers.place.six.after.high.tolist(), layers.place.six.after.low.tolist()) == ([0], [0])


def test_nothing_is_stated_by_nobody() -> None:
    """An empty feed, or none."""
    for frames in ({}, {"a": frame()}):
        layers = stated_layers(frames)
        assert (layers.places, layers.operators, len(layers.place.four.value)) == (((),), ((),), 0)


_NETWORKS = st.tuples(st.integers(0, 255), st.integers(8, 16)).map(
    lambda each: str(ip_network((_TEN + (each[0] << 16) >> (32 - each[1]) << (32 - each[1]), each[1])))
)
_ROWS = st.lists(
    st.tuples(
        _NETWORKS,
        st.sampled_from((None, "one", "two")),
        st.none(),
        st.sampled_from(("FR", "DE")),
        st.just("regional"),
    ),
    max_size=12,
)


@given(rows=_ROWS, data=st.data(), address=st.integers(0, 2**24 - 1))
def test_any_rows_in_any_order_say_what_the_narrowest_of_them_says(
    rows: list[_Row], data: st.DataObject, address: int
) -> None:
    """Asked one by one."""
    layers = stated_layers({"a": frame(*data.draw(st.permutations(rows)))})
    networks = {row[0]: ip_network(row[0]) for row in rows}
    edges = {text: (int(each.network_address), int(each.broadcast_address)) for text, each in networks.items()}
    around = [row for row in rows if edges[row[0]][0] <= _TEN + address <= edges[row[0]][1]]

    def narrowest(wanted: list[_Row]) -> list[_Row]:
        length = max((ip_network(row[0]).prefixlen for row in wanted), default=0)
        return [row for row in wanted if ip_network(row[0]).prefixlen == length]

    places = {Placed("a", str(row[3]), "") for row in narrowest(around)}
    owners = {Owned(str(row[1]), "a", "") for row in narrowest([row for row in around if row[1]])}
    assert tuple(map(set, at(layers, _TEN + address))) == (places, owners)
