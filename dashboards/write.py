"""Write the dashboards as Grafana reads them: `python -m dashboards.write`, from the root of the tree."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from dashboards.administration import administration
from dashboards.health import health
from dashboards.overview import overview
from dashboards.transition import transition
from dashboards.triage import triage

if TYPE_CHECKING:
    from collections.abc import Callable

    from grafana_foundation_sdk.builders.dashboard import Dashboard

DASHBOARDS: Final[dict[str, Callable[[], Dashboard]]] = {
    "overview": overview,
    "triage": triage,
    "administration": administration,
    "transition": transition,
    "health": health,
}
FOLDER: Final = Path(__file__).parent / "grafana"


def text(name: str) -> str:
    """Give a dashboard as JSON."""
    return JSONEncoder(indent=1, ensure_ascii=False).encode(DASHBOARDS[name]().build()) + "\n"


def write() -> None:
    """Write all of them."""
    FOLDER.mkdir(exist_ok=True)
    for name in DASHBOARDS:
        (FOLDER / f"{name}.json").write_text(text(name), encoding="utf-8")


if __name__ == "__main__":
    write()
