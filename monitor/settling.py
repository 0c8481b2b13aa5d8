"""Let the flows of a source whose names stand in other files settle, while it is followed.

Decides how much of a file may be read: what was there a moment ago. A sensor writes the line of a connection and that
of its name at almost the same time, but each file when its own buffer is flushed; whoever reads both at once finds a
connection whose name comes a second later. Files that give names are read to their end (`interleaving`), so that flows
meet the names that were flushed within that moment.

It lives in memory alone: what has not settled is not read, and a new start finds it where the checkpoint stands.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from collectors.files.watch import Changed

_NANOSECONDS: Final = 1_000_000_000
# Looks that are remembered of a file; beyond, the oldest two become one.
_LOOKS: Final = 64


@dataclass(slots=True)
class _File:
    """When a file was first seen of which size, from what is settled on; `given`: up to where it was handed on."""

    seen: deque[tuple[int, int]] = field(default_factory=deque)
    given: int = 0


@dataclass(slots=True)
class Settling:
    """The files of one source. `clock`: nanoseconds since 1970, as the file system has it."""

    seconds: float
    clock: Callable[[], int]
    _files: dict[str, _File] = field(default_factory=dict)

    def settled(self, found: Sequence[Changed]) -> list[Changed]:
        """What changed, each with how much of it may be read; nothing as long as no file has settled any further.

        A file that has settled as a whole is always given: whoever read it says so to its watch, and nobody else knows.
        """
        settled = [self._settled(each) for each in found]
        names = {str(each.path) for each in found}
        self._files = {name: file for name, file in self._files.items() if name in names}
        if not any(self._is_more(each) for each in settled):
            return []
        for each in settled:
            if each.until is not None:
                self._files[str(each.path)].given = each.until
        return settled

    def _is_more(self, changed: Changed) -> bool:
        until = changed.until
        return until is None or until >= changed.look[0] or until > self._files[str(changed.path)].given

    def _settled(self, changed: Changed) -> Changed:
        """How much of a file was there long enough ago; all of an object, and of a file that is left alone."""
        if not isinstance(changed.path, Path):
            return changed
        now, size, written = self.clock(), *changed.look[:2]
        file = self._files.setdefault(str(changed.path), _File())
        seen = file.seen
        if seen and size < seen[-1][1]:  # it was truncated
            seen.clear()
            file.given = 0
        if not seen or size > seen[-1][1]:
            seen.append((min(now, max(written, seen[-1][0] if seen else written)), size))
        if len(seen) > _LOOKS:
            del seen[0]
        until = 0
        old_enough = now - round(self.seconds * _NANOSECONDS)
        while seen and seen[0][0] <= old_enough:
            until = seen.popleft()[1]
        if until:
            seen.appendleft((0, until))
        return replace(changed, until=until)
