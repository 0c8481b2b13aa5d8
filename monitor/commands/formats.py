"""`--format`, as the commands take it that read logs."""

from __future__ import annotations

from collectors import KINDS
from monitor.inputs import AUTO
from monitor.terminal import refuse


def check_format(format_: str, *, auto: bool) -> None:
    """Refuse what names no kind of source; `auto`: whether a command may ask the content."""
    known = [*KINDS, *([AUTO] if auto else [])]
    if format_ not in known:
        refuse(f"--format {format_}: no source is of that kind. Write one of: {', '.join(known)}.")
