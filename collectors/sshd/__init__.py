"""sshd: log-ins, refusals and sessions of OpenSSH, through syslog or from the journal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from collectors.contract import Kind
from collectors.journal_programs import records_of

if TYPE_CHECKING:
    from collectors.contract import Decoder, SourceOptions

_TAG: Final = re.compile(rb"(?:^|\s)sshd(?:-session|-auth)?(?:\[\d+\]: | \d+ )", re.MULTILINE)
_JOURNAL: Final = records_of(rb"sshd(?:-session|-auth)?")


def _decoder(options: SourceOptions) -> Decoder:
    from collectors.sshd.decode import SshdDecoder

    return SshdDecoder(options)


def recognise(beginning: bytes) -> str | None:
    """Why an input is a log of sshd: a line of syslog or a record of the journal is from it."""
    if _TAG.search(beginning):
        return "a line of syslog is from sshd"
    if _JOURNAL.search(beginning):
        return "a record of the journal is from sshd"
    return None


KIND: Final = Kind(
    name="sshd",
    title="OpenSSH server log",
    decoder=_decoder,
    recognise=recognise,
    gives=("admin",),
    reads=(
        ("user", "actor"),
        ("from ADDRESS", "actor_address"),
        ("on [ADDRESS], of a dropped connection", "target_address: which of our systems, not printed"),
        ("Accepted, Failed, Disconnected and others", "action, success"),
        ("host of the line", "target, observer"),
    ),
    cannot_see=(
        "what was done in a session, and what was copied",
        "who sits behind a jump host, a VPN or a NAT: they are one address",
        "log-ins through another door: a console, a web shell of the cloud, a remote desktop",
    ),
    sample="""- type: sshd
  path: /var/log/auth.log
  time_zone: Europe/Paris
  year: 2026
""",
)
