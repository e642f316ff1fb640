"""How fast pages are recalled: beside datatrove, and beside the bare parts that we are made of.

    python tests/benchmarks/recall_speed.py --data FOLDER [--datatrove-python PYTHON] [--rounds 5]

FOLDER holds `warc/` and `recall_seed/`. PYTHON is an interpreter with datatrove[processing],
trafilatura and fasttext-numpy2-wheel. All read the same archive with the same fastText model
(dim 256, 3-grams; folded for everyone, which flatters datatrove) and keep about the best
twentieth, more than a crawl would.
Figures are CPU seconds, user and system, of each program's processes: pages per CPU second is
pages per second and core. Rounds are interleaved, and their median counts.
"""

import argparse
import gzip
import json
import multiprocessing
import resource
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import psutil
from fastwarc.warc import ArchiveIterator, WarcRecordType
from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html import HTMLTree

from gleanery.infra.losses import Loss
from gleanery.infra.tables import RowSpool
from gleanery.tasks.recall.classifier import Classifier, ClassifierConfig, train_classifier
from gleanery.tasks.recall.fasttext_model import POSITIVE, open_model, positive_probability
from gleanery.tasks.recall.policy import Policy
from gleanery.tasks.recall.recall_config import RecallConfig
from gleanery.tasks.recall.recall_pages import Recaller, recall_pages
from gleanery.tasks.recall.source_config import SourceConfig
from gleanery.tasks.recall.sources import read_source
from gleanery.tasks.records import Document

KEPT_SHARE = 0.05
CONFIG = RecallConfig()


def train(folder: Path, path: Path) -> Classifier:
    """Return a classifier of the paper's size; its fastText model is left at `path`."""

    def texts(name: str) -> list[str]:
        with gzip.open(folder / name, "rt", encoding="utf-8") as file:
            return [json.loads(line)["text"] for line in file]

    config = ClassifierConfig(dim=256, epoch=3, lr=0.5, word_ngrams=3)
    classifier = train_classifier(
        texts("positives_docs.jsonl.gz"), texts("negatives_docs.jsonl.gz"), config
    )
    path.write_bytes(classifier._bytes)
    return classifier


def recaller(classifier: Classifier, threshold: float) -> Recaller:
    policy = Policy(1, "benchmark", "", threshold, threshold, None, {})
    return Recaller(policy, classifier, None)


def recall(archives: Sequence[Path], recaller: Recaller) -> tuple[int, int]:
    """Return how many pages were read and kept; rows and losses are written as in a worker."""
    with RowSpool(Document) as documents, RowSpool(Loss) as losses:
        for archive in archives:
            for item in recall_pages(read_source(str(archive), SourceConfig()), recaller, CONFIG):
                if isinstance(item, Document):
                    documents.append(item)
                else:
                    losses.append(item)
        return documents.count + losses.count, documents.count


def bare_read(archive: Path, model: Any) -> list[Any]:
    records = ArchiveIterator(str(archive), record_types=WarcRecordType.response)
    return [record.reader.read() for record in records]


def bare_text(bodies: list[Any], model: Any) -> list[Any]:
    return [
        extract_plain_text(
            HTMLTree.parse(body.decode("utf-8", "replace")),
            main_content=True,
            preserve_formatting=True,
        )
        for body in bodies
    ]


def bare_score(texts: list[Any], model: Any) -> list[Any]:
    return [positive_probability(model, text[:4000].lower().replace("\n", " ")) for text in texts]


def used() -> float:
    """Return the CPU seconds of this process and of its children, running or ended."""
    children = psutil.Process().children(recursive=True)
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    running = sum(sum(child.cpu_times()[:2]) for child in children)
    return time.process_time() + running + ended.ru_utime + ended.ru_stime


def timed(action: Callable[[], Any]) -> tuple[float, Any]:
    before = used()
    result = action()
    return used() - before, result


def worker(archives: list[Path], path: str, threshold: float, ready: Any, done: Any) -> None:
    ours = recaller(Classifier.load(Path(path)), threshold)
    recall(archives[-1:], ours)  # warm, helper process included
    ready.wait()
    recall(archives, ours)
    helpers = psutil.Process().children(recursive=True)
    done.put(sum(peak_bytes(process.pid) for process in [psutil.Process(), *helpers]))


def peak_bytes(process: int) -> int:
    """Return the largest memory of a process (`ru_maxrss` would count its parent's too)."""
    status = Path(f"/proc/{process}/status").read_text()
    return 1024 * int(status.split("VmHWM:")[1].split()[0])


def together(archives: list[Path], count: int, path: str, threshold: float) -> tuple[float, int]:
    """Return wall seconds for `count` workers over all archives, and a worker's largest memory."""
    context = multiprocessing.get_context("spawn")
    ready, done = context.Barrier(count + 1), context.Queue()
    workers = [
        context.Process(target=worker, args=(archives[n::count], path, threshold, ready, done))
        for n in range(count)
    ]
    for process in workers:
        process.start()
    ready.wait()
    started = time.monotonic()
    memory = max(done.get() for _ in workers)
    seconds = time.monotonic() - started
    for process in workers:
        process.join()
    return seconds, memory


def datatrove(python: str, archive: Path, model: Path, threshold: float) -> tuple[float, int]:
    """Return CPU seconds and pages of datatrove's own pipeline, its start left out."""
    script = Path(__file__).with_name("recall_speed_datatrove.py")
    command = [python, str(script), str(archive), str(model), POSITIVE, str(threshold)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    result = json.loads(answer.splitlines()[-1])
    return result["seconds"], result["pages"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--datatrove-python", default="")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    archives = sorted((options.data / "warc").glob("*.warc.gz"))[:6]
    with tempfile.TemporaryDirectory() as folder:
        measure(options, archives, Path(folder))


def measure(options: argparse.Namespace, archives: list[Path], folder: Path) -> None:
    binary, saved, archive = folder / "model.bin", folder / "classifier", archives[0]
    classifier = train(options.data / "recall_seed", binary)
    classifier.save(saved)
    model = open_model(binary.read_bytes())
    texts = bare_text(bare_read(archive, model), model)
    scores = sorted(classifier.score(text) for text in texts)
    threshold = scores[int(len(scores) * (1 - KEPT_SHARE))]
    ours = recaller(classifier, threshold)
    recall([archive], ours)  # starts the helper
    rounds: dict[str, list[float]] = {}
    pages = kept = 0
    for _ in range(options.rounds):
        value: Any = archive
        for part in (bare_read, bare_text, bare_score):
            seconds, value = timed(lambda part=part, given=value: part(given, model))
            rounds.setdefault(part.__name__, []).append(seconds)
        seconds, (pages, kept) = timed(lambda: recall([archive], ours))
        rounds.setdefault("ours", []).append(seconds)
    medians = {name: statistics.median(values) for name, values in rounds.items()}
    bare = sum(medians[part] for part in ("bare_read", "bare_text", "bare_score"))
    for name, seconds in medians.items():
        print(f"{name:12} {seconds / pages * 1e6:8.0f} us/page")
    print(f"ours: {pages / medians['ours']:.0f} pages/s/core, {kept} of {pages} kept")
    print(
        f"bare parts: {pages / bare:.0f} pages/s/core; ours is {bare / medians['ours']:.2f} of it"
    )
    if options.datatrove_python:
        seconds, read = datatrove(options.datatrove_python, archive, binary, threshold)
        ratio = (pages / medians["ours"]) / (read / seconds)
        print(f"datatrove: {read / seconds:.1f} pages/s/core; ours is {ratio:.1f} times that")
    walls: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(3):
        for count in walls:
            seconds, memory = together(archives, count, str(saved), threshold)
            walls[count].append(seconds)
    one, two = min(walls[1]), min(walls[2])  # the least disturbed by other work on the machine
    print(f"two workers: {one / two:.2f} times one (wall {one:.1f} and {two:.1f} s)")
    print(f"largest memory of a worker with its helper: {memory / 2**20:.0f} MiB")


if __name__ == "__main__":
    main()
