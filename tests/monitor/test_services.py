"""The shipped service table, and what protocols are called."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, get_args

import numpy as np
import polars as pl
import pytest

from monitor.problem import ProblemsFound
from monitor.services import (
    ADMINISTRATION,
    FILE,
    TCP,
    UDP,
    WITH_PORTS,
    WITHOUT_PORTS,
    Grade,
    ServiceTable,
    load_services,
    protocol_name,
    service_names,
    services_digest,
    shipped_services,
)

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


def listed(which: NDArray[np.bool_], protocol: int, port: int, table: ServiceTable | None = None) -> bool:
    """Look one protocol and port up."""
    found = (table or shipped_services()).listed(which, np.array([protocol], np.uint8), np.array([port], np.uint16))
    return bool(found[0])


def own_table(directory: Path, text: str) -> ServiceTable:
    """Load a table of our own."""
    path = directory / "ports.yaml"
    path.write_text(text, encoding="utf-8")
    return load_services(path)


@pytest.mark.parametrize(
    ("protocol", "port", "expected"),
    [
        pytest.param(TCP, 22, (True, True, False), id="ssh"),
        pytest.param(TCP, 3389, (True, True, False), id="rdp"),
        pytest.param(UDP, 3389, (True, True, False), id="rdp over UDP"),
        pytest.param(TCP, 443, (True, False, False), id="https"),
        pytest.param(UDP, 443, (True, False, False), id="quic"),
        pytest.param(UDP, 53, (True, False, True), id="dns"),
        pytest.param(TCP, 853, (True, False, True), id="dns over TLS"),
        pytest.param(UDP, 5353, (True, False, True), id="multicast dns"),
        pytest.param(UDP, 22, (False, False, False), id="a TCP service is none of UDP"),
        pytest.param(132, 22, (False, False, False), id="nor of SCTP"),
        pytest.param(1, 22, (False, False, False), id="nor of ICMP"),
        pytest.param(TCP, 0, (False, False, False), id="port 0"),
        pytest.param(UDP, 65535, (False, False, False), id="the last port"),
    ],
)
def test_a_port_is_looked_up_with_its_protocol(protocol: int, port: int, expected: tuple[bool, ...]) -> None:
    """What the table knows, what is administration, what is DNS."""
    table = shipped_services()

    assert tuple(listed(which, protocol, port) for which in (table.known, table.administration, table.dns)) == expected


def test_web_ports_are_not_administration() -> None:
    """Any site may stand behind them; administration there is told by name."""
    table = shipped_services()

    assert [listed(table.administration, TCP, port) for port in (80, 443, 8080, 8443)] == [False] * 4


def test_every_shipped_service_has_a_port_and_a_source() -> None:
    """A row that can never match, or that nobody can check, is a defect."""
    assert [each.name for each in shipped_services().services if not (each.tcp or each.udp) or not each.source] == []


def test_no_shipped_service_stands_twice() -> None:
    """Its name is how people find it."""
    names = [service.name for service in shipped_services().services]

    assert len(set(names)) == len(names)


def test_administration_is_made_of_grades() -> None:
    """None of them is mistyped."""
    assert set(get_args(Grade)) >= ADMINISTRATION


def test_a_port_of_two_services_is_both(tmp_path: Path) -> None:
    """If one of them is administration, the port is."""
    table = own_table(
        tmp_path,
        "services:\n"
        "  - {name: a, grade: admin, tcp: [7], source: x}\n"
        "  - {name: b, grade: dns, tcp: [7], udp: [9], source: x}\n",
    )

    assert [listed(which, TCP, 7, table) for which in (table.known, table.administration, table.dns)] == [True] * 3
    assert [listed(which, UDP, 9, table) for which in (table.known, table.administration, table.dns)] == [
        True,
        False,
        True,
    ]


@pytest.mark.parametrize(
    "row",
    [
        "{name: a, grade: admin, tcp: [65536], source: x}",
        "{name: a, grade: admin, tcp: [0], source: x}",
        "{name: a, grade: secret, tcp: [7], source: x}",
        "{name: a, grade: admin, tcp: [7]}",
        "{name: a, grade: admin, sctp: [7], source: x}",
    ],
)
def test_a_row_that_departs_from_the_form_is_a_problem(tmp_path: Path, row: str) -> None:
    """With its place in the file."""
    with pytest.raises(ProblemsFound) as found:
        own_table(tmp_path, f"services:\n  - {row}\n")

    assert [problem.line for problem in found.value.problems] == [2]


@pytest.mark.parametrize(
    ("number", "name"),
    [(6, "tcp"), (17, "udp"), (132, "sctp"), (1, "icmp"), (58, "ipv6-icmp"), (50, "esp"), (47, "gre"), (253, "ip-253")],
)
def test_a_protocol_is_called_as_iana_calls_it(number: int, name: str) -> None:
    """In lower case; by its number where it has no name here."""
    assert protocol_name(number) == name


def test_no_protocol_is_both_with_and_without_ports() -> None:
    """It has one name."""
    assert WITH_PORTS.keys() & WITHOUT_PORTS.keys() == set()


def _named(*pairs: tuple[int | None, int]) -> list[str | None]:
    protocol = pl.Series([protocol for protocol, _ in pairs], dtype=pl.UInt8)
    found = service_names(protocol, np.array([port for _, port in pairs], dtype=np.int32))
    return found.names.gather(pl.Series(found.number.astype(np.uint32))).to_list()


def test_a_service_is_its_protocol_and_port() -> None:
    """The protocol alone without a port; without a protocol nothing is known."""
    pairs = (
        (TCP, 22),
        (UDP, 22),
        (132, 22),
        (TCP, 0),
        (UDP, 65535),
        (TCP, -1),
        (1, -1),
        (253, -1),
        (0, -1),
        (None, -1),
    )

    assert _named(*pairs) == [
        "tcp/22", "udp/22", "sctp/22", "tcp/0", "udp/65535", "tcp", "icmp", "ip-253", "ip-0", None,
    ]  # fmt: skip


def test_every_service_has_a_number_of_its_own() -> None:
    """The last protocol with the last port is none of the next one's."""
    pairs = [(protocol, port) for protocol in WITH_PORTS for port in (-1, 0, 1, 65534, 65535)]
    pairs += [(protocol, -1) for protocol in range(256) if protocol not in WITH_PORTS]
    expected = [protocol_name(protocol) + (f"/{port}" if port >= 0 else "") for protocol, port in pairs]

    assert _named(*pairs) == expected
    assert len(set(expected)) == len(expected)


def test_a_service_is_spelled_once() -> None:
    """However many records have it."""
    found = service_names(pl.Series([TCP] * 5 + [UDP], dtype=pl.UInt8), np.array([22] * 6, dtype=np.int32))

    assert (sorted(found.names.to_list()), len(found.number)) == (["tcp/22", "udp/22"], 6)


def test_no_records_have_no_services() -> None:
    """A batch in which nothing is ours."""
    assert _named() == []


def test_the_table_is_loaded_once() -> None:
    """It never changes while a process runs."""
    assert shipped_services() is shipped_services()


def test_the_digest_is_that_of_the_file(root: Path) -> None:
    """So that a verdict names the table it was made with."""
    assert services_digest() == hashlib.sha256((root / FILE).read_bytes()).hexdigest()
