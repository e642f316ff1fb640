"""CPU time by section, measured in the run itself: named functions are timed, the rest is left."""

import functools
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any


class Sections:
    """CPU seconds per section, over all threads; what a section calls counts for the inner one.

    Only synchronous functions can be timed so: one runs in its thread from end to end.
    """

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._open = threading.local()

    def time(self, section: str, owner: Any, name: str) -> None:
        """Replace the function `name` of a module or class by one that is timed."""
        setattr(owner, name, self.timed(section, getattr(owner, name)))

    def timed(self, section: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function with its CPU time counted for the section."""

        @functools.wraps(function)
        def call(*args: Any, **named: Any) -> Any:
            inner: list[float] = self._open.__dict__.setdefault("inner", [])
            inner.append(0.0)
            started = time.thread_time()
            try:
                return function(*args, **named)
            finally:
                took = time.thread_time() - started
                own = took - inner.pop()
                if inner:
                    inner[-1] += took
                with self._lock:
                    self.seconds[section] += own

        return call


def watch_pipeline(sections: Sections) -> None:
    """Time what an LLM part does besides talking to the server.

    "input" reads and compares the rows; "dialogues" makes prompts and request keys and parses
    answers; "checks" judges the answers' texts; "journal" writes segments and merges them; "parts"
    makes rows into Parquet, with digests and receipts.
    """
    from gleanery.infra import journal, parts
    from gleanery.infra.llm import dialogues
    from gleanery.infra.storage import Store
    from gleanery.tasks import llm_part
    from gleanery.tasks.skills import generate
    from gleanery.tasks.taxonomy import answers

    sections.time("checks", answers, "_usable_text")
    for check in ("text_problem", "giveaway"):
        sections.time("checks", generate, check)
    sections.time("dialogues", dialogues.Conversation, "_turn")
    for step in ("encode", "_read"):
        sections.time("journal", journal, step)
    sections.time("journal", Store, "write")  # within a part, nothing else writes so
    sections.time("journal", llm_part, "compact_journal")
    for step in ("standing_receipt", "carry_over", "join"):
        sections.time("parts", llm_part, step)
    for step in ("commit", "newest"):
        sections.time("parts", parts.Parts, step)


def keep_nothing() -> None:
    """Have a run write no journal and no part: what it takes then is all but the checkpoints."""
    from gleanery.infra.journal import Journal
    from gleanery.infra.storage import Store
    from gleanery.infra.tables import RowSpool

    async def forget(*_: Any) -> None: ...

    def skip(*_: Any) -> bool:
        return True

    Journal.add = forget  # type: ignore[method-assign]
    RowSpool.extend = skip  # type: ignore[method-assign]
    Store.write_file = Store.create = skip  # type: ignore[method-assign]
