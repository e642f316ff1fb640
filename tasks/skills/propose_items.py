"""The lines of a proposed list, as the model structured them, and which of them are usable."""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from gleanery.tasks.json_answers import read_json_answer
from gleanery.tasks.records import Loss
from gleanery.tasks.skills.skill_set_file import LONGEST_NAME, LONGEST_TEXT
from gleanery.tasks.skills.skill_set_names import normal_name


class Item(BaseModel):
    """One line of a list; keys that models add are let go."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    name: str
    definition: str
    example: str = ""
    is_topic: bool = False


class _Items(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    items: list[Item]


def read_items(row_id: str, text: str) -> list[Item] | Loss:
    """Return the items in a model's JSON, or the loss "unparseable" or "no_items"."""
    try:
        value = read_json_answer(text)
        items = _Items.model_validate({"items": value} if isinstance(value, list) else value).items
    except ValueError as error:
        detail = " ".join(str(error).split())[:300]
        return Loss(row_id=row_id, reason="unparseable", detail=detail)
    return items or Loss(row_id=row_id, reason="no_items", detail="the list came back empty")


def usable_items(
    row_id: str, items: Sequence[Item], listed: str, most_words: int, with_example: bool
) -> tuple[list[Item], list[Loss]]:
    """Return the items that can be used, each name once, and a loss for every other one.

    Reasons: "empty_name", "long_name", "no_definition", "long_definition", "no_example", and
    "not_in_list" for a name that the free text `listed` does not have.
    """
    text = normal_name(listed)
    words = frozenset(text.split())
    usable: dict[str, Item] = {}
    losses = []
    for item in map(_tidy, items):
        normal = normal_name(item.name)
        reason = name_problem(item.name, most_words) or _text_problem(item, with_example)
        if not reason and not (normal in text or words.issuperset(normal.split())):
            reason = "not_in_list"
        if reason:
            losses.append(Loss(row_id=row_id, reason=reason, detail=item.name[:100]))
        else:
            usable.setdefault(normal, item)
    return list(usable.values()), losses


def name_problem(name: str, most_words: int) -> str:
    """Return "empty_name" or "long_name" for what is no name, else an empty text."""
    if not normal_name(name):
        return "empty_name"
    if len(name) > LONGEST_NAME or len(name.replace("_", " ").split()) > most_words:
        return "long_name"
    return ""


def _text_problem(item: Item, with_example: bool) -> str:
    if not item.definition:
        return "no_definition"
    if len(item.definition) > LONGEST_TEXT or len(item.example) > LONGEST_TEXT:
        return "long_definition"
    return "no_example" if with_example and not item.example else ""


def _tidy(item: Item) -> Item:
    texts = {key: " ".join(getattr(item, key).split()) for key in ("name", "definition", "example")}
    return item.model_copy(update=texts)
