"""What holds for every decoder of an audit log: any octets, any cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.administration import attribute_texts, without_port
from collectors.contract import SAMPLED_BAD_RECORDS
from tests.collectors.auditing import decode, read_cut, spelled

KINDS_OF_AUDIT = ("aws_cloudtrail", "azure_activity", "gcp_audit")

# What stands in the records of the three clouds, and what may take its place.
TEXTS = st.one_of(
    st.sampled_from(
        [
            "2026-01-01T00:00:00Z", "198.51.100.7", "2001:db8::7", "[2001:db8::7]:443", "198.51.100.7:443", "private",
            "AWS Internal", "support.amazonaws.com", "no time", "", "::", "FR", "EUR", "??", "0", "Success",
            "Insight", "AwsServiceEvent", "SignInLogs", "Create Lockbox Request", "system:kube-proxy",
            "projects/p-1/logs/cloudaudit.googleapis.com%2Faccess_transparency", "/subscriptions/S-1/x",
            "type.googleapis.com/google.cloud.audit.TransparencyLog", 'é\n"\u2028',
        ]
    ),
    st.text(max_size=5),
)  # fmt: skip
KEYS = st.sampled_from(
    [
        "eventTime", "eventSource", "eventName", "eventType", "eventCategory", "userIdentity", "type", "arn",
        "invokedBy", "sessionContext", "sessionIssuer", "sourceIPAddress", "requestParameters", "instancesSet",
        "items", "resources", "ARN", "responseElements", "ConsoleLogin", "errorCode", "readOnly", "digestStartTime",
        "serviceEventDetails", "time", "operationName", "category", "identity", "claims", "callerIpAddress",
        "properties", "location", "countryOrRegion", "status", "errorCode", "initiatedBy", "user", "app",
        "targetResources", "resourceId", "value", "createdDateTime", "activityDisplayName", "timestamp", "logName",
        "protoPayload", "jsonPayload", "@type", "methodName", "authenticationInfo", "principalEmail",
        "requestMetadata", "callerIp", "code", "resource", "labels", "project_id", "accesses", "reason", "detail",
        "resourceName", "principalPhysicalLocationCountry", "x",
    ]
)  # fmt: skip
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), TEXTS)
PARTS = st.recursive(
    SCALARS, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=6))
)
RECORDS = st.one_of(
    st.dictionaries(KEYS, PARTS, max_size=8),
    st.fixed_dictionaries(
        {"eventName": TEXTS, "eventSource": TEXTS}, optional={"eventTime": TEXTS, "userIdentity": PARTS}
    ),
    st.fixed_dictionaries(
        {"operationName": TEXTS}, optional={"time": TEXTS, "identity": PARTS, "category": TEXTS, "properties": PARTS}
    ),
    st.fixed_dictionaries(
        {"protoPayload": st.dictionaries(KEYS, TEXTS, max_size=4)}, optional={"timestamp": TEXTS, "logName": TEXTS}
    ),
    st.fixed_dictionaries(
        {
            "jsonPayload": st.fixed_dictionaries(
                {"@type": st.just("google.cloud.audit.TransparencyLog"), "accesses": st.lists(PARTS, max_size=3)},
                optional={"location": PARTS, "reason": PARTS, "product": PARTS},
            )
        },
        optional={"timestamp": TEXTS},
    ),
)
BROKEN = st.sampled_from(
    [b'{"eventName":nope}', b"[1,[2]]", b'"text"', b"{}", b"{{}}", b'{"operationName":"\xff"}', b"7", b"nope", b"]"]
)
SEPARATED = st.lists(
    st.tuples(st.one_of(RECORDS.map(spelled), BROKEN), st.sampled_from([b",", b"\n", b",\n", b" \r\n", b" , "])),
    max_size=6,
)


@pytest.mark.parametrize("kind", KINDS_OF_AUDIT)
@given(parts=SEPARATED, cuts=st.sets(st.integers(1, 5)))
def test_values_are_read_alike_however_they_are_cut(
    kind: str, parts: list[tuple[bytes, bytes]], cuts: set[int]
) -> None:
    """The same events, bad records and counts."""
    values = [value + separator for value, separator in parts]

    assert read_cut(kind, values, cuts) == read_cut(kind, values, ())


@pytest.mark.parametrize("kind", KINDS_OF_AUDIT)
@given(values=st.lists(st.one_of(RECORDS.map(spelled), BROKEN), max_size=6))
def test_every_value_is_a_row_or_counted(kind: str, values: list[bytes]) -> None:
    """An event, a bad record, or passed over; one value a line, so that a line is a record."""
    batch = decode(kind, b"\n".join(values))
    lines = {line for part in batch.admins for line in part.frame["line"]}

    assert batch.records == len(values)
    assert len(lines) + batch.bad_by_reason.total() + batch.passed_over.total() == batch.records


@pytest.mark.parametrize("kind", KINDS_OF_AUDIT)
@given(data=st.one_of(st.binary(max_size=200), st.text('{}[]",:\\ \n\r\tae1', max_size=60).map(str.encode)))
def test_any_octets_are_records_or_counted(kind: str, data: bytes) -> None:
    """Nothing raises."""
    batch = decode(kind, data)
    rows = sum(part.frame.height for part in batch.admins)

    assert rows + batch.bad_by_reason.total() + batch.passed_over.total() == batch.records


@pytest.mark.parametrize("kind", KINDS_OF_AUDIT)
def test_bad_records_are_sampled_in_the_order_of_their_lines(kind: str) -> None:
    """Of whatever reason: some are found while reading, some later."""
    batch = decode(kind, spelled(*[7, {}] * 120))

    assert [bad.line for bad in batch.bad] == list(range(1, SAMPLED_BAD_RECORDS + 1))
    assert batch.bad_by_reason == {"not_an_object": 120, "missing_field": 120}


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("198.51.100.7:443", "198.51.100.7"),
        ("[2001:db8::7]:443", "2001:db8::7"),
        ("[2001:db8::7]", "2001:db8::7"),
        ("2001:db8::7", "2001:db8::7"),
        ("::ffff:198.51.100.7", "::ffff:198.51.100.7"),
        ("198.51.100.7", "198.51.100.7"),
        ("host:443", "host:443"),
        ("198.51.100.7:https", "198.51.100.7:https"),
    ],
)
def test_a_port_behind_an_address_is_left_out(text: str, address: str) -> None:
    """Any other text stays as it is."""
    assert without_port(text) == address


def test_attributes_are_texts_by_name_without_nulls() -> None:
    """In the order of the names, escaped where JSON needs it."""
    objects = attribute_texts({"a.b": ["1", None, 'x"\n'], "c": [None, None, "é"]}, 3)

    assert objects.to_list() == ['{"a.b":"1"}', "{}", '{"a.b":"x\\"\\n","c":"é"}']
