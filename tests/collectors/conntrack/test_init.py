"""How the kind is recognised, and how `KINDS` lists it."""

from __future__ import annotations

import pytest

from collectors import KINDS
from collectors.conntrack import KIND, recognise
from collectors.contract import SourceOptions


@pytest.mark.parametrize(
    ("beginning", "reason"),
    [
        pytest.param(
            b"icmp 1 29 src=10.0.0.1 dst=10.0.0.2 type=8 code=0 id=1 src=10.0.0.2 dst=10.0.0.1 type=0 code=0 id=1\n",
            "a line tells a connection in both directions as conntrack does",
            id="a line",
        ),
        pytest.param(
            b'<?xml version="1.0" encoding="utf-8"?>\n<conntrack>\n',
            "the first element is conntrack's",
            id="another form",
        ),
        pytest.param(b"src=10.0.0.1 dst=10.0.0.2\n", None, id="no such line"),
        pytest.param(b"", None, id="nothing"),
        pytest.param(b"\xd4\xc3\xb2\xa1\x02\x00\x04\x00", None, id="capture"),
    ],
)
def test_an_input_is_recognised_by_a_line_of_it(beginning: bytes, reason: str | None) -> None:
    """The reason is for people."""
    assert recognise(beginning) == reason


def test_the_kind_decodes_with_the_zone_of_the_site() -> None:
    """As `KINDS` lists it; a zone that is none is refused."""
    assert KINDS["conntrack"] == KIND
    with pytest.raises(ValueError, match="there is no time zone Paris"):
        KIND.decoder(SourceOptions(time_zone="Paris"))
