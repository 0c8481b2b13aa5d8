"""The form of france.yaml."""

from __future__ import annotations

import pytest

from monitor.document import load_document
from monitor.law.france import FranceFile
from monitor.shipped import shipped


@pytest.fixture(scope="module")
def france() -> FranceFile:
    """Return the shipped file."""
    return load_document(shipped("rules/law/france.yaml"), FranceFile)


def test_gaia_x_had_eleven_founders_of_each_side(france: FranceFile) -> None:
    """22 signatures on 2020-09-15."""
    assert len(france.gaia_x_founders.founders) == 22


def test_operators_are_named_by_id(france: FranceFile) -> None:
    """Scaleway took the Health Data Hub over; Outscale founded Gaia-X."""
    assert {"scaleway", "outscale", "ovh"} <= france.operators()


def test_no_key_of_the_file_is_dropped_silently(france: FranceFile) -> None:
    """A key that the form does not know is refused."""
    with pytest.raises(ValueError, match="wat"):
        FranceFile.model_validate({**france.model_dump(by_alias=True), "wat": 1})
