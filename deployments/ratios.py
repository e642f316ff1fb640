"""How much work a page makes, stage by stage: measured on earlier parts, sampled, or assumed."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from gleanery.deployments.sampling import Sample
from gleanery.deployments.source_sizes import total_size
from gleanery.flows.harvest_config import HarvestConfig
from gleanery.infra.journal import spent_in
from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Receipt
from gleanery.tasks.extraction.ask import requests_for
from gleanery.tasks.recall.batches import BatchPart, read_batches
from gleanery.tasks.refinement.prompts import REFINE_PAIR
from gleanery.tasks.stage_inputs import DEDUP, EXTRACT, RECALL, REFINE

_CHARACTERS_PER_TOKEN = 4
_RECALLED_WITHOUT_POLICY = 0.05
# WebInstruct found 5 million pairs in 18 million documents and refined them to 500 tokens each.
_PAIRS_PER_DOCUMENT = 0.28
_TOKENS_PER_REFINED_PAIR = 500
_TOKENS_PER_EXTRACTION = 120
_CHARACTERS_PER_PAIR = 600


@dataclass
class Asking:
    """Requests per row (and per engine), and tokens per request."""

    requests: float = 0.0
    prompt_tokens: float = 0.0
    completion_tokens: float = 0.0


@dataclass
class Ratios:
    """The figures that an estimate rests on; `grounds` says in words where they come from.

    `is_measured` tells whether earlier parts gave all of them, so that no sample is needed.
    """

    pages_per_byte: float = 0.0
    seconds_per_page: float = 0.0
    documents_per_page: float = 0.0
    pairs_per_document: float = 0.0
    extraction: Asking | None = None
    refinement: Asking | None = None
    grounds: list[str] = field(default_factory=list)

    @property
    def is_measured(self) -> bool:
        """Whether every stage has finished parts to go by."""
        return bool(self.pages_per_byte and self.extraction and self.refinement)


def measure_ratios(parts: Parts, size_if_unknown: int = 0) -> Ratios:
    """Return what the receipts and journals of finished parts tell; what they do not stays 0.

    `size_if_unknown` is taken for source files that tell no size, in bytes.
    """
    ratios = Ratios()
    batch_parts = [part for batch in read_batches(parts.store) for part in batch.parts]
    _measure_recall(ratios, parts, batch_parts, size_if_unknown)
    extracted = _closed(parts, EXTRACT, batch_parts)
    rows_in = sum(receipt.rows_in for receipt in extracted)
    if rows_in:
        ratios.pairs_per_document = sum(receipt.rows_out for receipt in extracted) / rows_in
        ratios.extraction = _measure_asking(parts, EXTRACT, batch_parts)
        ratios.grounds.append(f"{EXTRACT}: measured on {rows_in:,} documents of finished parts")
    refined = _closed(parts, REFINE, batch_parts)
    rows_in = sum(receipt.rows_in for receipt in refined)
    if rows_in:
        ratios.refinement = _measure_asking(parts, REFINE, batch_parts)
        ratios.grounds.append(f"{REFINE}: measured on {rows_in:,} pairs of finished parts")
    return ratios


def _measure_recall(
    ratios: Ratios, parts: Parts, batch_parts: Sequence[BatchPart], size_if_unknown: int
) -> None:
    size = pages = kept = 0
    seconds = 0.0
    for part in batch_parts:
        recalled, deduplicated = parts.newest(RECALL, part.name), parts.newest(DEDUP, part.name)
        if recalled and deduplicated and recalled.rows_in:
            size += total_size(part.files, size_if_unknown)
            pages += recalled.rows_in
            kept += deduplicated.rows_out
            seconds += recalled.seconds
    if size and pages:
        ratios.pages_per_byte, ratios.documents_per_page = pages / size, kept / pages
        ratios.seconds_per_page = seconds / pages
        ratios.grounds.append(f"{RECALL}: measured on {pages:,} pages of finished parts")


def _closed(parts: Parts, stage: str, batch_parts: Sequence[BatchPart]) -> list[Receipt]:
    newest = (parts.newest(stage, part.name) for part in batch_parts)
    return [receipt for receipt in newest if receipt and receipt.closed]


def _measure_asking(parts: Parts, stage: str, batch_parts: Sequence[BatchPart]) -> Asking | None:
    """Return requests per row from first generations, which have asked about every row.

    Tokens come from the journal: receipts count only what their own run has sent.
    """
    rows = asked = 0
    for part in batch_parts:
        for first in parts.receipts(stage, part.name)[-1:]:
            if first.closed and first.generation == 1:
                rows += first.rows_in * len(first.decides.get("models", [""]))
                asked += first.usage.sent + first.usage.reused
    spent = spent_in(parts.store.list(f"journal/{stage}"))
    if not rows or not spent.answers:
        return None
    return Asking(
        asked / rows, spent.prompt_tokens / spent.answers, spent.completion_tokens / spent.answers
    )


def add_sample(ratios: Ratios, sample: Sample, config: HarvestConfig, has_policy: bool) -> None:
    """Fill in what is not measured with what the sample shows, and assume the rest."""
    if not ratios.pages_per_byte:
        _recall_from_sample(ratios, sample, has_policy)
    if ratios.extraction is None:
        ratios.extraction = _extraction_from_sample(sample, config)
        ratios.pairs_per_document = _PAIRS_PER_DOCUMENT
        ratios.grounds += [
            f"{EXTRACT}: requests and prompts of {len(sample.documents)} sampled documents, "
            f"{_CHARACTERS_PER_TOKEN} characters a token",
            f"{EXTRACT}: assumed {_PAIRS_PER_DOCUMENT} pairs per document as in WebInstruct, and "
            f"{_TOKENS_PER_EXTRACTION} tokens an answer",
        ]
    if ratios.refinement is None:
        lengths = [len(document.text) for document in sample.documents] or [0]
        shown = [min(length, config.refinement.context_characters) for length in lengths]
        characters = sum(shown) / len(shown) + len(REFINE_PAIR.text) + _CHARACTERS_PER_PAIR
        ratios.refinement = Asking(
            1.0, characters / _CHARACTERS_PER_TOKEN, _TOKENS_PER_REFINED_PAIR
        )
        ratios.grounds.append(
            f"{REFINE}: assumed {_CHARACTERS_PER_PAIR} characters a pair and "
            f"{_TOKENS_PER_REFINED_PAIR} tokens an answer as in WebInstruct"
        )


def _recall_from_sample(ratios: Ratios, sample: Sample, has_policy: bool) -> None:
    ratios.pages_per_byte = sample.pages / sample.bytes_read if sample.bytes_read else 0.0
    ratios.seconds_per_page = sample.seconds / sample.pages if sample.pages else 0.0
    ratios.grounds.append(
        f"{RECALL}: {sample.pages:,} pages sampled from the first {sample.files} files to be read"
        + ("" if sample.is_exact else ", their share of the file guessed from their size")
    )
    if has_policy and sample.documents:
        ratios.documents_per_page = len(sample.documents) / sample.pages
    elif has_policy:
        ratios.documents_per_page = 1 / max(sample.pages, 1)
        ratios.grounds.append(f"{RECALL}: no sampled page was recalled; assumed one of them was")
    else:
        ratios.documents_per_page = _RECALLED_WITHOUT_POLICY
        ratios.grounds.append(
            f"{RECALL}: no policy yet; assumed {_RECALLED_WITHOUT_POLICY:.0%} of the pages are "
            "kept, and calibration's questions about sites are not counted"
        )


def _extraction_from_sample(sample: Sample, config: HarvestConfig) -> Asking:
    requests = [
        request
        for document in sample.documents
        for request in requests_for(document, config.extraction, config.engine.identity)
    ]
    characters = sum(len(m["content"]) for request in requests for m in request.messages)
    return Asking(
        requests=len(requests) / len(sample.documents) if sample.documents else 1.0,
        prompt_tokens=characters / max(len(requests), 1) / _CHARACTERS_PER_TOKEN,
        completion_tokens=_TOKENS_PER_EXTRACTION,
    )
