"""One leaf of a rule, a field and one value, as an expression over a column.

Decides what equal means: text without regard to case unless `|cased`; of a list any element, and all of them where a
single value is asked with `|all`. Every leaf is true or false, never null, so that `not` of it is never unknown: only
`field: null` and `|exists` see what is not there. A list without elements is not there.

Source: Sigma specification 2.0, "Sigma rules" (detection, value modifiers) and its appendix of modifiers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
import polars as pl
from sigma.types import (
    CompareOperators,
    SigmaBool,
    SigmaCasedString,
    SigmaCIDRExpression,
    SigmaCompareExpression,
    SigmaExists,
    SigmaFieldReference,
    SigmaNull,
    SigmaNumber,
    SigmaRegularExpression,
    SigmaRegularExpressionFlag,
    SigmaString,
    SigmaType,
    SpecialChars,
)

from monitor.address import parse_addresses
from monitor.wording import Unfit, choose, nearest, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from ipaddress import IPv4Network, IPv6Network

    Test: TypeAlias = Callable[[pl.Expr], pl.Expr]

_OPERATORS: Final[dict[CompareOperators, Callable[[pl.Expr, Any], pl.Expr]]] = {
    CompareOperators.LT: pl.Expr.lt,
    CompareOperators.LTE: pl.Expr.le,
    CompareOperators.GT: pl.Expr.gt,
    CompareOperators.GTE: pl.Expr.ge,
}
_FLAGS: Final = {
    SigmaRegularExpressionFlag.IGNORECASE: "i",
    SigmaRegularExpressionFlag.MULTILINE: "m",
    SigmaRegularExpressionFlag.DOTALL: "s",
}
_WILD: Final[dict[object, str]] = {SpecialChars.WILDCARD_MULTI: ".*", SpecialChars.WILDCARD_SINGLE: "."}
_COMPARED: Final = {("text", "text"), ("list", "text"), ("number", "number"), ("flag", "flag"), ("time", "time")}
_BITS: Final = {4: 32, 6: 128}
_HALF: Final = 64
_LARGEST: Final = 2**63


@dataclass(frozen=True, slots=True)
class Fields:
    """The columns that a rule may name, by name, and how they are asked."""

    types: Mapping[str, pl.DataType]

    def kind(self, name: str) -> str:
        """`text`, `number`, `flag`, `time` or `list` (of text).

        Raises:
            Unfit: there is no such field.
        """
        dtype = self.types.get(name)
        if dtype is None:
            close = nearest(name, self.types)
            remedy = f"Did you mean {close}?" if close else "See docs/rules.md for the fields of each category."
            raise Unfit(f"there is no field {shown(name)} in this category", remedy)
        if isinstance(dtype, pl.List):
            return "list"
        if dtype.is_numeric():
            return "number"
        if dtype == pl.Boolean:
            return "flag"
        return "time" if dtype.is_temporal() else "text"

    def text(self, name: str) -> pl.Expr:
        """A column as text."""
        column = pl.col(name)
        if isinstance(self.types[name], pl.List):
            return column.cast(pl.List(pl.String))
        return column if self.types[name] == pl.String else column.cast(pl.String)


def leaf(name: str, value: SigmaType, fields: Fields, *, every: bool = False) -> pl.Expr:
    """True where the field has the value; `every`: of a list all elements have.

    Raises:
        Unfit: there is no such field, or its type has no such values.
    """
    kind = fields.kind(name)
    if isinstance(value, SigmaNull):
        return _absent(name, kind)
    if isinstance(value, SigmaExists):
        return ~_absent(name, kind) if value.exists else _absent(name, kind)
    if isinstance(value, SigmaFieldReference):
        return _false_where_null(_reference(name, kind, value, fields, every=every))
    if isinstance(value, SigmaCIDRExpression):
        if fields.types[name] != pl.String:
            raise Unfit(f"{name} holds no addresses", "Use |cidr with local_address, remote_address and the like.")
        return _false_where_null(_within(pl.col(name), value.network))
    return _false_where_null(_plain(name, kind, value, fields, every=every))


def _plain(name: str, kind: str, value: SigmaType, fields: Fields, *, every: bool) -> pl.Expr:
    """A field that is asked for a value."""
    if kind == "time":
        raise Unfit(f"{name} is a time, which a rule can only ask to be there", f"Write `{name}|exists: true`.")
    if kind == "number":
        return _number(name, value)
    if kind == "flag":
        if not isinstance(value, SigmaBool):
            raise Unfit(f"{name} is true or false", "Write true, false or null.")
        return pl.col(name) == value.boolean
    return _text(name, kind, _text_test(name, value), fields, every=every)


def _absent(name: str, kind: str) -> pl.Expr:
    return _empty(name) if kind == "list" else pl.col(name).is_null()


def _empty(name: str) -> pl.Expr:
    return _false_where_null(pl.col(name).list.len() == 0) | pl.col(name).is_null()


def _false_where_null(test: pl.Expr) -> pl.Expr:
    return test.fill_null(value=False)


def _text(name: str, kind: str, test: Test, fields: Fields, *, every: bool) -> pl.Expr:
    if kind == "list":
        held = fields.text(name).list.eval(_false_where_null(test(pl.element())))
        return held.list.all() & ~_empty(name) if every else held.list.any()
    dtype = fields.types[name]
    if isinstance(dtype, pl.Enum):
        # A closed list of words: which of them fit is known now, and a word that is like none of them is a mistake.
        words = pl.DataFrame({"word": dtype.categories})
        fitting = words.filter(_false_where_null(test(pl.col("word"))))["word"].cast(dtype)
        if fitting.is_empty():
            raise Unfit(f"no word of {name} is like that", f"Write one of: {', '.join(dtype.categories)}.")
        return pl.col(name).is_in(fitting.implode())
    return test(fields.text(name))


def _text_test(name: str, value: SigmaType) -> Test:
    if isinstance(value, SigmaRegularExpression):
        return _expression(value)
    if isinstance(value, SigmaString):
        return _pattern(value, cased=isinstance(value, SigmaCasedString))
    if isinstance(value, SigmaCompareExpression):
        raise Unfit(f"{name} is text, which is neither more nor less", "Compare a number.")
    raise Unfit(f"{name} is text", "Put the value in quotes.")


def _pattern(value: SigmaString, *, cased: bool) -> Test:
    """A word with `*` and `?` in it; the usual shapes do without a regular expression."""
    many = SpecialChars.WILDCARD_MULTI
    parts = [part if cased or not isinstance(part, str) else part.lower() for part in value.s]

    def folded(column: pl.Expr) -> pl.Expr:
        return column if cased else column.str.to_lowercase()

    match parts:
        case []:
            return lambda column: column == ""
        case [str(word)]:
            return lambda column: folded(column) == word
        case [str(word), last] if last == many:
            return lambda column: folded(column).str.starts_with(word)
        case [first, str(word)] if first == many:
            return lambda column: folded(column).str.ends_with(word)
        case [first, str(word), last] if first == last == many:
            return lambda column: folded(column).str.contains(word, literal=True)
    said = "".join(re.escape(part) if isinstance(part, str) else _WILD.get(part, "") for part in parts)
    return lambda column: folded(column).str.contains(f"(?s)^{said}$")


def _expression(value: SigmaRegularExpression) -> Test:
    said, flags = str(value.regexp), "".join(sorted(_FLAGS[flag] for flag in value.flags))
    pattern = f"(?{flags}){said}" if flags else said
    try:
        pl.Series([""]).str.contains(pattern)
    except pl.exceptions.PolarsError:
        remedy = "Write it without looking ahead or behind and without references to groups."
        raise Unfit(f"{shown(said)} is no regular expression that can be searched in linear time", remedy) from None
    return lambda column: column.str.contains(pattern)


def _number(name: str, value: SigmaType) -> pl.Expr:
    column = pl.col(name)
    number = value.number if isinstance(value, (SigmaNumber, SigmaCompareExpression)) else None
    if isinstance(number, SigmaNumber):
        number = number.number
    if number is None:
        raise Unfit(f"{name} is a number", "Write a number without quotes, or null.")
    if abs(number) >= _LARGEST:
        raise Unfit(f"{number} is larger than any {name} can be", "Write a smaller number.")
    column = column.cast(pl.Float64) if isinstance(number, float) else column
    if isinstance(value, SigmaCompareExpression):
        if value.op not in _OPERATORS:
            raise Unfit(f"the comparison of {name} is not known here", choose("", ["gt", "gte", "lt", "lte"]))
        return _OPERATORS[value.op](column, number)
    return column == number


def _reference(name: str, kind: str, value: SigmaFieldReference, fields: Fields, *, every: bool) -> pl.Expr:
    other = fields.kind(value.field)
    if (kind, other) not in _COMPARED:
        raise Unfit(f"{name} and {value.field} cannot be compared", "Name two fields of one type.")
    if other == "text" and kind == "text":
        return _text_reference(fields.text(name).str.to_lowercase(), value, fields)
    if value.starts_with or value.ends_with:
        raise Unfit(f"{name} is no text", "Compare it as a whole.")
    if kind == "list":
        left, right = fields.text(name).list.eval(pl.element().str.to_lowercase()), _folded(value.field, fields)
        alone = (left.list.n_unique() == 1) & (left.list.first() == right)
        return alone if every else left.list.contains(right) & right.is_not_null()
    return pl.col(name) == pl.col(value.field)


def _text_reference(left: pl.Expr, value: SigmaFieldReference, fields: Fields) -> pl.Expr:
    right = _folded(value.field, fields)
    if value.starts_with and value.ends_with:
        return left.str.contains(right, literal=True)
    if value.starts_with:
        return left.str.starts_with(right)
    return left.str.ends_with(right) if value.ends_with else left == right


def _folded(name: str, fields: Fields) -> pl.Expr:
    return fields.text(name).str.to_lowercase()


def _within(column: pl.Expr, network: IPv4Network | IPv6Network) -> pl.Expr:
    """Whether addresses lie in a network; what is no address does not."""
    width, first = _BITS[network.version], int(network.network_address)
    high, low = divmod(first, 1 << _HALF)
    free = width - network.prefixlen
    free_low, free_high = min(free, _HALF), max(free - _HALF, 0)

    def inside(texts: pl.Series) -> pl.Series:
        parsed = parse_addresses(texts)
        same = parsed.version == network.version
        if free_low < _HALF:
            same &= parsed.low >> np.uint64(free_low) == np.uint64(low >> free_low)
        if network.version > 4 and free_high < _HALF:  # noqa: PLR2004 - IPv6
            same &= parsed.high >> np.uint64(free_high) == np.uint64(high >> free_high)
        return pl.Series(texts.name, same)

    return column.map_batches(inside, return_dtype=pl.Boolean, is_elementwise=True)
