"""Judging one part of the candidates: its plan, and the dialogue of an example."""

from collections.abc import Callable, Collection, Mapping, Sequence

from gleanery.infra.digests import digest
from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.llm.dialogues import Dialogue
from gleanery.infra.receipts import Input, Plan
from gleanery.tasks.dataset_records import Candidate, ExampleScore
from gleanery.tasks.id_keys import IdSet, id_keys
from gleanery.tasks.llm_part import LLMPart, RowOutcome
from gleanery.tasks.scoring.judge import judge_example
from gleanery.tasks.scoring.judge_config import JudgeConfig
from gleanery.tasks.scoring.judge_prompt import FINGERPRINT
from gleanery.tasks.scoring.judge_source import source_passage
from gleanery.tasks.scoring.stages import JUDGEMENTS

VERSION = 3


def judgement_part(
    part: str,
    inputs: tuple[Input, ...],
    load: Callable[[], tuple[Sequence[Candidate], Mapping[str, str]]],
    left_out: Collection[str],
    config: JudgeConfig,
    judges: Sequence[EngineConfig],
) -> LLMPart[Candidate, ExampleScore]:
    """Return the work of one part; `load` gives its candidates and, by document id, page texts.

    `left_out` are the ids of the part's candidates that are not worth a request (duplicates,
    leaks); ids of other parts would only have this one looked at again. When the set changes, a
    row that joins is judged, one that leaves loses its scores, the rest stay as they are; a row
    that comes back finds its answer in the journal. The page texts may be empty unless
    `config.show_source` is set. Raises `ValueError` without a judge, or with the same one twice.
    """
    models = [(judge.model, judge.revision) for judge in judges]
    if not models or len(set(models)) < len(models):
        raise ValueError("judging needs one or more models, each of them once: name them in judges")
    pages: dict[str, str] = {}
    without = IdSet.of(id_keys(sorted(left_out)))  # not the ids: all parts of a run wait at once

    def load_candidates() -> Sequence[Candidate]:
        candidates, texts = load()
        pages.update(texts if config.show_source else {})
        out = without.has(id_keys([candidate.id for candidate in candidates])).tolist()
        return [candidate for candidate, is_out in zip(candidates, out, strict=True) if not is_out]

    def dialogue(candidate: Candidate, attempt: int) -> Dialogue[RowOutcome[ExampleScore]]:
        text = pages.get(candidate.document_id, "")
        source = source_passage(candidate, text, config.source_characters)
        identities = [judge.identity for judge in judges]
        return judge_example(candidate, source, config, identities, attempt)

    return LLMPart(
        plan=Plan(
            stage=JUDGEMENTS,
            version=VERSION,
            part=part,
            inputs=(*inputs, left_out_input(part, frozenset(left_out))),
            decides={
                "config": config.model_dump(mode="json"),
                "prompt": FINGERPRINT,
                "models": [list(model) for model in models],
            },
        ),
        load=load_candidates,
        row_id=lambda candidate: candidate.id,
        row_type=ExampleScore,
        origin=lambda score: score.id,
        engines=judges,
        dialogue=dialogue,
    )


def left_out_input(part: str, ids: Collection[str]) -> Input:
    """Return what stands for the rows that a part leaves out, whatever their order."""
    return Input(stage="left-out", part=part, row_digest=digest(sorted(ids)))
