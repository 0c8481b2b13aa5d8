"""Findings in the ledger: what is read, what is remembered of telling, what is deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from monitor.alert.findings import Life, fold
from monitor.ledger.findings import (
    Told,
    add_findings,
    delete_expired_findings,
    findings_of,
    firsts,
    forget_gone,
    gone_of,
    page_of,
    remember_told,
    told_of,
)
from monitor.ledger.store import open_ledger
from tests.monitor.alert.kept import FAR_AWAY, add
from tests.monitor.alert.matches import NOW_SECONDS, frame, match

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from monitor.ledger.store import Ledger

_DAY = 86_400
_ID = "f-q4duvwgag5"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """A ledger with one finding."""
    with open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}", create=True) as opened:
        add(opened, frame(match()))
        yield opened


def _ids(ledger: Ledger, since: int, *routes: str, recorder: str | None = None) -> list[str]:
    with ledger.reading() as connection:
        kept = findings_of(connection, NOW_SECONDS, since=since, routes=routes, recorder=recorder)
    return [row["finding"] for row in kept.findings]


def _tell(ledger: Ledger, route: str, state: str) -> None:
    with ledger.writing() as connection:
        remember_told(connection, route, [Told(_ID, state, NOW_SECONDS, NOW_SECONDS)])


def test_what_is_open_is_read(ledger: Ledger) -> None:
    """Every minute."""
    assert _ids(ledger, NOW_SECONDS) == [_ID]


def test_what_ended_long_ago_is_not_read(ledger: Ledger) -> None:
    """A ledger of years is not read each minute."""
    assert _ids(ledger, NOW_SECONDS + 9 * _DAY) == []


def test_what_a_route_believes_to_be_open_is_read(ledger: Ledger) -> None:
    """After an outage of weeks it is told the end."""
    _tell(ledger, "mail", "open")

    assert _ids(ledger, NOW_SECONDS + 9 * _DAY, "mail") == [_ID]


def test_what_a_route_that_is_gone_believed_does_not_matter(ledger: Ledger) -> None:
    """It was taken out of the file."""
    _tell(ledger, "mail", "open")

    assert _ids(ledger, NOW_SECONDS + 9 * _DAY, "webhook") == []


def test_what_came_from_old_records_is_read_until_it_is_recorded(ledger: Ledger) -> None:
    """Once for the findings file."""
    add(ledger, frame(match(7 * _DAY, system="archive")))
    before = _ids(ledger, NOW_SECONDS, recorder="file")
    with ledger.writing() as connection:
        remember_told(connection, "file", [Told(id_, "past", 0, NOW_SECONDS) for id_ in before])

    assert (len(before), len(_ids(ledger, NOW_SECONDS, recorder="file"))) == (2, 1)


def test_a_route_is_remembered_apart_from_others(ledger: Ledger) -> None:
    """One was away, the other was not."""
    _tell(ledger, "mail", "open")
    _tell(ledger, "mail", "resolved")
    with ledger.reading() as connection:
        told = [told_of(connection, route) for route in ("mail", "webhook")]

    assert told == [{_ID: Told(_ID, "resolved", NOW_SECONDS, NOW_SECONDS)}, {}]


def test_since_when_a_system_has_an_operator(ledger: Ledger) -> None:
    """The smallest of all its findings."""
    add(ledger, frame(match(500, rule="undeclared_importer")))
    with ledger.reading() as connection:
        found = firsts(connection)

    assert [(row["system"], row["operator"], row["first_time"]) for row in found] == [
        ("warehouse", "aws", NOW_SECONDS - 510)
    ]


def _page(ledger: Ledger, *, is_open: bool | None = None, most: int = 9, **wanted: str | None) -> tuple[list[str], int]:
    """Systems of a page of the list, and how many findings there are."""
    with ledger.reading() as connection:
        ids, count = page_of(connection, NOW_SECONDS, wanted, is_open=is_open, begin=0, most=most)
        systems = {row["finding"]: row["system"] for row in findings_of(connection, NOW_SECONDS).findings}
    return [systems[id_] for id_ in ids], count


@pytest.fixture
def listed(ledger: Ledger) -> Ledger:
    """A ledger with an older finding without operator, and one of old records."""
    add(ledger, frame(match(600, system="archive", operator=None, level="low")))
    add(ledger, frame(match(10 * _DAY, system="portal")))
    return ledger


def test_open_findings_are_listed_first_and_of_these_the_latest(listed: Ledger) -> None:
    """Then what only ever came from old records."""
    assert _page(listed) == (["warehouse", "archive", "portal"], 3)


def test_of_open_findings_the_gravest_come_first(listed: Ledger) -> None:
    """Whatever was found after it."""
    add(listed, frame(match(300, system="vault", level="critical")))

    assert _page(listed)[0] == ["vault", "warehouse", "archive", "portal"]


def test_a_page_of_the_list_is_short_and_knows_the_whole(listed: Ledger) -> None:
    """One of three."""
    assert _page(listed, most=1) == (["warehouse"], 3)


@pytest.mark.parametrize(
    ("wanted", "systems"),
    [
        ({"system": "archive"}, ["archive"]),
        ({"operator": None}, ["archive"]),
        ({"level": "high"}, ["warehouse", "portal"]),
        ({"system": "x' OR 1=1 --"}, []),
    ],
)
def test_a_list_is_narrowed(listed: Ledger, wanted: dict[str, Any], systems: list[str]) -> None:
    """By what is there, by what is not, by the level of the rule."""
    assert _page(listed, **wanted)[0] == systems


def test_what_is_open_is_listed_apart_from_what_is_not(listed: Ledger) -> None:
    """Old records were never open."""
    assert [_page(listed, is_open=is_open)[0] for is_open in (True, False)] == [["warehouse", "archive"], ["portal"]]


def test_a_finding_is_deleted_with_all_that_is_known_of_it(ledger: Ledger) -> None:
    """It names addresses; only its id stays for a while, for who must clear what was told of it."""
    _tell(ledger, "mail", "open")
    with ledger.writing() as connection:
        deleted = delete_expired_findings(connection, FAR_AWAY + 1)
        left = [
            connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar()  # noqa: S608 - names of our tables
            for table in ("findings", "finding_ends", "finding_buckets")
        ]
        told, gone = told_of(connection, "mail"), gone_of(connection, "mail")

    assert (deleted, left, told, gone) == (1, [0, 0, 0], {}, [_ID])


def test_what_is_cleared_is_not_to_be_cleared_again(ledger: Ledger) -> None:
    """Of that route; the others are asked on their own."""
    for route in ("mqtt a", "mqtt b"):
        _tell(ledger, route, "open")
    with ledger.writing() as connection:
        delete_expired_findings(connection, FAR_AWAY + 1)
        forget_gone(connection, "mqtt a", [_ID])
        gone = [gone_of(connection, route) for route in ("mqtt a", "mqtt b")]

    assert gone == [[], [_ID]]


def test_who_clears_nothing_is_not_waited_for_without_end(ledger: Ledger) -> None:
    """A month later nothing is left."""
    _tell(ledger, "mail", "open")
    with ledger.writing() as connection:
        delete_expired_findings(connection, FAR_AWAY + 1)
        delete_expired_findings(connection, FAR_AWAY + 2 + 30 * _DAY)
        left = gone_of(connection, "mail")

    assert left == []


def test_a_finding_that_comes_again_is_not_cleared(ledger: Ledger) -> None:
    """It was told anew."""
    _tell(ledger, "mqtt", "open")
    with ledger.writing() as connection:
        delete_expired_findings(connection, FAR_AWAY + 1)
    add(ledger, frame(match()))
    _tell(ledger, "mqtt", "open")
    with ledger.reading() as connection:
        gone = gone_of(connection, "mqtt")

    assert gone == []


def test_a_batch_that_was_overtaken_leaves_no_finding(ledger: Ledger) -> None:
    """Findings are of the transaction of the batch."""
    with pytest.raises(RuntimeError), ledger.writing() as connection:
        _add_and_fail(connection)

    assert _ids(ledger, NOW_SECONDS) == [_ID]


def _add_and_fail(connection: Connection) -> None:
    add_findings(connection, *fold(frame(match(system="archive")), Life(), NOW_SECONDS).frames, FAR_AWAY)
    raise RuntimeError
