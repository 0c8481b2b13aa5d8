"""Stats events: what the sensor says about packets that it did not see.

Decides when a drop is new: counters grow from the start of the sensor, so what counts is the difference to the event
before. Where there is none of the same run (another host, a shorter uptime), the whole count and the whole uptime do.

Source: Suricata user guide, "Statistics" (`capture.kernel_packets`, `capture.kernel_drops`), read 2026-11.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

import polars as pl

from collectors.suricata.parts import attributes, origin
from monitor import schema

_HOSTS: Final = 256
_LONGEST_UPTIME: Final = 100 * 366 * 86_400  # seconds
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST: Final = datetime(1, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(slots=True)
class Drops:
    """Counters of the last stats event of each host: time in microseconds since 1970, uptime, packets, drops."""

    last: dict[str, list[int]] = field(default_factory=dict)

    def coverage(self, frame: pl.DataFrame, first_line: int) -> tuple[pl.DataFrame, int]:
        """Statements about drops, and how many events tell of none."""
        rows: list[tuple[int, datetime, datetime, str]] = []
        hosts = pl.select(pl.coalesce(frame["host"].cast(pl.String), frame["sensor_name"].cast(pl.String))).to_series()
        said = zip(
            hosts.fill_null("").to_list(),
            *(frame[name].to_list() for name in ("time", "uptime", "kernel_packets", "kernel_drops")),
            strict=True,
        )
        for place, (host, time, uptime, packets, drops) in enumerate(said):
            statement = self._told(host, time, uptime, packets or 0, drops)
            if statement is not None:
                rows.append((place, *statement))
        of = pl.Series([row[0] for row in rows], dtype=pl.UInt32)
        out = pl.DataFrame(
            [
                *(column[of] for column in origin(frame, first_line)),
                pl.Series("start_time", [row[1] for row in rows], dtype=schema.TIME),
                pl.Series("end_time", [row[2] for row in rows], dtype=schema.TIME),
                pl.Series("state", ["dropped"], dtype=schema.STATES).new_from_index(0, len(rows)),
                pl.Series("records", [None], dtype=pl.Int64).new_from_index(0, len(rows)),
                pl.Series("detail", [row[3] for row in rows], dtype=pl.String),
                attributes({}, len(rows)),
            ]
        )
        return out, frame.height - len(rows)

    def _told(
        self, host: str, time: datetime | None, uptime: int | None, packets: int, drops: int | None
    ) -> tuple[datetime, datetime, str] | None:
        if time is None or uptime is None or drops is None:
            return None
        before = self.last.pop(host, None)
        self.last[host] = [(time - _EPOCH) // _MICROSECOND, uptime, packets, drops]
        if len(self.last) > _HOSTS:
            del self.last[next(iter(self.last))]
        start = time - timedelta(seconds=max(0, min(uptime, _LONGEST_UPTIME, (time - _FIRST) // timedelta(seconds=1))))
        if before is not None and before[1] <= uptime and before[2] <= packets and before[3] <= drops:
            drops, packets = drops - before[3], packets - before[2]
            start = min(time, max(start, _EPOCH + timedelta(microseconds=before[0])))
        if drops <= 0:
            return None
        return start, time, f"capture.kernel_drops {drops} of capture.kernel_packets {packets}"
