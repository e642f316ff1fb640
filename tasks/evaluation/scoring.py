"""The score of one answer, whichever the benchmark."""

from collections.abc import Callable

from gleanery.tasks.comparing import Comparer
from gleanery.tasks.evaluation.benchmarks import Benchmark, Kind
from gleanery.tasks.evaluation.choices import score_choice
from gleanery.tasks.evaluation.records import BenchmarkItem
from gleanery.tasks.evaluation.score_bbh import score_bbh
from gleanery.tasks.evaluation.score_expressions import score_expression
from gleanery.tasks.evaluation.score_numbers import score_number
from gleanery.tasks.evaluation.score_theorems import score_theorem
from gleanery.tasks.evaluation.stated_answers import own_answer
from gleanery.tasks.evaluation.verdicts import Verdict

VERSION = 1

ScoreCode = Callable[[BenchmarkItem, str], Verdict]
"""What an answer with a program is worth; only a sandbox may find out."""


class Answer(str):
    """The text of an answer that also says how it came to its end.

    lm-eval hands answers on as texts: those of its own backends say no more.
    """

    finish_reason: str = ""
    went_on: bool = True

    @classmethod
    def of(cls, text: str, finish_reason: str, went_on: bool) -> "Answer":
        """Return a text with its finish reason, and whether it goes on with a prompt."""
        answer = cls(text)
        answer.finish_reason, answer.went_on = finish_reason, went_on
        return answer


class AnswerScorer:
    """Scores answers. `score_code` runs programs; without it, code cannot be scored."""

    def __init__(self, comparer: Comparer, score_code: ScoreCode | None = None) -> None:
        self._comparer = comparer
        self._score_code = score_code

    def score(self, benchmark: Benchmark, item: BenchmarkItem, answer: str) -> Verdict:
        """Return what an answer is worth. Raises `ValueError` for code without a sandbox."""
        finish_reason = getattr(answer, "finish_reason", "")
        went_on = getattr(answer, "went_on", True)
        if benchmark.kind is Kind.CODE:
            return self._run(benchmark, item, answer)
        text = own_answer(str(answer), went_on)
        if not text:
            return Verdict(False, detail="it is empty")
        cut_off = finish_reason == "length"
        match benchmark.kind:
            case Kind.NUMBER:
                return score_number(item.answer, text, cut_off)
            case Kind.EXPRESSION:
                return score_expression(item.answer, text, cut_off, self._comparer)
            case Kind.THEOREM:
                return score_theorem(item, text, cut_off, self._comparer)
            case Kind.CHOICE:
                return score_choice(item.choices, item.answer, text, cut_off)
            case Kind.BBH:
                return score_bbh(item, text, cut_off)

    def _run(self, benchmark: Benchmark, item: BenchmarkItem, answer: str) -> Verdict:
        if self._score_code is None:
            raise ValueError(
                f"{benchmark.name} runs code that the model wrote, and there is no sandbox to run "
                "it in: leave this benchmark out, or evaluate where programs can be isolated"
            )
        return self._score_code(item, str(answer))
