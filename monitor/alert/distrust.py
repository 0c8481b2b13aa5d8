"""Say why a server was not trusted, or did not trust us, in words that lead to the mistake.

Decides the words; they name no host, no path and no secret, and end in what to look at. Whatever is not foreseen keeps
the name of its error.

Source: X509_verify_cert_error_string(3) of OpenSSL 3.0, the numbers in `openssl/x509_vfy.h`, read 2026-11-26.
"""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_BY_CODE: Final = {
    9: "its certificate is not valid yet: compare the clocks",
    10: "its certificate has expired",
    18: "its certificate signs itself, and ca_file does not hold it",
    19: "its certificate is not of an authority in ca_file",
    20: "its certificate is not of an authority in ca_file",
    21: "its certificate is not of an authority in ca_file",
    62: "its certificate is for another host name",
    64: "its certificate is for another address",
}
LOGIN_REFUSED: Final = "the log-in was refused: look at the name, the password or the token"


def why_no_tls(error: BaseException) -> str | None:
    """Why TLS came to nothing, where that is what went wrong."""
    for each in _chain(error):
        if isinstance(each, ssl.SSLCertVerificationError):
            return _BY_CODE.get(each.verify_code, f"its certificate is not good: {each.verify_message}")
        if isinstance(each, ssl.SSLError):
            return f"TLS failed ({each.reason or type(each).__name__}): does the port speak TLS?"
    return None


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An error and those that it came from; libraries put their own before the one of TLS."""
    seen: set[int] = set()
    at: BaseException | None = error
    while at is not None and id(at) not in seen:
        seen.add(id(at))
        yield at
        at = at.__cause__ or at.__context__
