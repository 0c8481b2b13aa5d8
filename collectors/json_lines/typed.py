"""Lines of one kind by a typed decoder: one pass over the octets, no dictionaries.

Decides nothing: what it cannot take as it stands goes to `careful`, which knows why.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeAlias

import msgspec

from collectors.json_lines.wanted import As, Path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from collectors.json_lines.wanted import Items, Wanted

_WHOLE: Final = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
_TYPES: Final[dict[As, Any]] = {
    As.TEXT: str | None,
    As.WORD: str | None,
    As.WHOLE: _WHOLE | None,
    As.NUMBER: float | None,
    As.FLAG: bool | None,
    As.SCALAR: msgspec.Raw,
    As.TIME: float | str | None,
}
# The member that says the kind of a line stands beside the wanted ones.
BY: Final = ""

_Objects: TypeAlias = "Sequence[msgspec.Struct]"


@dataclass(slots=True)
class _Node:
    """An object on the way to wanted members: what to take from it, what lies further in, and its struct."""

    leaves: dict[str, tuple[str, As]] = field(default_factory=dict)  # key: column, kind
    inner: dict[str, _Node] = field(default_factory=dict)
    arrays: dict[str, tuple[Items, _Node | As]] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)
    struct: Any = None
    empty: Any = None

    def add(self, path: Path) -> _Node:
        node = self
        for key in path:
            node = node.inner.setdefault(key, _Node())
        return node

    def seal(self) -> Any:  # noqa: ANN401 - a type made here
        """Make the struct types, from the inside out."""
        members: dict[str, Any] = {key: _TYPES[kind] for key, (_, kind) in self.leaves.items()}
        members |= {key: node.seal() | None for key, node in self.inner.items()}
        for key, (_, item) in self.arrays.items():
            members[key] = list[(_TYPES[item] if isinstance(item, As) else item.seal() | None)] | None  # type: ignore[misc]
        self.attributes = {key: f"m{place}" for place, key in enumerate(members)}
        fields = [(self.attributes[key], kind, None) for key, kind in members.items()]
        rename = {name: key for key, name in self.attributes.items()}
        self.struct = msgspec.defstruct("Members", fields, rename=rename, gc=False)
        self.empty = self.struct()
        return self.struct

    def taken(self, objects: Iterable[Any]) -> Iterable[tuple[str, As, list[Any]]]:
        """Give the values of every column, one for each object."""
        held = [self.empty if each is None else each for each in objects]
        for key, (column, kind) in self.leaves.items():
            yield column, kind, list(map(attrgetter(self.attributes[key]), held))
        for key, node in self.inner.items():
            yield from node.taken(map(attrgetter(self.attributes[key]), held))

    def lists(self, objects: Iterable[Any]) -> Iterable[tuple[Items, _Node | As, list[Any]]]:
        """Give the arrays, one for each object."""
        held = [self.empty if each is None else each for each in objects]
        for key, (items, item) in self.arrays.items():
            yield items, item, list(map(attrgetter(self.attributes[key]), held))
        for key, node in self.inner.items():
            yield from node.lists(map(attrgetter(self.attributes[key]), held))


@dataclass(frozen=True, slots=True)
class Typed:
    """Decoder of one kind of line; `columns` and `lists` take the values out of what it decoded."""

    root: _Node
    decoder: Any
    by: Callable[[Any], Any]  # the member that says the kind of a decoded line, where nothing around it is missing

    def decode(self, line: bytes) -> Any:  # noqa: ANN401 - of a type made here
        """Decode one line.

        Raises:
            msgspec.MsgspecError: not JSON, or a value of another type: `careful` knows which.
            UnicodeDecodeError, RecursionError: likewise.
        """
        return self.decoder.decode(line)

    def columns(self, objects: _Objects) -> dict[str, list[Any]]:
        """Values of each column, in the order of the objects."""
        return {column: _plain(kind, values) for column, kind, values in self.root.taken(objects)}

    def items(self, objects: _Objects) -> dict[str, tuple[list[int], dict[str, list[Any]]]]:
        """Number of items that each object has in each array, and the values of their columns, one after the other."""
        out = {}
        for items, item, lists in self.root.lists(objects):
            flat = [each for one in lists if one for each in one]
            if isinstance(item, As):
                values = {items.fields[0].column: _plain(item, flat)}
            else:
                values = {column: _plain(kind, each) for column, kind, each in item.taken(flat)}
            out[items.name] = ([len(one) if one else 0 for one in lists], values)
        return out


@cache
def typed(by: Path, wanted: Wanted) -> Typed:
    """Make the decoder of one kind of line."""
    root = _Node()
    if by:
        root.add(by[:-1]).leaves[by[-1]] = (BY, As.TEXT)
    for each in wanted.fields:
        root.add(each.path[:-1]).leaves[each.path[-1]] = (each.column, each.kind)
    for items in wanted.items:
        item: _Node | As
        if items.fields[0].path:
            item = _Node()
            for each in items.fields:
                item.add(each.path[:-1]).leaves[each.path[-1]] = (each.column, each.kind)
        else:
            item = items.fields[0].kind
        root.add(items.path[:-1]).arrays[items.path[-1]] = (items, item)
    decoder = msgspec.json.Decoder(root.seal())
    return Typed(root, decoder, attrgetter(".".join(_attributes(root, by))) if by else repr)


def _attributes(node: _Node, path: Path) -> Iterator[str]:
    """Attributes of the structs on the way to a member."""
    for key in path:
        yield node.attributes[key]
        node = node.inner.get(key, node)


def _plain(kind: As, values: list[Any]) -> list[Any]:
    """Give JSON text as what `careful` would make of it."""
    if kind is not As.SCALAR:
        return values
    return [None if each is None else _scalar(bytes(each)) for each in values]


def _scalar(raw: bytes) -> str | bytes | None:
    """Text of a scalar; anything else stays as it is, and is found out by its type."""
    raw = raw.strip()
    if raw.startswith(b'"'):
        return msgspec.json.decode(raw, type=str)
    if raw.startswith((b"{", b"[")):
        return raw
    return None if raw == b"null" else raw.decode()
