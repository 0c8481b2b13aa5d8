"""How the kind is recognised, and how `KINDS` lists it."""

from __future__ import annotations

import pytest

from collectors import KINDS
from collectors.contract import SourceOptions
from collectors.dns_dnsmasq import KIND, recognise


@pytest.mark.parametrize(
    ("beginning", "reason"),
    [
        pytest.param(
            b"Nov 26 08:00:00 dnsmasq[5]: query[A] a from 10.0.0.1\n",
            "a line of dnsmasq tells a query, an answer or its start",
            id="a line",
        ),
        pytest.param(b"Nov 26 08:00:00 dnsmasq-dhcp[5]: DHCPACK(eth0) 10.0.0.1\n", None, id="another form"),
        pytest.param(
            b'{"_HOSTNAME": "gw", "SYSLOG_IDENTIFIER": "dnsmasq", "MESSAGE": "started"}\n',
            "a record of the journal is from dnsmasq",
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
    assert KINDS["dns_dnsmasq"] == KIND
    with pytest.raises(ValueError, match="there is no time zone Paris"):
        KIND.decoder(SourceOptions(time_zone="Paris"))
