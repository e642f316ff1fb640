"""A dataset with verdicts on its candidates, released as often as a test wants."""

from collections.abc import Sequence
from typing import Any

from released_candidates import candidate
from report_reading import read

from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Plan, Receipt, Usage
from gleanery.infra.storage import Store
from gleanery.tasks.dataset_records import Candidate, Duplicate, Leak
from gleanery.tasks.records import Record
from gleanery.tasks.release.manifest import Manifest
from gleanery.tasks.release.publish import Published
from gleanery.tasks.release.recipe import Recipe
from gleanery.tasks.release.release_stage import release_selection
from gleanery.tasks.release.release_work import ReleaseWork, pipelines_taken
from gleanery.tasks.release.report_data import BenchmarkSearched
from gleanery.tasks.release.selection_part import PART, Curated, select_candidates
from gleanery.tasks.release.stages import SELECTION
from gleanery.tasks.stage_output import StageOutput, stage_output

METHODS = {"web": "harvest", "glan": "taxonomy"}
ROWS = 40
SUMS = BenchmarkSearched(name="my sums", items=25)  # with a blank: it is no name to be split


def leak(number: int, benchmark: str = "my sums", kind: str = "ngram") -> Leak:
    return Leak(
        id=f"row-{number:05d}", benchmark=benchmark, item_id="q 7", kind=kind, side="question",
        start=0, end=7, matched="A train", item_text="A train covers 60 km.",
    )  # fmt: skip


def duplicate(number: int, kind: str, level: str = "example", id: str = "") -> Duplicate:
    row_id = id or f"row-{number:05d}"
    return Duplicate(id=row_id, kept_id="row-00000", kind=kind, level=level, similarity=1)


class Curation:
    """A dataset's store with candidates and their verdicts, released as often as it takes."""

    def __init__(self, store: Store) -> None:
        self.parts = Parts(store)
        self.benchmarks = [SUMS]
        self.leaks: Sequence[Leak] = [leak(2), leak(4), leak(4, kind="whole_text")]
        self.duplicates: Sequence[Duplicate] = [duplicate(6, "exact"), duplicate(8, "near")]
        self.failed: dict[str, dict[str, int]] = {}
        self.candidates = [candidate(n) for n in range(ROWS)]

    def release(self, **recipe: Any) -> Published:
        candidates = self._commit("candidates", self.candidates, Candidate)
        curated = Curated(
            candidates=[candidates],
            duplicates=[self._commit("duplicates", self.duplicates, Duplicate)],
            leaks=[self._commit("leaks", self.leaks, Leak)],
        )
        wanted = Recipe.model_validate({"validation": {"share": 0.2}, **recipe})
        selection, _ = select_candidates(self.parts, curated, wanted, METHODS, [])
        work = ReleaseWork(
            name="lessons",
            title="Lessons",
            recipe=wanted,
            stores=dict.fromkeys(METHODS, self.parts.store),
            stages={
                "web": [self._asked("refine", 1000)],
                "glan": [self._asked("examples", 5000)],
                "": [
                    stage_output("candidates", [candidates], ""),
                    *[self._asked(stage, 0, failed) for stage, failed in self.failed.items()],
                ],
            },
            taken=pipelines_taken(wanted, METHODS),
            coverage={},
            benchmarks=self.benchmarks,
            duplicates=["exact", "near"],
            models={"judge 1": "open-72b"},
            sampled=3,
        )
        return release_selection(self.parts, curated, selection, work)

    def _commit(self, stage: str, rows: Sequence[Record], record: type[Record]) -> Receipt:
        plan = Plan(
            stage=stage,
            version=1,
            part="web",
            inputs=(),
            decides={"rows": [row.model_dump_json() for row in rows]},
        )
        newest = self.parts.newest(stage, "web")
        if newest and newest.key == plan.key:
            return newest
        return self.parts.commit(plan, Outcome(rows, [], [], len(rows)), record, 0.0, newest)

    def _asked(self, stage: str, tokens: int, failed: dict[str, int] | None = None) -> StageOutput:
        return StageOutput(
            stage=stage, parts=[], reused=0, rows_in=ROWS, rows_out=ROWS, rejected={},
            failed=failed or {}, usage=Usage(sent=1, prompt_tokens=tokens), seconds=1, sent=0,
        )  # fmt: skip

    @property
    def selection(self) -> Receipt:
        newest = self.parts.newest(SELECTION, PART)
        assert newest
        return newest

    def card(self, manifest: Manifest) -> str:
        return self.parts.store.read(f"{manifest.folder}/README.md").decode()

    def report(self, manifest: Manifest) -> Any:
        return read(self.parts.store.read(f"{manifest.folder}/report.html").decode())
