"""How fast documents are cleared of benchmark items, and what the index takes.

    python tests/benchmarks/decontamination.py --data FOLDER [--peers-python PYTHON]
        [--questions 20000] [--documents 6000] [--rounds 3]

FOLDER holds `benchmarks/`, `warc/` and `recall_seed/`. The documents are pieces of some 3 KB of
real pages and of the classifier's seed; one in 50 has a benchmark question in it. Ours reads texts
and gives leaks with their spans. Beside it: a set of the hashes of tuples of 13 lower-case words,
and datatrove's n-gram filter (n = 13, its own normalisation and tokeniser, questions alone), which
PYTHON runs; both only say whether a document has a hit. Figures are CPU seconds of one process;
rounds are interleaved, and their median counts.
"""

import argparse
import gzip
import itertools
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from gleanery.tasks.curation.benchmark_config import BenchmarkConfig, DecontaminationConfig
from gleanery.tasks.curation.benchmark_items import BenchmarkItem, Benchmarks, read_benchmarks
from gleanery.tasks.curation.leaks_build import build_index
from gleanery.tasks.curation.leaks_find import find_leaks
from gleanery.tasks.recall.page_text import first_text
from gleanery.tasks.recall.raw_pages import RawPage
from gleanery.tasks.recall.rendering import PageText
from gleanery.tasks.recall.source_config import SourceConfig
from gleanery.tasks.recall.sources import read_source

N = 13
CHARACTERS = 3000
PLANTED = 50  # one document in so many
OTHER_KEYS = {"bbh_cot_prompts": {"question_key": "prompt", "id_key": "task"}}


def some_items(folder: Path, count: int) -> Benchmarks:
    configs = [
        BenchmarkConfig(name=file.stem, path=str(file), **OTHER_KEYS.get(file.stem, {}))
        for file in sorted(folder.glob("*.jsonl"))
    ]
    items = read_benchmarks(configs).items
    return Benchmarks(tuple(random.Random(0).sample(items, min(count, len(items)))), ())


def some_documents(data: Path, items: tuple[BenchmarkItem, ...], count: int) -> list[str]:
    """Return pieces of real texts of 3 KB, pages and seed by turns; some with a question in it."""

    def pages() -> list[str]:
        rows = read_source(str(data / "warc" / "train-00000.warc.gz"), SourceConfig())
        texts = [first_text(page) for page in rows if isinstance(page, RawPage)]
        return [text.text for text in texts if isinstance(text, PageText)]

    def seed(name: str) -> list[str]:
        with gzip.open(data / "recall_seed" / name) as file:
            return [json.loads(line)["text"] for line in file]

    sources = [pages(), seed("positives_docs.jsonl.gz"), seed("negatives_docs.jsonl.gz")]
    pieces = [
        [text[at : at + CHARACTERS] for text in texts for at in range(0, len(text), CHARACTERS)]
        for texts in sources
    ]
    full = [[piece for piece in group if len(piece) > 0.8 * CHARACTERS] for group in pieces]
    chance = random.Random(1)
    turns = itertools.chain.from_iterable(zip(*map(itertools.cycle, full), strict=True))
    documents = list(itertools.islice(turns, count))
    long = [item.question for item in items if len(item.question.split()) > N]
    for number in range(0, len(documents), PLANTED):
        documents[number] += f"\n{chance.choice(long)}"
    return documents


def tuple_hashes(text: str) -> set[int]:
    words = text.lower().split()
    return {hash(tuple(words[at : at + N])) for at in range(len(words) - N + 1)}


def timed(action: Callable[[], int]) -> tuple[float, int]:
    started = time.process_time()
    result = action()
    return time.process_time() - started, result


def peer(python: str, questions: list[str], documents: list[str]) -> dict[str, float]:
    script = Path(__file__).with_name("decontamination_datatrove.py")
    with tempfile.TemporaryDirectory() as folder:
        given = Path(folder, "given.json")
        given.write_text(json.dumps({"n": N, "questions": questions, "documents": documents}))
        command = [python, str(script), str(given)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"datatrove did not run:\n{done.stderr[-2000:]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--peers-python", default="")
    parser.add_argument("--questions", type=int, default=20_000)
    parser.add_argument("--documents", type=int, default=6_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    benchmarks = some_items(options.data / "benchmarks", options.questions)
    documents = some_documents(options.data, benchmarks.items, options.documents)
    questions = [item.question for item in benchmarks.items]

    built: list[float] = []
    started = time.process_time()
    index = build_index(benchmarks, DecontaminationConfig())
    built.append(time.process_time() - started)
    started = time.process_time()
    hashes = {found for question in questions for found in tuple_hashes(question)}
    built.append(time.process_time() - started)
    sizes = (index.size, sys.getsizeof(hashes) + sum(map(sys.getsizeof, hashes)))

    texts = [(str(number), text) for number, text in enumerate(documents)]
    ways: list[Callable[[], int]] = [
        lambda: len({leak.id for leak in find_leaks(texts, index)}),
        lambda: sum(not hashes.isdisjoint(tuple_hashes(text)) for text in documents),
    ]
    rounds = [[timed(way) for way in ways] for _ in range(options.rounds)]
    size = statistics.mean(map(len, documents))
    print(f"{len(questions):,} questions, {len(documents):,} documents of {size:,.0f} characters, "
          f"{len(documents[::PLANTED])} with a question")  # fmt: skip
    speeds = []
    for way, name in enumerate(("ours", "tuple hashes")):
        seconds = statistics.median(taken[way][0] for taken in rounds)
        speeds.append(len(documents) / seconds)
        print(f"{name:12} {speeds[way]:8,.0f} documents/s/core, index {sizes[way] / 1e6:5.1f} MB "
              f"in {built[way]:4.1f} s, {rounds[0][way][1]} documents flagged")  # fmt: skip
    print(f"ours: {speeds[0] / speeds[1]:.1f} times tuple hashes")
    if options.peers_python:
        result = peer(options.peers_python, questions, documents)
        speed = result["documents"] / result["seconds"]
        print(f"{'datatrove':12} {speed:8,.0f} documents/s/core, {result['hashes']:,.0f} hashes, "
              f"{result['flagged']:.0f} of {result['documents']:,.0f} flagged")  # fmt: skip
        print(f"ours: {speeds[0] / speed:.0f} times datatrove")


if __name__ == "__main__":
    main()
