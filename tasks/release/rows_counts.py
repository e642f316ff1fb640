"""What a release's rows are, counted as they pass by."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import orjson

from gleanery.tasks.release.manifest import ModelUse, RowCounts
from gleanery.tasks.release.rows import ReleasedRow

_COLUMNS = ("split", "source", "method", "licence", "licence_family", "subject")


class RowCounter:
    """Counts rows by the values of their columns, and by the models that they name."""

    def __init__(self) -> None:
        self._columns: dict[str, Counter[str]] = {name: Counter() for name in _COLUMNS}
        self._scored: Counter[str] = Counter()
        self._uses: Counter[tuple[str, str, str]] = Counter()
        self._characters = 0

    def add(self, row: ReleasedRow) -> None:
        """Count a row."""
        for name, counter in self._columns.items():
            counter[getattr(row, name)] += 1
        self._scored.update(row.scores.keys())
        self._characters += sum(len(turn.content) for turn in row.messages)
        # A model asked twice for one row with one prompt is one use of it.
        self._uses.update(_uses(orjson.loads(row.lineage)))

    def counts(self) -> RowCounts:
        """Return what was counted, each by name, but the models by how many rows name them."""
        columns = {name: dict(sorted(found.items())) for name, found in self._columns.items()}
        uses = sorted(self._uses.items(), key=lambda use: (-use[1], use[0]))
        return RowCounts(
            total=sum(columns["split"].values()),
            splits=columns["split"],
            sources=columns["source"],
            methods=columns["method"],
            licences=columns["licence"],
            licence_families=columns["licence_family"],
            subjects=columns["subject"],
            scored=dict(sorted(self._scored.items())),
            characters=self._characters,
            models=[
                ModelUse(step=step, model=model, prompt=prompt, rows=rows)
                for (step, model, prompt), rows in uses
            ],
        )


def _uses(lineage: Mapping[str, Any]) -> set[tuple[str, str, str]]:
    made = {(call["step"], call["model"], call["prompt"]) for call in lineage["calls"]}
    scored = {
        (score["scorer"], score["model"], score["prompt"])
        for score in lineage["scores"]
        if score["model"]
    }
    return made | scored
