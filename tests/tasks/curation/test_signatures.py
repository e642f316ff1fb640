import gzip
import json
import random
import re
import subprocess
import sys
import textwrap
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gleanery.tasks.curation.duplicates import DuplicatesConfig
from gleanery.tasks.curation.normalise import plain_words, words_and_signs
from gleanery.tasks.curation.signatures import BANDS, PERMUTATIONS, estimated_jaccard, sign_texts

TEXT = "Explain in two sentences why the sky is blue on most days, and red at sunset."


def shingles(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"[^\W_]+", text.casefold())
    return {tuple(words[at : at + 5]) for at in range(len(words) - 4)}


def jaccard(one: str, other: str) -> float:
    ours, theirs = shingles(one), shingles(other)
    return len(ours & theirs) / len(ours | theirs)


@pytest.fixture(scope="module")
def questions(shared_data: Path) -> list[str]:
    lines = (shared_data / "benchmarks" / "gsm8k_test.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line)["question"] for line in lines[:400]]


def test_signature_is_the_same_in_another_process() -> None:
    program = (
        "from gleanery.tasks.curation.signatures import sign_texts;import sys;"
        "s = sign_texts(['other', sys.argv[1]]);"
        "print(s.digests[1].tobytes().hex(), s.minima[1].tobytes().hex(), s.bands[1].tolist())"
    )
    printed = subprocess.run(
        [sys.executable, "-c", program, TEXT], capture_output=True, text=True, check=True
    ).stdout.strip()
    here = sign_texts([TEXT])
    bands = here.bands[0].tolist()
    assert printed == f"{here.digests.tobytes().hex()} {here.minima.tobytes().hex()} {bands}"


def test_signature_is_that_of_the_stored_ones() -> None:
    """Parts hold signatures for years: if this changes, so must the stage's version."""
    here = sign_texts([TEXT])
    assert here.digests.tobytes().hex() == DIGEST
    assert here.minima.tobytes().hex()[:32] == MINIMA
    assert int(here.bands[0][0]) == BAND


DIGEST = "b115d433b3893950d7cd37f1b830e947"
MINIMA = "fcec62c2e1d2f938c1512a3f5bc0b477"
BAND = 6303347514434620733


@given(st.lists(st.text("ab c", max_size=30), max_size=5))
def test_signatures_do_not_depend_on_the_batch(texts: list[str]) -> None:
    together = sign_texts(texts)
    for number, text in enumerate(texts):
        alone = sign_texts([text])
        for name in ("words", "digests", "minima", "bands"):
            assert (getattr(together, name)[number] == getattr(alone, name)[0]).all(), name


@given(st.text("ab 1+", max_size=12), st.text("ab 1+", max_size=12))
def test_digests_are_equal_exactly_where_words_are(one: str, other: str) -> None:
    one, other = f"a {one}", f"a {other}"  # a sign that begins a line may be a bullet
    signed = sign_texts([one, other], words_and_signs)
    same_words = re.findall(r"\w+|\+", one) == re.findall(r"\w+|\+", other)
    assert (signed.digests[0] == signed.digests[1]).all() == same_words


def test_more_texts_than_a_batch_keep_their_order(questions: list[str]) -> None:
    signed = sign_texts(questions)
    assert signed.minima.shape == (400, PERMUTATIONS)
    assert signed.bands.shape == (400, BANDS)
    assert (signed.digests[399] == sign_texts(questions[399:]).digests[0]).all()


def test_estimate_is_as_good_as_its_standard_error(questions: list[str]) -> None:
    rng = random.Random(0)
    pairs = []
    for question in questions:
        words = question.split()
        for _ in range(rng.randint(1, 6)):
            words[rng.randrange(len(words))] = "edited"
        pairs.append((question, " ".join(words)))
    ones, others = zip(*pairs, strict=True)
    estimates = estimated_jaccard(sign_texts(ones).minima, sign_texts(others).minima)
    errors = estimates - np.array([jaccard(*pair) for pair in pairs])
    assert np.sqrt((errors**2).mean()) < 0.05
    assert abs(errors.mean()) < 0.01


COPIES: dict[str, Callable[[str], str]] = {
    "lower case": str.lower,
    "capitals": str.upper,
    "title case": str.title,
    "one line": lambda text: " ".join(text.split()),
    "indented": lambda text: textwrap.indent(text, "    "),
    "quoted": lambda text: textwrap.indent(text, "> "),
    "a list": lambda text: textwrap.indent(text, "- "),
    "without punctuation": lambda text: re.sub(r"[^\w\s]+(?=\s|\Z)", "", text),
    "without signs": lambda text: re.sub(r"[^\w\s]|_", " ", text),
    "marked up": lambda text: re.sub(r"\b([A-Za-z]{6,})\b", r"**\1**", text),
}


@pytest.fixture(scope="module")
def pages(shared_data: Path) -> list[str]:
    folder = shared_data / "recall_seed"
    with gzip.open(folder / "positives_docs.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line)["text"][:3_000] for line in islice(lines, 0, None, 10)]


@pytest.mark.parametrize("kind", COPIES)
def test_page_is_found_again_in_other_clothes(pages: list[str], kind: str) -> None:
    copies = [COPIES[kind](page) for page in pages]
    alike = [jaccard(*pair) for pair in zip(pages, copies, strict=True)]
    ones, others = sign_texts(pages, plain_words), sign_texts(copies, plain_words)
    found = estimated_jaccard(ones.minima, others.minima) >= DuplicatesConfig().threshold
    found &= (ones.bands == others.bands).any(axis=1)
    due = np.array(alike) >= 0.8
    assert due.sum() > 100
    assert found[due].mean() >= 0.98
    assert min(np.array(alike)[found]) >= 0.5


def test_texts_without_a_common_shingle_are_not_alike(questions: list[str]) -> None:
    minima = sign_texts(questions).minima
    apart = [
        number
        for number in range(399)
        if not shingles(questions[number]) & shingles(questions[number + 1])
    ]
    estimates = estimated_jaccard(minima[apart], minima[[number + 1 for number in apart]])
    assert len(apart) > 300
    assert estimates.max() < 0.1
