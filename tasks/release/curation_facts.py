"""What a release says of its curation: what was looked for, found, left out, kept and not asked."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from gleanery.infra.digests import digest
from gleanery.tasks.records import Record


class BenchmarkHits(Record):
    """A benchmark that the rows were compared with, and the rows in which an item of it was found.

    `left_out` are those that are not in the release for that reason, `kept` those that are in it;
    the rest of `found` is out for another reason. A row may have items of several benchmarks.
    `items_digest` names the items, "" in a release of an earlier version.
    """

    name: str
    items: int
    items_digest: str = ""
    found: int = 0
    left_out: int = 0
    kept: int = 0


class DuplicateHits(Record):
    """A kind of duplicates that was looked for, counted as `BenchmarkHits` are."""

    kind: str
    found: int = 0
    left_out: int = 0
    kept: int = 0


class CurationFacts(Record):
    """What was done about leaks and duplicates, and by whom the rows were judged.

    - `benchmarks`, `duplicates`: what was looked for.
    - `leaks_removed`, `duplicates_removed`: the kinds that the recipe leaves out.
    - `kept_out`: rows left out as duplicates of one that is out itself, by that one's reason.
    - `models`: who was asked, by its part ("judge 1").
    - `unasked`: how many rows a stage could not ask anybody about, by stage; the next run does.
    """

    benchmarks: list[BenchmarkHits] = Field(default_factory=list)
    leaks_removed: list[str] = Field(default_factory=list)
    duplicates: list[DuplicateHits] = Field(default_factory=list)
    duplicates_removed: list[str] = Field(default_factory=list)
    kept_out: dict[str, int] = Field(default_factory=dict)
    models: dict[str, str] = Field(default_factory=dict)
    unasked: dict[str, int] = Field(default_factory=dict)

    @property
    def digest(self) -> str:
        """The digest of what these facts say about the rows that are in the release.

        What is out is not covered: with every night's pages it grows, and the same rows would be
        published again.
        """
        values = self.model_dump(mode="json", exclude={"kept_out"})
        out = {"found", "left_out"}
        for name in ("benchmarks", "duplicates"):
            values[name] = [{k: v for k, v in one.items() if k not in out} for one in values[name]]
        return digest(values)


def curation_changes(before: CurationFacts | None, now: CurationFacts) -> list[str]:
    """Return in words what two releases say differently; [] where the earlier one says nothing."""
    if before is None:
        return []
    old, new = ({one.name: one for one in facts.benchmarks} for facts in (before, now))
    said = [f"now compared with {name} ({_items(new[name])})" for name in new if name not in old]
    said += [f"no longer compared with {name}" for name in old if name not in new]
    for name in (name for name in new if name in old):
        said += _other_items(old[name], new[name])
        said += _kept(f"with items of {name}", old[name].kept, new[name].kept)
    kinds_before, kinds = ({one.kind: one for one in facts.duplicates} for facts in (before, now))
    said += [f"{kind} duplicates are looked for now" for kind in kinds if kind not in kinds_before]
    said += [f"{kind} duplicates are not looked for" for kind in kinds_before if kind not in kinds]
    for kind in (kind for kind in kinds if kind in kinds_before):
        said += _kept(f"that are {kind} duplicates", kinds_before[kind].kept, kinds[kind].kept)
    for what, removed_before, removed in (
        ("leaks", before.leaks_removed, now.leaks_removed),
        ("duplicates", before.duplicates_removed, now.duplicates_removed),
    ):
        if removed != removed_before:
            said.append(f"{what} left out: {', '.join(removed) or 'none'}")
    said += _others(before.models, now.models, "{0}: {1}, before {2}", "nobody")
    return said + _others(before.unasked, now.unasked, "rows not asked by {0}: {1}, before {2}", 0)


def _other_items(before: BenchmarkHits, now: BenchmarkHits) -> list[str]:
    if before.items != now.items:
        return [f"{now.name} has {_items(now)}, before {before.items:,}"]
    if before.items_digest and before.items_digest != now.items_digest:
        return [f"{now.name} has as many items as before, and its items changed"]
    return []


def _items(benchmark: BenchmarkHits) -> str:
    return f"{benchmark.items:,} item{'' if benchmark.items == 1 else 's'}"


def _kept(which: str, before: int, now: int) -> list[str]:
    return [f"rows {which} that stay in: {now:,}, before {before:,}"] if now != before else []


def _others(before: Mapping[str, Any], now: Mapping[str, Any], text: str, none: Any) -> list[str]:
    return [
        text.format(name, now.get(name, none), before.get(name, none))
        for name in sorted({*before, *now})
        if now.get(name) != before.get(name)
    ]
