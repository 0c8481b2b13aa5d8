"""The demo's sample site."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from monitor.app import Knowledge, open_site
from monitor.demo import make_demo_site

if TYPE_CHECKING:
    from pathlib import Path


def test_demo_site_loads_and_has_logs(tmp_path: Path) -> None:
    """What the README promises works on what the demo writes."""
    made = make_demo_site(tmp_path / "demo")

    assert open_site(made.config, Knowledge.load().operators).name == "paris-1"
    assert len([path for path in made.logs.rglob("*") if path.is_file()]) == made.files
    assert made.first_day == date(2026, 10, 5)
