"""The rows of an evaluation: what was asked, what was answered, and what it was worth."""

from pydantic import Field

from gleanery.tasks.records import Record


class BenchmarkItem(Record):
    """A question of a benchmark in the form that all benchmarks share; what it lacks is empty.

    `answer` is the letter of the right choice where there are `choices` (in the order in which
    they are shown), the reference program of a task in code, and else the answer as it is written.
    `answer_type` is TheoremQA's ("bool", "list of integer", …). `tests` are statements that a
    program must pass, behind `setup`; `test` with `entry_point` is HumanEval's. `instructions` are
    IFEval's, each as JSON.
    """

    id: str
    subject: str
    question: str
    answer: str
    choices: list[str] = Field(default_factory=list)
    answer_type: str = ""
    solution: str = ""
    tests: list[str] = Field(default_factory=list)
    setup: str = ""
    test: str = ""
    entry_point: str = ""
    instructions: list[str] = Field(default_factory=list)


class AskedItem(Record):
    """An item with its whole prompt: what a model goes on with, or is told in one turn."""

    id: str
    benchmark: str
    subject: str
    prompt: str
    stop: list[str]
    max_tokens: int


class AnsweredItem(Record):
    """An item's prompt and the answer to it, whatever became of it.

    `finish_reason` is "stop" where the model ended by itself, "length" where it was cut off, and
    "refused" where the server takes no such prompt (too long, mostly): the answer is empty then,
    and `detail` is what it said. It is "unknown" where nobody says (an encoder-decoder model in a
    backend of lm-eval).
    """

    id: str
    benchmark: str
    subject: str
    prompt: str
    as_chat: bool
    answer: str
    finish_reason: str
    completion_tokens: int
    model: str
    request_key: str
    detail: str = ""


class ScoredItem(AnsweredItem):
    """An answered item and what its answer is worth: `correct` is 1 or 0.

    `extracted` is what the answer was read as; `unparseable` says that nothing could be read,
    which is wrong. `detail` says why also there, where that is not plain. `followed` says of every
    instruction of an item whether it is followed (IFEval).
    """

    expected: str
    extracted: str
    correct: int
    unparseable: bool
    truncated: bool
    followed: list[bool] = Field(default_factory=list)
    followed_loosely: list[bool] = Field(default_factory=list)


class SubjectScore(Record):
    """What a subject of a benchmark came to."""

    subject: str
    items: int
    correct: int


class InstructionScore(Record):
    """How many instructions were followed, and of how many items all were when taken loosely."""

    instructions: int
    followed: int
    followed_loosely: int
    items_loosely: int


class BenchmarkScore(Record):
    """What a benchmark came to. `accuracy` is the share of all items that are correct.

    `refusal` is what was said to most of those that were refused. `instructions` is `None` where
    items have none: all but IFEval's.
    """

    benchmark: str
    model: str
    items: int
    correct: int
    accuracy: float
    unparseable: int
    truncated: int
    refused: int
    refusal: str = ""
    subjects: list[SubjectScore]
    instructions: InstructionScore | None = None
