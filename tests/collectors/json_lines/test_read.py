"""Lines of JSON objects are read as `json` reads them one by one, and a bad one never spoils its neighbours."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.contract import SAMPLED_BAD_RECORDS
from collectors.json_lines import As, Field, Items, Wanted, read_json_lines

if TYPE_CHECKING:
    from random import Random

_WANTED = Wanted(
    fields=(
        Field("text", ("text",), As.TEXT),
        Field("word", ("in", "word"), As.WORD),
        Field("whole", ("in", "whole"), As.WHOLE),
        Field("number", ("number",), As.NUMBER),
        Field("flag", ("flag",), As.FLAG),
        Field("scalar", ("scalar",), As.SCALAR),
        Field("time", ("time",), As.TIME),
    ),
    items=(
        Items("answers", ("answers",), (Field("data", ("data",), As.TEXT), Field("ttl", ("ttl",), As.WHOLE))),
        Items("names", ("in", "names"), (Field("name", (), As.TEXT),)),
    ),
)


def _one(line: str | bytes) -> dict[str, Any]:
    """Columns of one line that are not null, or its reason and sentence."""
    data = line.encode() if isinstance(line, str) else line
    read = read_json_lines(data + b"\n", {"": _WANTED})
    if read.bad:
        return {read.bad[0].reason: read.bad[0].what}
    rows = read.kinds[""].frame.drop("row").to_dicts()
    return {key: value for key, value in rows[0].items() if value is not None} if rows else {"rows": 0}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('{"text":"a"}', {"text": "a"}),
        ('{"text":"a"}\r', {"text": "a"}),
        (' \t{ "text" : "a" } ', {"text": "a"}),
        ('{"text":null}', {}),
        ('{"text":"a","text":"b"}', {"text": "b"}),
        ('{"text":5,"text":"b"}', {"text": "b"}),
        ('{"text":"\\"\\u00e9\\/"}', {"text": '"é/'}),
        ('{"text":"é"}', {"text": "é"}),
        ('{"in":{"word":"w","whole":3}}', {"word": "w", "whole": 3}),
        ('{"in":{"whole":3},"in":{"word":"w"}}', {"word": "w"}),
        ('{"in":null}', {}),
        ('{"in":{"whole":9223372036854775807}}', {"whole": 2**63 - 1}),
        ('{"in":{"whole":-9223372036854775808}}', {"whole": -(2**63)}),
        ('{"in":{"whole":"12"}}', {"whole": 12}),
        ('{"number":1.5}', {"number": 1.5}),
        ('{"number":2}', {"number": 2.0}),
        ('{"number":"2.5e3"}', {"number": 2500.0}),
        ('{"flag":true}', {"flag": True}),
        ('{"flag":false}', {"flag": False}),
        ('{"scalar":1.50}', {"scalar": "1.50"}),
        ('{"scalar":"x"}', {"scalar": "x"}),
        ('{"scalar":true}', {"scalar": "true"}),
        ('{"scalar":123456789012345678901234567890}', {"scalar": "123456789012345678901234567890"}),
        ('{"time":1591367999.305988}', {"time": datetime(2020, 6, 5, 14, 39, 59, 305988, UTC)}),
        ('{"time":1}', {"time": datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)}),
        ('{"time":"2024-01-02T03:04:05.123456+0100"}', {"time": datetime(2024, 1, 2, 2, 4, 5, 123456, UTC)}),
        ('{"time":"2024-01-02T03:04:05.123456-0130"}', {"time": datetime(2024, 1, 2, 4, 34, 5, 123456, UTC)}),
        ('{"time":"2024-01-02T03:04:05Z"}', {"time": datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)}),
        ('{"time":"2024-01-02T03:04:05.123456789+00:00"}', {"time": datetime(2024, 1, 2, 3, 4, 5, 123456, UTC)}),
        ('{"other":"\x7f"}', {}),
        ("", {"rows": 0}),
        ("\r", {"rows": 0}),
        ('{"text":5}', {"wrong_type": "text `5` is not text"}),
        ('{"text":["\u202e"]}', {"wrong_type": 'text `["\\u202e"]` is not text'}),
        ('{"text":{"a":1}}', {"wrong_type": 'text `{"a":1}` is not text'}),
        ('{"in":5}', {"wrong_type": "in `5` is not an object"}),
        ('{"in":{"whole":1.5}}', {"wrong_type": "in.whole `1.5` is not a whole number"}),
        ('{"in":{"whole":9223372036854775808}}', {"wrong_type": f"in.whole `{2**63}` is not a whole number"}),
        ('{"number":1e999}', {"wrong_type": "number `1e999` is not a number"}),
        ('{"flag":1}', {"wrong_type": "flag `1` is not true or false"}),
        ('{"scalar":[]}', {"wrong_type": "scalar `[]` is not text, number, true or false"}),
        ('{"time":"yesterday"}', {"wrong_type": 'time `"yesterday"` is not a time'}),
        ('{"time":"2024-01-02T03:04:05"}', {"wrong_type": 'time `"2024-01-02T03:04:05"` is not a time'}),
        ('{"time":1e300}', {"wrong_type": "time `1e300` is not a time"}),
        ('{"answers":5}', {"wrong_type": "answers `5` is not an array"}),
        ('{"answers":[5]}', {"wrong_type": "answers holds `5`, which is not an object"}),
        ('{"answers":[{"ttl":"x"}]}', {"wrong_type": 'answers.ttl `"x"` is not a whole number'}),
        ('{"in":{"names":[[]]}}', {"wrong_type": "in.names `[]` is not text"}),
        ("[]", {"not_json": "a JSON value, but no object"}),
        ('"text"', {"not_json": "a JSON value, but no object"}),
        ('{"text":"a"', {"not_json": "the JSON ends in the middle"}),
        ('{"text":"a"} {}', {"not_json": "trailing characters (octet 14)"}),
        (b'{"text":"\xff"}', {"not_json": "octet 10 of the line is not UTF-8"}),
        (b'{"other":"\xff"}', {"not_json": "octet 11 of the line is not UTF-8"}),
        ('{"other":"\x00"}', {"not_json": "invalid character (octet 11)"}),
        ('{"other":NaN}', {"not_json": "invalid character (octet 10)"}),
        ('{"other":' + "[" * 64 + "]" * 64 + "}", {"too_deep": "brackets in brackets, more than 64 deep"}),
        ('{"other":' + "[" * 63 + "]" * 63 + "}", {}),
        ('{"other":[' + "[]," * 99 + "[]]}", {}),
        ('{"other":"' + "[" * 100 + '"}', {}),
        ('{"other":' + "[" * 100_000, {"too_deep": "brackets in brackets, more than 64 deep"}),
    ],
)  # fmt: skip
def test_one_line(line: str | bytes, expected: dict[str, Any]) -> None:
    """Its columns, or why it is none."""
    assert _one(line) == expected


def test_a_bad_line_keeps_its_row_and_spoils_no_neighbour() -> None:
    """Empty lines are no records, the last line needs no end."""
    read = read_json_lines(b'{"text":"a"}\n{"text":\n\n{"text":"b"}\n[1]\n{"text":"c"}', {"": _WANTED})
    rows = read.kinds[""].frame.select("row", "text").rows()
    assert (rows, [bad.row for bad in read.bad]) == ([(0, "a"), (3, "b"), (5, "c")], [1, 4])
    assert (read.records, read.lines) == (5, 6)


def test_items_know_their_line_and_their_place() -> None:
    """A null item is an item too."""
    data = b'{"answers":[{"data":"a","ttl":1},null]}\n{}\n{"answers":[{"data":"b"}],"in":{"names":["x","y"]}}\n'
    items = read_json_lines(data, {"": _WANTED}).kinds[""].items
    assert items["answers"].rows() == [(0, 0, "a", 1), (0, 1, None, None), (2, 0, "b", None)]
    assert items["names"].rows() == [(2, 0, "x"), (2, 1, "y")]


_BY = {"flow": Wanted((Field("id", ("id",), As.WHOLE),)), "dns": Wanted((Field("id", ("id",), As.TEXT),))}


def test_each_kind_has_its_own_columns_and_others_are_passed_over_by_their_word() -> None:
    """A word in an inner object is not the line's own."""
    data = b"""{"type":"flow","id":1}
{"id":"x","type":"dns"}
{"type":"alert","id":[]}
{"id":5,"sub":{"type":"flow"},"type":"alert"}
{"type": "flow", "id": 2}
{"type":"flow","id":"x"}
{"id":3}
{"type":"dns","type":"flow","id":4}
"""
    read = read_json_lines(data, _BY, ("type",))
    assert read.kinds["flow"].frame.rows() == [(0, 1), (4, 2), (7, 4)]
    assert read.kinds["dns"].frame.rows() == [(1, "x")]
    assert (read.passed_over, read.bad_by_reason) == ({"alert": 2}, {"wrong_type": 1, "no_type": 1})


def test_words_of_all_columns_share_their_codes() -> None:
    """So that addresses of several columns have one book."""
    wanted = Wanted((Field("a", ("a",), As.WORD), Field("b", ("b",), As.WORD)))
    frame = read_json_lines(b'{"a":"x","b":"y"}\n{"a":"y","b":"x"}\n', {"": wanted}).kinds[""].frame
    codes = frame.select(pl.col("a", "b").to_physical()).rows()
    assert codes[0] == codes[1][::-1]


_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
)
_KEYS = st.sampled_from(["text", "word", "whole", "number", "flag", "in", "names", "answers", "data", "ttl", "other"])
_VALUES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=4), max_leaves=8
)
_FITTING = st.fixed_dictionaries(
    {},
    optional={
        "text": st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
        "in": st.fixed_dictionaries(
            {},
            optional={
                "word": st.sampled_from(["TCP", "UDP", "a longer word than the others"]),
                "whole": st.integers(-(2**63), 2**63 - 1) | st.integers(0, 99_999),
                "names": st.lists(st.sampled_from(["x", "y.example"]), max_size=3),
            },
        ),
        "number": st.floats(allow_nan=False, allow_infinity=False),
        "flag": st.booleans(),
        "other": st.lists(st.integers(0, 9), max_size=2) | st.sampled_from(["", "x"]),
        "answers": st.lists(st.fixed_dictionaries({"data": st.sampled_from(["a", "b"]), "ttl": st.integers(0, 9)})),
    },
)


def _expected(line: bytes) -> dict[str, Any] | str | None:  # noqa: PLR0911 - one for each reason
    """What `json` makes of a line: a mapping of columns, a reason, or null for no record."""
    try:
        text = line.decode()
        if not text.strip(" \t\r"):
            return None
        said = json.loads(text)
    except ValueError:
        return "not_json"
    if not isinstance(said, dict):
        return "not_json"
    inner = said.get("in")
    answers, names = said.get("answers"), inner.get("names") if isinstance(inner, dict) else None
    fitting = [
        isinstance(inner, dict | None),
        isinstance(answers, list | None) and all(isinstance(each, dict | None) for each in answers or []),
        isinstance(names, list | None) and all(isinstance(each, str | None) for each in names or []),
    ]
    if not all(fitting):
        return "wrong_type"
    inner = inner or {}
    values: dict[str, Any] = {
        "text": said.get("text"),
        "word": inner.get("word"),
        "whole": _whole(inner.get("whole")),
        "number": _number(said.get("number")),
        "flag": said.get("flag"),
        "answers": [(_data(each), _whole((each or {}).get("ttl"))) for each in answers or []],
        "names": names or [],
    }
    kinds = {"text": str, "word": str, "whole": int, "number": float, "flag": bool}
    if any(not isinstance(values[name], kind | None) for name, kind in kinds.items()):
        return "wrong_type"
    if any(not isinstance(data, str | None) or not isinstance(ttl, int | None) for data, ttl in values["answers"]):
        return "wrong_type"
    return values


def _data(item: dict[str, Any] | None) -> object:
    return (item or {}).get("data")


def _whole(value: object) -> object:
    if isinstance(value, str) and value.isascii() and value.removeprefix("-").isdigit():
        value = int(value)
    return value if value is None or (type(value) is int and -(2**63) <= value < 2**63) else ()


def _number(value: object) -> object:
    if isinstance(value, bool | list | dict):
        return ()
    try:
        number = value if value is None else float(str(value))
    except ValueError:
        return ()
    digits = not isinstance(value, str) or (value.isascii() and "_" not in value and value[-1:].isdigit())
    return number if number is None or (digits and abs(number) < float("inf") and "+" not in str(value)[:1]) else ()


def _found(data: bytes) -> tuple[dict[int, dict[str, Any]], dict[int, str], int]:
    read = read_json_lines(data, {"": _WANTED})
    names = ("text", "word", "whole", "number", "flag")
    rows: dict[int, dict[str, Any]] = {}
    for row in read.kinds[""].frame.to_dicts():
        rows[row["row"]] = {**{name: row[name] for name in names}, "answers": [], "names": []}
    for row, _, text, ttl in read.kinds[""].items["answers"].rows():
        rows[row]["answers"].append((text, ttl))
    for row, _, name in read.kinds[""].items["names"].rows():
        rows[row]["names"].append(name)
    return rows, {bad.row: bad.reason for bad in read.bad}, read.records


_LINES = st.lists(
    (_FITTING | st.dictionaries(_KEYS, _VALUES, max_size=5)).map(lambda each: json.dumps(each).encode())
    | _FITTING.map(lambda each: json.dumps(each, separators=(",", ":"), ensure_ascii=False).encode())
    | _FITTING.map(lambda each: json.dumps(each).encode()[:-3])
    | st.binary(max_size=20).map(lambda each: each.replace(b"\n", b"")),
    max_size=30,
)


@given(_LINES)
def test_every_line_is_read_as_json_reads_it_alone(lines: list[bytes]) -> None:
    """Fitting, odd and broken ones among each other."""
    rows, bad, records = _found(b"".join(line + b"\n" for line in lines))
    expected = {row: _expected(line) for row, line in enumerate(lines)}
    assert rows == {row: each for row, each in expected.items() if isinstance(each, dict)}
    assert bad == {row: each for row, each in expected.items() if isinstance(each, str)}
    assert records == len(rows) + len(bad)


@given(_LINES, st.integers(50, 120))
def test_many_lines_alike_are_read_as_json_reads_each(lines: list[bytes], times: int) -> None:
    """They are compared by their shape, which a few lines are not."""
    rows, bad, records = _found(b"".join(line + b"\n" for line in lines * times))
    expected = dict(enumerate([_expected(line) for line in lines] * times))

    assert rows == {row: each for row, each in expected.items() if isinstance(each, dict)}
    reasons = {row: each for row, each in expected.items() if isinstance(each, str)}
    assert bad == dict(sorted(reasons.items())[:SAMPLED_BAD_RECORDS])
    assert records == len(rows) + len(reasons)


_NUMBERS = (
    st.integers(-3, 3)
    | st.integers(-(2**64), 2**64)
    | st.sampled_from(["1.5", "01", "-", "1e3", "0.1", "12", "x", "true"])
)
_TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n"), max_size=70)


@given(
    st.lists(st.tuples(_TEXTS, _NUMBERS, _NUMBERS, st.sampled_from(["true", "false", "null", "tru"])), max_size=9),
    st.randoms(),
)
def test_lines_of_one_shape_are_read_as_json_reads_each(odd: list[tuple[Any, ...]], random: Random) -> None:
    """Whatever stands in the places of their values."""
    usual = [(random.choice(["a", "b.example", ""]), random.randrange(10**9), "0.25", "true") for _ in range(150)]
    made = usual + odd
    random.shuffle(made)
    lines = [
        f'{{"text":"{text}","other":{number},"in":{{"word":"TCP","whole":{number}}},"number":{other},"flag":{flag}}}'.encode()
        for text, number, other, flag in made
    ]
    rows, bad, records = _found(b"".join(line + b"\n" for line in lines))
    expected = {row: _expected(line) for row, line in enumerate(lines)}

    assert rows == {row: each for row, each in expected.items() if isinstance(each, dict)}
    assert bad == {row: each for row, each in expected.items() if isinstance(each, str)}
    assert records == len(lines)


_TIMES = st.datetimes(
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30)), timezone(-timedelta(hours=9))])
)


@given(st.lists(_TIMES, min_size=60, max_size=80))
def test_times_are_those_that_python_reads(times: list[datetime]) -> None:
    """To the microsecond, with any offset; in a column of many as in one line."""
    spelled = [time.strftime("%Y-%m-%dT%H:%M:%S.%f%z").rjust(31, "0") for time in times]
    lines = b"".join(f'{{"time":"{each}"}}\n'.encode() for each in spelled)
    read = read_json_lines(lines, {"": _WANTED})
    expected = [time.astimezone(UTC) if _in_range(time) else None for time in times]

    found = dict(read.kinds[""].frame.select("row", "time").rows())
    assert [found.get(row) for row in range(len(times))] == expected


def _in_range(time: datetime) -> bool:
    try:
        time.astimezone(UTC)
    except OverflowError:
        return False
    return True


@given(st.binary(max_size=300), st.lists(st.integers(0, 20), max_size=3))
def test_any_octets_cut_anywhere_give_the_same(data: bytes, cuts: list[int]) -> None:
    """Rows, reasons and counts."""
    whole = _found(data)
    places = sorted({0, *(min(cut, data.count(b"\n")) for cut in cuts), data.count(b"\n") + 1})
    lines = data.split(b"\n")
    rows: dict[int, dict[str, Any]] = {}
    bad: dict[int, str] = {}
    records = 0
    for begin, end in itertools.pairwise(places):
        part = _found(b"\n".join(lines[begin:end]))
        rows |= {row + begin: each for row, each in part[0].items()}
        bad |= {row + begin: each for row, each in part[1].items()}
        records += part[2]
    assert (rows, bad, records) == whole
