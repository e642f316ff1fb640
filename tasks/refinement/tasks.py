"""Refinement as Prefect sees it: one task per part."""

from collections.abc import Callable, Sequence

from prefect import task
from prefect.cache_policies import NO_CACHE

from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.llm.part_answers import Results
from gleanery.infra.llm.protocol import Request
from gleanery.infra.receipts import Input, Plan, Receipt
from gleanery.tasks.llm_part import LLMPart, LLMRun, RowOutcome, run_llm_part
from gleanery.tasks.part_state import part_state
from gleanery.tasks.records import Document, QAPair, RefinedPair
from gleanery.tasks.refinement.ask import RefinementConfig, loss_before_asking, request_for
from gleanery.tasks.refinement.prompts import FINGERPRINT
from gleanery.tasks.refinement.refine import Unrefined, refined_from
from gleanery.tasks.stage_inputs import REFINE

VERSION = 1


@task(
    name="refine part",
    task_run_name="refine {part}",
    persist_result=False,
    cache_policy=NO_CACHE,
)
def refine_part(
    run: LLMRun,
    part: str,
    inputs: tuple[Input, ...],
    load: Callable[[], tuple[Sequence[QAPair], Sequence[Document]]],
    config: RefinementConfig,
    refiners: Sequence[EngineConfig],
    progress: Callable[[int, int], None],
) -> Receipt:
    """Return the receipt of a part's refined pairs: one per pair and refiner."""
    receipt, stood = run_llm_part(
        run, refinement_part(part, inputs, load, config, refiners, progress)
    )
    return part_state(receipt, stood)


def refinement_part(
    part: str,
    inputs: tuple[Input, ...],
    load: Callable[[], tuple[Sequence[QAPair], Sequence[Document]]],
    config: RefinementConfig,
    refiners: Sequence[EngineConfig],
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> LLMPart[QAPair, RefinedPair]:
    """Return the work of one part; `load` gives its pairs and the documents they come from."""
    texts: dict[str, str] = {}

    def load_pairs() -> Sequence[QAPair]:
        pairs, documents = load()
        texts.update((document.id, document.text) for document in documents)
        return pairs

    def requests(pair: QAPair, attempt: int) -> dict[int, list[Request]]:
        if loss_before_asking(pair, config):
            return {}
        text = texts[pair.document_id]
        return {
            index: [request_for(pair, text, config, refiner.identity, attempt)]
            for index, refiner in enumerate(refiners)
        }

    def outcome(pair: QAPair, attempt: int, results: Results) -> RowOutcome[RefinedPair]:
        if loss := loss_before_asking(pair, config):
            return RowOutcome(losses=[loss])
        refined = [
            refined_from(
                pair, results[request.key], refiners[index].model, config, texts[pair.document_id]
            )
            for index, [request] in requests(pair, attempt).items()
        ]
        return RowOutcome(
            rows=[row for row in refined if isinstance(row, RefinedPair)],
            losses=[row.loss for row in refined if isinstance(row, Unrefined)],
        )

    return LLMPart(
        plan=Plan(
            stage=REFINE,
            version=VERSION,
            part=part,
            inputs=inputs,
            decides={
                "config": config.model_dump(mode="json"),
                "prompt": FINGERPRINT,
                "models": [[refiner.model, refiner.revision] for refiner in refiners],
            },
        ),
        load=load_pairs,
        row_id=lambda pair: pair.id,
        row_type=RefinedPair,
        origin=lambda row: row.pair_id,
        engines=refiners,
        requests=requests,
        outcome=outcome,
        progress=progress,
    )
