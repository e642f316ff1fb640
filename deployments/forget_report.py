"""What forgetting a source comes to: what the next release leaves out, and what is not reached."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.text import Text

from gleanery.deployments.terminal import printable
from gleanery.deployments.trace_records import ASKED, MIRROR, NEAR, Trace
from gleanery.deployments.trace_stores import Harvested, newest_receipts
from gleanery.infra.row_search import read_column
from gleanery.tasks.recall.calibration_pages import STAGE as CALIBRATION
from gleanery.tasks.release.forgotten import Forgotten, ForgottenSource

_MOST_SHOWN = 20
_EXAMPLES = 3
_QUESTION = 72  # characters of a question that are shown
_KINDS = {ASKED: "asked for", MIRROR: "mirror, same text", NEAR: "nearly the same page"}


def print_forgotten(
    found: Trace,
    asked: Mapping[str, ForgottenSource],
    harvests: Sequence[Harvested],
    others: Sequence[str],
    console: Console,
) -> None:
    """Print what each dataset leaves out from now on, and what stays where it is."""
    for dataset, source in asked.items():
        because = f", because: {source.reason}" if source.reason else ""
        what = f"{source.kind} {source.address} since {source.since_when}"
        _say(console, f"{dataset} forgets the {what}{because}", style="bold")
        _left_out(found, dataset, console)
    _say(console, "\nThis does not reach", style="bold")
    for line in [
        *_releases(found),
        *(f"the dataset {name} beside it: forget it there too" for name in others),
        *_kept_by_pipelines(found),
        *_calibrated(found, harvests),
    ]:
        _say(console, f"  {line}")


def print_list(lists: Mapping[str, Forgotten], console: Console) -> None:
    """Print what each dataset leaves out, the earliest request first."""
    for dataset, forgotten in lists.items():
        count = len(forgotten.sources)
        _say(console, f"{dataset} forgets {_count(count, 'source')}", style="bold")
        for source in forgotten.sources:
            texts = _count(len(forgotten.texts.get(source.key, ())), "text")
            because = f", because: {source.reason}" if source.reason else ""
            _say(
                console, f"  {source.since_when} {source.kind} {source.address} ({texts}){because}"
            )


def _left_out(found: Trace, dataset: str, console: Console) -> None:
    rows = [row for row in found.candidates if row.dataset == dataset]
    of_page = Counter(row.url for row in rows)
    kinds = {page.url: page.found_by for page in reversed(found.pages)}
    for page in found.pages:
        of_page.setdefault(page.url, 0)
    if not of_page:
        _say(console, "  Nothing is known of it yet; should it come, it is left out.")
        return
    pages = _count(len(of_page), "address", "addresses")
    _say(console, f"  The next release leaves out {_count(len(rows), 'candidate')} of {pages}:")
    for url, count in sorted(of_page.items(), key=lambda item: -item[1])[:_MOST_SHOWN]:
        kind = _KINDS[kinds.get(url, ASKED)]
        _say(console, f"    {url} ({kind}): {_count(count, 'candidate')}")
    if len(of_page) > _MOST_SHOWN:
        _say(console, f"    and {len(of_page) - _MOST_SHOWN:,} more: `gleanery trace` lists all")
    for row in rows[:_EXAMPLES]:
        question = " ".join(row.question.split())[:_QUESTION]
        _say(console, f"    such as {row.id} {question}", style="dim")


def _releases(found: Trace) -> list[str]:
    rows: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for row in found.rows:
        rows[row.dataset, row.release][row.split] += 1
    lines = []
    for (dataset, release), splits in rows.items():
        said = ", ".join(f"{count:,} {split}" for split, count in sorted(splits.items()))
        lines.append(
            f"release {release} of {dataset}, which has {_count(splits.total(), 'row')} from it "
            f"({said}): releases never change; when the next one stands, delete this one's folder "
            "and its copies to withdraw it"
        )
    if lines:
        return [*lines, "models trained on these releases: train them again on the next one"]
    return ["models that were trained on rows of it (no release here has any)"]


def _kept_by_pipelines(found: Trace) -> list[str]:
    """Return the parts that keep text of the source; their rows and journals stay."""
    parts: dict[str, set[str]] = defaultdict(set)
    for page in found.pages:
        parts[page.pipeline].add(page.part)
    lines = [
        f"the parts and journals of {pipeline}, which `gleanery clean` keeps too: {_some(names)}"
        for pipeline, names in sorted(parts.items())
    ]
    datasets = sorted({row.dataset for row in found.candidates})
    if datasets:
        lines.append(f"the candidates, verdicts and journals of {', '.join(datasets)}, likewise")
    archives = {page.archive for page in found.pages if page.archive}
    if archives:
        lines.append(f"the archives that it was read from: {_some(archives)}")
    return lines


def _calibrated(found: Trace, harvests: Sequence[Harvested]) -> list[str]:
    """Return which recall policies have seen the pages: their classifiers may have learnt them."""
    pages: dict[str, set[str]] = defaultdict(set)
    for page in found.pages:
        pages[page.pipeline].add(page.url)
    return [
        f"the recall policy of {harvest.name}: pages of it were among those that it was "
        "calibrated on, until the next calibration"
        for harvest in harvests
        if pages[harvest.name] and _calibrated_on(harvest, pages[harvest.name])
    ]


def _calibrated_on(harvest: Harvested, urls: set[str]) -> bool:
    receipts = newest_receipts(harvest.store, CALIBRATION).values()
    return any(
        not urls.isdisjoint(read_column(harvest.store, receipt.data, "url")) for receipt in receipts
    )


def _some(names: set[str]) -> str:
    shown = sorted(names)[:_EXAMPLES]
    more = f" and {len(names) - len(shown):,} more" if len(names) > len(shown) else ""
    return f"{', '.join(shown)}{more}"


def _say(console: Console, line: str, style: str = "") -> None:
    console.print(Text(printable(line), style=style), soft_wrap=True)


def _count(number: int, one: str, more: str = "") -> str:
    return f"{number:,} {one if number == 1 else more or one + 's'}"
