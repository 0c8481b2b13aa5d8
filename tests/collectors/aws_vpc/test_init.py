"""How an input is recognised as an AWS VPC flow log."""

from __future__ import annotations

import pytest

from collectors import KINDS
from collectors.aws_vpc import KIND
from collectors.aws_vpc.forms import AwsVpcFormsDecoder, recognise
from collectors.contract import SourceOptions
from tests.collectors.aws_vpc.decoding import GOOD

BY_HEADER = "the first line names flow log fields"
BY_FORM = "the first line has the 14 fields of the default format"


@pytest.mark.parametrize(
    ("beginning", "reason"),
    [
        pytest.param(b"srcaddr dstaddr bytes\n1", BY_HEADER, id="header"),
        pytest.param(b"\xef\xbb\xbfsrcaddr dstaddr\r\n", BY_HEADER, id="header after a byte order mark"),
        pytest.param(b"srcaddr dstaddr", BY_HEADER, id="header alone"),
        pytest.param(GOOD, BY_FORM, id="default format"),
        pytest.param(GOOD.replace(b"\n", b"\r\n"), BY_FORM, id="default format, line ends of Windows"),
        pytest.param(b"2 1 eni-0a1 - - - - - - - 1 2 - NODATA", BY_FORM, id="no data"),
        pytest.param(GOOD.replace(b"2 ", b"3 ", 1), None, id="another version"),
        pytest.param(GOOD[:-4], None, id="13 fields"),
        pytest.param(b'{"src_ip": "10.0.0.1"}\n', None, id="JSON"),
        pytest.param(b"\xd4\xc3\xb2\xa1\x02\x00\x04\x00", None, id="capture"),
        pytest.param(b"", None, id="nothing"),
    ],
)
def test_an_input_is_recognised_by_its_first_line(beginning: bytes, reason: str | None) -> None:
    """The reason is for people."""
    assert recognise(beginning) == reason


def test_the_kind_decodes_with_the_options_of_the_site() -> None:
    """As `KINDS` lists it."""
    decoder = KINDS["aws_vpc"].decoder(SourceOptions(log_format="bytes"))

    assert (KINDS["aws_vpc"], type(decoder)) == (KIND, AwsVpcFormsDecoder)
