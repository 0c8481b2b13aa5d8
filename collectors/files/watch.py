"""Which files of a source are worth reading now: new ones, grown ones, and what rotation made of those that were read.

Decides by looking only: names, sizes, times and inodes are hints that spare opening a file, and never say what it is.
A file that was renamed is followed under its new name as long as it is there, and a new file beside it whose name
begins with that name (a copy, or its compressed form) is looked at too, because it may hold lines that were written
after the last look. Whoever reads them knows by their content what was read already.

Refuses to know what a file holds.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from fnmatch import translate
from pathlib import Path
from stat import S_ISREG
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import TypeAlias

    from collectors.objects import Place

    _Inode: TypeAlias = tuple[int, int]
    _Look: TypeAlias = tuple[int, ...]

# A wildcard, or one that is escaped and stands for itself, as `glob.escape` writes it.
_WILD: Final = re.compile(r"\[[*?\[]\]|[*?\[]")
_ESCAPED: Final = re.compile(r"\[([*?\[])\]")
# A file may be written twice within one tick of its time; what was looked at within that is looked at once more.
_TICK_NS: Final = 2_000_000_000
# A file that cannot be read may still be being written, until it was left alone for so long.
_UNFINISHED_NS: Final = 60_000_000_000


@dataclass(frozen=True, slots=True)
class Changed:
    """An input that is worth reading; `only_known`: only if some of its content was read before.

    `unfinished`: it was written to within the last minute. `until`: it may be read up to so many octets; null: to its
    end.
    """

    path: Place
    look: tuple[int, ...]
    only_known: bool = False
    inode: _Inode = (0, 0)
    unfinished: bool = False
    until: int | None = None


@dataclass(slots=True)
class _Seen:
    """A file that is there: its name, what it looks like, and whether the source's pattern names it."""

    path: str
    look: _Look
    is_named: bool


def matcher(patterns: Iterable[str]) -> Callable[[str], object]:
    """Tell whether a path is named by one of the patterns, or lies in a folder that is; `*` may stand for folders."""
    ways = [translate(way) for pattern in patterns for way in (pattern, f"{pattern.rstrip('/')}/*")]
    return re.compile("|".join(ways)).match


@dataclass(slots=True)
class FileWatch:
    """The files of one pattern: an absolute path of a file or a folder, which may hold wildcards (or escaped ones).

    `clock` gives the time in nanoseconds since 1970, as the file system has it. `without`: files that are no logs,
    wherever they lie.
    """

    pattern: str
    clock: Callable[[], int]
    without: frozenset[str] = frozenset()
    _read: dict[_Inode, tuple[_Look, int]] = field(default_factory=dict)
    _followed: set[_Inode] = field(default_factory=set)
    _before: dict[_Inode, _Seen] | None = None

    def changed(self) -> list[Changed]:
        """Files that are new or look other than when they were read, the longest unchanged first."""
        now = self.clock()
        found = dict(self._scan())
        siblings = self._siblings(found)
        self._followed &= found.keys()
        self._read = {inode: read for inode, read in self._read.items() if inode in found}
        changed: list[Changed] = []
        for inode, seen in found.items():
            if seen.is_named:
                self._followed.add(inode)
            elif inode not in self._followed and inode not in siblings:
                continue
            read, again_after = self._read.get(inode, (None, 0))
            age = now - seen.look[1]
            if read != seen.look or 0 < again_after < age:
                only_known = not seen.is_named and inode not in self._followed and siblings[inode]
                unfinished = age <= _UNFINISHED_NS
                found_so = Changed(Path(seen.path), seen.look, only_known, inode, unfinished)
                changed.append(found_so)
            if inode in siblings:
                self._followed.add(inode)
        self._before = found
        return sorted(changed, key=lambda each: (each.look[1], str(each.path)))

    def read(self, changed: Changed, why_not: str = "") -> None:
        """Remember that a file was read as it looked then, or why it could not be: it is tried again when it is old."""
        age = self.clock() - changed.look[1]
        again_after = _TICK_NS if age <= _TICK_NS else 0
        if why_not and changed.unfinished:
            again_after = _UNFINISHED_NS
        self._read[changed.inode] = (changed.look, again_after)

    def _siblings(self, found: dict[_Inode, _Seen]) -> dict[_Inode, bool]:
        """New files that may be what rotation made of a followed one; with whether only what is known is read of them.

        At the first look all that are named so may be; older archives among them were never asked for.
        """
        before = self._before
        named = {seen.path for seen in (found if before is None else before).values() if seen.is_named}
        if not named:
            return {}
        siblings = {}
        for inode, seen in found.items():
            if not seen.is_named and (before is None or inode not in before) and _is_rotated(seen.path, named):
                siblings[inode] = before is None
        return siblings

    def _scan(self) -> Iterator[tuple[_Inode, _Seen]]:
        folder, is_deep = self._root()
        is_named = matcher([self.pattern])
        folders = [folder]
        while folders:
            try:
                with os.scandir(folders.pop()) as entries:
                    for entry in entries:
                        if entry.name.startswith(".") or entry.path in self.without:
                            continue
                        if entry.is_dir(follow_symlinks=False):
                            folders += [entry.path] if is_deep else []
                            continue
                        found = _stat(entry)
                        if found is not None and S_ISREG(found.st_mode):
                            look = (found.st_size, found.st_mtime_ns, found.st_ctime_ns)
                            yield (found.st_dev, found.st_ino), _Seen(entry.path, look, bool(is_named(entry.path)))
            except OSError:
                continue  # it went away, or may not be looked at: the next look may find it

    def absence(self) -> str:
        """Why no file can be found now: what is named is not there, or may not be read; empty where it can be."""
        folder, is_deep = self._root()
        if not is_deep and not os.path.exists(named := _ESCAPED.sub(r"\1", self.pattern)):  # noqa: PTH110 - as below
            return f"there is no {named}"
        try:
            with os.scandir(folder):
                return ""
        except OSError as error:
            return f"the folder {folder} cannot be read: {error.strerror}"

    def _root(self) -> tuple[str, bool]:
        """The folder to look in, and whether in those below it too."""
        wild = next((each.start() for each in _WILD.finditer(self.pattern) if len(each.group()) == 1), None)
        if wild is not None:
            return _ESCAPED.sub(r"\1", self.pattern[:wild].rpartition("/")[0]) or "/", True
        path = _ESCAPED.sub(r"\1", self.pattern)
        is_folder = os.path.isdir(path)  # noqa: PTH112 - asked at every look
        return (path, True) if is_folder else (path.rpartition("/")[0] or "/", False)


def _stat(entry: os.DirEntry[str]) -> os.stat_result | None:
    try:
        return entry.stat()
    except OSError:
        return None  # a link to nothing, or a file that went away meanwhile


def _is_rotated(path: str, named: set[str]) -> bool:
    """Whether a name is that of a followed file and more: `app.log.1`, `app.log-20261125.gz`."""
    begin = path.rpartition("/")[2]
    folder = path[: len(path) - len(begin)]
    return any(folder + begin[:end] in named for end in range(1, len(begin)))
