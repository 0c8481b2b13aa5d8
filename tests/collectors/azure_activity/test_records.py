"""Records of Azure and Entra as they are read: one type for every form that Microsoft writes."""

from __future__ import annotations

import json

import msgspec
import pytest

from collectors.azure_activity.records import Claims, Details, Identity, Localised, Record


def record(**fields: object) -> Record:
    """Read a record."""
    return msgspec.json.decode(json.dumps(fields), type=Record)


@pytest.mark.parametrize("value", [None, "{}", 7, True, [1], {"targetResources": [], "status": "x", "location": 7}])
def test_properties_may_be_of_any_type(value: object) -> None:
    """Some logs write them as a text."""
    assert record(operationName="x", properties=value).operationName == "x"


def test_claims_are_found_by_their_long_names() -> None:
    """As the token has them."""
    claims = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims"
    identity = record(identity={"claims": {f"{claims}/upn": "a", f"{claims}/name": "b", "appid": "c"}}).identity

    assert isinstance(identity, Identity)
    assert isinstance(identity.claims, Claims)
    assert (identity.claims.upn, identity.claims.account, identity.claims.appid) == ("a", "b", "c")


def test_a_word_may_come_with_its_translation() -> None:
    """The API writes both."""
    assert record(operationName={"value": "x", "localizedValue": "y"}).operationName == Localised("x")


def test_a_record_of_graph_is_its_own_details() -> None:
    """What Azure Monitor writes below `properties` stands at the top there."""
    read = record(
        createdDateTime="2026-01-01T00:00:00Z", userPrincipalName="marie@example.org", status={"errorCode": 0}
    )

    assert isinstance(read, Details)
    assert (read.userPrincipalName, read.properties) == ("marie@example.org", None)


@pytest.mark.parametrize("part", ["callerIpAddress", "operationName", "identity", "time"])
def test_a_decisive_field_of_another_type_is_refused(part: str) -> None:
    """Rather than guessed."""
    with pytest.raises(msgspec.ValidationError, match=part):
        record(**{part: 7})
