"""Where a browser finds a page that is stored."""

from pathlib import Path

from gleanery.infra.storage import Store


def page_address(store: Store, path: str) -> str:
    """Return what opens a stored page: a file:// address, or that of the object."""
    address = store.uri(path)
    if not store.is_local:
        return address
    return Path(address.removeprefix("file://")).absolute().as_uri()
