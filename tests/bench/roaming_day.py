"""A day of an administrator of ours on mission, as log lines, and which of its legs must wake somebody.

Thursday 2026-10-08 of the sample hospital, beside what happens there anyway: SSH from our office in Tokyo, hotels and
mobile networks in third countries, an adequate country and the EEA, our VPN, an aeroplane, log-ins that fail. Decides
what is true of each leg by hand. Two sources tell of it: a flow log, and the log of the bastion's sshd.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from tests.judging import HEADER, line

if TYPE_CHECKING:
    from pathlib import Path

DAY: Final = datetime(2026, 10, 8, tzinfo=UTC)
BASTION: Final = "10.20.32.10"
_WAREHOUSE: Final = "10.20.0.30"
_VPN_CLIENT: Final = "10.20.32.200"
_TUNNEL: Final = 51_820
_TUNNELLED: Final = 4_000_000
SOURCES: Final = """\
  - {name: roaming, type: aws_vpc, path: flow-logs/roaming/*.log, count_at: endpoints}
  - {name: bastion, type: sshd, path: bastion/*.log}
"""

Key = tuple[str, str | None, str | None, str | None]
_RULE: Final = "administration_from_third_country"


@dataclass(frozen=True, slots=True)
class Leg:
    """Some sessions from one network. `incident`: the finding that they must be, null where nothing must come.

    `sessions`: hour and minute of each; `source` is `flows` or `sshd`; `kept`: the file grows with each session.
    """

    what: str
    far: tuple[str, ...]
    sessions: tuple[tuple[int, int], ...]
    incident: Key | None = None
    near: str = BASTION
    port: int = 22
    octets: int = 90_000
    source: str = "flows"
    accepted: bool = True


LEGS: Final = (
    Leg("our office in Tokyo, which the inventory names", ("121.102.40.31",), ((0, 20), (1, 5), (2, 40))),
    Leg(
        "the same, straight to the warehouse",
        ("121.102.40.31",),
        ((2, 50),),
        near=_WAREHOUSE,
    ),
    Leg("a mobile network in Switzerland (adequate)", ("178.197.200.10", "178.197.201.44"), ((6, 10), (6, 40))),
    Leg("a mobile network in Germany", ("80.187.100.3",), ((7, 5),)),
    Leg("an aeroplane (satellite, place undetermined)", ("98.97.20.1",), ((8, 15), (8, 45))),
    Leg(
        "a mobile network in Türkiye, five sessions from three addresses",
        ("78.180.10.10", "78.180.44.2", "85.105.22.3"),
        ((9, 10), (9, 35), (10, 5), (11, 40), (13, 20)),
        (_RULE, "admin", "turktelekom", "TR"),
    ),
    Leg(
        "a hotel in Tunis, by flows and by the bastion's sshd",
        ("41.226.5.5",),
        ((14, 5), (15, 30), (17, 10)),
        (_RULE, "admin", "as37705", "TN"),
    ),
    Leg(
        "the same log-ins in the bastion's own log",
        ("41.226.5.5",),
        ((14, 5), (15, 30), (17, 10)),
        (_RULE, "admin", "as37705", "TN"),
        source="sshd",
    ),
    Leg(
        "from the hotel through our VPN: its tunnel",
        ("41.226.5.5",),
        ((18, 0), (18, 30)),
        port=_TUNNEL,
        octets=_TUNNELLED,
    ),
    Leg("from the hotel through our VPN: SSH inside", (_VPN_CLIENT,), ((18, 5), (18, 35)), near=_WAREHOUSE),
    Leg("log-ins from Algeria that were refused", ("129.45.9.9",), ((19, 0), (19, 1), (19, 2)), octets=2_400),
    Leg("the same in the bastion's own log", ("129.45.9.9",), ((19, 0), (19, 1)), source="sshd", accepted=False),
)  # fmt: skip


def incidents() -> dict[Key, str]:
    """What must wake somebody, and the leg that is why."""
    return {leg.incident: leg.what for leg in reversed(LEGS) if leg.incident is not None}


def prepare(directory: Path) -> None:
    """Add the two sources and the bastion's name to the site of the sample hospital."""
    config, inventory = directory / "transferwatch.yaml", directory / "inventory.yaml"
    config.write_text(config.read_text(encoding="utf-8") + SOURCES, encoding="utf-8")
    text = inventory.read_text(encoding="utf-8")
    named = text.replace("  - id: admin\n", '  - id: admin\n    accounts: ["host:bastion"]\n')
    assert named != text
    inventory.write_text(named, encoding="utf-8")


class Roaming:
    """Appends what is written by an instant; each session tells of itself five minutes after its begin."""

    def __init__(self, directory: Path) -> None:
        """Nothing is written yet."""
        self._flows, self._sshd = directory / "flow-logs" / "roaming" / "1.log", directory / "bastion" / "auth.log"
        due = [
            (DAY + timedelta(hours=hour, minutes=minute + 5), number, leg.far[number % len(leg.far)], leg)
            for leg in LEGS
            for number, (hour, minute) in enumerate(leg.sessions)
        ]
        self._due = sorted(due, key=lambda each: each[:3])

    def go_on(self, until: datetime) -> None:
        """Append."""
        while self._due and self._due[0][0] <= until:
            at, number, far, leg = self._due.pop(0)
            if leg.source == "flows":
                _append(self._flows, HEADER, _flows(at, number, far, leg))
            else:
                _append(self._sshd, "", [_sshd(at, number, far, leg)])


def _append(path: Path, header: str, lines: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        if header and not file.tell():
            file.write(f"{header}\n")
        file.writelines(f"{each}\n" for each in lines)


def _flows(at: datetime, number: int, far: str, leg: Leg) -> list[str]:
    """Both ways of a session, as the interface of our end reports them."""
    port = 50_000 + number
    protocol = 17 if leg.port == _TUNNEL else 6
    common = {"at": at, "seconds": 240, "protocol": protocol, "packets": max(leg.octets // 900, 4)}
    return [
        line(far, leg.near, srcport=port, dstport=leg.port, octets=leg.octets // 3, flow_direction="ingress", **common),
        line(leg.near, far, srcport=leg.port, dstport=port, octets=leg.octets, flow_direction="egress", **common),
    ]


def _sshd(at: datetime, number: int, far: str, leg: Leg) -> str:
    told = "Accepted publickey for ops" if leg.accepted else "Failed password for ops"
    key = " ssh2: ED25519 SHA256:AAAA" if leg.accepted else " ssh2"
    process, port = 900 + number, 50_000 + number
    return f"{at:%Y-%m-%dT%H:%M:%S.%f}+00:00 bastion sshd[{process}]: {told} from {far} port {port}{key}"
