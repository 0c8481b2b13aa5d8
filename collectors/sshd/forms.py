"""What sshd says of somebody at the far end: the forms of its messages, and what each means.

Decides which message is a log-in, a refusal, a session or its end. `success` is true only where somebody got in, false
where it was tried, and null at the end of a session, which is no second access. A user's name may
hold anything, also the text of another message: the last address that a form allows is the one that sshd wrote.

Source: OpenSSH portable, auth.c, auth2.c, packet.c, session.c, sshd.c as of 9.2 and 10.0; lines of 10.0p2;
Linux-PAM, pam_unix(8); read 2026-11.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

LOGIN: Final = "ssh login"
CONNECT: Final = "ssh connect"
SESSION: Final = "ssh session"
SESSION_END: Final = "ssh session end"
DISCONNECT: Final = "ssh disconnect"
ENDS: Final = (SESSION_END, DISCONNECT)
"""What ends: that somebody got in was told when it began, by a message of the same level."""


@dataclass(frozen=True, slots=True)
class Form:
    """Messages that begin with `words`: their pattern, and what they say was done.

    Groups of a pattern: `user`, `from`, `port`, `method`, `detail`, `host` (a name that sshd found for the address),
    `local` and `local_port` (our end).
    `whole`: a message that begins as this says and does not fit is a broken record, not another message.
    """

    words: str
    pattern: str
    action: str
    success: bool | None
    whole: str | None = None


_AT: Final = r"(?P<from>\S+) port (?P<port>[0-9]+)"
_AT_MAYBE: Final = r"(?P<from>\S+?)(?: port (?P<port>[0-9]+))?"
# Where a user's name stands in front: what sshd writes for the far end is an address, or that there is none.
_IP: Final = r"(?P<from>[0-9A-Fa-f]*[.:][0-9A-Fa-f.:]*(?:%\S+)?|UNKNOWN)(?: port (?P<port>[0-9]+))?"
_TAIL: Final = r"(?: \[preauth\])?\s*$"
_METHOD: Final = r"(?P<method>\S+) for (?:invalid user )?"
_PROTOCOL: Final = rf" from {_AT}(?: ssh[0-9]?)?(?:: (?P<detail>.*?))?{_TAIL}"
_WHOSE: Final = r"(?: (?:authenticating |invalid )?user (?P<user>.*))?"

FORMS: Final = (
    Form(
        "Accepted", rf"^Accepted {_METHOD}(?P<user>.*?){_PROTOCOL}", LOGIN, success=True, whole=r"^Accepted \S+ for\b"
    ),
    Form("Failed", rf"^Failed {_METHOD}(?P<user>.*){_PROTOCOL}", LOGIN, success=False, whole=r"^Failed \S+ for\b"),
    Form("Postponed", rf"^Postponed {_METHOD}(?P<user>.*){_PROTOCOL}", LOGIN, success=False),
    Form("Partial", rf"^Partial {_METHOD}(?P<user>.*){_PROTOCOL}", LOGIN, success=False),
    Form(
        "Invalid user",
        rf"^Invalid user (?P<user>.*) from {_AT_MAYBE}{_TAIL}",
        LOGIN,
        success=False,
        whole=r"^Invalid user\b",
    ),
    Form("User", rf"^User (?P<user>.*) from {_AT_MAYBE} not allowed because (?P<detail>.*)$", LOGIN, success=False),
    Form("ROOT LOGIN REFUSED", rf"^ROOT LOGIN REFUSED FROM {_AT}{_TAIL}", LOGIN, success=False),
    Form(
        "maximum authentication attempts exceeded",
        rf"^maximum authentication attempts exceeded for (?:invalid user )?(?P<user>.*){_PROTOCOL}",
        LOGIN,
        success=False,
    ),
    Form(
        "pam_unix(sshd:auth)",
        r"^pam_unix\(sshd:auth\): authentication failure; .* rhost=(?P<from>\S*)(?:\s+user=(?P<user>.*?))?\s*$",
        LOGIN,
        success=False,
    ),
    Form(
        "Unable to negotiate", rf"^Unable to negotiate with {_AT_MAYBE}: (?P<detail>.*?){_TAIL}", LOGIN, success=False
    ),
    Form(
        "Magic value check failed",
        rf"^(?P<detail>Magic value check failed .*) from {_AT}{_TAIL}",
        LOGIN,
        success=False,
    ),
    Form(
        "Timeout before authentication",
        rf"^Timeout before authentication for (?:connection from )?(?P<from>[^\s,]+)(?: to (?P<local>[^\s,]+))?"
        rf"(?: port (?P<port>[0-9]+))?(?:, pid = [0-9]+)?{_TAIL}",
        LOGIN,
        success=False,
    ),
    Form("refused connect", r"^refused connect from (?P<host>.*) \((?P<from>[^()\s]+)\)\s*$", CONNECT, success=False),
    Form(
        "drop connection",
        r"^drop connection #\S+ from \[(?P<from>[^\]\s]+)\]:(?P<port>[0-9]+) on "
        r"\[(?P<local>[^\]\s]+)\]:(?P<local_port>[0-9]+) (?P<detail>.*)$",
        CONNECT,
        success=False,
    ),
    Form("Did not receive", rf"^Did not receive identification string from {_AT_MAYBE}{_TAIL}", CONNECT, success=False),
    Form(
        "Bad protocol version",
        rf"^Bad protocol version identification (?P<detail>.*) from {_AT_MAYBE}{_TAIL}",
        CONNECT,
        success=False,
    ),
    Form(
        "banner exchange", rf"^banner exchange: Connection from {_AT}: (?P<detail>.*?){_TAIL}", CONNECT, success=False
    ),
    Form(
        "Starting session",
        rf"^Starting session: (?P<detail>.*) for (?P<user>\S+) from {_AT}(?: id [0-9]+)?\s*$",
        SESSION,
        success=True,
    ),
    Form(
        "Close session", rf"^Close session: user (?P<user>.*) from {_AT}(?: id [0-9]+)?\s*$", SESSION_END, success=None
    ),
    # Newer versions write a port here, and say the same with the user in the next message.
    Form(
        "Received disconnect",
        rf"^Received disconnect from (?P<from>\S+): ?(?P<detail>[0-9]+: .*?){_TAIL}",
        DISCONNECT,
        success=None,
    ),
    Form("Disconnected from", rf"^Disconnected from{_WHOSE} {_IP}{_TAIL}", DISCONNECT, success=None),
    Form("Disconnecting", rf"^Disconnecting{_WHOSE} {_IP}: (?P<detail>.*?){_TAIL}", DISCONNECT, success=None),
    Form("Connection closed", rf"^Connection closed by{_WHOSE} {_IP}{_TAIL}", DISCONNECT, success=None),
    Form("Connection reset", rf"^Connection reset by{_WHOSE} {_IP}{_TAIL}", DISCONNECT, success=None),
    Form(
        "ssh_dispatch_run_fatal",
        rf"^ssh_dispatch_run_fatal: Connection from{_WHOSE} {_IP}: (?P<detail>.*?){_TAIL}",
        DISCONNECT,
        success=None,
    ),
)
# The end of a connection on which nobody had logged in: it was tried, and gave nobody access.
BEFORE_LOGIN: Final = r"\[preauth\]|^\S+ (?:\S+ )?(?:authenticating|invalid) user "
# Words in front of a message that say how grave it is.
GRAVITY: Final = r"^(?:(?:error|fatal|warning): )+"
WORDS: Final = r"^(" + "|".join(re.escape(form.words) for form in FORMS) + ")"
GROUPS: Final = ("user", "from", "port", "method", "detail", "host", "local", "local_port")
# `ED25519 SHA256:...`, and for a certificate its id, its serial number and who signed it.
KEY: Final = (
    r"^(?P<key_type>[A-Za-z0-9@.-]+) (?P<fingerprint>(?:SHA256|SHA384|SHA512|MD5|SHA1):\S+)"
    r"(?: ID (?P<certificate>.*) \(serial (?P<serial>[0-9]+)\) CA (?P<ca_type>\S+) (?P<ca_fingerprint>\S+))?$"
)
KEY_GROUPS: Final = ("key_type", "fingerprint", "certificate", "serial", "ca_type", "ca_fingerprint")
