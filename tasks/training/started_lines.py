"""What a training says of itself before its first step, in words: the same wherever it is told."""

from collections.abc import Mapping
from typing import Any


def started_line(event: Mapping[str, Any]) -> str:
    """Return what is trained on what, and where an answer ends."""
    at_once, times = event["per_device"], event["accumulation"]
    return (
        f"training on {event['devices']} x {event['device']}, {event['rows']} of "
        f"{event['of_rows']} rows as {event['examples']} examples, "
        f"{event['devices'] * at_once * times} a step ({at_once} at once, {times} times); "
        f"{event['trained']:,} weights are trained, {event['frozen']:,} are not; an answer ends "
        f"with {event['ends_with']}"
    )


def cut_line(event: Mapping[str, Any]) -> str:
    """Return how many examples lose what, "" where none does."""
    if not event["cut"]:
        return ""
    return (
        f"of {event['looked_at']} examples looked at, {event['cut']} are longer than "
        f"recipe.max_length and lose their end, {event['unlearnt']} of them all of their answer"
    )


def batch_line(event: Mapping[str, Any]) -> str:
    """Return the first example of the first batch, or its beginning."""
    return f"first example, what is learnt in ⟦ ⟧: {event['examples'][0][:600]}"
