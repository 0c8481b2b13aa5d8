"""The fields of an AWS VPC flow log record, and how a header or a log format names them.

Source: AWS, Amazon VPC User Guide, "Flow log records" (versions 2 to 11, read 2026-11) and the field list of
`aws ec2 create-flow-logs --log-format` as public configurations use it.
"""

from __future__ import annotations

import re
from collections import Counter
from difflib import get_close_matches
from typing import Final

# Default format: the version 2 fields in this order.
VERSION_2: Final = (
    "version",
    "account-id",
    "interface-id",
    "srcaddr",
    "dstaddr",
    "srcport",
    "dstport",
    "protocol",
    "packets",
    "bytes",
    "start",
    "end",
    "action",
    "log-status",
)

# Fields that came with later versions, by version.
LATER: Final = {
    3: ("vpc-id", "subnet-id", "instance-id", "tcp-flags", "type", "pkt-srcaddr", "pkt-dstaddr"),
    4: ("region", "az-id", "sublocation-type", "sublocation-id"),
    5: ("pkt-src-aws-service", "pkt-dst-aws-service", "flow-direction", "traffic-path"),
    7: (
        "ecs-cluster-arn",
        "ecs-cluster-name",
        "ecs-container-instance-arn",
        "ecs-container-instance-id",
        "ecs-container-id",
        "ecs-second-container-id",
        "ecs-service-name",
        "ecs-task-definition-arn",
        "ecs-task-arn",
        "ecs-task-id",
    ),
    8: ("reject-reason",),
    9: ("resource-id",),
    10: ("encryption-status",),
    11: (
        "interface-type",
        "instance-tag",
        "instance-tag-2",
        "interface-tag",
        "interface-tag-2",
        "asg-tag",
        "asg-tag-2",
        "next-hop-interface-id",
        "next-hop-interface-type",
        "next-hop-subnet-id",
        "next-hop-az-id",
        "next-hop-vpc-id",
    ),
}

DOCUMENTED: Final = frozenset(VERSION_2).union(*LATER.values())

# Fields with a schema column of their own; every other one is an attribute under its own name.
WITH_COLUMN: Final = frozenset(
    {
        "account-id",
        "interface-id",
        "srcaddr",
        "dstaddr",
        "pkt-srcaddr",
        "pkt-dstaddr",
        "srcport",
        "dstport",
        "protocol",
        "packets",
        "bytes",
        "start",
        "end",
        "action",
        "vpc-id",
        "tcp-flags",
        "region",
    }
)

BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"  # which some editors put before the first line
# So many documented names in a first line are no record's doing.
_NAMES_OF_A_HEADER: Final = 3
_SHOWN: Final = 60
_NAME: Final = re.compile(r"[a-z][a-z0-9-]*")
_PLACEHOLDER: Final = re.compile(r"\$\{([^}]*)\}")


def header_fields(line: bytes) -> tuple[str, ...] | None:
    """Field names if the line is a header, else null.

    A header holds only names in lower case, each once, at least one of them documented: a field that AWS adds
    later is then carried as an attribute. No record looks like that, because every record holds a number.
    """
    try:
        names = tuple(line.rstrip(b"\r\n").decode("ascii").split(" "))
    except UnicodeDecodeError:
        return None
    if not all(_NAME.fullmatch(name) for name in names):
        return None
    return names if len(set(names)) == len(names) and DOCUMENTED.intersection(names) else None


def misspelt_header(line: bytes) -> str | None:
    """Say for people why a line that is no header was meant for one, else null: then it was not.

    Some documented names among others are what no record holds, and what a header with one slip does.
    """
    names = line.rstrip(b"\r\n").decode("utf-8", "replace").split(" ")
    known = [name for name in names if name.lower() in DOCUMENTED]
    if header_fields(line) or len(known) < _NAMES_OF_A_HEADER:
        return None
    for name in names:
        if not name:
            return "the header has a space too many; fields are separated by exactly one"
        if not _NAME.fullmatch(name):
            close = get_close_matches(name.lower().replace("_", "-"), sorted(DOCUMENTED), n=1)
            meant = f"; did you mean {close[0]}?" if close else ""
            return f"the header names `{shown(name)}`, which is no field{meant}"
    twice = next(name for name, times in Counter(names).items() if times > 1)
    return f"the header names `{shown(twice)}` twice"


def shown(value: str) -> str:
    """Shorten text, and escape what a terminal would not print or would act on."""
    kept = value if len(value) <= _SHOWN else value[:_SHOWN] + "..."
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in kept)


def format_fields(log_format: str) -> tuple[str, ...]:
    """Field names of a `log_format:` as AWS writes it (`${version} ${account-id}`) or as plain names.

    Raises:
        ValueError: a name is not documented or stands twice; the message says which.
    """
    names = tuple(_PLACEHOLDER.findall(log_format) or log_format.split())
    for name in names:
        if name not in DOCUMENTED:
            message = f"`{name}` is not a flow log field"
            raise ValueError(message)
    if not names or len(set(names)) != len(names):
        message = "a field stands twice" if names else "no field is named"
        raise ValueError(message)
    return names
