"""A watch of a store lists what may be new, and asks the ledger what was read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from collectors import object_watch
from collectors.files import UnreadableInputError
from collectors.object_watch import ListingSettings, ObjectWatch
from collectors.objects import StoredObject

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BEGIN = datetime(2026, 11, 25, tzinfo=UTC).timestamp()
HOUR = 3_600.0


@dataclass(slots=True)
class Bucket:
    """A bucket that notes from where it was listed."""

    objects: dict[str, StoredObject] = field(default_factory=dict)
    listed_after: list[str | None] = field(default_factory=list)
    fails: bool = False
    now: float = BEGIN

    def put(self, key: str, tag: str = "tag", *, hours_ago: float = 0.0) -> None:
        """Write an object."""
        written = datetime.fromtimestamp(self.now, UTC) - timedelta(hours=hours_ago)
        self.objects[key] = StoredObject(f"s3://bucket/{key}", key, 5, tag, written)

    def listed(self, url: str, store: object, after: str | None) -> Iterator[list[StoredObject]]:
        """List them, two at a time."""
        del url, store
        self.listed_after.append(after)
        if self.fails:
            raise UnreadableInputError("cannot be listed: no route")
        keys = sorted(key for key in self.objects if after is None or key > after)
        for first in range(0, len(keys), 2):
            yield [self.objects[key] for key in keys[first : first + 2]]


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """A bucket in place of a real one."""
    bucket = Bucket()
    monkeypatch.setattr(object_watch, "objects_of", bucket.listed)
    return bucket


@pytest.fixture
def read_so() -> dict[str, set[str]]:
    """What the ledger knows."""
    return {}


@pytest.fixture
def watch(bucket: Bucket, read_so: dict[str, set[str]]) -> ObjectWatch:
    """A watch that lists whenever it is asked, and all of it every hour."""

    def asked(urls: Sequence[str]) -> dict[str, set[str]]:
        return {url: read_so[url] for url in urls if url in read_so}

    store: Any = None
    return ObjectWatch("s3://bucket/", lambda: store, asked, lambda: bucket.now, ListingSettings(0.0, HOUR, 24 * HOUR))


def names(watch: ObjectWatch) -> list[str]:
    """Look, and take all that was found as read."""
    found = list(watch.changed())
    for each in found:
        watch.read(each)
    return [str(each.path).removeprefix("s3://bucket/") for each in found]


def test_what_the_ledger_has_read_is_not_read_again(
    bucket: Bucket, watch: ObjectWatch, read_so: dict[str, set[str]]
) -> None:
    """As long as it looks as it did."""
    for key in ("a", "b", "c"):
        bucket.put(key)
    read_so |= {"s3://bucket/a": {"tag 5"}, "s3://bucket/b": {"before 5"}}

    assert names(watch) == ["b", "c"]


def test_what_was_tried_is_not_tried_again_until_it_changes(bucket: Bucket, watch: ObjectWatch) -> None:
    """An object without records is in no ledger."""
    bucket.put("a")
    found = [names(watch), names(watch)]
    bucket.put("a", "another")

    assert [*found, names(watch), names(watch)] == [["a"], [], ["a"], []]


def test_names_before_the_recent_ones_are_not_listed_again(bucket: Bucket, watch: ObjectWatch) -> None:
    """Until all are; a late object with an older name is found then."""
    for day in range(1, 9):
        bucket.put(f"2026/{day:02}/x", hours_ago=24.0 * (9 - day) - 12)
    first = len(names(watch))
    bucket.put("2026/03/late")
    bucket.put("2026/09/x")
    quick = names(watch)
    bucket.now += HOUR

    assert (first, quick, names(watch)) == (8, ["2026/09/x"], ["2026/03/late"])
    assert bucket.listed_after == [None, "2026/08/", None]


def test_a_recent_object_is_looked_for_again(bucket: Bucket, watch: ObjectWatch) -> None:
    """It may grow."""
    bucket.put("old", hours_ago=100)
    bucket.put("recent", hours_ago=20)
    names(watch)
    bucket.put("recent", "grown")

    assert names(watch) == ["recent"]


def test_without_recent_objects_only_later_names_are_listed(bucket: Bucket, watch: ObjectWatch) -> None:
    """The bucket is quiet."""
    bucket.put("a", hours_ago=100)
    bucket.put("b", hours_ago=100)
    names(watch)
    bucket.put("c")

    assert (names(watch), bucket.listed_after) == (["c"], [None, "b"])


def test_a_store_is_not_listed_before_its_time(bucket: Bucket, watch: ObjectWatch) -> None:
    """Each listing costs."""
    watch.settings = ListingSettings(list_every_seconds=15.0)
    bucket.put("a")
    found = [names(watch)]
    bucket.put("b")
    found.append(names(watch))
    bucket.now += 15

    assert [*found, names(watch)] == [["a"], [], ["b"]]


def test_a_listing_that_failed_is_made_again(bucket: Bucket, watch: ObjectWatch) -> None:
    """Of all names, as it was to be."""
    bucket.put("a")
    bucket.fails = True
    with pytest.raises(UnreadableInputError, match="no route"):
        names(watch)
    absence = watch.absence()
    bucket.fails = False

    assert (names(watch), bucket.listed_after) == (["a"], [None, None])
    assert (absence, watch.absence()) == ("cannot be listed: no route", "")


@pytest.mark.parametrize(("why_not", "expected"), [("damaged", []), ("failed", ["a"]), ("gone", ["a"])])
def test_what_the_store_did_not_give_is_tried_again(
    bucket: Bucket, watch: ObjectWatch, why_not: str, expected: list[str]
) -> None:
    """At the next listing; what is damaged stays so until it looks different."""
    bucket.put("a")
    for each in watch.changed():
        watch.read(each, why_not)

    assert names(watch) == expected
