"""How many combinations of sessions and concepts there are, for one syllabus and on the whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

from gleanery.tasks.taxonomy.plans_config import TaxonomyPlansConfig
from gleanery.tasks.taxonomy.plans_syllabus import concepts_to_teach
from gleanery.tasks.taxonomy.records import Syllabus

DISCIPLINES = 126  # of the paper's taxonomy and of the default one
SUBJECTS, SESSIONS, CONCEPTS = (100, 200), (10, 30), (5, 5)  # the paper's, per node above


@dataclass(frozen=True, slots=True)
class Range:
    """From the least to the most that is expected."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class ExpectedPlans:
    """What a taxonomy comes to: subjects, sessions, plans that there could be, plans drawn."""

    subjects: Range
    sessions: Range
    possible: Range
    drawn: Range


def possible_plans(syllabus: Syllabus, config: TaxonomyPlansConfig) -> int:
    """Return how many plans a syllabus has (arXiv 2402.13064, section 2.4, for its five concepts).

    Concepts are counted as plans use them (`concepts_to_teach`).
    """
    return possible_of(list(map(len, concepts_to_teach(syllabus))), config.max_concepts)


def possible_of(concepts: Sequence[int], largest: int) -> int:
    """Return how many plans of at most `largest` concepts sessions with so many concepts have."""
    singles = sum(comb(m, size) for m in concepts for size in range(1, largest + 1))
    pairs = sum(
        comb(m + n, size) - comb(m, size) - comb(n, size)
        for m, n in combinations(concepts, 2)
        for size in range(2, largest + 1)
    )
    return singles + pairs


def expected_plans(
    config: TaxonomyPlansConfig,
    disciplines: int = DISCIPLINES,
    subjects: tuple[int, int] = SUBJECTS,
    sessions: tuple[int, int] = SESSIONS,
    concepts: tuple[int, int] = CONCEPTS,
) -> ExpectedPlans:
    """Return the size to expect of a taxonomy before any call, given ranges per node above."""

    def at(end: int) -> tuple[int, int, int, int]:
        courses = disciplines * subjects[end]
        possible = possible_of([concepts[end]] * sessions[end], config.max_concepts)
        drawn = min(possible, config.plans_per_subject)
        return courses, courses * sessions[end], courses * possible, courses * drawn

    return ExpectedPlans(*map(Range, at(0), at(1)))
