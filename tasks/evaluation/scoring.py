"""The score of one answer, whichever the benchmark."""

import logging
from collections.abc import Sequence

from gleanery.tasks.comparing import Comparer
from gleanery.tasks.evaluation.benchmarks import Benchmark, Kind
from gleanery.tasks.evaluation.choices import score_choice
from gleanery.tasks.evaluation.code_tasks import code_task
from gleanery.tasks.evaluation.code_verdicts import score_programs
from gleanery.tasks.evaluation.records import BenchmarkItem
from gleanery.tasks.evaluation.sandbox_records import SandboxLimits
from gleanery.tasks.evaluation.score_bbh import score_bbh
from gleanery.tasks.evaluation.score_expressions import score_expression
from gleanery.tasks.evaluation.score_instructions import score_instructions
from gleanery.tasks.evaluation.score_numbers import score_number
from gleanery.tasks.evaluation.score_theorems import score_theorem
from gleanery.tasks.evaluation.stated_answers import own_answer
from gleanery.tasks.evaluation.verdicts import UnusableItem, Verdict

VERSION = 4
_LOG = logging.getLogger(__name__)


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
    """Scores answers. Programs run in sandboxes, within `limits` each, `workers` at a time."""

    def __init__(
        self,
        comparer: Comparer,
        limits: SandboxLimits | None = None,
        workers: int | None = None,
    ) -> None:
        self._comparer = comparer
        self._limits = limits
        self._workers = workers

    def check(self, benchmark: Benchmark, item: BenchmarkItem) -> None:
        """Raise `ValueError` for an item that no answer can be compared with, whatever it says.

        Mostly it is an item of another benchmark; asking it would be paid for in vain.
        """
        if benchmark.name == "humaneval" and not item.entry_point:
            raise UnusableItem("no entry_point, which every item of HumanEval names")
        match benchmark.kind:
            case Kind.CODE if not (item.test or item.tests):
                raise UnusableItem("no tests that a program must pass")
            case Kind.CODE:
                code_task(item)
            case Kind.INSTRUCTIONS if not item.instructions:
                raise UnusableItem("no instructions to be followed")
            case Kind.CHOICE if not item.choices:
                raise UnusableItem("no options to choose from")
            case Kind.NUMBER | Kind.EXPRESSION | Kind.BBH if item.choices:
                raise UnusableItem(f"{len(item.choices)} options, and none are to be chosen from")
            case Kind.NUMBER:
                score_number(item.answer, "", False)
            case Kind.THEOREM:
                score_theorem(item, "", False, self._comparer)

    def score(self, benchmark: Benchmark, item: BenchmarkItem, answer: str) -> Verdict:
        """Return what an answer is worth; see `score_all`."""
        return self.score_all(benchmark, [(item, answer)])[0]

    def score_all(
        self, benchmark: Benchmark, answers: Sequence[tuple[BenchmarkItem, str]]
    ) -> list[Verdict]:
        """Return what answers are worth, in order.

        An answer that breaks its reader is unparseable. Raises `UnusableItem` for an item that no
        answer can be compared with, and `IsolationMissing`, before any program runs, where none
        can be held back.
        """
        if benchmark.kind is Kind.CODE:
            tasks = [(code_task(item), str(answer)) for item, answer in answers]
            return list(score_programs(tasks, self._limits, self._workers))
        return [self._score(benchmark, item, answer) for item, answer in answers]

    def _score(self, benchmark: Benchmark, item: BenchmarkItem, answer: str) -> Verdict:
        try:
            return self._read(benchmark, item, answer)
        except UnusableItem:
            raise
        except Exception as error:  # an answer that breaks its reader stops no evaluation
            _LOG.warning("the answer to %s %s breaks the scoring", benchmark.name, item.id)
            return Verdict(False, detail=f"scoring broke: {type(error).__name__}: {error}"[:300])

    def _read(self, benchmark: Benchmark, item: BenchmarkItem, answer: str) -> Verdict:
        if benchmark.kind is Kind.INSTRUCTIONS:  # all of the answer counts
            return score_instructions(item, str(answer))
        text = own_answer(str(answer), getattr(answer, "went_on", True))
        if not text:
            return Verdict(False, detail="it is empty")
        cut_off = getattr(answer, "finish_reason", "") == "length"
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
        raise ValueError(f"{benchmark.kind} is scored elsewhere")
