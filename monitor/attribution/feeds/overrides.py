"""Site overrides: what an operator knows better than every source, network by network (YAML).

```yaml
overrides:
  - {network: 203.0.113.0/24, country: FR, region: Paris, operator: ovh, reason: "leased line, contract 2026-07"}
```

A person writes these, so a mistake is a problem with its line and column, and nothing is skipped. A network stands
once; nested ones are laid over each other by the longest prefix.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from monitor.attribution.feeds.assembly import RAW, statements
from monitor.attribution.feeds.contract import SCOPE, Feed, Statements
from monitor.document import Finding, Listed, Written, as_document, fit
from monitor.fields import Country, Network, Operator, Surroundings, Text
from monitor.problem import Problem, ProblemsFound

if TYPE_CHECKING:
    from collections.abc import Iterator


class Override(Written):
    """One network whose place, and perhaps operator, the site states itself."""

    network: Network
    country: Country
    region: Text | None = None
    operator: Operator | None = None
    reason: Text | None = None


class OverridesFile(Written):
    """The file."""

    overrides: Listed[Override]


def read_overrides(content: bytes, feed: Feed) -> Statements:
    """Read the site's overrides; a file with an empty list states nothing.

    Raises:
        ProblemsFound: with everything that is wrong in the file.
    """
    problems: list[Problem] = []
    document = as_document(feed.file, content, problems)
    known = Surroundings(operators=feed.operators)
    file = None if document is None else fit(document, OverridesFile, problems, context=known, check=_twice)
    if file is None or problems:
        raise ProblemsFound(problems)
    rows = pl.DataFrame(
        {
            "text": [str(entry.network) for entry in file.overrides],
            "operator": [entry.operator for entry in file.overrides],
            "region": [entry.region for entry in file.overrides],
            "country": [entry.country for entry in file.overrides],
        },
        schema={name: RAW[name] for name in ("text", "operator", "region", "country")},
    ).with_columns(service=pl.lit(None, pl.String), scope=pl.lit("regional", SCOPE))
    return statements(rows.select(RAW.names()), feed, may_be_empty=True)


def _twice(file: OverridesFile) -> Iterator[Finding]:
    seen: dict[object, int] = {}
    for place, entry in enumerate(file.overrides):
        first = seen.setdefault(entry.network, place)
        if first != place:
            what = f"{entry.network} stands in overrides[{first}] already."
            yield Finding(("overrides", place, "network"), what, "Keep one of the two.")
