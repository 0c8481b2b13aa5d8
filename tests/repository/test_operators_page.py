"""docs/operators.md says of every operator what rules/operators says; TRANSFERWATCH_REGENERATE=docs writes it anew."""

from __future__ import annotations

import os
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from monitor.attribution.anycast import load_anycast
from monitor.attribution.operators import Operator, OperatorTable, load_operators
from monitor.attribution.ownership_graph import anycast_edges, edges_of
from monitor.law.control import Control, OwnershipPath, judge_control
from monitor.law.regimes import Regimes, load_regimes
from monitor.law.territories import Territories, load_territories

if TYPE_CHECKING:
    from pathlib import Path

BEGIN: Final = "<!-- table: written from rules/operators -->\n"
AS_OF: Final = datetime(2026, 11, 25, 12, tzinfo=UTC)
UNVERIFIED: Final = "?"
KINDS: Final = {
    "prefix": "anycast network to operator",
    "as_number": "AS number to operator",
    "domain": "domain suffix to operator",
    "owner": "operator to owner, owner to owner",
}


def _page_part() -> str:
    table, regimes, territories = load_operators(), load_regimes(), load_territories()
    return (
        f"{BEGIN}\n## How far it was checked\n\n{_counts(table)}\n"
        f"## Operators on {AS_OF.date()}\n\n"
        f"`{UNVERIFIED}` marks what no public page that was read says. Control is the verdict under the law of that "
        "day with the default policy; the word after it is `control` of the file.\n\n"
        "| id | owners, the ultimate parent last | control | laws that reach it | checked | AS numbers |\n"
        "|---|---|---|---|---|---|\n"
        + "\n".join(_row(each, regimes, territories) for each in sorted(table.operators, key=lambda each: each.id))
        + "\n\n## Qualifications\n\n"
        "Per service; `to` is the first day without it, `stated` the newest day for which a source says so.\n\n"
        "| operator | scheme | service | status | from | to | stated | source |\n|---|---|---|---|---|---|---|---|\n"
        + "\n".join(_qualifications(table))
        + "\n"
    )


def _counts(table: OperatorTable) -> str:
    status = Counter(operator.status for operator in table.operators)
    edges = [edge for operator in table.operators for edge in edges_of(operator)]
    edges += anycast_edges(load_anycast())
    total = Counter(str(edge.kind) for edge in edges)
    open_ = Counter(str(edge.kind) for edge in edges if not edge.verified)
    return (
        f"Of {status.total()} operators the ownership of {status['memory']} was not checked at all (`memory`) and that "
        f"of {status['partly']} in part (`partly`).\n\n"
        "| edges of the graph | all | unverified |\n|---|---|---|\n"
        + "\n".join(f"| {words} | {total[kind]} | {open_[kind]} |" for kind, words in KINDS.items())
        + "\n"
    )


def _row(operator: Operator, regimes: Regimes, territories: Territories) -> str:
    owners = [
        f"{owner.entity} ({owner.country or 'not known'}){'' if owner.verified else f' {UNVERIFIED}'}"
        for owner in operator.owners_at(AS_OF)
    ]
    control = _control(operator, regimes, territories)
    checked = operator.status + (", change pending" if operator.pending_change else "")
    cells = (
        f"`{operator.id}`",
        " → ".join(owners),
        f"{control.verdict} ({control.reason}); `{operator.control}`",
        " ".join(control.laws),
        checked,
        str(len(operator.as_numbers)),
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _control(operator: Operator, regimes: Regimes, territories: Territories) -> Control:
    seats = tuple(owner.country for owner in operator.owners_at(AS_OF))
    path = OwnershipPath(seats, operator.laws_at(AS_OF), mixed=operator.control == "mixed")
    return judge_control(path, AS_OF, territories, regimes, "medium")


def _qualifications(table: OperatorTable) -> list[str]:
    return [
        f"| `{operator.id}` | {each.scheme} | {each.service or 'not named'} | {each.status} | {each.begins or ''} "
        f"| {each.ends or ''} | {each.stated} | {each.source}{'' if each.verified else f' {UNVERIFIED}'} |"
        for operator in sorted(table.operators, key=lambda each: each.id)
        for each in operator.qualifications
    ]


def test_page_says_what_the_files_say(root: Path) -> None:
    """No operator is missing and none is invented; what stands above the table is written by hand."""
    path = root / "docs" / "operators.md"
    head = path.read_text(encoding="utf-8").partition(BEGIN)[0]
    if os.environ.get("TRANSFERWATCH_REGENERATE") == "docs":
        path.write_text(head + _page_part(), encoding="utf-8")

    assert path.read_text(encoding="utf-8") == head + _page_part()


def test_every_operator_has_its_line(root: Path) -> None:
    """By its id."""
    page = (root / "docs" / "operators.md").read_text(encoding="utf-8").partition(BEGIN)[2]

    assert [each.id for each in load_operators().operators if f"\n| `{each.id}` | " not in page] == []
