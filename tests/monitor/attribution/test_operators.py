"""Who operates a network and who owned the operator, on the shipped files and on broken ones."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from monitor.attribution.operators import OperatorTable, load_operators
from monitor.law.reference import load_reference
from monitor.law.regimes import load_regimes
from monitor.law.territories import load_territories
from monitor.problem import Problem, ProblemsFound

if TYPE_CHECKING:
    from pathlib import Path

SPLIT_OFF = {
    "bunny_us": "bunny",
    "cloud_temple_tn": "cloud_temple",
    "contabo_asia": "contabo",
    "contabo_us": "contabo",
    "euris_cn": "euris",
    "gcore_asia": "gcore",
    "nebius_il": "nebius",
    "nebius_us": "nebius",
    "omnissa": "vmware_broadcom",
    "orange_es": "orange_business",
    "ovh_ca": "ovh",
    "ovh_us": "ovh",
    "outscale_asia": "outscale",
    "outscale_us": "outscale",
    "scaleway_us": "scaleway",
    "tiktok_us": "bytedance",
    "upcloud_us": "upcloud",
    "vodafone_de": "vodafone",
}
"""What the fact base kept under another operator and what has owners or laws of its own."""


@pytest.fixture(scope="module")
def table() -> OperatorTable:
    """The shipped files, their codes checked."""
    regimes = load_regimes()
    return load_operators(law_codes=regimes.laws, marker_codes=regimes.markers)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


NOW = _at("2026-11-23T12:00:00")


def test_every_operator_is_there(table: OperatorTable) -> None:
    """206 operators, and 18 that were split off from them."""
    split = {operator.id: operator.split_from for operator in table.operators if operator.split_from}
    assert (len(table.operators) - len(split), split) == (206, SPLIT_OFF)


def test_every_as_number_is_there(table: OperatorTable) -> None:
    """502 AS numbers of the fact base and one of an affiliate in China, each with one operator."""
    assert len(table.by_as_number) == 503


def test_every_domain_is_there(table: OperatorTable) -> None:
    """451 confirmed and 293 from memory, less server4you.de and flycast, two of each list moved or ended, one added."""
    counts = Counter(
        (kind, len(suffixes) > 0)
        for operator in table.operators
        for kind, suffixes in operator.domains
        for _ in suffixes
    )
    assert counts == {("verified", True): 449, ("memory", True): 292, ("ended", True): 2}


def test_the_ownership_was_checked_as_far_as_the_files_say(table: OperatorTable) -> None:
    """162 verified, 34 partly, 10 from memory; the operators split off are partly or from memory."""
    found = Counter(operator.status for operator in table.operators if operator.split_from is None)
    assert found == {"verified": 162, "partly": 34, "memory": 10}


@pytest.mark.parametrize("page", ["law.md", "operators.md"])
def test_the_handbook_writes_the_check_with_its_file(page: str, root: Path) -> None:
    """The command does not run without it."""
    said = " ".join((root / "docs" / page).read_text(encoding="utf-8").split())

    assert said.count("transferwatch check") == said.count("`transferwatch check -c transferwatch.yaml`") == 1


def test_no_owner_is_verified_where_the_operator_is_not(table: OperatorTable) -> None:
    """A mark on an owner never promises more than the check of its operator did."""
    memory = [operator for operator in table.operators if operator.status == "memory"]
    assert [operator.id for operator in memory if any(owner.verified for owner in operator.ownership)] == []


def test_an_owner_without_a_country_is_never_verified(table: OperatorTable) -> None:
    """Nobody verified a seat that is not known."""
    unknown = [owner for operator in table.operators for owner in operator.ownership if owner.country is None]
    assert [owner.entity for owner in unknown if owner.verified] == []


@pytest.mark.parametrize(
    ("number", "operator"),
    [
        (16509, "aws"),
        (8075, "microsoft_azure"),
        (16276, "ovh"),
        (12876, "scaleway"),
        (11983, "tiktok_us"),
        (25697, "upcloud_us"),
        (3209, "vodafone_de"),
    ],
)
def test_an_as_number_names_its_operator(table: OperatorTable, number: int, operator: str) -> None:
    """Networks outside the EEA are not read as their European sister."""
    assert table.by_as_number[number] == operator


@pytest.mark.parametrize(
    ("operator", "moment", "seats"),
    [
        ("atlassian", "2022-09-29T21:59:59", ["GB"]),
        ("atlassian", "2022-09-29T22:00:00", ["US"]),
        ("contabo", "2022-05-31T21:59:59", ["DE", None]),
        ("contabo", "2022-05-31T22:00:00", ["DE", "US"]),
        ("hosteurope", "2017-04-02T21:59:59", ["DE", None]),
        ("hosteurope", "2017-04-02T22:00:00", ["DE", "US"]),
        ("yandex", "2024-05-16T21:59:59", ["RU", "NL"]),
        ("yandex", "2024-05-16T22:00:00", ["RU", "RU"]),
        ("nebius", "2024-07-14T21:59:59", ["RU", "NL"]),
        ("nebius", "2024-07-14T22:00:00", ["NL"]),
        ("tiktok_us", "2026-01-21T22:59:59", ["CN"]),
        ("tiktok_us", "2026-01-21T23:00:00", ["US"]),
        ("imperva", "2023-12-03T22:59:59", ["US", "US"]),
        ("imperva", "2023-12-03T23:00:00", ["US", "FR"]),
    ],
)
def test_the_path_turns_at_midnight_in_brussels(
    table: OperatorTable, operator: str, moment: str, seats: list[str | None]
) -> None:
    """One second either side of a change of owner."""
    assert [owner.country for owner in table.by_id[operator].owners_at(_at(moment))] == seats


@pytest.mark.parametrize(
    ("operator", "seats"),
    [
        ("microsoft_azure", ["US"]),
        ("aws_eusc", ["DE", "US"]),
        ("exoscale", ["CH", "AT", "MX"]),
        ("elastic", ["NL"]),
        ("getscreen", ["CY", None]),
        ("m247", ["GB", None]),
        ("plusserver", ["DE", "GB"]),
        ("transip", ["NL", "BE", "CA", "GB"]),
        ("scaleway", ["FR", "FR", "FR"]),
        ("cloud_temple_tn", ["TN", "FR"]),
    ],
)
def test_the_path_leads_to_the_ultimate_parent(table: OperatorTable, operator: str, seats: list[str | None]) -> None:
    """The operating company first, what is not known kept as such."""
    assert [owner.country for owner in table.by_id[operator].owners_at(NOW)] == seats


def test_the_parent_is_the_last_owner(table: OperatorTable) -> None:
    """An unknown one has no name."""
    names = [table.by_id[operator].parent_at(NOW) for operator in ("aws_eusc", "scaleway", "m247")]
    assert names == ["Amazon.com, Inc.", "Xavier Niel (HoldCo II)", None]


def test_an_operator_whose_owner_is_unknown_is_of_unknown_control(table: OperatorTable) -> None:
    """The word `eu` needs an owner."""
    european = [operator for operator in table.operators if operator.control == "eu"]
    assert [one.id for one in european if any(owner.country is None for owner in one.owners_at(NOW))] == []


@pytest.mark.parametrize(
    ("operator", "hosts"),
    [("aws", True), ("orange_business", True), ("salesforce", False), ("teamviewer", False), ("renater", True)],
)
def test_who_hosts_others(table: OperatorTable, operator: str, *, hosts: bool) -> None:
    """A cloud, a telecom and a research network do, a service does not."""
    assert table.by_id[operator].hosts_others == hosts


@pytest.mark.parametrize(
    ("operator", "laws"),
    [
        ("ovh", {"CA_PRODUCTION_ORDER"}),
        ("getscreen", set()),
        ("s3ns", set()),
        ("aws_eusc", {"US_FISA702", "US_EO12333", "US_CLOUD_ACT"}),
        ("nebius_il", {"IL_SECRET"}),
    ],
)
def test_the_laws_that_reach_an_operator(table: OperatorTable, operator: str, laws: set[str]) -> None:
    """Markers such as DEP_US_TECH are not among them."""
    assert set(table.by_id[operator].laws) == laws


@pytest.mark.parametrize(
    ("operator", "moment", "laws"),
    [
        ("atlassian", "2022-09-29T21:59:59", ["UK_IPA"]),
        ("atlassian", "2022-09-29T22:00:00", ["US_CLOUD_ACT", "US_EO12333", "US_FISA702"]),
        ("contabo", "2022-05-31T21:59:59", []),
        ("contabo", "2022-05-31T22:00:00", ["US_CLOUD_ACT"]),
        ("contabo_asia", "2022-05-31T21:59:59", []),
        ("contabo_asia", "2022-05-31T22:00:00", ["US_CLOUD_ACT"]),
        ("contabo_us", "2022-05-31T21:59:59", ["US_CLOUD_ACT", "US_FISA702"]),
        ("hosteurope", "2017-04-02T21:59:59", []),
        ("hosteurope", "2017-04-02T22:00:00", ["US_CLOUD_ACT"]),
        ("imperva", "2023-12-03T23:00:00", ["IL_SECRET", "US_CLOUD_ACT", "US_EO12333", "US_FISA702"]),
        ("plusserver", "2016-12-31T22:59:59", []),
        ("plusserver", "2016-12-31T23:00:00", ["UK_IPA"]),
        ("softway", "2025-03-31T21:59:59", []),
        ("softway", "2025-03-31T22:00:00", ["US_CLOUD_ACT"]),
        ("tiktok_us", "2026-01-21T22:59:59", ["CN_CSL", "CN_DSL", "CN_NIL"]),
        ("tiktok_us", "2026-01-21T23:00:00", ["US_CLOUD_ACT", "US_EO12333", "US_FISA702"]),
    ],
)
def test_laws_come_and_go_with_the_owner(table: OperatorTable, operator: str, moment: str, laws: list[str]) -> None:
    """One second either side of midnight in Brussels; an operating company of the same country keeps its laws."""
    assert sorted(table.by_id[operator].laws_at(_at(moment))) == laws


def test_no_law_of_an_owner_reaches_outside_the_owners_time(table: OperatorTable) -> None:
    """At every change of every operator, for a State in which just one owner sits, and that one for a time."""
    laws, territories = load_regimes().laws, load_territories()
    wrong = []
    for operator in table.operators:
        for code in operator.laws:
            state = territories.sovereign(laws[code].country)
            seated = [
                each for each in operator.ownership if each.country and territories.sovereign(each.country) == state
            ]
            if len(seated) != 1 or not seated[0].edges():
                continue
            moments = [datetime.min.replace(tzinfo=UTC), *operator.change_instants()]
            moments += [edge - timedelta(seconds=1) for edge in operator.change_instants()]
            wrong += [
                (operator.id, code, moment)
                for moment in moments
                if code in operator.laws_at(moment) and not seated[0].holds(moment)
            ]
    assert wrong == []


def test_a_law_has_days_like_an_owner(tmp_path: Path) -> None:
    """`from` is the first day, `to` the first without; the codes of all times stand each once, days cut time."""
    law = "{code: US_CLOUD_ACT, from: 2020-01-01, to: 2021-01-01}, {code: US_CLOUD_ACT, from: 2022-01-01}, UK_IPA"
    (tmp_path / "one.yaml").write_text(_ONE.replace("laws: [US_CLOUD_ACT]", f"laws: [{law}]"), encoding="utf-8")
    (operator,) = load_operators(tmp_path).operators
    days = ("2019-12-31T22:59:59", "2019-12-31T23:00:00", "2020-12-31T23:00:00", "2021-12-31T23:00:00")

    assert [operator.laws_at(_at(day)) for day in days] == [
        ("UK_IPA",),
        ("US_CLOUD_ACT", "UK_IPA"),
        ("UK_IPA",),
        ("US_CLOUD_ACT", "UK_IPA"),
    ]
    assert operator.laws == ("US_CLOUD_ACT", "UK_IPA")
    assert operator.change_instants() == {_at(day) for day in days[1:]}


def test_a_suffix_of_another_company_was_removed(table: OperatorTable) -> None:
    """SERVER4YOU is no brand of Host Europe."""
    assert table.by_id["hosteurope"].domains.memory == ()


def test_the_end_of_a_service_ends_its_suffixes(table: OperatorTable) -> None:
    """Equinix Metal was announced to end on 2026-06-30."""
    ended = table.by_id["equinix"].domains.ended
    assert [(entry.suffix, str(entry.last_day)) for entry in ended] == [
        ("platformequinix.com", "2026-06-30"),
        ("packet.net", "2026-06-30"),
    ]


def test_no_suffix_belongs_to_two_operators(table: OperatorTable) -> None:
    """A name shows one operator."""
    suffixes = Counter(
        suffix for operator in table.operators for suffix in (*operator.domains.verified, *operator.domains.memory)
    )
    assert [suffix for suffix, times in suffixes.items() if times > 1] == []


def test_an_operator_that_was_split_off_names_an_operator(table: OperatorTable) -> None:
    """The other one is in the files."""
    assert {operator.split_from for operator in table.operators if operator.split_from} <= set(table.by_id)


def test_the_french_rules_point_to_operators(table: OperatorTable) -> None:
    """Qualified services and founders of Gaia-X."""
    assert load_reference().france.operators() <= set(table.by_id)


def test_the_table_changes_where_an_operator_does(table: OperatorTable) -> None:
    """All change instants together."""
    assert _at("2022-09-29T22:00:00") in table.change_instants()


_ONE = """operators:
  - id: example
    name: Example
    kinds: [cloud]
    ownership:
      - {entity: Example SAS, country: FR, source: from memory, verified: false}
    control: eu
    laws: [US_CLOUD_ACT]
    status: memory
    as_numbers: [{number: 64500, name: Example, source: made up}]
"""


def _problems(directory: Path, **files: str) -> list[Problem]:
    for name, text in files.items():
        (directory / f"{name}.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ProblemsFound) as raised:
        load_operators(directory, law_codes={"US_CLOUD_ACT"}, marker_codes=())
    return list(raised.value.problems)


def test_one_operator_is_enough(tmp_path: Path) -> None:
    """Another directory may replace the shipped files."""
    (tmp_path / "one.yaml").write_text(_ONE, encoding="utf-8")
    assert load_operators(tmp_path).by_as_number == {64500: "example"}


@pytest.mark.parametrize(
    ("before", "after", "key", "what"),
    [
        ("country: FR", "country: UK", "operators[0].ownership[0].country", '"UK" is not a country code.'),
        ("[cloud]", "[clowd]", "operators[0].kinds[0]", "clowd"),
        ("[cloud]", "[]", "operators[0].kinds", "at least one kind"),
        ("[US_CLOUD_ACT]", "[US_CLOUD]", "operators[0].laws[0]", "US_CLOUD is not in rules/law/reach_laws.yaml."),
        ("[US_CLOUD_ACT]", "[{code: US_CLOUD}]", "operators[0].laws[0]", "US_CLOUD is not in rules/law"),
        ("[US_CLOUD_ACT]", "[{cod: US_CLOUD_ACT}]", "operators[0].laws[0].cod", "this key is not known."),
        ("[US_CLOUD_ACT]", "[A B]", "operators[0].laws[0].code", '"A B" cannot be an identifier.'),
        ("[US_CLOUD_ACT]", "[US_CLOUD_ACT, {code: US_CLOUD_ACT, from: 2020-01-01}]", "operators[0].laws[1]", "twice"),
        (
            "[US_CLOUD_ACT]",
            "[{code: US_CLOUD_ACT, from: 2020-01-02, to: 2020-01-02}]",
            "operators[0].laws[0].to",
            "not",
        ),
        ("status: memory", "markers: [EU]\n    status: memory", "operators[0].markers[0]", "EU is not in"),
        ("number: 64500", "number: 0", "operators[0].as_numbers[0].number", "0 is not an AS number."),
        ("source: from", "from: 2020-01-01, to: 2019-01-01, source: from", "operators[0].ownership[0].to", "not after"),
        ("source: from", "from: 2020-01-01, source: from", "operators[0].ownership", "the path is empty at some time."),
        ("control: eu", "controls: eu", "operators[0].controls", "controls"),
    ],
)
def test_a_mistake_is_a_problem_with_its_key(tmp_path: Path, before: str, after: str, key: str, what: str) -> None:
    """Never a traceback, never a class name."""
    problems = _problems(tmp_path, one=_ONE.replace(before, after))
    said = [problem for problem in problems if problem.key == key]
    assert (len(said), what in f"{said[0].key} {said[0].what}", said[0].line > 1) == (1, True, True)


@pytest.mark.parametrize(
    ("before", "after", "key"),
    [
        ("country: FR", "country: UX", "operators[0].ownership[0].country"),
        ("[cloud]", "[clowd]", "operators[0].kinds[0]"),
        ("source: from", "from: 2020-01-01, to: 2019-01-01, source: from", "operators[0].ownership[0].to"),
    ],
)
def test_what_follows_from_a_refused_value_is_not_said(tmp_path: Path, before: str, after: str, key: str) -> None:
    """A list that is empty only because its value was refused is no mistake of its own."""
    assert [problem.key for problem in _problems(tmp_path, one=_ONE.replace(before, after))] == [key]


def test_an_empty_path_is_told_beside_a_mistake_elsewhere(tmp_path: Path) -> None:
    """Another operator's mistake hides nothing."""
    owner = "{entity: Example SAS, country: FR, source: from memory, verified: false}"
    late = _ONE.replace("entity: Example SAS,", "entity: Example SAS, from: 2020-01-01,").replace("64500", "64501")
    other = _ONE.partition("\n")[2].replace("id: example", "id: other").replace(owner, owner.replace("FR", "UX"))
    problems = _problems(tmp_path, one=late + other)

    assert sorted(problem.key for problem in problems) == [
        "operators[0].ownership",
        "operators[1].ownership[0].country",
    ]


def test_an_as_number_in_two_files_is_a_problem(tmp_path: Path) -> None:
    """The later file is shown, the earlier operator is named."""
    problems = _problems(tmp_path, one=_ONE, two=_ONE.replace("id: example", "id: other"))
    assert [(problem.file[-8:], problem.what) for problem in problems] == [
        ("two.yaml", "AS64500 belongs to example already.")
    ]


def test_a_suffix_written_twice_is_a_problem(tmp_path: Path) -> None:
    """Confirmed and from memory exclude each other."""
    domains = "    domains: {verified: [example.com], memory: [example.com]}\n"
    problems = _problems(tmp_path, one=_ONE + domains)
    assert [(problem.key, problem.what) for problem in problems] == [
        ("operators[0].domains.memory[0]", "example.com belongs to example already.")
    ]


def test_an_id_in_two_files_is_a_problem(tmp_path: Path) -> None:
    """The file that has it already is named."""
    problems = _problems(tmp_path, one=_ONE, two=_ONE.replace("64500", "64501"))
    assert [problem.what for problem in problems] == ["the id example is used in one.yaml already."]


def test_the_same_owner_twice_is_a_problem(tmp_path: Path) -> None:
    """A path has no loops."""
    line = "      - {entity: Example SAS, country: FR, source: from memory, verified: false}\n"
    problems = _problems(tmp_path, one=_ONE.replace(line, line * 2))
    assert [problem.what for problem in problems] == ["the same owner stands on the path twice."]


def test_an_empty_directory_is_a_problem(tmp_path: Path) -> None:
    """No operators at all is a mistake in the path."""
    assert [problem.what for problem in _problems(tmp_path)] == ["there is no operator file in this directory."]


def test_text_that_is_no_yaml_is_a_problem(tmp_path: Path) -> None:
    """The place is shown."""
    assert [problem.line > 0 for problem in _problems(tmp_path, one="operators: [")] == [True]


def test_the_digest_follows_the_files(tmp_path: Path, table: OperatorTable) -> None:
    """Other octets, other operators."""
    (tmp_path / "one.yaml").write_text(_ONE, encoding="utf-8")
    assert load_operators(tmp_path).digest != table.digest
