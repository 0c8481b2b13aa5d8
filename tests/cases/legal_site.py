"""Make of a legal case the files that a site would write and the line that its flow log would hold, and judge them.

Decides nothing of the law: what the case says goes through the loaders and the pipeline that `replay` uses.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import yaml

from monitor.attribution.operators import load_operators
from tests.cases.legal_case import UNKNOWN
from tests.judging import Judging, line, printing

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.app import Knowledge
    from tests.cases.legal_case import Case, Certified, Company, Declared
    from tests.judging import Gazetteer, Row

_SYSTEMS: Final = {
    "warehouse": {"networks": ["10.20.0.0/16"], "serves": "staff", "data_class": "health"},
    "portal": {"networks": ["10.30.0.0/16"], "serves": "public", "data_class": "identity"},
}
_TUNNEL: Final = "10.99.0.7"
_REPRINTED: Final = "RU"  # the code for which the atlas is made to print another
_SSH, _HTTPS, _FROM = 22, 443, 40_000
_COMPANY: Final = "company"


@dataclass(frozen=True, slots=True)
class FarEnds:
    """Real addresses for the far ends of cases; each is looked for once."""

    places: Gazetteer
    _found: dict[tuple[str | None, str | None, bool | None], str] = field(default_factory=dict)

    def at(self, *, country: str | None = None, operator: str | None = None, listed: bool | None = None) -> str:
        """An address in that country and of that operator, as the atlas has them."""
        asked = (country, operator, listed)
        if asked not in self._found:
            self._found[asked] = self.places.find(country=country, operator=operator, listed=listed)
        return self._found[asked]

    def as_number(self, address: str) -> int:
        """The AS number of an address of `at` whose operator the table does not list."""
        (operator,) = self.places.operator.filter(self.places.text == address)
        return int(operator.removeprefix("as"))


def judged_case(case: Case, knowledge: Knowledge, far_ends: FarEnds, directory: Path) -> Row:
    """The row that the pipeline makes of the case."""
    far_end = _far_end(case, far_ends)
    if case.printed:
        knowledge = printing(knowledge, case.printed, instead_of=_REPRINTED)
    if case.company:
        knowledge = _with_company(knowledge, case.company, far_ends.as_number(far_end), directory)
    ours = f"{_systems(case)[case.system]['networks'][0].removesuffix('.0.0/16')}.0.5"
    texts = {
        "inventory": _dumped(_inventory(case, far_end)),
        "register": _dumped({"transfers": [_entry(entry, case, far_end) for entry in case.declared]}),
        "certifications": _dumped({"certifications": [_certificate(entry, case) for entry in case.certified]}),
        "policy": yaml.safe_dump(case.policy.model_dump(exclude_none=True), default_flow_style=True).strip(),
        "timezone": case.timezone,
        "exporter": case.exporter,
    }
    port = _SSH if case.service == "administration" else _HTTPS
    if case.opened_by == "us":
        record = line(ours, far_end, at=case.at, srcport=_FROM, dstport=port)
    else:
        record = line(far_end, ours, at=case.at, srcport=_FROM, dstport=port)
    return Judging(knowledge, directory).one(record, **texts)


def expected_of(case: Case) -> Row:
    """The columns of the row that the case speaks of, with what it expects there."""
    said = case.expected
    columns: Row = {}
    if said.place_verdict is not None:
        columns |= {name: getattr(said, name) for name in ("place_verdict", "place_reason", "mechanism")}
    if said.control_verdict is not None:
        columns |= {name: getattr(said, name) for name in ("control_verdict", "control_reason")}
    return columns if said.activity is None else {**columns, "activity": said.activity}


def _far_end(case: Case, far_ends: FarEnds) -> str:
    if case.address:
        return case.address
    if case.between_our_own:
        return "10.30.0.6"
    if case.printed:
        return far_ends.at(country=_REPRINTED)
    if case.company:
        return far_ends.at(listed=False)
    if not case.known:
        return far_ends.at(country=case.country, operator=case.operator)
    return far_ends.at(operator=case.operator) if case.operator else _TUNNEL


def _systems(case: Case) -> dict[str, dict[str, Any]]:
    systems: dict[str, dict[str, Any]] = {name: dict(system) for name, system in _SYSTEMS.items()}
    chosen = systems.setdefault(case.system, {"networks": ["10.40.0.0/16"]})
    chosen |= {"serves": case.serves, "data_class": case.data_class}
    return systems


def _inventory(case: Case, far_end: str) -> dict[str, Any]:
    inventory: dict[str, Any] = {"systems": [{"id": name, **rest} for name, rest in _systems(case).items()]}
    if case.country and case.known:
        stated = {"networks": [f"{far_end}/32"], "country": case.country}
        if case.own_staff:
            inventory["staff"] = [stated]
        else:
            inventory["peers"] = [stated | ({"importer": case.importer} if case.importer else {})]
    return inventory


def _entry(entry: Declared, case: Case, far_end: str) -> dict[str, Any]:
    match = {"networks": [f"{far_end}/32"], "countries": list(entry.countries)}
    tia = {
        "date": entry.assessed,
        "next_review": entry.next_review,
        "supplementary_measures": list(entry.measures),
    }
    scc = {"module": entry.module, "version": entry.clauses, "signed": entry.signed}
    written = {
        "id": entry.id,
        "importer": entry.importer or case.importer or "Example",
        "match": match,
        "systems": list(entry.systems),
        "data_classes": list(entry.data_classes),
        "basis": entry.basis,
        "clear_text_access": entry.clear_text_access,
        "valid_from": entry.valid_from,
        "valid_to": entry.valid_to,
    }
    if entry.assessed:
        written["tia"] = tia
    if entry.clauses:
        written["scc"] = scc
    return written


def _certificate(entry: Certified, case: Case) -> dict[str, Any]:
    return {
        "framework": entry.framework,
        "importer": entry.importer or case.importer,
        "covers": list(entry.covers),
        "valid_from": entry.valid_from,
        "valid_to": entry.valid_to,
        "source": "as the case says",
        "verified": entry.verified,
    }


def _with_company(knowledge: Knowledge, company: Company, as_number: int, directory: Path) -> Knowledge:
    """The same knowledge, where the table holds the one company that the case describes."""
    seats = [
        {
            "entity": f"seat {number}",
            "country": None if seat.country == UNKNOWN else seat.country,
            "source": "as the case says",
            "verified": True,
            "from": seat.begins,
            "to": seat.ends_before,
        }
        for number, seat in enumerate(company.path, 1)
    ]
    operator = {
        "id": _COMPANY,
        "name": "The company of the case",
        "kinds": ["cloud" if company.hosts_others else "saas"],
        "ownership": seats,
        "control": company.control,
        "laws": [{"code": law.code, "from": law.begins, "to": law.ends_before} for law in company.laws],
        "status": "verified",
        "as_numbers": [{"number": as_number, "name": "network of the case", "source": "as the case says"}],
    }
    operators = directory / "operators"
    operators.mkdir()
    (operators / "case.yaml").write_text(_dumped({"operators": [operator]}), encoding="utf-8")
    laws = knowledge.regimes
    table = load_operators(operators, law_codes=laws.laws, marker_codes=laws.markers)
    return replace(knowledge, operators=table)


def _dumped(content: dict[str, Any]) -> str:
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
