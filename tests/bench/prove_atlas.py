"""Hold the shipped atlas to its archives: built again it is the same file, and it answers as its sources do.

    python -m tests.bench.prove_atlas [DIRECTORY]

The archives are taken from DIRECTORY (`build/atlas` by default); what is missing there is fetched with npm. Not part
of `make test`, which needs no network: 39 MB of archives and five minutes.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from monitor.attribution.archives import fetch_archives
from monitor.attribution.atlas import SHIPPED_ATLAS, Atlas
from monitor.attribution.build import build_atlas
from monitor.attribution.declared import load_sources
from monitor.attribution.prove import prove
from monitor.problem import ProblemsFound
from monitor.shipped import shipped

_BUILD: Final = Path(__file__).parents[2] / "build" / "atlas"


def main(arguments: list[str]) -> int:
    """Print what was compared; 1 when something differs or an input cannot be had."""
    directory = Path(arguments[0]) if arguments else _BUILD
    listed = load_sources()
    try:
        fetch_archives(listed, directory)
        built = build_atlas(listed, directory, _BUILD / "atlas.twa").digest
        atlas = Atlas.open()
        proof = prove(atlas, listed, directory)
    except ProblemsFound as problems:
        print(problems, file=sys.stderr)
        return 1
    print(f"{SHIPPED_ATLAS}: {shipped(SHIPPED_ATLAS).stat().st_size} octets, sha256 {atlas.digest}")
    print(f"built again: {'the same file' if built == atlas.digest else f'another file, {built}'}")
    for name, count in atlas.counts().items():
        print(f"  {name.replace('_', ' ')}: {count}")
    for layer, count in proof.ranges.items():
        print(f"{layer}: {count} ranges, {proof.compared[layer]} addresses compared")
    print(f"different: {proof.different}")
    for difference in proof.differences:
        print(f"  {difference.address} {difference.layer}: atlas {difference.atlas}, source {difference.source}")
    return 0 if built == atlas.digest and not proof.different else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
