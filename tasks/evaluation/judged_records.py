"""The rows of a judged evaluation, and what they come to.

Two kinds of judging: a judge prefers one of two answers (AlpacaEval, Arena-Hard), or gives points
to each (MT-Bench); WildBench does both.
"""

from typing import Literal

from pydantic import Field

from gleanery.tasks.evaluation.statistics_accuracy import Interval
from gleanery.tasks.records import ChatMessage, Record

Order = Literal["model_first", "reference_first"]
JudgeOutcome = Literal[
    "judged",  # the judge said what it thinks
    "no_answer",  # nobody was asked: one or both answers are empty
    "unparseable",  # the judge's answer could not be read, however often it was asked
    "truncated",  # it was cut off
    "declined",  # the judge said that it will not answer, in the field that servers have for it
    "content_filter",  # the judge's server withheld it
    "refused_request",  # the judge's server never takes this prompt: mostly one that is too long
]


class JudgedQuestion(Record):
    """A question of a judged suite: what a model is told, and what a judge is shown beside it.

    `history` is the talk so far, `turns` what the user says from there on, one after the other.
    `references` are known good answers, one per turn and "" where there is none; only judges see
    them. `baseline` is the answer that a model's is set against, "" where the file has none.
    `difficulty` is that of AlpacaEval's instruction, 0 where it is not known.
    """

    id: str
    suite: str
    category: str
    turns: list[str]
    history: list[ChatMessage] = Field(default_factory=list)
    references: list[str] = Field(default_factory=list)
    baseline: str = ""
    checklist: list[str] = Field(default_factory=list)
    difficulty: float = 0.0


class TurnAnswer(Record):
    """What a model said in one turn, without what it thought before; see `AnsweredItem`."""

    text: str
    finish_reason: str
    completion_tokens: int
    request_key: str


class SuiteAnswer(Record):
    """A model's part in the talk of one question; after a refused turn there are no more."""

    id: str
    suite: str
    category: str
    as_chat: bool
    model: str
    turns: list[TurnAnswer]


class PairVerdict(Record):
    """Which of two answers one judge prefers, in one order (`Order`) of showing them.

    `verdict` is what it said ("A>>B", "A>B", "A=B", "B>A", "B>>A", A being shown first; "" for
    none), `preference` what that is worth to the model: 1, 0.5 or 0, counted `weight` times. An
    empty answer loses unasked against one that is not, which is `outcome` "no_answer"; any other
    `JudgeOutcome` but "judged" has no preference (None). `label` is what tables call the model.
    """

    id: str
    suite: str
    category: str
    label: str
    reference: str
    judge: str
    order: str
    outcome: str
    verdict: str
    preference: float | None
    weight: float
    reason: str
    answer: str
    reference_answer: str
    cut_off: bool
    reference_cut_off: bool
    difficulty: float
    request_key: str


class PointVerdict(Record):
    """The points that one judge gives to one turn of a model's answer, 1 to 10.

    `points` is None where there are none; an empty answer has 1 unasked (`outcome` "no_answer").
    `turn` counts from 1, up to `turns`.
    """

    id: str
    suite: str
    category: str
    label: str
    judge: str
    turn: int
    turns: int
    outcome: str
    points: int | None
    reason: str
    answer: str
    cut_off: bool
    request_key: str


class VerdictCounts(Record):
    """How many verdicts there are, and how many requests to the judge came to nothing, and why."""

    verdicts: int
    no_answer: int
    unparseable: int
    truncated: int
    declined: int
    content_filter: int
    refused_request: int


class JudgedDifference(Record):
    """A model next to the first one on the same questions, in points or as a share of wins.

    `controlled` is the difference where the answers of both are equally long, None where that
    cannot be told. `p_value` is of the two-sided permutation test that swapping the two on any
    question makes no difference; `p_adjusted` holds for all tests of the model (`judged_figures`),
    the intervals each for itself alone.
    """

    items: int
    won: int
    lost: int
    difference: Interval
    controlled: Interval | None = None
    p_value: float
    p_adjusted: float


class CategoryMean(Record):
    """What a category came to: a win rate from 0 to 1, or mean points from 1 to 10."""

    category: str
    items: int
    mean: float


class WinRate(Record):
    """How often a judge prefers a model's answer to the reference's.

    A question counts when it has a verdict in both orders; its worth is the mean of the two, a tie
    being half a win. `left_out` ones have not: `if_lost` and `if_won` are the win rate if the model
    had lost or won each of them. `controlled` is the win rate at equal length (for Arena-Hard:
    equal length and layout), None where it cannot be told. `inconsistent` questions have one
    winner in one order and the other in the other; `first_shown` is the share of verdicts for the
    answer shown first, ties being half: 0.5 for a judge without a bias. `p_value` is of the
    two-sided permutation test that the two are equals, `p_adjusted` as in `JudgedDifference`.
    `against` compares with the first model on the questions of both. Lengths are means in
    characters.
    """

    suite: str
    label: str
    reference: str
    judge: str
    items: int
    rate: Interval
    controlled: Interval | None
    p_value: float
    p_adjusted: float
    won: int
    tied: int
    lost: int
    inconsistent: int
    first_shown: float
    left_out: int
    if_lost: float
    if_won: float
    cut_off: int
    reference_cut_off: int
    characters: float
    reference_characters: float
    counts: VerdictCounts
    categories: list[CategoryMean]
    against: JudgedDifference | None = None


class TurnMean(Record):
    """What the answers in one turn came to, in points; `turn` counts from 1."""

    turn: int
    items: int
    mean: float


class PointScore(Record):
    """The points that a judge gives to a model, 1 to 10; the interval is over questions.

    A question's points are the mean of its turns; one without points in any of its turns is
    `left_out`: `if_lowest` and `if_highest` are the mean if each missing one were 1 or 10.
    `against` compares with the first model on the questions of both.
    """

    suite: str
    label: str
    judge: str
    items: int
    points: Interval
    left_out: int
    if_lowest: float
    if_highest: float
    cut_off: int
    counts: VerdictCounts
    turns: list[TurnMean]
    categories: list[CategoryMean]
    against: JudgedDifference | None = None


class NoFigure(Record):
    """A suite, model and judge without a single question that counts, and what came instead."""

    suite: str
    label: str
    judge: str
    questions: int
    counts: VerdictCounts


class SaidOf(Record):
    """What a judge said at one go: in which order or of which turn, its verdict, and why."""

    about: str
    verdict: str
    reason: str


class JudgedExample(Record):
    """A question to read, with what was answered and the verdicts.

    `is_pair` says that two answers were compared; where one was graded, the second is "". `kind`
    is the list that it is from: "lost" or "won" in both orders, "two_minds" (another winner in
    each), "fewest_points", or "no_verdict".
    """

    kind: str
    suite: str
    label: str
    judge: str
    id: str
    category: str
    request: str
    answer: str
    is_pair: bool
    reference_answer: str
    said: list[SaidOf]


class Judged(Record):
    """Everything that a judged evaluation came to.

    `examples` are some questions of each kind to read; the store has all verdicts.
    `unanswered` counts what models and judges still owe (an endpoint was down): run again.
    """

    win_rates: list[WinRate]
    points: list[PointScore]
    without_figures: list[NoFigure] = Field(default_factory=list)
    examples: list[JudgedExample] = Field(default_factory=list)
    unanswered: int = 0
