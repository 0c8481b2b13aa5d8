"""What is a header, what a log format may say, and which fields there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from collectors.aws_vpc.decode import UNKNOWN_ORDER
from collectors.aws_vpc.fields import DOCUMENTED, LATER, VERSION_2, WITH_COLUMN, format_fields, header_fields
from collectors.aws_vpc.records import REASONS
from monitor.replay import TOO_LONG
from monitor.sources import Source

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        pytest.param(" ".join(VERSION_2).encode(), VERSION_2, id="the default format"),
        pytest.param(b"srcaddr dstaddr\n", ("srcaddr", "dstaddr"), id="with its line end"),
        pytest.param(b"srcaddr dstaddr\r\n", ("srcaddr", "dstaddr"), id="with that of Windows"),
        pytest.param(b"bytes", ("bytes",), id="one field"),
        pytest.param(b"bytes zone-kind", ("bytes", "zone-kind"), id="a field of tomorrow"),
        pytest.param(b"zone-kind", None, id="only fields of tomorrow"),
        pytest.param(b"bytes bytes", None, id="a field twice"),
        pytest.param(b"bytes  start", None, id="two spaces"),
        pytest.param(b"bytes ", None, id="a trailing space"),
        pytest.param(b"Bytes start", None, id="capitals"),
        pytest.param(b"bytes 5", None, id="a number"),
        pytest.param(b"bytes -", None, id="a dash"),
        pytest.param(b"bytes \xc3\xa9t\xc3\xa9", None, id="not ASCII"),
        pytest.param(b"", None, id="nothing"),
    ],
)
def test_a_header_holds_names_only(line: bytes, fields: tuple[str, ...] | None) -> None:
    """In lower case, each once, one of them documented."""
    assert header_fields(line) == fields


@pytest.mark.parametrize(
    "log_format", ["${srcaddr} ${bytes}", "srcaddr bytes", "  srcaddr\n bytes ", "${srcaddr}${bytes}"]
)
def test_a_log_format_is_written_in_either_spelling(log_format: str) -> None:
    """As `create-flow-logs` takes it, or as names."""
    assert format_fields(log_format) == ("srcaddr", "bytes")


@pytest.mark.parametrize(
    ("log_format", "message"),
    [
        ("${srcaddr} ${octets}", "`octets` is not a flow log field"),
        ("srcaddr ${bytes", "`${bytes` is not a flow log field"),
        ("srcaddr srcaddr", "a field stands twice"),
        ("", "no field is named"),
        ("${}", "`` is not a flow log field"),
    ],
)
def test_a_log_format_that_cannot_be_meant_is_refused(log_format: str, message: str) -> None:
    """A mistyped field would shift every record."""
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - the message is compared in full
        format_fields(log_format)
    assert str(refused.value) == message


def test_no_field_belongs_to_two_versions() -> None:
    """Each came once."""
    assert len(DOCUMENTED) == len(VERSION_2) + sum(map(len, LATER.values()))


def test_every_documented_field_could_stand_in_a_header() -> None:
    """Their names have its form."""
    assert header_fields(" ".join(sorted(DOCUMENTED)).encode()) == tuple(sorted(DOCUMENTED))


def test_fields_with_a_column_are_documented() -> None:
    """None of them is invented."""
    assert WITH_COLUMN <= DOCUMENTED


def test_the_handbook_names_every_field_and_reason(root: Path) -> None:
    """A field or a reason that is added is explained."""
    page = (root / "docs" / "sources" / "aws_vpc.md").read_text(encoding="utf-8")

    assert [
        name for name in (*sorted(DOCUMENTED), *REASONS[1:], UNKNOWN_ORDER, TOO_LONG) if f"`{name}`" not in page
    ] == []


def test_the_configuration_of_the_handbook_is_accepted(root: Path) -> None:
    """It is there to be copied."""
    page = (root / "docs" / "sources" / "aws_vpc.md").read_text(encoding="utf-8")
    (source,) = yaml.safe_load(page.partition("```yaml\n")[2].partition("```")[0])["sources"]

    accepted = Source.model_validate(source)

    assert format_fields(str(accepted.log_format))[:2] == ("version", "account-id")
