"""`rules test` and `rules list`: the rules of a site, or of one folder, and what their own tests say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer
from rich.table import Table

from monitor.app import Knowledge, open_site, rules_of
from monitor.config import bare_site
from monitor.detect.load import load_folder
from monitor.detect.rule_tests import run_tests
from monitor.detect.rules import Rule
from monitor.terminal import PROBLEMS, print_as, problems_exit

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from monitor.detect.rules import Correlation, RuleSet


def test(config: Path | None, folder: Path | None) -> None:
    """Run every test of every rule; a line for each that fails, and one for all."""
    with problems_exit():
        rules = _rules(config, folder)
    outcomes = list(run_tests(rules))
    failed = [each for each in outcomes if not each.passed]
    for each in failed:
        wanted = "at least one finding" if each.expected is None else f"{each.expected} findings"
        typer.echo(f"{each.rule.file} {each.test.name}: {wanted} expected, {each.found} found.", err=True)
    untested = [about.id for about in rules.about if not about.tests]
    typer.echo(f"{len(rules.about)} rules, {len(outcomes)} tests, {len(failed)} failed.")
    if untested:
        typer.echo(f"Without a test: {', '.join(untested)}.")
    if failed:
        raise typer.Exit(PROBLEMS)


def list_(config: Path | None, folder: Path | None, *, json: bool) -> None:
    """Print the rules that are on, and the shipped ones that the site disables."""
    with problems_exit():
        rules = _rules(config, folder)
    print_as(rules_as_json(rules), _print, as_json=json)


def rules_as_json(rules: RuleSet) -> dict[str, Any]:
    """The rules as `rules list --json` prints them."""
    every: list[Rule | Correlation] = [*rules.rules, *rules.correlations]
    return {
        "digest": rules.digest,
        "rules": [_as_json(each) for each in sorted(every, key=lambda each: each.about.id)],
        "disabled": [{"rule": rule, "reason": reason} for rule, reason in sorted(rules.disabled.items())],
    }


def _as_json(rule: Rule | Correlation) -> dict[str, Any]:
    about = rule.about
    return {
        "id": about.id,
        "uuid": about.uuid,
        "title": about.title,
        "level": about.level,
        "reads": (rule.category or "flow, name, admin") if isinstance(rule, Rule) else "matches",
        "correlates": [] if isinstance(rule, Rule) else list(rule.of),
        "description": about.description,
        "falsepositives": list(about.falsepositives),
        "runbook": about.runbook,
        "tests": len(about.tests),
        "file": about.file,
        "shipped": about.shipped,
    }


def _print(answer: dict[str, Any], console: Console) -> None:
    table = Table(box=None, pad_edge=False)
    for name in ("rule", "level", "reads"):
        table.add_column(name, no_wrap=True)
    table.add_column("title")
    for rule in answer["rules"]:
        table.add_row(rule["id"], rule["level"], rule["reads"], rule["title"])
    console.print(table)
    for off in answer["disabled"]:
        console.print(f"Disabled: {off['rule']}, because: {off['reason']}")


def _rules(config: Path | None, folder: Path | None) -> RuleSet:
    if folder is not None:
        return load_folder(folder)
    site = bare_site() if config is None else open_site(config, Knowledge.load().operators)
    return rules_of(site)
