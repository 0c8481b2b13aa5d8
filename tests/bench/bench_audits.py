"""What a record of an audit log costs: the decoder, and the JSON parser's own part of it, in CPU time of one process.

The records are those of the cases, over and over: the sound ones of each kind, as one piece on one
line, as clouds deliver them.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from collectors import KINDS
from collectors.aws_cloudtrail.records import Event
from collectors.azure_activity.records import Record
from collectors.contract import Piece, SourceOptions
from collectors.files import open_records
from collectors.gcp_audit.records import Entry
from collectors.json_values import values_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")

_CASES: Final = Path(__file__).parents[1] / "cases"
_TYPES: Final = {"aws_cloudtrail": Event, "azure_activity": Record, "gcp_audit": Entry}
_RECORDS: Final = 10_000
_RUNS: Final = 5


def main() -> None:
    """Measure and print; judges nothing."""
    for kind, type_ in _TYPES.items():
        records = list(_sound(kind))
        records = (records * (_RECORDS // len(records) + 1))[:_RECORDS]
        data = b",".join(records)
        parser = msgspec.json.Decoder(list[type_])  # type: ignore[valid-type]
        decoder = KINDS[kind].decoder(SourceOptions())
        parsing = _microseconds(parser.decode, b"[%b]" % data)
        decoding = _microseconds(decoder.decode, Piece(data, 1, 0))
        print(
            f"{kind}: {decoding:.1f} microseconds a record of {len(data) // _RECORDS} octets,"
            f" {parsing:.1f} of them the JSON parser's"
        )


def _sound(kind: str) -> Iterator[bytes]:
    """Values of the cases that become rows."""
    for path in sorted((_CASES / kind).glob("*/input.json")):
        with open_records(path, KINDS[kind].framing) as file:
            for piece in file.pieces():
                found = values_of(piece)
                for begin, end in zip(found.begins.tolist(), found.ends.tolist(), strict=True):
                    value = piece.data[begin:end]
                    batch = KINDS[kind].decoder(SourceOptions()).decode(Piece(value, 1, 0))
                    if batch.admins and len(value) < _RECORDS:
                        yield msgspec.json.format(value, indent=-1)


def _microseconds(work: Callable[[T], object], given: T) -> float:
    """CPU time for one record, the best of several runs."""
    spent = []
    for _ in range(_RUNS):
        began = time.process_time()
        work(given)
        spent.append(time.process_time() - began)
    return min(spent) / _RECORDS * 1e6


if __name__ == "__main__":
    main()
