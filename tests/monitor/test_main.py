"""`python -m monitor`."""

from __future__ import annotations

import subprocess
import sys


def test_module_runs_the_commands() -> None:
    """The exit code of a usage error is 2 this way too."""
    done = subprocess.run([sys.executable, "-m", "monitor", "nonsense"], capture_output=True, text=True, check=False)

    assert done.returncode == 2
