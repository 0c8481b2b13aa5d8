"""`--format` names a kind of source, or is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from collectors import KINDS
from tests.monitor.commands.running import run

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("loaded_once")


def test_unknown_format_is_a_usage_error(flow_log: Path) -> None:
    """It lists the known kinds."""
    result = run("decode", "--format", "netflow_v42", flow_log)

    assert result.exit_code == 2
    assert f"Write one of: {', '.join(KINDS)}." in result.stderr
