"""`inventory draft`: what it writes passes `check`, and what it refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cases.goldens import CASES
from tests.monitor.commands.running import run, said

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("loaded_once")

SITE = """site: paris-1
timezone: Europe/Paris
exporter: {name: CHU Exemple, country: FR, role: controller}
inventory: inventory.yaml
"""
LINE = "2 111122223333 eni-0a1b2c3d {src} {dst} 50514 443 6 12 3480 1767225600 1767225660 ACCEPT OK\n"


def checked(folder: Path) -> tuple[int, str]:
    """Check the draft of a folder as a site's inventory."""
    (folder / "transferwatch.yaml").write_text(SITE)
    return said(run("check", "-c", folder / "transferwatch.yaml"))


@pytest.mark.parametrize(
    "paths",
    [
        [CASES / "azure_nsg" / "begin-continue-end" / "input.json"],
        sorted((CASES / "gcp_vpc").glob("*/input.json")),
        [*sorted((CASES / "azure_vnet").glob("*/input.json")), *sorted((CASES / "azure_nsg").glob("*/input.json"))],
        sorted((CASES / "aws_vpc").glob("json-*/input.json")),
    ],
)
def test_a_draft_passes_the_check(tmp_path: Path, paths: list[Path]) -> None:
    """From every cloud."""
    result = run("inventory", "draft", *paths, "-o", tmp_path / "inventory.yaml")

    assert (result.exit_code, checked(tmp_path)) == (0, (0, ""))


def test_a_draft_comes_on_standard_output(tmp_path: Path) -> None:
    """What is to decide besides, on standard error."""
    log = tmp_path / "flow.log"
    log.write_text(LINE.format(src="10.20.0.5", dst="5.188.10.7"))
    result = run("inventory", "draft", log, "--format", "aws_vpc")

    assert 'networks: ["10.20.0.0/24"]' in result.stdout
    assert result.stderr.startswith("The class of the data is a guess")


def test_the_same_logs_give_the_same_draft(tmp_path: Path) -> None:
    """To the byte."""
    log = tmp_path / "flow.log"
    log.write_text("".join(LINE.format(src=f"10.20.{host}.5", dst=f"5.188.{host}.7") for host in range(200)))

    assert run("inventory", "draft", log).stdout == run("inventory", "draft", log).stdout


def test_a_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    """A human may have edited it."""
    out = tmp_path / "inventory.yaml"
    out.write_text("mine\n")
    code, text = said(run("inventory", "draft", tmp_path, "-o", out))

    assert (code, text) == (2, f"-o {out}: is there already, and may have been edited. Name another file.\n")
    assert out.read_text() == "mine\n"


def test_logs_that_show_nothing_of_ours_give_no_draft(tmp_path: Path) -> None:
    """An empty inventory would pass for one."""
    log = tmp_path / "flow.log"
    log.write_text(LINE.format(src="51.15.0.9", dst="5.188.10.7"))
    result = run("inventory", "draft", log)

    assert (result.exit_code, result.stdout) == (1, "")
    assert "Of 1 flow records none shows an end that is yours" in result.stderr


def test_broken_records_are_told(tmp_path: Path) -> None:
    """They are missing from the draft."""
    log = tmp_path / "flow.log"
    log.write_text(LINE.format(src="10.20.0.5", dst="5.188.10.7") + "x\n")

    assert "1 of 2 records are broken." in run("inventory", "draft", log).stderr
