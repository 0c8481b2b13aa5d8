"""Unbound's log of queries and replies, in its own file or through syslog."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from collectors.contract import Kind
from collectors.journal_programs import records_of

if TYPE_CHECKING:
    from collectors.contract import Decoder, SourceOptions

_LINE: Final = re.compile(
    rb"(?:^|[\s\]>])unbound\[\d+(?::[0-9a-f]+)?\]:? (?:\[\d+:[0-9a-f]+\] )?[a-z]+(?: error)?: ", re.MULTILINE
)
_JOURNAL: Final = records_of(rb"unbound")


def _decoder(options: SourceOptions) -> Decoder:
    from collectors.dns_unbound.decode import decoder

    return decoder(options)


def recognise(beginning: bytes) -> str | None:
    """Why an input is a log of Unbound: a line names it with its process and a level, or the journal does."""
    if _LINE.search(beginning):
        return "a line is written by unbound, with its process and a level"
    if _JOURNAL.search(beginning):
        return "a record of the journal is from unbound"
    return None


KIND: Final = Kind(
    name="dns_unbound",
    title="Unbound query and reply log",
    decoder=_decoder,
    recognise=recognise,
    gives=("name",),
    reads=(
        ("client", "client_address"),
        ("name, type", "name, record_type"),
        ("return code of a reply", "response_code"),
        ("destination address (log-destaddr)", "resolver_address"),
        ("host of the syslog line", "observer"),
    ),
    cannot_see=(
        "the addresses that were answered, and how long they may be kept",
        "which servers Unbound asked in turn: watch flows to port 53 and 853, or use dnstap",
        "clients behind another resolver or a NAT: they are one address",
    ),
    sample="""- type: dns_unbound
  path: /var/log/unbound/unbound.log
""",
)
