"""A recipe in a YAML file of its own."""

from pathlib import Path

import yaml
from pydantic import ValidationError

from gleanery.infra.config import problem_words
from gleanery.tasks.release.recipe import Recipe
from gleanery.tasks.release.recipe_check import RecipeError


def read_recipe(path: Path) -> Recipe:
    """Return the recipe in a YAML file. Raises `RecipeError` with file, line, key and reason."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RecipeError([f"  cannot read {path}: {error}"]) from error
    return parse_recipe(text, str(path))


def parse_recipe(text: str, source: str) -> Recipe:
    """Return the recipe that a text holds; `source` names it in the errors, as `read_recipe`'s."""
    try:
        top = yaml.compose(text, Loader=yaml.SafeLoader)
        values = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise RecipeError([f"  {source}:{line}: is not YAML: {error.problem}"]) from error
    except yaml.YAMLError as error:
        raise RecipeError([f"  {source}: is not YAML: {error}"]) from error
    if not isinstance(values, dict | None):
        raise RecipeError([f"  {source}:1: holds no keys: a recipe is a mapping"])
    try:
        return Recipe.model_validate(values or {})
    except ValidationError as error:
        problems = [
            f"  {source}:{_line_of(top, problem['loc'])}: "
            f"{'.'.join(map(str, problem['loc'])) or 'the recipe'}: "
            f"{problem_words(problem)}"
            for problem in error.errors(include_url=False)
        ]
        raise RecipeError(problems) from None


def _line_of(node: yaml.Node | None, place: tuple[int | str, ...]) -> int:
    """Return the line of what stands at that place, or of the nearest thing around it."""
    line = node.start_mark.line + 1 if node else 1
    for step in place:
        if isinstance(node, yaml.MappingNode):
            pairs = [pair for pair in node.value if pair[0].value == step]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            pairs = [(item, item) for item in node.value[step : step + 1]]
        else:
            break
        if not pairs:
            break
        key, node = pairs[0]
        line = key.start_mark.line + 1
    return line
