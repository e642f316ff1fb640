"""The fastText part of the recall classifier: trained through files, folded, and asked directly."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gleanery.tasks.recall.folding import FoldError, fold_model

POSITIVE = "__label__qa"
NEGATIVE = "__label__other"

FOLDING_TOLERANCE = 1e-4
_FOLDING_SAMPLE = 200
_WORDS_PER_BUCKET = 20


def train_fasttext(
    lines: Sequence[tuple[bool, str]],
    *,
    dim: int,
    epoch: int,
    lr: float,
    word_ngrams: int,
    min_count: int,
    bucket: int,
    seed: int,
) -> bytes:
    """Return the folded model trained on (positive, normalised line), as the bytes of its file.

    One thread, so that the same lines give the same bytes. Raises `FoldError` when folding changes
    a score by more than `FOLDING_TOLERANCE`.
    """
    import fasttext  # heavy, and only calibration trains

    with tempfile.TemporaryDirectory() as folder:
        examples = Path(folder, "examples.txt")
        with examples.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(f"{POSITIVE if label else NEGATIVE} {line}\n" for label, line in lines)
        model = fasttext.train_supervised(
            input=str(examples),
            dim=dim,
            epoch=epoch,
            lr=lr,
            wordNgrams=word_ngrams,
            minCount=min_count,
            bucket=bucket,
            seed=seed,
            thread=1,
            loss="softmax",
            verbose=0,
        )
        trained, folded = examples.with_name("trained.bin"), examples.with_name("folded.bin")
        model.save_model(str(trained))
        # fastText keeps no rows for word runs when it trains on single words only
        rows = len(model.words) + (bucket if word_ngrams > 1 else 0)
        fold_model(trained, folded, rows, len(model.labels))
        data = folded.read_bytes()
    _check_folding(model, open_model(data), [line for _, line in lines[:_FOLDING_SAMPLE]])
    return data


def scaled_bucket(lines: Sequence[tuple[bool, str]]) -> int:
    """Return a number of hash buckets that fits the text: a power of two from 2^14 to 2^21."""
    words = sum(line.count(" ") for _, line in lines)
    return 1 << min(21, max(14, (words // _WORDS_PER_BUCKET).bit_length()))


def open_model(data: bytes) -> Any:
    """Return the model kept in `data`; fastText reads only files, so it goes through one."""
    import fasttext

    with tempfile.NamedTemporaryFile(suffix=".bin") as file:
        file.write(data)
        file.flush()
        return fasttext.load_model(file.name)


def positive_probability(model: Any, line: str) -> float:
    """Return the model's probability for the positive label, given one normalised line."""
    # model.predict() wraps this call in list and numpy conversions that cost more than it
    for probability, label in model.f.predict(line + "\n", 2, 0.0, "replace"):
        if label == POSITIVE:
            return min(1.0, float(probability))  # fastText adds 1e-5 and may pass 1
    raise ValueError(f"the model has no label {POSITIVE}")


def _check_folding(trained: Any, folded: Any, lines: list[str]) -> None:
    difference = max(
        abs(positive_probability(trained, line) - positive_probability(folded, line))
        for line in lines
    )
    if not difference <= FOLDING_TOLERANCE:
        raise FoldError(
            f"folding changed a score by {difference:.2g}, more than {FOLDING_TOLERANCE}: "
            "the training has diverged, try a smaller learning rate"
        )
