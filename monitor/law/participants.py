"""The official list of a framework's participants, read from its CSV file: who is on it, since when, until when.

Decides which columns are needed, when a name on the list is the name of an importer, and what an entry proves. It
guesses nothing: names are equal after case, accents, punctuation and the spelling of the legal form are made alike, and
`Example Inc.` is not `Example LLC`. An entry that covers nothing but staff data proves nothing here.

The columns are named after the labels of a participant's page on dataprivacyframework.gov (organisation, status, data
covered, original certification date, next certification due date, other covered entities). No copy of the exported
file could be read, so the order is free, columns beyond these are ignored, and a file without the needed ones is
refused.
"""

from __future__ import annotations

import csv
import hashlib
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import polars as pl
from pydantic import Field

from monitor.document import Written
from monitor.fields import Day, Text  # noqa: TC001 - pydantic reads them at run time
from monitor.law.days import Span
from monitor.problem import Problem
from monitor.wording import nearest, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime
    from pathlib import Path

LARGEST_OCTETS: Final = 32 * 1024 * 1024
LARGEST_ROWS: Final = 100_000
_SHOWN_PROBLEMS: Final = 20

# What a column may be called, folded to letters; the first of each is how docs and problems write it.
_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "name": ("Organization Name", "Organization", "Organisation Name", "Participant", "Participant Name", "Name"),
    "status": ("Status", "Participant Status", "EU-U.S. DPF Status", "EU-U.S. Data Privacy Framework"),
    "covers": ("Covered Data", "Data Covered", "Data Collected", "Data Type"),
    "begins": ("Original Certification Date", "Certification Date"),
    "due": ("Next Certification Due Date", "Next Certification Date", "Certification Due Date"),
    "ended": ("Inactive Date", "Removal Date", "Withdrawal Date", "Lapse Date"),
    "entities": ("Other Covered Entities", "Covered Entities"),
    "program": ("Framework", "Program", "Certification"),
}
_NEEDED: Final = ("name", "status", "covers", "begins", "due")
_ACTIVE: Final = frozenset({"active"})
_ENDED: Final = frozenset({"inactive", "withdrawn", "lapsed", "removed"})
_DAY_FORMS: Final = ("%Y-%m-%d", "%m/%d/%Y", "%d %b %Y", "%B %d, %Y")
# How American legal forms are written, the longest first, and the one form that stands for each.
_FORMS: Final[Mapping[str, str]] = {
    "limited liability company": "llc",
    "public benefit corporation": "pbc",
    "incorporated": "inc",
    "corporation": "corp",
    "company": "co",
    "limited": "ltd",
    "l l c": "llc",
    "l l p": "llp",
    "p b c": "pbc",
    "l p": "lp",
}


class NamedList(Written):
    """One list that certifications.yaml names; `importers` says which name of the list is which importer."""

    framework: Literal["us_dpf"] = Field(examples=["us_dpf"])
    file: Text = Field(examples=["dpf.csv"])
    read: Day = Field(examples=["2026-10-01"])
    importers: dict[Text, Text] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ParticipantList:
    """Spans of certification that covers data other than staff's, by folded name."""

    framework: str
    spans: Mapping[str, tuple[Span, ...]]
    digest: str

    def holds(self, names: Iterable[str], moment: datetime) -> bool:
        """Whether one of these names is on the list at an instant."""
        return any(moment in span for name in names for span in self.spans.get(folded_name(name), ()))

    def change_instants(self, names: Iterable[str]) -> frozenset[datetime]:
        """Every instant at which one of these names joins or leaves."""
        spans = (span for name in names for span in self.spans.get(folded_name(name), ()))
        return frozenset(edge for span in spans for edge in span.edges())


def folded_name(name: str) -> str:
    """A name without what writers vary: case, accents, punctuation, and how its legal form is spelt."""
    plain = unicodedata.normalize("NFKD", name.replace("&", " and ")).casefold()
    kept = (sign for sign in plain if not unicodedata.combining(sign) and sign not in "'\u2019")
    words = " ".join("".join(sign if sign.isalnum() else " " for sign in kept).split())
    for written, short in _FORMS.items():
        if words.endswith(f" {written}"):
            return f"{words.removesuffix(written)}{short}"
    return words


def read_participants(named: NamedList, path: Path, problems: list[Problem]) -> ParticipantList | None:
    """The list in a file; None with its problems added when it cannot be believed.

    An active entry holds from its original certification to the day on which the next is due, or to the day on which
    the list was read, whichever is later. An entry that is not active ends on its own day of removal, else on the day
    on which its certification was due if the list was read after it, else nothing is known of it.
    """
    frame, digest = _opened(path, problems)
    if frame is None:
        return None
    columns = _columns_of(frame.columns, str(path), problems)
    if columns is None:
        return None
    table = _table(frame, columns)
    wrong = _wrong(table, path, columns)
    if wrong:
        problems.extend(wrong)
        return None
    spans = _spans(table.filter(pl.col("program_fits") & pl.col("covers_all")), named.read)
    for written, importer in named.importers.items():
        held = spans.get(folded_name(written))
        if held:
            spans[folded_name(importer)] = (*spans.get(folded_name(importer), ()), *held)
    return ParticipantList(named.framework, spans, digest)


def unknown_names(named: NamedList, path: Path) -> Iterable[tuple[str, str]]:
    """Names of `importers` that the list does not hold, each with what to write instead."""
    frame, _ = _opened(path, []) if named.importers else (None, "")
    columns = None if frame is None else _columns_of(frame.columns, str(path), [])
    if frame is None or columns is None:
        return
    table = _table(frame, columns)
    names = [*table["name"], *(each for entities in table["entities"] for each in _entities(entities))]
    on_list = {folded_name(name): name for name in names if name}
    for written in named.importers:
        if folded_name(written) not in on_list:
            close = nearest(folded_name(written), on_list, cutoff=0.8)
            yield written, f"Did you mean {shown(on_list[close])}?" if close else "Write the name as the list does."


def _opened(path: Path, problems: list[Problem]) -> tuple[pl.DataFrame | None, str]:
    """The file as columns of text, and the SHA-256 of its octets."""
    file = str(path)
    try:
        with path.open("rb") as stream:
            raw = stream.read(LARGEST_OCTETS + 1)
    except (OSError, ValueError) as error:
        problems.append(Problem(file, 0, 0, "", f"the file cannot be read: {getattr(error, 'strerror', error)}."))
        return None, ""
    if len(raw) > LARGEST_OCTETS:
        what = f"the file is larger than {LARGEST_OCTETS // 1024 // 1024} MiB."
        problems.append(Problem(file, 0, 0, "", what, "Check that this is the list."))
        return None, ""
    try:
        raw.decode("utf-8-sig")
        frame = pl.read_csv(raw, infer_schema=False, n_rows=LARGEST_ROWS + 1)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        problems.append(Problem(file, line, 0, "", "the file is not UTF-8.", "Save it as CSV in UTF-8."))
        return None, ""
    except (pl.exceptions.PolarsError, ValueError):
        what = "the file cannot be read as a table with a line of column names."
        problems.append(Problem(file, 1, 0, "", what, "Save it as CSV with commas, one participant a line."))
        return None, ""
    if frame.height > LARGEST_ROWS:
        problems.append(Problem(file, 0, 0, "", f"the list has more than {LARGEST_ROWS:,} lines."))
        return None, ""
    return frame, hashlib.sha256(raw).hexdigest()


def _columns_of(names: Sequence[str], file: str, problems: list[Problem]) -> dict[str, str] | None:
    """Which column of the file is which; None where a needed one is missing or two could be it."""
    letters = {name: _letters(name) for name in names}
    found: dict[str, str] = {}
    before = len(problems)
    fitting = {
        key: [name for name in names if letters[name] in {_letters(each) for each in known}]
        for key, known in _COLUMNS.items()
    }
    taken = {name for several in fitting.values() for name in several}
    for key, several in fitting.items():
        known = _COLUMNS[key]
        if len(several) > 1:
            what = f"{shown(several[0])} and {shown(several[1])} could both be the column {known[0]}."
            problems.append(Problem(file, 1, 0, "", what, "Keep one of them."))
        elif several:
            found[key] = several[0]
        elif key in _NEEDED:
            close = nearest(known[0], [name for name in names if name not in taken])
            hint = f"Is it {shown(close)}? Write {known[0]}." if close else f"Write one of: {', '.join(known)}."
            problems.append(Problem(file, 1, 0, "", f"the list has no column {known[0]}.", hint))
    return None if len(problems) > before else found


def _letters(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.casefold())


def _table(frame: pl.DataFrame, columns: Mapping[str, str]) -> pl.DataFrame:
    """The list in our own columns; a day that cannot be read is null while its text is not."""
    texts = frame.select(
        (pl.col(columns[key]) if key in columns else pl.lit(None, dtype=pl.String))
        .str.strip_chars()
        .replace("", None)
        .alias(key)
        for key in _COLUMNS
    )
    plain = texts.with_columns(
        pl.col("status").str.to_lowercase(),
        pl.col("covers").str.to_uppercase().str.replace_all(r"[^A-Z]+", " "),
        # Lines of the British extension and the Swiss framework prove nothing for the Union.
        program_fits=pl.col("program").is_null()
        | ~pl.col("program").str.to_lowercase().str.contains(r"\b(?:uk|swiss)\b"),
        **{
            f"{key}_day": pl.coalesce(pl.col(key).str.to_date(form, strict=False) for form in _DAY_FORMS)
            for key in ("begins", "due", "ended")
        },
    )
    # A word that is neither may be a slip of one that is, and leaving it out would take a certification away.
    others = pl.col("covers").str.replace_all(r"\b(?:NON ?HR|HR|DATA|AND|OR)\b", "").str.strip_chars()
    return plain.with_columns(
        covers_all=pl.col("covers").str.contains(r"\bNON ?HR\b"),
        covers_known=pl.col("covers").str.contains(r"\bHR\b|\bNON ?HR\b") & (others == ""),
    )


def _wrong(table: pl.DataFrame, path: Path, columns: Mapping[str, str]) -> list[Problem]:
    """Lines that cannot be believed, the first ones each with its place."""
    known = sorted(_ACTIVE | _ENDED)
    checks = (
        ("name", pl.col("name").is_null(), "a participant has no name."),
        ("status", ~pl.col("status").is_in(known).fill_null(value=False), f"the status is none of {', '.join(known)}."),
        ("covers", ~pl.col("covers_known").fill_null(value=False), "the data covered are not HR, NON-HR, or both."),
        ("begins", pl.col("begins_day").is_null(), "this is not a day."),
        ("due", pl.col("due_day").is_null() & (pl.col("due").is_not_null() | (pl.col("status") == "active")),
         "this is not a day."),
        ("ended", pl.col("ended_day").is_null() & pl.col("ended").is_not_null(), "this is not a day."),
        ("due", pl.col("due_day") < pl.col("begins_day"), "it is due before it was certified."),
        ("ended", pl.col("ended_day") < pl.col("begins_day"), "it ended before it was certified."),
    )  # fmt: skip
    found: list[tuple[int, str, str, str | None]] = []
    own = table.with_row_index("row").filter(pl.col("program_fits"))
    for key, wrong, what in checks:
        rows = own.filter(wrong).head(_SHOWN_PROBLEMS)
        found += [(row, columns.get(key, key), what, text) for row, text in rows.select("row", key).iter_rows()]
    found.sort(key=lambda each: each[:2])
    lines = _lines_of(path, {row for row, *_ in found[:_SHOWN_PROBLEMS]})
    remedy = "Write days as 2026-10-01 or 10/01/2026 (month first)."
    return [
        Problem(
            str(path), lines.get(row, 0), 0, column, what if text is None else f"{shown(text)}: {what}",
            remedy if what == "this is not a day." else "",
        )
        for row, column, what, text in found[:_SHOWN_PROBLEMS]
    ]  # fmt: skip


def _lines_of(path: Path, rows: set[int]) -> dict[int, int]:
    """Line of the file on which each of these rows begins; quoted text may hold line ends."""
    if not rows:
        return {}
    lines: dict[int, int] = {}
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream)
        try:
            next(reader, None)
            begins = reader.line_num + 1
            for row, _ in zip(range(max(rows) + 1), reader, strict=False):
                lines[row] = begins
                begins = reader.line_num + 1
        except csv.Error:
            pass  # what is known is enough for a message
    return lines


def _spans(table: pl.DataFrame, read: date) -> dict[str, tuple[Span, ...]]:
    """Spans by folded name. Days are Brussels'; the last day is included, a day of removal is not."""
    due, ended = pl.col("due_day"), pl.col("ended_day")
    active = pl.col("status").is_in(sorted(_ACTIVE))
    known = table.with_columns(
        last_day=pl.when(active).then(pl.max_horizontal(due, pl.lit(read))).when(ended.is_null()).then(due),
        ends_before=pl.when(~active).then(ended),
    ).filter(active | ended.is_not_null() | (due <= read))
    found: dict[str, list[Span]] = {}
    wanted = known.select("name", "entities", "begins_day", "ends_before", "last_day")
    for name, entities, begins, ends_before, last_day in wanted.iter_rows():
        if ends_before is not None and ends_before <= begins:
            continue
        span = Span.of(begins, ends_before, last_day)
        for each in dict.fromkeys(folded_name(each) for each in (name, *_entities(entities))):
            found.setdefault(each, []).append(span)
    return {name: tuple(spans) for name, spans in found.items()}


def _entities(written: str | None) -> list[str]:
    """Names of the entities that a participant covers, with a semicolon or a line end between."""
    return [each.strip() for each in re.split(r"[;\n\r|]+", written or "") if each.strip()]
