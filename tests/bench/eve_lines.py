"""Write the EVE log of the benchmark: Suricata's flow, dns and tls events; equal arguments give equal octets.

Addresses are those of `flow_lines`: far ends, and names, by Zipf's law from a pool of 100 000, a fifth IPv6,
three tenths between own addresses. Of a hundred lines about sixty are flows, twenty-two are DNS (queries, and answers
of one to six records), fifteen are TLS, three are alerts and statistics. One line in a thousand is broken.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

import numpy as np
import polars as pl

from tests.bench.flow_lines import FIRST_SECOND, SECONDS_PER_DAY, Written, by_version, far_ends, own_addresses, zipf

if TYPE_CHECKING:
    from numpy.typing import NDArray

LINES: Final = 1_000_000
_SEED: Final = 20261005
_BLOCK: Final = 100_000
_OWN_HOSTS: Final = 2_000
_SHARE_IPV6: Final = 0.2
_SHARE_INTERNAL: Final = 0.3
_SHARE_BROKEN: Final = 0.001
_KINDS: Final = ("flow", "dns", "tls", "alert")
_SHARES: Final = (0.60, 0.22, 0.15, 0.03)
_MOST_ANSWERS: Final = 5
_FLAGS: Final = (
    ("1b", ("syn", "fin", "psh", "ack")),
    ("1f", ("syn", "fin", "rst", "psh", "ack")),
    ("12", ("syn", "ack")),
)
_ALERT: Final = (
    ',"metadata":{"flowbits":["http.dottedquadhost"]},"tx_id":0,"alert":{"action":"allowed","gid":1,"signature_id":'
    '2024468,"rev":3,"signature":"Example rule","category":"Potentially Bad Traffic","severity":2,"rule":"alert http'
    ' any any -> any any (msg:\\"Example rule\\"; sid:2024468;)"},"app_proto":"http","payload_printable":"GET / HTTP"}'
)


def write_eve_log(
    target: IO[bytes], *, lines: int = LINES, octets: int | None = None
) -> tuple[Written, dict[str, int]]:
    """Write a log of `lines` lines, or of the first whole block past `octets`; tell how many events of each type."""
    done = broken = written = 0
    kinds = dict.fromkeys(_KINDS, 0)
    while done < lines if octets is None else written < octets:
        size = _BLOCK if octets is not None else min(_BLOCK, lines - done)
        text, counts, faults = _block(done, size)
        written += target.write(text)
        kinds = {kind: kinds[kind] + counts[kind] for kind in kinds}
        done, broken = done + size, broken + faults
    return Written(done, broken, written), kinds


def _block(first: int, size: int) -> tuple[bytes, dict[str, int], int]:
    rng = np.random.default_rng([_SEED, first])
    ipv6 = rng.random(size) < _SHARE_IPV6
    host, peer = (rng.integers(0, _OWN_HOSTS, size) for _ in range(2))
    internal = pl.Series(rng.random(size) < _SHARE_INTERNAL)
    own, other = by_version(ipv6, host, own_addresses), by_version(ipv6, peer, own_addresses)
    far = by_version(ipv6, zipf(rng, size), far_ends)
    second = (np.arange(first, first + size) * SECONDS_PER_DAY // (2 * LINES)).astype(np.int64) + FIRST_SECOND
    frame = pl.DataFrame(
        {
            "time": _spelled(second, rng),
            "start": _spelled(second - rng.integers(1, 60, size), rng),
            "end": _spelled(second, rng),
            "flow_id": rng.integers(1 << 48, 1 << 51, size),
            "src": own,
            "dst": pl.select(pl.when(internal).then(other).otherwise(far)).to_series(),
            "src_port": rng.integers(32_768, 61_000, size),
            "packets": np.exp(rng.normal(3, 1.5, size)).astype(np.int64) + 1,
            "back": np.exp(rng.normal(3, 1.5, size)).astype(np.int64) + 1,
            "each": rng.integers(74, 1_400, size),
            "name": "host" + pl.Series(zipf(rng, size)).cast(pl.String) + ".example.com",
            "answers": rng.integers(0, _MOST_ANSWERS + 1, size),
            "flags": rng.choice(len(_FLAGS), size, p=[0.8, 0.1, 0.1]),
            "id": rng.integers(0, 65_536, size),
            "ttl": rng.integers(1, 86_400, size),
        }
    )
    kind = rng.choice(len(_KINDS), size, p=_SHARES)
    lines = pl.select(
        pl.when(pl.Series(kind) == 0)
        .then(frame.select(_flow()).to_series())
        .when(pl.Series(kind) == 1)
        .then(frame.select(_dns()).to_series())
        .when(pl.Series(kind) == 2)
        .then(frame.select(_tls()).to_series())
        .otherwise(frame.select(pl.concat_str(_head("alert", port=80), pl.lit(_ALERT))).to_series())
    ).to_series()
    fault = rng.random(size) < _SHARE_BROKEN
    lines = pl.select(pl.when(pl.Series(fault)).then(lines.str.slice(0, 200)).otherwise(lines)).to_series()
    counts = {name: int(np.count_nonzero((kind == place) & ~fault)) for place, name in enumerate(_KINDS)}
    return lines.str.join("\n").item().encode() + b"\n", counts, int(np.count_nonzero(fault))


def _spelled(second: NDArray[np.int64], rng: np.random.Generator) -> pl.Series:
    micros = pl.Series(second * 1_000_000 + rng.integers(0, 1_000_000, len(second))).cast(pl.Datetime("us"))
    return micros.dt.strftime("%Y-%m-%dT%H:%M:%S%.6f") + "+0000"


def _filled(template: str, *values: str | pl.Expr) -> pl.Expr:
    """Text with each `%s` replaced by a column or an expression."""
    pieces = template.split("%s")
    parts: list[pl.Expr] = [pl.lit(pieces[0])]
    for value, piece in zip(values, pieces[1:], strict=True):
        parts += [pl.col(value) if isinstance(value, str) else value, pl.lit(piece)]
    return pl.concat_str(parts)


def _head(kind: str, *, port: int, proto: str = "TCP") -> pl.Expr:
    return _filled(
        '{"timestamp":"%s","flow_id":%s,"in_iface":"eth1","event_type":"'
        f'{kind}","src_ip":"%s","src_port":%s,"dest_ip":"%s","dest_port":{port},"ip_v":4,"proto":"{proto}"',
        "time",
        "flow_id",
        "src",
        "src_port",
        "dst",
    )


def _flow() -> pl.Expr:
    body = _filled(
        ',"app_proto":"tls","flow":{"pkts_toserver":%s,"pkts_toclient":%s,"bytes_toserver":%s,"bytes_toclient":%s,'
        '"start":"%s","end":"%s","age":30,"state":"closed","reason":"shutdown","alerted":false}',
        "packets",
        "back",
        pl.col("packets") * pl.col("each"),
        pl.col("back") * pl.col("each"),
        "start",
        "end",
    )
    ends = pl.lit("")
    for place, (flags, names) in enumerate(_FLAGS):
        seen = "".join(f'"{name}":true,' for name in names)
        text = (
            f',"tcp":{{"tcp_flags":"{flags}","tcp_flags_ts":"{flags}","tcp_flags_tc":"{flags}",{seen}"state":"closed",'
            '"ts_max_regions":1,"tc_max_regions":1}}'
        )
        ends = pl.when(pl.col("flags") == place).then(pl.lit(text)).otherwise(ends)
    return pl.concat_str(_head("flow", port=443), body, ends)


def _dns() -> pl.Expr:
    query = _filled('"queries":[{"rrname":"%s","rrtype":"A"}]', "name")
    asked = _filled(
        ',"dns":{"version":3,"type":"request","tx_id":0,"id":%s,"flags":"100","rd":true,"opcode":0,"rcode":"NOERROR",',
        "id",
    )
    told = _filled(
        ',"dns":{"version":3,"type":"response","tx_id":1,"id":%s,"flags":"8180","qr":true,"rd":true,"ra":true,'
        '"opcode":0,"rcode":"NOERROR",',
        "id",
    )
    text = pl.concat_str(asked, query, pl.lit("}}"))
    last = pl.col("id") % 250
    for count in range(1, _MOST_ANSWERS + 1):
        answers = [
            _filled(f'{{"rrname":"%s","rrtype":"A","ttl":%s,"rdata":"198.18.{place}.%s"}}', "name", "ttl", last)
            for place in range(count)
        ]
        grouped = [_filled(f'"198.18.{place}.%s"', last) for place in range(count)]
        parts = [told, query, pl.lit(',"answers":['), pl.concat_str(answers, separator=",")]
        parts += [pl.lit('],"grouped":{"A":['), pl.concat_str(grouped, separator=","), pl.lit("]}}}")]
        text = pl.when(pl.col("answers") == count).then(pl.concat_str(parts)).otherwise(text)
    return pl.concat_str(_head("dns", port=53, proto="UDP"), text)


def _tls() -> pl.Expr:
    body = _filled(
        ',"tls":{"subject":"CN=*.example.com","issuerdn":"C=US, O=Example, CN=R3","serial":"04:AA:BB:CC:DD:EE",'
        '"fingerprint":"aa:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd","sni":"%s","version":"TLS 1.2",'
        '"notbefore":"2026-08-01T00:00:00","notafter":"2026-12-01T00:00:00"}}',
        "name",
    )
    return pl.concat_str(_head("tls", port=443), body)


def main() -> None:
    """Write one log and print what it holds as JSON."""
    parser = argparse.ArgumentParser(description="Write the EVE log of the benchmark.")
    parser.add_argument("target", type=Path)
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--lines", type=int, default=LINES)
    size.add_argument("--octets", type=int)
    chosen = parser.parse_args()
    with chosen.target.open("wb") as target:
        written, kinds = write_eve_log(target, lines=chosen.lines, octets=chosen.octets)
    print(json.dumps({"lines": written.lines, "broken": written.broken, "octets": written.octets, **kinds}))


if __name__ == "__main__":
    main()
