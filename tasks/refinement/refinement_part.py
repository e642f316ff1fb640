"""Refinement of one part: its plan, and the dialogue of a pair."""

from collections.abc import Callable, Mapping, Sequence

from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.llm.dialogues import Dialogue
from gleanery.infra.losses import Loss
from gleanery.infra.receipts import Input, Plan
from gleanery.tasks.llm_part import LLMPart, RowOutcome
from gleanery.tasks.records import Document, QAPair, RefinedPair
from gleanery.tasks.refinement.ask import RefinementConfig, loss_before_asking, request_for
from gleanery.tasks.refinement.prompts import FINGERPRINT
from gleanery.tasks.refinement.refine import Unrefined, refined_from
from gleanery.tasks.stage_inputs import REFINE

VERSION = 3


def refinement_part(
    part: str,
    inputs: tuple[Input, ...],
    load: Callable[[], tuple[Sequence[QAPair], Sequence[Document]]],
    config: RefinementConfig,
    refiners: Sequence[EngineConfig],
    find_leaks: Callable[[], Mapping[str, Loss]] = dict,
) -> LLMPart[QAPair, RefinedPair]:
    """Return the work of one part; `load` gives its pairs and the documents they come from.

    `find_leaks` gives, by their ids, the pairs that hold a benchmark's item: nobody pays for those.
    """
    texts: dict[str, str] = {}
    leaked: dict[str, Loss] = {}

    def load_pairs() -> Sequence[QAPair]:
        pairs, documents = load()
        texts.update((document.id, document.text) for document in documents)
        leaked.update(find_leaks())
        return pairs

    def dialogue(pair: QAPair, attempt: int) -> Dialogue[RowOutcome[RefinedPair]]:
        if loss := leaked.get(pair.id) or loss_before_asking(pair, config):
            return RowOutcome(losses=[loss])
        text = texts[pair.document_id]
        requests = [request_for(pair, text, config, r.identity, attempt) for r in refiners]
        results = yield {index: [request] for index, request in enumerate(requests)}
        refined = [
            refined_from(pair, results[request.key], refiner.model, config, text)
            for refiner, request in zip(refiners, requests, strict=True)
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
        dialogue=dialogue,
    )
