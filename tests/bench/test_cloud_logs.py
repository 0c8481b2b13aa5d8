"""The benchmark of the clouds measures the same conversations in every form."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import polars as pl
import pytest

from collectors import KINDS
from monitor.events import event_lines
from monitor.inputs import Input
from monitor.replay import decoded
from tests.bench.cloud_logs import FORMS, CloudLog, sound_rows, write_cloud_log
from tests.bench.flow_lines import write_flow_log

if TYPE_CHECKING:
    from pathlib import Path

_COLUMNS = ("src_address", "dst_address", "src_port", "dst_port", "protocol", "octets", "packets", "end_time")


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """The sound rows of a small log."""
    log = tmp_path_factory.mktemp("bench") / "flow.log"
    with log.open("wb") as target:
        write_flow_log(target, lines=3_000)
    return sound_rows(log)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_a_form_says_what_the_text_says(tmp_path: Path, rows: pl.DataFrame, form: CloudLog) -> None:
    """Record by record, nothing broken."""
    text = tmp_path / "flow.log"
    kept = rows.filter(pl.col("protocol").is_in([6, 17])) if form.kind == "azure_nsg" else rows
    text.write_bytes(
        (" ".join(rows.columns) + "\n").encode() + kept.write_csv(separator=" ", include_header=False).encode()
    )
    path = tmp_path / form.name

    assert write_cloud_log(rows, form, path) == kept.height
    assert _said(form.kind, path) == _said("aws_vpc", text)


def _said(kind: str, path: Path) -> list[list[object]]:
    batches = list(decoded(Input(path, KINDS[kind])))
    assert sum(batch.bad_by_reason.total() for batch in batches) == 0
    events = [json.loads(line) for batch in batches for text in event_lines(batch, kind) for line in text.splitlines()]
    return [[event[name] for name in _COLUMNS] for event in events]
