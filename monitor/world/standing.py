"""How the scenario's countries stand under chapter V in the last quarter of 2026, and whose law reaches its operators.

Decides what the truth says of a country and of an operator. Written by hand for the scenario's dates and never read
from `rules/`: two tables written apart are what makes the comparison worth something.

Source: GDPR Art. 45 and the adequacy decisions named below; EEA Agreement (IS, LI, NO); Art. 355 TFEU for the French
outermost regions.
"""

from __future__ import annotations

from dataclasses import dataclass

_MEMBERS = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
_OUTERMOST_REGIONS = "GF GP MQ RE"
EEA = frozenset(f"{_MEMBERS} IS LI NO {_OUTERMOST_REGIONS}".split())
# Decisions that cover whoever receives in the country, by the number that the product names.
ADEQUATE = {
    "AD": "2010/625/EU",
    "AR": "2003/490/EC",
    "BR": "(EU) 2026/179",
    "CH": "2000/518/EC",
    "FO": "2010/146/EU",
    "GB": "renewal of (EU) 2021/1772",
    "GG": "2003/821/EC",
    "IL": "2011/61/EU",
    "IM": "2004/411/EC",
    "JE": "2008/393/EC",
    "JP": "(EU) 2019/419",
    "KR": "(EU) 2022/254",
    "NZ": "2013/65/EU",
    "UY": "2012/484/EU",
}
# Decisions that cover only the importers on a list (DPF, PIPEDA).
LISTED_IMPORTERS_ONLY = {"US": "(EU) 2023/1795", "CA": "2002/2/EC"}
# French territories outside the Union where the national act applies; the site's policy calls them third countries.
REVIEW = frozenset({"NC", "PF"})


@dataclass(frozen=True, slots=True)
class Place:
    """What the place axis says: verdict, reason, and the mechanism relied on."""

    verdict: str
    reason: str | None = None
    mechanism: str | None = None


def standing(country: str, *, importer_known: bool) -> Place:
    """Place verdict of a country with no register entry, no certification, and no role that makes it something else."""
    if country in EEA:
        return Place("eea")
    if country in ADEQUATE:
        return Place("adequate", None, ADEQUATE[country])
    if country in LISTED_IMPORTERS_ONLY:
        return Place("uncovered", "importer_not_certified" if importer_known else "importer_unknown")
    if country in REVIEW:
        return Place("uncovered", "policy_review")
    return Place("uncovered", "no_ground")


@dataclass(frozen=True, slots=True)
class Operator:
    """Seats on the ownership path, the laws that reach it, the control verdict, and whether it receives for itself."""

    seats: tuple[str, ...]
    laws: tuple[str, ...]
    verdict: str
    reason: str
    receives: bool = False


_US_LAWS = ("US_CLOUD_ACT", "US_EO12333", "US_FISA702")
_US_HOST = Operator(("US",), _US_LAWS, "exposed", "law")
_US_SERVICE = Operator(("US",), _US_LAWS, "exposed", "law", receives=True)
_FRENCH = Operator(("FR",), (), "eea", "seat")

# Operators that the product's table lists, under the same ids. An operator that hosts others is never the importer.
OPERATORS = {
    "adobe": _US_SERVICE,
    "aws": _US_HOST,
    "bt": Operator(("GB",), ("UK_IPA",), "exposed", "law"),
    "cloudflare": _US_HOST,
    "digitalocean": _US_HOST,
    "dropbox": _US_SERVICE,
    # The ultimate parent sits in Mexico: a seat without adequacy exposes an operator whose machines stand in Vienna.
    "exoscale": Operator(("CH", "AT", "MX"), ("CH_NDG",), "exposed", "seat"),
    "fastly": _US_HOST,
    "free": _FRENCH,
    "gcore": Operator(("LU",), (), "undetermined", "mixed_ownership"),
    "google_cloud": _US_HOST,
    "hetzner": Operator(("DE",), (), "eea", "seat"),
    # Its shareholders are not known.
    "infomaniak": Operator(("CH",), ("CH_BUPF", "CH_NDG"), "undetermined", "path_incomplete"),
    "jio": Operator(("IN",), ("IN_S69",), "exposed", "law"),
    "kt": Operator(("KR",), ("KR_TBA",), "adequate", "seat"),
    "microsoft_azure": _US_HOST,
    "oracle_cloud": _US_HOST,
    "orange_business": _FRENCH,
    "outscale": _FRENCH,
    "ovh": Operator(("FR",), ("CA_PRODUCTION_ORDER",), "eea", "seat"),
    "quad9": Operator(("CH",), ("CH_NDG",), "adequate", "seat", receives=True),
    "salesforce": _US_SERVICE,
    "scaleway": _FRENCH,
    "turktelekom": Operator(("TR",), ("TR_5651",), "exposed", "law"),
    "verizon": _US_HOST,
    "zoom": _US_SERVICE,
}
