"""Extraction of one part: its plan, and the dialogue of a page."""

from collections.abc import Callable, Sequence

from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.llm.dialogues import Dialogue
from gleanery.infra.receipts import Input, Plan
from gleanery.tasks.extraction.ask import ask_for_pairs
from gleanery.tasks.extraction.config import ExtractionConfig
from gleanery.tasks.extraction.extract import markup_pairs, pairs_from
from gleanery.tasks.extraction.prompts import FINGERPRINT
from gleanery.tasks.llm_part import LLMPart, RowOutcome
from gleanery.tasks.records import Document, QAPair
from gleanery.tasks.stage_inputs import EXTRACT

VERSION = 2


def extraction_part(
    part: str,
    inputs: tuple[Input, ...],
    load: Callable[[], Sequence[Document]],
    config: ExtractionConfig,
    engine: EngineConfig,
) -> LLMPart[Document, QAPair]:
    """Return the work of one part; `load` gives its documents."""

    def dialogue(document: Document, attempt: int) -> Dialogue[RowOutcome[QAPair]]:
        if document.markup_pairs:
            return RowOutcome(*markup_pairs(document, config))
        results = yield from ask_for_pairs(document, config, engine.identity, attempt)
        return RowOutcome(*pairs_from(document, results, config))

    return LLMPart(
        plan=Plan(
            stage=EXTRACT,
            version=VERSION,
            part=part,
            inputs=inputs,
            decides={
                "config": config.model_dump(mode="json"),
                "prompt": FINGERPRINT,
                "model": [engine.model, engine.revision],
            },
        ),
        load=load,
        row_id=lambda document: document.id,
        row_type=QAPair,
        origin=lambda pair: pair.document_id,
        engines=[engine],
        dialogue=dialogue,
    )
