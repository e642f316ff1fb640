"""The parts that `selection.py` measures on: candidates, verdicts and scores, made up."""

import random
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from gleanery.infra.digests import digest
from gleanery.infra.losses import Loss
from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Plan, Receipt
from gleanery.infra.storage import Store
from gleanery.infra.tables import RowSpool, arrow_schema
from gleanery.tasks.dataset_records import Candidate, Duplicate, ExampleScore, Leak
from gleanery.tasks.records import Record
from gleanery.tasks.release.recipe import Recipe
from gleanery.tasks.release.release_work import ReleaseWork
from gleanery.tasks.release.report_data import BenchmarkSearched
from gleanery.tasks.release.selection_part import Curated
from gleanery.tasks.stage_output import stage_output

METHODS = {"web": "harvest", "glan": "taxonomy", "mix": "skills"}
SCORERS = ("heuristics", "agreement", "judge")
GIVEN = {
    "heuristics": [f"check_{n}" for n in range(8)] + ["quality"],
    "agreement": ["agreement"],
    "judge": ["correct", "complete", "self_contained", "educational"],
}
RECIPE = Recipe.model_validate(
    {
        "filters": [
            {"score": "heuristics.quality", "least": 0.05, "missing": "keep"},
            {"score": "judge.correct", "least": 0.2, "missing": "keep"},
        ],
        "siblings": {"take": "best", "by": ["judge.complete"]},
        "domain_cap": {"share": 0.3},
        "balance": [{"by": "skill", "mode": "smooth"}],
    }
)
ROWS_PER_PAGE, VERSIONS = 4, 2  # rows of a page or a plan, and of an origin
WORDS = ["the", "train", "covers", "60", "km", "so", "of", "a", "slope", "and", "its", "mass", "is"]


class Written:
    """A Parquet file of rows in columns, as `Parts.commit_spooled` takes it."""

    def __init__(self, folder: str, name: str, record: type[Record]) -> None:
        self.path = Path(folder, f"{name}.parquet")
        self.count, self.schema = 0, arrow_schema(record)
        self.row_digest = digest(name)
        self._writer = pq.ParquetWriter(self.path, self.schema, compression="zstd")

    def append(self, columns: dict[str, Any]) -> None:
        table = pa.table(columns, schema=self.schema)
        self._writer.write_table(table, row_group_size=1000)  # as `RowSpool` has them
        self.count += len(table)

    def close(self) -> None:
        self._writer.close()


def write_parts(folder: str, rows: int, part_rows: int) -> None:
    """Write candidates, their verdicts and their scores below a folder."""
    Path(folder).mkdir(exist_ok=True)
    parts = Parts(Store(folder))
    chance = np.random.default_rng(0)
    texts = " ".join(random.Random(0).choices(WORDS, k=400_000))
    found: dict[str, list[dict[str, Any]]] = {"pages": [], "rows": [], "semantic": []}
    for number, first in enumerate(range(0, rows, part_rows)):
        ids = np.arange(first, min(first + part_rows, rows))
        name = f"{list(METHODS)[(0, 0, 1, 0, 0, 1, 0, 0, 1, 2)[number % 10]]}.{number:05d}"
        columns = _candidates(name, ids, chance, texts)
        _commit(parts, folder, "candidates", name, Candidate, [columns])
        _commit(parts, folder, "leaks", name, Leak, [_leaks(ids[::100], texts)])
        for scorer in SCORERS:
            _commit(parts, folder, scorer, name, ExampleScore, [_scores(ids, scorer, chance)])
        found["pages"].append(_duplicates(chance, ids, 0.1, "document"))
        found["rows"].append(_duplicates(chance, ids, 0.12, "example"))
        found["semantic"].append(_duplicates(chance, ids, 0.08, "question"))
    for name, several in found.items():
        _commit(parts, folder, "duplicates", name, Duplicate, several)


def read_parts(folder: str) -> tuple[Parts, Curated]:
    """Return the parts below a folder, in the order in which they came."""
    parts = Parts(Store(folder))
    names = sorted(
        {path.name for path in Path(folder, "parts", "candidates").iterdir()},
        key=lambda name: name.partition(".")[2],
    )

    def newest(stage: str, several: Iterable[str]) -> Iterator[Receipt]:
        for name in several:
            if receipt := parts.newest(stage, name):
                yield receipt

    return parts, Curated(
        candidates=list(newest("candidates", names)),
        duplicates=list(newest("duplicates", ("pages", "rows", "semantic"))),
        leaks=list(newest("leaks", names)),
        scores=[receipt for scorer in SCORERS for receipt in newest(scorer, names)],
    )


def release_work(parts: Parts, curated: Curated) -> ReleaseWork:
    """Return what a release of these parts says of itself."""
    return ReleaseWork(
        name="made-up",
        title="Made up",
        recipe=RECIPE,
        stores=dict.fromkeys(METHODS, parts.store),
        stages={"": [stage_output("candidates", curated.candidates, "")]},
        taken=METHODS,
        coverage={},
        benchmarks=[BenchmarkSearched(name="sums", items=100)],
        duplicates=["exact", "near", "semantic"],
        models={},
        sampled=200,
    )


def _commit(
    parts: Parts,
    folder: str,
    stage: str,
    name: str,
    record: type[Record],
    several: Sequence[dict[str, Any]],
) -> None:
    file = Written(folder, f"{stage}-{name}", record)
    for columns in several:
        file.append(columns)
    plan = Plan(stage=stage, version=1, part=name, inputs=(), decides={})
    with RowSpool(Loss) as losses:
        outcome = Outcome[Record]([], [], [], file.count)
        parts.commit_spooled(plan, outcome, file, losses, 0.0, None)
    file.path.unlink()


def _row_id(number: int) -> str:
    return f"{number * 0x9E3779B97F4A7C15 % 2**64:016x}{number:016x}"


def _page_id(number: int) -> str:
    return f"{number * 0xBF58476D1CE4E5B9 % 2**64:016x}{number:016x}"


def _candidates(name: str, ids: Any, chance: Any, texts: str) -> dict[str, Any]:
    pipeline, count = name.partition(".")[0], len(ids)
    method = METHODS[pipeline]
    web = method == "harvest"
    pages = (ids // ROWS_PER_PAGE).tolist()
    origins = [_page_id(n // VERSIONS + (1 << 40)) for n in ids.tolist()]
    # Of every 33 pages one is an earlier one that came in again, as another document.
    again = [page - 3 if page % 33 == 3 else page for page in pages]
    domains = np.minimum(chance.zipf(1.3, count), 20_000)
    at = chance.integers(0, len(texts) - 2000, (count, 3))
    of_answer = at[:, 1] + chance.integers(300, 1500, count)
    skills = chance.integers(0, 400, (count, 3))
    places = list(zip(at[:, 0].tolist(), at[:, 1].tolist(), of_answer.tolist(), strict=True))
    return {
        "id": [_row_id(n) for n in ids.tolist()],
        "pipeline": [pipeline] * count,
        "method": [method] * count,
        "part": [name] * count,
        "origin": origins,
        "plan_id": [""] * count if web else origins,
        "document_id": [_page_id(page) if web else "" for page in pages],
        "url": [f"https://d{d}.example/{ids[0]}" if web else "" for d in domains],
        "domain": [f"d{d}.example" if web else "" for d in domains],
        "licence": [("CC BY-SA 4.0", "", "MIT")[n % 3] if web else "" for n in pages],
        "date": ["2026-01-02" if web else ""] * count,
        "subject": [f"subject {n % 97}" for n in pages],
        "strategy": [("improved", "corrected")[n % VERSIONS] for n in ids.tolist()],
        "nodes": [[] if web else [f"node-{k}" for k in row] for row in skills.tolist()],
        "labels": [[] if web else [f"Skill {k}" for k in row] for row in skills.tolist()],
        "split": ["train"] * count,
        "messages": [
            [
                {"role": "user", "content": texts[q : q + 200]},
                {"role": "assistant", "content": texts[a:end]},
            ]
            for q, a, end in places
        ],
        "original": [
            [{"role": "user", "content": texts[q : q + 180]}] if web else [] for q, _, _ in places
        ],
        "calls": [
            [{"step": "refine", "model": "m", "prompt": "ab" * 16, "request_key": _page_id(n)}]
            for n in ids.tolist()
        ],
        "scores": [
            [] if web else [{"name": "verified", "value": n % 5 / 4, "detail": "of 4"}]
            for n in ids.tolist()
        ],
        "page": [_page_id(page + (1 << 41)) if web else "" for page in again],
        "page_text": [_page_id(page + (1 << 42)) if web else "" for page in pages],
        "archive": ["s3://crawl/a.warc.gz" if web else ""] * count,
        "offset": ids,
        "question_spans": [[{"start": 1, "end": 90}] if web else []] * count,
        "answer_spans": [[]] * count,
    }  # fmt: skip


def _scores(ids: Any, scorer: str, chance: Any) -> dict[str, Any]:
    names = GIVEN[scorer]
    count = len(ids) * len(names)
    values = chance.integers(0, 5, count) / 4
    if "quality" in names:  # the one score that has as many values as there are rows
        values[len(names) - 1 :: len(names)] = chance.random(len(ids))
    rows = pa.array(np.repeat(np.arange(len(ids)), len(names)))
    judged = scorer == "judge"
    requests = [_page_id(n) if judged else "" for n in ids.tolist()]
    return {
        "id": pa.array([_row_id(n) for n in ids.tolist()]).take(rows),
        "scorer": pa.repeat(scorer, count),
        "name": pa.array(names * len(ids)),
        "value": values,
        "detail": pa.repeat("the judge found nothing to object to here" if judged else "", count),
        "model": pa.repeat("open-72b" if judged else "", count),
        "prompt": pa.repeat("cd" * 16 if judged else "", count),
        "request_key": pa.array(requests).take(rows),
    }


def _duplicates(chance: Any, ids: Any, share: float, level: str) -> dict[str, Any]:
    name_of = _page_id if level == "document" else _row_id
    numbers = ids[::ROWS_PER_PAGE] // ROWS_PER_PAGE if level == "document" else ids
    going = numbers[chance.random(len(numbers)) < share].tolist()
    kept = chance.integers(0, int(numbers[-1]) + 1, len(going)).tolist()
    return {
        "id": [name_of(n) for n in going],
        "kept_id": [name_of(n) for n in kept],
        "kind": [
            "semantic" if level == "question" else ("exact", "near")[n % 2] for n in going
        ],
        "level": [level] * len(going),
        "similarity": chance.random(len(going)),
    }  # fmt: skip


def _leaks(ids: Any, texts: str) -> dict[str, Any]:
    count = len(ids)
    return {
        "id": [_row_id(n) for n in ids.tolist()],
        "benchmark": ["sums"] * count,
        "item_id": [f"q {n % 100}" for n in ids.tolist()],
        "kind": ["ngram"] * count,
        "side": ["question"] * count,
        "start": [0] * count,
        "end": [90] * count,
        "matched": [texts[n % 1000 : n % 1000 + 90] for n in ids.tolist()],
        "item_text": [texts[n % 1000 : n % 1000 + 400] for n in ids.tolist()],
        "reason": [""] * count,
        "model": [""] * count,
        "prompt": [""] * count,
        "request_key": [""] * count,
    }
