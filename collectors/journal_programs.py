"""Which program wrote the records at the beginning of a journal.

Decides how its two forms, `journalctl -o json` and `journalctl -o export`, name a program. Refuses to know what a
program writes. Apart from `journal`, which reads records, so that telling what an input is loads no decoder.

Source: systemd.journal-fields(7), `SYSLOG_IDENTIFIER`, read 2026-11.
"""

from __future__ import annotations

import re


def records_of(program: bytes) -> re.Pattern[bytes]:
    """Pattern of a record that a program wrote; `program` is a regular expression of its name."""
    return re.compile(rb'(?:"SYSLOG_IDENTIFIER"\s*:\s*"|^SYSLOG_IDENTIFIER=)(?:' + program + rb')(?:"|$)', re.MULTILINE)
