"""What stands in the file of a rule: the keys of Sigma, and our own attribute `transferwatch`.

Decides which keys there are and what a rule's own tests look like. What detections and conditions mean is pySigma's and
`monitor.detect.condition`'s business.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field

from monitor.document import Listed, Written
from monitor.fields import Identifier, Text  # noqa: TC001 - pydantic asks for them at run time
from monitor.wording import Unfit, choose, shown

PRODUCT: Final = "transferwatch"
CATEGORIES: Final = ("flow", "name", "admin", "posture", "coverage")
MODIFIERS: Final = (
    "all", "cased", "cidr", "contains", "endswith", "exists", "fieldref", "gt", "gte", "i", "lt", "lte", "m", "re", "s",
    "startswith",
)  # fmt: skip
KINDS: Final = ("firing", "near_miss", "noise")


def _product(text: str) -> str:
    if text != PRODUCT:
        raise Unfit(f"{shown(text)} is another product's log", f"Write product: {PRODUCT}.")
    return text


class LogSource(Written):
    """Which rows a rule reads; without a category flows, names and administration alike."""

    product: Annotated[Text, AfterValidator(_product)]
    category: Literal["flow", "name", "admin", "posture", "coverage"] | None = None
    definition: Text | None = None


class RuleTest(Written):
    """One test of a rule: the events that it sees, each a map of fields, and whether it finds anything.

    `near_miss` is what looks like it and is not, `noise` what a site says all day.
    """

    name: Text
    kind: Literal["firing", "near_miss", "noise"]
    events: Listed[dict[str, Any]] = Field(min_length=1)
    findings: int | None = Field(default=None, ge=0)

    @property
    def expected(self) -> int | None:
        """How many findings; None: at least one."""
        return self.findings if self.findings is not None else None if self.kind == "firing" else 0


class Attribute(Written):
    """What we add to a Sigma rule."""

    runbook: Text | None = None
    tests: Listed[RuleTest] = ()


class RuleFile(Written):
    """A rule, a correlation or a filter; what is `Any` here is pySigma's to check."""

    title: Text
    id: Text
    name: Identifier
    level: Literal["informational", "low", "medium", "high", "critical"] | None = None
    status: Any = None
    description: Text | None = None
    references: Any = None
    author: Any = None
    date: Any = None
    modified: Any = None
    license: Any = None
    related: Any = None
    tags: Any = None
    fields: Any = None
    scope: Any = None
    taxonomy: Any = None
    falsepositives: Listed[Text] = ()
    logsource: LogSource | None = None
    detection: dict[str, Any] | None = None
    correlation: dict[str, Any] | None = None
    filter: dict[str, Any] | None = None
    transferwatch: Attribute = Attribute()


def modifiers_fit(key: str) -> str:
    """The field of `field|modifier|modifier`.

    Raises:
        Unfit: a modifier is none of ours.
    """
    field, *modifiers = key.split("|")
    for modifier in modifiers:
        if modifier not in MODIFIERS:
            raise Unfit(f"the modifier {shown(modifier)} is not known here", choose(modifier, MODIFIERS))
    if "re" in modifiers and not set(modifiers) <= {"re", "i", "m", "s", "all"}:
        raise Unfit("a regular expression takes no other modifier than i, m, s and all", "Put it into the expression.")
    return field
