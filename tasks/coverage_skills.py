"""What examples cover of a skill set: skills, query types, and both in combination."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from math import comb
from typing import NamedTuple

from gleanery.tasks.coverage import Coverage, Grid, Reached, counts_of, evenness, reached

MOST_ROWS = 60  # that still can be read on a picture; of more skills, the most used are shown


class Combined(NamedTuple):
    """What an example combines: a query type, by name, and skills, by id."""

    query_type: str
    skills: tuple[str, ...]


class SkillCounts:
    """Counts of examples by skill, query type and pair. Memory holds counts only.

    `skills` names the skills by id, in the order in which they are shown.
    """

    def __init__(self, skills: Mapping[str, str], query_types: Sequence[str]) -> None:
        self._names = skills
        self._query_types = query_types
        self._examples = 0
        self._of_type: Counter[str] = Counter()
        self._cells: Counter[tuple[str, str]] = Counter()
        self._pairs: Counter[tuple[str, str]] = Counter()

    def add_examples(self, examples: Iterable[Combined]) -> None:
        """Count examples."""
        for example in examples:
            self._examples += 1
            self._of_type[example.query_type] += 1
            skills = sorted(skill for skill in example.skills if skill in self._names)
            self._cells.update((skill, example.query_type) for skill in skills)
            self._pairs.update(combinations(skills, 2))

    def coverage(self, examples: int) -> Coverage:
        """Return what is covered; `examples` is how many there are, read or not."""
        by_skill: Counter[str] = Counter()
        for (skill, _), count in self._cells.items():
            by_skill[skill] += count
        every = [(skill, query_type) for skill in self._names for query_type in self._query_types]
        filled = sum(cell in self._cells for cell in every)
        return Coverage(
            examples=examples,
            read=self._examples,
            reached=[
                reached("skills", by_skill, self._names),
                reached("query types", self._of_type, {name: name for name in self._query_types}),
                _counted("skills with a query type", filled, len(every)),
                *self._pairs_reached(),
            ],
            evenness=[
                *evenness("skills", [by_skill[skill] for skill in self._names]),
                *evenness("query types", [self._of_type[name] for name in self._query_types]),
                *evenness("skills with a query type", [self._cells[cell] for cell in every]),
            ],
            grids=self._grids(by_skill),
        )

    def _pairs_reached(self) -> list[Reached]:
        if not self._pairs:
            return []
        return [_counted("pairs of skills", len(self._pairs), comb(len(self._names), 2))]

    def _grids(self, by_skill: Mapping[str, int]) -> list[Grid]:
        shown, note = list(self._names), ""
        if len(shown) > MOST_ROWS:
            shown = sorted(shown, key=lambda skill: -by_skill.get(skill, 0))[:MOST_ROWS]
            note = f"the {MOST_ROWS} of {len(self._names)} skills that most examples have"
        if not shown:
            return []
        names = [self._names[skill] for skill in shown]
        pairs = {**self._pairs, **{(two, one): count for (one, two), count in self._pairs.items()}}
        grid = Grid(
            title="skill by query type",
            of_rows="skill",
            of_columns="query type",
            rows=names,
            columns=list(self._query_types),
            made=counts_of(self._cells, shown, self._query_types),
            lost=[],
            symmetric=False,
            note=note,
        )
        together = grid.model_copy(
            update={
                "title": "pairs of skills",
                "of_columns": "skill",
                "columns": names,
                "made": counts_of(pairs, shown, shown),
                "symmetric": True,
            }
        )
        return [grid, together] if self._pairs else [grid]


def _counted(what: str, count: int, possible: int) -> Reached:
    return Reached(what=what, reached=count, possible=possible, missing=[])
