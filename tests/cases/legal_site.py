"""Make of a legal case the files that a site would write and the line that its flow log would hold, and judge them.

Decides nothing of the law: what the case says goes through the loaders and the pipeline that `replay` uses.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import yaml

from monitor.attribution.operators import load_operators
from tests.cases.legal_case import UNKNOWN, plain
from tests.judging import Judging, line, printing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from monitor.app import Knowledge
    from tests.cases.legal_case import Case, Certified, Company, Declared
    from tests.judging import Gazetteer, Row

_SYSTEMS: Final = {
    "warehouse": {"networks": ["10.20.0.0/16"], "serves": "staff", "data_class": "health"},
    "portal": {"networks": ["10.30.0.0/16"], "serves": "public", "data_class": "identity"},
}
_REPRINTED: Final = "RU"  # the code for which the atlas is made to print another
_SSH, _HTTPS, _FROM = 22, 443, 40_000
_COMPANY: Final = "company"
_OF_OURS: Final = "10.30.0.6"


@dataclass(frozen=True, slots=True)
class Docket:
    """All cases. Those that one site can have are judged in one log, each site when its first case is asked for."""

    by_site: Mapping[str, Sequence[Case]]
    knowledge: Knowledge
    places: Gazetteer
    directory: Path
    _rows: dict[str, Row] = field(default_factory=dict)
    _found: dict[tuple[str | None, str | None, bool | None], str] = field(default_factory=dict)

    @classmethod
    def of(cls, cases: Sequence[Case], knowledge: Knowledge, places: Gazetteer, directory: Path) -> Docket:
        """Sort the cases by site; the files of each site go below `directory`."""
        by_site: dict[str, list[Case]] = {}
        for case in cases:
            by_site.setdefault(_site(case), []).append(case)
        return cls(by_site, knowledge, places, directory)

    def row(self, case: Case) -> Row:
        """The row that the pipeline makes of the case."""
        if case.id not in self._rows:
            together = self.by_site[_site(case)]
            self._rows.update(zip((each.id for each in together), self._judged(together), strict=True))
        return self._rows[case.id]

    def _judged(self, cases: Sequence[Case]) -> list[Row]:
        """Rows of cases at one site, in their order."""
        case = cases[0]
        directory = self.directory / case.id
        directory.mkdir()
        knowledge = self.knowledge
        far_ends = [self._far_end(each, cases) for each in cases]
        if case.printed:
            knowledge = printing(knowledge, case.printed, instead_of=_REPRINTED)
        if case.company:
            knowledge = _with_company(knowledge, case.company, self._as_number(far_ends[0]), directory)
        texts = {
            "inventory": _dumped(_inventory(cases, far_ends)),
            "register": _dumped({"transfers": [_entry(entry, case, far_ends[0]) for entry in case.declared]}),
            "certifications": _dumped({"certifications": [_certificate(entry, case) for entry in case.certified]}),
            "policy": yaml.safe_dump(case.policy.model_dump(exclude_none=True), default_flow_style=True).strip(),
            "timezone": case.timezone,
            "exporter": case.exporter,
        }
        records = [_record(each, far_end) for each, far_end in zip(cases, far_ends, strict=True)]
        return Judging(knowledge, directory)(records, **texts).rows

    def _far_end(self, case: Case, cases: Sequence[Case]) -> str:
        if case.address or case.between_our_own:
            return case.address or _OF_OURS
        if case.printed:
            return self._find(country=_REPRINTED)
        if case.company:
            return self._find(listed=False)
        if not case.known:
            return self._find(country=case.country, operator=case.operator)
        if case.operator:
            return self._find(operator=case.operator)
        ends = list(dict.fromkeys(_end(each) for each in cases))
        return f"10.99.{ends.index(_end(case))}.7"

    def _find(self, *, country: str | None = None, operator: str | None = None, listed: bool | None = None) -> str:
        """An address in that country and of that operator, as the atlas has them; looked for once."""
        asked = (country, operator, listed)
        if asked not in self._found:
            self._found[asked] = self.places.find(country=country, operator=operator, listed=listed)
        return self._found[asked]

    def _as_number(self, address: str) -> int:
        """The AS number of an address whose operator the table does not list."""
        (operator,) = self.places.operator.filter(self.places.text == address)
        return int(operator.removeprefix("as"))


def _end(case: Case) -> tuple[str | None, str | None, bool]:
    """What the inventory says of a far end that is known by it alone."""
    return case.country, case.importer, case.own_staff


def _site(case: Case) -> str:
    """The files of the site, as far as cases must share them to be judged together."""
    apart = {"id", "at", "boundary", "opened_by", "service", "expected", "because", "source", "verified"}
    if case.known and not (case.declared or case.certified or case.company or case.operator):
        apart |= {"country", "importer", "own_staff"}  # known by the inventory alone, which can know many
    return json.dumps(plain(case, *apart), sort_keys=True, default=str) + str(bool(case.country))


def _record(case: Case, far_end: str) -> str:
    """The line of the flow log."""
    ours = f"{_systems(case)[case.system]['networks'][0].removesuffix('.0.0/16')}.0.5"
    port = _SSH if case.service == "administration" else _HTTPS
    src, dst = (ours, far_end) if case.opened_by == "us" else (far_end, ours)
    return line(src, dst, at=case.at, srcport=_FROM, dstport=port)


def expected_of(case: Case) -> Row:
    """The columns of the row that the case speaks of, with what it expects there."""
    said = case.expected
    columns: Row = {}
    if said.place_verdict is not None:
        columns |= {name: getattr(said, name) for name in ("place_verdict", "place_reason", "mechanism")}
    if said.control_verdict is not None:
        columns |= {name: getattr(said, name) for name in ("control_verdict", "control_reason")}
    return columns if said.activity is None else {**columns, "activity": said.activity}


def _systems(case: Case) -> dict[str, dict[str, Any]]:
    systems: dict[str, dict[str, Any]] = {name: dict(system) for name, system in _SYSTEMS.items()}
    chosen = systems.setdefault(case.system, {"networks": ["10.40.0.0/16"]})
    chosen |= {"serves": case.serves, "data_class": case.data_class}
    return systems


def _inventory(cases: Sequence[Case], far_ends: Sequence[str]) -> dict[str, Any]:
    inventory: dict[str, Any] = {"systems": [{"id": name, **rest} for name, rest in _systems(cases[0]).items()]}
    for far_end, case in dict(zip(far_ends, cases, strict=True)).items():
        if not case.country or not case.known:
            continue
        stated = {"networks": [f"{far_end}/32"], "country": case.country}
        if case.importer and not case.own_staff:
            stated["importer"] = case.importer
        inventory.setdefault("staff" if case.own_staff else "peers", []).append(stated)
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
