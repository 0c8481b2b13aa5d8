"""The words on waivers in the monthly report, in both languages with the same keys.

A waiver is said to keep alerts from being sent, and never to allow a transfer.
"""

# A sentence stands on one line, with the signs of good type.
# ruff: noqa: E501, RUF001

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

ENGLISH_EXCEPTIONS: Final[Mapping[str, str]] = {
    "caption.exceptions": "Waivers",
    "column.waiver": "Waiver",
    "column.about": "About",
    "column.owner": "Who answers for it",
    "column.why": "Reason",
    "column.findings": "Findings of the month",
    "waiver.rules": "rules",
    "waiver.systems": "systems",
    "waiver.operators": "operators",
    "waiver.countries": "countries",
    "waiver.sources": "sources",
    "waiver.and": "; ",
    "waiver.until": "until {ends}",
    "waiver.holds": "in force",
    "waiver.ended": "ENDED",
    "waiver.to_come": "not begun",
    "exceptions.lead": "An exception is an entry of the register, in the section before, or a waiver: for a time, with an owner and a reason. A waiver keeps the alert from being sent; it is no legal ground and changes no figure of this report.",
    "note.exceptions": "As they stand on the month’s last day; what ended waives nothing any more. Findings: those that it was about while it held, by their first and last record. They are made by the daemon; a ledger that was only replayed has none.",
}

FRENCH_EXCEPTIONS: Final[Mapping[str, str]] = {
    "caption.exceptions": "Exceptions aux alertes",
    "column.waiver": "Exception",
    "column.about": "Porte sur",
    "column.owner": "Qui en répond",
    "column.why": "Motif",
    "column.findings": "Constats du mois",
    "waiver.rules": "règles",
    "waiver.systems": "systèmes",
    "waiver.operators": "opérateurs",
    "waiver.countries": "pays",
    "waiver.sources": "sources",
    "waiver.and": "\u202f; ",
    "waiver.until": "jusqu’au {ends}",
    "waiver.holds": "en vigueur",
    "waiver.ended": "TERMINÉE",
    "waiver.to_come": "pas encore commencée",
    "exceptions.lead": "Une exception est une entrée du registre, dans la section précédente, ou une exception aux alertes\u00a0: pour un temps, avec un responsable et un motif. Celle-ci empêche l’envoi de l’alerte\u202f; elle n’est pas un fondement juridique et ne change aucun chiffre de ce rapport.",
    "note.exceptions": "Au dernier jour du mois\u202f; ce qui est terminé n’exempte plus rien. Constats\u00a0: ceux sur lesquels elle portait pendant qu’elle valait, d’après leur premier et leur dernier enregistrement. Le service en marche les établit\u202f; là où les journaux ont seulement été rejoués, il n’y en a pas.",
}
