"""What happens: every story of the world, with what is true of the conversations that it makes.

A story states its truth by role: who starts, what for, on which ground. Nothing is worked out from addresses.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from monitor.world.far_ends import ABROAD
from monitor.world.standing import LISTED_IMPORTERS_ONLY, Place

EVERY_DAY: Final = (1.0, 1.0, 1.0, 1.0, 1.0, 0.4, 0.4)
DAILY: Final = (1.0,) * 7
SCANS: Final = (1.0, 5.0, 1.0, 1.0, 1.0, 1.0, 1.0)
CDN_DAY: Final = (0.2, 0.2, 6.0, 0.2, 0.2, 0.1, 0.1)
MON, TUE, WED, THU, FRI, SAT, SUN = (tuple(1.0 if day == only else 0.0 for day in range(7)) for only in range(7))
ROAD: Final = (0.0, 0.0, 0.0, 1.0, 0.3, 0.0, 0.0)

OWN_STAFF: Final = Place("not_a_transfer", "own_staff")
DIRECT: Final = Place("not_a_transfer", "direct_collection")
ANYCAST: Final = Place("undetermined", "anycast")


@dataclass(frozen=True, slots=True)
class Story:
    """Conversations of one kind. `exchanges` counts a week at scale 1; `week` weighs its days, Monday first.

    A story that `grows` reaches its `exchanges` in the scenario's last week (`course.grown`).

    `starter` is who initiates as far as a record can show it: `ours`, `theirs`, or `nobody` where ports and flags do not tell.
    `ports` are the ports of the end that did not start (`nobody`: ours). `place` and `importer` null: by the far end's standing.
    """

    id: str
    exchanges: int
    way: str
    hosts: str
    far: tuple[str, ...]
    ports: tuple[int, ...]
    activity: str = "data"
    starter: str = "ours"
    protocol: int = 6
    size: str = "web"
    hours: str = "office"
    week: tuple[float, ...] = EVERY_DAY
    v6_share: float = 0.0
    place: Place | None = None
    importer: str | None = None
    action: str = "ACCEPT"
    damage: str = ""
    client_ports: str = "dynamic"
    inside: bool = field(default=False)
    grows: bool = field(default=False)


def _s(name: str) -> Place:
    return Place("safeguarded", None, name)


_WEB: Final = (443, 443, 443, 80)
_SCANNED: Final = (22, 23, 80, 443, 445, 1433, 3306, 3389, 5432, 5900, 6379, 8080, 9200, 27017)
_CORE_NAT: Final = (
    "hetzner",
    "scaleway",
    "ovh",
    "outscale",
    "azure_frankfurt",
    "digitalocean_frankfurt",
    "oracle_marseille",
)

# fmt: off
# ruff: noqa: E501 - one story a line reads as the table that it is
STORIES: Final = (
    # The Internet's noise: 100 000 lines that carry nothing.
    Story("scan_portal", 74_000, "only_in", "portal", (ABROAD,), _SCANNED, "probe", "theirs", size="syn", hours="flat", week=SCANS, v6_share=0.08, action="REJECT"),
    Story("scan_udp", 5_000, "only_in", "portal", (ABROAD,), (53, 123, 161, 1900, 5060), "probe", "theirs", 17, "dns", "flat", SCANS, action="REJECT"),
    Story("scan_ping", 1_000, "only_in", "portal", (ABROAD,), (0,), "probe", "nobody", 1, "ping", "flat", SCANS, action="REJECT", client_ports="none"),
    Story("scan_bastion", 8_000, "only_in", "admin", (ABROAD,), (22, 3389), "probe", "theirs", size="syn", hours="flat", week=SCANS, v6_share=0.05, action="REJECT"),
    Story("scan_nat", 6_000, "nat_only_in", "warehouse", (ABROAD,), _SCANNED, "probe", "theirs", size="syn", hours="flat", week=SCANS, action="REJECT"),
    Story("scan_handshake", 2_500, "direct", "portal", (ABROAD,), (443, 80), "probe", "theirs", size="syn", hours="flat", week=SCANS, v6_share=0.08),
    Story("scan_empty_udp", 700, "only_in", "portal", (ABROAD,), (443,), "probe", "theirs", 17, "empty_udp", "flat", SCANS, v6_share=0.1),
    Story("scan_low_ports", 300, "only_in", "portal", (ABROAD,), (22, 23, 25), "probe", "nobody", size="syn", hours="flat", week=SCANS, action="REJECT", client_ports="53"),
    # The portal serves strangers: direct collection wherever they sit.
    Story("patients_abroad", 17_000, "direct", "portal", (ABROAD,), _WEB, "web", "theirs", hours="evening", v6_share=0.32, place=DIRECT),
    Story("patients_france", 16_000, "direct", "portal", ("orange_home", "free_home"), _WEB, "web", "theirs", hours="evening", v6_share=0.35, place=DIRECT),
    Story("patients_britain", 2_000, "direct", "portal", ("bt_home",), _WEB, "web", "theirs", hours="evening", v6_share=0.3, place=DIRECT),
    Story("patients_quic", 3_000, "direct", "portal", (ABROAD,), (443,), "web", "theirs", 17, "quic", "evening", v6_share=0.4, place=DIRECT),
    # What the environment does all day.
    Story("nat_updates", 5_000, "nat", "warehouse", _CORE_NAT, _WEB, hours="flat", week=DAILY),
    Story("v6_updates", 3_000, "direct", "warehouse", ("hetzner", "scaleway", "azure_frankfurt"), _WEB, hours="flat", week=DAILY, v6_share=1.0),
    Story("nat64", 60, "direct", "workbench", ("hetzner_nat64",), (443,), v6_share=1.0),
    Story("zurich_mirror", 400, "nat", "workbench", ("google_zurich", "infomaniak"), (443,)),
    Story("owners_afar", 300, "nat", "workbench", ("exoscale_vienna", "gcore_disputed"), (443,)),
    Story("london_archive", 300, "direct", "workbench", ("aws_london",), (443,), size="upload", v6_share=0.3),
    Story("brussels_batch", 300, "nat", "workbench", ("google_belgium",), (443,), size="upload"),
    Story("paris_storage", 5_000, "endpoint", "warehouse", ("aws_paris_s3",), (443,), size="upload", hours="flat", week=DAILY, v6_share=0.2),
    Story("migration_objects", 1_200, "nat", "warehouse", ("scaleway",), (443,), size="upload", hours="night", week=(0, 0, 0, 0, 0, 1.0, 1.0)),
    Story("migration_cluster", 60, "nat", "admin", ("scaleway",), (6443,), "admin", size="session"),
    # The course of the quarter: what the new hosts do for themselves, more from week to week.
    Story("new_host_updates", 6_000, "new_host", "migrated", ("hetzner", "scaleway", "ovh"), _WEB, hours="flat", week=DAILY, v6_share=0.3, grows=True),
    Story("new_host_objects", 6_000, "new_host", "migrated", ("scaleway",), (443,), size="upload", hours="flat", week=DAILY, v6_share=0.2, grows=True),
    Story("new_host_backup", 300, "new_host", "migrated", ("scaleway", "outscale"), (443,), size="bulk", hours="night", week=DAILY, grows=True),
    Story("odd_ports", 300, "direct", "warehouse", ("scaleway",), (50010, 50011), size="short_upload", hours="night", week=DAILY),
    Story("media_relay", 200, "direct", "workbench", ("ovh",), (50010,), starter="nobody", protocol=17, size="quic", client_ports="above"),
    Story("clock", 500, "direct", "warehouse", ("ovh", "infomaniak"), (123,), starter="nobody", protocol=17, size="ntp", hours="flat", week=DAILY, client_ports="same"),
    Story("ping_new_site", 150, "nat", "admin", ("scaleway",), (0,), "other", "nobody", 1, "ping", "flat", DAILY, client_ports="none"),
    Story("tunnel_new_site", 120, "direct", "admin", ("scaleway",), (0,), "other", "nobody", 50, "upload", "flat", DAILY, client_ports="none"),
    Story("portal_database", 6_000, "peered", "portal", ("host:warehouse",), (5432,), hours="evening", v6_share=0.15, inside=True),
    Story("cluster", 3_500, "inside", "warehouse", ("host:warehouse",), (5432, 2049), hours="flat", week=DAILY, v6_share=0.1, inside=True),
    Story("images", 700, "inside", "imaging", ("host:warehouse",), (11112,), size="upload", inside=True),
    Story("admin_inside", 500, "inside", "admin", ("host:warehouse", "host:workbench"), (22,), "admin", size="session", inside=True),
    Story("ping_inside", 200, "inside", "admin", ("host:warehouse",), (0,), "other", "nobody", 1, "ping", "flat", DAILY, client_ports="none", inside=True),
    Story("migration_copy", 400, "to_new_host", "warehouse", ("host:migrated",), (873,), size="upload", hours="night", week=(0, 0, 0, 0, 0, 1.0, 1.0), inside=True),
    Story("multicast", 40, "only_out", "imaging", ("mdns_group",), (5353,), "dns", "nobody", 17, "dns", "flat", DAILY, client_ports="same", inside=True),
    # Resolvers.
    Story("anycast_resolver", 1_500, "nat", "warehouse", ("quad9", "google_dns"), (53,), "dns", protocol=17, size="dns", hours="flat", week=DAILY, place=ANYCAST),
    Story("anycast_resolver_v6", 600, "direct", "workbench", ("quad9",), (53, 853), "dns", size="tls_dns", hours="flat", week=DAILY, v6_share=1.0, place=ANYCAST),
    Story("resolver_korea", 300, "nat", "imaging", ("kt_resolver",), (53,), "dns", protocol=17, size="dns", hours="flat", week=DAILY),
    Story("resolver_turkey", 400, "nat", "imaging", ("turktelekom_resolver",), (53,), "dns", protocol=17, size="dns", hours="flat", week=MON),
    # Wednesday: content networks.
    Story("cdn_portal", 7_000, "direct", "portal", ("cloudflare", "fastly"), (443,), hours="office", week=CDN_DAY, v6_share=0.4, place=ANYCAST),
    Story("cdn_workbench", 900, "nat", "workbench", ("cloudflare", "fastly"), (443,), hours="office", week=CDN_DAY, place=ANYCAST),
    # Thursday: an administrator on the road, first in our Tokyo office's network, then from a hotel that no file names.
    Story("road_tokyo_ssh", 120, "direct", "admin", ("staff_tokyo",), (22,), "admin", "theirs", size="session", hours="night", week=ROAD, place=OWN_STAFF),
    Story("road_tokyo_portal", 80, "direct", "portal", ("staff_tokyo",), (443,), "web", starter="theirs", hours="night", week=ROAD, place=OWN_STAFF),
    Story("road_hotel_ssh", 24, "direct", "admin", ("hotel_rabat",), (22,), "admin", "theirs", size="session", hours="evening", week=THU),
    # Friday: vendors help from afar: one has no entry in the register, one has an entry that cannot work, one has a good one.
    Story("support_india_rdp", 90, "direct", "imaging", ("support_india",), (3389,), "admin", "theirs", size="session", hours="night", week=FRI),
    Story("support_india_ssh", 40, "direct", "imaging", ("support_chennai",), (22,), "admin", "theirs", size="session", hours="night", week=FRI, place=Place("uncovered", "entry_insufficient"), importer="Coromandel Device Care"),
    Story("support_boston_rdp", 70, "direct", "imaging", ("support_boston",), (3389,), "admin", "theirs", size="session", hours="evening", week=FRI, place=_s("T-2026-003"), importer="Beacon Imaging Service LLC"),
    # Saturday: a copy of the warehouse goes to a US region; nobody knows the tenant.
    Story("backup_virginia", 500, "nat", "warehouse", ("aws_virginia_s3",), (443,), size="bulk", hours="night", week=SAT),
    Story("backup_virginia_v6", 200, "direct", "warehouse", ("aws_us_east_s3",), (443,), size="bulk", hours="night", week=SAT, v6_share=1.0),
    Story("backup_azure", 150, "nat", "warehouse", ("azure_virginia",), (443,), size="bulk", hours="night", week=SAT),
    # Importers: undeclared, declared, lapsed, outside its scope, certified, BCR, derogation, adequate.
    Story("analytics_undeclared", 800, "direct", "portal", ("adobe_analytics",), (443,), hours="evening", week=SUN),
    Story("crm_declared", 500, "direct", "portal", ("salesforce",), (443,), place=_s("T-2026-004"), importer="Salesforce, Inc."),
    Story("files_lapsed", 200, "direct", "portal", ("dropbox",), (443,), size="upload", v6_share=0.3, place=Place("uncovered", "entry_lapsed"), importer="Dropbox International"),
    Story("crm_outside_scope", 150, "nat", "warehouse", ("salesforce",), (443,), size="upload", place=Place("uncovered", "entry_outside_scope"), importer="salesforce"),
    Story("video_certified", 400, "direct", "portal", ("zoom",), (443, 8443), place=Place("adequate", None, LISTED_IMPORTERS_ONLY["US"]), importer="zoom"),
    Story("group_bcr", 250, "direct", "workbench", ("digitalocean_bangalore",), (443,), size="upload", v6_share=0.3, place=_s("T-2026-006"), importer="Meridian Trials Group"),
    Story("clinic_derogation", 60, "direct", "workbench", ("clinic_tunis",), (443,), size="upload", place=Place("derogation", None, "T-2026-007"), importer="Clinique du Lac"),
    Story("peer_boston_push", 700, "vpn", "workbench", ("lab_boston",), (443, 22000), size="upload", place=_s("T-2026-001"), importer="Harbor Genomics Lab"),
    Story("peer_boston_pull", 300, "vpn", "workbench", ("lab_boston",), (443,), starter="theirs", place=_s("T-2026-001"), importer="Harbor Genomics Lab"),
    Story("peer_montreal", 100, "vpn", "workbench", ("lab_montreal",), (443,), importer="laboratoire_montreal"),
    Story("peer_geneva", 200, "direct", "portal", ("institute_geneva",), (443,), "web", starter="theirs", importer="institut_geneve"),
    Story("forgotten_vpn", 90, "vpn", "warehouse", ("forgotten_vpn",), (1521,), place=Place("undetermined", "private_unlisted")),
    # Lines that are not ours, not whole or not about traffic.
    Story("neighbour", 400, "direct", "neighbour", ("hetzner", "aws_paris_s3", "cloudflare"), (443,), hours="flat", week=DAILY),
    Story("too_few_fields", 30, "only_out", "warehouse", ("hetzner",), (443,), damage="too_few_fields", week=DAILY),
    Story("too_many_fields", 30, "only_out", "warehouse", ("hetzner",), (443,), damage="too_many_fields", week=DAILY),
    Story("bad_number", 30, "only_in", "portal", ("orange_home",), (443,), starter="theirs", damage="bad_number", week=DAILY),
    Story("bad_address", 30, "only_in", "portal", ("orange_home",), (443,), starter="theirs", damage="bad_address", week=DAILY),
    Story("end_before_start", 30, "only_out", "warehouse", ("ovh",), (443,), damage="end_before_start", week=DAILY),
    Story("no_time", 20, "only_out", "warehouse", ("ovh",), (443,), damage="no_time", week=DAILY),
    Story("no_data", 900, "only_out", "workbench", ("ovh",), (443,), damage="no_data", hours="flat", week=DAILY),
    Story("no_data_portal", 300, "only_out", "portal", ("ovh",), (443,), damage="no_data", hours="flat", week=DAILY),
    Story("skipped_data", 60, "only_out", "warehouse", ("ovh",), (443,), damage="skip_data", hours="flat", week=DAILY),
)
# fmt: on
