"""The folder of a site's atlases on disk: one writer at a time, whole files or none, and what is known of each input.

    FOLDER/atlas-DIGEST.twa    kept atlases, with index.json (monitor.attribution.kept_atlases)
    FOLDER/inputs/ID-HASH      the last good input of each source, decompressed, with a manifest: it is a bundle
    FOLDER/state.json          of each source its last good input and its last attempt
    FOLDER/lock                held while an update is at work

Decides how a file appears: written beside, brought to disk, renamed. What a kill leaves behind has a name that begins
with a dot, or that no list mentions, and the next update removes it.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from datetime import date, datetime  # noqa: TC003 - pydantic reads the annotations at run time
from shutil import rmtree
from typing import TYPE_CHECKING, Final, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from monitor.attribution.refresh.checks import Measured  # noqa: TC001 - as above
from monitor.problem import Problem, ProblemsFound

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE_MODE: Final = 0o600
FOLDER_MODE: Final = 0o700
STATE: Final = "state.json"
INPUTS: Final = "inputs"
_LOCK: Final = "lock"
_PART: Final = ".part-"
_LARGEST_STATE_OCTETS: Final = 64 * 1024 * 1024

Result = Literal["new", "same", "failed", "not_offered"]


class _Stored(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class KeptInput(_Stored):
    """The last good input of a source. `day_from`: the input itself, what gave it, or the day of taking it."""

    file: str
    sha256: str
    octets: int
    published: date
    day_from: Literal["input", "given", "taken"]
    measured: Measured
    origin: str
    etag: str | None = None
    last_modified: str | None = None
    taken_at: datetime


class SourceState(_Stored):
    """What is known of a source: its last good input, when it was last known to be current, and the last attempt."""

    input: KeptInput | None = None
    confirmed_at: datetime | None = None
    attempted_at: datetime | None = None
    result: Result = "not_offered"
    what: str = ""
    failures: int = 0


class State(_Stored):
    """The whole of state.json. `built_at` is the last time that an atlas was found to be, or made, up to date."""

    form: Literal[1] = 1
    sources: dict[str, SourceState] = {}
    attempted_at: datetime | None = None
    built_at: datetime | None = None
    build_failure: str = ""
    failures: int = 0


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Make the folder where there is none, and be the only update of it.

    Raises:
        ProblemsFound: another one is at work, or the folder cannot be written.
    """
    try:
        folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        (folder / INPUTS).mkdir(mode=FOLDER_MODE, exist_ok=True)
        handle = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, FILE_MODE)
    except OSError as error:
        what = f"the folder of atlases cannot be written: {(error.strerror or str(error)).lower()}."
        raise ProblemsFound([Problem(str(folder), 0, 0, "", what)]) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            what, remedy = "another update of it is at work.", "Wait until that one is done."
            raise ProblemsFound([Problem(str(folder), 0, 0, "", what, remedy)]) from None
        yield
    finally:
        os.close(handle)


def part(folder: Path, name: str) -> Path:
    """Where a file is written before it is whole."""
    return folder / f"{_PART}{name}"


def settle(written: Path, path: Path) -> None:
    """Bring a written file to disk and give it its name: afterwards it is there whole, whatever happens."""
    handle = os.open(written, os.O_RDONLY)
    try:
        os.fchmod(handle, FILE_MODE)
        os.fsync(handle)
    finally:
        os.close(handle)
    written.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def write_whole(path: Path, content: bytes) -> None:
    """Replace a small file: afterwards it has the new content or the old one."""
    written = part(path.parent, path.name)
    written.write_bytes(content)
    settle(written, path)


def read_state(folder: Path) -> State:
    """Read what is known; nothing where nothing is.

    Raises:
        ProblemsFound: the file is damaged.
    """
    path = folder / STATE
    try:
        with path.open("rb") as stream:
            content = stream.read(_LARGEST_STATE_OCTETS)
        return State.model_validate_json(content)
    except FileNotFoundError:
        return State()
    except (OSError, ValidationError):
        what, remedy = "it is damaged.", "Remove it: every input is then taken and checked afresh."
        raise ProblemsFound([Problem(str(path), 0, 0, "", what, remedy)]) from None


def write_state(folder: Path, state: State) -> None:
    """Write what is known."""
    write_whole(folder / STATE, state.model_dump_json(indent=1).encode() + b"\n")


def sweep(folder: Path, wanted: set[str]) -> None:
    """Remove what an update that was killed left behind, and what is not wanted any more; `wanted` are names."""
    for place in (folder, folder / INPUTS):
        for path in place.iterdir():
            made_here = place.name == INPUTS or path.suffix == ".twa" or path.name.startswith(_PART)
            if not made_here or path.name in wanted:
                continue
            if not path.is_dir():
                path.unlink(missing_ok=True)
            elif path.name.startswith(_PART):
                rmtree(path)  # links to inputs, which stay
