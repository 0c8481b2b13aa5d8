"""Which reports a conversation leaves and which count; and that the world knows nothing of the code it measures."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from monitor.world.scenario import HOSTS, WAYS, Side

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("way", ["direct", "endpoint", "vpn", "nat", "inside"])
def test_one_report_counts_each_way(way: str) -> None:
    """Neither twice nor never."""
    assert sorted(report.outward for report in WAYS[way] if report.counted) == [False, True]


def test_no_report_of_a_gateway_counts() -> None:
    """The conversation is counted at the machine that had it."""
    assert not [
        report for reports in WAYS.values() for report in reports if report.counted and report.reporter is Side.NAT
    ]


def test_the_source_reports_a_copy_to_the_new_host_once() -> None:
    """Nothing is logged at the new provider, so its replies are seen, and not counted, at our end only."""
    assert [report.counted for report in WAYS["to_new_host"]] == [True, False]


def test_addresses_and_interfaces_are_nobody_elses() -> None:
    """A host is told from the others by each of them."""
    v4 = {host.v4 for host in HOSTS}
    interfaces = {host.interface for host in HOSTS}

    assert len(v4) == len(interfaces) == len(HOSTS)


def test_identifiers_are_as_long_as_those_of_aws() -> None:
    """Seventeen hexadecimal digits after the prefix."""
    digits = {len(name.split("-")[1]) for host in HOSTS for name in (host.interface, host.subnet)}

    assert digits == {17}


def test_the_world_imports_nothing_of_what_is_measured_against_it(root: Path) -> None:
    """Only the standard library, NumPy, Polars and itself."""
    imported = set()
    for path in sorted((root / "monitor" / "world").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported.add(node.module)
    ours = {name for name in imported if name.split(".")[0] in {"monitor", "collectors"}}

    assert {name for name in ours if not name.startswith("monitor.world.")} == set()
