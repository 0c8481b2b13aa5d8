"""The object stores of a site's sources.

Decides which of the site's sources says how a store is reached: the one that names the URL, else one
of the same bucket.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from collectors.files.watch import matcher
from collectors.objects import StoreSettings, is_url, open_store

if TYPE_CHECKING:
    from collectors.objects import Store
    from monitor.config import Site
    from monitor.sources import Source


def settings_of(site: Site, source: Source) -> StoreSettings:
    """What a source says of its store; files are those beside the site's file."""
    said = source.store
    if said is None:
        return StoreSettings()
    values = said.model_dump(exclude_none=True)
    paths = {name: site.directory / value for name, value in values.items() if name.endswith("_file")}
    return StoreSettings(**(values | paths))


def store_of(url: str, site: Site | None) -> Store:
    """Open the store of a URL as the site's sources say, else as the environment does.

    Raises:
        UnreadableInputError: a secret cannot be read, or the store's client refuses what is said of it.
    """
    sources = [source for source in (site.sources if site else ()) if is_url(source.path)]
    named = [source for source in sources if matcher([source.path])(url)]
    alike = [source for source in sources if _bucket(source.path) == _bucket(url)]
    for source in (*named, *alike):
        if site is not None:
            return open_store(url, settings_of(site, source))
    return open_store(url, StoreSettings())


def _bucket(url: str) -> str:
    return "/".join(url.split("/", 3)[:3])
