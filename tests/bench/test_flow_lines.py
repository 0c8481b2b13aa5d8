"""The benchmark measures what it says: the shares of its log are the announced ones."""

from __future__ import annotations

import io
import ipaddress

import numpy as np
import polars as pl
import pytest

from tests.bench.flow_lines import HEADER, far_ends, write_flow_log

_LINES = 100_000


def _log(*, distinct: bool = False) -> bytes:
    target = io.BytesIO()
    write_flow_log(target, lines=_LINES, distinct=distinct)
    return target.getvalue()


@pytest.fixture(scope="module")
def records() -> pl.DataFrame:
    """The well-formed and half-formed lines as text, in the header's columns."""
    return pl.read_csv(_log(), separator=" ", truncate_ragged_lines=True, infer_schema=False)


def test_equal_arguments_give_equal_octets() -> None:
    """Two runs of the benchmark measure the same work."""
    assert _log() == _log()


def test_log_starts_with_its_header_and_ends_its_last_line() -> None:
    """The first line names the fields of AWS VPC flow logs, version 2."""
    lines = _log().split(b"\n")

    assert (lines[0].decode(), len(lines), lines[-1]) == (HEADER, _LINES + 2, b"")


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        pytest.param(pl.col("srcaddr").str.contains(":"), 0.2, id="ipv6"),
        pytest.param(pl.col("action") == "REJECT", 0.05, id="rejected"),
        pytest.param(
            pl.all_horizontal(pl.col("srcaddr", "dstaddr").str.contains(r"^(10\.20\.|2001:db8:20:)")),
            0.3,
            id="internal",
        ),
    ],
)
def test_shares_are_the_announced_ones(records: pl.DataFrame, share: pl.Expr, expected: float) -> None:
    """Three standard deviations of a hundred thousand draws are below half a percent."""
    assert records.select(share.mean()).item() == pytest.approx(expected, abs=0.005)


def test_one_line_in_a_thousand_is_broken() -> None:
    """The count that the generator states is the count of the faults in its text."""
    target = io.BytesIO()
    written = write_flow_log(target, lines=_LINES)
    broken = 0
    for line in target.getvalue().decode().splitlines()[1:]:
        fields = line.split(" ")
        broken += len(fields) != 14 or "many" in fields or "10.20.300.1" in fields or int(fields[11]) < int(fields[10])

    assert written.broken == broken
    assert broken / _LINES == pytest.approx(0.001, abs=0.0005)


@pytest.mark.parametrize("version", [4, 6])
def test_far_ends_are_distinct(version: int) -> None:
    """A pool of a hundred thousand holds that many, and so do the two million of `--distinct`."""
    assert far_ends(np.arange(2_000_000, dtype=np.uint64), version=version).n_unique() == 2_000_000


@pytest.mark.parametrize("version", [4, 6])
def test_far_ends_are_global_and_in_standard_spelling(version: int) -> None:
    """None of them could be judged internal, and none costs its reader a detour."""
    spelled = far_ends(np.arange(5_000, dtype=np.uint64), version=version).to_list()

    assert [text for text in spelled if not ipaddress.ip_address(text).is_global] == []
    assert [str(ipaddress.ip_address(text)) for text in spelled] == spelled
