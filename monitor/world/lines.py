"""Exchanges -> the lines of the flow logs, as text, each with the fields that its truth needs.

Decides the two formats, which report of an exchange says what, and how a damaged line is damaged.

Source: Amazon VPC user guide, "Flow log records": default format (version 2) and fields of versions 3 to 5.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import polars as pl

from monitor.world.course import is_silenced
from monitor.world.far_ends import far_ends
from monitor.world.scenario import ACCOUNT, HOSTS, REGION, WAYS, Report, Side
from monitor.world.stories import STORIES

CORE_FIELDS: Final = (
    "version account-id vpc-id subnet-id instance-id interface-id srcaddr dstaddr pkt-srcaddr pkt-dstaddr srcport"
    " dstport protocol packets bytes start end action tcp-flags type region flow-direction traffic-path"
    " pkt-src-aws-service pkt-dst-aws-service log-status"
)
# What the text of the version 2 line holds: its default order, which needs no header.
PORTAL_FIELDS: Final = (
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status"
)
_VPC_IDS: Final = {"core": "vpc-0c0de20c0de20c0de", "portal": "vpc-0ab1e30ab1e30ab1e"}
_VERSIONS: Final = {"core": "5", "portal": "2"}
_SILENT: Final = {"no_data": "NODATA", "skip_data": "SKIPDATA"}
_NAT: Final = next(position for position, host in enumerate(HOSTS) if host.group == "nat")


@cache
def _hex_groups() -> pl.Series:
    return pl.Series([f"{number:x}" for number in range(65_536)])


def _group(shift: int) -> pl.Expr:
    """One random IPv6 group, never zero: the text is then the shortest form (RFC 5952)."""
    number = ((pl.col("number") + shift * 7_919) // (1 << (11 * shift)) % 65_535 + 1).cast(pl.UInt32)
    return number.map_batches(lambda numbers: _hex_groups().gather(numbers), return_dtype=pl.String)


def _v4(first: str, size: str) -> pl.Expr:
    """Address text of a number within a prefix; a prefix of more than one address keeps its first and last free."""
    inside = pl.when(pl.col(size) > 1).then(1 + pl.col("number") % (pl.col(size) - 2)).otherwise(0)
    address = pl.col(first) + inside
    return pl.concat_str([(address // (1 << shift) % 256).cast(pl.String) for shift in (24, 16, 8, 0)], separator=".")


def _far_table() -> pl.DataFrame:
    fars = far_ends()
    return pl.DataFrame(
        {
            "other": range(len(fars)),
            "first": [far.first_v4 for far in fars],
            "size": [far.size_v4 for far in fars],
            "v6": [far.v6 for far in fars],
            "v6_groups": [far.v6_groups for far in fars],
            "aws_service": [far.aws_service for far in fars],
        }
    )


def _host_table(prefix: str) -> pl.DataFrame:
    return pl.DataFrame(
        {
            prefix: range(len(HOSTS)),
            f"{prefix}_v4": [host.v4 for host in HOSTS],
            f"{prefix}_v6": [host.v6 for host in HOSTS],
        }
    )


def _addressed(exchanges: pl.DataFrame) -> pl.DataFrame:
    """Columns in: of `traffic.exchanges`. Out: with `local remote nat` address texts and `aws_service`."""
    inside = [story.inside and story.far[0].startswith("host:") for story in STORIES]
    exchanges = exchanges.with_columns(
        pl.lit(pl.Series(inside)).gather(pl.col("story")).alias("to_host"),
    )
    suffix = [pl.col("v6"), *(_group(shift) for shift in range(6))]
    far_v6 = pl.col("v6")
    for groups in range(1, 7):
        far_v6 = (
            pl.when(pl.col("v6_groups") == groups)
            .then(pl.concat_str(suffix[: groups + 1], separator=":"))
            .otherwise(far_v6)
        )
    far = exchanges.filter(~pl.col("to_host")).join(_far_table(), on="other", how="left", maintain_order="left")
    far = far.with_columns(pl.when("is_v6").then(far_v6).otherwise(_v4("first", "size")).alias("remote"))
    near = exchanges.filter("to_host").join(_host_table("other"), on="other", how="left", maintain_order="left")
    near = near.with_columns(
        pl.when("is_v6").then("other_v6").otherwise("other_v4").alias("remote"), pl.lit("-").alias("aws_service")
    )
    names = [*exchanges.columns, "remote", "aws_service"]
    return (
        pl.concat([far.select(names), near.select(names)])
        .join(_host_table("host"), on="host", how="left", maintain_order="left")
        .with_columns(
            pl.when("is_v6").then("host_v6").otherwise("host_v4").alias("local"), pl.lit(HOSTS[_NAT].v4).alias("nat")
        )
    )


def _reporting(report: Report) -> pl.Expr:
    if report.reporter is Side.NAT:
        return pl.lit(_NAT, dtype=pl.Int64)
    return pl.col("host") if report.reporter is Side.LOCAL else pl.col("other")


def _port(side: Side) -> pl.Expr:
    return pl.col(f"{side.value}_port")


def _reported(exchanges: pl.DataFrame, report: Report, position: int) -> pl.DataFrame:
    """The lines that one report of a way makes of its exchanges."""
    way = "out" if report.outward else "in"
    source, target = report.packet
    return exchanges.select(
        "story", "host", "other", "to_host", "is_v6", "start", "end", "order", "service_port", "aws_service",
        pl.lit(position).alias("report"),
        pl.lit(report.outward).alias("outward"),
        pl.lit(report.counted).alias("counted"),
        pl.lit(report.direction).alias("direction_text"),
        pl.lit(report.traffic_path).alias("traffic_path"),
        pl.lit(Side.NAT in report.packet).alias("at_nat"),
        _reporting(report).alias("reporter"),
        pl.col(report.interface[0].value).alias("srcaddr"),
        pl.col(report.interface[1].value).alias("dstaddr"),
        pl.col(source.value).alias("src_address"),
        pl.col(target.value).alias("dst_address"),
        _port(source).alias("src_port"),
        _port(target).alias("dst_port"),
        pl.col(f"{way}_packets").alias("packets"),
        pl.col(f"{way}_octets").alias("octets"),
        pl.col(f"{way}_flags").alias("tcp_flags"),
    )  # fmt: skip


def _story_table() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "story": range(len(STORIES)),
            "protocol": [story.protocol for story in STORIES],
            "action": [story.action for story in STORIES],
            "damage": [story.damage for story in STORIES],
        }
    )


def _reporter_table() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "reporter": range(len(HOSTS)),
            "vpc": [host.vpc for host in HOSTS],
            "subnet": [host.subnet for host in HOSTS],
            "interface": [host.interface for host in HOSTS],
            "instance": [host.instance for host in HOSTS],
        }
    )


def _field_texts() -> dict[str, pl.Expr]:
    """Every field of a line as text, by its name in the format, damage included."""
    damage = pl.col("damage")
    silent = damage.is_in(list(_SILENT))
    timeless = damage == "no_time"

    def said(text: pl.Expr) -> pl.Expr:
        return pl.when(silent).then(pl.lit("-")).otherwise(text)

    def service(wanted: bool) -> pl.Expr:  # noqa: FBT001 - two-valued by nature: the far end is the destination, or it is not
        return said(pl.when(pl.col("outward") == wanted).then("aws_service").otherwise(pl.lit("-")))

    octets = pl.col("octets").cast(pl.String)
    end = pl.when(damage == "end_before_start").then(pl.col("start") - 45).otherwise("end").cast(pl.String)
    bad_source = pl.when(damage == "bad_address").then(pl.lit("10.30.300.5")).otherwise("srcaddr")
    return {
        "version": pl.col("vpc").replace_strict(_VERSIONS),
        "account-id": pl.lit(ACCOUNT),
        "vpc-id": pl.col("vpc").replace_strict(_VPC_IDS),
        "subnet-id": pl.col("subnet"),
        "instance-id": pl.col("instance"),
        "interface-id": pl.col("interface"),
        "srcaddr": said(bad_source),
        "dstaddr": said(pl.col("dstaddr")),
        "pkt-srcaddr": said(pl.col("src_address")),
        "pkt-dstaddr": said(pl.col("dst_address")),
        "srcport": said(pl.col("src_port").cast(pl.String)),
        "dstport": said(pl.col("dst_port").cast(pl.String)),
        "protocol": said(pl.col("protocol").cast(pl.String)),
        "packets": said(pl.col("packets").cast(pl.String)),
        "bytes": said(pl.when(damage == "bad_number").then(octets + "k").otherwise(octets)),
        "start": pl.when(timeless).then(pl.lit("-")).otherwise(pl.col("start").cast(pl.String)),
        "end": pl.when(timeless).then(pl.lit("-")).otherwise(end),
        "action": said(pl.col("action")),
        "tcp-flags": said(pl.col("tcp_flags").cast(pl.String)),
        "type": said(pl.when("is_v6").then(pl.lit("IPv6")).otherwise(pl.lit("IPv4"))),
        "region": pl.lit(REGION),
        "flow-direction": said(pl.col("direction_text")),
        "traffic-path": said(pl.col("traffic_path")),
        "pkt-src-aws-service": service(wanted=False),
        "pkt-dst-aws-service": service(wanted=True),
        "log-status": pl.col("damage").replace_strict(_SILENT, default="OK"),
    }


def texts(part: pl.DataFrame, fields: str) -> pl.Series:
    """The lines of one VPC as text, in the format of `fields`. Columns in: of `lines`."""
    return part.select(_text(fields)).to_series()


def _text(fields: str) -> pl.Expr:
    field_texts = _field_texts()
    whole = pl.concat_str([field_texts[name] for name in fields.split()], separator=" ")
    damage = pl.col("damage")
    return (
        pl.when(damage == "too_few_fields")
        .then(whole.str.split(" ").list.head(6).list.join(" "))
        .when(damage == "too_many_fields")
        .then(whole + " 0 0")
        .otherwise(whole)
    )


def lines(exchanges: pl.DataFrame) -> pl.DataFrame:
    """One row per line that is written, in no order, with the fields that its text and its truth are read from.

    Columns out: those of `_reported`, `protocol action damage vpc subnet interface instance`.
    """
    addressed = _addressed(exchanges)
    ways = pl.Series([story.way for story in STORIES])
    parts = []
    for way, reports in WAYS.items():
        mine = addressed.filter(pl.lit(ways).gather(pl.col("story")) == way)
        parts += [_reported(mine, report, position) for position, report in enumerate(reports)]
    return (
        pl.concat(parts)
        .join(_story_table(), on="story", how="left", maintain_order="left")
        .join(_reporter_table(), on="reporter", how="left", maintain_order="left")
        .filter(~is_silenced())
    )
