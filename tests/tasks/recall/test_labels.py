"""Labels for balancing: mostly right on real pages whose subject or kind is known."""

import gzip
import json
from collections import Counter
from pathlib import Path

import pytest

from gleanery.tasks.recall.labels import OTHER, SITE_KINDS, SUBJECTS, site_kind_of, subject_of


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("Factor the polynomial and solve the quadratic equation for its integer roots.", "maths"),
        ("A block slides without friction; find its acceleration and kinetic energy.", "physics"),
        ("How many moles of sodium hydroxide neutralise the acid? Give the molarity.", "chemistry"),
        ("Which enzymes copy dna in bacteria, and what do ribosome and cell do?", "biology"),
        (
            "Write a python function that loops over a list of strings and prints them.",
            "programming",
        ),
        ("If demand is elastic, what does a tax do to price and consumer surplus?", "economics"),
        ("Test the null hypothesis that the sample mean has this variance.", "statistics"),
        ("We spent a week on the coast, and the hotel had a lovely view of the bay.", OTHER),
        ("", OTHER),
    ],
)
def test_a_subject_shows_in_its_words(text: str, subject: str) -> None:
    assert subject_of(text) == subject


@pytest.mark.parametrize(
    ("url", "text", "kind"),
    [
        ("https://www.physicsforums.com/threads/a.12/", "Reply\nQuote\nJoined: 2009", "forum"),
        ("https://example.edu/course/lecture-3.html", "Exercise 1\nSolution", "education"),
        ("https://docs.example.org/api/fields", "Parameters\nReturns\nDefault", "documentation"),
        ("https://shop.example.com/product/12", "Add to cart\nFree shipping\nPrice", "shop"),
        ("https://example-news.com/2019/05/03/vote", "the minister said on Monday", "news"),
        ("https://example.com/about", "We are a small team.", OTHER),
        ("", "", OTHER),
    ],
)
def test_a_kind_of_site_shows_in_address_and_text(url: str, text: str, kind: str) -> None:
    assert site_kind_of(url, text) == kind


def test_textbook_chapters_get_their_own_subject(shared_data: Path) -> None:
    wanted = {"math": "maths", **{name: name for name in SUBJECTS}}
    found: Counter[tuple[str, bool]] = Counter()
    with gzip.open(shared_data / "recall_seed" / "positives_docs.jsonl.gz", "rt") as file:
        for line in file:
            row = json.loads(line)
            if row["kind"] == "textbook_exercises":
                right = wanted[row["domain"]]
                found[right, subject_of(row["text"]) == right] += 1
    for subject in ("maths", "physics", "chemistry", "biology", "statistics"):
        right, wrong = found[subject, True], found[subject, False]
        assert right / (right + wrong) > 0.75, (subject, right, wrong)


def test_labels_come_from_the_lists() -> None:
    assert OTHER not in SUBJECTS
    assert len(set(SUBJECTS)) == len(SUBJECTS)
    assert len(set(SITE_KINDS)) == len(SITE_KINDS)
