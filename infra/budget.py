"""A budget that is cumulative over all runs of a pipeline and stops one cleanly."""

from pydantic import Field

from gleanery.infra.config import Config
from gleanery.infra.journal import Spent, spent_in
from gleanery.infra.storage import Store


class BudgetConfig(Config):
    """What all runs of this pipeline together may spend on LLM answers; 0 means no limit."""

    tokens: int = Field(0, ge=0, description="Most tokens, prompt and completion; 0: no limit.")
    money: float = Field(0.0, ge=0, description="Most money, in the unit of the engines' prices.")


class Budget:
    """A running count against a limit. It overshoots by at most the requests in flight."""

    def __init__(self, config: BudgetConfig, spent: Spent) -> None:
        self._config = config
        self.spent = spent

    @property
    def exhausted(self) -> bool:
        """Whether no further request may be sent."""
        tokens = self.spent.prompt_tokens + self.spent.completion_tokens
        return bool(
            (self._config.tokens and tokens >= self._config.tokens)
            or (self._config.money and self.spent.micros >= self._config.money * 1e6)
        )

    def add(self, prompt_tokens: int, completion_tokens: int, cost: float) -> None:
        """Count one answer."""
        self.spent += Spent(1, prompt_tokens, completion_tokens, round(cost * 1e6))

    def describe(self) -> str:
        """Return spent and limit in words, for the message that says why a run stopped."""
        tokens = self.spent.prompt_tokens + self.spent.completion_tokens
        limits = [
            f"{tokens:,} of {self._config.tokens:,} tokens" if self._config.tokens else "",
            f"{self.spent.micros / 1e6:.2f} of {self._config.money:.2f} money"
            if self._config.money
            else "",
        ]
        return " and ".join(filter(None, limits)) or f"{tokens:,} tokens, no limit"


def open_budget(config: BudgetConfig, store: Store) -> Budget:
    """Return the budget with what the pipeline's journals say was spent by all runs so far."""
    return Budget(config, spent_in(store.list("journal")))
