"""Put the verdicts to oriented records: place and control, each under the law at the record's end.

Decides by joining what the other parts know. A verdict is made once for each distinct combination of far end, system,
span of time and relation; rows pick theirs by number. Nothing here depends on the batch that a record came in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

import numpy as np
import polars as pl

from monitor import schema
from monitor.address import AddressKind
from monitor.attribution import precedence
from monitor.attribution.far_ends import UNLISTED
from monitor.attribution.names import NOTHING
from monitor.combinations import combinations
from monitor.countries import country_names
from monitor.grounds import NO_IMPORTER, Grounds, PlaceQuestion
from monitor.judged_names import NOWHERE, PLACED, UNKNOWN_NETWORK, NameReader, spoken_places
from monitor.judged_places import Places, lists_of_words
from monitor.law.place import Ground
from monitor.law.territories import Status
from monitor.orient import NOBODY, OURS, OUTBOUND, PEER, STAFF, STRANGER

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from monitor.address import ParsedAddresses
    from monitor.attribution.far_ends import Attributor, FarEnds
    from monitor.attribution.names import Names
    from monitor.config import Site
    from monitor.judged_names import NameSays
    from monitor.orient import Oriented

    Flags = NDArray[np.bool_]
    Numbers = NDArray[np.int64]

# How a record relates to the law, first that applies.
INTERNAL, OWN_STAFF, DIRECT_COLLECTION, JUDGED = range(4)
# Why the atlas gives no country to ask the law for, first that applies; ASKED when it does.
PRIVATE, NO_SOURCE, ANYCAST, GLOBAL, ASKED = range(5)

# Grounds that need no question, at fixed numbers before all answers.
_FIXED: Final = (
    Ground("internal"),
    Ground("not_a_transfer", "own_staff"),
    Ground("not_a_transfer", "direct_collection"),
    Ground("undetermined", "private_unlisted"),
    Ground("undetermined", "no_source"),
    Ground("undetermined", "anycast"),
    Ground("undetermined", "global_service"),
)
_FIRST_UNPLACED: Final = 3
WITHOUT_ADDRESS: Final = _FIXED[_FIRST_UNPLACED + NO_SOURCE]

_NOWHERE: Final = 0  # the registration of an AS that has none
_UNPLACED: Final = 0  # the answer of an address of which no place is known
_NO_AS: Final = 0


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Distinct verdicts of a batch: `table` holds them, `row` says which one each record has.

    `table` has the columns of `schema.JUDGED` that depend on the verdict alone, and what only the sums need, as
    `monitor.kept` words it: `control_country`, `named_elsewhere` and, as text between spaces, `register_entries`.
    """

    table: pl.DataFrame
    row: NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class _Distinct:
    """Distinct questions, one position each: numbers in the inventory, the atlas and the operator table."""

    relation: Numbers
    peer: Numbers
    staff: Numbers
    system: Numbers
    epoch: Numbers
    base: Numbers
    answer: Numbers
    registration: Numbers
    operator: Numbers
    network: Numbers
    as_number: Numbers
    itself: Numbers
    named: Numbers
    domain: Numbers


@dataclass(frozen=True, slots=True)
class Judge:
    """What is needed to judge, made ready for whole columns."""

    grounds: Grounds
    names: NameReader
    countries: tuple[str | None, ...]
    places: Places
    peer_answer: Numbers
    staff_answer: Numbers
    claimed_answer: Mapping[str, int]
    pseudo: NDArray[np.bool_]
    importer_of: Numbers
    importer_of_peer: Numbers
    importer_of_service: Numbers
    registered: NDArray[np.bool_]
    registered_as_numbers: NDArray[np.uint32]

    @classmethod
    def of(cls, site: Site, attributor: Attributor, grounds: Grounds, names: Names) -> Judge:
        """Make a site's files, the atlas, the names and the law ready."""
        countries = attributor.countries
        stated = [peer.country for peer in site.inventory.peers]
        stated += [staff.country for staff in site.inventory.staff if staff.country]
        operators = attributor.operators.operators
        status = grounds.law.territories.status
        once = grounds.epochs.moment(0)  # what is no country has been none at all times
        none = {code for code in countries if code and status(code, once) is Status.PSEUDO}
        places, number, claimed = Places.of(attributor, stated, none, country_names())
        return cls(
            grounds=grounds,
            names=NameReader(names, grounds.epochs),
            countries=countries,
            places=places,
            peer_answer=_array([number[peer.country] for peer in site.inventory.peers], _UNPLACED),
            staff_answer=_array(
                [number[staff.country] if staff.country else _UNPLACED for staff in site.inventory.staff], _UNPLACED
            ),
            claimed_answer=claimed,
            pseudo=np.array([code in none for code in countries], dtype=np.bool_),
            importer_of=_array([grounds.importer_of_operator(place) for place in range(len(operators))], NO_IMPORTER),
            importer_of_peer=_array(
                [
                    grounds.importer_of_peer(place) if peer.importer else NO_IMPORTER
                    for place, peer in enumerate(site.inventory.peers)
                ],
                NO_IMPORTER,
            ),
            importer_of_service=_array(map(grounds.importer_of_service, range(len(operators))), NO_IMPORTER),
            registered=np.array([each.id in grounds.register.by_operator for each in operators] + [False]),
            registered_as_numbers=np.array(grounds.register.as_numbers, dtype=np.uint32),
        )

    def judge(self, oriented: Oriented, addresses: ParsedAddresses, far: FarEnds) -> Verdicts:
        """Judge oriented records. Columns out: those of `schema.JUDGED` that depend on the verdict alone."""
        remote = oriented.remote
        # One more address, at the end, stands for the one that a record does not tell (position -1).
        far_columns = {
            "base": np.append(_base(far), NO_SOURCE),
            "answer": np.append(far.answer, _UNPLACED),
            "registration": np.append(far.registration, _NOWHERE),
            "operator": np.append(far.operator, UNLISTED),
            "network": np.append(self.grounds.register.network_of(addresses), NOBODY),
            "as_number": np.append(self._registered_as_number(far), _NO_AS),
        }
        itself = far.flags & precedence.ITSELF != 0
        if itself.any():
            far_columns["itself"] = np.append(itself, False)
        far_end = combinations(list(far_columns.values()))
        relation = _relation(oriented, np.append(far.kind == AddressKind.confined, False))
        end = cast("Numbers", oriented.frame["end_time"].to_physical().to_numpy())
        columns = {
            "relation": relation,
            "peer": np.where(oriented.remote_role == PEER, oriented.remote_number, NOBODY),
            "staff": np.where(oriented.remote_role == STAFF, oriented.remote_number, NOBODY),
            "system": np.where(relation == JUDGED, oriented.system, NOBODY),
            "epoch": self.grounds.epochs.number(end),
        }
        if not self.grounds.register.entries:
            columns["system"] = np.full(len(remote), NOBODY)
        if len(oriented.names.distinct):  # else nothing is told by name, and no column of it costs anything
            asked_for = (oriented.direction == OUTBOUND) & (relation != INTERNAL)
            columns["named"] = np.where(asked_for, oriented.named, NOTHING)
            columns["domain"] = np.where(asked_for, self.grounds.register.domain_of(oriented.names), NOBODY)
        distinct = combinations([*columns.values(), np.where(relation == INTERNAL, -1, far_end.ids[remote])])
        picked = {name: column[distinct.row_of].astype(np.int64) for name, column in columns.items()}
        at = remote[distinct.row_of]
        picked |= {name: column[at].astype(np.int64) for name, column in far_columns.items()}
        absent = {"named": NOTHING, "domain": NOBODY, "itself": 0}
        picked = {name: np.full(len(at), value) for name, value in absent.items()} | picked
        return Verdicts(self._table(_Distinct(**picked)), distinct.ids)

    def _registered_as_number(self, far: FarEnds) -> Numbers:
        """AS number of each address where the register names it (`as64500`), else none."""
        named = np.isin(far.as_number, self.registered_as_numbers) if len(self.registered_as_numbers) else False
        return np.where(named, far.as_number, _NO_AS).astype(np.int64)

    def _table(self, each: _Distinct) -> pl.DataFrame:
        """Spell every distinct verdict out."""
        stated = np.where(each.peer != NOBODY, self.peer_answer[each.peer], self.staff_answer[each.staff])
        told = stated != _UNPLACED
        known = np.where(told, stated, np.where(each.base >= ANYCAST, each.answer, _UNPLACED))
        known[each.relation == INTERNAL] = _UNPLACED
        says = self.names.read(each.named, each.epoch, each.operator)
        places, known, by_name = spoken_places(self.places, known, says, _standing(each.base, told), self.names.place)
        base = np.where(by_name, ASKED, each.base)
        asked = (each.relation == JUDGED) & (told | (base == ASKED))
        importer = self._importers(each, says)
        place = np.where(each.relation == JUDGED, _FIRST_UNPLACED + base, each.relation)
        place[asked] = len(_FIXED) + self._places(each, says.operator, places, known, importer, asked)
        grounds = (*_FIXED, *(answer.ground for answer in self.grounds.places))
        # Where the law itself is open (the policy says so of some territories), no country is named either.
        open_ = np.array([ground.verdict == "undetermined" for ground in grounds], dtype=np.bool_)[place]
        # How well the place is known does not depend on what the law says of it.
        sought = (told | (base == ASKED)) & (each.relation != INTERNAL)
        return pl.DataFrame([
            *self._place_columns(grounds, place, importer),
            *self._control_columns(self._controls(each, says.operator)),
            *places.columns(known, sought=sought, settled=sought & ~open_),
            *self.names.columns(says),
        ])  # fmt: skip

    def _importers(self, each: _Distinct, says: NameSays) -> Numbers:
        """Who receives, without the register: the peer's, else the address's operator, else the one that a name shows.

        An operator that hosts nobody receives whatever a name says; a name tells who rents at one that hosts others.
        Where the operator acts itself it receives, whomever it hosts.
        """
        behind = self.importer_of_peer[each.peer]
        operator = np.where(each.itself != 0, self.importer_of_service[each.operator], self.importer_of[each.operator])
        importer = np.where(behind != NO_IMPORTER, behind, operator)
        shown = (importer == NO_IMPORTER) & (says.importer != UNLISTED)
        importer = np.where(shown, self.importer_of_service[says.importer], importer)
        importer[each.relation != JUDGED] = NO_IMPORTER
        return importer

    def _places(
        self, each: _Distinct, shown: Numbers, places: Places, known: Numbers, importer: Numbers, asked: Flags
    ) -> NDArray[np.int64]:
        """Row in `grounds.places` of each question that is asked; `shown`: the operator that the name shows."""
        listed, by_name = self.registered[each.operator], self.registered[shown]
        operator, shown = np.where(listed, each.operator, UNLISTED), np.where(by_name, shown, UNLISTED)
        named = listed | by_name | (each.network != NOBODY) | (each.as_number != _NO_AS) | (each.domain != NOBODY)
        system = np.where(named, each.system, NOBODY)
        about = (
            places.set_of[known], importer, each.network, operator, each.as_number, system, each.epoch, shown,
            each.domain,
        )  # fmt: skip
        columns = [column[asked] for column in about]
        distinct = combinations(columns)
        questions = zip(*(column[distinct.row_of].tolist() for column in columns), strict=True)
        rows = [self.grounds.place(PlaceQuestion(places.asked[number], *rest)) for number, *rest in questions]
        return np.array(rows, dtype=np.int64)[distinct.ids]

    def _controls(self, each: _Distinct, shown: Numbers) -> NDArray[np.int64]:
        """Row in `grounds.controls` of each question; 0 is the one of internal records."""
        answers = np.zeros(len(each.relation), dtype=np.int64)
        asked = np.flatnonzero(each.relation != INTERNAL)
        if not len(asked):
            return answers
        operator, registration, named = each.operator[asked], each.registration[asked], shown[asked]
        listed = (operator != UNLISTED) | (named != UNLISTED)
        columns = [
            operator,
            np.where(listed | self.pseudo[registration], _NOWHERE, registration),
            np.where(listed, each.epoch[asked], 0),
            named,
        ]
        distinct = combinations(columns)
        questions = zip(*(column[distinct.row_of].tolist() for column in columns), strict=True)
        rows = [self._control(*question) for question in questions]
        answers[asked] = np.array(rows, dtype=np.int64)[distinct.ids]
        return answers

    def _control(self, operator: int, registration: int, epoch: int, named: int) -> int:
        if named != UNLISTED:
            return self.grounds.control_joint(None if operator == UNLISTED else operator, named, epoch)
        if operator == UNLISTED:
            return self.grounds.control_unlisted(self.countries[registration])
        return self.grounds.control(operator, epoch)

    def _place_columns(self, grounds: Sequence[Ground], place: Numbers, importer: Numbers) -> list[pl.Series]:
        named = [each.shown for each in self.grounds.importers]
        answers = self.grounds.places
        none = len(_FIXED)
        by_answer = [*([None] * none), *(answer.importer for answer in answers)]
        answered = place >= none
        shown = np.where(answered, len(named) + place, importer)
        entries = [*([""] * none), *(" ".join(answer.entries) for answer in answers)]
        elsewhere = [*([False] * none), *(answer.named_elsewhere for answer in answers)]
        return [
            _picked("register_entries", entries, pl.String, place),
            _picked("named_elsewhere", elsewhere, pl.Boolean, place),
            _picked("place_verdict", [ground.verdict for ground in grounds], schema.PLACE_VERDICTS, place),
            _picked("place_reason", [ground.reason for ground in grounds], schema.PLACE_REASONS, place),
            _picked("mechanism", [ground.mechanism for ground in grounds], pl.String, place),
            _picked("importer", [*named, *by_answer], pl.String, shown),
        ]

    def _control_columns(self, control: Numbers) -> list[pl.Series]:
        # Of all answers only those that this batch has: lists are slow to make.
        present, position = np.unique(control, return_inverse=True)
        answers = [self.grounds.controls[row] for row in present.tolist()]
        parents = [self.grounds.parents[row] for row in present.tolist()]
        where = _index(position)
        return [
            _picked("control_verdict", [answer.verdict for answer in answers], schema.CONTROL_VERDICTS, position),
            _picked("control_reason", [answer.reason for answer in answers], schema.CONTROL_REASONS, position),
            lists_of_words([answer.countries for answer in answers], schema.COUNTRY_LIST)[where].alias(
                "control_countries"
            ),
            lists_of_words([answer.laws for answer in answers], schema.LAW_LIST)[where].alias("reach_laws"),
            _picked("operator_parent", parents, schema.PARENTS, position),
            _picked("control_country", [answer.country for answer in answers], pl.String, position),
        ]


def _base(far: FarEnds) -> Numbers:
    """Why an address cannot be asked for, or ASKED."""
    base = np.full(len(far.kind), ASKED, dtype=np.int64)
    base[far.answer == _UNPLACED] = NO_SOURCE
    base[far.flags & precedence.GLOBAL != 0] = GLOBAL
    base[far.flags & precedence.ANYCAST != 0] = ANYCAST
    base[far.kind == AddressKind.private] = PRIVATE
    return base


def _standing(base: Numbers, told: Flags) -> Numbers:
    """Whether an address has a place for a name to speak of: `judged_names.PLACED`, `NOWHERE` or `UNKNOWN_NETWORK`."""
    standing = np.where(base == ASKED, PLACED, NOWHERE)
    standing[base == PRIVATE] = UNKNOWN_NETWORK
    return np.where(told, PLACED, standing)


def ground_unasked(far: FarEnds, row: int = 0) -> Ground | None:
    """Ground of a far end that the law need not be asked about, when no file of ours names it; None when it must be."""
    if far.kind[row] == AddressKind.confined:
        return _FIXED[INTERNAL]
    base = int(_base(far)[row])
    return None if base == ASKED else _FIXED[_FIRST_UNPLACED + base]


def _relation(oriented: Oriented, confined: NDArray[np.bool_]) -> Numbers:
    """Tell how each record relates to the law."""
    relation = np.full(len(oriented.remote), JUDGED, dtype=np.int64)
    relation[oriented.direct_collection] = DIRECT_COLLECTION
    relation[oriented.remote_role == STAFF] = OWN_STAFF
    relation[oriented.remote_role == OURS] = INTERNAL
    relation[(oriented.remote_role == STRANGER) & confined[oriented.remote]] = INTERNAL
    return relation


def _picked(name: str, table: Sequence[object], dtype: pl.DataType | type[pl.DataType], position: Numbers) -> pl.Series:
    return pl.Series(name, table, dtype=dtype)[_index(position)]


def _index(position: Numbers) -> pl.Series:
    return pl.Series(position.astype(np.uint32))


def _array(values: Iterable[int], none: int) -> Numbers:
    """Numbers by position, and one more for position -1: nobody."""
    return np.array([*values, none], dtype=np.int64)
