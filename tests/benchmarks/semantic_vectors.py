"""How well vectors find reworded questions, and what a judge of paraphrased leaks is asked.

    python tests/benchmarks/semantic_vectors.py [--others]

Asked are the 76 paraphrases of tests/tasks/curation/semantic_paraphrases.jsonl; their originals lie
among the questions of all benchmarks. `--others` also trains latent semantic analysis and fastText.
"""

import argparse
import gzip
import json
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from gleanery.tasks.curation.benchmark_items import BenchmarkItem
from gleanery.tasks.curation.paraphrase_part import ParaphraseConfig
from gleanery.tasks.curation.paraphrase_search import index_problems, nearest_problems
from gleanery.tasks.curation.semantic_facts import prose_words
from gleanery.tasks.curation.semantic_guard import why_different
from gleanery.tasks.curation.vectors_words import train_word_vectors

REPOSITORY = Path(__file__).parents[2]
SHARED = REPOSITORY.parent / "shared" / "data"
PAIRS = REPOSITORY / "tests" / "tasks" / "curation" / "semantic_paraphrases.jsonl"
OWN = "own"
SAMPLE = 2_000  # candidates that requests are counted for

Vectors = npt.NDArray[np.float32]
Embed = Callable[[Sequence[str]], Vectors]


def problems(pairs: Sequence[dict[str, str]]) -> list[BenchmarkItem]:
    """Return all benchmark items (no train split), and the originals of the paraphrases."""
    items = [BenchmarkItem(OWN, str(n), pair["question"]) for n, pair in enumerate(pairs)]
    for path in sorted((SHARED / "benchmarks").glob("*.jsonl")):
        if "train" in path.name or "prompts" in path.name:
            continue
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            choices = tuple(map(str, row.get("choices") or ()))
            items.append(BenchmarkItem(path.stem, str(row["id"]), str(row["question"]), choices))
    return items


def words(corpus: Sequence[str]) -> Embed:
    return train_word_vectors(corpus, 768).embed


def semantic_analysis(corpus: Sequence[str]) -> Embed:
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer

    weighing = TfidfVectorizer(min_df=2, sublinear_tf=True)
    reduction = TruncatedSVD(300, random_state=0).fit(weighing.fit_transform(corpus))
    return lambda texts: unit(reduction.transform(weighing.transform(texts)))


def fasttext_average(corpus: Sequence[str]) -> Embed:
    import fasttext

    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(" ".join(prose_words(text)) for text in corpus))
        file.flush()
        model = fasttext.train_unsupervised(
            file.name, "skipgram", dim=100, epoch=5, minCount=2, bucket=100_000, thread=1, verbose=0
        )
    return lambda texts: unit(
        np.array([model.get_sentence_vector(" ".join(prose_words(text))) for text in texts])
    )


def unit(vectors: npt.NDArray[np.floating]) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.maximum(lengths, 1e-9)).astype(np.float32)


def report(name: str, embed: Embed, pairs: Sequence[dict[str, str]], real: Sequence[str]) -> None:
    index = index_problems(problems(pairs), embed)
    asked = [pair["paraphrase"] for pair in pairs]
    cosines = embed(asked) @ index.vectors.T
    place = {item.id: n for n, item in enumerate(index.items) if item.benchmark == OWN}
    own = cosines[np.arange(len(asked)), [place[str(n)] for n in range(len(asked))]]
    better = (cosines > own[:, None]).sum(axis=1)
    shares = ", ".join(f"{n}: {(better < n).mean():.2f}" for n in (1, 5, 10))
    print(f"{name}: original among the nearest {shares} of {len(index.items)} problems")
    for floor in (0.2, 0.25, 0.3, 0.4):
        near = nearest_problems(real, index, embed, ParaphraseConfig().nearest, floor)
        requests = 1_000 * sum(map(bool, near)) / len(real)
        found = ((better < 5) & (own >= floor)).mean()
        print(f"  floor {floor}: found {found:.2f}, {requests:.0f} requests per 1,000 candidates")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--others", action="store_true", help="train the alternatives as well")
    options = parser.parse_args()
    pairs = [json.loads(line) for line in PAIRS.read_text("utf-8").splitlines()]
    with gzip.open(SHARED / "recall_seed" / "positives_pairs.jsonl.gz", "rt") as file:
        seeds = [json.loads(line)["question"] for line in file]
    sample = np.random.default_rng(0).choice(len(seeds), SAMPLE, replace=False).tolist()
    for name in ("question", "paraphrase", "other"):
        passed = sum(why_different(pair["question"], pair[name]) is None for pair in pairs)
        print(f"guard: {passed} of {len(pairs)} pass as the same question ({name})")
    kinds = [words, semantic_analysis, fasttext_average] if options.others else [words]
    for kind in kinds:
        started = time.monotonic()
        embed = kind([*seeds, *(pair["paraphrase"] for pair in pairs)])
        print(f"{kind.__name__}: trained in {time.monotonic() - started:.0f} s")
        report(kind.__name__, embed, pairs, [seeds[n] for n in sample])


if __name__ == "__main__":
    main()
