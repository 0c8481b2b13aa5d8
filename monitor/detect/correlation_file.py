"""What a correlation says, checked: kinds, windows, groups and counts.

Decides which correlations can be answered while events still come: those that more events can only make truer. What
counts what did not happen, or asks for an order, is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sigma.correlations import (
    SigmaCorrelationCondition,
    SigmaCorrelationConditionOperator,
    SigmaCorrelationRule,
    SigmaCorrelationType,
)

from monitor.detect.matches import MATCHES
from monitor.detect.rules import About, Correlation
from monitor.wording import Unfit, choose, shown

if TYPE_CHECKING:
    from typing import Literal

_KINDS: Final[dict[SigmaCorrelationType, Literal["event_count", "value_count", "temporal"]]] = {
    SigmaCorrelationType.EVENT_COUNT: "event_count",
    SigmaCorrelationType.VALUE_COUNT: "value_count",
    SigmaCorrelationType.TEMPORAL: "temporal",
}
LONGEST_SECONDS: Final = 31 * 24 * 3600
_FIELDS: Final = frozenset(column.name for column in MATCHES)


def correlation_of(rule: SigmaCorrelationRule, about: About, *, counts: bool) -> Correlation:
    """The correlation; `counts`: it has a condition of its own, else a temporal one wants every rule.

    Raises:
        Unfit: it is of a kind that is refused, or names a field that matches do not have; `under` leads to it.
    """
    kind = _KINDS.get(rule.type)
    if kind is None:
        said = rule.type.name.lower()
        raise Unfit(f"correlations of the kind {said} are not known here", choose("", _KINDS.values()), under=("type",))
    if rule.timespan.seconds > LONGEST_SECONDS:
        raise Unfit("the window is longer than 31 days", "Write a shorter timespan.", under=("timespan",))
    if rule.aliases.aliases:
        raise Unfit("aliases are not known here", "Matches of all rules have the same fields.", under=("aliases",))
    of = tuple(reference.rule.name or reference.reference for reference in rule.rules or ())
    field = None
    if counts:
        least, field = _least(rule.condition)
    else:
        least = len(set(of))
    for name in (*(rule.group_by or ()), *((field,) if field else ())):
        if name not in _FIELDS:
            raise Unfit(f"matches have no field {shown(name)}", choose(name, _FIELDS), under=("group-by",))
    return Correlation(about, kind, of, rule.timespan.seconds, tuple(rule.group_by or ()), least, field, rule.generate)


def _least(condition: object) -> tuple[int, str | None]:
    if not isinstance(condition, SigmaCorrelationCondition):
        raise Unfit("conditions with and, or, not are not known here", "Write gte: and a number.", under=("condition",))
    added = {SigmaCorrelationConditionOperator.GTE: 0, SigmaCorrelationConditionOperator.GT: 1}.get(condition.op)
    if added is None:
        said = condition.op.name.lower()
        what = f"{said} can only be told when no more events can come"
        raise Unfit(what, "Write gte or gt.", under=("condition", said))
    if isinstance(condition.fieldref, list):
        raise Unfit("several fields are not counted together", "Write one field.", under=("condition", "field"))
    return max(condition.count + added, 1), condition.fieldref
