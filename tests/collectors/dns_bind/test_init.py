"""How the kind is recognised, and how `KINDS` lists it."""

from __future__ import annotations

import pytest

from collectors import KINDS
from collectors.contract import SourceOptions
from collectors.dns_bind import KIND, recognise


@pytest.mark.parametrize(
    ("beginning", "reason"),
    [
        pytest.param(
            b"client @0x7f 10.0.0.1#53 (a): query: a IN A +\n",
            "a line tells a client's query as BIND does: client ADDRESS#PORT (NAME): query",
            id="a line",
        ),
        pytest.param(b"client 10.0.0.1 connected\n", None, id="another form"),
        pytest.param(
            b'{"_HOSTNAME": "gw", "SYSLOG_IDENTIFIER": "named", "MESSAGE": "started"}\n',
            "a record of the journal is from BIND",
            id="the journal as JSON",
        ),
        pytest.param(b"", None, id="nothing"),
        pytest.param(b"\xd4\xc3\xb2\xa1\x02\x00\x04\x00", None, id="capture"),
    ],
)
def test_an_input_is_recognised_by_a_line_of_it(beginning: bytes, reason: str | None) -> None:
    """The reason is for people."""
    assert recognise(beginning) == reason


def test_the_kind_decodes_with_the_zone_of_the_site() -> None:
    """As `KINDS` lists it; a zone that is none is refused."""
    assert KINDS["dns_bind"] == KIND
    with pytest.raises(ValueError, match="there is no time zone Paris"):
        KIND.decoder(SourceOptions(time_zone="Paris"))
