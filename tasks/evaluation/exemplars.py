"""The solved examples of a prompt: from a train split, or of our own where there is none.

Ours are in `own_exemplars/`: written for this project, none of them an item of any benchmark.
Those of BBH are its authors' (Suzgun et al., arXiv 2210.09261), read from the installed lm-eval.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from importlib.resources import files
from typing import Any

import yaml

from gleanery.tasks import seeded
from gleanery.tasks.evaluation.benchmark_items import read_items
from gleanery.tasks.evaluation.benchmarks import BenchmarkConfig, Kind
from gleanery.tasks.evaluation.records import BenchmarkItem

_LONGEST_SOLUTION = 800  # characters: an example shows how to answer, it need not be hard
_CONCLUSION = re.compile(r"\s*So the answer is (.+?)\.?\s*$", re.DOTALL)


def read_exemplars(
    config: BenchmarkConfig,
    seed: int,
    options: Mapping[str, Any] | None = None,
    asked: Collection[str] = (),
) -> dict[str, list[BenchmarkItem]]:
    """Return the examples of a benchmark's prompt by subject; "" is for all other subjects.

    Those of a train split are drawn by `seed`, never one of the questions that are `asked`: its
    solution would stand in its own prompt. `options` go to fsspec. Raises `FileError` or
    `FileNotFoundError` for a source that cannot be read, and `ValueError` where there are too few.
    """
    shots = config.shots_asked
    if config.benchmark.kind is Kind.BBH:
        found = _of_bbh(shots)
    elif not shots:
        found = {"": []}
    elif config.exemplar_source:
        items = read_items(config.exemplar_source, seed, options)
        unasked = [item for item in items if item.question not in asked]
        found = {"": _drawn(unasked, config, shots, seed)}
    else:
        found = {"": _own(config.name)[:shots]}
    for subject, examples in found.items():
        if len(examples) < shots:
            place = config.exemplar_source.place if config.exemplar_source else "this package"
            raise ValueError(
                f"{' '.join(['benchmark', repr(config.name), subject]).strip()} is to have {shots} "
                f"examples in its prompt, but {place} has {len(examples)} that can be used: set "
                "fewer `shots`, or `exemplars` with worked solutions that are not asked themselves"
            )
    return found


def _drawn(
    items: Sequence[BenchmarkItem], config: BenchmarkConfig, shots: int, seed: int
) -> list[BenchmarkItem]:
    """Return examples drawn by the seed: each item has its own lot, so more items move none."""
    if config.benchmark.kind is Kind.CODE:
        usable = [item for item in items if item.answer]
    else:
        usable = [item for item in items if 0 < len(item.solution) <= _LONGEST_SOLUTION]
    lots = seeded.draw(seeded.keys([item.id for item in usable], "exemplars", seed), 0).tolist()
    order = sorted(range(len(usable)), key=lambda index: (lots[index], usable[index].id))
    return [usable[index] for index in order[:shots]]


def _own(name: str) -> list[BenchmarkItem]:
    text = files(__package__).joinpath(f"own_exemplars/{name}.yaml").read_text(encoding="utf-8")
    return [
        BenchmarkItem(
            id=f"own/{name}/{number}",
            subject="",
            question=row["question"],
            choices=row.get("choices", []),
            solution=row["reasoning"],
            answer=row["answer"],
        )
        for number, row in enumerate(yaml.safe_load(text))
    ]


def _of_bbh(shots: int) -> dict[str, list[BenchmarkItem]]:
    """Return the examples of each of BBH's tasks."""
    folder = files("lm_eval").joinpath("tasks/bbh/cot_fewshot")
    found: dict[str, list[BenchmarkItem]] = {}
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if not file.name.endswith(".yaml") or file.name.startswith("_"):
            continue
        # The templates that these files include are of no use here.
        config = yaml.load(file.read_text(encoding="utf-8"), Loader=_loader())
        subject = config["dataset_name"]
        samples: list[dict[str, Any]] = config["fewshot_config"]["samples"]
        found[subject] = [
            _worked(f"bbh/{subject}/{number}", subject, sample["input"], sample["target"])
            for number, sample in enumerate(samples[:shots])
        ]
    return found


def _loader() -> type[yaml.SafeLoader]:
    class Loader(yaml.SafeLoader):
        """Reads lm-eval's files, whose `!function` we do not follow."""

    Loader.add_constructor("!function", lambda loader, node: None)
    return Loader


def _worked(name: str, subject: str, question: str, target: str) -> BenchmarkItem:
    conclusion = _CONCLUSION.search(target)
    if conclusion is None:
        raise ValueError(f"{name}: its solution has no conclusion: check the version of lm-eval")
    return BenchmarkItem(
        id=name,
        subject=subject,
        question=question.strip(),
        solution=target[: conclusion.start()].strip(),
        answer=conclusion[1].strip(),
    )
