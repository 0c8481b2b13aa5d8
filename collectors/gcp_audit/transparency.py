"""Accesses by Google's staff, as Access Transparency tells them.

Decides who acted (nobody is named: an employer and a job title), where they claim to be, and why. A country is taken
only where the log names one: of a region of the world (`EUR`, `ASI` and others) and of `??` it stays unknown, and the
desk that somebody has elsewhere says nothing about where they were.

Source: Google Cloud, "Understanding and using Access Transparency logs", field descriptions, read 2026-11.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from collectors.gcp_audit.records import Entry, Payload

_COUNTRY: Final = re.compile(r"[A-Z]{2}")

COLUMNS: Final = (
    "actor", "actor_kind", "actor_country", "action", "target", "justification", "service_hint",
)  # fmt: skip
ATTRIBUTES: Final = (
    "eventId", "location.principalEmployingEntity", "principalJobTitle", "location.principalOfficeCountry",
    "location.principalPhysicalLocationCountry", "product", "permissionDetails.permissionType", "accessApprovals",
)  # fmt: skip


def is_transparency(payload: Payload | str | None, log: str) -> bool:
    """Whether an entry tells an access by Google's staff, by its payload or by the name of its log."""
    if payload is None or isinstance(payload, str):
        return False
    told = payload.payload_type
    return log.endswith("access_transparency") or (isinstance(told, str) and told.endswith(".TransparencyLog"))


def transparency_rows(entries: Sequence[tuple[int, Entry]]) -> pl.DataFrame:
    """One row for each access that the entries tell, with the number of its entry as `record`."""
    rows = [row for number, entry in entries for row in _rows(number, entry.jsonPayload)]
    names = (*COLUMNS, *ATTRIBUTES)
    return pl.DataFrame(rows, schema={"record": pl.Int64, "success": pl.Boolean, **dict.fromkeys(names, pl.String)})


def _rows(number: int, payload: Any) -> Iterator[Mapping[str, object]]:  # noqa: ANN401 - any type may stand in each
    where = _object(payload.location)
    employer, title = _text(where.get("principalEmployingEntity")), _text(payload.principalJobTitle)
    office, place = _text(where.get("principalOfficeCountry")), _text(where.get("principalPhysicalLocationCountry"))
    country = office if place is None else place
    products = _texts(payload.product)
    said = {
        "record": number,
        "success": True,
        "actor": ", ".join(each for each in (employer, title) if each) or None,
        "actor_kind": "provider",
        "actor_country": country if country and _COUNTRY.fullmatch(country) else None,
        "justification": "; ".join(_reasons(payload.reason)) or None,
        "service_hint": products[0] if products else None,
        "eventId": _text(payload.eventId),
        "location.principalEmployingEntity": employer,
        "principalJobTitle": title,
        "location.principalOfficeCountry": office,
        "location.principalPhysicalLocationCountry": place,
        "product": ", ".join(products) or None,
        "permissionDetails.permissionType": _joined(payload.permissionDetails, "permissionType"),
        "accessApprovals": ", ".join(_texts(payload.accessApprovals)) or None,
    }
    for access in [_object(each) for each in _list(payload.accesses)] or [{}]:
        yield {**said, "action": _text(access.get("methodName")), "target": _text(access.get("resourceName"))}


def _reasons(reasons: Any) -> Iterator[str]:  # noqa: ANN401
    for reason in map(_object, _list(reasons)):
        told = [text for text in (_text(reason.get("type")), _text(reason.get("detail"))) if text]
        if told:
            yield ": ".join(told)


def _joined(values: Any, name: str) -> str | None:  # noqa: ANN401
    told = [_text(_object(each).get(name)) for each in _list(values)]
    return ", ".join(text for text in told if text) or None


def _object(value: Any) -> Mapping[str, Any]:  # noqa: ANN401
    return value if value.__class__ is dict else {}


def _list(value: Any) -> Sequence[Any]:  # noqa: ANN401
    return value if value.__class__ is list else []


def _text(value: Any) -> str | None:  # noqa: ANN401
    return value if value.__class__ is str and value else None


def _texts(value: Any) -> list[str]:  # noqa: ANN401
    return [text for text in _list(value) if isinstance(text, str) and text]
