"""What a pipeline's storage holds, and whether it is sound."""

import json
import posixpath
from collections import Counter
from collections.abc import Callable
from typing import Any

from gleanery.infra.journal import read_answers
from gleanery.infra.llm.protocol import Completion
from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Receipt
from gleanery.infra.storage import Store
from gleanery.infra.tables import RowSpool
from gleanery.tasks.curation.signatures_part import SIGNATURES
from gleanery.tasks.curation.signatures_table import LEVELS, SignatureSpool, read_signed_rows
from gleanery.tasks.curation.vectors_model import VectorModel
from gleanery.tasks.curation.vectors_part import TextVector
from gleanery.tasks.dataset_records import (
    Candidate,
    Duplicate,
    ExampleScore,
    Ineligible,
    Leak,
)
from gleanery.tasks.recall.calibration import CalibrationPage, RecalledPage
from gleanery.tasks.recall.domains import DomainVerdict
from gleanery.tasks.records import Document, Example, KeptDocument, QAPair, RefinedPair
from gleanery.tasks.release.selection_part import Selected
from gleanery.tasks.stage_inputs import extracted_pairs, kept_documents
from gleanery.tasks.taxonomy.records import Question, Subject, Syllabus, TaxonomyPlan

ROWS: dict[str, Any] = {
    "calibration-pages": CalibrationPage,
    "calibration-round": RecalledPage,
    "judge-sites": DomainVerdict,
    "policy": DomainVerdict,
    "recall": Document,
    "dedup": KeptDocument,
    "extract": QAPair,
    "refine": RefinedPair,
    "subjects": Subject,
    "syllabi": Syllabus,
    "plans": TaxonomyPlan,
    "questions": Question,
    "skill-examples": Example,
    "examples": Example,
    "candidates": Candidate,
    "leaks": Leak,
    "eligibility": Ineligible,
    "duplicates": Duplicate,
    "vector-model": VectorModel,
    "vectors": TextVector,
    "semantic-duplicates": Duplicate,
    "paraphrases": Leak,
    "heuristics": ExampleScore,
    "agreement": ExampleScore,
    "judgements": ExampleScore,
    "selection": Selected,
}
OF_FILES = {"worker_died", "quarantined", "source_unavailable"}  # reasons of a whole file
LLM_STAGES = ("judge-sites", "extract", "refine")


def journalled(store: Store) -> dict[tuple[str, str], Completion]:
    """Return every answer in storage, by journal folder and request key."""
    folders = sorted({posixpath.dirname(info.path) for info in store.list("journal")})
    return {
        (folder, key): answer
        for folder in folders
        for key, answer in read_answers(store, folder).items()
    }


def all_receipts(store: Store) -> list[Receipt]:
    """Return every receipt; one that is torn raises."""
    parts = Parts(store)
    names = sorted(
        {tuple(info.path.split("/")[1:3]) for info in store.list("parts") if "receipt" in info.path}
    )
    return [receipt for stage, part in names for receipt in parts.receipts(stage, part)]


def newest_receipts(store: Store) -> dict[tuple[str, str], Receipt]:
    """Return the receipt that counts of each part, by stage and part."""
    found: dict[tuple[str, str], Receipt] = {}
    for receipt in all_receipts(store):
        found.setdefault((receipt.stage, receipt.part), receipt)
    return found


def row_digests(store: Store) -> dict[str, str]:
    """Return the digest of the rows of each part, and of its losses by reason, by `stage/part`."""
    return {
        f"{stage}/{part}": f"{receipt.row_digest} {json.dumps(receipt.rejected)}"
        for (stage, part), receipt in newest_receipts(store).items()
    }


def check_complete(store: Store) -> None:
    """Fail unless a pipeline that asked for everything is whole, by row and by answer."""
    check_receipts(store)
    check_no_row_is_lost_or_doubled(store)
    check_answers_are_in_the_rows(store)


def check_receipts(store: Store) -> None:
    """Fail unless every receipt is whole and its objects hold exactly what it says."""
    parts = Parts(store)
    generations: dict[tuple[str, str], list[int]] = {}
    for receipt in all_receipts(store):
        name = f"{receipt.stage}/{receipt.part}, generation {receipt.generation}"
        generations.setdefault((receipt.stage, receipt.part), []).append(receipt.generation)
        assert kept_rows(parts, receipt) == (receipt.row_digest, receipt.rows_out), name
        losses = parts.losses(receipt)
        told = Counter(receipt.rejected) + Counter(receipt.failed)
        assert Counter(loss.reason for loss in losses) == told, name
    for name, found in generations.items():
        assert found == list(range(len(found), 0, -1)), f"{name} has generations {found}"


def kept_rows(parts: Parts, receipt: Receipt) -> tuple[str, int]:
    """Return digest and count of the rows that are kept for a receipt."""
    if receipt.stage == SIGNATURES:  # arrays, whose digest is of a kind of its own
        with SignatureSpool() as signed:
            data = parts.store.read(receipt.data)
            for level in LEVELS:
                for block in read_signed_rows(data, level):
                    signed.append(block)
            return signed.row_digest, signed.count
    with RowSpool(ROWS[receipt.stage]) as spool:
        spool.extend(parts.rows(receipt, ROWS[receipt.stage]))
        return spool.row_digest, spool.count


def check_no_row_is_lost_or_doubled(store: Store) -> None:
    """Fail unless each row that goes into a stage comes out of it once, as rows or as losses."""
    parts = Parts(store)
    inputs: dict[str, Callable[[str], list[str]]] = {
        "extract": lambda part: [document.id for document in kept_documents(parts, part)],
        "refine": lambda part: [pair.id for pair in extracted_pairs(parts, part)],
    }
    origin = {"extract": "document_id", "refine": "pair_id", "recall": "id"}
    for (stage, part), receipt in newest_receipts(store).items():
        rows, losses = parts.rows(receipt, ROWS[stage]), parts.losses(receipt)
        if stage in ("recall", "dedup", "calibration-pages", "calibration-round"):
            of_rows = [loss for loss in losses if loss.reason not in OF_FILES]
            assert receipt.rows_in == len(rows) + len(of_rows), f"{stage}/{part}"
        if stage in inputs:
            ids = [row.id for row in rows]
            assert len(ids) == len(set(ids)), f"{stage}/{part} holds a row twice"
            done = {getattr(row, origin[stage]) for row in rows} | {loss.row_id for loss in losses}
            assert done == set(inputs[stage](part)), f"{stage}/{part} is not what went in"


def check_answers_are_in_the_rows(store: Store, all_used: bool = True) -> None:
    """Fail unless every row says what the kept answer says, and (`all_used`) each has its rows."""
    parts = Parts(store)
    answers = {key: answer for (_, key), answer in journalled(store).items()}
    used: set[str] = set()
    for (stage, _), receipt in newest_receipts(store).items():
        if stage not in LLM_STAGES:
            continue
        by_answer: dict[str, list[Any]] = {}
        for row in parts.rows(receipt, ROWS[stage]):
            by_answer.setdefault(row.request_key, []).append(row)
        for key, rows in by_answer.items():
            told = json.loads(answers[key].text)
            if stage == "judge-sites":
                assert [row.reason for row in rows] == [told["reason"]]
            elif stage == "refine":
                assert [row.answer for row in rows] == [told["answer"]]
            else:
                pairs = [(pair["question"], pair["answer"][0]) for pair in told["pairs"]]
                assert [(row.question, row.answer) for row in rows] == pairs
        used |= by_answer.keys()
    assert used == answers.keys() or not all_used
