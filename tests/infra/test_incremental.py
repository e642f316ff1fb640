"""Doing a part again row by row: what stands, what is carried over, and what is asked."""

import itertools
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pydantic import BaseModel

from gleanery.infra.incremental import Retry, carry_over, join, standing_receipt
from gleanery.infra.losses import Loss
from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Input, Plan, Receipt
from gleanery.infra.storage import Store


class Pair(BaseModel):
    id: str
    document: str
    model: str
    attempt: int


def origin(pair: Pair) -> str:
    return pair.document


@dataclass
class Stage:
    """A stage that makes two pairs of a document; some documents are rejected, some fail.

    `asked` lists the documents that were done, each time.
    """

    parts: Parts
    model: str = "m1"
    rejects: str = ""
    fails: str = ""
    asked: list[str] = field(default_factory=list)

    def plan(self, documents: str) -> Plan:
        inputs = (Input(stage="recall", part="p", row_digest=documents),)
        return Plan(
            stage="extraction", version=1, part="p", inputs=inputs, decides={"model": self.model}
        )

    def run(self, documents: str, backfill: bool = False, retry: Retry | None = None) -> Receipt:
        """Do the part as a flow does; rows come in another order than their documents."""
        plan, newest = self.plan(documents), self.parts.newest("extraction", "p")
        standing = standing_receipt(self.parts, plan, newest, backfill, retry)
        if standing:
            return standing
        carried = carry_over(self.parts, plan, newest, backfill, retry, Pair, origin)
        todo = [name for name in documents if name not in carried.settled_ids]
        self.asked.append("".join(todo))
        done = [name for name in reversed(todo) if name not in self.rejects + self.fails]
        outcome = Outcome(
            rows=[
                Pair(
                    id=f"{name}{number}",
                    document=name,
                    model=self.model,
                    attempt=carried.attempts.get(name, 0),
                )
                for name in done
                for number in range(2)
            ],
            rejected=losses(set(todo) & set(self.rejects), "no_pairs"),
            failed=losses(set(todo) & set(self.fails), "timeout"),
            rows_in=len(todo),
        )
        joined = join(documents, carried, outcome, origin)
        return self.parts.commit(plan, joined, Pair, time.monotonic(), newest)

    def rows(self) -> list[str]:
        """Return the part's rows as "id by model"."""
        newest = self.parts.newest("extraction", "p")
        assert newest is not None
        return [f"{pair.id} {pair.model}" for pair in self.parts.rows(newest, Pair)]

    def lost(self) -> list[str]:
        newest = self.parts.newest("extraction", "p")
        assert newest is not None
        return [f"{loss.row_id} {loss.reason}" for loss in self.parts.losses(newest)]


def losses(names: set[str], reason: str) -> list[Loss]:
    return [Loss(row_id=name, reason=reason, detail="") for name in sorted(names, reverse=True)]


def pairs(documents: str, model: str = "m1") -> list[str]:
    return [f"{name}{number} {model}" for name in documents for number in range(2)]


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(Parts(Store(str(tmp_path))))


# What stands


def test_closed_part_stands_and_nothing_is_asked(stage: Stage) -> None:
    first = stage.run("abc")
    assert stage.run("abc") == first
    assert stage.asked == ["abc"]


def test_part_that_only_rejected_is_closed_and_stands(stage: Stage) -> None:
    stage.rejects = "abc"
    stage.run("abc")
    stage.run("abc")
    assert stage.asked == ["abc"]


def test_changed_prompt_or_model_leaves_a_closed_part_alone(stage: Stage) -> None:
    first = stage.run("abc")
    stage.model = "m2"
    assert stage.run("abc") == first
    assert stage.asked == ["abc"]


def test_backfill_does_a_part_of_another_plan_again_in_whole(stage: Stage) -> None:
    stage.run("abc")
    stage.model = "m2"
    receipt = stage.run("abc", backfill=True)
    assert stage.asked == ["abc", "abc"]
    assert stage.rows() == pairs("abc", "m2")
    assert receipt.key == stage.plan("abc").key
    assert stage.run("abc", backfill=True) == receipt


def test_backfill_leaves_a_part_of_this_plan_alone(stage: Stage) -> None:
    first = stage.run("abc")
    assert stage.run("abc", backfill=True) == first


def test_backfill_to_an_earlier_plan_renews_its_rows_for_nothing(stage: Stage) -> None:
    first = stage.run("abc")
    stage.model = "m2"
    stage.run("abc", backfill=True)
    stage.model = "m1"
    renewed = stage.run("abc", backfill=True)
    assert stage.asked == ["abc", "abc"]
    assert (renewed.generation, renewed.key, renewed.data) == (3, first.key, first.data)
    assert stage.rows() == pairs("abc", "m1")


def test_backfill_never_renews_a_generation_that_is_open(stage: Stage) -> None:
    stage.fails = "c"
    stage.run("abc")
    stage.model = "m2"
    stage.run("abc", backfill=True)
    stage.model, stage.fails = "m1", ""
    stage.run("abc", backfill=True)
    assert stage.rows() == pairs("abc", "m1")


# Open parts


def test_open_part_asks_again_only_what_failed(stage: Stage) -> None:
    stage.fails, stage.rejects = "bd", "c"
    stage.run("abcde")
    stage.fails = ""
    receipt = stage.run("abcde")
    assert stage.asked == ["abcde", "bd"]
    assert receipt.closed
    assert receipt.key == stage.plan("abcde").key
    assert (stage.rows(), stage.lost()) == (pairs("abde"), ["c no_pairs"])


def test_open_part_that_fails_again_stays_open_and_keeps_the_rest(stage: Stage) -> None:
    stage.fails = "bd"
    stage.run("abcd")
    stage.fails = "d"
    receipt = stage.run("abcd")
    assert receipt.failed == {"timeout": 1}
    assert stage.rows() == pairs("abc")
    stage.fails = ""
    stage.run("abcd")
    assert stage.asked == ["abcd", "bd", "d"]
    assert stage.rows() == pairs("abcd")


def test_open_part_finishes_with_a_changed_model_and_says_that_it_is_mixed(stage: Stage) -> None:
    stage.fails = "b"
    stage.run("abc")
    stage.model, stage.fails = "m2", ""
    receipt = stage.run("abc")
    assert stage.rows() == [*pairs("a", "m1"), *pairs("b", "m2"), *pairs("c", "m1")]
    assert receipt.key != stage.plan("abc").key
    assert stage.run("abc") == receipt
    again = stage.run("abc", backfill=True)
    assert stage.rows() == pairs("abc", "m2")
    assert again.key == stage.plan("abc").key


def test_mixed_part_that_is_done_again_stays_mixed(stage: Stage) -> None:
    stage.fails = "bc"
    stage.run("abc")
    stage.model, stage.fails = "m2", "c"
    stage.run("abc")
    stage.fails = ""
    receipt = stage.run("abc")
    assert stage.rows() == [*pairs("a", "m1"), *pairs("bc", "m2")]
    assert receipt.key != stage.plan("abc").key


def test_part_of_which_nothing_is_carried_over_is_not_mixed(stage: Stage) -> None:
    stage.fails = "abc"
    stage.run("abc")
    stage.model, stage.fails = "m2", ""
    receipt = stage.run("abc")
    assert receipt.key == stage.plan("abc").key
    assert stage.run("abc", backfill=True) == receipt


def test_backfill_that_was_stopped_goes_on_where_it_was(stage: Stage) -> None:
    stage.run("abc")
    stage.model, stage.fails = "m2", "c"
    stage.run("abc", backfill=True)
    stage.fails = ""
    receipt = stage.run("abc", backfill=True)
    assert stage.asked == ["abc", "abc", "c"]
    assert stage.rows() == pairs("abc", "m2")
    assert receipt.key == stage.plan("abc").key


def test_backfill_of_an_open_retry_goes_on_and_does_not_fall_back(stage: Stage) -> None:
    stage.rejects = "b"
    stage.run("abc")
    stage.rejects, stage.fails = "", "b"
    stage.run("abc", retry=Retry("no_pairs", ask_again=True))
    stage.fails = ""
    receipt = stage.run("abc", backfill=True)
    assert stage.rows() == pairs("abc")
    assert receipt.attempts == {"b": 1}
    assert receipt.closed


# Inputs that change


def test_grown_inputs_ask_only_for_what_is_new(stage: Stage) -> None:
    stage.rejects = "b"
    stage.run("abd")
    receipt = stage.run("abcde")
    assert stage.asked == ["abd", "ce"]
    assert (stage.rows(), stage.lost()) == (pairs("acde"), ["b no_pairs"])
    assert receipt.rows_in == 5
    assert receipt.key == stage.plan("abcde").key


def test_shrunk_inputs_take_their_rows_and_losses_away_and_ask_nothing(stage: Stage) -> None:
    stage.rejects = "cd"
    stage.run("abcd")
    receipt = stage.run("ac")
    assert stage.asked == ["abcd", ""]
    assert (stage.rows(), stage.lost()) == (pairs("a"), ["c no_pairs"])
    assert (receipt.rows_in, receipt.rows_out, receipt.rejected) == (2, 2, {"no_pairs": 1})


def test_failed_row_whose_input_is_gone_is_no_longer_asked_for(stage: Stage) -> None:
    stage.fails = "b"
    stage.run("ab")
    receipt = stage.run("a")
    assert receipt.closed
    assert stage.asked == ["ab", ""]


def test_grown_inputs_under_a_changed_model_mix(stage: Stage) -> None:
    stage.run("ac")
    stage.model = "m2"
    receipt = stage.run("abc")
    assert stage.asked == ["ac", "b"]
    assert stage.rows() == [*pairs("a", "m1"), *pairs("b", "m2"), *pairs("c", "m1")]
    assert receipt.key not in {stage.plan("abc").key, stage.plan("ac").key}


def test_backfill_with_grown_inputs_of_the_same_plan_asks_only_for_what_is_new(
    stage: Stage,
) -> None:
    stage.run("ac")
    stage.run("abc", backfill=True)
    assert stage.asked == ["ac", "b"]


# Retries


def test_retry_parses_the_kept_answers_again(stage: Stage) -> None:
    stage.rejects = "bc"
    stage.run("abcd")
    stage.rejects = "c"
    receipt = stage.run("abcd", retry=Retry("no_pairs"))
    assert stage.asked == ["abcd", "bc"]
    assert (stage.rows(), stage.lost()) == (pairs("abd"), ["c no_pairs"])
    assert receipt.attempts == {}


def test_retry_that_asks_again_takes_the_next_attempt_number(stage: Stage) -> None:
    stage.rejects = "bc"
    stage.run("abc")
    stage.rejects = "c"
    stage.run("abc", retry=Retry("no_pairs", ask_again=True))
    stage.rejects = ""
    receipt = stage.run("abc", retry=Retry("no_pairs", ask_again=True))
    assert stage.asked == ["abc", "bc", "c"]
    assert receipt.attempts == {"b": 1, "c": 2}
    newest = stage.parts.rows(receipt, Pair)
    assert {pair.document: pair.attempt for pair in newest} == {"a": 0, "b": 1, "c": 2}


def test_attempt_numbers_are_kept_when_a_retry_fails_and_a_plain_run_goes_on(stage: Stage) -> None:
    stage.rejects = "b"
    stage.run("ab")
    stage.rejects, stage.fails = "", "b"
    stage.run("ab", retry=Retry("no_pairs", ask_again=True))
    stage.fails = ""
    receipt = stage.run("ab")
    assert receipt.attempts == {"b": 1}
    assert [pair.attempt for pair in stage.parts.rows(receipt, Pair)] == [0, 0, 1, 1]


def test_retry_killed_before_its_receipt_takes_the_same_attempt_number_again(
    stage: Stage,
) -> None:
    stage.rejects = "b"
    newest = stage.run("ab")
    retry = Retry("no_pairs", ask_again=True)
    for _ in range(2):
        carried = carry_over(stage.parts, stage.plan("ab"), newest, False, retry, Pair, origin)
        assert carried.attempts == {"b": 1}


def test_backfill_keeps_the_attempt_numbers(stage: Stage) -> None:
    stage.rejects = "b"
    stage.run("ab")
    stage.rejects = ""
    stage.run("ab", retry=Retry("no_pairs", ask_again=True))
    stage.model = "m2"
    assert stage.run("ab", backfill=True).attempts == {"b": 1}


def test_retry_of_a_reason_that_nobody_has_leaves_the_part_alone(stage: Stage) -> None:
    stage.rejects = "b"
    first = stage.run("ab")
    assert stage.run("ab", retry=Retry("truncated")) == first
    assert stage.asked == ["ab"]


def test_document_with_pairs_and_a_rejected_one_is_done_again_in_whole(tmp_path: Path) -> None:
    parts = Parts(Store(str(tmp_path)))
    stage = Stage(parts)
    plan = stage.plan("ab")
    outcome = Outcome(
        rows=[Pair(id=f"{name}0", document=name, model="m1", attempt=0) for name in "ab"],
        rejected=[Loss(row_id="b", reason="invented", detail="")],
        failed=[],
        rows_in=2,
    )
    parts.commit(plan, outcome, Pair, time.monotonic(), None)
    stage.run("ab", retry=Retry("invented"))
    assert stage.asked == ["b"]
    assert (stage.rows(), stage.lost()) == (["a0 m1", *pairs("b")], [])


# Joining


def test_whole_part_loss_is_kept_beside_the_rows(stage: Stage) -> None:
    plan = stage.plan("ab")
    carried = carry_over(stage.parts, plan, None, False, None, Pair, origin)
    done = Outcome[Pair]([], losses({"b", "p"}, "too_large"), losses({"a"}, "timeout"), 2)
    joined = join("ab", carried, done, origin)
    assert [loss.row_id for loss in joined.rejected] == ["b", "p"]
    assert [loss.row_id for loss in joined.failed] == ["a"]


def test_new_row_from_nowhere_is_an_error(stage: Stage) -> None:
    carried = carry_over(stage.parts, stage.plan("a"), None, False, None, Pair, origin)
    stray = Pair(id="z0", document="z", model="m1", attempt=0)
    with pytest.raises(ValueError, match="'z', which is no input row"):
        join("a", carried, Outcome([stray], [], [], 1), origin)


@pytest.mark.parametrize(
    ("first_fails", "second_fails"), list(itertools.product(["", "a", "ce", "abcdef"], repeat=2))
)
@pytest.mark.parametrize("first_documents", ["abcdef", "bdf", ""])
def test_disturbed_part_ends_equal_to_an_undisturbed_one(
    tmp_path: Path, first_documents: str, first_fails: str, second_fails: str
) -> None:
    undisturbed = Stage(Parts(Store(str(tmp_path / "undisturbed"))), rejects="bd")
    stage = Stage(Parts(Store(str(tmp_path / "disturbed"))), rejects="bd")
    wanted = undisturbed.run("abcdef")
    for documents, fails in (
        (first_documents, first_fails),
        ("abcdef", second_fails),
        ("abcdef", ""),
    ):
        stage.fails = fails
        receipt = stage.run(documents)
    assert receipt.row_digest == wanted.row_digest
    assert (receipt.key, receipt.rejected) == (wanted.key, wanted.rejected)
    assert stage.lost() == undisturbed.lost()
