"""The drawing of the month."""

from __future__ import annotations

from monitor.report.chart import SHOWN, WIDTH, chart_of
from monitor.report.figures import figures
from monitor.report.in_words import InWords
from tests.monitor.report.months import NOON, given_month

ENGLISH = InWords.of("en", "Europe/Paris")


def test_out_is_above_the_line_and_in_below() -> None:
    """The largest bar of a strip has its whole height."""
    course = figures(given_month(course=[{"octets_out": 100, "octets_in": 50}], coverage=[{}])).course
    strip = chart_of(course, ENGLISH).strips[SHOWN.index("no_ground")]
    out, in_ = strip.bars

    assert (float(out.y) + float(out.height), float(in_.y)) == (strip.line, strip.line)
    assert (out.kind, out.height, in_.kind, in_.height) == ("out", "22.0", "in", "11.0")


def test_smallest_figure_is_seen() -> None:
    """A bar of less than a hair would read as none."""
    rows = [{"octets_out": 10**12, "octets_in": 1}]
    bars = chart_of(figures(given_month(course=rows)).course, ENGLISH).strips[0].bars

    assert [bar.height for bar in bars] == ["22.0", "0.6"]


def test_days_without_a_word_are_hatched() -> None:
    """All but the one."""
    course = figures(given_month(coverage=[{}], newest_record=NOON)).course

    assert len(chart_of(course, ENGLISH).unseen) == 30


def test_everything_is_inside_the_drawing() -> None:
    """31 days and six strips."""
    course = figures(given_month(course=[{}])).course
    chart = chart_of(course, ENGLISH)

    assert len(chart.ticks) == 31
    assert max(float(tick.x) for tick in chart.ticks) < WIDTH
    assert max(strip.line for strip in chart.strips) < chart.height
