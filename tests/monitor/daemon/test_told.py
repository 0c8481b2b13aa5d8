"""What a person hears of broken records and unreadable files."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import structlog

from collectors import KINDS
from collectors.contract import BadRecord, Batch
from monitor.daemon.logs import Sampling
from monitor.daemon.told import Told
from monitor.following import Round
from monitor.inputs import Input
from monitor.keeping import Findings
from monitor.tally import Tally

_BATCH = Batch(bad=(BadRecord(7, "empty_field", "10.20.0.5 is no port"),), bad_by_reason=Counter({"empty_field": 3}))


def _told() -> Told:
    return Told(structlog.get_logger(), Sampling(lambda: 0.0))


def test_broken_records_are_counted_and_placed() -> None:
    """Without what they say."""
    told = _told()
    with structlog.testing.capture_logs() as logged:
        for _ in range(3):
            told.decoded(Input(Path("flow.log"), KINDS["aws_vpc"], source="gateway"), _BATCH)

    assert logged == [
        {
            "event": "bad_records",
            "log_level": "warning",
            "source": "gateway",
            "reason": "empty_field",
            "records": 3,
            "at": "flow.log:7",
        }
    ]


def test_files_are_told_by_what_became_of_them() -> None:
    """One line each way."""
    findings = Findings(rewritten=[Path("a.log"), Path("b.log")], shorter=[Path("c.log")])
    with structlog.testing.capture_logs() as logged:
        _told().read("gateway", Round(4, 0, Tally(unreadable={"d.gz": "breaks off"}), findings))

    assert [(each["state"], each["file"], each["files"]) for each in logged] == [
        ("unreadable", "d.gz", 1),
        ("rewritten", "a.log", 2),
        ("shorter", "c.log", 1),
    ]
