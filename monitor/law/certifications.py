"""The certifications that importers hold under a framework, such as the EU-US Data Privacy Framework, with their days.

Decides whether one certification holds at a moment. It refuses to know whether the framework itself was in force then.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from datetime import UTC, datetime, tzinfo
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, PrivateAttr, ValidationError, ValidationInfo, field_validator

from monitor.document import Document, Listed, Written, fit, repeated
from monitor.fields import Day, Surroundings, Text, digest_of
from monitor.law.days import LastDay, Span
from monitor.law.participants import NamedList, ParticipantList, read_participants, unknown_names
from monitor.wording import Unfit, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.problem import Problem

Framework = Literal["us_dpf", "us_privacy_shield", "us_safe_harbour", "ca_pipeda"]


class Certification(Written):
    """One importer's certification under one framework."""

    framework: Framework = Field(examples=["us_dpf"])
    importer: Text = Field(examples=["example"])
    covers: Listed[Literal["hr", "non_hr"]] = Field(default=(), validate_default=True)
    valid_from: Day = Field(examples=["2023-09-01"])
    valid_to: LastDay = None
    source: Text = Field(examples=['"DPF list, read 2026-10-01"'])
    verified: bool = True
    _timezone: tzinfo = PrivateAttr(default=UTC)

    @field_validator("covers")
    @classmethod
    def _american_lists_say_what(cls, covers: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        framework: str = info.data.get("framework", "")
        if framework.startswith("us_") and not covers:
            raise Unfit(
                f"a certification under {framework} says which data it covers",
                "Write `covers: [non_hr]`; hr is the data of the exporter's own employees.",
            )
        return covers

    def model_post_init(self, context: Any, /) -> None:  # noqa: ANN401 - pydantic passes whatever the loader gave it
        """Keep the zone in which the certification's days begin and end."""
        if isinstance(context, Surroundings):
            self._timezone = context.timezone

    @property
    def begins(self) -> datetime:
        """The first instant of the first day, in UTC."""
        return self._span.begins

    @property
    def ends(self) -> datetime:
        """The first instant after the last day, in UTC; the end of time when it is open."""
        return self._span.ends

    @cached_property
    def _span(self) -> Span:
        return Span.declared(self.valid_from, self.valid_to, self._timezone)

    def holds(self, moment: datetime) -> bool:
        """Somebody checked it, and the moment lies on one of its days, both included."""
        return self.verified and self.begins <= moment < self.ends


class Certifications(Written):
    """The whole of certifications.yaml."""

    certifications: Listed[Certification] = Field(default=(), examples=["[...]"])
    lists: Listed[NamedList] = ()
    _timezone: tzinfo = PrivateAttr(default=UTC)
    _participants: tuple[ParticipantList, ...] = PrivateAttr(default=())

    @property
    def participants(self) -> tuple[ParticipantList, ...]:
        """The lists that the file names, as they were read."""
        return self._participants

    def model_post_init(self, context: Any, /) -> None:  # noqa: ANN401 - pydantic passes whatever the loader gave it
        """Keep the zone in which days begin and end."""
        if isinstance(context, Surroundings):
            self._timezone = context.timezone

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the content, the zone of its days and the lists, in hex."""
        own = digest_of(self, self._timezone)
        if not self.participants:
            return own
        return hashlib.sha256(" ".join([own, *(each.digest for each in self.participants)]).encode()).hexdigest()

    def change_instants(self) -> tuple[datetime, ...]:
        """Every instant, in UTC, at which a certification starts or stops to hold."""
        instants = {instant for entry in self.certifications for instant in (entry.begins, entry.ends)}
        return tuple(sorted(instants - {datetime.max.replace(tzinfo=UTC)}))


def fit_certifications(
    document: Document, problems: list[Problem], surroundings: Surroundings, directory: Path | None = None
) -> Certifications | None:
    """The certifications of a file that was opened; None with its problems added when anything in it is wrong.

    `directory`: where the lists lie that it names.
    """
    certifications = fit(document, Certifications, problems, context=surroundings)
    keys = ("framework", "importer", "covers", "valid_from")
    found = [
        document.problem(
            ("certifications", place), f"certifications[{first}] already says the same.", "Remove one of the two."
        )
        for first, place in repeated(document.data, "certifications", keys)
    ]
    problems.extend(found)
    before = len(problems)
    participants = tuple(_participants(document, directory or Path(), problems))
    if certifications is None or found or len(problems) > before:
        return None
    certifications._participants = participants  # noqa: SLF001 - read beside the file, not written in it
    return certifications


def _participants(document: Document, directory: Path, problems: list[Problem]) -> Iterator[ParticipantList]:
    """The lists behind the names; a name that no list holds is a problem of the file that writes it."""
    for place, named in _named_lists(document):
        path = directory / named.file
        if not path.is_file():
            what, remedy = f"there is no file {path}.", "Write a path from the folder of transferwatch.yaml."
            problems.append(document.problem(("lists", place, "file"), what, remedy))
            continue
        participants = read_participants(named, path, problems)
        if participants is None:
            continue
        for written, remedy in unknown_names(named, path):
            what = f"the list has no participant {shown(written)}."
            problems.append(document.problem(("lists", place, "importers", written), what, remedy, at_key=True))
        yield participants


def _named_lists(document: Document) -> Iterator[tuple[int, NamedList]]:
    """The lists that are named soundly, whatever else is wrong in the file: one run shows everything."""
    written = document.data.get("lists")
    for place, entry in enumerate(written if isinstance(written, list) else []):
        with suppress(ValidationError):
            yield place, NamedList.model_validate(entry)
