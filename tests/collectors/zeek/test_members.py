"""Which members of a JSON record are read."""

from __future__ import annotations

import pytest

from collectors.json_lines import As
from collectors.zeek.fields import LOGS, Sort
from collectors.zeek.members import lists, members, wanted


@pytest.mark.parametrize("log", LOGS)
def test_every_field_with_a_column_is_read(log: str) -> None:
    """As a member or as an array."""
    assert set(LOGS[log]) <= set(members(log)) | set(lists(log))


@pytest.mark.parametrize("log", LOGS)
def test_no_member_is_both_an_array_and_none(log: str) -> None:
    """A value is of one form."""
    assert set(members(log)).isdisjoint(lists(log))


def test_ends_are_looked_for_as_the_site_spells_them() -> None:
    """Their columns have Zeek's names."""
    fields = {field.column: field.path for field in wanted("conn", underscored=True).fields}

    assert (fields["id.orig_h"], fields["conn_state"]) == (("id_orig_h",), ("conn_state",))


def test_times_to_live_are_numbers() -> None:
    """All other arrays hold texts."""
    kinds = {items.name: items.fields[0].kind for items in wanted("dns", underscored=False).items}

    assert (kinds["TTLs"], kinds["answers"], LOGS["dns"]["TTLs"]) == (As.NUMBER, As.TEXT, Sort.LIST)
