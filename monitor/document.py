"""Load a YAML file into a model, or say everything that is wrong with it, with file, line and column.

Decides how a mistake is worded and where it is shown. It refuses to know any key: models bring the keys, their values'
forms and the checks between values. No class name, type name or traceback ever reaches the operator.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Final, NamedTuple, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from monitor.problem import Problem, ProblemsFound
from monitor.wording import Unfit, wrong_words
from monitor.yaml_text import Data, Fault, Path, Place, read_yaml

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

__all__ = [
    "Document",
    "Finding",
    "Listed",
    "Unfit",
    "Written",
    "as_document",
    "load_collecting",
    "load_document",
    "open_document",
]

LARGEST_OCTETS: Final = 16 * 1024 * 1024
"""A file above this is a mistake (a log, a database), not something a person wrote."""

T = TypeVar("T")
Model = TypeVar("Model", bound=BaseModel)


class Written(BaseModel):
    """What every model of a written file shares: no unknown key, no guessing of types, no change after loading."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


def _as_tuple(value: object) -> object:
    if value is None:
        return ()
    return tuple(value) if isinstance(value, list) else value


Listed = Annotated[tuple[T, ...], BeforeValidator(_as_tuple)]
"""A list in the file, a tuple in the model; `key:` with nothing behind it is the empty list."""


class Finding(NamedTuple):
    """What a check between values found: the path of the value in the model, and the words of a Problem."""

    path: Path
    what: str
    remedy: str = ""


@dataclass(frozen=True)
class Document:
    """A file that was read: its plain data, and on demand where each value stands."""

    file: str
    text: str
    data: dict[str, Data]
    faults: Sequence[Fault] = field(default=())

    @cached_property
    def _places(self) -> dict[Path, Place]:
        return read_yaml(self.text, with_places=True).places

    def problem(self, path: Path, what: str, remedy: str = "", *, at_key: bool = False) -> Problem:
        """A problem at the value of `path` (or at its key), or at the nearest place above it that is written."""
        written = path
        while written not in self._places and written:
            written = written[:-1]
        place = self._places.get(written, Place((0, 0), (0, 0)))
        line, column = place.key if at_key and written == path else place.value
        return Problem(self.file, line, column, dotted(path), what, remedy)


def dotted(path: Path) -> str:
    """A path as an operator would say it: `systems[0].hosting[1].country`."""
    said = ""
    for part in path:
        said += f"[{part}]" if isinstance(part, int) else f".{part}" if said else part
    return said


def repeated(data: Mapping[str, Data], group: str, keys: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Places (first, again) in the list `group` of entries that say the same under all of `keys`.

    It reads the plain data, so that it sees an entry whatever else is wrong with it.
    """
    entries = data.get(group)
    seen: dict[str, int] = {}
    for place, entry in enumerate(entries if isinstance(entries, list) else ()):
        if isinstance(entry, dict) and any(entry.get(key) is not None for key in keys):
            first = seen.setdefault(repr([entry.get(key) for key in keys]), place)
            if first != place:
                yield first, place


def open_document(path: pathlib.Path, problems: list[Problem], *, shown_as: str | None = None) -> Document | None:
    """The file's plain data; None when it cannot be read as a mapping, with the reason added to `problems`."""
    file = shown_as if shown_as is not None else str(path)
    try:
        with path.open("rb") as stream:
            raw = stream.read(LARGEST_OCTETS + 1)
    except FileNotFoundError:
        problems.append(Problem(file, 0, 0, "", "there is no such file.", "Create it, or correct the path."))
        return None
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        problems.append(Problem(file, 0, 0, "", f"the file cannot be read: {reason}."))
        return None
    return as_document(file, raw, problems)


def as_document(file: str, raw: bytes, problems: list[Problem]) -> Document | None:
    """The plain data of a file's octets; None when they are no mapping, with the reason added to `problems`."""
    if len(raw) > LARGEST_OCTETS:
        what = f"the file is larger than {LARGEST_OCTETS // 1024 // 1024} MiB."
        problems.append(Problem(file, 0, 0, "", what, "Check that this is the file you meant."))
        return None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = len(raw[raw.rfind(b"\n", 0, error.start) + 1 : error.start].decode("utf-8", "replace")) + 1
        what = f"the octet 0x{raw[error.start]:02X} is not UTF-8."
        problems.append(Problem(file, line, column, "", what, "Save the file as UTF-8."))
        return None
    reading = read_yaml(text)
    problems.extend(
        Problem(file, fault.line, fault.column, dotted(fault.key), f"{fault.what}.", fault.remedy)
        for fault in reading.faults
    )
    if isinstance(reading.data, dict):
        return Document(file, text, reading.data, tuple(reading.faults))
    if not reading.faults:
        what = "the file is empty." if reading.data is None else "the file must be a mapping of keys to values."
        problems.append(Problem(file, 1, 1, "", what, "Write `key: value` lines."))
    return None


def load_document(
    path: pathlib.Path,
    model: type[Model],
    *,
    shown_as: str | None = None,
    context: object = None,
    check: Callable[[Model], Iterable[Finding]] | None = None,
) -> Model:
    """The model of one file.

    Raises:
        ProblemsFound: with every problem of the file; see `load_collecting`.
    """
    problems: list[Problem] = []
    loaded = load_collecting(path, model, problems, shown_as=shown_as, context=context, check=check)
    if loaded is None or problems:
        raise ProblemsFound(problems)
    return loaded


def load_collecting(
    path: pathlib.Path,
    model: type[Model],
    problems: list[Problem],
    *,
    shown_as: str | None = None,
    context: object = None,
    check: Callable[[Model], Iterable[Finding]] | None = None,
) -> Model | None:
    """The model of one file, its problems added to `problems` so that several files report together.

    `shown_as` is the name the problems show, `context` reaches the validators as `info.context`, `check` compares
    values with one another. When some values are wrong the check still sees the rest, so that one run shows
    everything; the result is None then.
    """
    document = open_document(path, problems, shown_as=shown_as)
    if document is None:
        return None
    return fit(document, model, problems, context=context, check=check)


def fit(
    document: Document,
    model: type[Model],
    problems: list[Problem],
    *,
    context: object = None,
    check: Callable[[Model], Iterable[Finding]] | None = None,
) -> Model | None:
    """The model of a document that was opened; None with its problems added when anything in it is wrong."""
    try:
        fitted = model.model_validate(document.data, context=context)
    except ValidationError as error:
        mistakes = error.errors(include_url=False)
        problems.extend(_worded(document, model, mistake) for mistake in mistakes)
        rest = _Rest(document.data)
        if check is not None and (partial := rest.model(model, mistakes, context)) is not None:
            problems.extend(_found(document, finding, rest.path_in_file) for finding in check(partial))
        return None
    found = [] if check is None else [_found(document, finding, tuple) for finding in check(fitted)]
    problems.extend(found)
    return None if found or document.faults else fitted


def _found(document: Document, finding: Finding, path_in_file: Callable[[Path], Path]) -> Problem:
    return document.problem(_existing(document.data, path_in_file(finding.path)), finding.what, finding.remedy)


def _worded(document: Document, model: type[BaseModel], mistake: Any) -> Problem:  # noqa: ANN401 - pydantic's ErrorDetails
    words = wrong_words(model, mistake)
    path = _existing(document.data, (*mistake["loc"], *words.under))
    at_key = mistake["type"] == "extra_forbidden" or mistake["input"] is None
    return document.problem(path, words.what, words.remedy, at_key=at_key)


def _existing(data: Data, path: Path) -> Path:
    """The path as written: a position that a validator invented (one mapping taken as a list of one) is left out."""
    here: Data | None = data
    written: list[str | int] = []
    for part in path:
        if isinstance(part, int) and isinstance(here, dict):
            continue
        written.append(part)
        if isinstance(here, dict) and isinstance(part, str):
            here = here.get(part)
        elif isinstance(here, list) and isinstance(part, int) and part < len(here):
            here = here[part]
        else:
            here = None
    return tuple(written)


class _Rest:
    """What remains of a file's data once the wrong values are taken out, and where it stood."""

    _ROUNDS: Final = 4

    def __init__(self, data: dict[str, Data]) -> None:
        self._data = data
        self._without: set[Path] = set()

    def model(self, model: type[Model], mistakes: Sequence[Any], context: object) -> Model | None:
        """The model of what is sound; None when a key of the file itself is missing or wrong."""
        for _ in range(self._ROUNDS):
            left = self._copy(self._data, ())
            self._without |= {self._culprit(left, mistake) for mistake in mistakes}
            try:
                return model.model_validate(self._copy(self._data, ()), context=context)
            except ValidationError as error:
                mistakes = error.errors(include_url=False)
        return None

    def _culprit(self, left: Data, mistake: Any) -> Path:  # noqa: ANN401 - pydantic's ErrorDetails
        path = self.path_in_file(_existing(left, tuple(mistake["loc"])))
        return path if mistake["type"] == "extra_forbidden" else _item_of(path)

    def path_in_file(self, path: Path) -> Path:
        """Where a value of the remaining data stands in the file."""
        written: Path = ()
        for part in path:
            here = part
            if isinstance(part, int):
                left = part
                here = 0
                while (*written, here) in self._without or left:
                    left -= (*written, here) not in self._without
                    here += 1
            written = (*written, here)
        return written

    def _copy(self, data: Data, path: Path) -> Data:
        if isinstance(data, dict):
            return {
                key: self._copy(value, (*path, key)) for key, value in data.items() if (*path, key) not in self._without
            }
        if isinstance(data, list):
            return [
                self._copy(value, (*path, place))
                for place, value in enumerate(data)
                if (*path, place) not in self._without
            ]
        return data


def _item_of(path: Path) -> Path:
    """The nearest list item that holds the path; the top-level key when there is none."""
    for length in range(len(path), 0, -1):
        if isinstance(path[length - 1], int):
            return path[:length]
    return path[:1]
