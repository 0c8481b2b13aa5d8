"""Which inputs are Zeek logs."""

from __future__ import annotations

import pytest

from collectors import KINDS
from collectors.zeek import recognise
from tests.collectors.zeek.decoding import log

_HEADER = "the first lines are a Zeek header"
_OBJECT = "the first object has Zeek's uid and names of the two ends"


@pytest.mark.parametrize(
    ("beginning", "reason"),
    [
        (log("conn", "ts uid", "1 C1"), _HEADER),
        ("\ufeff" + log("reporter", "ts level", "1 x"), _HEADER),
        ("### a comment\n" + log("conn", "ts uid", "1 C1"), _HEADER),
        ("#fields\tts\tuid\n1\tC1\n", _HEADER),
        ('{"ts":1.5,"uid":"C1","id.orig_h":"10.0.0.1","id.resp_h":"10.0.0.2"}\n', _OBJECT),
        ('{"ts":1.5,"uid":"C1","id_orig_h":"10.0.0.1","id_resp_h":"10.0.0.2"}\n', _OBJECT),
        ('{"_path":"stats","ts":1.5}\n', "the first object names its log and has a ts"),
        ('{"timestamp":"2026-10-07T12:00:00.000000+0000","flow_id":1,"event_type":"flow","src_ip":"10.0.0.1"}\n', None),
        ("#Version: 1.0\n#Fields: date time x-edge-location\n", None),
        ("#!/bin/sh\n", None),
        ("uid\tid.orig_h\nC1\t10.0.0.1\n", None),
        ("", None),
    ],
)
def test_a_header_or_the_names_of_the_two_ends_tell_a_zeek_log(beginning: str, reason: str | None) -> None:
    """A log of Suricata, of a web server or of columns cut out is none."""
    assert recognise(beginning.encode()) == reason


def test_no_other_kind_takes_a_zeek_log() -> None:
    """Nor does Zeek take theirs."""
    beginnings = [log("conn", "ts uid", "1 C1"), '{"_path":"stats","ts":1.5}\n']
    kinds = {name for text in beginnings for name, kind in KINDS.items() if kind.recognise(text.encode())}

    assert kinds == {"zeek"}
