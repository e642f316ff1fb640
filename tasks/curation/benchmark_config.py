"""Which benchmarks a dataset is kept clear of, and how closely a text may come to them."""

from typing import Literal

from pydantic import Field, model_validator

from gleanery.infra.config import Config

Side = Literal["question", "answer", "choices"]


class BenchmarkConfig(Config):
    """A benchmark: where its items are, and under which keys they hold what.

    A key may be a path, `choices.text` or `turns.0`. Questions that are lists of strings are joined
    by line breaks.
    """

    name: str = Field(description="What the benchmark is called in reports.", min_length=1)
    path: str = Field(
        "", description="A JSONL file or a glob, local or s3://; '' where `dataset` is given."
    )
    dataset: str = Field("", description="A name on the hub or a folder that `datasets` loads.")
    dataset_config: str = Field("", description="For `dataset`: the configuration's name.")
    split: str = Field("test", description="For `dataset`: the split.")
    id_key: str = Field("id", description="Key of the item's id; the row's number where missing.")
    question_key: str = Field("question", description="Key of the question; every row has it.")
    answer_key: str = Field("answer", description="Key of the answer; '' to leave answers out.")
    choices_key: str = Field(
        "choices", description="Key of the list of choices; '' to leave choices out."
    )
    solution_key: str = Field(
        "solution", description="Key of the worked solution; '' to leave solutions out."
    )
    one_word_questions: Literal["refuse", "skip"] = Field(
        "refuse",
        description="What becomes of questions of one word whose choices and answer are short as "
        "well: nothing of them can be told from any other text.",
    )

    @model_validator(mode="after")
    def _has_one_place(self) -> "BenchmarkConfig":
        if bool(self.path) == bool(self.dataset):
            raise ValueError(f"benchmark {self.name!r} needs either a path or a dataset")
        return self


class DecontaminationConfig(Config):
    """What counts as a leak of a benchmark item into a text, by shared words."""

    benchmarks: tuple[BenchmarkConfig, ...] = Field(
        (), description="The benchmarks, train splits included if they are to be kept out as well."
    )
    n: int = Field(
        13,
        ge=6,
        le=50,
        description="A text that shares so many words in a row with an item holds it. MAmmoTH2 "
        "takes 10; fewer find more copies that were changed and more that are none.",
    )
    sides: tuple[Side, ...] = Field(
        ("question", "answer", "choices"),
        min_length=1,
        description="What of an item is looked for; worked solutions count as answers.",
    )
    boilerplate_items: int = Field(
        4,
        ge=1,
        description="Words in a row that more questions than this share, of whichever benchmarks, "
        "are phrasing and no sign of any; the same question in two benchmarks is one.",
    )

    @model_validator(mode="after")
    def _names_differ(self) -> "DecontaminationConfig":
        names = [benchmark.name for benchmark in self.benchmarks]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"several benchmarks are named {', '.join(twice)}: name each its own")
        return self
