"""Whatever a name says: it never makes a far end lighter, and it depends on nothing but its own record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from monitor.app import build_pipeline, open_site
from monitor.pipeline import SourceSettings
from monitor.rows import rows
from tests.judging import OURS, Gazetteer, Site, flows, line, naming

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.app import Knowledge
    from monitor.pipeline import Pipeline

_COUNTRIES: Final = ("US", "CH", "GB", "JP", "RU", "IN", "CN", "NC", "FR", "DE", "BR")
_OPERATORS: Final = ("aws", "microsoft_azure", "google_cloud", "ovh", "scaleway", "salesforce", "alibaba", "selectel")
_ODD: Final = ("192.168.77.5", "8.8.8.8", "-", "2a02:6b8::5", "3000::1", "127.0.0.1")
_NAMES: Final = (
    "s3.eu-west-3.amazonaws.com", "s3.us-east-1.amazonaws.com", "s3.cn-north-1.amazonaws.com.cn",
    "s3.eusc-de-east-1.amazonaws.eu", "vm.francecentral.cloudapp.azure.com", "x.sovcloud-api.fr", "x.sovcloud-api.sg",
    "storage.europe-west9.rep.googleapis.com", "europe-west9-docker.pkg.dev", "bucket.s3.fr-par.scw.cloud",
    "s3.gra.io.cloud.ovh.net", "login.microsoftonline.com", "acme.my.salesforce.com", "www.doctolib.fr", "mail.ru",
    "www.example.org", "Ünicode.example", "192.0.2.1", "\x00", "a" * 300,
)  # fmt: skip
_PLACE: Final = ("internal", "eea")  # verdicts that call a conversation inside
_CONTROL: Final = ("exposed", "undetermined", "adequate", "eea", "none")


@pytest.fixture(scope="module")
def far_ends(knowledge: Knowledge) -> list[str]:
    """Addresses of every kind."""
    places = Gazetteer.of(knowledge)
    found = [places.find(country=each) for each in _COUNTRIES]
    found += [places.find(country=each, listed=False) for each in ("US", "CH", "FR", "RU")]
    found += [places.find(operator=each) for each in _OPERATORS]
    return [*dict.fromkeys(found), *_ODD]


@pytest.fixture(scope="module")
def pipeline(knowledge: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    """A site that declares nothing."""
    directory: Path = tmp_path_factory.mktemp("site")
    return build_pipeline(open_site(Site().write(directory), knowledge.operators), knowledge)


def _judged(pipeline: Pipeline, pairs: list[tuple[str, str | None]]) -> list[dict[str, Any]]:
    found = naming(flows(*(line(OURS, far) for far, _ in pairs)), [name for _, name in pairs])
    return rows(pipeline.run(found, SourceSettings("aws_vpc"))).to_dicts()


def test_no_name_makes_a_far_end_lighter(pipeline: Pipeline, far_ends: list[str]) -> None:
    """What is known to lie outside is never called inside, and control never becomes lighter than the address's."""
    bare = _judged(pipeline, [(far, None) for far in far_ends for _ in _NAMES])
    named = _judged(pipeline, [(far, name) for far in far_ends for name in _NAMES])
    outside = [
        (row["remote_address"], row["name"])
        for without, row in zip(bare, named, strict=True)
        if without["place_verdict"] not in {*_PLACE, "undetermined"} and row["place_verdict"] in _PLACE
    ]
    lighter = [
        (row["remote_address"], row["name"])
        for without, row in zip(bare, named, strict=True)
        if _CONTROL.index(row["control_verdict"]) > _CONTROL.index(without["control_verdict"])
    ]

    assert (outside, lighter) == ([], [])


def test_every_country_of_the_address_stays_a_candidate_or_is_decided_by_its_provider(
    pipeline: Pipeline, far_ends: list[str]
) -> None:
    """A name hides no source: what it leaves out, it leaves out on its provider's own network."""
    bare = _judged(pipeline, [(far, None) for far in far_ends for _ in _NAMES])
    named = _judged(pipeline, [(far, name) for far in far_ends for name in _NAMES])
    hidden = {
        (row["operator"], row["place_source"])
        for without, row in zip(bare, named, strict=True)
        if not set(without["place_candidates"]) <= set(row["place_candidates"])
    }

    assert {source for _, source in hidden} <= {"name"}
    assert {operator for operator, _ in hidden} <= {"aws", "microsoft_azure", "google_cloud", "ovh", "scaleway"}


def test_a_record_is_judged_alike_alone_and_among_others(pipeline: Pipeline, far_ends: list[str]) -> None:
    """In any order."""
    pairs = [(far, name) for far in far_ends[::5] for name in (*_NAMES[::3], None)]
    together, backwards = _judged(pipeline, pairs), _judged(pipeline, pairs[::-1])[::-1]
    alone = [_judged(pipeline, [pair])[0] for pair in pairs]

    assert together == backwards == alone
