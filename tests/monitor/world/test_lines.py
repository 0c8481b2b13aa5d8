"""The text of a line, format by format and damage by damage."""

from __future__ import annotations

import polars as pl
import pytest

from monitor.world.lines import CORE_FIELDS, PORTAL_FIELDS, lines, texts
from monitor.world.stories import STORIES
from monitor.world.traffic import exchanges


@pytest.fixture(scope="module")
def written() -> pl.DataFrame:
    """Lines of a thin week, with the story's name."""
    frame = lines(exchanges(1, 0, 0.02))
    names = pl.Series([story.id for story in STORIES])
    formats = {"core": CORE_FIELDS, "portal": PORTAL_FIELDS}
    by_format = [frame.filter(pl.col("vpc") == vpc) for vpc in formats]
    frame = pl.concat(part.with_columns(text=texts(part, formats[part["vpc"][0]])) for part in by_format)
    return frame.with_columns(name=pl.lit(names).gather(pl.col("story")))


def _fields(written: pl.DataFrame, story: str, report: int = 0) -> dict[str, str]:
    text: str = written.filter(pl.col("name") == story, pl.col("report") == report)["text"][0]
    return dict(zip(CORE_FIELDS.split(), text.split(" "), strict=True))


@pytest.mark.parametrize(("vpc", "fields"), [("core", CORE_FIELDS), ("portal", PORTAL_FIELDS)])
def test_whole_lines_have_the_fields_of_their_format(written: pl.DataFrame, vpc: str, fields: str) -> None:
    """Only the two stories of damaged counts differ."""
    whole = written.filter(pl.col("vpc") == vpc, ~pl.col("name").is_in(["too_few_fields", "too_many_fields"]))

    assert set(whole["text"].str.count_matches(" ")) == {len(fields.split()) - 1}


def test_a_gateway_hides_the_far_end_from_the_interface_address(written: pl.DataFrame) -> None:
    """The packet's addresses are kept beside the interface's."""
    line = _fields(written, "nat_updates", report=1)

    assert line["dstaddr"] == "10.20.0.220" != line["pkt-dstaddr"]
    assert line["srcaddr"] == line["pkt-srcaddr"]
    assert (line["flow-direction"], line["instance-id"]) == ("ingress", "-")


def test_a_storage_service_is_named_on_its_own_side(written: pl.DataFrame) -> None:
    """As AWS marks its services."""
    out, back = _fields(written, "paris_storage"), _fields(written, "paris_storage", report=1)

    assert (out["pkt-src-aws-service"], out["pkt-dst-aws-service"]) == ("-", "S3")
    assert (back["pkt-src-aws-service"], back["pkt-dst-aws-service"]) == ("S3", "-")


def test_a_line_without_data_keeps_interface_and_times(written: pl.DataFrame) -> None:
    """NODATA says who saw nothing, and when."""
    line = _fields(written, "no_data")

    assert (line["srcaddr"], line["bytes"], line["action"], line["log-status"]) == ("-", "-", "-", "NODATA")
    assert line["interface-id"].startswith("eni-")
    assert int(line["start"]) <= int(line["end"])


def test_a_line_without_times_keeps_its_octets(written: pl.DataFrame) -> None:
    """It is decoded and not judged."""
    line = _fields(written, "no_time")

    assert (line["start"], line["end"], line["log-status"]) == ("-", "-", "OK")
    assert int(line["bytes"]) > 0


def test_a_damaged_line_is_damaged_in_one_way(written: pl.DataFrame) -> None:
    """The end lies before the start, and the rest is whole."""
    line = _fields(written, "end_before_start")

    assert int(line["end"]) < int(line["start"])
    assert int(line["bytes"]) > 0


def test_an_ipv4_host_behind_nat64_is_written_as_ipv6(written: pl.DataFrame) -> None:
    """RFC 6052: the well-known prefix and the four octets."""
    line = _fields(written, "nat64")

    assert line["dstaddr"].startswith("64:ff9b::5863:")
    assert line["type"] == "IPv6"


def test_the_other_vpc_reports_its_end_of_a_conversation_in_the_silence() -> None:
    """The portal's interfaces are not heard; those of the database, which it asks, are."""
    week = lines(exchanges(1, 6, 1.0)).filter(pl.col("story") == _position("portal_database"))
    night = week.filter(pl.col("start") < 1_794_891_600, pl.col("end") >= 1_794_880_800)

    assert (set(night["vpc"]), set(week["vpc"])) == ({"core"}, {"core", "portal"})


def _position(story: str) -> int:
    return next(position for position, told in enumerate(STORIES) if told.id == story)
