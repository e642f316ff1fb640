"""Seeds: the examples that the first round of calibration learns from."""

import random
from collections.abc import Iterator, Mapping

import fsspec
import orjson
from pydantic import Field

from gleanery.infra.config import Config
from gleanery.infra.digests import digest
from gleanery.tasks.recall.cross_fitting import LabelledText
from gleanery.tasks.recall.seed_pages import SeedPagesConfig, SeedPair, assemble_pages
from gleanery.tasks.urls import registered_domain


class SeedsConfig(Config):
    """Files of examples: whole texts (a `text` per line), or pairs to make pages of."""

    positives: tuple[str, ...] = Field(
        (), description="JSONL files with the `text` of pages that hold questions with answers."
    )
    pairs: tuple[str, ...] = Field(
        (),
        description="JSONL files with a `question` and `answer` per line; pages are made of them.",
    )
    negatives: tuple[str, ...] = Field(
        (), description="JSONL files with the `text` of other pages; corpus pages are added."
    )
    most_per_kind: int = Field(
        100_000,
        ge=1,
        description="Most texts of one `kind` (a field of the line), so that none dominates.",
    )
    pages: SeedPagesConfig = Field(SeedPagesConfig(), description="Making pages of pairs.")


class SeedError(ValueError):
    """A seed file that cannot be used."""


def read_seeds(config: SeedsConfig) -> list[LabelledText]:
    """Return the seeds, the same ones in the same order on every machine.

    A text's site, by which examples are kept apart, is its URL's registered domain, else its
    `source`, else its own digest. Raises `SeedError` with file and line for what cannot be read.
    """
    negatives = list(_texts(config.negatives, False, config.most_per_kind))
    pairs = [
        SeedPair(
            question=_field(row, "question", place),
            answer=_field(row, "answer", place),
            title=str(row.get("title") or ""),
            source=str(row.get("source") or ""),
        )
        for path in config.pairs
        for place, row in _lines(path)
    ]
    return [
        *_texts(config.positives, True, config.most_per_kind),
        *assemble_pages(pairs, [text for text, _, _ in negatives], config.pages),
        *negatives,
    ]


def _texts(paths: tuple[str, ...], positive: bool, most_per_kind: int) -> Iterator[LabelledText]:
    by_kind: dict[str, list[LabelledText]] = {}
    for path in paths:
        for place, row in _lines(path):
            text = _field(row, "text", place)
            site = registered_domain(str(row.get("url") or "")) or str(row.get("source") or "")
            site = site or digest(text)
            by_kind.setdefault(str(row.get("kind", "")), []).append((text, positive, site))
    for kind in sorted(by_kind):
        examples = by_kind[kind]
        random.Random(kind).shuffle(examples)
        yield from examples[:most_per_kind]


def _field(row: Mapping[str, object], name: str, place: str) -> str:
    value = row.get(name)
    if not isinstance(value, str):
        raise SeedError(f"{place}: no {name} in the line, found {', '.join(sorted(row))}")
    return value


def _lines(path: str) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield each line of a JSONL file with its place, for errors."""
    with fsspec.open(path, "rb", compression="infer") as file:
        for number, line in enumerate(file, start=1):
            place = f"{path}:{number}"
            try:
                row = orjson.loads(line)
            except orjson.JSONDecodeError as error:
                raise SeedError(f"{place}: not JSON: {error}") from error
            if not isinstance(row, dict):
                raise SeedError(f"{place}: expected an object, found {type(row).__name__}")
            yield place, row
