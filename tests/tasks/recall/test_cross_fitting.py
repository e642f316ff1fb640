"""Every example is scored by a model that has not seen its site."""

import random

import pytest

from gleanery.tasks.recall.classifier import ClassifierConfig, ClassifierError
from gleanery.tasks.recall.cross_fitting import LabelledText, cross_fit

SMALL = ClassifierConfig(dim=8, epoch=20, lr=0.5, bucket=5_000, min_count=1, word_ngrams=1)


def _examples(sites: int, pages: int, same_words_everywhere: bool) -> list[LabelledText]:
    """Return pages without structure, whose words give away their label or only their site."""
    draw = random.Random(0)
    examples = []
    for positive in (True, False):
        for site in range(sites):
            name = f"{positive}{site}"
            own = f"label{positive}" if same_words_everywhere else f"site{name}"
            for _ in range(pages):
                words = [draw.choice(["red", "green", "blue", own, own]) for _ in range(60)]
                examples.append((" ".join(words), positive, name))
    return examples


def _accuracy(examples: list[LabelledText]) -> float:
    scores = cross_fit(examples, SMALL).scores
    return sum((page.score > 0.5) == page.positive for page in scores) / len(scores)


def test_words_of_one_site_do_not_flatter_the_scores() -> None:
    # a model that had seen the site would know every page of it
    assert _accuracy(_examples(6, 15, same_words_everywhere=False)) < 0.75
    assert _accuracy(_examples(6, 15, same_words_everywhere=True)) > 0.95


def test_the_kept_classifier_has_seen_all_sites() -> None:
    examples = _examples(6, 15, same_words_everywhere=True)
    classifier = cross_fit(examples, SMALL).classifier
    assert all((classifier.score(text) > 0.5) == positive for text, positive, _ in examples)


def test_structure_decides_where_words_do_not() -> None:
    draw = random.Random(0)
    prose = "the same words on every page of the corpus\n"
    examples = []
    for number in range(60):
        positive = number % 2 == 0
        added = f"Exercise {number}\nSolution\n" if positive else f"Chapter {number}\nSummary\n"
        examples.append((prose * draw.randint(5, 15) + added, positive, f"site{number}"))
    # headings are too rare to be words of the model
    fitted = cross_fit(examples, SMALL.model_copy(update={"min_count": 200}))
    assert fitted.classifier.weights["exercises"] > 0
    assert fitted.classifier.score(prose * 10 + "Problem 7\nAnswer:\n") > 0.5
    assert fitted.classifier.score(prose * 10) < 0.5


def test_a_large_site_is_cut_to_the_allowed_number() -> None:
    examples = _examples(3, 10, same_words_everywhere=True)
    examples += [("red label False", False, "False0")] * 200
    config = SMALL.model_copy(update={"pages_per_site": 20})
    sites = [page.site for page in cross_fit(examples, config).scores]
    assert sites.count("False0") == 20
    assert sites.count("True0") == 10


def test_positives_of_one_site_are_refused() -> None:
    examples = [("red", True, "one")] * 5 + [("blue", False, f"n{n}") for n in range(5)]
    with pytest.raises(ClassifierError, match="positive examples come from 1 site"):
        cross_fit(examples, SMALL)


def test_the_same_examples_give_the_same_classifier() -> None:
    examples = _examples(3, 8, same_words_everywhere=True)
    first, second = cross_fit(examples, SMALL), cross_fit(examples, SMALL)
    assert first.classifier.digest == second.classifier.digest
    assert first.scores == second.scores
