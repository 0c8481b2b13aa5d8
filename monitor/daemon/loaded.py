"""What the daemon works with: a site and its stages, loaded together or not at all.

Decides what a site needs to be run beyond what `check` asks: a ledger, a source, and on a reload the place where it
already keeps and serves.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from monitor.alert.routes import build_routes
from monitor.app import build_pipeline, open_site, rules_of
from monitor.attribution.declared import load_sources
from monitor.detect.rules import RuleSet
from monitor.problem import Problem, ProblemsFound
from monitor.replay import Replay
from monitor.sums import Summation

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import TypeAlias

    from collectors.contract import Batch
    from monitor.app import Knowledge
    from monitor.attribution.declared import SourceList
    from monitor.config import Site
    from monitor.inputs import Input

    Told: TypeAlias = Callable[[Input, Batch], None]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A site with its stages; `ledger`: its URL.

    `atlases`: the list of what its kept atlases are made from; `rules`: what is asked of each batch.
    """

    site: Site
    ledger: str
    stages: Replay
    atlases: SourceList | None = None
    rules: RuleSet = field(default_factory=RuleSet)


def load(
    path: Path,
    knowledge: Knowledge,
    *,
    told: Told | None = None,
    running: Site | None = None,
) -> Loaded:
    """Load everything that the site's file names; `running`: the site in whose place it comes.

    Raises:
        ProblemsFound: with every problem; what runs is not touched.
    """
    site = open_site(path, knowledge.operators)
    problems = [Problem(str(path), 0, 0, key, what, remedy) for key, what, remedy in _findings(site, running)]
    if problems or site.ledger is None:
        raise ProblemsFound(problems)
    stages = Replay(build_pipeline(site, knowledge), Summation.of(site), told=told)
    build_routes(site.alerts, site.directory)  # their secrets: what runs is ended before they are read again
    listed = load_sources(site.atlas_sources, operators=knowledge.operators.by_id) if site.atlas_sources else None
    return Loaded(site, site.ledger, stages, listed, rules_of(site))


def _findings(site: Site, running: Site | None) -> list[tuple[str, str, str]]:
    found = []
    if site.ledger is None:
        found.append(("ledger", "nothing says where results are kept.", "Write sqlite:///ledger.db."))
    if not site.sources:
        found.append(("sources", "there is nothing to follow.", "Write one or more, as in docs/configuration.md."))
    if running is not None:
        changed = {"ledger": site.ledger != running.ledger, "listen": site.listen != running.listen}
        changed["listen_names"] = site.listen_names != running.listen_names
        found += [
            (key, "a reload cannot change this.", "Restart the daemon, or write what it was.")
            for key, has_changed in changed.items()
            if has_changed
        ]
    return found
