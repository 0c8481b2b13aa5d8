"""The first page: which months there are, and where the rest is."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_PAGE: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>transferwatch: {site}</title>
<style>
body {{ font: 16px/1.5 Georgia, serif; color: #1a1a1a; max-width: 40rem; margin: 3rem auto; padding: 0 1rem }}
h1 {{ font-size: 1.5rem }} h2 {{ font-size: 1.1rem; margin-top: 2rem }} a {{ color: #1a3f7a }}
li {{ margin: .3rem 0 }} code {{ font-size: .9em }}
</style></head><body>
<h1>transferwatch: {site}</h1>
<p>{says}</p>
<h2>Transfer reports</h2>
<ul>{months}</ul>
{findings}<h2>For machines</h2>
<ul>
<li><a href="/metrics"><code>/metrics</code></a> for Prometheus</li>
<li><a href="/healthz"><code>/healthz</code></a>: 200 when all is well, 503 when not</li>
<li><a href="/readyz"><code>/readyz</code></a>: 200 when everything has begun</li>
</ul>
<p>Traffic is not proof of personal data.</p>
</body></html>
"""
_MONTH: Final = (
    '<li>{month}: <a href="/report/{month}">in English</a>, <a href="/report/{month}?lang=fr" hreflang="fr">'
    'en français</a>, <a href="/report/{month}.json">as JSON</a></li>'
)


_FINDINGS: Final = (
    '<h2>Findings</h2>\n<ul><li>open: <a href="/findings?state=open">in English</a>, '
    '<a href="/findings?state=open&amp;lang=fr" hreflang="fr">en français</a></li>'
    '<li><a href="/findings">all</a></li></ul>\n'
)


def index_page(site: str, months: Sequence[str], says: str, *, has_findings: bool = False) -> str:
    """The page as HTML."""
    listed = "".join(_MONTH.format(month=escape(month)) for month in months)
    findings = _FINDINGS if has_findings else ""
    return _PAGE.format(site=escape(site), says=escape(says), months=listed or "<li>none yet</li>", findings=findings)
