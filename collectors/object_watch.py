"""Which objects of a store are worth reading now: new ones, and those that look other than when they were read.

Decides how much is listed: usually only the names from a watermark on, and all of them from time to time. The watermark
is the first name among what was written within the look-back, so that names which grow with time are listed from there;
a late object with an older name is found at the next listing of all. What was read to its end is asked of the ledger,
where it stands in the transaction that read it; nothing else is kept.

Refuses to know what an object holds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from collectors.files import UnreadableInputError
from collectors.files.limits import FAILED, GONE, REFUSED
from collectors.files.watch import Changed
from collectors.objects import StoredObject, objects_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from collectors.objects import Store

_REMEMBERED: Final = 100_000


@dataclass(frozen=True, slots=True)
class ListingSettings:
    """How often is listed; how long after it was written an object is still looked for at every listing."""

    list_every_seconds: float = 15.0
    list_all_every_seconds: float = 3_600.0
    look_back_seconds: float = 86_400.0


@dataclass(slots=True)
class ObjectWatch:
    """The objects that a URL names.

    `read_so`: what the objects of some URLs looked like when they were read to their end. `clock`: seconds since 1970.
    """

    url: str
    open_store: Callable[[], Store]
    read_so: Callable[[Sequence[str]], Mapping[str, set[str]]]
    clock: Callable[[], float]
    settings: ListingSettings = field(default_factory=ListingSettings)
    _tried: dict[str, str] = field(default_factory=dict)
    _watermark: str | None = None
    _listed: float | None = None
    _all_listed: float | None = None
    _store: Store | None = None
    _failure: str = ""

    def absence(self) -> str:
        """Why nothing can be found now: the last listing failed; empty where it did not."""
        return self._failure

    def changed(self) -> Iterator[Changed]:
        """Objects that look other than when they were read; nothing when it is too early to list again.

        Raises:
            UnreadableInputError: the store cannot be reached or listed; it is tried again at the next listing.
        """
        now = self.clock()
        if self._listed is not None and now - self._listed < self.settings.list_every_seconds:
            return
        self._listed = now
        try:
            yield from self._list(now)
            self._failure = ""
        except UnreadableInputError as error:
            self._failure = str(error)
            raise

    def _list(self, now: float) -> Iterator[Changed]:
        settings = self.settings
        of_all = self._all_listed is None or now - self._all_listed >= settings.list_all_every_seconds
        if self._store is None:
            self._store = self.open_store()
        recent: str | None = None
        last: str | None = None
        for objects in objects_of(self.url, self._store, None if of_all else self._watermark):
            known = self.read_so([each.url for each in objects])
            for each in objects:
                last = each.key
                if recent is None and each.written is not None:
                    recent = each.key if now - each.written.timestamp() < settings.look_back_seconds else None
                if each.hint not in known.get(each.url, ()) and self._tried.get(each.url) != each.hint:
                    yield Changed(each, (each.size,))
        # A listing begins after its watermark: one that is as it was is asked for by the name before it.
        if of_all:
            self._all_listed = now
        self._watermark = _before(recent) if recent is not None else last if last is not None else self._watermark

    def read(self, changed: Changed, why_not: str = "") -> None:
        """Remember that an object was read: the ledger does not know one without records.

        One that is damaged is not tried again until it looks different; one that the store did not give is.
        """
        if isinstance(changed.path, StoredObject) and why_not not in {FAILED, GONE, REFUSED}:
            if len(self._tried) >= _REMEMBERED:
                del self._tried[next(iter(self._tried))]
            self._tried[changed.path.url] = changed.path.hint


def _before(key: str) -> str | None:
    """A name that stands before a name and after all that stand well before it."""
    return key[:-1] or None
