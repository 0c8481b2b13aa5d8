"""Make a batch of the records of one log: which events they are, and which are passed over.

Decides which logs are of use here; any other is passed over by its name.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from collectors.contract import Batch
from collectors.zeek.coverage import capture_loss, missed_octets
from collectors.zeek.flows import conn_flows
from collectors.zeek.logins import LOGINS, logins
from collectors.zeek.names import SHOWN, dns_names, shown_names

if TYPE_CHECKING:
    from collectors.zeek.table import Table


def events(table: Table, log: str) -> Batch:
    """The events of the records of one log that is read."""
    if log == "conn":
        gaps = missed_octets(table)
        return Batch(flows=(conn_flows(table),), coverage=() if gaps is None else (gaps,), records=table.height)
    if log == "dns":
        return Batch(names=(dns_names(table),), records=table.height)
    if log in SHOWN:
        names = shown_names(table, log)
        nameless = table.height - names.frame.height
        passed_over = Counter({f"{log} without a name": nameless} if nameless else {})
        # The part stands there even when empty: it says that this input may give names.
        return Batch(names=(names,), records=table.height, passed_over=passed_over)
    if log in LOGINS:
        return Batch(admins=(logins(table, log),), records=table.height)
    return Batch(coverage=(capture_loss(table),), records=table.height)


def passed_over(counts: Counter[str]) -> Batch:
    """Records of logs that are not read, counted by the log's name."""
    return Batch(records=counts.total(), passed_over=counts)
