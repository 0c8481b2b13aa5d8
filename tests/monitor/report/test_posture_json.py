"""The posture in the JSON form conforms to the schema and says what the figures say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import jsonschema

from monitor.report.as_json import document
from monitor.report.figures import figures
from monitor.report.json_schema import report_schema
from monitor.report.month import HostFacts, HostingFacts, OfferFacts, QualificationFacts, SystemFacts, TransitionFacts
from tests.monitor.report.months import full_month, given_month

SNC = QualificationFacts("secnumcloud", "IaaS", "qualified", date(2025, 1, 1), None, date(2026, 9, 15), "a page", True)
CANDIDATE = replace(SNC, status="in_process", service=None, from_day=None, verified=False)
TARGET = HostFacts("scaleway", "Scaleway", "eea", "seat", (), ("owner",), (CANDIDATE,))
AWS = HostFacts("aws", "Amazon Web Services", "exposed", "law", ("US_X",), ("law",), (SNC,))
HOSTING = HostingFacts(AWS, "FR", "provider", None, ())
MOVING = SystemFacts("warehouse", None, "health", "staff", (HOSTING,), TransitionFacts("scaleway", None, TARGET))
BARE = SystemFacts("bare", None, "health", "staff")


def made() -> dict[str, Any]:
    """A report with a host, a target and an offer."""
    given = replace(full_month(), systems=(MOVING, BARE), offers=(OfferFacts(TARGET, SNC),))
    return document(figures(given))


def test_it_conforms_to_the_schema_with_and_without_traffic() -> None:
    """Nothing is told that is not described."""
    validator = jsonschema.Draft202012Validator(report_schema())

    assert list(validator.iter_errors(made())) == []
    assert list(validator.iter_errors(document(figures(given_month(systems=(MOVING, BARE)))))) == []


def test_a_line_says_who_where_whose_keys_and_what_for() -> None:
    """With the qualifications of the host and of the host to come."""
    line = made()["posture"]["lines"][0]

    assert (line["operator"], line["keys"], line["control_verdict"], line["rests_on"]) == (
        "aws", "provider", "exposed", ["law"],
    )  # fmt: skip
    assert [each["scheme"] for each in line["qualifications"]] == ["secnumcloud"]
    assert [each["status"] for each in line["target"]["qualifications"]] == ["in_process"]


def test_a_system_without_a_host_has_nulls() -> None:
    """And a share all the same."""
    line = made()["posture"]["lines"][1]

    assert (line["system"], line["operator"], line["control_verdict"], line["target"]) == ("bare", None, None, None)


def test_an_offer_has_its_days_its_source_and_its_mark() -> None:
    """And how its operator stands."""
    assert made()["offers"] == [
        {
            "operator": "scaleway",
            "operator_name": "Scaleway",
            "control_verdict": "eea",
            "control_reason": "seat",
            "rests_on": ["owner"],
            "scheme": "secnumcloud",
            "service": "IaaS",
            "status": "qualified",
            "from": "2025-01-01",
            "to": None,
            "stated": "2026-09-15",
            "source": "a page",
            "verified": True,
        }
    ]
