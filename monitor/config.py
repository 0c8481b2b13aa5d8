"""The site: transferwatch.yaml and the files it names, loaded together and checked against one another.

Decides the defaults and what a site cannot start with; every problem of every file is found in one run. It starts
nothing, opens no source and no ledger, and refuses to know which operators and source types exist: the caller says so.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field

from monitor.alert.settings import Alerts
from monitor.alert.waivers import Waivers, fit_waivers
from monitor.attribution.kept_atlases import open_atlas
from monitor.document import Document, Finding, Listed, Written, fit, load_document, open_document
from monitor.fields import Country, Identifier, Surroundings, Text, Timezone
from monitor.inventory import Inventory, fit_inventory
from monitor.law.certifications import Certifications, fit_certifications
from monitor.law.changes import Change, ChangesFile, change_findings
from monitor.law.register import Register, fit_register
from monitor.named_files import NamedFiles
from monitor.problem import ProblemsFound
from monitor.secret_files import check_files_of_alerts, check_files_of_stores, secret_text
from monitor.shipped import shipped
from monitor.sources import Source, source_findings
from monitor.wording import Unfit, choose, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from typing import TypeAlias

    from monitor.attribution.atlas import Atlas
    from monitor.law.regimes import Regimes
    from monitor.law.territories import Territories
    from monitor.problem import Problem
    from monitor.yaml_text import Data

    ShippedLaw: TypeAlias = Callable[[], tuple[Regimes, Territories]]

_SQLITE: Final = re.compile(r"sqlite:///(?P<path>.+)")
_ADDRESS: Final = re.compile(r"(?P<host>[0-9.]+|\[[0-9a-fA-F:.]+\]):(?P<port>\d{1,5})")
_LAST_PORT: Final = 65_535
# Nobody but this machine; `demo` takes the same port, or a free one.
LISTEN: Final = "127.0.0.1:8480"
_POSTGRESQL: Final = re.compile(r"postgresql\+psycopg://[^/\s]*/[^/\s]+")


def _ledger_url(url: str) -> str:
    if _SQLITE.fullmatch(url) or _POSTGRESQL.fullmatch(url):
        return url
    # The value is not repeated: it may hold a password.
    raise Unfit("this is not the URL of a ledger", "Write sqlite:///ledger.db or postgresql+psycopg://USER@HOST/NAME.")


def _listening(address: str) -> str:
    found = _ADDRESS.fullmatch(address)
    with suppress(ValueError):
        if found and int(found["port"]) <= _LAST_PORT and str(ip_address(found["host"].strip("[]"))):
            return address
    raise Unfit("this is no address and port to listen on", "Write 127.0.0.1:8480 or [::1]:8480.")


class Exporter(Written):
    """Who answers for the transfers in the law's terms: the data exporter."""

    name: Text = Field(examples=["CHU Exemple"])
    country: Country = Field(examples=["FR"])
    role: Literal["controller", "joint_controller", "processor"] = "controller"


class Policy(Written):
    """Where the law leaves a choice to the site."""

    exposed_from_weight: Literal["low", "medium", "high"] = "medium"
    review_territories: Literal["third_country", "eea", "undetermined"] = "third_country"
    unincorporated_adequacy: Literal["applies", "does_not_apply", "undetermined"] = "undetermined"


class Retention(Written):
    """For how many days the ledger keeps what it was given, counted from the record or from the day of writing.

    Evidence holds addresses, which are personal data; the sums hold none. Source of the first default: CNIL,
    deliberation 2021-122 of 14 October 2021 on logging (six months to one year); of the second: the five years of
    Art. 2224 Code civil.
    """

    evidence_days: int = Field(default=365, gt=0, le=36_500)
    transfers_days: int = Field(default=1_827, gt=0, le=36_500)


def _as_folder(written: object) -> object:
    return {"folder": written} if isinstance(written, str) else written


def _shipped_rule(name: str) -> str:
    known = [path.stem for path in shipped("rules/detection").glob("*.yml")]
    if name in known:
        return name
    raise Unfit(f"no shipped rule is called {shown(name)}", choose(name, known))


class DisabledRule(Written):
    """A shipped rule that the site does without, and why."""

    rule: Annotated[Text, AfterValidator(_shipped_rule)] = Field(examples=["telemetry_to_third_country"])
    reason: Text = Field(examples=["own rule paris_telemetry instead"])


class Rules(Written):
    """Detection rules of the site's own, and the shipped ones that it does without."""

    folder: Text | None = None
    disabled: Listed[DisabledRule] = ()


class SiteFile(Written):
    """The whole of transferwatch.yaml, as written."""

    site: Identifier = Field(examples=["paris-1"])
    timezone: Timezone = Field(default="UTC")
    exporter: Exporter = Field(examples=["{name: CHU Exemple, country: FR, role: controller}"])
    inventory: Text = Field(examples=["inventory.yaml"])
    register_path: Text | None = Field(default=None, alias="register")
    certifications: Text | None = None
    law: Listed[Text] = ()
    atlas: Text | None = None
    policy: Policy = Policy()
    ledger: Annotated[Text, AfterValidator(_ledger_url)] | None = None
    ledger_file: Text | None = None
    atlas_sources: Text | None = None
    listen: Annotated[Text, AfterValidator(_listening)] = LISTEN
    listen_names: Listed[Text] = ()
    retention: Retention = Retention()
    rules: Annotated[Rules, BeforeValidator(_as_folder)] = Rules()
    sources: Listed[Source] = ()
    alerts: Alerts = Alerts()
    waivers: Text | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """Everything an operator wrote, loaded; a value, so that a reload replaces it whole."""

    name: str
    timezone: tzinfo
    exporter: Exporter
    directory: Path
    inventory: Inventory
    register: Register = field(default_factory=Register)
    certifications: Certifications = field(default_factory=Certifications)
    law: tuple[Change, ...] = ()
    atlas: Atlas | None = None
    policy: Policy = field(default_factory=Policy)
    ledger: str | None = None
    retention: Retention = field(default_factory=Retention)
    sources: tuple[Source, ...] = ()
    kept_atlases: Path | None = None
    atlas_sources: Path | None = None
    rules_folder: Path | None = None
    disabled_rules: Mapping[str, str] = field(default_factory=dict)
    alerts: Alerts = field(default_factory=Alerts)
    waivers: Waivers = field(default_factory=Waivers)
    listen: str = LISTEN
    listen_names: tuple[str, ...] = ()

    def source_name(self, source: Source) -> str:
        """What reports and metrics call a source: its name, else its type, with its path where that is not enough."""
        if source.name is not None:
            return source.name
        alike = sum(other.type == source.type for other in self.sources)
        return source.type if alike == 1 else f"{source.type} {source.path}"

    @property
    def source_names(self) -> tuple[str, ...]:
        """Names of all sources, in the order of the file."""
        return tuple(dict.fromkeys(self.source_name(source) for source in self.sources))

    @property
    def expected_seconds(self) -> dict[str, int]:
        """The longest silence that is normal, by name of the source; of entries of one name the shortest."""
        told = [(self.source_name(each), each.expect_every_seconds) for each in self.sources]
        found: dict[str, int] = {}
        for name, seconds in told:
            if seconds is not None:
                found[name] = min(seconds, found.get(name, seconds))
        return found

    def pattern(self, source: Source) -> str:
        """Where a source's files are: an absolute path that may hold wildcards, or the URL of an object store."""
        return source.path if "://" in source.path else str(self.directory / source.path)


def bare_site() -> Site:
    """The site of a command without `-c`: nothing is ours, nothing is declared, the exporter sits in France."""
    exporter = Exporter(name="unnamed", country="FR")
    return Site("unnamed", UTC, exporter, Path(), Inventory(systems=()))


def load_site(
    path: Path,
    *,
    known_operators: Collection[str],
    known_kinds: Collection[str],
    shipped_law: ShippedLaw | None = None,
) -> Site:
    """The site that a transferwatch.yaml describes.

    `shipped_law` gives the law that the site's own decisions change; without it only their form is checked.

    Raises:
        ProblemsFound: with every problem of it and of every file it names.
    """
    problems: list[Problem] = []
    site = _load(path, Surroundings(operators=known_operators, kinds=known_kinds), problems, shipped_law)
    if site is None or problems:
        raise ProblemsFound(problems)
    return site


def check(
    path: Path,
    *,
    known_operators: Collection[str],
    known_kinds: Collection[str],
    shipped_law: ShippedLaw | None = None,
) -> list[Problem]:
    """Every problem of a site's files, sorted by file and place; empty when the site can start."""
    try:
        load_site(path, known_operators=known_operators, known_kinds=known_kinds, shipped_law=shipped_law)
    except ProblemsFound as found:
        return list(found.problems)
    return []


def load_changes(path: Path, regimes: Regimes, territories: Territories) -> tuple[Change, ...]:
    """The lines of a file of decisions, which are about this law.

    Raises:
        ProblemsFound: with everything that is wrong in the file.
    """
    check = partial(change_findings, regimes=regimes, territories=territories)
    return load_document(path, ChangesFile, check=check).decisions


def _load(path: Path, known: Surroundings, problems: list[Problem], shipped_law: ShippedLaw | None) -> Site | None:
    document = open_document(path, problems)
    if document is None:
        return None
    known = replace(known, timezone=_zone(document))
    written = fit(document, SiteFile, problems, context=known)
    findings = (*_site_findings(document.data), *source_findings(document.data))
    problems.extend(document.problem(*finding) for finding in findings)
    named = NamedFiles(document, path.parent, problems)
    inventory_file = named.open("inventory")
    known = replace(known, systems=_system_ids(inventory_file))
    inventory = fit_inventory(inventory_file, problems, known) if inventory_file else None
    register_file = named.open("register")
    register = fit_register(register_file, problems, known) if register_file else None
    certifications_file = named.open("certifications")
    certifications = (
        fit_certifications(certifications_file, problems, known, path.parent) if certifications_file else None
    )
    waivers_file = named.open("waivers")
    waivers = fit_waivers(waivers_file, problems, known) if waivers_file else None
    law = _law(named.open_all("law"), problems, shipped_law)
    atlas = _atlas(named)
    secret = secret_text(named, "ledger_file", _ledger_url)
    check_files_of_stores(named)
    rules_folder = _rules_folder(named)
    check_files_of_alerts(named)
    if written is None or inventory is None or problems:
        return None
    directory = path.parent.absolute()
    return Site(
        name=written.site,
        timezone=known.timezone,
        exporter=written.exporter,
        directory=directory,
        inventory=inventory,
        register=register or Register(),
        certifications=certifications or Certifications(),
        law=law,
        atlas=atlas,
        policy=written.policy,
        ledger=_beside(directory, secret or written.ledger),
        retention=written.retention,
        sources=written.sources,
        kept_atlases=named.folder("atlas"),
        atlas_sources=directory / written.atlas_sources if written.atlas_sources else None,
        rules_folder=rules_folder,
        disabled_rules={each.rule: each.reason for each in written.rules.disabled},
        alerts=written.alerts,
        waivers=waivers or Waivers(),
        listen=written.listen,
        listen_names=tuple(written.listen_names),
    )


def _law(files: Iterable[Document], problems: list[Problem], shipped_law: ShippedLaw | None) -> tuple[Change, ...]:
    """The lines of all files, each file about the law as those before it leave it."""
    lines: tuple[Change, ...] = ()
    for file in files:
        check = None
        if shipped_law is not None:
            regimes, territories = shipped_law()
            check = partial(change_findings, regimes=regimes, territories=territories, before=lines)
        read = fit(file, ChangesFile, problems, check=check)
        lines += read.decisions if read else ()
    return lines


def _site_findings(data: Mapping[str, Data]) -> Iterator[Finding]:
    if data.get("ledger") is not None and data.get("ledger_file") is not None:
        yield Finding(("ledger_file",), "the ledger is given twice.", "Keep ledger or ledger_file.")


def _atlas(named: NamedFiles) -> Atlas | None:
    """The site's own atlas; None without one, and when a problem was added."""
    path = named.path(("atlas",), named.document.data.get("atlas"))
    if path is None:
        return None
    try:
        return open_atlas(path)
    except ProblemsFound as found:
        remedy = f"Build it anew with `transferwatch geodata build --sources FILE --out {path.name}`."
        if path.is_dir():
            remedy = "Make one with `transferwatch geodata update -c FILE`."
        what = " ".join(problem.what for problem in found.problems)
        named.add(("atlas",), f"in {path}: {what}", remedy)
        return None


def _rules_folder(named: NamedFiles) -> Path | None:
    """The folder of the site's own rules; None without one, and when a problem was added."""
    rules = named.document.data.get("rules")
    place: tuple[str, ...] = ("rules", "folder") if isinstance(rules, dict) else ("rules",)
    path = named.path(place, rules.get("folder") if isinstance(rules, dict) else rules)
    if path is None or path.is_dir():
        return path
    named.add(place, f"{path} is no folder.", "Write the folder of the rules.")
    return None


def _zone(document: Document) -> tzinfo:
    written = document.data.get("timezone")
    try:
        return ZoneInfo(written) if isinstance(written, str) else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC  # the model reports it


def _system_ids(inventory: Document | None) -> list[str] | None:
    """The ids as written: the register is checked against them even when the inventory has mistakes elsewhere."""
    systems = inventory.data.get("systems") if inventory else None
    if not isinstance(systems, list):
        return None
    return [str(system["id"]) for system in systems if isinstance(system, dict) and "id" in system]


def _beside(directory: Path, url: str | None) -> str | None:
    """A relative SQLite file lies beside transferwatch.yaml, wherever the command was started."""
    found = _SQLITE.fullmatch(url) if url else None
    return f"sqlite:///{directory / found['path']}" if found else url
