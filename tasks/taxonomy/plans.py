"""Plans of homework questions, drawn before any call (GLAN, arXiv 2402.13064, section 2.4)."""

from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np

from gleanery.infra.collection import collection_paused
from gleanery.infra.digests import digest
from gleanery.tasks.seeded import Integers, Words, draw, keys, shuffled
from gleanery.tasks.taxonomy.plans_config import TaxonomyPlansConfig
from gleanery.tasks.taxonomy.plans_members import concept_set_counts, draw_members
from gleanery.tasks.taxonomy.plans_syllabus import concepts_to_teach
from gleanery.tasks.taxonomy.plans_turns import Sessions, SessionTurns
from gleanery.tasks.taxonomy.records import Concept, Syllabus, TaxonomyPlan

PLANS_PER_SLICE = 16  # of each subject; part names count slices, so this never changes

_TURNS, _MEMBERS, _DIFFICULTIES, _FORMS = range(4)


def draw_plans(
    syllabus: Syllabus, config: TaxonomyPlansConfig, first: int, count: int
) -> list[TaxonomyPlan]:
    """Return the plans of a syllabus from number `first` on, at most `count`.

    A plan follows the seed, the syllabus id, its number and what `config` says of the mix, so
    asking for more leaves the earlier ones as they are. Sessions and concepts never come twice;
    when no combination is left the list ends (`possible_plans` says where). `plans_turns` and
    `plans_members` say in which way the draw is even; every difficulty comes once before one
    comes again, and so does every form. An id follows what the question's prompt shows, and
    neither seed nor number.
    """
    return TaxonomyPlans([syllabus], config).draw(first, count)


def slice_count(config: TaxonomyPlansConfig) -> int:
    """Return how many slices the plans of each discipline come in."""
    return -(-config.plans_per_subject // PLANS_PER_SLICE)


class TaxonomyPlans:
    """The plans of many syllabuses, drawn together: the same plans as one by one, sooner."""

    def __init__(self, syllabuses: Sequence[Syllabus], config: TaxonomyPlansConfig) -> None:
        self._config = config
        self._syllabuses = syllabuses
        self._counts = concept_set_counts(config.max_concepts)
        names = [concepts_to_teach(syllabus) for syllabus in syllabuses]
        self._concepts = [
            Concept(session=session, name=name)
            for sessions in names
            for session, taught in enumerate(sessions)
            for name in taught
        ]
        self._keys = keys((s.id for s in syllabuses), "taxonomy plans", config.seed)
        self._turns = SessionTurns(
            [[len(taught) for taught in sessions] for sessions in names],
            self._counts,
            draw(self._keys, _TURNS),
        )
        sizes = self._turns.concepts
        self._firsts = np.cumsum(sizes).reshape(sizes.shape) - sizes  # among all concepts

    def slice(self, number: int) -> list[TaxonomyPlan]:
        """Return the plans of one slice: of each syllabus, those from number 16 * `number` on."""
        first = number * PLANS_PER_SLICE
        return self.draw(first, min(PLANS_PER_SLICE, self._config.plans_per_subject - first))

    @collection_paused()
    def draw(self, first: int, count: int) -> list[TaxonomyPlan]:
        """Return the plans from number `first` on, at most `count` of each syllabus."""
        config = self._config
        sessions = self._turns.draw(config.two_session_share, first, count)
        plan_keys = self._keys[sessions.syllabus]
        number = sessions.number
        columns = (
            sessions.syllabus,
            number,
            sessions.one,
            sessions.two,
            _in_turn(draw(plan_keys, _DIFFICULTIES), len(config.difficulties), number),
            _in_turn(draw(plan_keys, _FORMS), len(config.forms), number),
        )
        concepts = self._taken(sessions, draw(plan_keys, _MEMBERS))
        rows = zip(concepts, *(column.tolist() for column in columns), strict=True)
        return [self._plan(*row) for row in rows]

    def _taken(self, sessions: Sessions, keys: Words) -> Iterator[list[Concept]]:
        """Yield the concepts of each plan; plans with the same concept share its record."""
        of_one, of_two = draw_members(self._counts, self._turns.concepts, keys, sessions)
        first_of_one = self._firsts[sessions.syllabus, sessions.one, None]
        first_of_two = self._firsts[sessions.syllabus, sessions.two, None]
        taken = np.hstack([of_one, of_two]) >= 0
        numbers = np.hstack([first_of_one + of_one, first_of_two + of_two])[taken]
        concepts = map(self._concepts.__getitem__, numbers.tolist())
        for size in taken.sum(axis=1).tolist():
            yield list(islice(concepts, size))

    def _plan(
        self,
        concepts: list[Concept],
        course: int,
        index: int,
        one: int,
        two: int,
        difficulty: int,
        form: int,
    ) -> TaxonomyPlan:
        syllabus, config = self._syllabuses[course], self._config
        shown = [
            syllabus.id,
            syllabus.subject_id,
            syllabus.discipline_id,
            [concept.session for concept in concepts],
            [concept.name for concept in concepts],
            config.difficulties[difficulty],
            config.forms[form],
        ]
        return TaxonomyPlan(
            id=digest(shown),
            syllabus_id=syllabus.id,
            subject_id=syllabus.subject_id,
            discipline_id=syllabus.discipline_id,
            index=index,
            strategy="single_session" if one == two else "two_sessions",
            sessions=[one] if one == two else [one, two],
            concepts=concepts,
            difficulty=config.difficulties[difficulty],
            form=config.forms[form],
        )


def _in_turn(keys: Words, choices: int, number: Integers) -> Integers:
    """Return a choice for each plan: all in random order, then all in another order."""
    turn, place = np.divmod(number, choices)
    return shuffled(draw(keys, turn), choices)[np.arange(len(number)), place]
