"""The released rows that the report shows, each with the whole way that it has come."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gleanery.infra.journal import journal_folder, read_answers
from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Receipt
from gleanery.infra.row_search import find_rows
from gleanery.infra.storage import Store
from gleanery.tasks.dataset_records import Candidate, ExampleScore
from gleanery.tasks.records import Document, QAPair, RefinedPair
from gleanery.tasks.release.report_lineage import harvest_steps, synthesis_steps
from gleanery.tasks.release.report_samples import LineageStep, SampledExample, shown_scores
from gleanery.tasks.release.rows import own_scores, released_licence
from gleanery.tasks.seeded import keys
from gleanery.tasks.stage_inputs import EXAMPLES, EXTRACT, RECALL, REFINE

Row = tuple[Candidate, str, list[ExampleScore]]


class ReleaseSample:
    """An even draw of up to `size` rows, whatever their order; memory holds no more than those.

    The same rows are drawn from the same release, and most of them again from the next one.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._rows: list[tuple[int, str, Row]] = []

    def add(self, candidate: Candidate, split: str, scores: Sequence[ExampleScore]) -> None:
        """Consider a released row."""
        drawn = int(keys([candidate.id], "report", 0)[0])
        self._rows.append((drawn, candidate.id, (candidate, split, list(scores))))
        if len(self._rows) >= 2 * self._size:
            self._prune()

    def _prune(self) -> None:
        self._rows = sorted(self._rows, key=lambda row: row[:2])[: self._size]

    @property
    def rows(self) -> list[Row]:
        """The rows drawn, in random order."""
        self._prune()
        return [row for _, _, row in self._rows]


def sampled_examples(rows: Sequence[Row], stores: Mapping[str, Store]) -> list[SampledExample]:
    """Return the rows as the report shows them; `stores` are the pipelines', by name.

    Every part that they come from is looked into once.
    """
    by_part: defaultdict[tuple[str, str], list[Candidate]] = defaultdict(list)
    for candidate, _, _ in rows:
        by_part[candidate.pipeline, candidate.part].append(candidate)
    steps: dict[str, list[LineageStep]] = {}
    for (pipeline, part), candidates in by_part.items():
        parts = Parts(stores[pipeline])
        harvested = [row for row in candidates if row.method == "harvest"]
        steps |= _harvest_steps(parts, part, harvested) if harvested else {}
        synthesised = [row for row in candidates if row.method != "harvest"]
        steps |= _synthesis_steps(parts, part, synthesised) if synthesised else {}
    return [_shown(*row, steps[row[0].id]) for row in rows]


def _shown(
    candidate: Candidate, split: str, scores: list[ExampleScore], steps: list[LineageStep]
) -> SampledExample:
    return SampledExample(
        id=candidate.id,
        source=candidate.pipeline,
        split=split,
        method=candidate.method,
        subject=candidate.subject,
        domain=candidate.domain,
        licence=released_licence(candidate)[0],
        url=candidate.url,
        labels=candidate.labels,
        messages=candidate.messages,
        scores=shown_scores([*own_scores(candidate), *scores]),
        steps=steps,
    )


def _harvest_steps(
    parts: Parts, part: str, candidates: Sequence[Candidate]
) -> dict[str, list[LineageStep]]:
    documents = _found(parts, RECALL, part, "id", {c.document_id for c in candidates}, Document)
    pairs = _found(parts, EXTRACT, part, "id", {c.origin for c in candidates}, QAPair)
    refined = _found(parts, REFINE, part, "id", {c.id for c in candidates}, RefinedPair)
    archives = {candidate.document_id: candidate.archive for candidate in candidates}
    document_of = {row.id: row.model_copy(update={"source": archives[row.id]}) for row in documents}
    pair_of = {row.id: row for row in pairs}
    refined_of = {row.id: row for row in refined}
    return {
        candidate.id: harvest_steps(
            document_of.get(candidate.document_id),
            pair_of[candidate.origin],
            refined_of.get(candidate.id),
        )
        for candidate in candidates
        if candidate.origin in pair_of
    } | {candidate.id: [] for candidate in candidates if candidate.origin not in pair_of}


def _found(
    parts: Parts, stage: str, part: str, column: str, values: set[str], record: type[Any]
) -> list[Any]:
    receipt = parts.newest(stage, part)
    return find_rows(parts.store, receipt.data, column, values, record) if receipt else []


def _synthesis_steps(
    parts: Parts, part: str, candidates: Sequence[Candidate]
) -> dict[str, list[LineageStep]]:
    wanted = {call.request_key for candidate in candidates for call in candidate.calls}
    answers = {
        key: answer.text
        for receipt in _before(parts, parts.newest(EXAMPLES, part))
        for key, answer in read_answers(
            parts.store, journal_folder(receipt.stage, receipt.part)
        ).items()
        if key in wanted
    }
    return {
        candidate.id: synthesis_steps(
            nodes=candidate.nodes,
            labels=candidate.labels if candidate.method == "taxonomy" else candidate.labels[1:],
            plan_id=candidate.plan_id,
            plan={
                "strategy": candidate.strategy,
                "about": ", ".join(candidate.labels),
            },
            calls=candidate.calls,
            answers=answers,
        )
        for candidate in candidates
    }


def _before(parts: Parts, last: Receipt | None) -> Iterable[Receipt]:
    """Yield a receipt and the newest ones of all parts that it was made from."""
    todo, seen = [last] if last else [], set()
    while todo:
        receipt = todo.pop()
        yield receipt
        for made_from in receipt.inputs:
            place = (made_from.stage, made_from.part)
            if place not in seen and (earlier := parts.newest(*place)):
                todo.append(earlier)
            seen.add(place)
