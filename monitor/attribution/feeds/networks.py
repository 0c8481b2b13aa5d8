"""Read a column of prefixes: text such as `192.0.2.0/24` becomes first and last address.

Decides what a sound prefix is. One address is its host prefix (RFC 8805 section 2.1.1.1 has both forms). A prefix with
bits set beyond its length is not read: whether the length or the address is the mistake cannot be known, and the wider
reading claims addresses that nobody stated. `/0` says nothing that could be meant.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from monitor.address import IPV4, IPV6, format_addresses, parse_addresses

NOT_A_NETWORK: Final = "it is not a network"
BITS_BEYOND: Final = "it has bits set beyond its prefix length"
EVERYTHING: Final = "it covers every address"

_BITS = {IPV4: 32, IPV6: 128}
_MAPPED: Final = 96
_HOST_BITS: Final = np.array([(1 << bits) - 1 for bits in range(65)], np.uint64)


def read_networks(text: pl.Series) -> pl.DataFrame:
    """Read prefixes.

    Columns out: `network` (canonical text), `version`, `first_high`, `first_low`, `last_high`, `last_low`, and `fault`:
    null, or why the row is no prefix; its other columns mean nothing then. Shape: the rows of `text`.
    """
    parts = pl.select(text=text.cast(pl.String).str.strip_chars().fill_null("")).select(
        address=pl.col("text").str.extract(r"^([^/]*)"),
        length=pl.col("text").str.extract(r"^[^/]*/(0|[1-9][0-9]{0,2})$").cast(pl.Int64),
        bare=~pl.col("text").str.contains("/", literal=True),
        colon=pl.col("text").str.contains(":", literal=True),
    )
    parsed = parse_addresses(parts["address"])
    version, high, low = parsed.version, parsed.high, parsed.low
    four = version == IPV4
    bits = np.where(four, _BITS[IPV4], _BITS[IPV6])
    length = parts["length"].fill_null(-1).to_numpy().copy()
    length[four & parts["colon"].to_numpy()] -= _MAPPED  # ::ffff:192.0.2.0/120 is 192.0.2.0/24
    length = np.where(parts["bare"].to_numpy(), bits, length)
    bad = (version == 0) | (length < 0) | (length > bits)
    host = np.where(bad, 0, bits - length)
    host_low = _HOST_BITS[np.minimum(host, 64)]
    host_high = _HOST_BITS[np.maximum(host - 64, 0)]
    beyond = (low & host_low != 0) | (high & host_high != 0)
    faults = np.select([bad, length == 0, beyond], [NOT_A_NETWORK, EVERYTHING, BITS_BEYOND], "")
    spelled = format_addresses(version, high, low)
    return pl.DataFrame(
        {
            "network": spelled,
            "length": length,
            "version": version,
            "first_high": high,
            "first_low": low,
            "last_high": high | host_high,
            "last_low": low | host_low,
            "fault": pl.Series(faults, dtype=pl.String).replace("", None),
        }
    ).select(
        pl.format("{}/{}", "network", "length").alias("network"),
        pl.exclude("network", "length"),
    )
