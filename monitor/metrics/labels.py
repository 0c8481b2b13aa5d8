"""How many values a label may take: slots for operators, a limit for series.

Decides which operators bear their name and when a label set loses detail. Whatever it decides, a record goes into
exactly one label set, so that sums stay what they were. A name once given is kept: a counter never moves backwards.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

NONE: Final = "none"
OTHER: Final = "other"
FOLDING: Final = ("place_country", "control_country", "operator")

# The last half of the slots waits for names that carry this share of all octets so far: the first hour of a public
# site sees more access networks than there are slots, and the cloud that matters may come in the second.
_SHARE: Final = 0.01
# Names without a slot whose octets are remembered. The atlas knows some 80 000 AS numbers.
_WAITING: Final = 10_000


class Operators:
    """Names that operators bear in a label: the largest by octets, as far as slots go."""

    def __init__(self, slots: int) -> None:
        self._slots = slots
        self._named: set[str] = {NONE}
        self._waiting: Counter[str] = Counter()
        self._octets = 0

    def reserve(self, names: Iterable[str]) -> None:
        """Give slots in the order of `names`, the largest first, as far as there are any."""
        for name in names:
            self._give(name)

    def weigh(self, octets: Mapping[str, int]) -> None:
        """Take a batch into account, and give the slots that are due: the largest so far first."""
        self._octets += sum(octets.values())
        for name, count in octets.items():
            if name not in self._named:
                self._waiting[name] += count
        for name in sorted(octets, key=lambda name: (-self._waiting[name], name)):
            if self._free > self._slots // 2 or self._waiting[name] > _SHARE * self._octets:
                self._give(name)
        if len(self._waiting) > _WAITING:
            self._waiting = Counter(dict(self._waiting.most_common(_WAITING // 2)))

    def name(self, operator: str) -> str:
        """Give the name that this operator bears."""
        return operator if operator in self._named else OTHER

    @property
    def _free(self) -> int:
        return self._slots + 1 - len(self._named)  # `none` is in no slot

    def _give(self, name: str) -> None:
        if self._free > 0:
            self._named.add(name)
            self._waiting.pop(name, None)


class LabelSets:
    """The label sets of the traffic counters: new ones lose detail as the limit comes near."""

    def __init__(self, labels: tuple[str, ...], limit: int) -> None:
        """Take the names of the labels, FOLDING among them, and the number of label sets."""
        place, control, operator = (labels.index(name) for name in FOLDING)
        # What a new label set loses, and up to how many there may be then. The last step needs no limit: what is left
        # are systems of the inventory and closed vocabularies.
        self._steps = (((), limit * 4 // 5), ((place, operator), limit), ((place, operator, control), None))
        self._known: set[tuple[str, ...]] = set()

    def __len__(self) -> int:
        return len(self._known)

    def place(self, labels: tuple[str, ...]) -> tuple[str, ...]:
        """Give the label set that counts for this one: itself, or with `other` where detail is lost."""
        folded = labels
        for positions, limit in self._steps:
            folded = tuple(OTHER if at in positions else label for at, label in enumerate(labels))
            if folded in self._known or limit is None or len(self._known) < limit:
                break
        self._known.add(folded)
        return folded


class Reasons:
    """The reasons that bear their name in a label; their lists are closed, and this holds even when one is not."""

    def __init__(self, most: int = 50) -> None:
        self._most = most
        self._known: dict[tuple[str, str], set[str]] = {}

    def name(self, source: str, outcome: str, reason: str) -> str:
        """Give the reason itself while there is room for it, else `other`."""
        known = self._known.setdefault((source, outcome), set())
        if reason not in known and len(known) >= self._most:
            return OTHER
        known.add(reason)
        return reason
