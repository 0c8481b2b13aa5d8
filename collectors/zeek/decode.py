"""Decode Zeek logs: lines under a header, or one JSON object a line.

Decides which lines are header and which are records, and carries the header from line to line. Lines of one layout
are read together, however headers lie among them.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING, Final

import numpy as np

from collectors.contract import SAMPLED_BAD_RECORDS, Batch, joined
from collectors.zeek.fields import LOGS, log_of
from collectors.zeek.layout import Layout
from collectors.zeek.objects import read_objects
from collectors.zeek.records import events, passed_over
from collectors.zeek.table import NO_HEADER, Broken, shown
from collectors.zeek.tsv import read_lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    from numpy.typing import NDArray

    from collectors.contract import Piece

    # Runs of lines by their layout: the octets, and the number of the first line of each.
    _Runs: TypeAlias = dict[Layout, list[tuple[bytes, NDArray[np.uint64]]]]

BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_NEWLINE: Final = 0x0A
_HASH, _BRACE = 0x23, 0x7B
_WHITE: Final = b" \t\r"
# Layouts that are told apart before what they hold is decoded.
_LAYOUTS_AT_A_TIME: Final = 256


class ZeekDecoder:
    """Decodes one input; carries the header in force."""

    def __init__(self) -> None:
        self._layout = Layout()

    def state(self) -> str:
        """The header in force."""
        return json.dumps(self._layout.spelled())

    def resume(self, state: str) -> None:
        """Go on with the header of a state."""
        self._layout = Layout.of(json.loads(state))

    def decode(self, piece: Piece) -> Batch:
        """Decode complete lines. Raises nothing on any bytes."""
        data = piece.data
        if not piece.offset:
            data = data.removeprefix(BYTE_ORDER_MARK)
        return in_order(list(self._batches(data, piece.first_line))) if data else Batch()

    def _batches(self, data: bytes, first_line: int) -> Iterator[Batch]:
        raw = np.frombuffer(data, dtype=np.uint8)
        ends = np.flatnonzero(raw == _NEWLINE) + 1
        if not data.endswith(b"\n"):
            ends = np.append(ends, len(data))
        begins = np.concatenate((np.zeros(1, dtype=ends.dtype), ends[:-1]))
        initials = raw[begins]
        meta = np.flatnonzero(initials == _HASH)
        runs: _Runs = {}
        at = 0
        for row in [*meta.tolist(), len(ends)]:
            if row > at:
                layout = self._layout
                if layout not in runs and len(runs) == _LAYOUTS_AT_A_TIME:
                    yield from _decoded(runs)
                    runs = {}
                numbers = np.arange(first_line + at, first_line + row, dtype=np.uint64)
                runs.setdefault(layout, []).append((data[begins[at] : ends[row - 1]], numbers))
            if row < len(ends):
                self._layout = self._layout.after(data[begins[row] : ends[row]])
            at = row + 1
        yield from _decoded(runs)


def _decoded(runs: _Runs) -> Iterator[Batch]:
    for layout, parts in runs.items():
        data = b"".join(part for part, _ in parts)
        lines = np.concatenate([numbers for _, numbers in parts])
        if not layout.fields:
            yield from _without_header(data, lines)
            continue
        log = layout.path or log_of(layout.fields)
        if log not in LOGS:
            yield passed_over(Counter({shown(log): len(lines)}))
            continue
        broken = Broken()
        table = read_lines(data, lines, layout, log, broken)
        yield joined([events(table, log), _bad(broken)])


def _without_header(data: bytes, lines: NDArray[np.uint64]) -> Iterator[Batch]:
    """Lines under no header: JSON objects are read, empty lines are none, all else is of no known order."""
    raw = np.frombuffer(data, dtype=np.uint8)
    begins = np.concatenate((np.zeros(1, dtype=np.intp), np.flatnonzero(raw == _NEWLINE) + 1))[: len(lines)]
    if (raw[begins] == _BRACE).all():
        yield from read_objects(data, lines)
        return
    texts = [text + b"\n" for text in data.removesuffix(b"\n").split(b"\n")]
    objects = np.array([text.lstrip(_WHITE).startswith(b"{") for text in texts], dtype=np.bool_)
    if objects.any():
        yield from read_objects(b"".join(texts[row] for row in np.flatnonzero(objects)), lines[objects])
    broken = Broken()
    rows = [row for row in np.flatnonzero(~objects).tolist() if texts[row].strip(_WHITE + b"\n")]

    def what(place: int) -> str:
        text = texts[rows[place]].rstrip(b"\r\n").decode("utf-8", "replace")
        return f"`{shown(text)}` is no JSON object and stands under no `#fields` line"

    broken.add(lines[rows], NO_HEADER, what)
    yield _bad(broken)


def _bad(broken: Broken) -> Batch:
    return Batch(records=broken.by_reason.total(), bad=tuple(broken.sample), bad_by_reason=broken.by_reason)


def in_order(batches: list[Batch]) -> Batch:
    """One batch of parts whose lines may lie among each other; the sample of bad records is of the first ones."""
    if len(batches) == 1 and len(batches[0].bad) <= 1:
        return batches[0]
    batch = joined([replace(each, bad=()) for each in batches])
    bad = sorted((bad for each in batches for bad in each.bad), key=attrgetter("line"))
    return replace(batch, bad=tuple(bad[:SAMPLED_BAD_RECORDS]))
