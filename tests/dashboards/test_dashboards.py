"""The dashboards that ship are those that are written, and no panel lacks what a reader needs."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

import jsonschema
import pytest
import yaml

from dashboards.asking import ADMINISTRATION, HEALTH, OVERVIEW, TRANSITION, TRIAGE
from dashboards.write import DASHBOARDS, FOLDER, text
from monitor.metrics.table import METRICS
from tests.services.asked import rules, unknown

if TYPE_CHECKING:
    from pathlib import Path

_UIDS: Final = {uid for _, uid in (OVERVIEW, TRIAGE, ADMINISTRATION, TRANSITION, HEALTH)}
_SOURCE: Final = {"const": {"type": "prometheus", "uid": "${datasource}"}}
_WORDS: Final = {"type": "string", "minLength": 1}
# What the classic model of Grafana's dashboards asks for, and what this house asks for beyond it.
_TARGET: Final = {
    "type": "object",
    "required": ["expr", "refId", "legendFormat", "datasource", "format"],
    "properties": {"expr": _WORDS, "refId": _WORDS, "legendFormat": _WORDS, "datasource": _SOURCE},
}
_DEFAULTS: Final = {
    "type": "object",
    "required": ["unit", "thresholds", "noValue"],
    "properties": {
        "unit": _WORDS,
        "noValue": _WORDS,
        "thresholds": {
            "type": "object",
            "properties": {
                "mode": {"const": "absolute"},
                # The lowest step has no value: it is the colour of all below the second.
                "steps": {"type": "array", "minItems": 1, "prefixItems": [{"properties": {"value": {"type": "null"}}}]},
            },
        },
    },
}
_PANEL: Final = {
    "type": "object",
    "required": ["id", "type", "title", "description", "gridPos", "targets", "fieldConfig", "links", "datasource"],
    "properties": {
        "id": {"type": "integer", "minimum": 1},
        "type": {"enum": ["stat", "bargauge", "table", "timeseries", "geomap"]},
        "title": _WORDS,
        "description": {"type": "string", "minLength": 20},
        "datasource": _SOURCE,
        "targets": {"type": "array", "minItems": 1, "items": _TARGET},
        "links": {"type": "array", "minItems": 1},
        "fieldConfig": {"type": "object", "required": ["defaults"], "properties": {"defaults": _DEFAULTS}},
        "gridPos": {
            "type": "object",
            "required": ["x", "y", "w", "h"],
            "properties": {"x": {"maximum": 23, "minimum": 0}, "w": {"maximum": 24, "minimum": 1}},
        },
    },
}
_BOARD: Final = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["uid", "title", "description", "tags", "schemaVersion", "panels", "templating", "time", "refresh"],
    "properties": {
        "uid": {"enum": sorted(_UIDS)},
        "schemaVersion": {"type": "integer", "minimum": 30},
        "title": _WORDS,
        "description": _WORDS,
        "editable": {"const": False},
        "panels": {"type": "array", "minItems": 5, "items": _PANEL},
    },
}
_EVERY: Final = pytest.mark.parametrize("name", DASHBOARDS)


def _loaded(name: str) -> dict[str, Any]:
    board: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_bytes())
    return board


def _queries() -> list[str]:
    return [target["expr"] for name in DASHBOARDS for panel in _loaded(name)["panels"] for target in panel["targets"]]


@_EVERY
def test_what_is_committed_is_what_is_written(name: str) -> None:
    """`python -m dashboards.write` writes them anew."""
    assert (FOLDER / f"{name}.json").read_text(encoding="utf-8") == text(name)


def test_no_other_dashboard_ships() -> None:
    """One that nobody writes any more is gone."""
    assert {path.stem for path in FOLDER.iterdir()} == set(DASHBOARDS)
    assert {_loaded(name)["uid"] for name in DASHBOARDS} == _UIDS


@_EVERY
def test_a_dashboard_keeps_to_the_schema(name: str) -> None:
    """Every panel has title, description, unit, thresholds, legend, link and data source."""
    jsonschema.Draft202012Validator(_BOARD).validate(_loaded(name))


@_EVERY
def test_panels_have_one_id_and_one_place_each(name: str) -> None:
    """Grafana draws panels that overlap over one another, and those beyond 24 columns not at all."""
    panels = _loaded(name)["panels"]
    cells = [
        (column, line)
        for place in (panel["gridPos"] for panel in panels)
        for column in range(place["x"], place["x"] + place["w"])
        for line in range(place["y"], place["y"] + place["h"])
    ]

    assert len({panel["id"] for panel in panels}) == len({panel["title"] for panel in panels}) == len(panels)
    assert (len(set(cells)), max(column for column, _ in cells)) == (len(cells), 23)


@_EVERY
def test_links_lead_to_dashboards_that_exist(name: str) -> None:
    """By their uid, which never changes."""
    links = [link["url"] for panel in _loaded(name)["panels"] for link in panel["links"]]

    assert {url.removeprefix("/d/").partition("?")[0] for url in links} - _UIDS == set()


@_EVERY
def test_variables_are_those_that_the_queries_use(name: str) -> None:
    """And ask for metrics and labels that exist."""
    board = _loaded(name)
    variables = {each["name"]: each.get("query") for each in board["templating"]["list"]}
    text_ = json.dumps(board["panels"])
    asked = [
        query.removeprefix("label_values(").rstrip(")").split(", ") for query in variables.values() if "(" in query
    ]

    assert {name_ for name_ in variables if f"${name_}" not in text_ and f"${{{name_}}}" not in text_} == set()
    assert [unknown(f'{metric}{{{label}=""}}') for metric, label in asked] == [set()] * len(asked)


def test_the_map_draws_countries_by_their_two_letters_and_fetches_nothing() -> None:
    """Names and borders are Grafana's own; tiles would come from servers of third countries."""
    (panel,) = (panel for panel in _loaded("overview")["panels"] if panel["type"] == "geomap")
    (layer,) = panel["options"]["layers"]
    ground = panel["options"]["basemap"]

    assert (layer["type"], layer["location"]["mode"], layer["location"]["lookup"]) == (
        "markers", "lookup", "place_country",
    )  # fmt: skip
    assert [layer["location"]["gazetteer"], ground["type"], ground["config"]["src"]] == [
        "public/gazetteer/countries.json", "geojson", "public/maps/countries.geojson",
    ]  # fmt: skip


def test_a_live_finding_leads_to_what_is_behind_it() -> None:
    """Every column that the portal can be asked by stands in the address; each is a column of the table."""
    (panel,) = (
        each for each in _loaded("triage")["panels"] if each["title"] == "Live findings, by system and operator"
    )
    (link,) = panel["fieldConfig"]["defaults"]["links"]
    (organise,) = panel["transformations"]
    asked = dict(re.findall(r'(\w+)=\$\{__data\.fields\["([^"]+)"\]:percentencode\}', link["url"]))

    assert link["url"].startswith("${portal}/findings?state=open&")
    assert set(asked) == {"rule", "system", "operator", "place_country", "control_country"}
    assert {label: organise["options"]["renameByName"][label] for label in asked} == asked


def test_queries_name_metrics_and_labels_that_exist() -> None:
    """A query of another name gives an empty panel, which reads like: nothing left."""
    assert {name for query in _queries() for name in unknown(query)} == set()


def test_every_metric_is_asked_for(root: Path) -> None:
    """By a panel or a rule: a metric that nobody asks for is not worth its series."""
    asked = " ".join([*_queries(), *(rule["expr"] for rule in rules(root))])

    assert [metric.name for metric in METRICS if metric.name not in asked] == []


def test_trends_do_not_ask_for_increases_of_rare_series() -> None:
    """The fine counters appear with their first value on them, which `increase` and `rate` do not see."""
    fine = [query for query in _queries() if "transferwatch_transfer_" in query or "_unjudged_" in query]

    assert [query for query in fine if "increase(" in query or "rate(" in query] == []


def test_provisioning_names_a_folder_and_a_source(root: Path) -> None:
    """As Grafana reads these files at its start."""
    folder = root / "dashboards" / "provisioning"
    sources = yaml.safe_load((folder / "datasources" / "transferwatch.yml").read_bytes())
    providers = yaml.safe_load((folder / "dashboards" / "transferwatch.yml").read_bytes())

    assert [(each["type"], each["access"]) for each in sources["datasources"]] == [("prometheus", "proxy")]
    assert [(each["type"], bool(each["options"]["path"])) for each in providers["providers"]] == [("file", True)]
    assert (sources["apiVersion"], providers["apiVersion"]) == (1, 1)
