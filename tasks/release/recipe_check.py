"""What a recipe names, held against what there is, before anything is written."""

from collections.abc import Collection, Mapping

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


def check_scorers(recipe: Recipe, scorers: Collection[str]) -> None:
    """Raise `RecipeError` if a recipe looks at scores of somebody who scores nothing here.

    What each scorer gives is known when it has; who scores is known before any work.
    """
    known = ", ".join(sorted(scorers))
    problems = [
        f"  {where}: nobody gives {name}: {name.partition('.')[0]} scores nothing here; who does: "
        f"{known}"
        for where, name in _scores_named(recipe)
        if name.partition(".")[0] not in scorers
    ]
    if problems:
        raise RecipeError(problems)


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


def _scores_named(recipe: Recipe) -> list[tuple[str, str]]:
    filters = [("filters", one.score) for one in recipe.filters]
    return [*filters, *(("siblings.by", name) for name in recipe.siblings.by)]
