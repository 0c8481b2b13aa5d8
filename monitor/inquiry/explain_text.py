"""Print an explanation for a person: Place, Network, Operator, Law, Verdict, with the source behind each fact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.text import Text

from monitor.inquiry.explain import NO_QUERY
from monitor.inquiry.explain_name import name_rows
from monitor.inquiry.fact_text import (
    SOURCE,
    STYLES,
    UNVERIFIED,
    Row,
    law_rows,
    named,
    print_section,
    row,
    standing_rows,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from monitor.law.standing import Facts

_REACH: Final = {
    "global": "a global address",
    "private": "a private address: inside some organisation's networks, which may lie in several countries",
    "confined": "an address that cannot leave the site",
    "unattributable": "a global address whose bits do not tell the far end",
}
_CONFIDENCE: Final = {
    "stated": "by the operator of the network or by the site itself",
    "agreed": "databases that do not copy each other say the same",
    "single": "one database, as of the day that it names",
    "none": "nobody",
}
_ROLES: Final = {"place": "place", "candidate": "candidate", "seat": "seat of an owner"}
_NOBODY_ASKED_BEFORE: Final = "1998-10-24"  # the day by which Directive 95/46/EC had to be transposed
_EMBEDDING: Final = {"nat64": "NAT64 (RFC 6052)", "6to4": "6to4 (RFC 3056)"}


def print_explanation(explanation: Facts, console: Console) -> None:
    """Print it in five sections, of a name in six; the width is the console's."""
    console.print()
    _print_head(explanation, console)
    if explanation["name"]:
        print_section(console, "Name", name_rows(explanation["name"]))
    print_section(console, "Place", _place_rows(explanation))
    print_section(console, "Network", _network_rows(explanation["network"]))
    print_section(console, "Operator", _operator_rows(explanation))
    print_section(console, "Law", _law_rows(explanation["law"]))
    print_section(console, "Verdict", _verdict_rows(explanation["verdict"]))
    console.print(Text(f"`uncovered` says that this tool knows no ground, not that there is none. {NO_QUERY}", SOURCE))


def _print_head(explanation: Facts, console: Console) -> None:
    """The thing that was asked for, the day, and both verdicts in one line."""
    address, name = explanation["address"], explanation["name"]
    canonical = (address or name)["canonical"]
    title = Text.assemble((canonical, "bold"))
    if explanation["asked"].strip() != canonical:
        title.append(f"  asked as {explanation['asked'].strip()}", SOURCE)
    title.append(f"  under the law of {explanation['at'][:16].replace('T', ' ')} UTC", SOURCE)
    console.print(title)
    if address:
        console.print(Text(_address_words(address)))
    else:
        console.print("a host name: it tells whose service it is; where, only beside an address", highlight=False)
    verdict = explanation["verdict"]
    line = Text.assemble("place ", _verdict(verdict["place"]), ", control ", _verdict(verdict["control"]))
    if verdict["control"]["countries"]:
        codes = ", ".join(verdict["control"]["countries"])
        line.append(f" (candidate {codes})" if verdict["control"]["reason"] == "operator_unlisted" else f" ({codes})")
    console.print(line)
    console.print()


def _address_words(address: Facts) -> str:
    words = _REACH[address["reach"]]
    if address["block"]:
        words += f"; {address['block']}, {address['purpose']}"
    if address["embedded_ipv4"]:
        words += f"; carries {address['embedded_ipv4']} inside, {_EMBEDDING[address['embedding']]}, and is told by it"
    return words


def _verdict(side: Facts) -> Text:
    text = Text.assemble((side["verdict"], STYLES.get(side["verdict"], "")))
    if side["reason"]:
        text.append(f"/{side['reason']}")
    return text


def _place_rows(explanation: Facts) -> Iterator[Row]:
    place, reason = explanation["place"], explanation["place"]["reason"]
    if place["country"]:
        region = f", {place['region']}" if place["region"] else ""
        yield row("country", Text.assemble((named(place["country"], place["country_name"]), "bold"), region))
        yield row("confidence", f"{place['confidence']}: {_CONFIDENCE[place['confidence']]}")
    elif explanation["verdict"]["place"]["verdict"] == "internal":
        yield row("country", "none is asked for")
    elif reason == "several_candidates":
        yield row("country", Text.assemble(("one of several", STYLES["undetermined"]), ", sources differ"))
    else:
        yield row("country", Text.assemble(("undetermined", STYLES["undetermined"]), f", {reason}"))
    if not place["country"]:
        for candidate in place["candidates"]:
            yield row("candidate", named(candidate["country"], candidate["country_name"]))
    for word in place["said"]:
        yield row("says" if word["counts"] else "overruled", _said_words(word), _package(word))
    anycast = place["anycast"]
    if anycast:
        block = Text(f"{anycast['prefix']} {anycast['name']}, {anycast['what']}")
        listed = f"{anycast['file']}, read {anycast['read']}: {anycast['source']}"
        yield Row("anycast", block, listed, anycast["verified"])
    if any(word["counts"] and explanation["at"] < word["published"] for word in place["said"]):
        yield row("as of", "a source is younger than the day asked about: it may have lain elsewhere then")
    age = explanation["atlas_age"]
    if age and age["far"] and explanation["address"]:
        of = f"the atlas, of {age['oldest']} to {age['newest']},"
        words = f"{of} and the day asked about lie {abs(age['days'])} days apart"
        yield row("as of", f"{words}: it may have lain elsewhere then")


def _said_words(word: Facts) -> str:
    if word["says"] is None:
        return "announced everywhere, or in no one place"
    if word["name"] is None or word["name"] == word["says"]:
        return f"{word['says']}, which is no country"
    return named(word["says"], word["name"])


def _network_rows(network: Facts | None) -> Iterator[Row]:
    if network is None:
        return
    if network["as_number"]:
        words = Text.assemble((f"AS{network['as_number']}", "bold"), f" {network['as_name'] or ''}")
        yield row("announced by", words, _package(network["source"]))
    if network["registration_country"]:
        country = named(network["registration_country"], network["registration_name"])
        source = _package(network["registration_source"])
        yield row("registered in", f"{country}, a candidate for control and never a place", source)


def _operator_rows(explanation: Facts) -> Iterator[Row]:
    operator, name = explanation["operator"], explanation["name"]
    for former in name["formerly"] if name else ():
        yield row(
            "formerly", f"{former['value']} was {former['operator']}'s up to {former['last_day']}", "rules/operators"
        )
    if not operator["listed"]:
        yield row("name", _unlisted_words(explanation))
        return
    hosts = "hosts others" if operator["hosts_others"] else "hosts no others"
    kinds = f": {', '.join(operator['kinds'])}; {hosts}"
    yield row("name", Text.assemble((operator["name"], "bold"), f" ({operator['id']})", kinds))
    found = operator["found"]
    by = (
        f"{found['value']}, listed as {found['listed_as']}"
        if found["by"] == "as_number"
        else f"suffix {found['value']}"
        if found["by"] == "domain"
        else f"its own statement, {found['value']}"
    )
    if found["last_day"]:
        by += f", up to {found['last_day']}"
    yield Row("found by", Text(by), found["source"], found["verified"])
    yield from (_owner_row("owner then", owner) for owner in operator["path"])
    yield from (_owner_row("other times", owner) for owner in operator["other_owners"])
    checked = f"ownership {operator['status']}"
    if operator["confidence"]:
        checked += f", confidence {operator['confidence']}"
    yield row("checked", checked, style="" if operator["status"] == "verified" else UNVERIFIED)
    if operator["pending_change"]:
        yield row("pending", "the owner may have changed since the last page read", style=UNVERIFIED)
    for key, said in (("open", operator["open_points"]), ("changes", operator["changes"])):
        if said:
            yield row(key, said, style=UNVERIFIED)
    yield from (row("notes", note) for note in operator["notes"])
    yield from (_qualification_row(each) for each in operator["qualifications"])
    if operator["dpf_hint"]:
        yield row("DPF", operator["dpf_hint"])


def _qualification_row(qualification: Facts) -> Row:
    service = qualification["service"] or "a service that no source names"
    said = f"{qualification['scheme']}: {service}, {qualification['status'].replace('_', ' ')}"
    said += f", from {qualification['from']}" if qualification["from"] else f", known since {qualification['stated']}"
    if qualification["to"]:
        said += f", before {qualification['to']}"
    if not qualification["in_force"]:
        said += "; not known to hold then"
    return Row("qualified", Text(said), qualification["source"], qualification["verified"])


def _unlisted_words(explanation: Facts) -> str:
    network = explanation["network"]
    if explanation["name"]:
        return "no operator's suffix ends this name"
    if network and network["as_number"]:
        return f"AS{network['as_number']} is not in the operator table; a register names it as{network['as_number']}"
    return "no network is known to announce it, so no operator is known by it"


def _owner_row(key: str, owner: Facts) -> Row:
    words = Text(f"{owner['entity']}, {named(owner['country'], owner['country_name'])}")
    if days := _days(owner["from"], owner["to"]):
        words.append(f", {days}")
    return Row(key, words, owner["source"], owner["verified"])


def _law_rows(law: Facts) -> Iterator[Row]:
    for country in law["countries"]:
        role = ", ".join(_ROLES[role] for role in country["roles"])
        yield from standing_rows("country", country, role, whole="place" in country["roles"])
    for reaching in law["reaching"]:
        yield from _reach_rows("reaches it", reaching)
    for other in law["at_other_times"]:
        yield from _reach_rows("other times", other)
    for other in law["not_in_force"]:
        yield from _reach_rows("not then", other)
    yield from (row("no law", f"{each['code']}: {each['name']}", each["source"]) for each in law["markers"])


def _reach_rows(key: str, law: Facts) -> Iterator[Row]:
    yield from law_rows(key, law)
    if days := _days(law["reaches_from"], law["reaches_to"]):
        yield row("", f"reaches the operator {days}")


def _days(begins: str | None, ends: str | None) -> str:
    said = [f"from {begins}"] if begins else []
    said += [f"until {ends} (first day without)"] if ends else []
    return ", ".join(said)


def _verdict_rows(verdict: Facts) -> Iterator[Row]:
    yield row("place", _sentence(verdict["place"]))
    yield row("control", _sentence(verdict["control"]))
    importer = verdict["importer"]
    yield row("importer", f"{importer['name']}, {importer['why']}" if importer["name"] else importer["why"])
    yield row("judged for", verdict["assumes"])
    for key, words in (("before", "until {}"), ("after", "from {} on")):
        other = verdict[key]
        if other and other["changed_on"] > _NOBODY_ASKED_BEFORE:
            line = Text(words.format(other["changed_on"]) + ": place ").append_text(_verdict(other["place"]))
            yield row(key, line.append(", control ").append_text(_verdict(other["control"])))
    for change in verdict["would_change"]:
        day = f"{change['on']}: " if change["on"] else ""
        yield row("changed by", f"{change['axis']}: {day}{change['what']}")


def _sentence(side: Facts) -> Text:
    text = _verdict(side).append(f": {side['says']}")
    if side.get("mechanism"):
        text.append(f", {side['mechanism']}")
    if side.get("laws"):
        codes = ", ".join(side["laws"])
        text.append(f": {codes}" if side["reason"] == "law" else f"; {codes} reaches it and does not decide")
    return text


def _package(source: Facts | None) -> str | None:
    if source is None:
        return None
    version = f" {source['version']}" if source["version"] else ""
    return f"{source['source']}{version}, {source['published']}"
