"""What examples cover of a taxonomy: its disciplines, subjects and concepts, and their kinds."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from gleanery.tasks.coverage import Coverage, Evenness, Grid, Reached, counts_of, evenness, reached

MOST_ROWS = 40  # that a person can take in; more disciplines are shown by field

KINDS = ("difficulty", "form", "strategy")


class Topic(NamedTuple):
    """A discipline: the names on the way to it from the root, its own last, and its field's id.

    The field is the node at the top of the way, which may be the discipline itself.
    """

    path: tuple[str, ...]
    field: str


class Kind(NamedTuple):
    """What kind of question a plan asks for, or an example holds, and of which discipline."""

    discipline: str
    difficulty: str
    form: str
    strategy: str


class TaxonomyCounts:
    """Counts of plans and examples, added discipline by discipline. Memory holds counts only.

    `topics` are the disciplines by id; `order` gives values of a kind in the order to show them.
    """

    def __init__(
        self, topics: Mapping[str, Topic], order: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        self._topics = topics
        self._names = telling_names({id_: topic.path for id_, topic in topics.items()})
        self._order = order or {}
        self._planned: Counter[Kind] = Counter()
        self._made: Counter[Kind] = Counter()
        self._subjects: Counter[int] = Counter()  # how many subjects have so many examples
        self._concepts = [0, 0]

    def add_plans(self, kinds: Iterable[Kind]) -> None:
        """Count plans."""
        self._planned.update(kinds)

    def add_examples(self, kinds: Iterable[Kind]) -> None:
        """Count examples."""
        self._made.update(kinds)

    def add_subjects(self, examples: Iterable[int]) -> None:
        """Count subjects, given by how many examples each of them has."""
        self._subjects.update(examples)

    def add_concepts(self, reached: int, possible: int) -> None:
        """Count the key concepts of some sessions, and those that an example was planned on."""
        self._concepts[0] += reached
        self._concepts[1] += possible

    def coverage(self, examples: int) -> Coverage:
        """Return what is covered; `examples` is how many there are, read or not."""
        return Coverage(
            examples=examples,
            read=self._made.total(),
            reached=self._reached(),
            evenness=self._evenness(),
            grids=self._grids(),
        )

    def _reached(self) -> list[Reached]:
        made: Counter[str] = Counter()
        for kind, count in self._made.items():
            made[kind.discipline] += count
        subjects = self._subjects.total()
        return [
            reached("disciplines", made, self._names),
            Reached(
                what="subjects",
                reached=subjects - self._subjects[0],
                possible=subjects,
                missing=[],
            ),
            Reached(
                what="key concepts of the sessions",
                reached=self._concepts[0],
                possible=self._concepts[1],
                missing=[],
            ),
        ]

    def _evenness(self) -> list[Evenness]:
        by_discipline = _by(self._made, "discipline")
        found = evenness("disciplines", [by_discipline[id_] for id_ in self._topics])
        found += evenness("subjects", self._subjects.elements())
        for kind, over in zip(KINDS, ("difficulties", "forms", "strategies"), strict=True):
            made = _by(self._made, kind)
            found += evenness(over, [made[value] for value in self._values(kind)])
        return found

    def _values(self, kind: str) -> list[str]:
        """Return what plans and examples hold: in the given order, then as it came."""
        found = dict.fromkeys([*_by(self._planned, kind), *_by(self._made, kind)])
        first = [value for value in self._order.get(kind, ()) if value in found]
        return list(dict.fromkeys([*first, *found]))

    def _grids(self) -> list[Grid]:
        by_field = len(self._topics) > MOST_ROWS
        row_of = {id_: topic.field if by_field else id_ for id_, topic in self._topics.items()}
        fields = {topic.field: topic.path[:1] for topic in self._topics.values()}
        names = telling_names(fields) if by_field else self._names
        every = list(dict.fromkeys(row_of.values()))
        planned: Counter[str] = Counter()
        for kind, count in self._planned.items():
            planned[row_of.get(kind.discipline, "")] += count
        rows = every
        if len(every) > MOST_ROWS:
            most = sorted(every, key=lambda row: -planned[row])[:MOST_ROWS]
            rows = [row for row in every if row in most]
        of_rows = "field" if by_field else "discipline"
        shown = {row: names[row] for row in rows}
        note = f"the {len(rows)} of {len(every)} {of_rows}s with most plans"
        return [
            self._grid(name, of_rows, shown, row_of, note if len(rows) < len(every) else "")
            for name in KINDS
            if self._values(name)
        ]

    def _grid(
        self,
        kind: str,
        of_rows: str,
        rows: Mapping[str, str],
        row_of: Mapping[str, str],
        note: str,
    ) -> Grid:
        columns = self._values(kind)
        made, planned = (_cells(counts, kind, row_of) for counts in (self._made, self._planned))
        lost = {cell: max(count - made[cell], 0) for cell, count in planned.items()}
        return Grid(
            title=f"{of_rows} by {kind}",
            of_rows=of_rows,
            of_columns=kind,
            rows=list(rows.values()),
            columns=columns,
            made=counts_of(made, list(rows), columns),
            lost=counts_of(lost, list(rows), columns),
            symmetric=False,
            note=note,
        )


def telling_names(paths: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return the shortest name by id that tells it from all others, with ancestors where it must.

    `paths` are the names from the root down to the node itself. Ancestors come after the name, for
    a picture shows where a long label begins. Where whole paths are the same, the id tells.
    """
    names: dict[str, str] = {}
    length = 1
    open_ids = list(paths)
    while open_ids:
        tried = {id_: _with_ancestors(paths[id_][-length:]) for id_ in open_ids}
        taken = Counter([*names.values(), *tried.values()])
        deepest = all(length >= len(paths[id_]) for id_ in open_ids)
        for id_, name in tried.items():
            if taken[name] == 1:
                names[id_] = name
            elif deepest:
                names[id_] = f"{paths[id_][-1]} ({id_})"
        open_ids = [id_ for id_ in open_ids if id_ not in names]
        length += 1
    return {id_: names[id_] for id_ in paths}


def _with_ancestors(path: Sequence[str]) -> str:
    *above, name = path
    return f"{name} ({' > '.join(above)})" if above else name


def _by(counts: Mapping[Kind, int], kind: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for row, count in counts.items():
        found[getattr(row, kind)] += count
    return found


def _cells(
    counts: Mapping[Kind, int], kind: str, row_of: Mapping[str, str]
) -> Counter[tuple[str, str]]:
    cells: Counter[tuple[str, str]] = Counter()
    for row, count in counts.items():
        cells[row_of.get(row.discipline, row.discipline), getattr(row, kind)] += count
    return cells
