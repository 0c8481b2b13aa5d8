"""What of a source goes together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from collectors.contract import SourceOptions
from monitor.sources import Source, source_findings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.yaml_text import Data


def _said(*sources: Mapping[str, Data]) -> list[str]:
    found = source_findings({"sources": [dict(each) for each in sources]})
    return [f"{'.'.join(str(part) for part in each.path[2:])}: {each.what} {each.remedy}" for each in found]


def test_decoding_is_told_what_the_source_says_of_its_form() -> None:
    """Neither its path nor its cadence concern a decoder."""
    source = Source.model_construct(type="sshd", path="auth.log", time_zone="Europe/Paris", year=2026)

    assert source.options == SourceOptions(time_zone="Europe/Paris", year=2026)


def test_sources_that_are_no_list_are_left_to_the_model() -> None:
    """It says that a list is wanted."""
    assert list(source_findings({"sources": "aws_vpc"})) == []


def test_two_sources_have_two_names() -> None:
    """Reports could not tell them apart."""
    assert _said({"name": "edge", "path": "a"}, {"name": "edge", "path": "b"}) == [
        "name: sources[0] already has this name. Give each its own."
    ]


def test_a_file_is_read_by_one_source() -> None:
    """The second would find nothing new."""
    same = {"type": "aws_vpc", "path": "flow/*.gz"}

    assert _said(same, same) == [": sources[0] already reads this. Remove one of the two."]


@pytest.mark.parametrize(
    ("path", "store", "said"),
    [
        ("flow/*.gz", {}, "store: the path is none of an object store. Write s3://BUCKET/PREFIX."),
        (
            "ftp://host/flow",
            None,
            "path: ftp:// is no object store. Write s3://, az://, gs://BUCKET/PREFIX, or a path.",
        ),
        (
            "gs://bucket/flow",
            {"region": "fr-par"},
            "store.region: gs:// knows no region. Write one of: anonymous, credentials_file.",
        ),
        (
            "s3://bucket/flow",
            {"access_key_id": "id", "access_key_id_file": "id.txt"},
            "store.access_key_id_file: access_key_id is given twice. Keep access_key_id or access_key_id_file.",
        ),
    ],
    ids=["no store", "unknown store", "key of another store", "secret twice"],
)
def test_a_store_is_one_that_the_path_names(path: str, store: Data, said: str) -> None:
    """And knows what is said of it."""
    assert _said({"type": "aws_vpc", "path": path, "store": store}) == [said]


def test_a_field_order_is_one_that_the_decoder_takes() -> None:
    """It names the word that is no field."""
    said = _said({"type": "aws_vpc", "path": "a", "log_format": "srcaddr wat"})

    assert said[0].partition(". ")[0] == "log_format: `wat` is not a flow log field"
