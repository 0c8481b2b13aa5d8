"""Lines become flow records, statements of coverage, or counted bad records."""

from __future__ import annotations

from collections import Counter
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.aws_vpc.decode import AwsVpcDecoder
from collectors.aws_vpc.fields import DOCUMENTED, VERSION_2, WITH_COLUMN
from collectors.contract import SAMPLED_BAD_RECORDS, Batch, Flows, Piece
from tests.collectors.aws_vpc.decoding import GOOD, decode, event, events, read_in_pieces, read_resumed
from tests.collectors.aws_vpc.plain_reading import read_plainly

ENDS = "srcaddr dstaddr start end"
ENDED = "10.20.0.5 192.0.2.9 1767225600 1767225660"

# What may stand in a field: sound values, and what broke readers of this format before.
NUMBERS = (
    "- 0 6 17 255 256 443 65535 65536 00443 +6 -6 -0 + 1767225600 1767225660 253402300799 253402300800 1e3 5.0 0x1"
)
LARGE = "9223372036854775807 9223372036854775808"
ADDRESSES = "10.20.0.5 10.20.0.256 10.020.0.5 2001:DB8::1 2001:db8:0::1 ::ffff:10.20.0.5 fe80::1%eth0 ::"
WORDS = "ACCEPT REJECT accept OK NODATA SKIPDATA eni-0a1 egress S3 start version zone-kind"
VALUES = st.sampled_from(f"{NUMBERS} {LARGE} {ADDRESSES} {WORDS}".encode().split())
ODD = st.sampled_from(
    [b"", b"\r", b"\0", b'"', b'""', b"\t", b"\xff", b"\xc3\xa9", b"\xe2\x80\xa8", b"\xed\xa0\x80", b"0" * 5000 + b"6"]
)
HEADERS = st.lists(st.sampled_from([*sorted(DOCUMENTED), "zone-kind"]), min_size=1, max_size=4, unique=True)
MISSPELT = st.sampled_from(
    [b"srcaddr dst_addr start end", b"VERSION SRCADDR BYTES", b"srcaddr dstaddr start start", b"type  srcaddr bytes\r"]
)
LINES = st.one_of(
    st.just(GOOD[:-1]),
    st.lists(st.one_of(VALUES, ODD), min_size=1, max_size=5).map(b" ".join),
    st.lists(VALUES, min_size=14, max_size=14).map(b" ".join),
    st.tuples(VALUES, st.integers(0, 13)).map(lambda drawn: _with(drawn[1], drawn[0])),
    HEADERS.map(lambda names: " ".join(names).encode()),
    st.just(" ".join(VERSION_2).encode()),
    MISSPELT,
    st.binary(max_size=20).map(lambda line: line.replace(b"\n", b"")),
)
INPUTS = st.builds(
    lambda mark, lines, ends, last: mark + b"".join(map(b"".join, zip(lines, ends, strict=False))) + last,
    st.sampled_from([b"", b"", b"", b"\xef\xbb\xbf", b"srcaddr dst_addr start end\n"]),
    st.lists(LINES, max_size=12),
    st.lists(st.sampled_from([b"\n", b"\n", b"\n", b"\r\n"]), min_size=12, max_size=12),
    st.one_of(st.just(b""), LINES),
)


# Field, its text, the column it fills, and with what.
COLUMNS = [
    ("account-id", "111122223333", "account", "111122223333"),
    ("interface-id", "eni-0a1", "observer", "eni-0a1"),
    ("vpc-id", "vpc-0b2", "network_id", "vpc-0b2"),
    ("region", "eu-west-3", "region_hint", "eu-west-3"),
    ("srcaddr", "192.0.2.9", "src_address", "192.0.2.9"),
    ("dstaddr", "192.0.2.9", "dst_address", "192.0.2.9"),
    ("pkt-srcaddr", "192.0.2.9", "src_address", "192.0.2.9"),
    ("pkt-dstaddr", "192.0.2.9", "dst_address", "192.0.2.9"),
    ("srcport", "443", "src_port", 443),
    ("dstport", "443", "dst_port", 443),
    ("protocol", "6", "protocol", 6),
    ("packets", "12", "packets", 12),
    ("bytes", "3480", "octets", 3480),
    ("start", "1767225600", "start_time", "2026-01-01T00:00:00.000000Z"),
    ("end", "1767225600", "end_time", "2026-01-01T00:00:00.000000Z"),
    ("action", "REJECT", "action", "reject"),
    ("tcp-flags", "18", "tcp_flags", 18),
]


def _with(place: int, value: bytes) -> bytes:
    parts = GOOD[:-1].split(b" ")
    return b" ".join([*parts[:place], value, *parts[place + 1 :]])


def flows(fields: str, values: str) -> Flows:
    """Give the flow records of lines of `values` under a header of `fields`."""
    (only,) = decode(f"{fields}\n{values}\n".encode()).flows
    return only


@given(INPUTS, HEADERS)
def test_any_input_is_read_as_line_by_line(data: bytes, names: list[str]) -> None:
    """The same events, the same bad records and counts as a plain reading gives; nothing raises."""
    assert read_in_pieces(data, 10_000, " ".join(set(names) & DOCUMENTED) or None) == read_plainly(
        data, tuple(set(names) & DOCUMENTED) or None
    )


@given(st.binary(max_size=300))
def test_any_octets_are_records_or_counted(data: bytes) -> None:
    """Every line that is no header is a flow, a statement of coverage, or a bad record."""
    batch = decode(data)

    good = sum(part.frame.height for part in batch.flows) + sum(frame.height for frame in batch.coverage)
    assert good + batch.bad_by_reason.total() == batch.records


@given(INPUTS, st.sampled_from([1, 2, 7]))
def test_pieces_of_any_size_are_read_alike(data: bytes, lines_a_piece: int) -> None:
    """A decoder carries over what a header said, and nothing else."""
    assert read_in_pieces(data, lines_a_piece) == read_in_pieces(data, 10_000)


@given(INPUTS, st.sampled_from([1, 2, 7]), st.booleans())
def test_another_decoder_goes_on_from_a_state(data: bytes, lines_a_piece: int, declared: bool) -> None:  # noqa: FBT001 - drawn
    """At any line boundary: a decoder made anew for each piece reads what one decoder reads."""
    log_format = ENDS if declared else None

    assert read_resumed(data, lines_a_piece, log_format) == read_in_pieces(data, 10_000, log_format)


def test_a_state_is_text_that_a_ledger_can_keep() -> None:
    """The order of the fields in force, in the decoder's own words."""
    decoder = AwsVpcDecoder()
    decoder.decode(Piece(f"{ENDS}\n".encode(), 1, 0))
    state = decoder.state()

    assert state == '{"fields": ["srcaddr", "dstaddr", "start", "end"], "unordered": ""}'


def test_a_misspelt_header_is_part_of_the_state() -> None:
    """The lines after it are of no known order, whoever reads them."""
    decoder, other = AwsVpcDecoder(), AwsVpcDecoder()
    header = b"srcaddr dst_addr start end\n"
    decoder.decode(Piece(header, 1, 0))
    other.resume(decoder.state())
    batch = other.decode(Piece(GOOD, 2, len(header)))

    assert (batch.records, batch.bad_by_reason) == (1, Counter(unknown_order=1))


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "srcaddr": st.ip_addresses(v=4).map(str),
                "dstaddr": st.ip_addresses(v=4).map(str),
                "srcport": st.integers(0, 65535),
                "dstport": st.integers(0, 65535),
                "protocol": st.integers(0, 255),
                "tcp-flags": st.integers(0, 255),
                "packets": st.integers(0, 2**63 - 1),
                "bytes": st.integers(0, 2**63 - 1),
                "interface-id": st.from_regex(r"eni-[0-9a-f]{1,17}", fullmatch=True),
            }
        ),
        min_size=1,
        max_size=10,
    )
)
def test_valid_records_keep_their_values(records: list[dict[str, object]]) -> None:
    """Written out and read again they say the same."""
    columns = {
        "src_address": "srcaddr",
        "dst_address": "dstaddr",
        "src_port": "srcport",
        "dst_port": "dstport",
        "protocol": "protocol",
        "tcp_flags": "tcp-flags",
        "packets": "packets",
        "octets": "bytes",
        "observer": "interface-id",
    }

    text = [" ".join(str(record[name]) for name in columns.values()) for record in records]

    made = events(decode("\n".join([" ".join(columns.values()), *text]).encode()))

    assert [{name: each[column] for column, name in columns.items()} for each in made] == records


@pytest.mark.parametrize("name", sorted(DOCUMENTED - WITH_COLUMN))
def test_a_field_without_a_column_is_an_attribute(name: str) -> None:
    """Under its own name, as the text that stands there."""
    value = {"version": "5", "log-status": "OK"}.get(name, "some-value")

    assert event(f"{ENDS} {name}", f"{ENDED} {value}")["attributes"] == {name: value}


@pytest.mark.parametrize(("name", "value", "column", "expected"), COLUMNS)
def test_a_field_with_a_column_fills_it(name: str, value: str, column: str, expected: object) -> None:
    """And is no attribute besides; alone in its format it leaves every other column unknown."""
    made = event(name, value)

    assert (made[column], made["attributes"]) == (expected, {})


def test_every_field_with_a_column_is_tested() -> None:
    """One that is added shows here."""
    assert {name for name, *_ in COLUMNS} == WITH_COLUMN


@pytest.mark.parametrize(
    ("services", "hint"), [("S3 -", "S3"), ("- DYNAMODB", "DYNAMODB"), ("EC2 S3", "S3"), ("- -", None)]
)
def test_the_service_of_the_destination_is_the_hint(services: str, hint: str | None) -> None:
    """That of the source where there is none."""
    made = event(f"{ENDS} pkt-src-aws-service pkt-dst-aws-service", f"{ENDED} {services}")

    assert made["service_hint"] == hint


@pytest.mark.parametrize(
    ("direction", "reporter"), [("egress", "src"), ("ingress", "dst"), ("-", None), ("sideways", None)]
)
def test_the_direction_tells_whose_interface_reports(direction: str, reporter: str | None) -> None:
    """What leaves the interface is reported at its source."""
    assert flows(f"{ENDS} flow-direction", f"{ENDED} {direction}").frame["reporter"].to_list() == [reporter]


def test_without_a_direction_nobody_is_said_to_report() -> None:
    """The default format does not tell."""
    assert flows(ENDS, ENDED).frame["reporter"].to_list() == [None]


@pytest.mark.parametrize(
    ("addresses", "interface"),
    [
        pytest.param("10.20.0.220 192.0.2.9 10.20.0.5 192.0.2.9", ("10.20.0.220", None), id="source"),
        pytest.param("192.0.2.9 10.20.0.220 192.0.2.9 10.20.0.5", (None, "10.20.0.220"), id="destination"),
        pytest.param("10.20.0.5 192.0.2.9 10.20.0.5 192.0.2.9", (None, None), id="the same"),
        pytest.param("2001:DB8::5 ::ffff:192.0.2.9 2001:db8::5 192.0.2.9", (None, None), id="the same in other words"),
        pytest.param("10.20.0.5 192.0.2.9 - -", (None, None), id="no packet address"),
        pytest.param("- - 10.20.0.5 192.0.2.9", (None, None), id="no interface address"),
    ],
)
def test_an_interface_address_is_told_where_the_packet_has_another(
    addresses: str, interface: tuple[str | None, str | None]
) -> None:
    """It is what tells a NAT or transit interface."""
    made = flows("srcaddr dstaddr pkt-srcaddr pkt-dstaddr", addresses)
    texts = made.addresses.text.to_list()
    positions = [made.frame[name].item() for name in ("interface_src", "interface_dst")]

    assert tuple(None if position is None else texts[position] for position in positions) == interface


@pytest.mark.parametrize("reason", ["NODATA", "SKIPDATA"])
def test_coverage_is_no_flow(reason: str) -> None:
    """A statement about the source's own seeing has no addresses to judge."""
    batch = decode(GOOD.replace(b" OK", f" {reason}".encode()))

    assert ([part.frame.height for part in batch.flows], [frame.height for frame in batch.coverage]) == ([0], [1])


def test_bad_records_are_counted_beyond_their_sample() -> None:
    """All are counted, the first are shown."""
    batch = decode(b"x\n" * 1000)

    assert (batch.records, batch.bad_by_reason, len(batch.bad)) == (
        1000,
        Counter(too_few_fields=1000),
        SAMPLED_BAD_RECORDS,
    )


def test_lines_are_numbered_from_where_the_piece_stands() -> None:
    """Of flows, coverage and bad records alike."""
    batch = AwsVpcDecoder().decode(Piece(GOOD + b"x\n" + GOOD.replace(b" OK", b" NODATA"), 1001, 5_000))

    assert batch.flows[0].frame["line"].to_list() == [1001]
    assert [bad.line for bad in batch.bad] == [1002]
    assert batch.coverage[0]["line"].to_list() == [1003]


def test_nothing_decodes_to_nothing() -> None:
    """An oversized line comes without its text."""
    assert AwsVpcDecoder().decode(Piece(b"", 1, 0, oversized=1 << 20)) == Batch()


def test_repeated_headers_do_not_cut_a_piece() -> None:
    """Files written one after the other stay one part, so that they cost no more than one file."""
    batch = decode((b" ".join(name.encode() for name in VERSION_2) + b"\n" + GOOD) * 1000)

    assert ([part.frame.height for part in batch.flows], batch.records) == ([1000], 1000)


def test_lines_of_alternating_orders_come_in_the_order_of_the_input() -> None:
    """Read together by their fields, with the addresses of both."""
    batch = decode((b"dstaddr srcaddr\n192.0.2.9 10.20.0.5\nx\nsrcaddr dstaddr bytes\n10.20.0.6 192.0.2.9 5\n") * 20)
    first, rest = batch.flows
    made = events(batch)

    assert [*first.frame["line"], *rest.frame["line"]] == sorted([*range(2, 101, 5), *range(5, 101, 5)])
    assert [bad.line for bad in batch.bad] == list(range(3, 101, 5))
    assert [(each["src_address"], each["octets"]) for each in made] == [("10.20.0.5", None), ("10.20.0.6", 5)] * 20


def test_orders_beyond_those_read_at_a_time_come_in_order_too() -> None:
    """Every header another one: as many parts as it takes."""
    data = b"".join(b"srcaddr field-%d\n192.0.2.9 x\n\n" % number for number in range(600))

    batch = decode(data)

    assert [line for part in batch.flows for line in part.frame["line"]] == list(range(2, 1800, 3))
    assert [part.frame.height for part in batch.flows] == [1, 256, 256, 87]
    assert [bad.line for bad in batch.bad] == list(range(3, 303, 3))


def test_many_headers_are_no_burden() -> None:
    """Ten thousand changes of the order in one piece cost no more than a few."""
    data = b"dstaddr srcaddr\n192.0.2.9 10.20.0.5\nsrcaddr dstaddr\n10.20.0.5 192.0.2.9\n" * 5_000
    before = process_time()

    batch = decode(data)

    assert process_time() - before < 5
    assert sum(part.frame.height for part in batch.flows) == 10_000


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("version src_addr dstaddr end", "the header names `src_addr`, which is no field; did you mean srcaddr?"),
        (
            "version Account-ID dstaddr end",
            "the header names `Account-ID`, which is no field; did you mean account-id?",
        ),
        ("SRCADDR DSTADDR BYTES", "the header names `SRCADDR`, which is no field; did you mean srcaddr?"),
        ("version srcaddr dstaddr 0x%", "the header names `0x%`, which is no field"),
        ("version srcaddr dstaddr \x1b[2J", "the header names `\\x1b[2J`, which is no field"),
        ("srcaddr dstaddr end srcaddr", "the header names `srcaddr` twice"),
        ("srcaddr dstaddr  end", "the header has a space too many; fields are separated by exactly one"),
        ("srcaddr dstaddr end ", "the header has a space too many; fields are separated by exactly one"),
    ],
)
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_misspelt_header_leaves_the_order_unknown(line: str, what: str, mark: bytes) -> None:
    """Records that the default order would read are not read by it."""
    batch = decode(mark + line.encode() + b"\n" + GOOD + b"srcaddr dstaddr\n10.20.0.5 192.0.2.9\n")

    assert [(bad.line, bad.reason, bad.what) for bad in batch.bad] == [
        (1, "unknown_order", what),
        (2, "unknown_order", what),
    ]
    assert (batch.records, batch.bad_by_reason) == (3, Counter(unknown_order=2))
    assert [frame["line"].to_list() for frame in (part.frame for part in batch.flows)] == [[4]]


def test_an_unknown_order_lasts_to_the_end() -> None:
    """Over every piece without a header; all lines are counted, some are told."""
    decoder = AwsVpcDecoder()

    batches = [
        decoder.decode(Piece(*piece)) for piece in ((b"version src_addr end start\n", 1, 0), (GOOD * 500, 2, 27))
    ]

    assert [batch.bad_by_reason for batch in batches] == [Counter(unknown_order=1), Counter(unknown_order=500)]
    assert [bad.line for bad in batches[1].bad] == list(range(2, 2 + SAMPLED_BAD_RECORDS))


@pytest.mark.parametrize(
    ("lines", "log_format"),
    [
        pytest.param(b"src_addr dstaddr end\n" + GOOD, None, id="two documented names"),
        pytest.param(GOOD + b"version src_addr dstaddr end\n", None, id="not the first line"),
        pytest.param(b"version src_addr dstaddr end\n" + GOOD, " ".join(VERSION_2), id="the order is given"),
    ],
)
def test_what_need_not_be_a_header_is_one_bad_record(lines: bytes, log_format: str | None) -> None:
    """The order of the others is known."""
    batch = decode(lines, log_format)

    assert (batch.records, batch.bad_by_reason) == (2, Counter(too_few_fields=1))


def test_a_log_format_that_names_no_field_is_refused() -> None:
    """Before anything is read."""
    with pytest.raises(ValueError, match="`sourceaddr` is not a flow log field"):
        AwsVpcDecoder("${sourceaddr}")
