"""What a dataset card says of curation: leaks, duplicates, and what nobody was asked about."""

from collections.abc import Mapping, Sequence

from gleanery.tasks.release.card_tables import plain, table
from gleanery.tasks.release.manifest import Manifest

_NOT_SAID = "Nothing is said of this by the release."


def not_asked(manifest: Manifest) -> list[str]:
    """Return the notice that verdicts are missing, set apart; [] where none is."""
    if not (manifest.curation and manifest.curation.unasked):
        return []
    said = ", ".join(f"{rows:,} by {plain(stage)}" for stage, rows in _unasked(manifest))
    return [
        "",
        f"> **Not finished:** rows that a stage could not ask a model about: {said}. Such a row "
        "may be in this release without that verdict. The next run asks again.",
    ]


def _unasked(manifest: Manifest) -> list[tuple[str, int]]:
    return sorted(manifest.curation.unasked.items()) if manifest.curation else []


def benchmarks(manifest: Manifest) -> list[str]:
    """Return the benchmarks whose items were looked for, and what became of the rows with one."""
    if manifest.curation is None:
        return [_NOT_SAID]
    if not manifest.curation.benchmarks:
        return ["None. Nothing is known of benchmark items in these rows."]
    rows = [
        (plain(b.name), f"{b.items:,}", f"{b.found:,}", f"{b.left_out:,}", f"{b.kept:,}")
        for b in manifest.curation.benchmarks
    ]
    columns = ["benchmark", "items", "rows found", "left out for it", "in this release"]
    text = _wanted("Rows that hold an item of one of these", manifest.curation.leaks_removed)
    return [text, "", *table(columns, rows)]


def duplicates(manifest: Manifest) -> list[str]:
    """Return the kinds of duplicates that were looked for, and what became of them."""
    if manifest.curation is None:
        return [_NOT_SAID]
    if not manifest.curation.duplicates:
        return ["None were looked for."]
    rows = [
        (plain(d.kind), f"{d.found:,}", f"{d.left_out:,}", f"{d.kept:,}")
        for d in manifest.curation.duplicates
    ]
    text = _wanted("Rows that say the same as another one", manifest.curation.duplicates_removed)
    columns = ["kind", "rows found", "left out for it", "in this release"]
    return [text, "", *table(columns, rows), *_kept_out(manifest.curation.kept_out)]


def _kept_out(counts: Mapping[str, int]) -> list[str]:
    """Return that rows went for others which are out themselves, and why; [] where none did."""
    if not counts:
        return []
    total = sum(counts.values())
    what = "1 row is a duplicate" if total == 1 else f"{total:,} rows are duplicates"
    reasons = ", ".join(f"{plain(reason)} ({rows:,})" for reason, rows in counts.items())
    return ["", f"{what} of a row that is out itself, so that neither is in, for: {reasons}."]


def _wanted(what: str, kinds: Sequence[str]) -> str:
    """Return which kinds the recipe leaves out; the rest of what was found is out otherwise."""
    if not kinds:
        return f"{what} were looked for, and the recipe leaves none of them out."
    named = ", ".join(plain(kind) for kind in kinds)
    return f"{what} were looked for; the recipe leaves out these kinds: {named}."
