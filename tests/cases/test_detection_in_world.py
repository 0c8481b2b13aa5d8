"""A week of the invented world under the shipped rules: what is found is what is true, and nothing else wakes anybody.

The stories that are incidents stand here with the finding that each must give; all others must give none: content
networks all Wednesday, an administrator in our own office in Tokyo, patients abroad, scanners, migrations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl
import pytest

from monitor.app import build_pipeline, open_site, rules_of
from monitor.detect.detection import Detection
from monitor.detect.matches import KEY
from monitor.inputs import find_inputs
from monitor.replay import Replay
from monitor.sums import Summation
from monitor.tally import Tally
from monitor.world.generate import DEFAULT_START, generate, write_world

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.app import Knowledge

# The story that is true, and what it must give: rule, system, operator, country of the place.
INCIDENTS: Final = {
    "road_hotel_ssh": ("administration_from_third_country", "admin", "as6713", "MA"),
    "support_india_rdp and _ssh": ("administration_from_third_country", "warehouse", "jio", "IN"),
    "files_lapsed": ("declared_entry_lapsed", "portal", "dropbox", "US"),
    "paris_storage": ("health_to_exposed_operator", "warehouse", "aws", "FR"),
    "backup_virginia and _v6": ("health_to_uncovered_country", "warehouse", "aws", "US"),
    "backup_azure": ("health_to_uncovered_country", "warehouse", "microsoft_azure", "US"),
    "crm_outside_scope": ("outside_declared_scope", "warehouse", "salesforce", "US"),
    "peer_montreal": ("pseudonymised_without_entry", "workbench", None, "CA"),
    "resolver_turkey": ("resolver_in_third_country", "warehouse", "turktelekom", "TR"),
    "analytics_undeclared": ("undeclared_importer", "portal", "adobe", "US"),
    "forgotten_vpn": ("unlisted_private_peer", "warehouse", None, None),
}


@pytest.fixture(scope="module")
def matches(knowledge: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """Matches of the shipped rules in a week."""
    directory: Path = tmp_path_factory.mktemp("world")
    write_world(generate(7, DEFAULT_START, 7, 0.2), directory)
    site = open_site(directory / "transferwatch.yaml", knowledge.operators)
    replay = Replay(build_pipeline(site, knowledge), Summation.of(site))
    inputs = find_inputs([directory / "flow-logs"], "auto", site).inputs
    detection = Detection(rules_of(site))
    return pl.concat(detection.detect(frame) for frame in replay.frames(inputs, Tally()))


def test_each_incident_is_one_finding_and_nothing_else_is(matches: pl.DataFrame) -> None:
    """Two addresses, a second network or another day are the same finding."""
    found = matches.select(KEY).unique().select("rule", "system", "operator", "place_country").rows()
    assert sorted(found, key=repr) == sorted(INCIDENTS.values(), key=repr)


def test_content_networks_wake_nobody(matches: pl.DataFrame) -> None:
    """They are undetermined in place, and what is sent there are questions."""
    assert matches.filter(pl.col("operator").is_in(["cloudflare", "fastly", "akamai"])).height == 0
