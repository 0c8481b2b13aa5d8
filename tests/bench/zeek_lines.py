"""Write the Zeek logs of the benchmark: the records of a flow log as conn.log and ssl.log, as TSV or as JSON lines.

Of three in four conversations with port 443 ssl.log tells a name; a name is told when the conversation begins. Equal
arguments give equal octets.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from typing import IO

_HEADER: Final = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n"
_USED: Final = ("srcaddr", "dstaddr", "srcport", "dstport", "start", "end", "bytes", "packets", "protocol")
_BLOCK: Final = 200_000
_NAMES: Final = 5_000
_NAMED_OF_FOUR: Final = 3
_MICRO: Final = 1_000_000


def main() -> None:
    """Read a flow log, write two logs, and tell how many lines they have."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("flow_log", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    paths = {log: chosen.folder / f"{log}.log" for log in ("conn", "ssl")}
    lines = dict.fromkeys(paths, 0)
    with paths["conn"].open("wb") as conn, paths["ssl"].open("wb") as ssl:
        files: dict[str, IO[bytes]] = {"conn": conn, "ssl": ssl}
        first = 0
        for block in _flows(chosen.flow_log).iter_slices(_BLOCK):
            made = _logs(block.with_row_index("number", offset=first))
            for log, frame in made.items():
                _write(files[log], log, frame, as_json=chosen.json, begins=not first)
                lines[log] += frame.height
            first += block.height
    print(json.dumps({"lines": sum(lines.values()), **lines}))


def _flows(path: Path) -> pl.DataFrame:
    read = pl.read_csv(path, separator=" ", ignore_errors=True, null_values="-", truncate_ragged_lines=True)
    return read.filter(pl.all_horizontal(pl.col(_USED).is_not_null()))


def _logs(flows: pl.DataFrame) -> dict[str, pl.DataFrame]:
    number = pl.col("number")
    far = pl.min_horizontal("srcport", "dstport")
    flows = flows.with_columns(
        ts=pl.col("start") + (number % _MICRO) / _MICRO,
        uid=pl.concat_str(pl.lit("C"), number.hash(7).cast(pl.String)),
        service=pl.when(far == 443).then(pl.lit("ssl")).when(far == 80).then(pl.lit("http")),
        duration=(pl.col("end") - pl.col("start")) * 0.75 + (number % 997) / 1_000,
    )
    # The end with the service has answered, in whichever direction the record of the flow log went.
    answers = pl.col("dstport") <= pl.col("srcport")
    ends = (("id.orig", "src", "dst"), ("id.resp", "dst", "src"))
    same = [pl.col("ts"), pl.col("uid")]
    for name, one, other in ends:
        same.append(pl.when(answers).then(f"{one}addr").otherwise(f"{other}addr").alias(f"{name}_h"))
        same.append(pl.when(answers).then(f"{one}port").otherwise(f"{other}port").alias(f"{name}_p"))
    conn = flows.select(
        *same,
        pl.when(pl.col("protocol") == 17).then(pl.lit("udp")).otherwise(pl.lit("tcp")).alias("proto"),
        "service",
        "duration",
        (pl.col("bytes") * 9 // 10).alias("orig_bytes"),
        (pl.col("bytes") * 3).alias("resp_bytes"),
        pl.lit("SF").alias("conn_state"),
        pl.lit(value=True).alias("local_orig"),
        pl.lit(value=False).alias("local_resp"),
        pl.lit(0).alias("missed_bytes"),
        pl.lit("ShADadFf").alias("history"),
        pl.col("packets").alias("orig_pkts"),
        pl.col("bytes").alias("orig_ip_bytes"),
        pl.col("packets").alias("resp_pkts"),
        (pl.col("bytes") * 3 + pl.col("packets") * 40).alias("resp_ip_bytes"),
    )
    named = flows.filter((pl.col("service") == "ssl") & (number % 4 < _NAMED_OF_FOUR))
    ssl = named.select(
        *same,
        pl.lit("TLSv13").alias("version"),
        pl.lit("TLS_AES_128_GCM_SHA256").alias("cipher"),
        pl.format("host-{}.example.org", number.hash(3) % _NAMES).alias("server_name"),
        pl.lit(value=False).alias("resumed"),
        pl.lit(value=True).alias("established"),
    )
    return {"conn": conn, "ssl": ssl}


def _write(file: IO[bytes], log: str, frame: pl.DataFrame, *, as_json: bool, begins: bool) -> None:
    if as_json:
        frame.select(pl.lit(log).alias("_path"), pl.all()).write_ndjson(file)
        return
    if begins:
        fields = "\t".join(["#fields", *frame.columns])
        file.write(f"{_HEADER}#path\t{log}\n{fields}\n".encode())
    flags = [name for name, dtype in frame.schema.items() if dtype == pl.Boolean]
    spelled = frame.with_columns(
        pl.when(pl.col(name)).then(pl.lit("T")).otherwise(pl.lit("F")).alias(name) for name in flags
    )
    spelled.write_csv(
        file, include_header=False, separator="\t", null_value="-", quote_style="never", float_precision=6
    )


if __name__ == "__main__":
    main()
