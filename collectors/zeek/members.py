"""Which members of a JSON record are read, and as what: those of Zeek's own logs and of its usual additions.

Decides what is an attribute of a JSON record; a member that is not listed here is not kept.

Source: Zeek, base/protocols/*/main.zeek and policy/protocols/* (docs.zeek.org), read 2026-11.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from collectors.json_lines import As, Field, Items, Wanted
from collectors.zeek.fields import LOGS, Sort

if TYPE_CHECKING:
    from collections.abc import Mapping

ITEM: Final = "item"

_SORTS: Final = {
    Sort.TIME: As.TIME,
    Sort.SECONDS: As.NUMBER,
    Sort.COUNT: As.WHOLE,
    Sort.PORT: As.WHOLE,
    Sort.ADDRESS: As.WORD,
    Sort.TEXT: As.TEXT,
    Sort.WORD: As.WORD,
}
# Of the fields that `fields` lists, those whose JSON is another.
_OTHERWISE: Final = {
    "trans_id": As.WHOLE,
    "rtt": As.NUMBER,
    "request_body_len": As.WHOLE,
    "response_body_len": As.WHOLE,
    "auth_success": As.FLAG,
    "percent_lost": As.NUMBER,
}
_WORDS: Final = {
    "conn": ("orig_l2_addr", "resp_l2_addr"),
    "dns": ("qclass_name", "opcode_name"),
    "ssl": (
        "version", "cipher", "curve", "last_alert", "next_protocol", "ssl_history", "subject", "issuer",
        "client_subject", "client_issuer", "validation_status", "ja3", "ja3s", "ja4",
    ),
    "quic": ("version", "client_protocol", "history"),
    "http": ("method", "version", "user_agent", "origin", "status_msg", "info_msg", "username", "password"),
    "ssh": (
        "direction", "client", "server", "cipher_alg", "mac_alg", "compression_alg", "kex_alg", "host_key_alg",
        "host_key", "host_key_fingerprint", "remote_location.country_code", "remote_location.region",
        "remote_location.city",
    ),
    "rdp": (
        "security_protocol", "keyboard_layout", "client_build", "client_name", "client_dig_product_id",
        "requested_color_depth", "cert_type", "encryption_level", "encryption_method",
    ),
}  # fmt: skip
_TEXTS: Final = {"conn": ("community_id",), "dns": ("community_id",), "ssl": ("community_id",)}
_COUNTS: Final = {
    "conn": ("vlan", "inner_vlan", "pppoe_session_id"),
    "dns": ("qclass", "qtype", "rcode", "Z", "opcode"),
    "http": ("trans_depth", "status_code", "info_code"),
    "ssh": ("version", "auth_attempts"),
    "rdp": ("desktop_width", "desktop_height", "cert_count"),
    "capture_loss": ("gaps", "acks"),
}
_FLAGS: Final = {
    "conn": ("local_orig", "local_resp"),
    "dns": ("AA", "TC", "RD", "RA", "rejected"),
    "ssl": ("resumed", "established", "sni_matches_cert"),
    "rdp": ("cert_permanent",),
}
_NUMBERS: Final = {"ssh": ("remote_location.latitude", "remote_location.longitude")}
_LISTS: Final = {
    "conn": ("tunnel_parents",),
    "dns": ("auth", "addl"),
    "ssl": ("cert_chain_fps", "client_cert_chain_fps"),
    "http": (
        "tags", "proxied", "orig_fuids", "orig_filenames", "orig_mime_types", "resp_fuids", "resp_filenames",
        "resp_mime_types",
    ),
    "rdp": ("client_channels",),
}  # fmt: skip
_OF_ALL: Final = {"_system_name": As.WORD}


def members(log: str) -> Mapping[str, As]:
    """Members of a log's records that are no arrays, by their name."""
    own = {
        name: _OTHERWISE.get(name) or _SORTS[sort]
        for name, sort in LOGS[log].items()
        if sort is not Sort.LIST and name not in _LISTS.get(log, ())
    }
    more = ((_WORDS, As.WORD), (_TEXTS, As.TEXT), (_COUNTS, As.WHOLE), (_FLAGS, As.FLAG), (_NUMBERS, As.NUMBER))
    for names, kind in more:
        own |= dict.fromkeys(names.get(log, ()), kind)
    return own | _OF_ALL


def lists(log: str) -> tuple[str, ...]:
    """Members of a log's records that are arrays."""
    own = tuple(name for name, sort in LOGS[log].items() if sort is Sort.LIST)
    return own + _LISTS.get(log, ())


def wanted(log: str, *, underscored: bool) -> Wanted:
    """What to read of a log's records; `underscored`: the ends are spelled `id_orig_h`."""

    def spelled(name: str) -> str:
        return name.replace("id.", "id_", 1) if underscored and name.startswith("id.") else name

    return Wanted(
        fields=tuple(Field(name, (spelled(name),), kind) for name, kind in members(log).items()),
        items=tuple(
            Items(name, (name,), (Field(ITEM, (), As.NUMBER if name == "TTLs" else As.TEXT),)) for name in lists(log)
        ),
    )
