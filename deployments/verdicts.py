"""A person's verdicts on refined pairs: one small object each, and the shares they add up to."""

import datetime
from collections.abc import Callable, Iterable, Sequence

import orjson
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from gleanery.deployments.drawing import AuditedPair
from gleanery.infra.storage import Store
from gleanery.tasks.recall.thresholds import wilson_interval
from gleanery.tasks.records import Record

VERDICTS = {
    "1": "correct and improved",
    "2": "correct but unchanged",
    "3": "wrong question",
    "4": "wrong answer",
    "5": "wrong explanation",
    "6": "unusable",
}
CORRECT = frozenset({"correct and improved", "correct but unchanged"})
_FOLDER = "audits"


class Verdict(Record):
    """What a person said of one refined pair; `key` names the very text that was judged."""

    key: str
    refined_id: str
    pair_id: str
    verdict: str
    refiner: str
    outcome: str
    model: str
    prompt: str
    request_key: str
    judged: str


def keep_verdict(store: Store, audited: AuditedPair, verdict: str) -> None:
    """Store a verdict; it is durable when this returns."""
    refined = audited.refined
    row = Verdict(
        key=audited.key,
        refined_id=refined.id,
        pair_id=refined.pair_id,
        verdict=verdict,
        refiner=refined.refiner,
        outcome=refined.outcome,
        model=refined.model,
        prompt=refined.prompt,
        request_key=refined.request_key,
        judged=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    )
    path = f"{_FOLDER}/{row.key}.json"
    store.write(path, orjson.dumps(row.model_dump(mode="json"), option=orjson.OPT_INDENT_2))


def read_verdicts(store: Store) -> list[Verdict]:
    """Return all verdicts of a pipeline."""
    return [
        Verdict.model_validate(orjson.loads(store.read(info.path))) for info in store.list(_FOLDER)
    ]


def print_report(verdicts: Sequence[Verdict], console: Console) -> None:
    """Print the share of each verdict with its 95 % interval: in all, by refiner, by outcome."""
    if not verdicts:
        console.print("Nothing is judged yet.")
        return
    table = Table(box=SIMPLE_HEAD, pad_edge=False, title=f"{len(verdicts)} pairs judged")
    for name in ("pairs", "verdict"):
        table.add_column(name)
    for name in ("count", "share", "95 % interval"):
        table.add_column(name, justify="right")
    _add_shares(table, "all", verdicts)
    _add_groups(table, "refiner", verdicts, lambda verdict: verdict.refiner)
    _add_groups(table, "outcome", verdicts, lambda verdict: verdict.outcome)
    console.print(table)


def _add_groups(
    table: Table, name: str, verdicts: Sequence[Verdict], group_of: Callable[[Verdict], str]
) -> None:
    for group in sorted(set(map(group_of, verdicts))):
        _add_shares(table, f"{name} {group}", [v for v in verdicts if group_of(v) == group])


def _add_shares(table: Table, group: str, verdicts: Sequence[Verdict]) -> None:
    """Add one row per verdict that was given, after the share of pairs that are correct."""
    given = [verdict.verdict for verdict in verdicts]
    rows: Iterable[tuple[str, int]] = (
        ("correct, improved or not", sum(verdict in CORRECT for verdict in given)),
        *((verdict, given.count(verdict)) for verdict in VERDICTS.values() if verdict in given),
    )
    for index, (verdict, count) in enumerate(rows):
        interval = wilson_interval(count, len(given))
        table.add_row(
            f"{group} ({len(given)})" if index == 0 else "",
            verdict,
            str(count),
            f"{interval.value:.1%}",
            f"{interval.low:.1%} to {interval.high:.1%}",
        )
    table.add_section()
