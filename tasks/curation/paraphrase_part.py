"""Benchmark problems in other words: the nearest ones of each candidate, shown to a judge."""

from collections.abc import Callable, Collection, Sequence

from pydantic import Field

from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.llm.dialogues import Dialogue
from gleanery.infra.llm.protocol import FailureReason, Message, ModelIdentity, Request, Sampling
from gleanery.infra.receipts import Input, Plan, Receipt
from gleanery.tasks.answered import finished_text
from gleanery.tasks.attempts import AskingConfig
from gleanery.tasks.curation.benchmark_items import BenchmarkItem
from gleanery.tasks.curation.paraphrase_prompt import (
    SameProblem,
    judging_fingerprint,
    judging_prompt,
    judging_schema,
    read_judgement,
)
from gleanery.tasks.curation.paraphrase_search import (
    Embed,
    ProblemIndex,
    nearest_problems,
    shown_problem,
)
from gleanery.tasks.curation.vectors_model import EMBEDDING, VectorModel
from gleanery.tasks.dataset_records import Candidate, Leak
from gleanery.tasks.llm_part import LLMPart, RowOutcome
from gleanery.tasks.records import Loss

PARAPHRASES = "paraphrases"
VERSION = 1
_LONGEST_REASON = 500


class ParaphraseConfig(AskingConfig):
    """Which problems are shown to the judge beside a question.

    Floors are where 0.87 (words) and 0.97 (a small embedding model) of 76 rewritten questions have
    their original among the five nearest of 24,000 problems.
    """

    sampling: Sampling = Field(
        Sampling(temperature=0.0, max_tokens=2048),
        description="How the judge draws its verdicts.",
    )
    nearest: int = Field(
        5, ge=1, le=50, description="Most benchmark problems that are judged for a candidate."
    )
    words_floor: float = Field(
        0.25, ge=0, le=1, description="Least cosine of vectors made from the words of the dataset."
    )
    embedding_floor: float = Field(
        0.65, ge=0, le=1, description="Least cosine of an embedding model's vectors."
    )
    longest_text: int = Field(
        4_000, ge=200, le=100_000, description="Characters of a question or problem that are shown."
    )
    tries: int = Field(
        2, ge=1, le=10, description="How often the judge is asked until its answer can be read."
    )

    def floor(self, model: VectorModel) -> float:
        """Return the least cosine for vectors of this model."""
        return self.embedding_floor if model.kind == EMBEDDING else self.words_floor


def paraphrase_inputs(
    candidates: Receipt, leaks: Receipt | None, index: ProblemIndex
) -> tuple[Input, ...]:
    """Return what a part of paraphrased leaks is made from; another benchmark makes it anew.

    Then only candidates near its problems are asked about: other answers are in the journal.
    """
    made_from = [receipt for receipt in (candidates, leaks) if receipt]
    return (
        *(Input(stage=r.stage, part=r.part, row_digest=r.row_digest) for r in made_from),
        Input(stage="benchmarks", part="all", row_digest=index.digest),
    )


def paraphrase_part(
    candidates: Receipt,
    leaks: Receipt | None,
    load: Callable[[], tuple[Sequence[Candidate], Collection[str]]],
    index: ProblemIndex,
    model: VectorModel,
    embed: Embed,
    config: ParaphraseConfig,
    judge: EngineConfig,
) -> LLMPart[Candidate, Leak]:
    """Return the work of one part: a `Leak` for each problem that a candidate paraphrases.

    `load` gives the candidates and the ids to leave out: those in which n-grams have found a
    problem. A candidate without a near problem is not asked about. Neither that nor a "no" of the
    judge is a loss; an answer that cannot be read is one ("unparseable", "truncated").
    """
    near: dict[str, list[BenchmarkItem]] = {}

    def load_candidates() -> Sequence[Candidate]:
        rows, left_out = load()
        asked = [row for row in rows if row.id not in left_out]
        found = nearest_problems(
            [row.question for row in asked], index, embed, config.nearest, config.floor(model)
        )
        near.update((row.id, items) for row, items in zip(asked, found, strict=True) if items)
        return rows

    def dialogue(row: Candidate, attempt: int) -> Dialogue[RowOutcome[Leak]]:
        if row.id not in near:
            return RowOutcome()
        return (yield from judge_candidate(row, near[row.id], config, judge.identity, attempt))

    return LLMPart(
        plan=Plan(
            stage=PARAPHRASES,
            version=VERSION,
            part=candidates.part,
            inputs=paraphrase_inputs(candidates, leaks, index),
            decides={
                "config": config.model_dump(mode="json"),
                "prompt": judging_fingerprint(),
                "model": [judge.model, judge.revision],
                "vectors": [model.kind, model.digest],
            },
        ),
        load=load_candidates,
        row_id=lambda row: row.id,
        row_type=Leak,
        origin=lambda leak: leak.id,
        engines=[judge],
        dialogue=dialogue,
    )


def judge_candidate(
    row: Candidate,
    items: Sequence[BenchmarkItem],
    config: ParaphraseConfig,
    model: ModelIdentity,
    attempt: int,
) -> Dialogue[RowOutcome[Leak]]:
    """Return the leaks of a candidate among the problems near it, as the judge sees them."""
    problems = list(dict.fromkeys(map(shown_problem, items)))
    problem = Loss(row_id=row.id, reason="unparseable", detail="")
    for number in range(config.tries):
        request = judging_request(
            row.question, problems, config, model, attempt * config.tries + number
        )
        result = (yield {0: [request]})[request.key]
        answer = finished_text(row.id, result)
        if isinstance(answer, Loss):
            if answer.reason in list(FailureReason):
                return RowOutcome(losses=[answer])
            problem = answer
            continue
        try:
            verdicts = read_judgement(answer, len(problems))
        except ValueError as error:
            problem = Loss(row_id=row.id, reason="unparseable", detail=str(error))
            continue
        said = dict(zip(problems, verdicts, strict=True))
        same = [item for item in items if said[shown_problem(item)].same]
        return RowOutcome(
            rows=[_leak(row, item, said[shown_problem(item)], model, request.key) for item in same]
        )
    return RowOutcome(losses=[problem])


def judging_request(
    question: str,
    problems: Sequence[str],
    config: ParaphraseConfig,
    model: ModelIdentity,
    attempt: int = 0,
) -> Request:
    """Return the request that asks whether one of the problems is this question."""
    prompt = judging_prompt(question, problems, config.longest_text)
    return Request(
        model=model,
        messages=(Message(role="user", content=prompt),),
        sampling=config.sampling_of(attempt),
        response_schema=judging_schema(len(problems)),
        attempt=attempt,
    )


def _leak(
    row: Candidate, item: BenchmarkItem, verdict: SameProblem, model: ModelIdentity, key: str
) -> Leak:
    return Leak(
        id=row.id,
        benchmark=item.benchmark,
        item_id=item.id,
        kind="paraphrase",
        side="question",
        start=0,
        end=len(row.question),
        matched=row.question,
        item_text=shown_problem(item),
        reason=verdict.reason[:_LONGEST_REASON],
        model=model.name,
        prompt=judging_fingerprint(),
        request_key=key,
    )
