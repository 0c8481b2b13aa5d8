"""Which program wrote a journal is told by either of its forms."""

from __future__ import annotations

import pytest

from collectors.journal_programs import records_of


@pytest.mark.parametrize(
    ("beginning", "named"),
    [
        (b'{"MESSAGE": "x", "SYSLOG_IDENTIFIER": "named"}', True),
        (b'{"SYSLOG_IDENTIFIER":"named","MESSAGE":"x"}', True),
        (b"_HOSTNAME=gw\nSYSLOG_IDENTIFIER=named\nMESSAGE=x\n", True),
        (b"_HOSTNAME=gw\nSYSLOG_IDENTIFIER=named-helper\n", False),
        (b'{"SYSLOG_IDENTIFIER": "dnsmasq"}', False),
        (b"MESSAGE=SYSLOG_IDENTIFIER=named\n", False),
    ],
)
def test_the_identifier_of_a_record_names_its_program(beginning: bytes, named: bool) -> None:  # noqa: FBT001
    """Whole, and not in a message."""
    assert bool(records_of(b"named").search(beginning)) == named
