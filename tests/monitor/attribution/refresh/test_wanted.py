"""What a list may say about fetching."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from monitor.attribution.refresh.wanted import Fetch, Upkeep, dated, fetch_findings
from monitor.document import load_document
from monitor.problem import ProblemsFound

if TYPE_CHECKING:
    from pathlib import Path


def problems(text: str, path: Path) -> str:
    """What is wrong with a `fetch:`, in words."""
    path.write_text(text, encoding="utf-8")
    try:
        load_document(path, Fetch, check=fetch_findings)
    except ProblemsFound as found:
        return "; ".join(f"{each.key}: {each.what}" for each in found.problems)
    return ""


GOOD = [
    "url: https://mirror.example.org/feed.json",
    "url: https://mirror.example.org/lite-{year}-{month}.mmdb.gz\nsha256_url: https://mirror.example.org/sums",
    f"url: http://mirror.example.org/feed.json\nsha256: {'a' * 64}",
    "url: http://127.0.0.1:8080/feed.json",
    "url: https://a.example.org/x\nmirror: https://b.example.org/x\nshrink_at_most: 0.5",
]


@pytest.mark.parametrize("text", GOOD, ids=range(len(GOOD)))
def test_good(text: str, tmp_path: Path) -> None:
    """Nothing to say."""
    assert problems(text, tmp_path / "fetch.yaml") == ""


BAD = {
    "ftp": ("url: ftp://example.org/x", "url: this is not a URL"),
    "file": ("url: file:///etc/passwd", "url: this is not a URL"),
    "no host": ("url: https:///x", "url: this is not a URL"),
    "space": ("url: https://example.org/a b", "url: this is not a URL"),
    "port": ("url: https://example.org:99999/", "url: this is not a URL"),
    "password": ("url: https://me:secret@example.org/x", "url: a URL with a name or a password in it ends up in logs"),
    "placeholder": ("url: https://example.org/{week}", "unknown placeholder"),
    "plain": ("url: http://example.org/x", "url: anybody on the way can change what comes"),
    "plain mirror": ("url: https://example.org/x\nmirror: http://example.org/x", "mirror: anybody on the way"),
    "plain hash": ("url: https://example.org/x\nsha256_url: http://example.org/x", "sha256_url: anybody on the way"),
    "two hashes": (f"url: https://example.org/x\nsha256: {'a' * 64}\nsha256_url: https://example.org/y", "told twice"),
    "no url": ("mirror: https://example.org/x", "mirror: there is no `url:`"),
}


@pytest.mark.parametrize(("text", "said"), BAD.values(), ids=BAD)
def test_bad(text: str, said: str, tmp_path: Path) -> None:
    """One mistake each."""
    assert said in problems(text, tmp_path / "fetch.yaml")


def test_a_password_is_not_repeated(tmp_path: Path) -> None:
    """Problems end up in logs as well."""
    assert "secret" not in problems("url: https://me:secret@example.org/x", tmp_path / "fetch.yaml")


def test_the_day_is_filled_in() -> None:
    """With leading zeros."""
    assert dated("https://x/{year}-{month}-{day}", date(2026, 1, 2)) == "https://x/2026-01-02"


def test_nothing_is_fetched_by_default() -> None:
    """No URL, no proxy."""
    assert (Fetch().url, Upkeep().proxy) == (None, None)
