"""The panels that the dashboards are made of.

Decides what no panel may lack: a title, a description, a unit, thresholds, a legend, and a link to where one reads on.
Knows no metric.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from grafana_foundation_sdk.builders import bargauge, common, geomap, stat, table, timeseries
from grafana_foundation_sdk.builders.dashboard import (
    Dashboard,
    DashboardLink,
    DatasourceVariable,
    QueryVariable,
    TextBoxVariable,
    ThresholdsConfig,
)
from grafana_foundation_sdk.builders.prometheus import Dataquery
from grafana_foundation_sdk.models import common as common_kinds
from grafana_foundation_sdk.models import dashboard as kinds
from grafana_foundation_sdk.models import geomap as geomap_kinds
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Builder: TypeAlias = stat.Panel | bargauge.Panel | table.Panel | timeseries.Panel | geomap.Panel
_B = TypeVar("_B", stat.Panel, bargauge.Panel, table.Panel, timeseries.Panel, geomap.Panel)

TAG: Final = "transferwatch"
# The data source is chosen at the top of a dashboard, so that one file serves every Grafana.
_SOURCE: Final = kinds.DataSourceRef(type_val="prometheus", uid="${datasource}")
_ALL: Final = kinds.VariableOption(selected=True, text="All", value="$__all")

# Grafana's own list of countries, by their two letters, and where each is drawn.
_GAZETTEER: Final = "public/gazetteer/countries.json"
_BORDERS: Final = "public/maps/countries.geojson"

# Steps of thresholds: (from this value on, colour); the first one has no value.
Steps: TypeAlias = tuple[tuple[float | None, str], ...]
PLAIN: Final[Steps] = ((None, "blue"),)
NONE_IS_WELL: Final[Steps] = ((None, "green"), (1e-9, "red"))


def from_on(warn: float, bad: float) -> Steps:
    """Green, orange from `warn` on, red from `bad` on."""
    return ((None, "green"), (warn, "orange"), (bad, "red"))


@dataclass(frozen=True, slots=True)
class About:
    """What every panel says: `leads` is the dashboard that tells more of it, as (title, uid)."""

    title: str
    says: str
    unit: str
    leads: tuple[str, str]
    steps: Steps = PLAIN
    width: int = 12
    height: int = 8
    none: str = "Nothing"


@dataclass(frozen=True, slots=True)
class Asked:
    """A query and the name of its answers."""

    query: str
    legend: str


def number(about: About, *asked: Asked) -> stat.Panel:
    """The newest value as a number, one for each series."""
    panel = _targets(stat.Panel(), asked, instant=True)
    panel.graph_mode(common_kinds.BigValueGraphMode.NONE).color_mode(common_kinds.BigValueColorMode.VALUE)
    return _told(panel.reduce_options(_newest()), about)


def bars(about: About, *asked: Asked) -> bargauge.Panel:
    """The newest values, one bar for each series."""
    panel = _targets(bargauge.Panel(), asked, instant=True)
    panel.orientation(common_kinds.VizOrientation.HORIZONTAL).display_mode(common_kinds.BarGaugeDisplayMode.BASIC)
    return _told(panel.reduce_options(_newest()).min(0), about)


def lines(about: About, *asked: Asked, stacked: bool = False) -> timeseries.Panel:
    """Values over time; nulls are holes, because an hour that is not known is not nothing."""
    panel = _targets(timeseries.Panel(), asked, instant=False).min(0).fill_opacity(30 if stacked else 5)
    legend = common.VizLegendOptions().show_legend(show_legend=True).calcs(["lastNotNull", "max"])
    legend.display_mode(common_kinds.LegendDisplayMode.TABLE).placement(common_kinds.LegendPlacement.BOTTOM)
    panel.legend(legend).tooltip(common.VizTooltipOptions().mode(common_kinds.TooltipDisplayMode.MULTI))
    # A closed hour replaces the former one: between two of them nothing is interpolated.
    panel.line_interpolation(common_kinds.LineInterpolation.STEP_AFTER)
    if len(about.steps) > 1:
        panel.thresholds_style(common.GraphThresholdsStyleConfig().mode(common_kinds.GraphTresholdsStyleMode.LINE))
    if stacked:
        panel.stacking(common.StackingConfig().mode(common_kinds.StackingMode.NORMAL))
    return _told(panel, about)


def rows(
    about: About, asked: Asked, columns: Mapping[str, str], value: str, opens: tuple[str, str] | None = None
) -> table.Panel:
    """A table of the newest values, the largest first: labels as columns under their titles, then the value.

    `opens`: title and address of what a click on a row opens, `{label}` standing for what the row says there.
    """
    panel = _targets(table.Panel(), [asked], instant=True)
    order = {label: place for place, label in enumerate([*columns, "Value"])}
    organised = {
        "excludeByName": {"Time": True},
        "indexByName": order,
        "renameByName": {**columns, "Value": value},
    }
    panel.with_transformation(kinds.DataTransformerConfig(id_val="organize", options=organised))
    panel.sort_by([common.TableSortByFieldState().display_name(value).desc(desc=True)])
    # Thresholds speak of the value: a column of text has none.
    shown = kinds.DynamicConfigValue(id_val="custom.cellOptions", value={"type": "color-text"})
    if opens is not None:
        title, url = opens
        cells = {label: f'${{__data.fields["{column}"]:percentencode}}' for label, column in columns.items()}
        link = DashboardLink(title).type(kinds.DashboardLinkType.LINK).url(url.format_map(cells))
        panel.data_links([link.target_blank(target_blank=True)])
    return _told(panel.override_by_name(value, [shown]), about)


def world(about: About, asked: Asked, country: str, value: str) -> geomap.Panel:
    """A map with a circle in each country, the larger the value the larger; `country`: the label with its two letters.

    What Grafana's list of countries does not know is not drawn.
    """
    panel = _targets(geomap.Panel(), [asked], instant=True)
    organised = {"excludeByName": {"Time": True}, "renameByName": {"Value": value}}
    panel.with_transformation(kinds.DataTransformerConfig(id_val="organize", options=organised))
    style = {
        "color": {"field": value, "fixed": "blue"},
        "opacity": 0.5,
        "size": {"field": value, "fixed": 6, "min": 4, "max": 30},
        "symbol": {"fixed": "img/icons/marker/circle.svg", "mode": "fixed"},
    }
    where = common.FrameGeometrySource().mode(common_kinds.FrameGeometrySourceMode.LOOKUP)
    where.lookup(country).gazetteer(_GAZETTEER)
    circles = common.MapLayerOptions().type("markers").name(value).tooltip(tooltip=True).location(where)
    panel.layers([circles.config({"showLegend": True, "style": style})])
    # Grafana's own borders: tiles of the usual ground come from servers of third countries.
    borders = {"color": {"fixed": "gray"}, "opacity": 0.2, "lineWidth": 1}
    panel.basemap(
        common.MapLayerOptions().type("geojson").name("Countries").config({"src": _BORDERS, "style": borders})
    )
    panel.view(geomap.MapViewConfig().id(geomap_kinds.MapCenterID.COORDS).lat(30).lon(10).zoom(2))
    panel.controls(geomap.ControlsOptions().show_zoom(show_zoom=True).mouse_wheel_zoom(mouse_wheel_zoom=False))
    return _told(panel, about)


def board(
    uid: str,
    title: str,
    says: str,
    panels: Sequence[Builder],
    filters: Mapping[str, str],
    asks: Mapping[str, tuple[str, str]] | None = None,
) -> Dashboard:
    """A dashboard; `filters` are its variables: label and the metric that bears it.

    `asks`: variables that a person writes, each with its label and what stands there at first.
    """
    made = Dashboard(title).uid(uid).description(says).tags([TAG]).timezone("utc").readonly()
    made.time("now-7d", "now").refresh("1m").tooltip(kinds.DashboardCursorSync.CROSSHAIR)
    made.with_variable(DatasourceVariable("datasource").label("Prometheus").type("prometheus"))
    for label, metric in filters.items():
        variable = QueryVariable(label).label(label).datasource(_SOURCE).query(f"label_values({metric}, {label})")
        variable.multi(multi=True).include_all(include_all=True).all_value(".*").current(_ALL)
        variable.refresh(kinds.VariableRefresh.ON_TIME_RANGE_CHANGED)
        made.with_variable(variable.sort(kinds.VariableSort.ALPHABETICAL_ASC))
    for name, (label, usual) in (asks or {}).items():
        written = kinds.VariableOption(text=usual, value=usual)
        made.with_variable(TextBoxVariable(name).label(label).default_value(usual).current(written))
    others = DashboardLink("Dashboards of transferwatch").type(kinds.DashboardLinkType.DASHBOARDS).tags([TAG])
    made.link(others.as_dropdown(as_dropdown=True).keep_time(keep_time=True).include_vars(include_vars=True))
    for number_, panel in enumerate(panels, 1):
        made.with_panel(panel.id(number_))
    return made


def _targets(panel: _B, asked: Sequence[Asked], *, instant: bool) -> _B:
    for place, each in enumerate(asked):
        target = Dataquery().expr(each.query).legend_format(each.legend).ref_id("ABCDEFGH"[place]).datasource(_SOURCE)
        target = target.instant() if instant else target.range()
        is_table = isinstance(panel, table.Panel)
        panel.with_target(target.format(PromQueryFormat.TABLE if is_table else PromQueryFormat.TIME_SERIES))
    return panel


def _told(panel: _B, about: About) -> _B:
    title, uid = about.leads
    url = f"/d/{uid}?${{__url_time_range}}&${{__all_variables}}"
    link = DashboardLink(title).type(kinds.DashboardLinkType.LINK).url(url)
    steps = [kinds.Threshold(value=value, color=color) for value, color in about.steps]
    panel.title(about.title).description(about.says).unit(about.unit).datasource(_SOURCE).no_value(about.none)
    panel.thresholds(ThresholdsConfig().mode(kinds.ThresholdsMode.ABSOLUTE).steps(steps)).links([link])
    return panel.height(about.height).span(about.width)


def _newest() -> common.ReduceDataOptions:
    return common.ReduceDataOptions().calcs(["lastNotNull"]).values(values=False)
