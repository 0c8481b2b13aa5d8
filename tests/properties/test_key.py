"""The key of a transfer row is enough: sums judged again give, to the byte, what a replay of the lines gives.

DESIGN 3.6. Law A is the shipped one; law B differs from it by days that lie among the records. Sites, declarations and
records are drawn; what a replay gives is worked out by the pipeline itself, from the lines.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final, TypeAlias
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from monitor import kept
from monitor.app import basis_of, build_grounds, build_pipeline, open_site
from monitor.folding import folded_transfers
from monitor.inputs import AUTO, find_inputs
from monitor.ledger.read import transfers_of
from monitor.ledger.store import open_ledger
from monitor.pipeline import SourceSettings
from monitor.rejudge import Rejudge
from monitor.replay import Replay, decoded
from monitor.sums import Summation
from tests.cases.small_world import SmallWorld
from tests.judging import Gazetteer, Site, flows, line, naming
from tests.monitor.ledger.keepers import FROM, UNTIL
from tests.properties.laws import Change, Laws
from tests.telling import CLOUD, act, admins, asked, names

if TYPE_CHECKING:
    from pathlib import Path

    from collectors.contract import Admins, Names
    from monitor.app import Knowledge
    from monitor.config import Site as OpenedSite

    SiteOfDays: TypeAlias = tuple[date, Site]
    Named: TypeAlias = tuple[str, str | None]

# The day around which everything happens, in the years of different laws.
_DAYS: Final = tuple(
    date.fromisoformat(day) for day in ("2015-10-06", "2020-07-16", "2021-06-28", "2023-07-10", "2026-10-07")
)
# Zones whose days begin on the hour and inside one.
_ZONES: Final = ("Europe/Paris", "UTC", "Asia/Kolkata", "America/St_Johns", "Pacific/Marquesas")
_OURS: Final = ("10.20.0.5", "10.20.64.5", "10.30.0.5", "2001:db8:20::5", "10.20.0.220")
_PEERS: Final = ("10.99.0.7", "10.98.0.7", "10.97.0.7")
_ODD: Final = ("192.168.77.5", "127.0.0.1", "8.8.8.8", "121.102.40.9", "-", "2a02:6b8::5", "3000::1", "64:ff9b::2592:1")
_COUNTRIES: Final = ("US", "CH", "GB", "JP", "IL", "CA", "RU", "IN", "CN", "NC", "FR", "RE", "BR", "KR")
_RECIPIENTS: Final = (*_COUNTRIES, "EPO", "WHO")
_DISPUTED: Final = (("FR", "US"), ("DE", "FR"), ("CH", "US"), ("CA", "US"), ("GB", "US"), ("FR", "RE"), ("IN", "US"))
_IMPORTERS: Final = ("example", "Example", "salesforce", "Salesforce", "aws", "Somebody else")
_OPERATORS: Final = ("salesforce", "aws", "microsoft_azure", "bt", "as6713")
_NETWORKS: Final = ("10.99.0.0/16", "10.98.0.0/16", "10.96.0.0/13", "37.146.0.0/16", "0.0.0.0/1", "8.8.8.0/24")
_SYSTEMS: Final = ("warehouse", "lab", "portal")
_CLASSES: Final = ("health", "identity")
_DOMAINS: Final = ("example.com", "eu.example.com", "my.salesforce.com")
_NAMES: Final = (
    None, None, "api.example.com", "x.eu.example.com", "acme.my.salesforce.com", "login.microsoftonline.com",
    "s3.eu-west-3.amazonaws.com", "s3.us-east-1.amazonaws.com", "storage.europe-west9.rep.googleapis.com",
    "s3.cn-north-1.amazonaws.com.cn", "www.doctolib.fr", "api.packet.net", "intake.datadoghq.eu", "192.0.2.1",
)  # fmt: skip
_FRAMEWORKS: Final = ("us_dpf", "us_privacy_shield", "us_safe_harbour", "ca_pipeda")
_INVENTORY: Final = """
systems:
  - {{id: warehouse, networks: [10.20.0.0/16, "2001:db8:20::/48"], data_class: health, accounts: ["aws:123456789012"],
     hosting: [{{operator: aws, country: FR}}, {{operator: ovh, country: FR, from: {day}}}]}}
  - {{id: lab, networks: [10.20.64.0/18], data_class: identity}}
  - {{id: portal, networks: [10.30.0.0/16], serves: public, data_class: identity}}
forwarders: [10.20.0.220]
peers:
  - {{networks: [10.99.0.0/16], country: {peers[0][0]}, importer: {peers[0][1]}}}
  - {{networks: [10.98.0.0/16], country: {peers[1][0]}, importer: {peers[1][1]}}}
  - {{networks: [10.97.0.0/16], country: {peers[2][0]}}}
staff: [{{networks: [121.102.40.0/24], country: JP}}]
"""
_ENTRY: Final = """
  - id: T-{number}
    importer: {importer}
    match: {{operators: {operators}, networks: {networks}, domains: {domains}, countries: {countries}}}
    systems: {systems}
    data_classes: {classes}
    basis: {basis}
    clear_text_access: {clear}
    tia: {{date: 2010-01-01, next_review: {review}, supplementary_measures: {measures}}}
    valid_from: {begins}
    valid_to: {ends}
"""


def _near(day: date) -> st.SearchStrategy[date]:
    return st.integers(-2, 2).map(lambda days: day + timedelta(days=days))


def _some(values: tuple[str, ...], most: int = 2) -> st.SearchStrategy[str]:
    """Some of the values, as a list in YAML; often none."""
    return st.lists(st.sampled_from(values), max_size=most, unique=True).map(lambda found: f"[{', '.join(found)}]")


@st.composite
def _entry(draw: st.DrawFn, number: int, day: date) -> str:
    begins, ends = sorted((draw(_near(day)), draw(_near(day))))
    basis = draw(st.sampled_from(("bcr", "scc", "derogation", "adequacy")))
    text = _ENTRY.format(
        number=number,
        importer=draw(st.sampled_from(_IMPORTERS)),
        operators=draw(_some(_OPERATORS)),
        networks=f"[{draw(st.sampled_from(_NETWORKS))}]",
        domains=draw(_some(_DOMAINS, 1)),
        countries=draw(_some(_COUNTRIES, 3)),
        systems=draw(_some(_SYSTEMS)),
        classes=draw(_some(_CLASSES, 1)),
        basis=basis,
        clear=draw(st.sampled_from(("true", "false"))),
        review=draw(_near(day)),
        measures=draw(_some(("pseudonymised", "encrypted_transit"), 1)),
        begins=begins - timedelta(days=draw(st.sampled_from((0, 1000)))),
        ends=draw(st.sampled_from((ends, "null"))),
    )
    return text + ("    scc: {module: 2, signed: 2010-01-01}\n" if basis == "scc" else "")


@st.composite
def _certification(draw: st.DrawFn, day: date) -> str:
    framework = draw(st.sampled_from(_FRAMEWORKS))
    covers = draw(st.sampled_from(("[non_hr]", "[hr]", "[hr, non_hr]")))
    begins = draw(_near(day)) - timedelta(days=draw(st.sampled_from((0, 1000))))
    last = max(begins, day + timedelta(days=draw(st.integers(0, 1))))
    ends = draw(st.sampled_from(("null", last.isoformat())))
    return (
        f"  - {{framework: {framework}, importer: {draw(st.sampled_from(_IMPORTERS))}, covers: {covers},"
        f" valid_from: {begins}, valid_to: {ends}, source: invented}}\n"
    )


@st.composite
def _sites(draw: st.DrawFn, day: date) -> Site:
    entries = "".join(draw(_entry(number, day)) for number in range(draw(st.integers(0, 4))))
    certified = draw(st.lists(_certification(day), max_size=3, unique_by=lambda text: text.partition(" valid_to")[0]))
    peer = st.tuples(st.sampled_from(_RECIPIENTS), st.sampled_from(_IMPORTERS))
    review = draw(st.sampled_from(("third_country", "eea", "undetermined")))
    weight = draw(st.sampled_from(("low", "medium", "high")))
    arguable = draw(st.sampled_from(("applies", "does_not_apply", "undetermined")))
    return Site(
        inventory=_INVENTORY.format(day=draw(_near(day)), peers=[draw(peer) for _ in range(3)]),
        register=f"transfers:{entries}" if entries else "transfers: []",
        certifications=f"certifications:\n{''.join(certified)}" if certified else "certifications: []",
        policy=f"{{review_territories: {review}, exposed_from_weight: {weight}, unincorporated_adequacy: {arguable}}}",
        exporter=draw(st.sampled_from(("FR", "IS"))),
        timezone=draw(st.sampled_from(_ZONES)),
    )


def _times(day: date, zone: str) -> st.SearchStrategy[list[datetime]]:
    """Moments of the days around that one, many close to a midnight of the site or of the law; few distinct ones."""
    midnights = [
        datetime(each.year, each.month, each.day, tzinfo=ZoneInfo(name)).astimezone(UTC)
        for each in (day + timedelta(days=number) for number in range(-2, 4))
        for name in (zone, "Europe/Brussels")
    ]
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    moments = st.one_of(
        st.tuples(st.sampled_from(sorted(set(midnights))), st.sampled_from((-1, 0, 1, 1799, 1800, 3599))).map(
            lambda each: each[0] + timedelta(seconds=each[1])
        ),
        st.integers(-3 * 86400, 3 * 86400).map(lambda seconds: noon + timedelta(seconds=seconds)),
    )
    # Few distinct ones, so that many records share a row.
    return st.lists(moments, min_size=1, max_size=8)


@st.composite
def _told(draw: st.DrawFn, day: date, zone: str, far: tuple[str, ...]) -> tuple[Admins, Names]:
    """Acts of every kind of actor, and questions to resolvers, of the days around that one."""
    times = draw(_times(day, zone))
    ends = st.sampled_from((None, None, *far, *_PEERS, *_OURS, *_ODD)).map(lambda end: None if end == "-" else end)
    acts = [
        act(
            time=draw(st.sampled_from(times)),
            actor=draw(st.sampled_from(("alice", "bob", None))),
            actor_kind=draw(st.sampled_from(("customer", "provider", "provider", "service", None))),
            actor_address=draw(ends),
            actor_country=draw(st.sampled_from((None, *_COUNTRIES, "XX", "Mars"))),
            success=draw(st.sampled_from((True, True, False, None))),
            account=draw(st.sampled_from((CLOUD, None))),
            target=draw(st.sampled_from((None, *_OURS))),
            target_address=draw(st.sampled_from((None, None, None, *far[:6], *_OURS))),
        )
        for _ in range(draw(st.integers(0, 20)))
    ]
    answers = [
        asked(
            time=draw(st.sampled_from(times)),
            client_address=draw(st.sampled_from((*_OURS, None))),
            resolver_address=draw(ends),
        )
        for _ in range(draw(st.integers(0, 8)))
    ]
    return admins(*acts), names(*answers)


@st.composite
def _records(draw: st.DrawFn, day: date, zone: str, far: tuple[str, ...]) -> list[Named]:
    """Records of the days around that one, some with a name."""
    times = draw(_times(day, zone))
    ends = st.sampled_from((*_OURS[:2], *_OURS)), st.sampled_from((*far, *_PEERS, *_PEERS, *_ODD))

    def record() -> Named:
        ours, theirs = (draw(end) for end in ends)
        outward = draw(st.booleans())
        text = line(
            ours if outward else theirs,
            theirs if outward else ours,
            at=draw(st.sampled_from(times)),
            dstport=draw(st.sampled_from((443, 443, 443, 22, 53))),
            octets=draw(st.sampled_from((5000, 5000, 40, 2**63 - 1))),
            flow_direction=draw(st.sampled_from(("-", "egress", "ingress"))),
        )
        return text, draw(st.sampled_from(_NAMES))

    return [record() for _ in range(draw(st.integers(1, 40)))]


@st.composite
def _changes(draw: st.DrawFn, day: date, decisions: tuple[str, ...], laws: tuple[str, ...]) -> Change:
    """Decisions and laws that end or begin, and countries that join or leave, within two days of that one."""
    codes = st.sampled_from(laws)
    countries = st.sampled_from(_COUNTRIES)
    status = st.tuples(st.sampled_from(("eea", "transition", "review")), _near(day))
    new = st.tuples(countries, st.sampled_from((None, None, *_FRAMEWORKS)), _near(day))
    return Change(
        ending=draw(st.dictionaries(st.sampled_from(decisions), _near(day), max_size=6)),
        beginning=tuple(draw(st.lists(new, max_size=3))),
        laws_ending=draw(st.dictionaries(codes, _near(day), max_size=4)),
        laws_beginning=draw(st.dictionaries(codes, _near(day), max_size=3)),
        standing=draw(st.dictionaries(countries, status, max_size=2)),
    )


class Ground:
    """Where the proof is made: the shipped knowledge, other laws, folders, and addresses of every kind of far end."""

    def __init__(self, knowledge: Knowledge, laws: Laws, directory: Path, far: tuple[str, ...]) -> None:
        self.knowledge = knowledge
        self.laws = laws
        self.directory = directory
        self.far = far
        self.disputed: dict[str, str] = {}

    def changes(self, day: date) -> st.SearchStrategy[Change]:
        """Other laws than the shipped one, near a day, where the far ends are."""
        regimes = self.knowledge.regimes
        decisions = tuple(each.id for each in regimes.decisions if each.begins < day and each.country in _COUNTRIES)
        return _changes(day, decisions, tuple(sorted(regimes.laws)))

    def opened(self, site: Site) -> OpenedSite:
        """A site as a command opens it."""
        return open_site(site.write(self.directory), self.knowledge.operators)


@pytest.fixture(scope="module")
def ground(knowledge: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """The shipped law, and real addresses."""
    places = Gazetteer.of(knowledge)
    operators = ("salesforce", "bt", "ovh", "alibaba", "selectel", "microsoft_azure")
    far = [places.find(country=each) for each in (*_COUNTRIES, "DE", "BR")]
    far += [places.find(operator=each) for each in operators]
    far += [places.find(country=each, operator="aws") for each in ("FR", "US")]
    far += [places.find(country=each, listed=False) for each in ("US", "CA", "CH")]
    far += [places.between(*each) for each in _DISPUTED] + [places.in_no_place()]
    directory = tmp_path_factory.mktemp("law")
    ground = Ground(knowledge, Laws(knowledge, directory), tmp_path_factory.mktemp("site"), tuple(dict.fromkeys(far)))
    ground.disputed = {"CH US": places.between("CH", "US"), "": places.in_no_place()}
    return ground


def _replayed(
    site: OpenedSite, knowledge: Knowledge, records: list[Named], told: tuple[Admins, Names] | tuple[()] = ()
) -> pl.DataFrame:
    """What a replay of the lines, in two batches, and of what else is told keeps."""
    pipeline, summation = build_pipeline(site, knowledge), Summation.of(site)
    half = len(records) // 2
    parts = [part for part in (records[:half], records[half:]) if part]
    found = [naming(flows(*(text for text, _ in part)), [name for _, name in part]) for part in parts]
    sums = [summation.sums(pipeline.run(each, SourceSettings("aws_vpc"))).transfers for each in (*found, *told)]
    return _in_order(folded_transfers(sums))


def _rejudged(site: OpenedSite, knowledge: Knowledge, transfers: pl.DataFrame) -> pl.DataFrame:
    rejudge = Rejudge(build_grounds(site, knowledge), basis_of(site, knowledge).name)
    return _in_order(rejudge.rejudged(transfers))


def _in_order(transfers: pl.DataFrame) -> pl.DataFrame:
    """Rows in an order of their own; there is one of an hour and a key."""
    assert transfers.select("hour", "key").is_unique().all()
    return transfers.select(column.name for column in kept.TRANSFERS).sort("hour", "key")


@st.composite
def _days_and_sites(draw: st.DrawFn) -> SiteOfDays:
    day = draw(st.sampled_from(_DAYS))
    return day, draw(_sites(day))


# An example judges up to four times: fewer of them than usual say as much.
_own = settings(max_examples=40)


@_own
@given(drawn=_days_and_sites(), data=st.data())
def test_the_law_that_rows_were_judged_by_changes_nothing(
    ground: Ground, drawn: SiteOfDays, data: st.DataObject
) -> None:
    """Every column stays as it is."""
    day, site = drawn
    opened = ground.opened(site)
    records = data.draw(_records(day, site.timezone, ground.far))
    transfers = _replayed(opened, ground.knowledge, records, data.draw(_told(day, site.timezone, ground.far)))

    assert_frame_equal(_rejudged(opened, ground.knowledge, transfers), transfers)


@_own
@given(drawn=_days_and_sites(), data=st.data())
def test_another_law_gives_what_a_replay_under_it_gives(ground: Ground, drawn: SiteOfDays, data: st.DataObject) -> None:
    """Every column is that of the replay, there and back again."""
    day, site = drawn
    records = data.draw(_records(day, site.timezone, ground.far))
    told = data.draw(_told(day, site.timezone, ground.far))
    other = ground.laws.changed(data.draw(ground.changes(day)))
    opened = ground.opened(site)
    under_a, under_b = (_replayed(opened, law, records, told) for law in (ground.knowledge, other))

    assert_frame_equal(_rejudged(opened, other, under_a), under_b)
    assert_frame_equal(_rejudged(opened, ground.knowledge, under_b), under_a)


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "America/St_Johns", "Pacific/Marquesas"])
def test_a_day_of_the_register_that_begins_inside_an_hour(ground: Ground, zone: str) -> None:
    """Records of one hour, before and after the entry's first moment and its last: four verdicts that no row mixes."""
    begins, ends = (datetime(2026, 10, day, tzinfo=ZoneInfo(zone)).astimezone(UTC) for day in (7, 9))
    register = (
        "transfers: [{id: T-1, importer: Lab, match: {networks: [10.99.0.0/16]}, basis: derogation,"
        " valid_from: 2026-10-07, valid_to: 2026-10-08}]"
    )
    inventory = _INVENTORY.format(day="2026-10-07", peers=[("RU", "example")] * 3)
    opened = ground.opened(Site(inventory=inventory, register=register, timezone=zone))
    moments = [edge + timedelta(seconds=seconds) for edge in (begins, ends) for seconds in (-1, 0)]
    records: list[Named] = [(line("10.20.0.5", "10.99.0.7", at=each), None) for each in moments]
    transfers = _replayed(opened, ground.knowledge, records)
    other = ground.laws.changed(Change(beginning=(("RU", None, date(2026, 10, 8)),)))
    under_b = _replayed(opened, other, records)

    assert begins.minute == 30
    assert transfers["place_verdict"].to_list() == ["uncovered", "derogation", "derogation", "uncovered"]
    assert_frame_equal(_rejudged(opened, ground.knowledge, transfers), transfers)
    assert_frame_equal(_rejudged(opened, other, transfers), under_b)


def test_candidates_that_the_law_tells_apart_may_be_judged_alike_under_another(ground: Ground) -> None:
    """Switzerland or the United States: open, until both have a decision; what is in no place stays open."""
    inventory = _INVENTORY.format(day="2026-10-07", peers=[("RU", "example")] * 3)
    opened = ground.opened(Site(inventory=inventory))
    swiss, nowhere = ground.disputed["CH US"], ground.disputed[""]
    records: list[Named] = [(line("10.20.0.5", each), None) for each in (swiss, nowhere)]
    transfers = _replayed(opened, ground.knowledge, records)
    other = ground.laws.changed(Change(beginning=(("US", None, date(2026, 10, 1)),)))
    under_b = _replayed(opened, other, records)

    def told(frame: pl.DataFrame) -> set[tuple[str | None, ...]]:
        return set(frame.select("place_verdict", "place_reason", "mechanism", "place_country").rows())

    assert told(transfers) == {
        ("undetermined", "sources_disagree", None, None),
        ("undetermined", "global_service", None, None),
    }
    assert told(under_b) == {
        ("adequate", None, "(EU) 2099/0; 2000/518/EC", None),
        ("undetermined", "global_service", None, None),
    }
    assert_frame_equal(_rejudged(opened, other, transfers), under_b)
    assert_frame_equal(_rejudged(opened, ground.knowledge, under_b), transfers)


_FALLEN: Final = Change(ending={"us_dpf": date(2026, 10, 8), "ch_2000_518": date(2026, 10, 8)})
_GONE: Final = ("(EU) 2023/1795", "2000/518/EC")


def _kept(world: SmallWorld, knowledge: Knowledge, ledger: Path) -> pl.DataFrame:
    """What a ledger says after a replay of a world."""
    world.keeper(knowledge).keep(ledger, world.logs, format_="auto")
    with open_ledger(f"sqlite:///{ledger}") as opened, opened.reading() as connection:
        return transfers_of(connection, FROM, UNTIL)


def _summed(world: SmallWorld, knowledge: Knowledge) -> pl.DataFrame:
    """What a replay of a world adds up to, without a ledger."""
    site = open_site(world.config, knowledge.operators)
    replay = Replay(build_pipeline(site, knowledge), Summation.of(site))
    sums = [
        replay.judge(input_, part)[1].transfers
        for input_ in find_inputs([world.logs], AUTO, site).inputs
        for batch in decoded(input_)
        for part in batch.flows
    ]
    return _in_order(folded_transfers(sums))


def test_a_week_in_which_two_decisions_fall_is_judged_again_out_of_the_ledger(
    knowledge: Knowledge, tmp_path: Path
) -> None:
    """The Data Privacy Framework and the decision on Switzerland end on a Thursday: what a ledger kept tells that."""
    world = SmallWorld.of(tmp_path / "world", scale=0.02, days=7)
    (tmp_path / "law").mkdir()
    other = Laws(knowledge, tmp_path / "law").changed(_FALLEN)
    site = open_site(world.config, knowledge.operators)
    under_a = _in_order(_kept(world, knowledge, tmp_path / "ledger.db"))
    under_b = _summed(world, other)
    relied_on = {
        law: frame.filter(pl.col("mechanism").is_in(_GONE)).group_by("mechanism").agg(pl.col("hour").max())
        for law, frame in (("a", under_a), ("b", under_b))
    }

    assert_frame_equal(_rejudged(site, other, under_a), under_b)
    assert_frame_equal(_rejudged(site, knowledge, under_a), under_a)
    # Law A relies on both decisions up to Sunday; law B not beyond Wednesday night in Brussels.
    last = datetime(2026, 10, 7, 22, tzinfo=UTC)
    assert {law: frame.select(pl.len(), (pl.col("hour") < last).all()).row(0) for law, frame in relied_on.items()} == {
        "a": (2, False),
        "b": (2, True),
    }
