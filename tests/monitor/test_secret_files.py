"""Files of secrets are there, and what they hold is said nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.secret_files import check_files_of_alerts, check_files_of_stores, secret_text
from monitor.wording import Unfit

if TYPE_CHECKING:
    from pathlib import Path

from tests.monitor.naming import files_named, problems_of


def _refused(_: str) -> str:
    raise Unfit("this is not the URL of a ledger", "Write sqlite:///ledger.db.")


def test_the_line_feed_at_the_end_is_no_part_of_a_secret(tmp_path: Path) -> None:
    """Editors add it."""
    (tmp_path / "secret").write_text("  s3cret\n", encoding="utf-8")

    assert secret_text(files_named(tmp_path, "ledger_file: secret\n"), "ledger_file", str) == "s3cret"


def test_a_secret_of_the_wrong_form_is_not_repeated(tmp_path: Path) -> None:
    """Problems end in tickets and chats."""
    (tmp_path / "secret").write_text("s3cret", encoding="utf-8")
    named = files_named(tmp_path, "ledger_file: secret\n")

    assert secret_text(named, "ledger_file", _refused) is None
    assert problems_of(named) == [
        "site.yaml:1:14 ledger_file: in secret: this is not the URL of a ledger. Write sqlite:///ledger.db."
    ]


def test_a_secret_that_is_no_text_is_a_problem(tmp_path: Path) -> None:
    """Octets that are no UTF-8, or a folder."""
    (tmp_path / "secret").write_bytes(b"\xff\xfe")
    named = files_named(tmp_path, "ledger_file: secret\n")

    assert secret_text(named, "ledger_file", str) is None
    assert [line.partition("ledger_file: ")[2] for line in problems_of(named)] == ["secret cannot be read as text."]


def test_a_secret_of_a_store_must_be_there(tmp_path: Path) -> None:
    """What is no key of a store is left to the model."""
    named = files_named(tmp_path, "sources:\n  - 5\n  - {store: {account_key_file: gone, other_file: gone}}\n")
    check_files_of_stores(named)

    assert [problem.key for problem in named.problems] == ["sources[1].store.account_key_file"]


def test_a_secret_of_a_route_must_be_there(tmp_path: Path) -> None:
    """Of a route that stands alone, and of one in a list."""
    (tmp_path / "here").touch()
    named = files_named(
        tmp_path,
        "alerts:\n  mqtt: {password_file: gone}\n  webhooks: [{secret_file: here}, {secret_file: gone}]\n",
    )
    check_files_of_alerts(named)

    assert [problem.key for problem in named.problems] == [
        "alerts.mqtt.password_file",
        "alerts.webhooks[1].secret_file",
    ]
