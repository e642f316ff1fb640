"""Where a browser finds the report of a release."""

from pathlib import Path

from gleanery.infra.storage import Store
from gleanery.tasks.release.manifest import Manifest


def report_address(store: Store, manifest: Manifest) -> str:
    """Return what opens a release's report: a file:// address, or that of the object."""
    path = store.uri(f"{manifest.folder}/report.html")
    if not store.is_local:
        return path
    return Path(path.removeprefix("file://")).absolute().as_uri()
