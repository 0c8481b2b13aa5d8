"""A site is loaded whole, or every problem of every file is said."""

from __future__ import annotations

import re
from datetime import UTC
from typing import TYPE_CHECKING, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from monitor.alert.waivers import WaiversFile
from monitor.config import SiteFile, bare_site, check, load_site
from monitor.inventory import Inventory
from monitor.law.certifications import Certifications
from monitor.law.register import Measure, Register

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.config import Site

_OPERATORS = frozenset({"aws", "microsoft_azure", "ovh", "scaleway", "snowflake"})
_KINDS = frozenset({"aws_vpc", "netflow"})
_MODELS = (SiteFile, Inventory, Register, Certifications, WaiversFile)
_FILES = {
    "transferwatch.yaml": "site: a\nexporter: {name: A, country: FR}\ninventory: inventory.yaml\n",
    "inventory.yaml": "systems:\n  - {id: a, networks: [10.0.0.0/8], data_class: health}\n",
}


def _write(folder: Path, **changed: str) -> Path:
    for name, text in _FILES.items():
        (folder / name).write_text(changed.get(name.partition(".")[0], text), encoding="utf-8")
    return folder / "transferwatch.yaml"


def _load(path: Path) -> Site:
    return load_site(path, known_operators=_OPERATORS, known_kinds=_KINDS)


def _said(path: Path) -> list[str]:
    problems = check(path, known_operators=_OPERATORS, known_kinds=_KINDS)
    return [str(problem).removeprefix(f"{path.parent}/") for problem in problems]


def test_what_is_not_written_has_its_default(tmp_path: Path) -> None:
    """Three keys are enough for a site."""
    site = _load(_write(tmp_path))

    assert (site.name, site.timezone, site.exporter.role) == ("a", UTC, "controller")
    assert (site.policy.exposed_from_weight, site.policy.review_territories) == ("medium", "third_country")
    assert (Register(), Certifications(), None, ()) == (site.register, site.certifications, site.ledger, site.sources)


@pytest.mark.parametrize("listen", ["127.0.0.1:8480", "'[::1]:0'", "10.0.0.7:65535"])
def test_an_address_to_listen_on_has_a_port(tmp_path: Path, listen: str) -> None:
    """A number of either kind."""
    path = _write(tmp_path, transferwatch=f"{_FILES['transferwatch.yaml']}listen: {listen}\n")

    assert _load(path).listen == listen.strip("'")


@pytest.mark.parametrize("listen", ["8480", "localhost:8480", "127.0.0.1", "127.0.0.1:65536", "1.2.3:80", "'::1:80'"])
def test_what_is_no_address_to_listen_on_is_refused(tmp_path: Path, listen: str) -> None:
    """With one that is."""
    path = _write(tmp_path, transferwatch=f"{_FILES['transferwatch.yaml']}listen: {listen}\n")

    assert [each.partition(": ")[2] for each in _said(path)] == [
        "this is no address and port to listen on. Write 127.0.0.1:8480 or [::1]:8480."
    ]


def test_the_exemplary_site_loads(root: Path) -> None:
    """All four files, with the zone reaching the days of the register."""
    site = _load(root / "tests" / "cases" / "site" / "transferwatch.yaml")

    assert [
        len(site.inventory.systems),
        len(site.register.transfers),
        len(site.certifications.certifications),
        len(site.sources),
    ] == [5, 4, 4, 3]
    assert site.register.transfers[0].begins.isoformat() == "2026-01-31T23:00:00+00:00"


def test_paths_are_from_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever the command is started."""
    text = (
        _FILES["transferwatch.yaml"] + "ledger: sqlite:///var/ledger.db\nsources: [{type: aws_vpc, path: flow/*.gz}]\n"
    )
    path = _write(tmp_path, transferwatch=text)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    site = _load(path)

    assert f"sqlite:///{tmp_path}/var/ledger.db" == site.ledger
    assert [f"{tmp_path}/flow/*.gz"] == [site.pattern(source) for source in site.sources]


def test_an_object_store_is_no_path(tmp_path: Path) -> None:
    """A URL stays as it is."""
    text = _FILES["transferwatch.yaml"] + "sources: [{type: aws_vpc, path: s3://bucket/flow/}]\n"
    site = _load(_write(tmp_path, transferwatch=text))

    assert [site.pattern(source) for source in site.sources] == ["s3://bucket/flow/"]


def test_the_ledger_may_stand_in_a_file_of_its_own(tmp_path: Path) -> None:
    """It holds a password; the line feed at its end is none of it."""
    (tmp_path / "ledger.url").write_text("postgresql+psycopg://watch:secret@db/ledger\n")
    site = _load(_write(tmp_path, transferwatch=_FILES["transferwatch.yaml"] + "ledger_file: ledger.url\n"))

    assert site.ledger == "postgresql+psycopg://watch:secret@db/ledger"


def test_a_password_is_never_repeated(tmp_path: Path) -> None:
    """Problems end in tickets and chats."""
    text = _FILES["transferwatch.yaml"] + "ledger: mysql://watch:secret@db/ledger\n"

    assert [line for line in _said(_write(tmp_path, transferwatch=text)) if "secret" in line] == []


def test_all_files_are_read_although_the_first_is_wrong(tmp_path: Path) -> None:
    """One run says everything."""
    path = _write(
        tmp_path,
        transferwatch="exporter: {name: A, country: FR}\ninventory: inventory.yaml\n",
        inventory="systems: []\nowner: x\n",
    )

    assert _said(path) == [
        "inventory.yaml:1:10 systems: no system is listed, so nothing would be ours. List at least one.",
        "inventory.yaml:2:1 owner: this key is not known. Write one of: forwarders, peers, staff, systems.",
        "transferwatch.yaml:1:1 site: this key is missing. Write it, for example `site: paris-1`.",
    ]


def test_a_site_that_is_not_there_is_one_problem(tmp_path: Path) -> None:
    """The path is shown as it was given."""
    assert _said(tmp_path / "t.yaml") == ["t.yaml: there is no such file. Create it, or correct the path."]


def test_a_sound_site_has_no_problem(tmp_path: Path) -> None:
    """`check` is silent then."""
    assert _said(_write(tmp_path)) == []


def test_a_command_without_a_site_has_nothing_of_its_own() -> None:
    """Nothing ours, nothing declared, an exporter in France."""
    site = bare_site()

    assert (
        site.inventory.systems,
        site.register.transfers,
        site.exporter.country,
        site.exporter.role,
    ) == ((), (), "FR", "controller")


def test_equal_sites_are_equal(tmp_path: Path) -> None:
    """A reload that changes nothing can be seen to change nothing."""
    path = _write(tmp_path)

    assert _load(path) == _load(path)


@pytest.mark.parametrize("model", _MODELS, ids=lambda model: model.__name__)
def test_the_handbook_explains_every_key(model: type[BaseModel], root: Path) -> None:
    """A key that is not in docs/configuration.md does not exist for the operator."""
    documented = _documented(root)

    assert [key for key in _keys(model, "") if key not in documented] == []


def test_the_handbook_explains_no_key_that_is_gone(root: Path) -> None:
    """An operator who copies from the page is not refused."""
    known = {key for model in _MODELS for key in _keys(model, "")} | set(get_args(Measure))

    assert sorted(_documented(root) - known) == []


def _documented(root: Path) -> set[str]:
    """First column of every table that names keys."""
    page = (root / "docs" / "configuration.md").read_text(encoding="utf-8")
    return set(re.findall(r"^\| `([a-z_.]+)` \|", page, re.MULTILINE)) - {"transferwatch.yaml"}


def _keys(model: type[BaseModel], above: str) -> list[str]:
    keys = []
    for name, known in model.model_fields.items():
        key = f"{above}{known.alias or name}"
        keys.append(key)
        keys += [below for inner in _models(known.annotation) for below in _keys(inner, f"{key}.")]
    return keys


def _models(annotation: object) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for inner in get_args(annotation) for found in _models(inner)]


_LINES = st.lists(
    st.sampled_from(
        """
        site: a;timezone: Europe/Paris;timezone: [;inventory: inventory.yaml;inventory: 5;inventory: .;policy:
        policy: {};register: inventory.yaml;certifications: '';exporter: {name: A, country: NO};ledger: sqlite:///a;transfers:
        ledger_file: inventory.yaml;sources: [{type: aws_vpc, path: a}];sources: [1];systems: [];- a;&a;*a;\0;\t;'
        ? :;systems: [{id: a, networks: [10.0.0.0/8], data_class: health}];transfers: [{id: 1, match: {domains: [x]}}]
        certifications: [{framework: us_dpf}]
        """.strip(" \n")
        .replace("\n        ", ";")
        .split(";")
    ),
    max_size=8,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(site=_LINES.map("\n".join) | st.text(max_size=40), inventory=_LINES.map("\n".join) | st.text(max_size=40))
def test_any_two_files_are_a_site_or_problems(
    tmp_path: Path, site: list[str] | str, inventory: list[str] | str
) -> None:
    """Nothing that an operator can save raises anything but problems."""
    texts = ["\n".join(lines) if isinstance(lines, list) else lines for lines in (site, inventory)]
    path = _write(tmp_path, transferwatch=texts[0], inventory=texts[1])
    problems = check(path, known_operators=_OPERATORS, known_kinds=_KINDS)

    assert problems != [] or _load(path).inventory.systems != ()
