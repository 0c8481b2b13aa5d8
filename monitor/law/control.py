"""Whose law reaches the operator of an address: the control axis.

Decides from an ownership path and the law at an instant. Refuses to know where the bytes are: a data centre in Paris
that a company under foreign law owns is exposed all the same. `exposed` says that a state can order the operator; it
does not say that it did.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from monitor.law.territories import Status

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from monitor.law.regimes import Regimes
    from monitor.law.territories import Territories

WEIGHTS: Final = ("none", "low", "medium", "high")
SEVERAL: Final = "several"


@dataclass(frozen=True, slots=True)
class OwnershipPath:
    """Seats from the operator to its ultimate parent at an instant, and the reach laws that the facts name for it.

    `None` among `seats`, or no seat at all, says that the path is not known to its end.
    """

    seats: tuple[str | None, ...]
    laws: tuple[str, ...]
    mixed: bool = False
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Control:
    """The verdict on the control axis, with its reason, the seats, and every reach law in force then.

    `deciding`: the countries that the verdict rests on, those of the laws or of the seats; none where it is open.
    """

    verdict: str
    reason: str | None
    countries: tuple[str, ...]
    laws: tuple[str, ...]
    deciding: tuple[str, ...] = ()

    @property
    def country(self) -> str | None:
        """The one country that decides, `several`, or null."""
        return self.deciding[0] if len(self.deciding) == 1 else SEVERAL if self.deciding else None


INTERNAL: Final = Control("none", None, (), ())


def unlisted(registration_country: str | None) -> Control:
    """Judge an operator that the table does not know: where its AS is registered is a candidate, not its owner."""
    return Control("undetermined", "operator_unlisted", (registration_country,) if registration_country else (), ())


_HEAVIEST_FIRST: Final = ("exposed", "undetermined", "adequate", "eea")


def joint_control(host: Control, service: Control) -> Control:
    """Control of a service that runs at somebody else's: the law that reaches either of them reaches the data.

    The heavier verdict stands, so that a name never makes a far end lighter than its address is.
    """
    verdict = min((host.verdict, service.verdict), key=_HEAVIEST_FIRST.index)
    deciding = [each for each in (host, service) if each.verdict == verdict]
    by_law = [each.reason for each in deciding if each.reason == "law"]
    return Control(
        verdict,
        by_law[0] if by_law else deciding[0].reason,
        tuple(dict.fromkeys((*host.countries, *service.countries))),
        tuple(sorted({*host.laws, *service.laws})),
        _distinct(country for each in deciding for country in each.deciding),
    )


def judge_control(
    path: OwnershipPath, moment: datetime, territories: Territories, regimes: Regimes, exposed_from_weight: str
) -> Control:
    """Judge a listed operator: `exposed` before `adequate` before `eea`, `undetermined` where the path is open.

    Only laws of at least `exposed_from_weight` decide, and only while the State that orders is a third country: Art. 48
    and chapter V do not protect from Member States, which the Charter and their courts bind. All in force are listed.
    A decision with a scope (a list of certified importers) makes no seat adequate, because it speaks of importers, not
    of owners.
    """
    countries = tuple(dict.fromkeys(seat for seat in path.seats if seat))
    laws = tuple(sorted(code for code in path.laws if regimes.law(code).in_force(moment)))
    deciding = WEIGHTS.index(exposed_from_weight)
    reaching = [
        code
        for code in laws
        if WEIGHTS.index(regimes.law(code).weight) >= deciding
        and not _inside(regimes.law(code).country, moment, territories)
    ]
    if reaching:
        return Control("exposed", "law", countries, laws, _distinct(regimes.law(code).country for code in reaching))
    inside = {seat: _inside(seat, moment, territories) for seat in countries}
    outside = [seat for seat in countries if not inside[seat]]
    bare = [seat for seat in outside if regimes.decision(seat, moment) is None]
    if bare:
        return Control("exposed", "seat", countries, laws, _distinct(bare))
    if path.mixed:
        return Control("undetermined", "mixed_ownership", countries, laws)
    if not path.seats or None in path.seats:
        return Control("undetermined", "path_incomplete", countries, laws)
    return Control("adequate" if outside else "eea", "seat", countries, laws, _distinct(outside or countries))


def _distinct(countries: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(countries)))


def _inside(country: str, moment: datetime, territories: Territories) -> bool:
    return territories.status(country, moment) in {Status.EEA, Status.TRANSITION}
