"""Housekeeping of an evaluation's reports: what was never finished, and what is superseded."""

from gleanery.infra.leftovers import Leftover
from gleanery.infra.storage import ObjectInfo, Store
from gleanery.tasks.evaluation.report_store import newest_report

UNFINISHED_REPORTS = "files of unfinished reports"
EARLIER_REPORTS = "earlier reports"

_PAGE = "/index.html"  # written last, so that a folder that has one is whole


def leftovers_of_reports(store: Store, before: float, earlier: bool = False) -> list[Leftover]:
    """Return the files of reports without a page in which nothing is newer than a time.

    With `earlier` also those of whole reports but the newest. Pages go first, so that what is left
    of a folder is no report to anyone; the same evaluation makes it again, and asks nothing.
    """
    folders: dict[str, list[ObjectInfo]] = {}
    for info in store.list("reports"):
        folder, _, name = info.path.removeprefix("reports/").partition("/")
        if name:
            folders.setdefault(f"reports/{folder}", []).append(info)
    newest = newest_report(store) if folders else None
    found: list[Leftover] = []
    for folder, infos in folders.items():
        if (newest and folder == newest.folder) or any(info.modified >= before for info in infos):
            continue
        pages_first = sorted(infos, key=lambda info: not info.path.endswith(_PAGE))
        whole = pages_first[0].path == f"{folder}{_PAGE}"
        if earlier or not whole:
            kind = EARLIER_REPORTS if whole else UNFINISHED_REPORTS
            found += [Leftover(kind, info.path, info.size) for info in pages_first]
    return found
