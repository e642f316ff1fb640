"""Copies of benchmark questions among real text: how many are found, and what is found besides."""

import gzip
import json
import random
from collections import Counter
from pathlib import Path

import pytest
from planted_copies import COPIES, planted

from gleanery.tasks.curation.benchmark_config import BenchmarkConfig, DecontaminationConfig
from gleanery.tasks.curation.benchmark_items import BenchmarkItem, Benchmarks, read_benchmarks
from gleanery.tasks.curation.leaks_build import build_index
from gleanery.tasks.curation.leaks_find import find_leaks
from gleanery.tasks.curation.leaks_index import LeakIndex
from gleanery.tasks.recall.page_text import full_text
from gleanery.tasks.recall.raw_pages import RawPage
from gleanery.tasks.recall.rendering import PageText
from gleanery.tasks.recall.source_config import SourceConfig
from gleanery.tasks.recall.source_files import list_sources
from gleanery.tasks.recall.sources import read_source

OTHER_KEYS = {
    "bbh_cot_prompts": {"question_key": "prompt", "id_key": "task"},
    "mt_bench": {"question_key": "turns"},
}
SEED_FILES = ("positives_pairs", "positives_docs", "negatives_docs", "ambiguous_docs")
ITEMS_PER_BENCHMARK = 60
HOST_CHARACTERS = 2000


def benchmarks_in(folder: Path) -> tuple[BenchmarkConfig, ...]:
    return tuple(
        BenchmarkConfig(name=file.stem, path=str(file), **OTHER_KEYS.get(file.stem, {}))
        for file in sorted(folder.glob("*.jsonl"))
    )


@pytest.fixture(scope="module")
def benchmarks(shared_data: Path) -> Benchmarks:
    return read_benchmarks(benchmarks_in(shared_data / "benchmarks"))


@pytest.fixture(scope="module")
def index(benchmarks: Benchmarks) -> LeakIndex:
    return build_index(benchmarks, DecontaminationConfig())


@pytest.fixture(scope="module")
def real_texts(shared_data: Path) -> list[tuple[str, str]]:
    """Return all real pages, and all pairs and documents of the classifier's seed."""
    config = SourceConfig(paths=(str(shared_data / "warc"),))
    texts = [
        (f"page {page.url}", full.text)
        for file in list_sources(config, {})
        for page in read_source(file.uri, config)
        if isinstance(page, RawPage) and isinstance(full := full_text(page), PageText)
    ]
    for name in SEED_FILES:
        with gzip.open(shared_data / "recall_seed" / f"{name}.jsonl.gz") as file:
            for row in map(json.loads, file):
                text = row.get("text") or f"{row['question']}\n\n{row['answer']}"
                texts.append((f"{name} {row['id']}", text))
    return texts


NEEDED = dict.fromkeys(COPIES, 0.99) | {
    "re-cased": 0.985,
    "LaTeX-rewritten": 0.985,
    "truncated": 0.55,
}
EVERYWHERE = ("verbatim", "re-spaced")  # kinds that are asked for in every benchmark
LARGE = 200


def by_benchmark(benchmarks: Benchmarks) -> dict[str, list[BenchmarkItem]]:
    found: dict[str, list[BenchmarkItem]] = {}
    for item in benchmarks.items:
        found.setdefault(item.benchmark, []).append(item)
    return found


def plant_all(
    benchmarks: Benchmarks, hosts: list[str], chance: random.Random
) -> dict[tuple[str, str, int], tuple[BenchmarkItem, str]]:
    """Return for each benchmark, kind and number an item, and a text that holds a copy of it."""
    texts = {}
    for name, items in by_benchmark(benchmarks).items():
        for number, item in enumerate(chance.sample(items, min(ITEMS_PER_BENCHMARK, len(items)))):
            for kind, copied in COPIES.items():
                copy = copied(item.question, chance)
                if copy == item.question and kind in ("LaTeX-rewritten", "grouped digits"):
                    continue
                host = chance.choice(hosts)[:HOST_CHARACTERS]
                text = planted(copy, host, chance)
                texts[name, kind, number] = (item, text)
    return texts


def test_planted_copies_are_found(
    benchmarks: Benchmarks, index: LeakIndex, real_texts: list[tuple[str, str]]
) -> None:
    """Recall is over questions of all benchmarks, also those too short to be sought at all.

    A copy counts as found if the text is flagged for its benchmark. Truncated ones have the first
    60 % of the words, with which every second question has fewer than 13 in a row left.
    """
    texts = plant_all(benchmarks, [text for _, text in real_texts], random.Random(4))
    flagged: dict[str, set[str]] = {}
    for leak in find_leaks(((str(key), text) for key, (_, text) in texts.items()), index):
        flagged.setdefault(leak.id, set()).add(leak.benchmark)
    planted_copies, found = (
        Counter(kind for _, kind, _ in texts),
        Counter(
            key[1]
            for key, (item, _) in texts.items()
            if item.benchmark in flagged.get(str(key), ())
        ),
    )
    recall = {kind: found[kind] / count for kind, count in planted_copies.items()}
    for kind, share in recall.items():
        print(f"{kind:16} {found[kind]:5} of {planted_copies[kind]:5} found: {share:.4f}")
    assert recall.keys() == NEEDED.keys()
    assert {kind for kind, share in recall.items() if share < NEEDED[kind]} == set()


def test_copies_of_every_benchmark_are_found(
    benchmarks: Benchmarks, index: LeakIndex, real_texts: list[tuple[str, str]]
) -> None:
    """Short questions that have choices are planted with them, as they are published.

    By itself and in the midst of a text, "Polarization is a property of" is anybody's words.
    """
    chance, hosts = random.Random(6), [text for _, text in real_texts]
    texts: dict[str, tuple[str, str, str]] = {}
    for name, items in by_benchmark(benchmarks).items():
        for item in chance.sample(items, LARGE) if len(items) >= LARGE else ():
            short = len(item.question.split()) < DecontaminationConfig().n
            asked = "\n".join([item.question, *(item.choices if short else ())])
            for kind in EVERYWHERE:
                host = chance.choice(hosts)[:HOST_CHARACTERS]
                text = planted(COPIES[kind](asked, chance), host, chance)
                texts[str(len(texts))] = (name, kind, text)
    leaks = find_leaks(((key, text) for key, (_, _, text) in texts.items()), index)
    flagged = {(leak.id, leak.benchmark) for leak in leaks}
    found = Counter(
        (name, kind) for key, (name, kind, _) in texts.items() if (key, name) in flagged
    )
    for (name, kind), count in found.items():
        print(f"{name:24} {kind:10} {count} of {LARGE} found")
    sought = {(name, kind) for name, kind, _ in texts.values()}
    assert len(sought) >= 2 * 10
    assert {key: found[key] for key in sought if found[key] < 0.99 * LARGE} == {}


def test_real_texts_without_copies_are_left_alone(
    index: LeakIndex, real_texts: list[tuple[str, str]]
) -> None:
    """Read by hand, three of the four flagged texts hold the very exercise of the benchmark."""
    leaks = find_leaks(real_texts, index)
    flagged = {leak.id for leak in leaks}
    for leak in leaks:
        print(f"{leak.id}: {leak.matched!r} as {leak.item_text!r} of {leak.benchmark}")
    print(f"{len(flagged)} of {len(real_texts):,} real texts flagged")
    assert len(flagged) < 0.001 * len(real_texts)


def test_problems_of_the_kind_that_benchmarks_ask_are_left_alone(benchmarks: Benchmarks) -> None:
    """Train splits against sets that do not stem from them; one in three of the flagged is a copy
    of a problem of the set, with other numbers or none."""
    others = tuple(i for i in benchmarks.items if not i.benchmark.startswith(("math_", "mmlu")))
    items = tuple(item for item in others if "train" not in item.benchmark)
    index = build_index(Benchmarks(items, ()), DecontaminationConfig())
    for name, most in (("math_train", 0.015), ("gsm8k_train", 0.001)):
        texts = [(i.id, i.question) for i in benchmarks.items if i.benchmark == name]
        flagged = {leak.id for leak in find_leaks(texts, index)}
        print(f"{name}: {len(flagged)} of {len(texts):,} problems flagged")
        assert len(flagged) < most * len(texts)


def test_marked_span_is_where_the_copy_stands(benchmarks: Benchmarks, index: LeakIndex) -> None:
    chance = random.Random(5)
    marked = 0
    for item in chance.sample([i for i in benchmarks.items if len(i.question) < 600], 300):
        text = f"Some words, naïve “ones”. {item.question} And $x^{{2}}$ more."
        for leak in find_leaks([("t", text)], index):
            assert text[leak.start : leak.end] == leak.matched
            marked += item.question.strip().startswith(leak.matched[:20])
    assert marked > 250
