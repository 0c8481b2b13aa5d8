"""Why a server was not trusted, in words."""

from __future__ import annotations

import ssl

import pytest

from monitor.alert.distrust import why_no_tls


def _refused(code: int) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code, error.verify_message = code, "something else"
    return error


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (10, "its certificate has expired"),
        (20, "its certificate is not of an authority in ca_file"),
        (62, "its certificate is for another host name"),
        (23, "its certificate is not good: something else"),
    ],
)
def test_a_certificate_that_is_not_good_is_told_by_its_fault(code: int, words: str) -> None:
    """Each leads to another mistake."""
    assert why_no_tls(_refused(code)) == words


def test_what_a_library_puts_before_it_hides_nothing() -> None:
    """Not even where it says that nothing came before."""
    of_a_library = RuntimeError()
    of_a_library.__context__, of_a_library.__suppress_context__ = _refused(62), True

    assert why_no_tls(of_a_library) == "its certificate is for another host name"


def test_a_port_that_speaks_no_tls_is_told() -> None:
    """A wrong number in the file of the site."""
    error = ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number")
    error.reason = "WRONG_VERSION_NUMBER"

    assert why_no_tls(error) == "TLS failed (WRONG_VERSION_NUMBER): does the port speak TLS?"


def test_what_is_not_of_tls_is_left_to_others() -> None:
    """It has a name of its own."""
    assert why_no_tls(ConnectionRefusedError()) is None
