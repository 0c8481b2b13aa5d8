"""The byte work of addresses: text to numbers and numbers to text, whole columns at a time.

Decides what is an address and what its one standard spelling is. As strict as Python's `ipaddress` (dotted
decimal of exactly four octets without leading zeros; RFC 4291 section 2.2 for IPv6), stricter in that a zone
(`%eth0`) is refused. Refuses to know what an address is for: `monitor.address` is the door to it.

The method: one joined byte buffer, cut at every '.', ':' and line end. The characters before a cut are read as
packed hexadecimal digits, which are an IPv6 group as they stand and an IPv4 octet through a table.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    _Bytes: TypeAlias = NDArray[np.uint8]
    _Words: TypeAlias = NDArray[np.uint16]
    _Places: TypeAlias = NDArray[np.intp]
    _Flags: TypeAlias = NDArray[np.bool_]

_ROWS_AT_A_TIME: Final = 16_384  # what one turn touches stays in a core's second-level cache
_PADDING: Final = b"000\n"  # a cut before the first text, with room to look four characters back

# Classes of a byte after translation; the low four bits of a hexadecimal digit are its value.
_CAPITAL: Final = 0x10
_FOREIGN: Final = 0x20
_DOT: Final = 0x40
_COLON: Final = 0x80
_END: Final = 0xC0
_NOT_PLAIN: Final = _CAPITAL | _FOREIGN
_NOT_AN_OCTET: Final = 0x8000

_GROUPS: Final = 8  # of an IPv6 address
_GROUP_DIGITS: Final = 4
_OCTETS: Final = 4  # of an IPv4 address
_TOO_LONG: Final = 5  # any length above four characters is told as five
_MAPPED_PREFIX: Final = np.uint64(0xFFFF)  # ::ffff:0:0/96, RFC 4291 section 2.5.5.2
_LOW_32: Final = np.uint64(0xFFFF_FFFF)

IPV4: Final = 4
IPV6: Final = 6


def read_text(text: pl.Series) -> tuple[NDArray[np.uint8], NDArray[np.uint64], NDArray[np.uint64], NDArray[np.bool_]]:
    """Read address text as (version, high, low, odd); odd tells which addresses are not spelled as standard.

    Shape: each as many rows as `text`. Version is 0 where the text is null or no address.
    """
    rows = len(text)
    version = np.zeros(rows, np.uint8)
    high = np.zeros(rows, np.uint64)
    low = np.zeros(rows, np.uint64)
    odd = np.zeros(rows, np.bool_)
    for start in range(0, rows, _ROWS_AT_A_TIME):
        part = slice(start, min(start + _ROWS_AT_A_TIME, rows))
        _read(_Cuts.of(text[part]), version[part], high[part], low[part], odd[part])
    return version, high, low, odd


def spell(version: NDArray[np.uint8], high: NDArray[np.uint64], low: NDArray[np.uint64]) -> pl.Series:
    """Spell addresses as RFC 5952 says: lower case, no leading zeros, the longest run of zero groups as `::`.

    Null where `version` is 0. Of equal runs the first is shortened, a single zero group never is.
    """
    spelled = pl.Series([None], dtype=pl.String).new_from_index(0, len(version))
    four = np.flatnonzero(version == IPV4)
    if len(four):
        octets = low[four].astype(">u4").view(np.uint8).reshape(-1, _OCTETS)
        names = _octet_names()
        parts = [names.gather(octets[:, place]) for place in range(_OCTETS)]
        spelled = spelled.scatter(four, pl.select(pl.concat_str(parts, separator=".")).to_series())
    six = np.flatnonzero(version == IPV6)
    if len(six):
        groups = _groups_of(high[six], low[six])
        shapes = _zero_runs(groups)
        for shape in np.unique(shapes).tolist():
            rows = np.flatnonzero(shapes == shape)
            spelled = spelled.scatter(six[rows], _spell_groups(groups[rows], *divmod(shape, 16)))
    return spelled


def _spell_groups(groups: _Words, run_start: int, run_length: int) -> pl.Series:
    """Spell rows whose run of zero groups lies in the same place (length 0: no run)."""
    names = _group_names()
    if not run_length:
        parts = [names.gather(groups[:, place]) for place in range(_GROUPS)]
        return pl.select(pl.concat_str(parts, separator=":")).to_series()
    sides: list[pl.Expr] = []
    for places in (range(run_start), range(run_start + run_length, _GROUPS)):
        parts = [names.gather(groups[:, place]) for place in places]
        sides.append(pl.concat_str(parts, separator=":") if parts else pl.lit(""))
    joined = pl.select(pl.concat_str(sides, separator="::")).to_series()
    return joined if len(joined) == len(groups) else joined.new_from_index(0, len(groups))


@dataclass(frozen=True, slots=True, eq=False)
class _Cuts:
    """The cuts of a run of texts: where each text ends and what stands before every cut."""

    places: _Places  # byte position of every cut; the first lies before the first text
    classes: _Bytes  # what cuts there
    lengths: _Bytes  # characters since the cut before, at most 5
    digits: _Words  # the last four characters before the cut as hexadecimal digits
    ends: _Places  # index of the cut that ends text i - 1; one more than there are texts
    plain: bool  # every character is a lower-case hexadecimal digit or a cut
    marks: _Bytes  # the translated bytes

    @classmethod
    def of(cls, text: pl.Series) -> _Cuts:
        """Cut texts; a null or a text with a line feed in it is cut as an empty one."""
        rows = len(text)
        cuts = cls._of_lines(text.fill_null("") if text.null_count() else text)
        if len(cuts.ends) == rows + 1:
            return cuts
        one_line = text.str.contains("\n", literal=True) == False  # noqa: E712 - null stays null here
        return cls._of_lines(pl.select(pl.when(one_line).then(text).otherwise(pl.lit(""))).to_series())

    @classmethod
    def _of_lines(cls, text: pl.Series) -> _Cuts:
        joined: str = text.str.join("\n").item()
        marks = np.frombuffer((_PADDING + joined.encode() + b"\n").translate(_classes()), np.uint8)
        places = np.flatnonzero(marks >= _DOT)
        classes = marks[places]
        lengths = np.empty(len(places), np.uint8)
        lengths[0] = 0
        np.minimum(np.diff(places) - 1, _TOO_LONG, out=lengths[1:], casting="unsafe")
        nibbles = marks & 0x0F
        pairs = nibbles[:-1] << 4
        pairs |= nibbles[1:]
        behind = places - 2
        behind[0] = 0
        digits = pairs[behind].astype(np.uint16)
        behind -= 2
        behind[0] = 0
        digits |= pairs[behind].astype(np.uint16) << 8
        return cls(
            places=places,
            classes=classes,
            lengths=lengths,
            digits=digits,
            ends=np.flatnonzero(classes == _END),
            plain=not np.count_nonzero(marks & _NOT_PLAIN),
            marks=marks,
        )

    def texts_with(self, mark: int) -> _Places:
        """Which texts hold a byte of that class."""
        places = np.flatnonzero(self.marks & _FOREIGN if mark == _FOREIGN else (self.marks & 0xF0) == mark)
        return np.unique(np.searchsorted(self.places[self.ends], places) - 1)


def _read(
    cuts: _Cuts, version: NDArray[np.uint8], high: NDArray[np.uint64], low: NDArray[np.uint64], odd: _Flags
) -> None:
    """Fill one run of rows of the four results."""
    before, ends = cuts.ends[:-1], cuts.ends[1:]
    counts = ends - before
    sound = np.ones(len(ends), np.bool_)
    if not cuts.plain:
        sound[cuts.texts_with(_FOREIGN)] = False
        odd[cuts.texts_with(_CAPITAL)] = True
    first = cuts.classes[before + 1]

    rows = np.flatnonzero((counts == _OCTETS) & (first == _DOT) & sound)
    if len(rows):
        ok, number = _read_dotted(cuts, ends[rows])
        good = rows[ok]
        version[good] = IPV4
        low[good] = number[ok]

    rows = np.flatnonzero((counts > 2) & (first == _COLON) & sound)  # noqa: PLR2004 - "::" is three cuts
    if len(rows):
        ok, groups, standard = _read_colons(cuts, before[rows] + 1, ends[rows])
        good = rows[ok]
        halves = groups.astype(">u2").view(">u8").astype(np.uint64)
        mapped = (halves[:, 0] == 0) & (halves[:, 1] >> np.uint64(32) == _MAPPED_PREFIX)
        if mapped.any():
            halves[mapped, 1] &= _LOW_32
            standard &= ~mapped
        version[good] = np.where(mapped, np.uint8(IPV4), np.uint8(IPV6))
        high[good] = halves[:, 0]
        low[good] = halves[:, 1]
        odd[good] |= ~standard
    odd &= version != 0


def _octets_before(cuts: _Cuts, ends: _Places) -> _Words:
    """Read the four octets up to each end; `_NOT_AN_OCTET` where the text is none. Shape: (texts, 4)."""
    at = ends[:, None] + np.arange(1 - _OCTETS, 1)
    octets: _Words = _octets()[(cuts.lengths[at].astype(np.intp) << 12) | (cuts.digits[at] & 0xFFF)]
    return octets


def _joint(octets: _Words) -> _Words:
    """Every bit that any octet of a text has set."""
    joint: _Words = octets[:, 0] | octets[:, 1] | octets[:, 2] | octets[:, 3]
    return joint


def _read_dotted(cuts: _Cuts, ends: _Places) -> tuple[_Flags, NDArray[np.uint64]]:
    """Read dotted decimals of four cuts each, the first of which is a dot."""
    octets = _octets_before(cuts, ends)
    ok = _joint(octets) < _NOT_AN_OCTET
    ok &= (cuts.classes[ends - 1] == _DOT) & (cuts.classes[ends - 2] == _DOT)
    return ok, octets.astype(np.uint8).view(">u4").reshape(-1).astype(np.uint64)


def _read_colons(cuts: _Cuts, firsts: _Places, ends: _Places) -> tuple[_Flags, _Words, _Flags]:
    """Read IPv6 texts given as their first and last cut.

    Returns which are addresses, and for those their groups (addresses, 8) and whether they are spelled as standard.
    """
    counts = ends - firsts + 1
    digits, lengths = cuts.digits, cuts.lengths
    ok = counts <= _GROUPS + 1
    standard = np.ones(len(ends), np.bool_)
    dotted = np.flatnonzero((cuts.classes[ends - 1] == _DOT) & (counts > _OCTETS))
    if len(dotted):
        tails = ends[dotted]
        octets = _octets_before(cuts, tails)
        digits, lengths = digits.copy(), lengths.copy()
        digits[tails - 3] = octets[:, 0] << 8 | octets[:, 1] & 0xFF
        digits[tails - 2] = octets[:, 2] << 8 | octets[:, 3] & 0xFF
        lengths[tails - 3] = lengths[tails - 2] = _GROUP_DIGITS
        counts[dotted] -= 2
        ok[dotted] = (counts[dotted] <= _GROUPS + 1) & (_joint(octets) < _NOT_AN_OCTET)
        ok[dotted] &= (cuts.classes[tails - 2] == _DOT) & (cuts.classes[tails - 3] == _DOT)
        standard[dotted] = False
    dots = np.cumsum(cuts.classes == _DOT)
    ok &= dots[ends] - dots[firsts - 1] == np.where(standard, 0, 3)
    if not ok.all():
        firsts, counts = firsts[ok], counts[ok]
    row = np.repeat(np.arange(len(firsts)), counts)
    starts = np.cumsum(counts) - counts
    place = np.arange(len(row)) - starts[row]
    at = firsts[row] + place
    lengths = lengths[at]
    well, gap, gap_start, gap_length = _gaps(row, place, lengths, counts)
    groups = np.zeros((len(firsts), _GROUPS), np.uint16)
    put = place + np.where(place > gap[row], (_GROUPS - counts)[row], 0)
    filled = np.flatnonzero((lengths > 0) & well[row])
    values = digits[at[filled]] & _masks()[lengths[filled]]
    groups.reshape(-1)[row[filled] * _GROUPS + put[filled]] = values
    plain = np.ones(len(firsts), np.bool_)
    padded = values < _least()[lengths[filled]]
    plain[row[filled[padded]]] = False
    if not well.all():
        groups, plain = groups[well], plain[well]
        gap_start, gap_length = gap_start[well], gap_length[well]
        ok[np.flatnonzero(ok)[~well]] = False
    standard = standard[ok] & plain & (_zero_runs(groups) == gap_start * 16 + gap_length)
    return ok, groups, standard


def _gaps(row: _Places, place: _Places, lengths: _Bytes, counts: _Places) -> tuple[_Flags, _Places, _Places, _Places]:
    """Find the `::` of each text: which texts are well formed, its place, and the zero groups that it stands for."""
    rows = len(counts)
    well = np.ones(rows, np.bool_)
    well[row[lengths == _TOO_LONG]] = False
    empty = np.flatnonzero(lengths == 0)
    of, where = row[empty], place[empty]
    inside = (where > 0) & (where < counts[of] - 1)
    gap = np.full(rows, _GROUPS, np.intp)
    gap[of[inside]] = where[inside]
    gaps = np.bincount(of[inside], minlength=rows)
    leading = np.zeros(rows, np.bool_)
    leading[of[where == 0]] = True
    trailing = np.zeros(rows, np.bool_)
    trailing[of[where == counts[of] - 1]] = True
    given = counts - np.bincount(of, minlength=rows)
    well &= np.where(gaps == 0, given == _GROUPS, (gaps == 1) & (given < _GROUPS))
    well &= ~leading | (gap == 1)
    well &= ~trailing | (gap == counts - 2)
    well &= (gaps == 1) | (counts == _GROUPS)
    start = np.where(gaps == 1, gap - leading, 0)
    return well, gap, start, np.where(gaps == 1, _GROUPS - given, 0)


def _groups_of(high: NDArray[np.uint64], low: NDArray[np.uint64]) -> _Words:
    return np.stack((high, low), axis=1).astype(">u8").view(">u2").astype(np.uint16)


def _zero_runs(groups: _Words) -> _Places:
    """Where the longest run of zero groups lies, as 16 * start + length; 0 where none is longer than one group."""
    return _runs()[np.packbits(groups == 0, axis=1).reshape(-1)]


@cache
def _classes() -> bytes:
    table = bytearray([_FOREIGN]) * 256
    for value, character in enumerate(b"0123456789abcdef"):
        table[character] = value
    for value, character in enumerate(b"ABCDEF", start=10):
        table[character] = _CAPITAL | value
    table[ord(".")], table[ord(":")], table[ord("\n")] = _DOT, _COLON, _END
    return bytes(table)


@cache
def _octets() -> _Words:
    """Value of a dotted part by its length and its last three digits; `_NOT_AN_OCTET` for everything else."""
    table = np.full((_TOO_LONG + 1) << 12, _NOT_AN_OCTET, np.uint16)
    for value in range(256):
        digits = str(value)
        for before in range(1 << 4 * (3 - len(digits))):
            table[len(digits) << 12 | before << 4 * len(digits) | int(digits, 16)] = value
    return table


@cache
def _masks() -> _Words:
    """Give the bits that a group of that many digits fills."""
    return np.array([0, 0xF, 0xFF, 0xFFF, 0xFFFF, 0xFFFF], np.uint16)


@cache
def _least() -> _Words:
    """Give the least value that needs that many digits; a lone 0 is spelled with one."""
    return np.array([0, 0, 0x10, 0x100, 0x1000, 0], np.uint16)


@cache
def _runs() -> _Places:
    return np.array([max(_runs_in(mask), default=(0, 0, 0))[2] for mask in range(256)], np.intp)


def _runs_in(mask: int) -> Iterator[tuple[int, int, int]]:
    """Yield runs of at least two set bits, first bit highest, as (length, earlier first, 16 * start + length)."""
    bits = f"{mask:08b}"
    for start in range(_GROUPS):
        length = len(bits[start:]) - len(bits[start:].lstrip("1"))
        if length > 1 and (start == 0 or bits[start - 1] == "0"):
            yield length, -start, 16 * start + length


@cache
def _octet_names() -> pl.Series:
    return pl.Series([str(value) for value in range(256)])


@cache
def _group_names() -> pl.Series:
    return pl.Series([f"{value:x}" for value in range(65536)])
