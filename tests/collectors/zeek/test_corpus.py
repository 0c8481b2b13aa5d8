"""Every Zeek log of the corpus: what Zeek itself wrote, against a plain reading of the same lines."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from tests.collectors.zeek.decoding import decode, events
from tests.collectors.zeek.plain_reading import read_plainly

if TYPE_CHECKING:
    from pathlib import Path

# The baselines of Zeek's own tests have their times covered.
_COVERED, _TIME = "XXXXXXXXXX.XXXXXX", "1700000000.123456"


def _logs(corpus: Path) -> dict[str, str]:
    captures = {path.name: path.read_text("utf-8") for path in (corpus / "pcap-zeek").glob("*/*.log")}
    sensor = {
        path.name: gzip.decompress(path.read_bytes()).decode() for path in (corpus / "zeek-logs").glob("*.log.gz")
    }
    return {name: text.replace(_COVERED, _TIME) for name, text in (captures | sensor).items() if "#fields" in text}


def _plain(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in each.items() if name != "attributes"} for each in found]


def test_every_log_gives_what_a_plain_reading_gives(corpus: Path) -> None:
    """Of captures of every protocol and tunnel, and of a sensor of a day."""
    logs = _logs(corpus)
    differing = [name for name, text in logs.items() if _plain(events(decode(text))) != read_plainly(text)]

    assert (differing, len(logs) > 50) == ([], True)


def test_no_record_of_a_log_is_broken(corpus: Path) -> None:
    """A Zeek reads its own types."""
    broken = {name: batch.bad for name, text in _logs(corpus).items() if (batch := decode(text)).bad}

    assert broken == {}


def test_records_that_were_cut_out_of_a_log_stand_under_no_header(corpus: Path) -> None:
    """Some baselines hold columns cut out of a log: their first line names fields, but is no header of Zeek's."""
    cut = [path for path in (corpus / "pcap-zeek").glob("*/*") if "#fields" not in path.read_text("utf-8")]
    reasons = Counter(reason for path in cut for reason in decode(path.read_bytes()).bad_by_reason)

    assert reasons == {"no_header": len(cut)}


@pytest.mark.parametrize("name", ["dns", "rdp", "ssh", "ssl"])
def test_both_forms_of_the_same_traffic_give_the_same_events(corpus: Path, name: str) -> None:
    """Attributes and all; the corpus has one DNS record more as JSON."""
    lines, objects = (
        Counter(json.dumps(each, sort_keys=True) for each in events(decode(gzip.decompress(path.read_bytes()))))
        for path in (corpus / "zeek-logs" / f"{name}.log.gz", corpus / "zeek-logs" / f"{name}.json.gz")
    )

    assert (lines - objects, (objects - lines).total()) == (Counter(), 1 if name == "dns" else 0)
