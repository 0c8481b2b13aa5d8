"""Write a draft as inventory.yaml: what `check` accepts, with all that it does not decide in comments.

Decides the words. Text from a log stands in quotes or, in a comment, without what could end it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from monitor.inquiry.draft import account_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.inquiry.draft import Draft, DraftSystem

_SHOWN: Final = 80
_UNITS: Final = ("octets", "kB", "MB", "GB", "TB", "PB", "EB")
_STEP: Final = 1000


def draft_lines(draft: Draft, files: int, records: int) -> Iterator[str]:
    """Yield the lines of the file."""
    many = f"{files} file{'' if files == 1 else 's'}"
    yield f"# A first inventory, drafted from {records} flow records in {many}."
    yield "# Read it, correct it, and run `transferwatch check`. What stands in a comment is for you to decide."
    yield from (f"# TO DECIDE: {warning}" for warning in draft.warnings)
    yield ""
    yield "systems:"
    for system in draft.systems:
        yield from _system(system)
    if draft.gateways:
        yield ""
        yield "# Interfaces that carried packets of other addresses. Of these, list NAT gateways and proxies:"
        yield "# forwarders:"
        yield from (f"#   - {address}    # {records} records" for address, records in draft.gateways)
    if draft.private_far:
        yield ""
        yield "# Private networks that occur at the far end alone. What is a partner's belongs here, with its country:"
        yield "# peers:"
        yield from (
            f"#   - {{networks: [{network}], title: ..., country: ...}}    # {records} records"
            for network, records in draft.private_far
        )
    if draft.far:
        yield ""
        yield "# The largest far ends, by operator and place (the atlas that ships; an assumption, not a verdict):"
        for far in draft.far:
            operator = far.operator or "operator unknown"
            many = f"{far.addresses} address{'' if far.addresses == 1 else 'es'}"
            yield (
                f"#   {plain(operator)}, {plain(far.place)}: {amount(far.octets)} in {far.records} records, {many}, "
                f"such as {far.example}"
            )


def _system(system: DraftSystem) -> Iterator[str]:
    yield f"  - id: {quoted(system.id)}"
    yield f"    # {system.records} records of own ends{_where(system)}"
    networks = ", ".join(quoted(str(network)) for network in system.networks)
    yield f"    networks: [{networks}]"
    account = account_of(system)
    if system.scoped:
        told = {"account": system.account, "network_id": system.network_id}
        scope = ", ".join(f"{key}: {quoted(value)}" for key, value in told.items() if value)
        yield f"    scope: {{{scope}}}"
    if account is not None:
        yield f"    accounts: [{quoted(account)}]"
    yield "    serves: staff            # public | staff | partners"
    yield "    data_class: health       # TO DECIDE: health | pseudonymised_health | identity | operations | public"
    if system.operator and system.country:
        yield f"    hosting: {{operator: {system.operator}, country: {system.country}, keys: provider}}"
    elif system.operator:
        yield f"    # hosting: {{operator: {system.operator}, country: ..., keys: provider}}"


def _where(system: DraftSystem) -> str:
    parts = [plain(part) for part in (system.network_id, system.region) if part]
    return f"; {', '.join(parts)}" if parts else ""


def quoted(text: str) -> str:
    """Text as YAML reads it back."""
    return json.dumps(text, ensure_ascii=False)


def plain(text: str) -> str:
    """Text for a comment: nothing in it ends the line."""
    kept = text if len(text) <= _SHOWN else text[:_SHOWN] + "..."
    return "".join(each if each.isprintable() else "?" for each in kept)


def amount(octets: int) -> str:
    """Octets in a unit that people read."""
    value, unit = float(octets), 0
    while value >= _STEP and unit < len(_UNITS) - 1:
        value, unit = value / _STEP, unit + 1
    return f"{octets} octets" if not unit else f"{value:.1f} {_UNITS[unit]}"
