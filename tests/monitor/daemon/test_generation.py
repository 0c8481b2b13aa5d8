"""What follows a site: rows for those who listen, another day, and a log that grows under a changed inventory."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from monitor.alerting import all_findings
from monitor.daemon.generation import Generation, Hearing, Surroundings
from monitor.daemon.loaded import load
from monitor.following import FollowingSettings
from monitor.ledger.store import open_ledger
from tests.monitor.daemon.process import HEAD, OTHER_INVENTORY, append, body, write_site
from tests.monitor.ledger.keepers import TODAY, records

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from monitor.app import Knowledge
    from monitor.daemon.loaded import Loaded
    from monitor.keeping import Committed
    from monitor.ledger.store import Ledger

_OTHER_DAY = TODAY + 86_400


class Heard(list["Committed"]):
    """What was committed."""

    @property
    def hearing(self) -> Hearing:
        """Who hears."""
        return Hearing(lambda _, __: None, lambda _, __: None, self.append, lambda _, __, ___: None)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A site with a log of two records."""
    append(tmp_path / "logs" / "flow.log", HEAD + body(2))
    return write_site(tmp_path)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Its ledger."""
    with open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}", create=True) as opened:
        yield opened


def _generation(loaded: Loaded, knowledge: Knowledge, ledger: Ledger, heard: Heard) -> Generation:
    surroundings = Surroundings(ledger.path.with_name("transferwatch.yaml"), knowledge, ledger, TODAY, lambda: TODAY)
    return Generation.of(loaded, surroundings, heard.hearing)


def _step(generation: Generation, heard: Heard) -> None:
    (following,) = generation.followings(heard.hearing, FollowingSettings()).values()
    following.step()


def test_who_hears_of_a_batch_hears_what_was_found_in_it(config: Path, ledger: Ledger, knowledge: Knowledge) -> None:
    """Health data to a country without a ground: the finding is in the ledger by then."""
    heard = Heard()
    append(config.parent / "logs" / "flow.log", body(10, 200_000))
    _step(_generation(load(config, knowledge), knowledge, ledger, heard), heard)
    ((found,),) = [batch.findings for batch in heard]

    assert (heard[0].records, [each.id for each in all_findings(ledger, TODAY)]) == (12, [found])


def test_another_day_reads_nothing_anew(config: Path, ledger: Ledger, knowledge: Knowledge) -> None:
    """What was seen of the files is kept, and rows are retained from that day on."""
    heard = Heard()
    first = _generation(load(config, knowledge), knowledge, ledger, heard)
    second = first.of_day(_OTHER_DAY)

    assert (second.followed is first.followed, second.keeping.writer.retention.today) == (True, _OTHER_DAY)


def test_a_log_goes_on_under_another_inventory(config: Path, ledger: Ledger, knowledge: Knowledge) -> None:
    """What it gains is judged by it, and what was judged before stays as it was."""
    heard = Heard()
    _step(_generation(load(config, knowledge), knowledge, ledger, heard), heard)
    (config.parent / "inventory.yaml").write_text(OTHER_INVENTORY, encoding="utf-8")
    append(config.parent / "logs" / "flow.log", body(3, 5_000))
    _step(_generation(load(config, knowledge), knowledge, ledger, heard), heard)

    assert ([batch.records for batch in heard], records(ledger.path)) == ([2, 3], 5)


def test_sources_share_what_looking_may_take(tmp_path: Path, ledger: Ledger, knowledge: Knowledge) -> None:
    """Two of them look half as often where looking is much work."""
    heard = Heard()
    two = "  - {type: aws_vpc, name: one, path: one/}\n  - {type: aws_vpc, name: two, path: two/}\n"
    generation = _generation(load(write_site(tmp_path, two), knowledge), knowledge, ledger, heard)
    followings = generation.followings(heard.hearing, FollowingSettings(share_of_a_core=0.02))

    assert {name: each.settings.share_of_a_core for name, each in followings.items()} == {"one": 0.01, "two": 0.01}


def test_every_file_that_has_nothing_new_is_progress(config: Path, ledger: Ledger, knowledge: Knowledge) -> None:
    """After a restart an archive is looked through for long, and nothing comes of it."""
    heard, moved = Heard(), []
    append(config.parent / "logs" / "other.log", HEAD + body(3, 9_000))
    _step(_generation(load(config, knowledge), knowledge, ledger, heard), heard)
    hearing = replace(heard.hearing, went_on=lambda: moved.append(len(heard)))
    again = _generation(load(config, knowledge), knowledge, ledger, heard)
    (following,) = again.followings(hearing, FollowingSettings()).values()
    following.step()

    assert moved == [len(heard)] * 2


def test_another_day_knows_what_another_process_has_judged(config: Path, ledger: Ledger, knowledge: Knowledge) -> None:
    """An archive that was replayed into the ledger is part of what a rule remembers."""
    heard = Heard()
    first = _generation(load(config, knowledge), knowledge, ledger, heard)
    _step(_generation(load(config, knowledge), knowledge, ledger, heard), heard)
    before = first.watching.detecting.memory.contacts.height
    second = first.of_day(_OTHER_DAY)

    assert (before, second.watching.detecting.memory.contacts.height) == (0, 1)
