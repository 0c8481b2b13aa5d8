"""The peer of the benchmark: syslog-ng reads the same lines, splits them and looks both addresses up.

Its settings are the quickest found that do the whole task: lines through a pipe (its own reader of regular files polls
and never ends), no message parsing, no quoting, one thread (more threads cost more CPU time, not less), large windows.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.bench.flow_lines import HEADER
from tests.bench.spent import spend

if TYPE_CHECKING:
    from tests.bench.spent import Spent

# What leaves syslog-ng: every field and both countries as JSON, the shape in which a next program takes them; or no
# more than addresses, countries and octets as text, the least that could be called an answer.
WHOLE: Final = "$(format-json --key flow.* --key src.* --key dst.*)"
LEAN: Final = "${flow.srcaddr} ${src.country_code} ${flow.dstaddr} ${dst.country_code} ${flow.bytes}"

# Of EVE lines, what a security team keeps: who, when, how much, by which name, and both countries.
EVE_KEPT: Final = (
    "$(format-json --key src.* --key dst.* --pair time=${eve.timestamp} --pair type=${eve.event_type}"
    " --pair flow_id=${eve.flow_id} --pair src_ip=${eve.src_ip} --pair src_port=${eve.src_port}"
    " --pair dest_ip=${eve.dest_ip} --pair dest_port=${eve.dest_port} --pair proto=${eve.proto}"
    " --pair app_proto=${eve.app_proto} --pair start=${eve.flow.start} --pair end=${eve.flow.end}"
    " --pair pkts=${eve.flow.pkts_toserver} --pair pkts_back=${eve.flow.pkts_toclient}"
    " --pair bytes=${eve.flow.bytes_toserver} --pair bytes_back=${eve.flow.bytes_toclient} --pair sni=${eve.tls.sni})"
)

_COLUMNS: Final = """parser fields {
  csv-parser(columns(COLUMNS) delimiters(" ") quote-pairs("") flags(escape-none) prefix("flow."));
};
parser from_country { geoip2("${flow.srcaddr}" prefix("src.") database("DATABASE")); };
parser to_country { geoip2("${flow.dstaddr}" prefix("dst.") database("DATABASE")); };
"""
_EVE: Final = """parser fields { json-parser(prefix("eve.")); };
parser from_country { geoip2("${eve.src_ip}" prefix("src.") database("DATABASE")); };
parser to_country { geoip2("${eve.dest_ip}" prefix("dst.") database("DATABASE")); };
"""
_CONFIGURATION: Final = """@version: 3.38
options { stats-freq(0); use-dns(no); dns-cache(no); keep-hostname(yes); threaded(no); log-msg-size(2097152); };
source lines { stdin(flags(no-parse) log-fetch-limit(1000) log-iw-size(10000)); };
PARSERSdestination out { file("OUTPUT" template("TEMPLATE\\n") flush-lines(1000) log-fifo-size(100000)); };
log { source(lines); parser(fields); parser(from_country); parser(to_country); destination(out); flags(flow-control); };
"""


def find() -> str:
    """Path of the daemon; Debian keeps it out of an ordinary user's PATH."""
    found = shutil.which("syslog-ng") or shutil.which("syslog-ng", path="/usr/sbin:/sbin")
    if found is None:
        raise SystemExit("syslog-ng is not installed: apt-get install syslog-ng-core syslog-ng-mod-geoip2")
    return found


def attribute(log: Path, lines: int, database: Path, template: str, work: Path) -> Spent:
    """Have syslog-ng attribute a flow log and check that it wrote every line (the header is one to it).

    The process that feeds the pipe is not counted.
    """
    columns = ", ".join(f'"{name}"' for name in HEADER.split())
    return _run(log, lines + 1, database, _COLUMNS.replace("COLUMNS", columns), template, work)


def attribute_eve(log: Path, lines: int, database: Path, work: Path) -> Spent:
    """Do the same with a log of JSON lines, of which `lines` are objects; it drops the others."""
    return _run(log, lines, database, _EVE, EVE_KEPT, work)


def _run(log: Path, lines: int, database: Path, parsers: str, template: str, work: Path) -> Spent:
    output = work / "syslog-ng.out"
    output.unlink(missing_ok=True)
    configuration = _CONFIGURATION.replace("PARSERS", parsers).replace("DATABASE", str(database))
    configuration = configuration.replace("OUTPUT", str(output)).replace("TEMPLATE", template)
    (work / "syslog-ng.conf").write_text(configuration, encoding="utf-8")
    # Relative names: a control socket's path may have 107 octets, a work tree's may be longer.
    options = [
        "-F",
        "--no-caps",
        "-f",
        "syslog-ng.conf",
        "-p",
        "syslog-ng.pid",
        "-R",
        "syslog-ng.persist",
        "-c",
        "syslog-ng.ctl",
    ]
    with subprocess.Popen([Path("/bin/cat"), log], stdout=subprocess.PIPE) as feed:
        spent = spend([find(), *options], cwd=work, stdin=feed.stdout or subprocess.DEVNULL)
    with output.open("rb") as written:
        count = sum(block.count(b"\n") for block in iter(lambda: written.read(1 << 20), b""))
    output.unlink()
    if count != lines:
        raise SystemExit(f"syslog-ng wrote {count} lines of {lines}")
    return spent
