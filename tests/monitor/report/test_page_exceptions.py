"""The site's waivers, as the page shows them."""

from __future__ import annotations

import pytest

from monitor.report.figures import figures
from monitor.report.in_words import InWords
from monitor.report.page_cells import Cells
from monitor.report.page_exceptions import exceptions_sheet
from tests.monitor.report.months import full_month

_ABOUT = {
    "en": "rules: undeclared_importer; systems: warehouse; operators: Amazon Web Services; countries: United States",
    "fr": "règles : undeclared_importer ; systèmes : warehouse ; opérateurs : Amazon Web Services ; pays : États-Unis",
}
_UNTIL = {"en": ["until 15 October 2026", "ENDED"], "fr": ["jusqu\u2019au 15 octobre 2026", "TERMINÉE"]}
_FOUND = "6 (f-aaaaaaaaaa, f-aaaaaaaaab, f-aaaaaaaaac, f-aaaaaaaaad, f-aaaaaaaaae, ...)"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_waiver_says_who_answers_for_what_until_when(language: str) -> None:
    """One that has ended is marked; of many findings the first are named."""
    report = figures(full_month())
    (line,) = exceptions_sheet(report, Cells.of(report, InWords.of(language, "Europe/Paris"))).lines

    assert [cell.text.replace("\u00a0", " ").replace("\u202f", " ") for cell in line.cells] == [
        "W-1", _ABOUT[language], "dpo", "contract is being signed", *_UNTIL[language], _FOUND,
    ]  # fmt: skip
