"""`python -m monitor`."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from tests.monitor.daemon.process import write_site

if TYPE_CHECKING:
    from pathlib import Path


def test_module_runs_the_commands() -> None:
    """The exit code of a usage error is 2 this way too."""
    done = subprocess.run([sys.executable, "-m", "monitor", "nonsense"], capture_output=True, text=True, check=False)

    assert done.returncode == 2


def test_the_daemon_is_typed_as_a_command_and_ends_when_it_is_told(tmp_path: Path) -> None:
    """Other tests fork it; here it begins as an operator begins it."""
    command = [sys.executable, "-m", "monitor", "run", "-c", str(write_site(tmp_path))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as daemon:
        said = iter(daemon.stdout or ())
        begun = next((line for line in said if '"event": "source"' in line), "it never looked")
        daemon.terminate()
        rest = list(said)

    assert (daemon.returncode, '"source": "gateway"' in begun) == (0, True), rest
