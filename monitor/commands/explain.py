"""`explain`: where an address or a name is, who operates it, and whose law reaches them."""

from __future__ import annotations

from monitor.app import Knowledge
from monitor.inquiry import explain as inquiry
from monitor.inquiry.explain_text import print_explanation
from monitor.terminal import moment_of, print_as, refuse


def explain(what: str, at: str | None, *, json: bool) -> None:
    """Print what is known of it; what is neither an address nor a name is refused."""
    moment = moment_of(at)
    try:
        answer = inquiry.explain(what, moment, Knowledge.load())
    except ValueError as error:
        refuse(str(error))
    print_as(answer, print_explanation, as_json=json)
