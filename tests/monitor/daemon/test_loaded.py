"""What the daemon needs of a site, and what a reload may not change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from monitor.daemon.loaded import load
from monitor.problem import ProblemsFound
from tests.monitor.daemon.process import write_site

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.app import Knowledge
    from monitor.config import Site


def _problems(config: Path, knowledge: Knowledge, running: Site | None = None) -> list[str]:
    with pytest.raises(ProblemsFound) as found:
        load(config, knowledge, running=running)
    return [problem.key for problem in found.value.problems]


def test_a_site_without_ledger_and_sources_cannot_be_run(tmp_path: Path, knowledge: Knowledge) -> None:
    """Both are said at once."""
    config = write_site(tmp_path)
    config.write_text(config.read_text(encoding="utf-8").partition("ledger:")[0], encoding="utf-8")

    assert _problems(config, knowledge) == ["ledger", "sources"]


def test_a_reload_changes_neither_ledger_nor_address(tmp_path: Path, knowledge: Knowledge) -> None:
    """These take a restart."""
    config = write_site(tmp_path)
    before = load(config, knowledge).site
    text = config.read_text(encoding="utf-8").replace("ledger.db", "other.db").replace("127.0.0.1:0", "127.0.0.1:8481")
    config.write_text(f"{text}listen_names: [monitor.example.org]\n", encoding="utf-8")

    assert _problems(config, knowledge, before) == ["ledger", "listen", "listen_names"]


def test_a_reload_may_change_all_else(tmp_path: Path, knowledge: Knowledge) -> None:
    """Sources too."""
    config = write_site(tmp_path)
    before = load(config, knowledge).site
    config.write_text(config.read_text(encoding="utf-8").replace("logs/*", "other/*"), encoding="utf-8")

    assert load(config, knowledge, running=before).site.sources[0].path == "other/*.log"


def test_a_problem_of_a_rule_is_one_of_the_site(tmp_path: Path, knowledge: Knowledge) -> None:
    """Nothing is loaded then."""
    config = write_site(tmp_path)
    config.write_text(f"{config.read_text(encoding='utf-8')}rules: own\n", encoding="utf-8")
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "rule.yml").write_text("title: Without a level\n", encoding="utf-8")

    with pytest.raises(ProblemsFound, match=r"rule\.yml"):
        load(config, knowledge)


def test_a_route_whose_secret_cannot_be_read_is_a_problem_of_the_site(tmp_path: Path, knowledge: Knowledge) -> None:
    """A reload is refused then, before anything that runs is ended for it."""
    config = write_site(tmp_path)
    webhook = "alerts:\n  webhooks:\n    - {url: 'https://hook.example.org/', secret_file: secret}\n"
    config.write_text(config.read_text(encoding="utf-8") + webhook, encoding="utf-8")
    (tmp_path / "secret").write_text("\n", encoding="utf-8")

    with pytest.raises(ProblemsFound, match="this is not one line with a secret"):
        load(config, knowledge)
