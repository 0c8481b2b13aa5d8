"""How the kind is recognised, and how `KINDS` lists it."""

from __future__ import annotations

import pytest

from collectors import KINDS
from collectors.contract import SourceOptions
from collectors.dns_unbound import KIND, recognise


@pytest.mark.parametrize(
    ("beginning", "reason"),
    [
        pytest.param(
            b"[1795650986] unbound[65:0] info: x\n",
            "a line is written by unbound, with its process and a level",
            id="a line",
        ),
        pytest.param(b"[1795650986] bound[65:0] info: x\n", None, id="another form"),
        pytest.param(
            b'{"_HOSTNAME": "gw", "SYSLOG_IDENTIFIER": "unbound", "MESSAGE": "started"}\n',
            "a record of the journal is from unbound",
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
    assert KINDS["dns_unbound"] == KIND
    with pytest.raises(ValueError, match="there is no time zone Paris"):
        KIND.decoder(SourceOptions(time_zone="Paris"))
