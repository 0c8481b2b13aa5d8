"""Values in a run of octets, whole columns at a time: numbers, times and texts that lie at known places.

Decides what is a plain value: one that can be read with a few operations on words of eight octets. What is not plain is
said to be so, and is left to the slower ways; nothing is ever read differently from `careful`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np

from collectors.json_lines.careful import time_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Places = NDArray[np.int64]
    Words = NDArray[np.uint64]
    Flags = NDArray[np.bool_]

# So many octets before and after a value can be loaded.
MARGIN: Final = 72

_W: Final = 8
_ZEROS: Final = np.uint64(0x3030_3030_3030_3030)
_ABOVE_9: Final = np.uint64(0x7676_7676_7676_7676)
_HIGH: Final = np.uint64(0x8080_8080_8080_8080)
_LAST: Final = np.array([0, *((1 << (8 * n)) - 1 << (64 - 8 * n) for n in range(1, 9))], dtype=np.uint64)
_FIRST: Final = np.array([(1 << (8 * n)) - 1 for n in range(9)], dtype=np.uint64)
_TRUE: Final = np.uint64(int.from_bytes(b"true", "little") << 32)
_FALSE: Final = np.uint64(int.from_bytes(b"false", "little") << 24)
_WIDTHS: Final = (8, 16, 32, 64)
_SHORT: Final = 16  # an IPv4 address has at most 15
_TEXT_WORDS: Final = _WIDTHS[-1] // _W
_ROUNDS: Final = 4
_MIX: Final = np.random.default_rng(20).integers(1 << 62, 1 << 63, (_ROUNDS, _TEXT_WORDS + 1), dtype=np.uint64) | 1


@dataclass(slots=True, eq=False)
class Room:
    """Memory that is used again for each piece of data: fresh memory costs more than what is done with it here."""

    octets: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(0, np.uint8))
    found: Flags = field(default_factory=lambda: np.zeros(0, np.bool_))
    other: Flags = field(default_factory=lambda: np.zeros(0, np.bool_))

    def of(self, size: int) -> tuple[NDArray[np.uint8], Flags, Flags]:
        """Give room for so many octets, and for two marks on each."""
        if len(self.octets) < size:
            self.octets = np.empty(size, np.uint8)
            self.found, self.other = (np.empty(size, np.bool_) for _ in range(2))
        return self.octets[:size], self.found[:size], self.other[:size]


@dataclass(frozen=True, slots=True, eq=False)
class Octets:
    """Octets of data between margins, and the word of eight octets that begins at each (little-endian).

    `found` and `other` are room for marks.
    """

    data: bytes
    octets: NDArray[np.uint8]
    words: Words
    found: Flags
    other: Flags

    @classmethod
    def of(cls, data: bytes, room: Room) -> Octets:
        """Look at data, with a margin before and after it, and a newline at its end if it has none."""
        ended = b"" if data.endswith(b"\n") or not data else b"\n"
        size = len(data) + len(ended)
        octets, found, other = room.of(size + 2 * MARGIN)
        octets[:MARGIN] = ord(" ")
        octets[MARGIN - 1] = ord("\n")
        octets[MARGIN : MARGIN + len(data)] = np.frombuffer(data, np.uint8)
        octets[MARGIN + len(data) :] = ord(" ")
        if ended:
            octets[MARGIN + len(data)] = ord("\n")
        words: Words = np.ndarray((len(octets) - _W + 1,), "<u8", octets.data, strides=(1,))
        return cls(data, octets, words, found, other)

    def text(self, begin: int, end: int) -> bytes:
        """Give the octets of one value or line."""
        return self.data[begin - MARGIN : end - MARGIN]

    def window(self, width: int, places: Places, offset: int) -> Words:
        """Words of the `width` octets from `offset` past each place on, one row a place.

        Octets of no type have no alignment, and so are copied by one move, however many.
        """
        after = max(offset, 0)
        whole = np.ndarray(
            (len(self.octets) - after - width + 1,), f"V{width}", self.octets.data, offset=after, strides=(1,)
        )
        loaded: Words = whole[places if offset >= 0 else places + offset].view(np.uint64)
        return loaded.reshape(-1, width // _W)


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """Texts of which each distinct one stands once: `codes` gives each its place in `distinct`."""

    codes: NDArray[np.intp]
    distinct: list[str]


def digits(of: Octets, begins: Places, ends: Places) -> tuple[NDArray[np.int64], Flags]:
    """Whole numbers of 1 to 16 digits as JSON spells them, and where there is one."""
    lengths = ends - begins
    plain = (lengths >= 1) & (lengths <= 2 * _W)
    plain &= (lengths == 1) | (of.octets[begins] != ord("0"))
    values, right = _eight(of.words[ends - _W], np.minimum(lengths, _W))
    plain &= right
    if (lengths > _W).any():
        high, right = _eight(of.words[ends - 2 * _W], np.clip(lengths - _W, 0, _W))
        plain &= right
        values = values + high * np.uint64(100_000_000)
    return values.astype(np.int64), plain


def _eight(words: Words, lengths: Places) -> tuple[Words, Flags]:
    """Value of the last `lengths` octets of each word as digits, and where they are digits."""
    part = (words ^ _ZEROS) & _LAST[lengths]
    right = ((part + _ABOVE_9) | part) & _HIGH == 0
    return _value(part), right


def _value(part: Words) -> Words:
    """Value of eight digits, each in an octet, the first in the lowest."""
    part = (part * np.uint64(2561)) >> np.uint64(8) & np.uint64(0x00FF_00FF_00FF_00FF)
    part = (part * np.uint64(6_553_601)) >> np.uint64(16) & np.uint64(0x0000_FFFF_0000_FFFF)
    return (part * np.uint64(42_949_672_960_001)) >> np.uint64(32)


def decimals(of: Octets, begins: Places, ends: Places) -> tuple[NDArray[np.int64], NDArray[np.int64], Flags]:
    """Numbers with or without a fraction: whole part, millionths, and where a point has at most 6 places after it."""
    point = ends.copy()
    for places in range(1, 7):
        at = np.maximum(ends - places - 1, begins)
        point = np.where((of.octets[at] == ord(".")) & (at > begins), at, point)
    whole, right = digits(of, begins, point)
    length = np.maximum(ends - point - 1, 0)
    fraction, also = _eight(of.words[ends - _W], length)
    scale = np.array([1_000_000, 100_000, 10_000, 1_000, 100, 10, 1], np.int64)
    return whole, fraction.astype(np.int64) * scale[length], right & also


def flags(of: Octets, begins: Places, ends: Places) -> tuple[Flags, Flags]:
    """Tell which values are `true`, and which are `true` or `false` at all."""
    lengths = ends - begins
    ending = of.words[ends - _W]
    true = (lengths == len("true")) & (ending & _LAST[4] == _TRUE)
    false = (lengths == len("false")) & (ending & _LAST[5] == _FALSE)
    return true, true | false


_CLOCK: Final = np.uint64(ord(":") | ord(".") << 24)
_CLOCK_MASK: Final = np.uint64(0x0000_0000_FF00_00FF)
_TO_FRACTION: Final = 26  # 2024-01-02T03:04:05.123456
_MINUTE: Final = 60_000_000


def times(of: Octets, begins: Places, ends: Places) -> tuple[NDArray[np.int64], Flags]:
    """Microseconds since 1970 of times such as `2024-01-02T03:04:05.123456+0100`, and which are spelled so.

    Each distinct minute and each distinct offset is read once.
    """
    lengths = ends - begins - _TO_FRACTION
    plain = (lengths >= 1) & (lengths <= len("+01:00"))
    clock, tail = of.words[begins + 16], of.words[begins + 24]
    plain &= clock & _CLOCK_MASK == _CLOCK
    part = clock >> np.uint64(8) & np.uint64(0xFFFF) | clock >> np.uint64(32) << np.uint64(16) | tail << np.uint64(48)
    part ^= _ZEROS
    plain &= ((part + _ABOVE_9) | part) & _HIGH == 0
    past = _value(part).astype(np.int64)
    plain &= past < _MINUTE
    offsets = (tail >> np.uint64(16)) & _FIRST[np.clip(lengths, 0, 6)]
    rows = np.flatnonzero(plain)
    if len(rows) != len(plain):
        past, begins, offsets = past[rows], begins[rows], offsets[rows]
    minutes = texts(of, begins, begins + 16)
    zones, zone_codes = _few(offsets)
    known = np.full((len(minutes.distinct), len(zones)), -1, np.int64)
    seen = np.zeros(known.shape, np.bool_)
    seen[minutes.codes, zone_codes] = True
    bad = np.zeros(known.shape, np.bool_)
    for minute, zone in zip(*(each.tolist() for each in np.nonzero(seen)), strict=True):
        offset = int(zones[zone]).to_bytes(8, "little").rstrip(b"\0").decode("latin-1")
        read = time_of(f"{minutes.distinct[minute]}:00.000000{offset}")
        bad[minute, zone] = read is None
        known[minute, zone] = 0 if read is None else round(read.timestamp()) * 1_000_000
    values = np.zeros(len(plain), np.int64)
    values[rows] = known[minutes.codes, zone_codes] + past
    plain[rows[bad[minutes.codes, zone_codes]]] = False
    return values, plain


def _few(values: Words) -> tuple[Words, NDArray[np.intp]]:
    """Distinct values of which there are few, and which each is."""
    if len(values) and (values == values[0]).all():
        return values[:1], np.zeros(len(values), np.intp)
    distinct, codes = np.unique(values, return_inverse=True)
    return distinct, codes


def texts(of: Octets, begins: Places, ends: Places) -> Texts:
    """Texts, each distinct one once. The octets are known to be UTF-8, without escapes.

    Short ones meet in a table by a hash of their octets and are compared there; what finds its slot taken by another
    text tries again with another hash, and at last a dictionary takes the rest.
    """
    lengths = ends - begins
    longest = int(lengths.max(initial=0))
    standing = np.full(len(begins), -1, np.int64)
    if longest <= _SHORT:
        _meet(of, begins, lengths, 8 if longest <= _W else _SHORT, standing)
    else:
        short = lengths <= _SHORT
        wide = next((each for each in _WIDTHS if each >= longest), _WIDTHS[-1])
        for width, rows in ((_SHORT, np.flatnonzero(short)), (wide, np.flatnonzero(~short))):
            some = rows[lengths[rows] <= width] if longest > width else rows
            own = np.full(len(some), -1, np.int64)
            _meet(of, begins[some], lengths[some], width, own)
            standing[some] = np.where(own < 0, -1, some[own]) if len(some) else own
    return _numbered(of, begins, ends, standing)


def _meet(of: Octets, begins: Places, lengths: Places, width: int, standing: Places) -> None:
    """Write to `standing` which row, with the same text, stands for each row; -1 stays where none was found."""
    rows = len(begins)
    left = np.arange(rows)
    loaded = of.window(width, begins, 0)
    loaded &= _masks(width)[lengths].view(np.uint64).reshape(-1, width // _W)
    words = list(loaded.T)
    bits = max(8, rows.bit_length() + 1)
    table = np.zeros(1 << bits, np.int64)
    for turn in range(_ROUNDS):
        if not len(left):
            break
        all_left = len(left) == rows
        mine = words if all_left else [word[left] for word in words]
        size = lengths if all_left else lengths[left]
        hashed = size.astype(np.uint64) * _MIX[turn, _TEXT_WORDS]
        for place, word in enumerate(mine):
            hashed += word * _MIX[turn, place]
            hashed ^= hashed >> np.uint64(29)
        slot = ((hashed * _MIX[turn, 0]) >> np.uint64(64 - bits)).astype(np.intp)
        table[slot] = left
        found = table[slot]
        same = lengths[found] == size
        for word, own in zip(words, mine, strict=True):
            same &= word[found] == own
        standing[left[same]] = found[same]
        left = left[~same]


@cache
def _masks(width: int) -> NDArray[np.void]:
    """What to keep of so many octets, by the length of the text that begins there."""
    kept = np.tri(width + 1, width, -1, dtype=np.uint8) * np.uint8(0xFF)
    return np.ascontiguousarray(kept).view(f"V{width}").reshape(-1)


def _numbered(of: Octets, begins: Places, ends: Places, standing: Places) -> Texts:
    """Number the rows that stand for others, and those that are left one by one."""
    rows = len(begins)
    first = np.flatnonzero(standing == np.arange(rows))
    number = np.zeros(rows, np.intp)
    number[first] = np.arange(len(first))
    data = of.data
    pairs = zip((begins[first] - MARGIN).tolist(), (ends[first] - MARGIN).tolist(), strict=True)
    # No control character stands in a plain line.
    joined = b"\n".join([data[begin:end] for begin, end in pairs]).decode()
    distinct = joined.split("\n") if len(first) else []
    codes = number[np.maximum(standing, 0)]
    left = np.flatnonzero(standing < 0)
    if len(left):
        known = {text: code for code, text in enumerate(distinct)}
        pairs = zip((begins[left] - MARGIN).tolist(), (ends[left] - MARGIN).tolist(), strict=True)
        codes[left] = [known.setdefault(data[begin:end].decode(), len(known)) for begin, end in pairs]
        distinct = list(known)
    return Texts(codes, distinct)
