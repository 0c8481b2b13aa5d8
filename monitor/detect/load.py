"""Load rules from folders: each file one Sigma rule, correlation or filter; every problem of every file at once.

Decides what is refused: a field that the category does not have, a value that does not fit its type, a modifier or a
kind of correlation that is not known here. pySigma parses; nothing is fetched, whatever a rule says.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from sigma.collection import SigmaCollection
from sigma.correlations import SigmaCorrelationRule
from sigma.exceptions import SigmaError
from sigma.filters import SigmaFilter
from sigma.rule import SigmaDetectionItem, SigmaRule

from monitor.detect.condition import condition_of, item_of
from monitor.detect.correlation_file import correlation_of
from monitor.detect.fields import fields_of
from monitor.detect.leaf import Fields
from monitor.detect.rule_file import RuleFile, modifiers_fit
from monitor.detect.rule_tests import event_findings
from monitor.detect.rules import About, Correlation, Rule, RuleSet
from monitor.document import Document, fit, open_document
from monitor.problem import Problem, ProblemsFound
from monitor.shipped import shipped
from monitor.wording import Unfit, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from monitor.yaml_text import Path as Place

SHIPPED: Final = "rules/detection"
_PARTS: Final = {"detection": SigmaRule, "correlation": SigmaCorrelationRule, "filter": SigmaFilter}
_NOT_DETECTIONS: Final = frozenset({"condition", "rules", "timeframe"})
MOST_FILES: Final = 2_000


@dataclass(slots=True)
class _File:
    """One file as it was read: what it says, and what pySigma made of it."""

    document: Document
    written: RuleFile
    part: str
    shipped: bool
    sigma: Any = None
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, place: Place, what: str, remedy: str = "") -> None:
        self.problems.append(self.document.problem(place, what if what.endswith(".") else f"{what}.", remedy))


def load_rules(own: Path | None = None, disabled: Mapping[str, str] | None = None) -> RuleSet:
    """The shipped rules and those of a site's own folder, without the shipped ones that the site disables.

    Raises:
        ProblemsFound: with everything that is wrong in any file.
    """
    problems: list[Problem] = []
    files = _read(shipped(SHIPPED), problems, shipped=True)
    files += _read(own, problems, shipped=False) if own else []
    return _rule_set(files, problems, disabled or {})


def load_folder(folder: Path) -> RuleSet:
    """The rules of one folder alone.

    Raises:
        ProblemsFound: with everything that is wrong in any file.
    """
    problems: list[Problem] = []
    return _rule_set(_read(folder, problems, shipped=False), problems, {})


def _rule_set(files: list[_File], problems: list[Problem], disabled: Mapping[str, str]) -> RuleSet:
    _same_name(files)
    for file in files:
        _parse(file)
    kept = [file for file in files if not (file.shipped and file.written.name in disabled)]
    joined = not problems and not any(file.problems for file in files) and _joined(kept)
    rules, correlations = [], []
    for file in kept:
        can_build = not file.problems and (joined or file.part == "detection")
        built = _built(file) if can_build else None
        if isinstance(built, Rule):
            rules.append(built)
        elif isinstance(built, Correlation):
            correlations.append(built)
    problems += [problem for file in files for problem in file.problems]
    if problems:
        raise ProblemsFound(problems)
    texts = [file.document.text for file in sorted(kept, key=lambda file: file.written.name)]
    digest = hashlib.sha256("\0".join(texts).encode()).hexdigest()
    return RuleSet(tuple(rules), tuple(correlations), disabled, digest)


def _read(folder: Path, problems: list[Problem], *, shipped: bool) -> list[_File]:
    if not folder.is_dir():
        problems.append(Problem(str(folder), 0, 0, "", "there is no such folder.", "Write the folder of the rules."))
        return []
    paths = sorted(path for path in folder.iterdir() if path.suffix in {".yml", ".yaml"})
    if len(paths) > MOST_FILES:
        what = f"the folder holds {len(paths)} files of rules, more than {MOST_FILES}."
        problems.append(Problem(str(folder), 0, 0, "", what, "Keep rules alone there."))
        paths = []
    return [file for path in paths if (file := _read_one(path, problems, shipped=shipped))]


def _read_one(path: Path, problems: list[Problem], *, shipped: bool) -> _File | None:
    shown_as = f"{SHIPPED}/{path.name}" if shipped else None
    document = open_document(path, problems, shown_as=shown_as)
    if document is None:
        return None
    written = fit(document, RuleFile, problems)
    if written is None:
        return None
    parts = [part for part in _PARTS if getattr(written, part) is not None]
    if len(parts) != 1:
        what = "a rule has a detection, a correlation or a filter, and one of them."
        problems.append(document.problem((), what, "Write `detection:` with a `condition:`."))
        return None
    file = _File(document, written, parts[0], shipped)
    if written.name != path.stem:
        file.wrong(("name",), f"the file is called {path.name}", f"Write name: {path.stem}, or rename the file.")
    if written.level is None and file.part != "filter":
        file.wrong((), "the rule has no level", "Write level: high, medium, low or informational.")
    return file


def _same_name(files: Iterable[_File]) -> None:
    seen: dict[str, _File] = {}
    for file in files:
        first = seen.setdefault(file.written.name, file)
        if first is not file:
            where = "a shipped rule" if first.shipped else first.document.file
            file.wrong(("name",), f"{where} has this name already", "Choose another; rules.disabled turns it off.")


def _parse(file: _File) -> None:
    """Have pySigma parse it, and check every leaf where it stands."""
    if file.part != "correlation":
        if file.written.logsource is None:
            file.wrong((), "the rule does not say what it reads", "Write logsource: {product: transferwatch}.")
            return
        _check_leaves(file)
        file.problems += event_findings(file.document, file.written)
    if file.problems:
        return
    try:
        file.sigma = _PARTS[file.part].from_dict(file.document.data, collect_errors=True)  # type: ignore[attr-defined]
    except (SigmaError, TypeError, ValueError, AttributeError, KeyError) as error:
        file.wrong((file.part,), f"this is no Sigma {_said(error)}")
        return
    for complaint in file.sigma.errors:
        file.wrong((file.part,), _said(complaint))


def _said(error: Exception) -> str:
    """A complaint of pySigma, in one line."""
    return " ".join(str(error).split())[:300] or type(error).__name__


def _check_leaves(file: _File) -> None:
    logsource = file.written.logsource
    fields = Fields(fields_of(logsource.category if logsource else None))
    for place, key, value in _leaves(file.document.data.get(file.part), (file.part,)):
        try:
            if key is not None:
                fields.kind(modifiers_fit(key))
            item_of(SigmaDetectionItem.from_mapping(key, value), fields)
        except Unfit as unfit:
            file.wrong(place, unfit.what, unfit.remedy)
        except (SigmaError, TypeError, ValueError) as error:
            file.wrong(place, _said(error))


def _leaves(data: Any, place: Place, depth: int = 0) -> Iterator[tuple[Place, str | None, Any]]:  # noqa: ANN401
    """Every field of the detections with its values, and where it stands; a word without a field has None."""
    if isinstance(data, dict):
        for key, value in data.items():
            if depth:
                yield (*place, key), key, value
            elif key not in _NOT_DETECTIONS:
                yield from _leaves(value, (*place, key), 1)
    elif isinstance(data, list):
        for number, each in enumerate(data):
            yield from _leaves(each, (*place, number), depth + 1)
    else:
        yield place, None, data


def _joined(files: list[_File]) -> bool:
    """Apply filters and find the rules that correlations name; false when a problem was added."""
    by_name = {file.written.name: file for file in files}
    by_id = {file.written.id: file for file in files if file.written.id}
    for file in files:
        named = _references(file)
        for reference in named:
            rule = by_name.get(reference) or by_id.get(reference)
            if file.part == "correlation" and rule is not None and (state := _state_of(rule)):
                remedy = "Name rules on flows, names or administration."
                file.wrong((file.part, "rules"), f"{reference} is {state}, and no window counts these", remedy)
            if rule is None:
                close = nearest(reference, by_name)
                remedy = f"Did you mean {close}?" if close else "Write the name of a rule."
                file.wrong((file.part, "rules"), f"there is no rule {reference}", remedy)
    if any(file.problems for file in files):
        return False
    try:
        SigmaCollection([file.sigma for file in files])  # filters change the rules in place
    except SigmaError as error:
        for file in files:
            if file.part != "detection":
                file.wrong((file.part,), _said(error))
        return False
    return True


def _state_of(file: _File) -> str | None:
    """What makes a rule one that no correlation hears of; null where it can be counted."""
    if file.part == "correlation":
        return "a correlation itself"
    category = file.written.logsource.category if file.written.logsource else None
    return f"a rule on {category}, which is told again and again" if category in {"posture", "coverage"} else None


def _references(file: _File) -> list[str]:
    if file.part == "detection":
        return []
    rules = (file.written.filter or file.written.correlation or {}).get("rules")
    if isinstance(rules, str):
        return [] if rules.lower() == "any" else [rules]
    return [each for each in rules or [] if isinstance(each, str)]


def _built(file: _File) -> Rule | Correlation | None:
    written = file.written
    about = About(
        id=written.name,
        uuid=written.id,
        title=written.title,
        level=written.level or "medium",
        file=file.document.file,
        description=written.description,
        falsepositives=written.falsepositives,
        runbook=written.transferwatch.runbook,
        tests=written.transferwatch.tests,
        shipped=file.shipped,
    )
    try:
        if isinstance(file.sigma, SigmaRule):
            category = written.logsource.category if written.logsource else None
            return Rule(about, category, condition_of(file.sigma.detection, Fields(fields_of(category))))
        if isinstance(file.sigma, SigmaCorrelationRule):
            return correlation_of(file.sigma, about, counts="condition" in (written.correlation or {}))
    except Unfit as unfit:
        place = unfit.under or ("condition",)
        file.wrong((file.part, *place), unfit.what, unfit.remedy)
    except RecursionError:
        file.wrong((file.part, "condition"), "the condition is nested too deep", "Flatten it.")
    except (SigmaError, TypeError, ValueError) as error:
        file.wrong((file.part, "condition"), _said(error))
    return None
