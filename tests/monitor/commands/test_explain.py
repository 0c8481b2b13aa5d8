"""`explain`: what it prints, and what it refuses."""

from __future__ import annotations

import json

import pytest

from tests.monitor.commands.running import run

pytestmark = pytest.mark.usefixtures("loaded_once")


def test_explain_names_the_operator() -> None:
    """As JSON, for scripts."""
    result = run("explain", "8.8.8.8", "--at", "2026-10-01", "--json")

    assert json.loads(result.stdout)["operator"]["id"] == "google_cloud"


def test_a_date_that_is_none_is_a_usage_error() -> None:
    """With what to write instead."""
    result = run("explain", "8.8.8.8", "--at", "yesterday")

    assert (result.exit_code, result.stderr) == (
        2,
        "--at yesterday: is no date. Write 2020-07-16 or 2020-07-16T08:00:00Z.\n",
    )
