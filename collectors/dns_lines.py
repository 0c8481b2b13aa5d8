"""Decode a DNS log of which each line stands alone: what a line says, a decoder of its own tells.

Decides which lines become names: those that are neither bad nor passed over. Refuses to know any form of a line.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from collectors.contract import Batch
from collectors.host_lines import HostLines
from collectors.line_counts import counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from collectors.contract import Names, Piece, SourceOptions


class DnsLineDecoder:
    """Decodes one input; carries the year that stamps without one are in, and a begun record of the journal."""

    def __init__(
        self,
        options: SourceOptions,
        read: Callable[[pl.DataFrame], pl.DataFrame],
        names: Callable[[pl.DataFrame], Names],
        what: Callable[[str, str], str],
    ) -> None:
        """Take the site's zone and year.

        `read` adds to lines their parts, the text that `what` is told, and `bad` or `passed` where one gives no event;
        `names` makes events of the others; `what` says for people what is wrong with a bad one.

        Raises:
            ValueError: there is no such zone.
        """
        self._lines = HostLines(options)
        self._read = read
        self._names = names
        self._what = what

    def state(self) -> str:
        """What the lines so far leave behind."""
        return self._lines.state()

    def resume(self, state: str) -> None:
        """Go on from there."""
        self._lines.resume(state)

    def decode(self, piece: Piece) -> Batch:
        """Decode complete lines: one row for each that gives an event."""
        lines = self._lines.read(piece)
        if not lines.height:
            return Batch()
        lines = self._read(lines)
        batch = counted(lines.select("line", "bad", "passed", "text"), self._what)
        rows = lines.filter(pl.col("bad").is_null() & pl.col("passed").is_null())
        return replace(batch, names=(self._names(rows),)) if rows.height else batch
