"""The files of secrets that transferwatch.yaml names: keys that end in `_file`.

Decides that each of them must be there before the daemon starts, and that what they hold is never repeated. Only the
ledger's is read here, the others when their store or route is opened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.named_files import listed
from monitor.sources import Store
from monitor.wording import Unfit

if TYPE_CHECKING:
    from collections.abc import Callable

    from monitor.named_files import NamedFiles


def secret_text(named: NamedFiles, key: str, form: Callable[[str], str]) -> str | None:
    """The text in the file behind a key, without the space around it; None without one, and with a problem added.

    `form` gives the text that a secret must be and raises `Unfit`, which must not repeat it.
    """
    path = named.path((key,), named.document.data.get(key))
    if path is None:
        return None
    try:
        return form(path.read_text(encoding="utf-8").strip())
    except Unfit as unfit:
        named.add((key,), f"in {path}: {unfit.what}.", unfit.remedy)
    except (OSError, UnicodeError):
        named.add((key,), f"{path} cannot be read as text.")
    return None


def check_files_of_stores(named: NamedFiles) -> None:
    """Add a problem for each file of secrets under `sources` that is not there."""
    for place, source in enumerate(listed(named.document.data.get("sources"))):
        store = source.get("store") if isinstance(source, dict) else None
        for key, written in (store if isinstance(store, dict) else {}).items():
            if str(key).endswith("_file") and key in Store.model_fields:
                named.path(("sources", place, "store", key), written)


def check_files_of_alerts(named: NamedFiles) -> None:
    """Add a problem for each file of secrets and authorities under `alerts` that is not there."""
    alerts = named.document.data.get("alerts")
    for group, written in (alerts if isinstance(alerts, dict) else {}).items():
        for number, route in enumerate([written] if isinstance(written, dict) else listed(written)):
            place = ("alerts", group) if isinstance(written, dict) else ("alerts", group, number)
            for key, path in (route if isinstance(route, dict) else {}).items():
                if str(key).endswith("_file"):
                    named.path((*place, key), path)
