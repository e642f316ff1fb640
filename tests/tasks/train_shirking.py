"""Fits the weights by which shirking is told (`tasks/shirking_weights.json`).

    python tests/tasks/train_shirking.py [--check]

It learns from the tuning texts beside this file, whose good answers are the other side, and from
answers that people gave (the shared data), which are all taken for good. `--check` first leaves out
each writer in turn and prints how well the rest tells his texts: thresholds were set by that.
"""

import argparse
import gzip
import json
import random
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from scipy.sparse import csr_matrix, diags
from sklearn.linear_model import LogisticRegression

from gleanery.tasks.linear_model import LinearModel, unit
from gleanery.tasks.shirking_brevity import amounts
from gleanery.tasks.shirking_length import named_least
from gleanery.tasks.shirking_prose import plain_prose
from gleanery.tasks.shirking_revision_leak import OF_TEXT, sentence_features
from gleanery.tasks.shirking_words import WEIGHTS, phrases_of

HERE = Path(__file__).parent
TEXTS = HERE / "shirking_texts_tuning.jsonl"
CASES = HERE / "shirking_cases.yaml"
# Log-odds over which a text is of a kind: fewer good answers are lost than the odds alone would.
THRESHOLDS = {"refusal": 0.0, "meta_talk": 0.25, "vagueness": -0.25, "filler": 0.75}
LEAK_THRESHOLD, BREVITY_THRESHOLD = 1.5, 1.1
_STRENGTH, _LEAK_STRENGTH, _BREVITY_STRENGTH = 1.0, 0.1, 0.5  # of the fit, as scikit-learn's C
_FEWEST, _FEWEST_OF_SENTENCES = 4, 3  # texts, and sentences, that have a feature worth a weight
_SMALL = 0.02  # weights that decide nothing
_ROUNDS = 5
_WEIGHTS = {"people": 1.0, "cases": 2.0}  # of a text, by its writer: the cases are there to be hard
_SOLVED = 400  # of people's solutions


@dataclass(frozen=True)
class Text:
    """A response, its kind ("good", "human" or a way of shirking) and who wrote it."""

    kind: str
    writer: str
    instruction: str
    response: str


def main() -> None:
    """Fit all models and write their weights."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, default=HERE.parents[2] / "shared" / "data")
    options.add_argument("--check", action="store_true")
    chosen = options.parse_args()
    texts = [*written_texts(), *human_texts(chosen.data)]
    if chosen.check:
        for writer in sorted({text.writer for text in texts if text.kind != "human"}):
            check(texts, writer)
    models = fit_all(texts)
    lines = [f'"{name}": {json.dumps(model, ensure_ascii=False)}' for name, model in models.items()]
    WEIGHTS.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def written_texts() -> list[Text]:
    """Return the texts that a large language model wrote for the purpose, and the small cases."""
    texts = [
        Text(row["kind"], row["writer"], row["instruction"], row["response"])
        for row in rows_of(TEXTS)
    ]
    for kind, sides in yaml.safe_load(CASES.read_text(encoding="utf-8")).items():
        texts += [Text(kind, "cases", *case) for case in sides["caught"]]
        texts += [Text("good", "cases", *case) for case in sides["honest"]]
    return texts


def human_texts(data: Path) -> list[Text]:
    """Return answers of people: from pages, to instructions for assistants, to school problems."""
    with gzip.open(data / "recall_seed" / "positives_pairs.jsonl.gz", "rt") as lines:
        rows = [json.loads(line) for line in lines]
    pairs = [(row["question"], row["answer"]) for row in rows if is_learned(row["question"])]
    for name in ("self_instruct_user_oriented_252", "self_instruct_seed_tasks"):
        for row in rows_of(data / "seeds" / f"{name}.jsonl"):
            case = row["instances"][0]
            pairs.append((f"{row['instruction']}\n{case['input']}", case["output"]))
    solved = rows_of(data / "benchmarks" / "gsm8k_train.jsonl")
    rows = random.Random(4).sample(solved, _SOLVED)
    pairs += [(row["question"], row["solution"]) for row in rows]
    return [Text("human", "people", asked, answer) for asked, answer in pairs]


def is_learned(question: str) -> bool:
    """Return whether a page's pair is learned from; the others are there to test on."""
    return zlib.crc32(question.encode()) % 2 == 0


def rows_of(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a file of JSON lines."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def fit_all(texts: Sequence[Text]) -> dict[str, dict[str, object]]:
    """Return each model's bias and weights by its name."""
    models = {kind: fit_kind(texts, kind, least) for kind, least in THRESHOLDS.items()}
    return models | {
        "brevity": fit_brevity(texts),
        "revision_leak": fit_leak(texts),
        "revision_leak_text": fit_kind(texts, "revision_leak", 0.0),
    }


def fit_kind(texts: Sequence[Text], kind: str, threshold: float) -> dict[str, object]:
    """Return a model that tells texts of one kind from good ones."""
    used = [text for text in texts if text.kind in (kind, "good", "human")]
    features = [phrases_of(plain_prose(text.response)) for text in used]
    written = [f for f, text in zip(features, used, strict=True) if text.kind != "human"]
    names = frequent(written, _FEWEST)
    wanted = np.array([text.kind == kind for text in used])
    weights = np.array([_WEIGHTS.get(text.writer, 1.0) for text in used])
    units = diags([unit(len(own)) for own in features])
    model = regression(_STRENGTH).fit(units @ matrix_of(features, names), wanted, weights)
    return weights_of(model, names, threshold)


def fit_brevity(texts: Sequence[Text]) -> dict[str, object]:
    """Return a model over how much is asked for and how much is said."""
    used = [
        text
        for text in texts
        if text.kind in ("brevity", "good")
        and text.writer != "cases"
        and named_least(text.instruction) is None
    ]
    values = [amounts(text.instruction, text.response) for text in used]
    names = sorted(values[0])
    matrix = np.array([[value[name] for name in names] for value in values])
    spread = np.maximum(matrix.std(axis=0), 1e-9)
    wanted = np.array([text.kind == "brevity" for text in used])
    model = regression(_BREVITY_STRENGTH).fit(matrix / spread, wanted)
    weights = dict(zip(names, (model.coef_[0] / spread).round(3).tolist(), strict=True))
    return {"bias": round(float(model.intercept_[0]) - BREVITY_THRESHOLD, 3), "weights": weights}


def fit_leak(texts: Sequence[Text]) -> dict[str, object]:
    """Return a model of the one sentence in a text that tells of its revision.

    Which sentence that is nobody has marked: the one that looks most like it is taken, the model
    is fitted, and says which looks most like it.
    """
    used = [text for text in texts if text.kind in ("revision_leak", "good", "human")]
    found = [sentence_features(text.instruction, text.response) for text in used]
    features = [f for sentences in found for _, f in sentences]
    owners = np.array([n for n, sentences in enumerate(found) for _ in sentences])
    leaks = np.array([text.kind == "revision_leak" for text in used])
    weights = np.array([_WEIGHTS.get(used[owner].writer, 1.0) for owner in owners])
    names = frequent(features, _FEWEST_OF_SENTENCES)
    matrix = matrix_of(features, names)
    scores = np.array([sum(name[0] == "<" for name in f) / (3 + len(f)) for f in features])
    for _ in range(_ROUNDS):
        wanted = np.zeros(len(features), dtype=bool)
        chosen = ~leaks[owners]
        for number in np.flatnonzero(leaks):
            own = np.flatnonzero(owners == number)
            if len(own):
                best = own[np.argmax(scores[own])]
                wanted[best] = chosen[best] = True
        model = regression(_LEAK_STRENGTH).fit(matrix[chosen], wanted[chosen], weights[chosen])
        scores = model.decision_function(matrix)
    return weights_of(model, names, LEAK_THRESHOLD)


def frequent(features: Iterable[frozenset[str]], fewest: int) -> list[str]:
    """Return the features that at least so many have, sorted."""
    counts = Counter(name for names in features for name in names)
    return sorted(name for name, count in counts.items() if count >= fewest)


def matrix_of(features: Sequence[frozenset[str]], names: Sequence[str]) -> csr_matrix:
    """Return which of the named features each text has, as ones."""
    columns = {name: column for column, name in enumerate(names)}
    places = [[columns[name] for name in own if name in columns] for own in features]
    rows = np.repeat(np.arange(len(places)), [len(place) for place in places])
    flat = np.array([column for place in places for column in place], dtype=int)
    return csr_matrix((np.ones(len(flat)), (rows, flat)), shape=(len(places), len(names)))


def regression(strength: float) -> LogisticRegression:
    """Return a model to be fitted, with both sides counting alike however many they are."""
    return LogisticRegression(C=strength, class_weight="balanced", max_iter=3_000)


def weights_of(
    model: LogisticRegression, names: Sequence[str], threshold: float
) -> dict[str, object]:
    """Return a fitted model's bias, so that 0 is its threshold, and the weights that matter."""
    weights = zip(names, model.coef_[0].tolist(), strict=True)
    return {
        "bias": round(float(model.intercept_[0]) - threshold, 2),
        "weights": {name: round(weight, 2) for name, weight in weights if abs(weight) >= _SMALL},
    }


def check(texts: Sequence[Text], writer: str) -> None:
    """Print how models that never saw a writer's texts tell them."""
    models = fit_all([text for text in texts if text.writer != writer])
    own = [text for text in texts if text.writer == writer]
    good = [text for text in own if text.kind == "good"]
    for kind in (*THRESHOLDS, "brevity", "revision_leak"):
        bad = [text for text in own if text.kind == kind]
        found = sum(score_of(kind, models, text) > 0 for text in bad)
        false = sum(score_of(kind, models, text) > 0 for text in good)
        print(f"{writer} {kind}: {found} of {len(bad)} told, {false} of {len(good)} good ones")


def score_of(kind: str, models: Mapping[str, Mapping[str, Any]], text: Text) -> float:
    """Return the log-odds by which models flag a text."""
    fitted = {name: LinearModel(model["bias"], model["weights"]) for name, model in models.items()}
    phrases = phrases_of(plain_prose(text.response))
    if kind == "brevity":
        return fitted[kind].score_of(amounts(text.instruction, text.response))
    if kind != "revision_leak":
        return fitted[kind].score_by_length(phrases)
    sentences = [f for _, f in sentence_features(text.instruction, text.response)]
    best = max(map(fitted[kind].score, sentences), default=-10.0)
    return best + OF_TEXT * fitted["revision_leak_text"].score_by_length(phrases)


if __name__ == "__main__":
    main()
