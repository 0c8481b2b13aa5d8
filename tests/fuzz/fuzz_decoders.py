"""Fuzz one kind's decoder, led by the coverage of its code: `python -m tests.fuzz.fuzz_decoders KIND --seconds N`.

What it finds is written below `build/fuzz/KIND`, with the promise that was broken; `--input FILE` tries one again.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["collectors"]):
    from collectors import KINDS
    from collectors.contract import SourceOptions

    # A decoder's code is imported when one is made: only what is imported here leads the fuzzer.
    for _kind in KINDS.values():
        _kind.decoder(SourceOptions())

from tests.fuzz.mutations import mutated, seeds
from tests.fuzz.promises import broken_promises, is_table

_ROOT = Path(__file__).parents[2]


class BrokenPromiseError(Exception):
    """A decoder did what the seam says it never does."""


def main() -> int:
    """Run the fuzzer, or try one input; 1 when a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=sorted(KINDS))
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--input", type=Path)
    chosen = parser.parse_args()
    if chosen.input is not None:
        broken = broken_promises(KINDS[chosen.kind], chosen.input)
        print("\n".join(broken) or "every promise is kept")
        return bool(broken)
    _fuzz(chosen.kind, chosen.seconds)
    return 0


def _fuzz(name: str, seconds: int) -> None:
    """Run until the time is over or a promise is broken; the process ends here."""
    kind, own = KINDS[name], seeds(name)
    found = _ROOT / "build" / "fuzz" / name
    corpus = found / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(own):
        (corpus / f"seed-{number}").write_bytes(seed)
    path = Path(tempfile.mkdtemp()) / "input"

    def one_input(data: bytes) -> None:
        if is_table(kind, data):
            return
        path.write_bytes(data)
        # One cut, in the middle: most of the time goes into the number of pieces, and the tests cut everywhere.
        broken = broken_promises(kind, path, [data.count(b"\n") // 2 + 1])
        if broken:
            raise BrokenPromiseError("\n".join(broken))

    def changed(data: bytes, size: int, seed: int) -> bytes:
        chance = random.Random(seed)
        if chance.getrandbits(1):
            return bytes(atheris.Mutate(data, size))
        return mutated(data, own, chance)[:size]

    options = [
        f"-max_total_time={seconds}",
        f"-artifact_prefix={found}/",
        "-max_len=6000",
        "-timeout=60",
        "-rss_limit_mb=4000",
    ]
    atheris.Setup([sys.argv[0], *options, str(corpus)], one_input, custom_mutator=changed)
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
