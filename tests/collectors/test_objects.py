"""Objects of a store are listed and read like files, in ranges."""

from __future__ import annotations

import gzip
import io
from typing import TYPE_CHECKING

import polars as pl
import pytest
from obstore.store import AzureStore, GCSStore, S3Store

from collectors.contract import Framing
from collectors.files import InputFile, ReadLimits, TableFile, UnreadableInputError, beginning_of, open_records
from collectors.objects import StoredObject, StoreSettings, is_url, objects_of, open_store
from tests.loopback_store import LoopbackStore, loopback_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TEXT = b"".join(b"line %d\n" % number for number in range(1, 500_001))


@pytest.fixture(scope="module")
def server() -> Iterator[LoopbackStore]:
    """A server for all tests of this file; each has names of its own."""
    with loopback_store() as server:
        yield server


def found(server: LoopbackStore, key: str, after: str | None = None) -> list[StoredObject]:
    """The objects of a URL."""
    return [each for objects in objects_of(server.url(key), server.store, after) for each in objects]


def keys(server: LoopbackStore, key: str, after: str | None = None) -> list[str]:
    """Their names."""
    return [each.key for each in found(server, key, after)]


def test_objects_below_a_name_are_listed_in_order(server: LoopbackStore) -> None:
    """Not those of a name that merely begins so, nor empty ones."""
    for key in ("a/2.log", "a/1.log", "a/deep/3.log", "ab/4.log", "a/0.log"):
        server.put(key, b"" if key == "a/0.log" else b"text")

    assert keys(server, "a/") == keys(server, "a") == ["a/1.log", "a/2.log", "a/deep/3.log"]
    assert keys(server, "a", after="a/1.log") == ["a/2.log", "a/deep/3.log"]


def test_one_object_is_named_by_its_url(server: LoopbackStore) -> None:
    """Alone."""
    server.put("one/1.log", b"text")

    assert keys(server, "one/1.log") == ["one/1.log"]


def test_wildcards_choose_among_names(server: LoopbackStore) -> None:
    """As in a path."""
    for key in ("w/x/1.gz", "w/y/2.gz", "w/y/2.txt"):
        server.put(key, b"text")

    assert keys(server, "w/*.gz") == ["w/x/1.gz", "w/y/2.gz"]


def test_what_is_not_there_is_nothing(server: LoopbackStore) -> None:
    """A store has no folders."""
    assert keys(server, "absent/") == []


def test_an_object_is_read_like_a_file(server: LoopbackStore) -> None:
    """Also from the middle, and from its end."""
    server.put("read/text.log", TEXT)
    (one,) = found(server, "read/text.log")

    with one.open("rb") as file:
        assert file.read() == TEXT
        assert (file.seek(-7, io.SEEK_END), file.read(3), file.tell()) == (len(TEXT) - 7, TEXT[-7:-4], len(TEXT) - 4)


def test_a_compressed_object_is_unpacked(server: LoopbackStore) -> None:
    """And cut into lines, from any offset."""
    server.put("read/text.gz", gzip.compress(TEXT))
    (one,) = found(server, "read/text.gz")

    with InputFile.open(one) as file:
        pieces = list(file.pieces(ReadLimits(piece_octets=100_000)))
        assert (file.closed, file.inode, b"".join(piece.data for piece in pieces)) == (True, one.hint, TEXT)
        assert next(file.pieces(ReadLimits(lines=1), pieces[0].end, pieces[0].next_line)).data == pieces[1].data[:11]
    assert beginning_of(one, 10) == TEXT[:10]


def test_only_a_blob_of_azure_may_be_written_on() -> None:
    """The last line of any other object is whole, whether or not it has its end."""
    urls = ("s3://b/k", "gs://b/k", "az://c/k")

    assert [StoredObject(url, "k", 1, "tag").closed for url in urls] == [True, True, False]


def test_a_plain_object_is_closed(server: LoopbackStore) -> None:
    """Unlike a plain file."""
    server.put("closed.log", b"a\nb")
    (one,) = found(server, "closed.log")

    with InputFile.open(one) as file:
        assert file.closed


def test_a_table_is_copied_and_read(server: LoopbackStore, tmp_path: Path) -> None:
    """Its hint is that of the object."""
    rows = pl.DataFrame({"number": range(100)})
    rows.write_parquet(tmp_path / "rows.parquet")
    server.put("read/rows.parquet", (tmp_path / "rows.parquet").read_bytes())
    (one,) = found(server, "read/rows.parquet")

    with open_records(one, lambda _: Framing.TABLE) as file:
        assert isinstance(file, TableFile)
        assert file.inode == one.hint
        assert [piece.table.equals(rows) for piece in file.pieces() if piece.table is not None] == [True]
    assert not file.path.exists()


def test_an_object_that_is_overwritten_while_it_is_read_breaks_off(server: LoopbackStore) -> None:
    """It is another one now."""
    server.put("changed.log", TEXT)
    (one,) = found(server, "changed.log")
    with InputFile.open(one) as file:
        pieces = file.pieces(ReadLimits(piece_octets=1_000))
        next(pieces)
        server.put("changed.log", TEXT[::-1])
        with pytest.raises(UnreadableInputError, match=r"^breaks off: it was overwritten or deleted"):
            list(pieces)


def test_an_object_that_was_deleted_is_told(server: LoopbackStore) -> None:
    """When it is opened."""
    server.put("deleted.log", TEXT)
    (one,) = found(server, "deleted.log")
    server.delete("deleted.log")

    with pytest.raises(UnreadableInputError, match=r"^cannot be opened: it was overwritten or deleted"):
        beginning_of(one)


def test_a_bucket_that_is_not_there_is_told(server: LoopbackStore) -> None:
    """In one sentence."""
    url = "s3://another-bucket/a"
    with pytest.raises(UnreadableInputError, match=r"^cannot be listed: [^\n]+$"):
        list(objects_of(url, open_store(url, server.settings)))


def test_secrets_are_read_from_files(server: LoopbackStore, tmp_path: Path) -> None:
    """Without the line end behind them."""
    for name in ("id", "key"):
        (tmp_path / name).write_text(f"{name}\n", encoding="utf-8")
    server.put("secret.log", b"text")
    settings = StoreSettings(
        server.endpoint, "eu-west-3", access_key_id_file=tmp_path / "id", secret_access_key_file=tmp_path / "key"
    )
    url = server.url("secret.log")

    assert next(len(each) for each in objects_of(url, open_store(url, settings))) == 1


def test_the_environment_says_what_the_site_does_not(server: LoopbackStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Endpoint, region and credentials, by the names that other programs know."""
    server.put("environment.log", b"text")
    for name, value in (
        ("AWS_ENDPOINT_URL", server.endpoint),
        ("AWS_REGION", "eu-west-3"),
        ("AWS_ACCESS_KEY_ID", "key"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
    ):
        monkeypatch.setenv(name, value)
    url = server.url("environment.log")

    assert next(len(each) for each in objects_of(url, open_store(url, StoreSettings()))) == 1


def test_a_secret_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """Not what is in it."""
    with pytest.raises(UnreadableInputError, match=r"^cannot be opened: .*absent cannot be read as text$"):
        open_store("s3://bucket/", StoreSettings(access_key_id_file=tmp_path / "absent"))


@pytest.mark.parametrize(
    ("url", "settings", "kind"),
    [
        ("s3://bucket/a", StoreSettings(region="eu-west-3", anonymous=True), S3Store),
        ("az://container/a", StoreSettings(account="account", anonymous=True), AzureStore),
        ("gs://bucket/a", StoreSettings(anonymous=True), GCSStore),
    ],
)
def test_a_url_says_which_store_it_is_of(url: str, settings: StoreSettings, kind: type) -> None:
    """Nothing is sent."""
    assert isinstance(open_store(url, settings), kind)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        *((url, True) for url in ("s3://b/k", "s3://b", "az://c/k", "gs://b/k")),
        *((url, False) for url in ("http://b/k", "s3:/b", "/s3://b/k")),
    ],
)
def test_only_urls_of_stores_are_urls(text: str, is_one: bool) -> None:  # noqa: FBT001 - a case
    """Everything else is a path."""
    assert is_url(text) == is_one


def test_another_url_is_refused() -> None:
    """With what to write."""
    with pytest.raises(UnreadableInputError, match="write s3://, az:// or gs://"):
        open_store("ftp://host/a", StoreSettings())
