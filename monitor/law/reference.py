"""Load the facts that reports and documentation quote and no verdict needs: instruments, case law, the French rules.

Decides only that they are well formed, dated and sourced. It refuses to compute anything from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import Field

from monitor.document import Finding, Listed, Written, load_collecting
from monitor.fields import Day, Text
from monitor.law.days import digest_of_files, written_twice
from monitor.law.france import FranceFile, Sourced
from monitor.problem import Problem, ProblemsFound
from monitor.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DIRECTORY: Final = "rules/law"

Article = Annotated[Text, Field(pattern=r"^\d+(\(\d+\)(\([a-z]\))?)?$")]
"""An article of the GDPR, such as 46(2)(c)."""


class Module(Written):
    """A module of the standard contractual clauses."""

    number: int
    parties: Text


class Clause(Written):
    """A clause, or a requirement, by number."""

    number: int
    about: Text


class Deadline(Written):
    """A last day, included."""

    last_day: Day
    about: Text


class Instrument(Sourced):
    """A ground of Chapter V other than adequacy, or what stands beside it."""

    articles: Listed[Article]
    modules: Listed[Module] = ()
    clauses: Listed[Clause] = ()
    deadlines: Listed[Deadline] = ()


class Guidance(Sourced):
    """Guidance of an authority."""

    date: Day | None


class Step(Written):
    """One question of the procedure, and where an answer leads when it does not lead to the next one."""

    step: int
    ask: Text
    if_yes: Text | None = None
    if_no: Text | None = None


class RecordFields(Written):
    """What a record of a transfer should say."""

    required: Listed[Text]
    useful: Listed[Text]
    source: Text
    verified: bool


class InstrumentsFile(Written):
    """`instruments.yaml`."""

    instruments: Listed[Instrument]
    guidance: Listed[Guidance]
    decision_procedure: Listed[Step]
    record_fields: RecordFields


class Case(Sourced):
    """A judgment or a decision of an authority."""

    court: Text
    date: Day
    effect: Text
    from_memory: Text | None = None


class CasesFile(Written):
    """`case_law.yaml`."""

    cases: Listed[Case]


@dataclass(frozen=True, slots=True)
class Reference:
    """The facts, file by file."""

    instruments: InstrumentsFile
    case_law: CasesFile
    france: FranceFile
    digest: str


def load_reference(directory: Path | None = None) -> Reference:
    """The shipped facts, or those of another directory with the same three files.

    Raises:
        ProblemsFound: with everything that is wrong in the files.
    """
    place = shipped(DIRECTORY) if directory is None else directory
    names = ("instruments.yaml", "case_law.yaml", "france.yaml")
    paths = [place / name for name in names]
    shown = [f"{DIRECTORY}/{path.name}" if directory is None else str(path) for path in paths]
    problems: list[Problem] = []
    instruments = load_collecting(paths[0], InstrumentsFile, problems, shown_as=shown[0], check=_instrument_findings)
    case_law = load_collecting(paths[1], CasesFile, problems, shown_as=shown[1], check=_case_findings)
    france = load_collecting(paths[2], FranceFile, problems, shown_as=shown[2])
    if instruments is None or case_law is None or france is None or problems:
        raise ProblemsFound(problems)
    return Reference(instruments, case_law, france, digest_of_files(paths))


def _instrument_findings(read: InstrumentsFile) -> Iterator[Finding]:
    yield from written_twice("instruments", "id", (entry.id for entry in read.instruments))
    yield from written_twice("guidance", "id", (entry.id for entry in read.guidance))
    for place, step in enumerate(read.decision_procedure):
        if step.step != place + 1:
            yield Finding(("decision_procedure", place, "step"), f"step {step.step} stands in place {place + 1}.")


def _case_findings(read: CasesFile) -> Iterator[Finding]:
    yield from written_twice("cases", "id", (entry.id for entry in read.cases))
