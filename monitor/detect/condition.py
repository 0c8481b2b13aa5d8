"""A rule's condition as one expression: `and`, `or`, `not`, `1 of`, `all of` over its detections.

Decides how values, fields and maps are joined, as the Sigma specification says: values of a field by `or` (by `and`
with `|all`), fields of a map by `and`, maps of a list by `or`. Knows no file.
"""

from __future__ import annotations

from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING

from sigma.conditions import (
    ConditionAND,
    ConditionIdentifier,
    ConditionItem,
    ConditionNOT,
    ConditionSelector,
    SigmaCondition,
)
from sigma.modifiers import SigmaAllModifier
from sigma.rule import SigmaDetection, SigmaDetectionItem

from monitor.detect.leaf import Fields, leaf
from monitor.wording import Unfit, choose, shown

if TYPE_CHECKING:
    import polars as pl
    from sigma.rule import SigmaDetections


def condition_of(detections: SigmaDetections, fields: Fields) -> pl.Expr:
    """The condition as an expression that is true or false in every row; of several conditions any.

    Raises:
        Unfit: it names a detection that is not there, or a leaf does not fit its field.
        SigmaError: the condition is not one.
    """
    built = {name: _detection(detection, fields) for name, detection in detections.detections.items()}
    conditions = [
        _node(SigmaCondition(text, detections).parse(postprocess=False), detections, built)
        for text in detections.condition
    ]
    return reduce(or_, conditions)


def _node(node: object, detections: SigmaDetections, built: dict[str, pl.Expr]) -> pl.Expr:
    if isinstance(node, ConditionIdentifier):
        if node.identifier not in built:
            raise Unfit(f"there is no detection {shown(node.identifier)}", choose(node.identifier, built))
        return built[node.identifier]
    if isinstance(node, ConditionSelector):
        chosen = [built[each.identifier] for each in node.resolve_referenced_detections(detections)]
        if not chosen:
            raise Unfit(f"no detection is called {shown(node.pattern)}", choose(node.pattern, built))
        return reduce(and_ if node.cond_class is ConditionAND else or_, chosen)
    if not isinstance(node, ConditionItem):
        raise Unfit("the condition cannot be read", "Write the names of detections with and, or, not between them.")
    parts = [_node(arg, detections, built) for arg in node.args]
    if isinstance(node, ConditionNOT):
        return ~parts[0]
    return reduce(and_ if isinstance(node, ConditionAND) else or_, parts)


def _detection(detection: SigmaDetection, fields: Fields) -> pl.Expr:
    parts = [
        _detection(item, fields) if isinstance(item, SigmaDetection) else item_of(item, fields)
        for item in detection.detection_items
    ]
    return reduce(and_ if detection.item_linking is ConditionAND else or_, parts)


def item_of(item: SigmaDetectionItem, fields: Fields) -> pl.Expr:
    """One field with its values."""
    if item.field is None:
        raise Unfit("a word without a field is not searched for", "Write `field: word`.")
    if not item.value:
        raise Unfit("the list of values is empty", "Write a value, or null.")
    every = SigmaAllModifier in item.modifiers
    # `|all` of several values: each of them is there. Of one value on a list: no element is another.
    parts = [leaf(item.field, value, fields, every=every and len(item.value) == 1) for value in item.value]
    return reduce(and_ if every else or_, parts)
