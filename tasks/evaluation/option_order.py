"""In which order the options of a question are shown, where its source has none."""

from collections.abc import Sequence
from string import ascii_uppercase

from gleanery.tasks import seeded
from gleanery.tasks.evaluation.records import BenchmarkItem


def in_seeded_order(items: Sequence[BenchmarkItem], seed: int) -> list[BenchmarkItem]:
    """Return items whose right option stands first with their options in an order of their own.

    The order follows `seed` and the items' ids, so it is the same for every model and every run.
    Of all items, each place holds the right option as often as any other (to within one), so
    that a model which always says "C" is right as often as one that guesses.
    """
    keys = seeded.keys([item.id for item in items], "options", seed)
    draws = seeded.draw(keys, 0).tolist()
    places: dict[int, int] = {}
    for rank, index in enumerate(sorted(range(len(items)), key=lambda index: draws[index])):
        places[index] = rank % len(items[index].choices)
    shown = []
    for index, item in enumerate(items):
        right, *wrong = item.choices
        order = seeded.shuffled(keys[index : index + 1], len(wrong))[0].tolist()
        choices = [wrong[number] for number in order]
        choices.insert(places[index], right)
        letter = ascii_uppercase[places[index]]
        shown.append(item.model_copy(update={"choices": choices, "answer": letter}))
    return shown
