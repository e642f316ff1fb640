"""The budget counts what all runs of a pipeline have spent, from a listing alone."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from gleanery.infra.budget import Budget, BudgetConfig, open_budget
from gleanery.infra.journal import Journal, Spent, compact_folder, journal_folder
from gleanery.infra.llm.protocol import Completion
from gleanery.infra.storage import Store


async def spend(store: Store, stage: str, writer: str, answers: int, cost: float) -> None:
    async with Journal(store, journal_folder(stage, "part"), writer) as journal:
        for number in range(answers):
            completion = Completion(f"{writer}-{number}", "text", "stop", 90, 10, "model")
            await journal.add(completion, cost)


async def test_all_stages_and_runs_count_and_compaction_changes_nothing(store: Store) -> None:
    config = BudgetConfig(tokens=1000)
    assert open_budget(config, store).spent == Spent()
    await spend(store, "extraction", "run1", 3, 0.5)
    await spend(store, "extraction", "run2", 2, 0.25)
    await spend(store, "refinement", "run2", 1, 0.0)
    assert open_budget(config, store).spent == Spent(6, 540, 60, 2_000_000)
    compact_folder(store, journal_folder("extraction", "part"), "run2")
    assert open_budget(config, store).spent == Spent(6, 540, 60, 2_000_000)


async def test_run_begins_where_the_last_one_stopped(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    await spend(store, "extraction", "run1", 9, 0.0)
    budget = open_budget(BudgetConfig(tokens=1000), store)
    assert not budget.exhausted
    budget.add(90, 10, 0.0)
    assert budget.exhausted
    assert not open_budget(BudgetConfig(tokens=1001), store).exhausted


def test_money_is_a_limit_of_its_own() -> None:
    budget = Budget(BudgetConfig(tokens=10**9, money=1.0), Spent())
    budget.add(1, 1, 0.999999)
    assert not budget.exhausted
    budget.add(1, 1, 0.000001)
    assert budget.exhausted
    assert budget.describe() == "4 of 1,000,000,000 tokens and 1.00 of 1.00 money"


def test_no_limit_is_never_exhausted() -> None:
    budget = Budget(BudgetConfig(), Spent(1, 10**12, 10**12, 10**12))
    assert not budget.exhausted
    assert budget.describe() == "2,000,000,000,000 tokens, no limit"


def test_negative_limit_is_refused() -> None:
    with pytest.raises(ValidationError):
        BudgetConfig(tokens=-1)
