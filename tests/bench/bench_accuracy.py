"""Who would have been woken in a week of the sample hospital, held against what is true: alerts, misses, false alarms.

The week has a day of content networks (Wednesday), a day with an administrator on mission (Thursday, told in more
detail by `roaming_day`), scans, migrations, patients from everywhere. It runs in accelerated time through the parts
that `run` is made of. What is true is stated by the stories of the world, not by any rule. Exits 1 where an incident
was missed or told twice on a day, where anything else was told, or where the published table says otherwise (`--write`
publishes).
"""

from __future__ import annotations

import argparse
import shutil
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from monitor.app import Knowledge
from monitor.world.generate import generate
from monitor.world.live import Live
from monitor.world.site import site_files, write_site
from tests.bench import roaming_day
from tests.bench.accelerated import accelerated
from tests.bench.material import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import polars as pl

    from tests.bench.accelerated import Accelerated, Told
    from tests.bench.roaming_day import Key

_SEED: Final = 7
_MONDAY: Final = datetime(2026, 10, 5, tzinfo=UTC)
_PAGE: Final = ROOT / "docs" / "accuracy.md"
_MARKS: Final = ("<!-- table -->\n", "<!-- end of the table -->\n")
# What was written in the last hours before a day is told on it: the daemon begins then, and alerts of what is young.
_YOUNG: Final = timedelta(hours=6)

# A finding that must be told, and the stories of which any makes it true. Stories that stand nowhere are no incidents.
INCIDENTS: Final[Mapping[Key, tuple[str, ...]]] = {
    ("administration_from_third_country", "admin", "as6713", "MA"): ("road_hotel_ssh",),
    ("administration_from_third_country", "warehouse", "jio", "IN"): ("support_india_rdp", "support_india_ssh"),
    ("declared_entry_lapsed", "portal", "dropbox", "US"): ("files_lapsed",),
    ("health_to_exposed_operator", "warehouse", "aws", "FR"): ("paris_storage",),
    ("health_to_uncovered_country", "warehouse", "aws", "US"): ("backup_virginia", "backup_virginia_v6"),
    ("health_to_uncovered_country", "warehouse", "microsoft_azure", "US"): ("backup_azure",),
    ("outside_declared_scope", "warehouse", "salesforce", "US"): ("crm_outside_scope",),
    ("pseudonymised_without_entry", "workbench", None, "CA"): ("peer_montreal",),
    ("resolver_in_third_country", "warehouse", "turktelekom", "TR"): ("resolver_turkey",),
    ("undeclared_importer", "portal", "adobe", "US"): ("analytics_undeclared",),
    ("unlisted_private_peer", "warehouse", None, None): ("forgotten_vpn",),
}
# True without traffic, all week: the host holds the keys of two systems, and the atlas that ships is of June.
STANDING: Final[Mapping[Key, str]] = {
    ("keys_held_by_exposed_host", "warehouse", "aws", "FR"): "inventory",
    ("keys_held_by_exposed_host", "workbench", "aws", "FR"): "inventory",
    ("atlas_stale", None, None, None): "atlas",
}
_NAMES: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_KNOWN_FOR: Final = {0: "a resolver abroad", 2: "content networks all day", 3: "an administrator on mission",
                     4: "vendors help from afar", 5: "a backup to the US", 6: "an undeclared service"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Day:
    """One day: what was true on it, what was told, what was neither told nor open at its end."""

    name: str
    lines: int
    true: frozenset[Key]
    told: Sequence[Told]
    missed: frozenset[Key]

    @property
    def false(self) -> list[Told]:
        """Alerts of nothing."""
        return [each for each in self.told if each.key not in self.true]

    @property
    def most(self) -> int:
        """Alerts of the incident that gave most."""
        return max(Counter(each.key for each in self.told).values(), default=0)


def main() -> None:
    """Run, print, and exit 1 where something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--days", type=int, default=7)
    parser.add_argument("--write", action="store_true", help="publish the table")
    chosen = parser.parse_args()
    work = ROOT / "build" / "bench" / "accuracy"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    begun = time.process_time()
    days = _days(work, chosen.scale, chosen.days)
    table = _table(days)
    print(table, end="")
    print(f"{chosen.days} days in {time.process_time() - begun:.0f} CPU seconds")
    missed = [
        *(f"{day.name}: {key} was not told" for day in days for key in sorted(day.missed, key=repr)),
        *(f"{day.name}: {told.key} was told, and is not true" for day in days for told in day.false),
        *(f"{day.name}: an incident was told {day.most} times" for day in days if day.most > 1),
    ]
    if chosen.write:
        _publish(table)
    elif (chosen.scale, chosen.days) == (1.0, 7) and table not in _PAGE.read_text(encoding="utf-8"):
        missed.append(f"{_PAGE.name} says otherwise; --write publishes this table")
    for sentence in missed:
        print(f"WRONG: {sentence}")
    raise SystemExit(1 if missed else 0)


def _days(work: Path, scale: float, days: int) -> list[Day]:
    write_site(site_files(), work)
    roaming_day.prepare(work)
    live = Live(work, _SEED, scale, (_MONDAY - timedelta(days=1)).date())
    roaming = roaming_day.Roaming(work)

    def grow(until: datetime) -> None:
        live.go_on(until)
        roaming.go_on(until)

    grow(_MONDAY)
    done = accelerated(work / "transferwatch.yaml", Knowledge.load(), _MONDAY, days, grow)
    return [_day(number, done, scale) for number in range(days)]


def _day(number: int, done: Accelerated, scale: float) -> Day:
    begin = _MONDAY + timedelta(days=number)
    end = begin + timedelta(days=1)
    lines, stories = _truth(begin, scale)
    if not number:
        stories |= _truth(begin - timedelta(days=1), scale, since=begin - _YOUNG)[1]
    true = {key for key, names in INCIDENTS.items() if stories & set(names)} | set(STANDING)
    if begin == roaming_day.DAY:
        true |= set(roaming_day.incidents())
    told = [each for each in done.told if begin.timestamp() < each.at <= end.timestamp()]
    missed = frozenset(true) - done.open_at_midnight[number] - {each.key for each in told}
    return Day(_NAMES[begin.weekday()], lines, frozenset(true), told, missed)


def _truth(begin: datetime, scale: float, since: datetime | None = None) -> tuple[int, set[str]]:
    """Lines of a day, and the stories of which something that counts happened in it."""
    truth = generate(_SEED, begin.date(), 1, scale).truth
    counted = truth.filter(_counts(truth, since))
    return truth.height, set(counted["story"].unique())


def _counts(truth: pl.DataFrame, since: datetime | None) -> pl.Series:
    counts = (truth["outcome"] == "judged") & truth["counted"].fill_null(value=False)
    return counts if since is None else counts & (truth["end_time"] >= since)


def _table(days: Sequence[Day]) -> str:
    rows = [
        "| day | lines | true on it | alerts that came | of one incident at most | missed | false |",
        "|---|---|---|---|---|---|---|",
    ]
    for number, day in enumerate(days):
        known = f" ({_KNOWN_FOR[number]})" if number in _KNOWN_FOR else ""
        rows.append(
            f"| {day.name}{known} | {day.lines:,} | {len(day.true)} | {len(day.told)} | {day.most} | {len(day.missed)} "
            f"| {len(day.false)} |"
        )
    rows += ["", "| told | alert | system | operator | country |", "|---|---|---|---|---|"]
    for each in sorted((told for day in days for told in day.told), key=lambda told: (told.at, repr(told.key))):
        at = datetime.fromtimestamp(each.at, UTC)
        words = " | ".join(word or "-" for word in each.key[1:])
        rows.append(f"| {_NAMES[(at - timedelta(seconds=1)).weekday()]} {at:%H:%M} | `{each.key[0]}` | {words} |")
    told_keys = {each.key for day in days for each in day.told}
    rows += ["", "| the administrator on mission | must wake | woke |", "|---|---|---|"]
    for leg in roaming_day.LEGS:
        wakes = "yes" if leg.incident else "no"
        woke = "yes" if leg.incident in told_keys else "no"
        rows.append(f"| {leg.what} | {wakes} | {woke} |")
    return "\n".join(rows) + "\n"


def _publish(table: str) -> None:
    begin, end = _MARKS
    head, _, rest = _PAGE.read_text(encoding="utf-8").partition(begin)
    _PAGE.write_text(f"{head}{begin}{table}{end}{rest.partition(end)[2]}", encoding="utf-8")


if __name__ == "__main__":
    main()
