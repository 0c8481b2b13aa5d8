"""The site's own files: settings, inventory, register of declared transfers, certifications.

Written out as text, with the addresses and entries that the stories rely on; a test holds both together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_SETTINGS: Final = """\
site: paris-1
timezone: Europe/Paris
exporter: {name: CHU Exemple, country: FR, role: controller}
inventory: inventory.yaml
register: register.yaml
certifications: certifications.yaml
policy: {exposed_from_weight: medium, review_territories: third_country}
ledger: sqlite:///ledger.db
sources:
  - {name: core, type: aws_vpc, path: flow-logs/core/*.log*, expect_every_seconds: 21600, count_at: endpoints}
  - {name: portal, type: aws_vpc, path: flow-logs/portal/*.log*, expect_every_seconds: 21600, count_at: endpoints}
"""

_INVENTORY: Final = """\
systems:
  - id: warehouse
    title: Entrepôt de données de santé
    owner: {team: data-platform, contact: astreinte-data@example.org}
    networks: [10.20.0.0/16, "2001:db8:20::/48"]
    accounts: ["aws:210987654321"]
    serves: staff
    data_class: health
    hosting:
      - {operator: aws, country: FR, keys: provider, from: 2019-06-01}
      - operator: scaleway
        country: FR
        keys: customer
        networks: [10.20.128.0/17, "2001:db8:20:8000::/49"]
        from: 2026-09-01
    transition: {target: scaleway, deadline: 2027-06-30}
  - id: workbench
    title: Espace de travail des chercheurs
    networks: [10.20.64.0/18, "2001:db8:20:40::/60"]
    serves: partners
    data_class: pseudonymised_health
    hosting: {operator: aws, country: FR, keys: provider, from: 2021-03-01}
  - id: admin
    title: Réseau d'administration
    networks: [10.20.32.0/24, "2001:db8:20:20::/64"]
    serves: staff
    data_class: operations
    hosting: {operator: aws, country: FR, keys: provider, from: 2019-06-01}
  - id: portal
    title: Portail de la recherche et des patients
    networks: [10.30.0.0/16, "2001:db8:30::/48"]
    serves: public
    data_class: identity
    hosting: {operator: aws, country: FR, keys: provider, from: 2020-01-15}
forwarders: [10.20.0.220]
peers:
  - {networks: [10.99.0.0/16], title: Lab in Boston (VPN), country: US, importer: harbor_genomics}
  - {networks: [10.98.0.0/16], title: Lab in Montréal (VPN), country: CA, importer: laboratoire_montreal}
  - {networks: [129.194.8.0/24], title: Institute in Geneva, country: CH, importer: institut_geneve}
staff:
  - {networks: [121.102.40.0/24], title: Own staff on mission in Tokyo, country: JP}
"""

_REGISTER: Final = """\
transfers:
  - id: T-2026-001
    importer: Harbor Genomics Lab
    match: {networks: [10.99.0.0/16], countries: [US]}
    systems: [workbench]
    data_classes: [pseudonymised_health]
    basis: scc
    scc: {module: 1, version: 2021/914, signed: 2025-12-18}
    clear_text_access: false
    tia: {date: 2025-12-10, next_review: 2026-12-31, supplementary_measures: [pseudonymised, exporter_keys]}
    valid_from: 2026-01-01
    valid_to: 2027-12-31
  - id: T-2026-003
    importer: Beacon Imaging Service LLC
    match: {networks: [71.112.90.17/32], countries: [US]}
    systems: [warehouse]
    data_classes: [health]
    basis: scc
    scc: {module: 2, version: 2021/914, signed: 2026-02-02}
    clear_text_access: false
    tia: {date: 2026-01-26, next_review: 2027-01-26, supplementary_measures: [pseudonymised, exporter_keys]}
    valid_from: 2026-02-15
    valid_to: 2027-02-14
  - id: T-2026-004
    importer: Salesforce, Inc.
    match: {operators: [salesforce], domains: [salesforce.com], countries: [US]}
    systems: [portal]
    data_classes: [identity]
    basis: scc
    scc: {module: 2, version: 2021/914, signed: 2026-01-20}
    clear_text_access: false
    tia: {date: 2026-01-10, next_review: 2027-01-10, supplementary_measures: [pseudonymised, exporter_keys]}
    valid_from: 2026-02-01
    valid_to: 2027-01-31
  - id: T-2026-005
    importer: Dropbox International
    match: {operators: [dropbox], domains: [dropbox.com], countries: [US]}
    systems: [portal]
    data_classes: [identity]
    basis: scc
    scc: {module: 2, version: 2021/914, signed: 2025-06-12}
    clear_text_access: false
    tia: {date: 2025-06-30, next_review: 2026-06-30, supplementary_measures: [pseudonymised, exporter_keys]}
    valid_from: 2025-07-01
    valid_to: 2027-06-30
  - id: T-2026-006
    importer: Meridian Trials Group
    match: {networks: [64.227.128.0/19, "2400:6180:100:d0::/64"], countries: [IN]}
    systems: [workbench]
    data_classes: [pseudonymised_health]
    basis: bcr
    clear_text_access: false
    tia: {date: 2026-03-01, next_review: 2027-03-01, supplementary_measures: [pseudonymised, exporter_keys]}
    valid_from: 2026-03-15
    valid_to: 2027-03-14
  - id: T-2026-007
    importer: Clinique du Lac
    match: {networks: [197.238.20.10/32], countries: [TN]}
    systems: [workbench]
    data_classes: [pseudonymised_health]
    basis: derogation
    clear_text_access: false
    valid_from: 2026-09-15
    valid_to: 2026-12-31
  - id: T-2026-009
    importer: Coromandel Device Care
    match: {networks: [157.32.119.9/32], countries: [IN]}
    systems: [warehouse]
    data_classes: [health]
    basis: scc
    scc: {module: 2, version: 2021/914, signed: 2026-04-08}
    clear_text_access: true
    tia: {date: 2026-04-01, next_review: 2027-04-01, supplementary_measures: [encrypted_transit]}
    valid_from: 2026-04-15
    valid_to: 2027-04-14
  - id: T-2026-008
    importer: ServiceNow, Inc.
    match: {operators: [servicenow], domains: [service-now.com], countries: [US]}
    systems: [admin]
    data_classes: [operations]
    basis: scc
    scc: {module: 2, version: 2021/914, signed: 2026-03-03}
    clear_text_access: false
    tia: {date: 2026-03-01, next_review: 2027-03-01, supplementary_measures: [pseudonymised, exporter_keys]}
    valid_from: 2026-03-15
    valid_to: 2027-03-14
"""

_CERTIFICATIONS: Final = """\
certifications:
  - framework: us_dpf
    importer: zoom
    covers: [non_hr]
    valid_from: 2023-11-01
    valid_to: null
    source: invented for this world
"""


def site_files() -> Mapping[str, str]:
    """Text of every file of the site, by name."""
    return {
        "transferwatch.yaml": _SETTINGS,
        "inventory.yaml": _INVENTORY,
        "register.yaml": _REGISTER,
        "certifications.yaml": _CERTIFICATIONS,
    }


def write_site(site: Mapping[str, str], directory: Path) -> None:
    """Write the site's files below `directory`; existing files of the same name are replaced."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in site.items():
        (directory / name).write_text(text, encoding="utf-8")
