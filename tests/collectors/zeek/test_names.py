"""What a name is, and what it stands for."""

from __future__ import annotations

import pytest

from tests.collectors.zeek.decoding import decode, events, log

_ENDS = "ts uid id.orig_h id.orig_p id.resp_h id.resp_p"
_RECORD = "1791374400 C1 10.0.0.1 50000 198.51.100.9 443"


def _answers(answers: str, ttls: str) -> list[tuple[object, ...]]:
    text = log("dns", f"{_ENDS} query answers TTLs", f"{_RECORD} a.example {answers} {ttls}")
    return [(each["address"], each["ttl_seconds"], each["attributes"].get("answers")) for each in events(decode(text))]


@pytest.mark.parametrize(
    ("answers", "ttls", "rows"),
    [
        ("192.0.2.1", "60.0", [("192.0.2.1", 60, None)]),
        (
            "b.example,192.0.2.1,2001:DB8::1",
            "1.0,2.0,3.0",
            [("192.0.2.1", 2, "b.example"), ("2001:db8::1", 3, "b.example")],
        ),
        ("b.example", "1.0", [(None, None, "b.example")]),
        ("-", "-", [(None, None, None)]),
        ("(empty)", "(empty)", [(None, None, None)]),
        ("192.0.2.1,192.0.2.2", "60.0", [("192.0.2.1", 60, None), ("192.0.2.2", None, None)]),
        ("192.0.2.1", "-", [("192.0.2.1", None, None)]),
        ("192.0.2.1", "soon", [("192.0.2.1", None, None)]),
    ],
)
def test_each_address_among_the_answers_is_a_row(answers: str, ttls: str, rows: list[tuple[object, ...]]) -> None:
    """One without address where there is none."""
    assert _answers(answers, ttls) == rows


@pytest.mark.parametrize(
    ("path", "field", "via"), [("ssl", "server_name", "tls"), ("quic", "server_name", "quic"), ("http", "host", "http")]
)
def test_a_name_that_is_shown_stands_for_the_responder(path: str, field: str, via: str) -> None:
    """With the key of its connection."""
    made = decode(log(path, f"{_ENDS} {field}", f"{_RECORD} a.example"))
    (found,) = events(made)

    assert (found["name"], found["address"], found["via"]) == ("a.example", "198.51.100.9", via)
    assert made.names[0].frame["join_key"].to_list() == ["C1"]


@pytest.mark.parametrize("name", ["-", "(empty)", "198.51.100.9", "2001:db8::1"])
def test_what_is_no_name_is_passed_over(name: str) -> None:
    """And the part stays, to say that this input may give names."""
    made = decode(log("ssl", f"{_ENDS} server_name", f"{_RECORD} {name}"))

    assert (made.passed_over, made.records, [each.frame.height for each in made.names]) == (
        {"ssl without a name": 1}, 1, [0],
    )  # fmt: skip
