"""A site's sources say how a store is reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from monitor.app import open_site
from monitor.attribution.operators import load_operators
from monitor.problem import ProblemsFound
from monitor.stores import settings_of, store_of

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.config import Site


def site(folder: Path, *sources: str) -> Site:
    """A site with these sources."""
    listed = "".join(f"  - {source}\n" for source in sources)
    (folder / "transferwatch.yaml").write_text(
        f"site: s-1\nexporter: {{name: X, country: FR}}\ninventory: inventory.yaml\nsources:\n{listed}",
        encoding="utf-8",
    )
    (folder / "inventory.yaml").write_text(
        "systems:\n  - {id: warehouse, networks: [10.20.0.0/16], data_class: health}\n", encoding="utf-8"
    )
    return open_site(folder / "transferwatch.yaml", load_operators())


def test_what_a_source_says_of_its_store_is_kept(tmp_path: Path) -> None:
    """Files are those beside the site's own."""
    (tmp_path / "key").write_text("secret", encoding="utf-8")
    made = site(
        tmp_path,
        "{type: aws_vpc, path: 's3://bucket/a', store: {endpoint: 'https://s3.example.org', region: fr-par,"
        " path_style: false, access_key_id: id, secret_access_key_file: key}}",
    )
    settings = settings_of(made, made.sources[0])

    assert (settings.endpoint, settings.region, settings.path_style) == ("https://s3.example.org", "fr-par", False)
    assert (settings.access_key_id, settings.secret_access_key_file) == ("id", tmp_path / "key")


def test_the_source_that_names_a_url_says_how_it_is_reached(tmp_path: Path) -> None:
    """Else one of the same bucket; else the environment."""
    made = site(
        tmp_path,
        "{type: aws_vpc, path: 's3://bucket/a', store: {region: fr-par, anonymous: true}}",
        "{type: aws_vpc, path: 's3://bucket/b', store: {region: nl-ams, anonymous: true}}",
    )

    def region(url: str) -> object:
        return dict(store_of(url, made).config).get("region")

    assert [region(f"s3://bucket/{key}") for key in ("b/1.gz", "a/1.gz", "c")] == ["nl-ams", "fr-par", "fr-par"]
    assert region("s3://another/a") is None


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        (
            "{type: aws_vpc, path: 'ftp://host/a'}",
            "sources[0].path: ftp:// is no object store. Write s3://, az://, gs://BUCKET/PREFIX, or a path.",
        ),
        (
            "{type: aws_vpc, path: logs, store: {region: fr-par}}",
            "sources[0].store: the path is none of an object store. Write s3://BUCKET/PREFIX.",
        ),
        (
            "{type: aws_vpc, path: 'gs://b/a', store: {region: fr-par}}",
            "sources[0].store.region: gs:// knows no region. Write one of: anonymous, credentials_file.",
        ),
        (
            "{type: aws_vpc, path: 's3://b/a', store: {regoin: fr-par}}",
            "sources[0].store.regoin: this key is not known. Did you mean region?",
        ),
        (
            "{type: aws_vpc, path: 's3://b/a', store: {access_key_id: id, access_key_id_file: transferwatch.yaml}}",
            (
                "sources[0].store.access_key_id_file: access_key_id is given twice."
                " Keep access_key_id or access_key_id_file."
            ),
        ),
        (
            "{type: aws_vpc, path: 's3://b/a', store: {endpoint: s3.example.org}}",
            "sources[0].store.endpoint: this is not the URL of a store's endpoint. Write https://s3.example.org.",
        ),
    ],
)
def test_what_a_store_does_not_know_is_a_problem(tmp_path: Path, source: str, problem: str) -> None:
    """With what to write instead."""
    with pytest.raises(ProblemsFound) as found:
        site(tmp_path, source)

    assert [str(each).partition(" ")[2] for each in found.value.problems] == [problem]


def test_the_file_of_a_secret_must_be_there(tmp_path: Path) -> None:
    """When the site is loaded, not when the store is first asked."""
    with pytest.raises(ProblemsFound, match=r"sources\[0\].store.secret_access_key_file: there is no file"):
        site(tmp_path, "{type: aws_vpc, path: 's3://b/a', store: {secret_access_key_file: absent}}")
