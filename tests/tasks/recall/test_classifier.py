"""The classifier learns, is reproducible, survives storage, and folding keeps its scores."""

import random
from pathlib import Path

import pytest

from gleanery.tasks.recall.classifier import (
    Classifier,
    ClassifierConfig,
    ClassifierError,
    normalise,
    train_classifier,
)
from gleanery.tasks.recall.folding import FoldError, fold_model

SMALL = ClassifierConfig(dim=16, epoch=10, lr=0.5, bucket=20_000, min_count=1)


def _pages(kind: str, count: int, seed: int) -> list[str]:
    draw = random.Random(seed)
    own = {
        "qa": ["Exercise", "Solution:", "Find", "x =", "Answer:", "because", "?", "prove that"],
        "shop": ["add to basket", "delivery", "sale", "price", "new season", "returns", "size"],
    }[kind]
    shared = ["the", "of", "and", "is", "with", "for", "a page", "here", "more", "we"]
    return [" ".join(draw.choice(own + shared) for _ in range(120)) for _ in range(count)]


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return train_classifier(_pages("qa", 200, 1), _pages("shop", 200, 2), SMALL)


def test_unseen_pages_are_told_apart(classifier: Classifier) -> None:
    assert all(classifier.score(page) > 0.8 for page in _pages("qa", 50, 3))
    assert all(classifier.score(page) < 0.2 for page in _pages("shop", 50, 4))


def test_scores_are_probabilities_even_for_odd_text(classifier: Classifier) -> None:
    for text in ("", "\n", "\0", "__label__qa", "lone surrogate \ud800", "é" * 50_000, "\r\n\t "):
        assert 0.0 <= classifier.score(text) <= 1.0


def test_same_examples_give_the_same_bytes(classifier: Classifier) -> None:
    again = train_classifier(_pages("qa", 200, 1), _pages("shop", 200, 2), SMALL)
    assert again.to_bytes() == classifier.to_bytes()
    assert again.digest == classifier.digest


def test_another_seed_gives_another_classifier(classifier: Classifier) -> None:
    config = SMALL.model_copy(update={"seed": 1})
    other = train_classifier(_pages("qa", 200, 1), _pages("shop", 200, 2), config)
    assert other.digest != classifier.digest


def test_a_stored_classifier_scores_as_before(classifier: Classifier, tmp_path: Path) -> None:
    classifier.save(tmp_path / "classifier.zip")
    loaded = Classifier.load(tmp_path / "classifier.zip")
    pages = _pages("qa", 20, 5) + _pages("shop", 20, 6)
    assert [loaded.score(page) for page in pages] == [classifier.score(page) for page in pages]
    assert loaded.config == classifier.config


def test_bytes_that_hold_no_classifier_are_refused() -> None:
    with pytest.raises(ClassifierError, match="hold no classifier"):
        Classifier.from_bytes(b"not an archive")


def test_training_without_negatives_says_what_is_missing() -> None:
    with pytest.raises(ClassifierError, match="negative examples come from 0 sites"):
        train_classifier(["a", "b", "c"], [], SMALL)


def test_a_page_cannot_name_its_own_label() -> None:
    assert "__label__" not in normalise("__label__qa \n__label__other", 100)
    assert "\n" not in normalise("one\ntwo\r\nthree", 100)


@pytest.mark.parametrize("word_ngrams", [1, 3])
def test_folding_changes_no_score_by_more_than_a_rounding_error(
    word_ngrams: int, tmp_path: Path
) -> None:
    import fasttext

    examples = tmp_path / "examples.txt"
    lines = [f"__label__qa {page}\n" for page in _pages("qa", 100, 1)]
    lines += [f"__label__other {page}\n" for page in _pages("shop", 100, 2)]
    examples.write_text("".join(lines))
    trained = fasttext.train_supervised(
        str(examples), dim=64, epoch=10, lr=0.5, wordNgrams=word_ngrams, bucket=5000, thread=1
    )
    trained.save_model(str(tmp_path / "trained.bin"))
    rows = trained.get_input_matrix().shape[0]
    fold_model(tmp_path / "trained.bin", tmp_path / "folded.bin", rows, 2)
    folded = fasttext.load_model(str(tmp_path / "folded.bin"))
    assert folded.get_dimension() == 2
    assert (tmp_path / "folded.bin").stat().st_size < (tmp_path / "trained.bin").stat().st_size / 8
    for page in _pages("qa", 50, 3) + _pages("shop", 50, 4):
        before = dict(zip(*trained.predict(page, k=2), strict=True))
        after = dict(zip(*folded.predict(page, k=2), strict=True))
        assert after == pytest.approx(before, abs=1e-5)


def test_a_model_with_another_loss_is_not_folded(tmp_path: Path) -> None:
    import fasttext

    examples = tmp_path / "examples.txt"
    examples.write_text("__label__qa why not\n__label__other buy now\n" * 50)
    trained = fasttext.train_supervised(str(examples), dim=8, loss="hs", bucket=1000, thread=1)
    trained.save_model(str(tmp_path / "trained.bin"))
    with pytest.raises(FoldError, match="softmax"):
        fold_model(tmp_path / "trained.bin", tmp_path / "folded.bin", len(trained.words), 2)


def test_a_file_that_is_no_model_is_not_folded(tmp_path: Path) -> None:
    (tmp_path / "other.bin").write_bytes(b"PK" * 100)
    with pytest.raises(FoldError, match="not a fastText model"):
        fold_model(tmp_path / "other.bin", tmp_path / "folded.bin", 10, 2)
