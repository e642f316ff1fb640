"""Where a browser finds the report of a release."""

from gleanery.infra.storage import Store
from gleanery.tasks.page_address import page_address
from gleanery.tasks.release.manifest import Manifest


def report_address(store: Store, manifest: Manifest) -> str:
    """Return what opens a release's report."""
    return page_address(store, f"{manifest.folder}/report.html")
