"""Loaded rules, as values: what each reads, which expression it is, and what its own tests say."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.detect.clause import Clause
    from monitor.detect.rule_file import RuleTest


@dataclass(frozen=True, slots=True)
class About:
    """What is told of a rule. `shipped`: it came with the program; `file` is where it stands."""

    id: str
    uuid: str
    title: str
    level: str
    file: str
    description: str | None = None
    falsepositives: tuple[str, ...] = ()
    runbook: str | None = None
    tests: tuple[RuleTest, ...] = ()
    shipped: bool = True


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule over events; `category` None reads flows, names and administration alike."""

    about: About
    category: str | None
    condition: Clause


@dataclass(frozen=True, slots=True)
class Correlation:
    """A rule over matches of other rules, `of`, within `seconds` of event time in one group of `group_by`.

    `least` is how many: of `event_count` matches, of `value_count` distinct values of `field`, of `temporal` rules.
    `generates`: whether the matches of those rules stand for themselves as well.
    """

    about: About
    kind: Literal["event_count", "value_count", "temporal"]
    of: tuple[str, ...]
    seconds: int
    group_by: tuple[str, ...]
    least: int
    field: str | None = None
    generates: bool = False


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The rules of a site; `disabled` holds the reason for each shipped rule that the site does without.

    `digest` names what the rules say, so that a finding can tell which rules made it.
    """

    rules: tuple[Rule, ...] = ()
    correlations: tuple[Correlation, ...] = ()
    disabled: Mapping[str, str] = field(default_factory=dict)
    digest: str = ""

    @property
    def about(self) -> tuple[About, ...]:
        """All rules and correlations, by id."""
        every = [*(each.about for each in self.rules), *(each.about for each in self.correlations)]
        return tuple(sorted(every, key=lambda about: about.id))
