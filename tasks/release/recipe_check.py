"""What a recipe names, held against what there is, before anything is written."""

from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches

from gleanery.tasks.release.mixing import in_proportion, weight_of
from gleanery.tasks.release.recipe import Recipe


class RecipeError(ValueError):
    """A recipe that cannot be followed; the message has one line for each problem."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(problems)  # so that it travels from a worker as it is
        self.problems = problems

    def __str__(self) -> str:
        """Return all problems, a line for each."""
        return "\n".join(["the recipe cannot be followed:", *self.problems])


def check_names(
    recipe: Recipe, pipelines: Mapping[str, str], scores: Collection[str] | None = None
) -> None:
    """Raise `RecipeError` if a recipe names a source or a score that there is not.

    `pipelines` are the known ones with the method of each; `scores` are the names of what is
    scored, or `None` while that is not known yet.
    """
    problems = []
    listed = ", ".join(f"{name} ({method})" for name, method in sorted(pipelines.items()))
    for source in recipe.sources:
        known = pipelines.keys() if source.pipeline else pipelines.values()
        if (source.pipeline or source.method) not in known:
            problems.append(
                f"  sources: there is no {source.label}; known pipelines: {listed or 'none'}"
            )
    if scores is not None:
        known_scores = ", ".join(sorted(scores)) or "none"
        for where, name in _scores_named(recipe):
            if name not in scores:
                problems.append(f"  {where}: nobody gives {name}; known scores: {known_scores}")
    if problems:
        raise RecipeError(problems)


def check_scorers(recipe: Recipe, known: Mapping[str, Collection[str]]) -> None:
    """Raise `RecipeError` if a recipe looks at a score that nobody gives here.

    `known` are the scorers with the names of what each scores; an empty collection stands for any
    name. What rows really have is known when they are scored; this is before any work.
    """
    problems = [
        f"  {where}: nobody gives {name}: {_what_there_is(name, known)}"
        for where, name in _scores_named(recipe)
        if not _is_given(name, known)
    ]
    if problems:
        raise RecipeError(problems)


def check_counts(recipe: Recipe, available: Mapping[str, int], methods: Mapping[str, str]) -> None:
    """Raise `RecipeError` if a source is to give more rows than there are candidates.

    `available` has the candidates of each pipeline and `methods` what it is. What duplicates, leaks
    and filters leave is not known yet: a recipe that passes may still ask for too much. One that
    takes what there is (`shortfall: warn`) asks for nothing impossible.
    """
    if recipe.shortfall != "error":
        return
    named = {source.pipeline for source in recipe.sources}
    there = [
        sum(
            count
            for pipeline, count in available.items()
            if pipeline == source.pipeline
            or (pipeline not in named and source.method and methods[pipeline] == source.method)
        )
        for source in recipe.sources
    ]
    problems = [
        f"  sources: {source.label}: {asked:,} rows are asked of it, and it has {has:,} "
        "candidates, before anything is left out: ask for fewer, make more, or set shortfall: "
        "warn to take what there is"
        for source, asked, has in zip(recipe.sources, _asked(recipe, there), there, strict=True)
        if asked > has
    ]
    if problems:
        raise RecipeError(problems)


def _asked(recipe: Recipe, there: Sequence[int]) -> list[int]:
    """Return the fewest rows that a recipe can ask of each source, were no candidate left out.

    Of a total, weighted sources share what the others leave, which is more the less those have;
    without one, a weighted source must have something.
    """
    sources = recipe.sources
    asked = [source.count or 0 for source in sources]
    weighted = [place for place, source in enumerate(sources) if source.weight]
    if recipe.total is None:
        shares = [1] * len(weighted)
    else:
        whole = sum(n for n, one in zip(there, sources, strict=True) if one.takes_all)
        left = max(0, recipe.total - whole - sum(asked))
        shares = in_proportion([weight_of(sources[place]) for place in weighted], left)
    for place, share in zip(weighted, shares, strict=True):
        asked[place] = share
    return asked


def check_strategies(recipe: Recipe, known: Mapping[str, Collection[str]]) -> list[str]:
    """Return a note for each source some of whose strategies no row has (yet).

    `known` has the strategies that there are, by the source's label. Raises `RecipeError` if a
    source with rows has none of its strategies: that is a wrong name.
    """
    notes: list[str] = []
    problems: list[str] = []
    for source in recipe.sources:
        there = {*known.get(source.label, ())}
        wrong = sorted({*source.strategies} - there)
        if there and wrong:
            (notes if there & {*source.strategies} else problems).append(
                f"{source.label} has no rows of strategy {', '.join(wrong)}; known: "
                f"{', '.join(sorted(there))}"
            )
    if problems:
        raise RecipeError([f"  sources: {problem}" for problem in problems])
    return notes


def _is_given(name: str, known: Mapping[str, Collection[str]]) -> bool:
    # A judge's own scorer has its model's name, which may have dots.
    return any(
        name.startswith(f"{scorer}.")
        and len(name) > len(scorer) + 1
        and (not names or name.removeprefix(f"{scorer}.") in names)
        for scorer, names in known.items()
    )


def _what_there_is(name: str, known: Mapping[str, Collection[str]]) -> str:
    """Return what is near an unknown score, and what its scorer gives, or who scores at all."""
    whole = sorted(f"{scorer}.{one}" for scorer, names in known.items() for one in names)
    near = get_close_matches(name, whole, n=1)
    meant = f"did you mean {near[0]}? " if near else ""
    scorers = [scorer for scorer in known if name.startswith(f"{scorer}.")]
    if scorers:
        scorer = max(scorers, key=len)
        return f"{meant}{scorer} gives {', '.join(sorted(known[scorer]))}"
    who = name.partition(".")[0]
    return f"{meant}{who} scores nothing here; who does: {', '.join(sorted(known))}"


def _scores_named(recipe: Recipe) -> list[tuple[str, str]]:
    filters = [("filters", one.score) for one in recipe.filters]
    return [*filters, *(("siblings.by", name) for name in recipe.siblings.by)]
