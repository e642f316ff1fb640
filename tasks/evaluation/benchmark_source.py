"""Where the items of a benchmark are, and under which keys they hold what."""

from typing import Literal

from pydantic import Field, model_validator

from gleanery.infra.config import Config

ItemField = Literal[
    "id",
    "question",
    "answer",
    "choices",
    "labels",
    "subject",
    "answer_type",
    "solution",
    "wrong_answers",
    "tests",
    "setup",
    "test",
    "entry_point",
    "picture",
    "instructions",
    "arguments",
]
JudgedField = Literal["turns", "references", "baseline", "checklist", "category", "difficulty"]
# Under which keys the published copies of the benchmarks hold a field, in the order of preference.
USUAL_KEYS: dict[str, tuple[str, ...]] = {
    "id": ("id", "task_id", "Record ID"),
    "question": ("question", "problem", "Question", "input", "text", "prompt"),
    "answer": (
        "answer",
        "answerKey",
        "Answer",
        "target",
        "Correct Answer",
        "code",
        "canonical_solution",
    ),
    "choices": ("choices", "options"),
    "labels": ("choice_labels", "choices.label"),
    "subject": ("subject", "task", "type", "subfield", "High-level domain", "Subdomain"),
    "answer_type": ("answer_type", "Answer_type"),
    "solution": ("solution",),
    "wrong_answers": ("wrong_answers", "Incorrect Answer 1"),
    "tests": ("tests", "test_list"),
    "setup": ("setup", "test_setup", "test_setup_code"),
    "test": ("test",),
    "entry_point": ("entry_point",),
    "picture": ("picture", "Picture"),
    "instructions": ("instruction_id_list",),
    "arguments": ("kwargs",),
}


class BenchmarkSource(Config):
    """A file of items, or a dataset on the hub. One of the two is named, or neither."""

    path: str = Field(
        "",
        description="A file of JSON lines or one JSON array: local, s3://, or hf://datasets/… on "
        "the hub; '' where `dataset` is given.",
    )
    dataset: str = Field("", description="A name on the hub or a folder that `datasets` loads.")
    dataset_configs: tuple[str, ...] = Field(
        (),
        description="For `dataset`: its configurations; with several, each one's name is the "
        "subject of its items.",
    )
    split: str = Field("test", description="For `dataset`: the split.")
    named: dict[ItemField | JudgedField, str] = Field(
        {},
        description="Under which key a row holds a field, where it is not one of the usual ones: "
        "`question: body`.",
    )
    where: dict[str, str] = Field(
        {},
        description="Keys and the values that they must have for a row to count: `split: test`.",
    )
    with_pictures: bool = Field(
        True,
        description="Whether items stay that show a picture, which no prompt holds (TheoremQA: "
        "53 of 800); the published figures count them.",
    )
    first: int = Field(0, ge=0, description="So many items at the most; 0 for all.")

    @model_validator(mode="after")
    def _has_one_place(self) -> "BenchmarkSource":
        if self.path and self.dataset:
            raise ValueError(
                "a benchmark's items come from a path or from a dataset, not from both"
            )
        return self

    @property
    def place_is_named(self) -> bool:
        """Return whether it says where the items are."""
        return bool(self.path or self.dataset)

    @property
    def place(self) -> str:
        """Return where the items are, in words."""
        return self.path or ":".join([self.dataset, *self.dataset_configs, self.split])

    def at(self, other: "BenchmarkSource") -> "BenchmarkSource":
        """Return a source at the place of another one, with its own limits."""
        named = {"dataset": other.dataset, "dataset_configs": other.dataset_configs}
        return self.model_copy(update=named | {"path": other.path, "split": other.split})
