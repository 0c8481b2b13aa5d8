"""What a site says of its sources: which logs, where they are, how they are read, how their store is reached.

Decides which of these go together. It opens nothing: whether a path or a store holds anything is seen when it is read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import AfterValidator, Field

from collectors import KINDS
from collectors.contract import SourceOptions
from monitor.document import Finding, Written, repeated
from monitor.fields import Identifier, Kind, Text, Timezone  # noqa: TC001 - pydantic reads them at run time
from monitor.wording import Unfit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from monitor.yaml_text import Data

_ENDPOINT: Final = re.compile(r"https?://[^\s/@]+(?:/\S*)?")
_SCHEME: Final = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*)://")
# What is said of a store, by the kinds of store that know it.
_STORE_KEYS: Final = {
    "s3": {
        "endpoint", "region", "path_style", "anonymous", "access_key_id", "access_key_id_file", "secret_access_key",
        "secret_access_key_file", "session_token_file",
    },
    "az": {"endpoint", "anonymous", "account", "account_key_file", "sas_token_file"},
    "gs": {"anonymous", "credentials_file"},
}  # fmt: skip


def _endpoint(url: str) -> str:
    if _ENDPOINT.fullmatch(url):
        return url
    raise Unfit("this is not the URL of a store's endpoint", "Write https://s3.example.org.")


class Store(Written):
    """How the object store of a source is reached; what is not said here, the environment says."""

    endpoint: Annotated[Text, AfterValidator(_endpoint)] | None = None
    region: Text | None = None
    path_style: bool = True
    anonymous: bool = False
    access_key_id: Text | None = None
    access_key_id_file: Text | None = None
    secret_access_key: Text | None = Field(default=None, repr=False)
    secret_access_key_file: Text | None = None
    session_token_file: Text | None = None
    account: Text | None = None
    account_key_file: Text | None = None
    sas_token_file: Text | None = None
    credentials_file: Text | None = None


class Source(Written):
    """One source of events; `name` is what reports and metrics call it."""

    type: Kind = Field(examples=["aws_vpc"])
    name: Identifier | None = None
    path: Text = Field(examples=["flow-logs/*.gz"])
    store: Store | None = None
    log_format: Text | None = None
    flows_from: Literal["flow", "netflow"] | None = None
    link_octets: int | None = Field(default=None, ge=0, le=64)
    time_zone: Timezone | None = None
    year: int | None = Field(default=None, ge=1970, le=9_998)
    year_from_month: int = Field(default=1, ge=1, le=12)
    expect_every_seconds: int | None = Field(default=None, gt=0)
    count_at: Literal["endpoints", "forwarders"] = "endpoints"
    join_slack_seconds: float = Field(default=120, ge=0, le=86_400)

    @property
    def options(self) -> SourceOptions:
        """What decoding needs of it."""
        return SourceOptions(
            log_format=self.log_format,
            flows_from=self.flows_from,
            link_octets=self.link_octets,
            time_zone=self.time_zone,
            year=self.year,
            year_from_month=self.year_from_month,
        )


def source_findings(data: Mapping[str, Data]) -> Iterator[Finding]:
    """What is wrong with the sources of a transferwatch.yaml beyond the form of each key."""
    for first, place in repeated(data, "sources", ("name",)):
        yield Finding(("sources", place, "name"), f"sources[{first}] already has this name.", "Give each its own.")
    for first, place in repeated(data, "sources", ("type", "path")):
        yield Finding(("sources", place), f"sources[{first}] already reads this.", "Remove one of the two.")
    sources = data.get("sources")
    for place, source in enumerate(sources if isinstance(sources, list) else []):
        if isinstance(source, dict):
            yield from _store_findings(place, str(source.get("path")), source.get("store"))
        if isinstance(source, dict) and isinstance(source.get("log_format"), str):
            yield from _log_format_findings(place, str(source.get("type")), str(source["log_format"]))


def _store_findings(place: int, path: str, store: Data) -> Iterator[Finding]:
    """A URL of no store, and what is said of a store that it does not know."""
    scheme = _SCHEME.match(path)
    if scheme and scheme["scheme"] not in _STORE_KEYS:
        remedy = f"Write {', '.join(f'{each}://' for each in _STORE_KEYS)}BUCKET/PREFIX, or a path."
        yield Finding(("sources", place, "path"), f"{scheme['scheme']}:// is no object store.", remedy)
    if not isinstance(store, dict):
        return
    if not scheme:
        yield Finding(("sources", place, "store"), "the path is none of an object store.", "Write s3://BUCKET/PREFIX.")
        return
    known = _STORE_KEYS.get(scheme["scheme"], set())
    for key in store:
        if key in Store.model_fields and key not in known:
            what = f"{scheme['scheme']}:// knows no {key}."
            yield Finding(("sources", place, "store", key), what, f"Write one of: {', '.join(sorted(known))}.")
        if f"{key}_file" in store:
            what = f"{key} is given twice."
            yield Finding(("sources", place, "store", f"{key}_file"), what, f"Keep {key} or {key}_file.")


def _log_format_findings(place: int, kind: str, log_format: str) -> Iterator[Finding]:
    """A field order that the source's decoder does not take."""
    try:
        if kind in KINDS:
            KINDS[kind].decoder(SourceOptions(log_format=log_format))
    except ValueError as error:
        remedy = "Write the fields as AWS does: ${version} ${account-id} ${interface-id}."
        yield Finding(("sources", place, "log_format"), f"{error}.", remedy)
