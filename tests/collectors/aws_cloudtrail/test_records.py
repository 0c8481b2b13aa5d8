"""CloudTrail events as they are read: decisive fields have one type, the rest may have any."""

from __future__ import annotations

import json

import msgspec
import pytest

from collectors.aws_cloudtrail.records import MAIN_PARAMETERS, Event


def event(**fields: object) -> Event:
    """Read an event."""
    return msgspec.json.decode(json.dumps(fields), type=Event)


@pytest.mark.parametrize(
    "part", ["requestParameters", "responseElements", "additionalEventData", "serviceEventDetails"]
)
@pytest.mark.parametrize("value", [None, "text", 7, 7.5, True, [1, {}], {}, {"x": {"y": []}}])
def test_what_services_write_may_be_of_any_type(part: str, value: object) -> None:
    """The event is read all the same."""
    assert event(eventName="x", **{part: value}).eventName == "x"


@pytest.mark.parametrize("part", ["userIdentity", "resources", "eventName", "eventTime", "sourceIPAddress"])
def test_a_decisive_field_of_another_type_is_refused(part: str) -> None:
    """Rather than guessed."""
    with pytest.raises(msgspec.ValidationError, match=part):
        event(**{part: 7})


def test_every_main_parameter_is_read() -> None:
    """Whatever its type."""
    read = event(requestParameters={name: [name] for name in MAIN_PARAMETERS}).requestParameters

    assert [getattr(read, name) for name in MAIN_PARAMETERS] == [[name] for name in MAIN_PARAMETERS]


def test_main_parameters_are_named_once() -> None:
    """The first that names something is the target."""
    assert len(set(MAIN_PARAMETERS)) == len(MAIN_PARAMETERS)
