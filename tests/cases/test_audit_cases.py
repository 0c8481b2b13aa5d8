"""The handbook's pages of the audit logs name what their goldens hold."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from tests.cases.goldens import cases, golden

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("kind", ["aws_cloudtrail", "azure_activity", "gcp_audit"])
def test_the_handbook_names_every_attribute_and_reason(root: Path, kind: str) -> None:
    """All that stand in the goldens."""
    page = (root / "docs" / "sources" / f"{kind}.md").read_text(encoding="utf-8")
    rows = [row for case in cases(kind) for row in golden(case, "expected.ndjson").split("\n") if row]
    names = {name for row in rows for name in json.loads(row)["attributes"]}
    told = "".join(golden(case, "expected-bad.txt") for case in cases(kind))
    reasons = set(re.findall(r"^[0-9]+ (?:passed over: )?([\w-]+)", told, re.MULTILINE)) - {"of"}

    assert [name for name in sorted(names | reasons) if f"`{name}`" not in page] == []
