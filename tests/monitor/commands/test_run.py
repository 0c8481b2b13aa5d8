"""`run` when it cannot begin; what it does once it runs is told in tests/monitor/daemon/test_service.py."""

from __future__ import annotations

import logging
import socket
from typing import TYPE_CHECKING

import pytest
import structlog

from tests.monitor.commands.running import run, said
from tests.monitor.daemon.process import BROKEN_INVENTORY, write_site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("loaded_once", "_log")


@pytest.fixture
def _log() -> Iterator[None]:
    """Afterwards everything is logged as before."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    structlog.reset_defaults()
    root.handlers, root.level = handlers, level


def test_a_broken_inventory_keeps_it_from_starting(tmp_path: Path) -> None:
    """With what `check` says."""
    config = write_site(tmp_path)
    (tmp_path / "inventory.yaml").write_text(BROKEN_INVENTORY, encoding="utf-8")
    code, text = said(run("run", "-c", config))

    assert (code, text.startswith(f"{tmp_path}/inventory.yaml:2:32 systems[0].networks[0]: ")) == (1, True)


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    """And no ledger is made."""
    config = write_site(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        config.write_text(config.read_text(encoding="utf-8").replace("127.0.0.1:0", address), encoding="utf-8")
        code, text = said(run("run", "-c", config))

    assert (code, text, (tmp_path / "ledger.db").exists()) == (
        1,
        f"{config} listen: {address} cannot be listened on: Address already in use. Write another address or port.\n",
        False,
    )


def test_a_ledger_of_another_program_is_told(tmp_path: Path) -> None:
    """As by every command."""
    config = write_site(tmp_path)
    (tmp_path / "ledger.db").write_bytes(b"a letter" * 200)
    code, text = said(run("run", "-c", config))

    assert (code, text) == (1, f"{tmp_path}/ledger.db: it is no ledger and no SQLite database. Name another file.\n")
