"""The page: what it says, what it never does."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from monitor.report import page as page_module
from monitor.report.figures import figures
from monitor.report.in_words import LANGUAGES
from monitor.report.month import DeclaredFacts, ExporterFacts, SystemFacts
from monitor.report.page import to_html
from tests.monitor.report.months import WAIVER, full_month, given_month

if TYPE_CHECKING:
    from monitor.report.month import ReportInput

HOSTILE = "<script>alert(1)</script>\"'&{{7*7}}"
_VOID = {"meta", "br", "rect", "path"}


class Reader(HTMLParser):
    """Reads a page: its tags and attributes, its text, and whether every tag is closed."""

    def __init__(self, html: str) -> None:
        """Read."""
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the tag."""
        self.tags.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag that closes itself."""
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """It must close the last one that was opened."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Collect the text."""
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Attributes of every such tag."""
        return [attributes for name, attributes in self.tags if name == tag]


def read(given: ReportInput, language: str = "en") -> Reader:
    """The page of a month, read."""
    return Reader(to_html(figures(given), language))


def hostile_month() -> ReportInput:
    """A month in which every name that somebody else may write is an attack."""
    rows: list[dict[str, Any]] = [
        {
            "importer": HOSTILE,
            "operator": HOSTILE,
            "system": HOSTILE,
            "data_class": HOSTILE,
            "hosting_operator": HOSTILE,
        },
        {
            "place_verdict": "safeguarded",
            "mechanism": HOSTILE,
            "register_entries": [HOSTILE],
            "control_country": HOSTILE,
        },
        {"place_verdict": "eea", "reach_laws": [HOSTILE], "place_country": HOSTILE, "basis": HOSTILE},
    ]
    given = given_month(
        *rows,
        probes=[{"system": HOSTILE}],
        coverage=[{"source": HOSTILE, "observer": HOSTILE, "not_ours_records": 1}],
        outcomes=[{"source": HOSTILE, "reason": HOSTILE}],
    )
    return replace(
        given,
        site=HOSTILE,
        exporter=ExporterFacts(HOSTILE, HOSTILE, HOSTILE),
        declared=(DeclaredFacts(HOSTILE, HOSTILE, HOSTILE, None, None),),
        waivers=(replace(WAIVER, id=HOSTILE, rules=(HOSTILE,), owner=HOSTILE, reason=HOSTILE, findings=(HOSTILE,)),),
        systems=(SystemFacts(HOSTILE, HOSTILE, HOSTILE, "staff"),),
        names={HOSTILE: HOSTILE},
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_are_text_and_never_markup(language: str) -> None:
    """Wherever they stand."""
    html = to_html(figures(hostile_month()), language)

    assert "<script" not in html
    assert "49" not in re.findall(r"alert\(1\)</script>.{0,20}", html)
    assert Reader(html).text.count("<script>alert(1)</script>") > 10


def test_template_switches_no_escaping_off() -> None:
    """Not in one place."""
    text = (Path(page_module.__file__).with_name("page.html.jinja")).read_text("utf-8")

    assert re.findall(r"\|\s*safe|autoescape|Markup", re.sub(r"\{#.*?#\}", "", text)) == []


@pytest.mark.parametrize("given", [full_month(), given_month(), hostile_month()], ids=["full", "no-data", "hostile"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_page_is_one_file_without_scripts(given: ReportInput, language: str) -> None:
    """Nothing is fetched, nothing runs, every tag is closed."""
    page = read(given, language)

    assert page.open == []
    assert {name for name, _ in page.tags} & {"script", "link", "img", "iframe", "object", "embed", "form"} == set()
    assert [name for _, attributes in page.tags for name in attributes if name in {"src", "action", "style"}] == []
    assert [name for _, attributes in page.tags for name in attributes if name.startswith("on")] == []
    assert [each["href"] for each in page.all("a") if not str(each["href"]).startswith("#")] == []


def test_style_fetches_nothing() -> None:
    """No url, no import, no font of elsewhere."""
    text = Path(page_module.__file__).with_name("page.css").read_text("utf-8")

    assert re.findall(r"url\(|@import|@font-face|expression", text) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_states_its_language_and_the_sentence_for_every_sheet(language: str) -> None:
    """In the margin of every printed page, at the head and at the foot."""
    html = to_html(figures(full_month()), language)
    sentence = LANGUAGES[language]["sentence.traffic"]

    assert Reader(html).all("html")[0]["lang"] == language
    assert f'@page {{ @bottom-left {{ content: "{sentence}" }} }}' in html
    assert html.count(sentence) >= 3


def test_headings_are_in_order() -> None:
    """One first heading, then the parts."""
    headings = [name for name, _ in read(full_month()).tags if re.fullmatch("h[1-6]", name)]

    assert headings == ["h1", *["h2"] * 19]


def test_every_table_has_a_caption_and_every_heading_its_scope() -> None:
    """For readers who hear the page."""
    page = read(full_month())

    assert len(page.all("caption")) == len(page.all("table"))
    assert {each.get("scope") for each in page.all("th")} == {"col", "row"}


def test_places_on_the_page_are_named_once_and_links_lead_somewhere() -> None:
    """An id of a figure is the place of its line."""
    page = read(full_month())
    ids = Counter(each["id"] for _, each in page.tags if "id" in each)

    assert [name for name, times in ids.items() if times > 1] == []
    assert {str(each["href"]).removeprefix("#") for each in page.all("a")} <= set(ids)
    assert "2026-10.no-ground.total" in ids


@pytest.mark.parametrize(
    ("language", "words"), [("en", "no ground known"), ("fr", "sans fondement identifié")], ids=["en", "fr"]
)
def test_uncovered_is_no_ground_known(language: str, words: str) -> None:
    """And the code itself is not on the page."""
    text = read(full_month(), language).text

    assert words in text
    assert "uncovered" not in text


def test_exact_octets_are_in_the_page() -> None:
    """Behind the rounded ones."""
    page = read(given_month({"octets_out": 2**63 - 1}))

    assert {"value": str(2**63 - 1), "title": "9\u202f223\u202f372\u202f036\u202f854\u202f775\u202f807 B"} in page.all(
        "data"
    )


def test_month_without_data_says_so_and_shows_no_zero() -> None:
    """No data is not "no transfers"."""
    text = read(given_month()).text

    assert "That is not to say that there were no transfers." in text
    assert "No data. That is not “nothing”." in text
    assert "0 B" not in text.replace("\u00a0", " ")


def test_preliminary_month_says_so() -> None:
    """With the newest record."""
    text = read(full_month()).text

    assert "Preliminary:" in text
    assert "20 October 2026, 02:00 (UTC+02:00)" in text


def test_more_than_one_basis_is_said() -> None:
    """A month may be judged under two laws."""
    assert "judged under 2 sets of versions" in read(given_month({}, {"basis": "b2"})).text


def test_every_law_is_named_once_below_the_tables() -> None:
    """The tables hold codes; a law without a name keeps its code."""
    given = replace(full_month(), law_names={"US_X": "Act <X>"})
    text = read(given).text

    assert text.count("Act <X>") == 1


def test_same_ledger_gives_the_same_page() -> None:
    """To the octet."""
    assert to_html(figures(full_month()), "fr") == to_html(figures(full_month()), "fr")


def test_what_the_files_declare_is_nothing_also_without_data() -> None:
    """An inventory without hosts is empty; no source has to speak for that."""
    page = read(given_month())
    hosting = page.text.partition("Where our own systems stand")[2]

    assert hosting.partition("Nothing.")[0].find("No data") == -1
