"""The list of findings: which there are, narrowed by what the address says, fifty on a page.

Decides what an address may ask and how the list reads, in English and French. Whatever comes from a log or an address
is escaped; nothing on the page runs, and nothing here knows a ledger.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from html import escape
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import urlencode

from monitor.metrics.labels import NONE, OTHER

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    State: TypeAlias = Literal["open", "ended", "all"]

ROWS: Final = 50
FIELDS: Final = ("rule", "severity", "system", "operator", "place_country", "control_country")
"""What a list is narrowed by: the labels of the metric of open findings."""
STATES: Final = ("open", "ended", "all")
_LONGEST: Final = 200
_MOST_PAGES: Final = 1_000_000

_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "title": "Findings", "home": "All pages", "other": "en français", "one": "1 finding",
        "many": "{count} findings",
        "nothing": "No such finding.", "page": "Page {page} of {pages}", "before": "Newer",
        "after": "Older", "open": "open", "ended": "ended", "all": "all", "show": "Show", "only": "Only",
        "clear": "without this", "rule": "Rule", "severity": "Severity", "system": "System", "operator": "Operator",
        "place_country": "Place", "control_country": "Law of", "what": "Finding", "state": "State",
        "first": "First seen",
        "last": "Last seen", "out": "Octets out", "none": "none known", "colon": ":",
        "times": "Times of {zone}.",
        "proof": "Traffic is not proof of personal data.",
    },
    "fr": {
        "title": "Constats", "home": "Toutes les pages", "other": "in English", "one": "1 constat",
        "many": "{count} constats", "nothing": "Aucun constat de ce genre.",
        "page": "Page {page} sur {pages}", "before": "Plus récents", "after": "Plus anciens", "open": "ouverts",
        "ended": "terminés", "all": "tous", "show": "Afficher", "only": "Seulement", "clear": "sans ce critère",
        "rule": "Règle", "severity": "Gravité", "system": "Système", "operator": "Opérateur", "place_country": "Lieu",
        "control_country": "Droit de", "what": "Constat", "state": "État", "first": "Vu la première fois",
        "last": "Vu la dernière fois", "out": "Octets sortants", "none": "aucun connu",
        "colon": "\u00a0:", "times": "Heures de {zone}.",
        "proof": "Du trafic n\u2019est pas une preuve de données personnelles.",
    },
}  # fmt: skip
_STYLE: Final = """
body { font: 16px/1.5 Georgia, serif; color: #1a1a1a; margin: 2rem auto; padding: 0 1rem; max-width: 90rem }
h1 { font-size: 1.5rem } a { color: #1a3f7a } table { border-collapse: collapse; width: 100%; font-size: .9rem }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid #ccc }
th { border-bottom: 2px solid #1a1a1a } td.n { text-align: right; white-space: nowrap } td.t { white-space: nowrap }
tr.critical td:first-child, tr.high td:first-child { font-weight: bold; color: #8a1c1c }
nav a, nav b { margin-right: 1rem }
td > a, td small a { text-decoration: none } td:nth-child(2) > a { text-decoration: underline }
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for. `wanted`: what fields must hold, null being a value; `page` begins at 1."""

    wanted: Mapping[str, str | None] = field(default_factory=dict)
    state: State = "all"
    page: int = 1
    language: str = "en"

    @property
    def begin(self) -> int:
        """How many findings stand before the page."""
        return (self.page - 1) * ROWS


@dataclass(frozen=True, slots=True)
class Row:
    """A finding in the words of the page's language; times and octets as text."""

    id: str
    severity: str
    level: str
    state: str
    head: str
    rule: str
    system: str | None
    operator: tuple[str, str] | None
    place_country: tuple[str, str] | None
    control_country: tuple[str, str] | None
    first: str
    last: str
    octets_out: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A page: its rows, how many findings there are in all, and the time zone of the site."""

    rows: tuple[Row, ...]
    count: int
    zone: str = "UTC"


def asked_of(query: Mapping[str, str], languages: tuple[str, ...]) -> Asked | None:
    """What an address asks for; null where it asks for a state, a language or a page that there is not.

    `none` is what a metric calls nothing, and `other` what it does not tell apart: that is not asked for. A filter that
    is empty is none.
    """
    state, language, page = query.get("state") or "all", query.get("lang") or languages[0], query.get("page") or "1"
    is_page = page.isascii() and page.isdecimal() and 1 <= int(page[:8]) <= _MOST_PAGES and len(page) <= len("1000000")
    if state not in STATES or language not in languages or not is_page:
        return None
    written = {name: query[name][:_LONGEST] for name in FIELDS if query.get(name) not in {None, "", OTHER}}
    wanted = {name: None if value == NONE else value for name, value in written.items()}
    return Asked(wanted, state, int(page), language)  # type: ignore[arg-type]


def findings_page(site: str, asked: Asked, listed: Listed) -> str:
    """The page as HTML."""
    words = _WORDS[asked.language]
    other = replace(asked, language="fr" if asked.language == "en" else "en")
    number = f"{listed.count:,}".replace(",", "\u202f" if asked.language == "fr" else ",")
    count = words["one"] if listed.count == 1 else words["many"].format(count=number)
    title = f"{words['title']}{words['colon']} {escape(site)}"
    states = " ".join(
        f"<b>{words[state]}</b>" if state == asked.state else _link(replace(asked, state=state, page=1), words[state])
        for state in STATES
    )
    return "".join(
        [
            f'<!doctype html>\n<html lang="{asked.language}"><head><meta charset="utf-8">',
            f'<meta name="viewport" content="width=device-width"><title>{title}</title>',
            f"<style>{_STYLE}</style></head><body>",
            f"<h1>{title}</h1>",
            f'<nav><a href="/">{words["home"]}</a>{_link(other, words["other"])}</nav>',
            f"<nav>{words['show']}{words['colon']} {states}</nav>",
            *_narrowed(asked, words),
            f"<p>{count if listed.count else words['nothing']}</p>",
            _table(asked, listed, words) if listed.rows else "",
            _turning(asked, listed, words),
            f"<p>{words['times'].format(zone=escape(listed.zone))} {words['proof']}</p></body></html>\n",
        ]
    )


def _narrowed(asked: Asked, words: Mapping[str, str]) -> list[str]:
    """What the list is narrowed by, each with the list that is not."""
    told = []
    for name, value in asked.wanted.items():
        kept = words["none"] if value is None else escape(value)
        left = _link(_without(asked, name), words["clear"])
        told.append(f"<p>{words['only']} {words[name]}{words['colon']} <b>{kept}</b> ({left})</p>")
    return told


def _table(asked: Asked, listed: Listed, words: Mapping[str, str]) -> str:
    columns = ("severity", "what", "system", "operator", "place_country", "control_country", "first", "last", "out")
    heads = "".join(f'<th scope="col">{words[name]}</th>' for name in (*columns, "state"))
    told = "".join(_row(asked, each) for each in listed.rows)
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{told}</tbody></table>"


def _row(asked: Asked, row: Row) -> str:
    lang = "" if asked.language == "en" else f"?lang={asked.language}"
    link = f'<a href="/findings/{escape(row.id)}{lang}">{escape(row.head)}</a>'
    cells = [
        _narrows(asked, "severity", (row.level, row.severity)),
        f"{link}<br><small>{_narrows(asked, 'rule', (row.rule, row.rule))}</small>",
        _narrows(asked, "system", None if row.system is None else (row.system, row.system)),
        *(_narrows(asked, name, getattr(row, name)) for name in ("operator", "place_country", "control_country")),
    ]
    told = "".join(f"<td>{cell}</td>" for cell in cells)
    times = "".join(f'<td class="t">{escape(time)}</td>' for time in (row.first, row.last))
    level = escape(row.level)
    return (
        f'<tr class="{level}">{told}{times}<td class="n">{escape(row.octets_out)}</td><td>{escape(row.state)}</td></tr>'
    )


def _narrows(asked: Asked, name: str, value: tuple[str, str] | None) -> str:
    """A value as the link to the list of it alone."""
    if value is None:
        return ""
    narrower = replace(asked, wanted={**asked.wanted, name: value[0]}, page=1)
    return _link(narrower, value[1])


def _turning(asked: Asked, listed: Listed, words: Mapping[str, str]) -> str:
    pages = max(1, -(-listed.count // ROWS))
    if pages == 1:
        return ""
    before = _link(replace(asked, page=min(asked.page - 1, pages)), words["before"]) if asked.page > 1 else ""
    after = _link(replace(asked, page=asked.page + 1), words["after"]) if asked.page < pages else ""
    return f"<nav>{before}<b>{words['page'].format(page=asked.page, pages=pages)}</b> {after}</nav>"


def _without(asked: Asked, name: str) -> Asked:
    return replace(asked, wanted={each: value for each, value in asked.wanted.items() if each != name}, page=1)


def _link(asked: Asked, text: str) -> str:
    told = {name: NONE if value is None else value for name, value in asked.wanted.items()}
    told |= {"state": asked.state} if asked.state != "all" else {}
    told |= {"page": str(asked.page)} if asked.page > 1 else {}
    told |= {"lang": asked.language} if asked.language != "en" else {}
    query = f"?{urlencode(told)}" if told else ""
    return f'<a href="/findings{escape(query)}">{escape(text)}</a>'
