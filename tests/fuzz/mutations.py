"""Inputs near to real ones: the seeds of a kind, and what chance makes of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import random

_CASES: Final = Path(__file__).parents[1] / "cases"
_SEED_OCTETS: Final = 1 << 16
_WINDOW_LINES: Final = 12
_ODD: Final = (
    b"",
    b"\r",
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b'"',
    b"\\",
    b"[",
    b"{",
    b"<",
    b"-1",
    b"9" * 25,
    b"%s",
    b" " * 9,
)


def seeds(kind: str) -> list[bytes]:
    """Inputs of the kind's own cases, small ones, in the order of their names."""
    paths = sorted(path for path in (_CASES / kind).glob("*/input*") if path.stat().st_size <= _SEED_OCTETS)
    return [path.read_bytes() for path in paths] or [b"\n"]


def mutated(data: bytes, others: list[bytes], chance: random.Random) -> bytes:
    """A stretch of one input, below its first line, with lines and words moved, cut, doubled, or taken from another."""
    lines = data.split(b"\n")
    begin = chance.randrange(len(lines))
    lines = [lines[0], *lines[begin : begin + _WINDOW_LINES]]
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(lines))
        match chance.randrange(7):
            case 0:
                lines.insert(place, chance.choice(chance.choice(others).split(b"\n")))
            case 1:
                lines[place] = lines[place][: chance.randint(0, len(lines[place]))]
            case 2:
                lines.insert(place, lines[chance.randrange(len(lines))])
            case 3:
                lines[place] = _with_word(lines[place], chance)
            case 4:
                at = chance.randint(0, len(lines[place]))
                lines[place] = lines[place][:at] + chance.choice(_ODD) + lines[place][at:]
            case 5:
                at = chance.randint(0, len(lines[place]))
                lines[place] = lines[place][:at] + chance.randbytes(2) + lines[place][at + 2 :]
            case _:
                lines[place], lines[0] = lines[0], lines[place]
    return b"\n".join(lines)


def _with_word(line: bytes, chance: random.Random) -> bytes:
    words = line.split(b" ")
    words[chance.randrange(len(words))] = chance.choice([*_ODD, chance.choice(words)])
    return b" ".join(words)
