"""A rule's condition as one expression: `and`, `or`, `not`, `1 of`, `all of` over its detections.

Decides how values, fields and maps are joined, as the Sigma specification says: values of a field by `or` (by `and`
with `|all`), fields of a map by `and`, maps of a list by `or`. Knows no file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sigma.conditions import (
    ConditionAND,
    ConditionIdentifier,
    ConditionItem,
    ConditionNOT,
    ConditionSelector,
    SigmaCondition,
)
from sigma.exceptions import SigmaError
from sigma.modifiers import SigmaAllModifier
from sigma.rule import SigmaDetection, SigmaDetectionItem

from monitor.detect.clause import Clause, all_of, any_of
from monitor.detect.leaf import Fields, leaf
from monitor.wording import Unfit, choose, shown

if TYPE_CHECKING:
    from sigma.rule import SigmaDetections

LONGEST: Final = 4_000


def condition_of(detections: SigmaDetections, fields: Fields) -> Clause:
    """The condition, whose expressions are true or false in every row; of several conditions any.

    Raises:
        Unfit: it is no condition, names a detection that is not there, or a leaf does not fit its field.
    """
    built = {name: _detection(detection, fields) for name, detection in detections.detections.items()}
    return any_of([_node(_parsed(text, detections), detections, built) for text in detections.condition])


def _parsed(text: str, detections: SigmaDetections) -> object:
    if len(text) > LONGEST:
        raise Unfit(f"the condition is longer than {LONGEST} characters", "Name detections alike and write 1 of name*.")
    try:
        return SigmaCondition(text, detections).parse(postprocess=False)
    except SigmaError:
        raise Unfit("this is no condition", "Write names of detections with and, or, not, 1 of, all of.") from None


def _node(node: object, detections: SigmaDetections, built: dict[str, Clause]) -> Clause:
    if isinstance(node, ConditionIdentifier):
        if node.identifier not in built:
            raise Unfit(f"there is no detection {shown(node.identifier)}", choose(node.identifier, built))
        return built[node.identifier]
    if isinstance(node, ConditionSelector):
        chosen = [built[each.identifier] for each in node.resolve_referenced_detections(detections)]
        if not chosen:
            raise Unfit(f"no detection is called {shown(node.pattern)}", choose(node.pattern, built))
        return (all_of if node.cond_class is ConditionAND else any_of)(chosen)
    if not isinstance(node, ConditionItem):
        raise Unfit("the condition cannot be read", "Write the names of detections with and, or, not between them.")
    parts = [_node(arg, detections, built) for arg in node.args]
    if isinstance(node, ConditionNOT):
        return ~parts[0]
    return (all_of if isinstance(node, ConditionAND) else any_of)(parts)


def _detection(detection: SigmaDetection, fields: Fields) -> Clause:
    parts = [
        _detection(item, fields) if isinstance(item, SigmaDetection) else item_of(item, fields)
        for item in detection.detection_items
    ]
    return (all_of if detection.item_linking is ConditionAND else any_of)(parts)


def item_of(item: SigmaDetectionItem, fields: Fields) -> Clause:
    """One field with its values."""
    if item.field is None:
        raise Unfit("a word without a field is not searched for", "Write `field: word`.")
    if not item.value:
        raise Unfit("the list of values is empty", "Write a value, or null.")
    every = SigmaAllModifier in item.modifiers
    # `|all` of several values: each of them is there. Of one value on a list: no element is another.
    alone = every and len(item.value) == 1
    parts = [Clause.of(leaf(item.field, value, fields, every=alone), fields.types) for value in item.value]
    return (all_of if every else any_of)(parts)
