"""Runs of one pipeline, killed one after the other, and what each kill may cost."""

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline_audit import journalled
from runs import FLUSH_AFTER_ANSWERS, Pipeline

Kill = dict[str, Any]


def before(on: str, match: str, nth: int = 1) -> Kill:
    return {"on": on, "match": match, "nth": nth, "when": "before"}


def after(on: str, match: str, nth: int = 1) -> Kill:
    return {"on": on, "match": match, "nth": nth, "when": "after"}


def within(draw: random.Random, on: str, match: str, seconds: float) -> Kill:
    """Return a kill at a random moment, so many seconds at most after a storage operation."""
    return {**after(on, match), "delay_s": round(draw.uniform(0.001, seconds), 3)}


def asking(draw: random.Random, prompt: str, most: int) -> Kill:
    """Return a kill when the model server works on one of the first `most` such requests."""
    return {**before("ask", prompt, draw.randint(1, most)), "at_the_server": True}


@dataclass
class Chain:
    """Runs of one pipeline, killed one after the other, and what each kill left.

    `kind_of` names the kind of a request by its body; `most_lost` is how many answers a kill may
    cost, those on their way included.
    """

    pipeline: Pipeline
    stub: Any
    kind_of: Callable[[dict[str, Any]], str]
    in_flight: int
    parts_at_once: int
    killed_at: list[str] = field(default_factory=list)
    killed_in_flight: Counter[str] = field(default_factory=Counter)
    _kept: dict[tuple[str, str], Any] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)
    _logged: int = 0

    @property
    def most_lost(self) -> int:
        """The requests in flight, and an unflushed segment of each part that is being made."""
        return self.in_flight + self.parts_at_once * FLUSH_AFTER_ANSWERS

    def kill(self, kills: Sequence[Kill]) -> Kill:
        """Run until the first of the kills comes, look at what is left, and return that kill."""
        in_flight = f"http://127.0.0.1:{self.stub.port}/in_flight"
        ended = self.pipeline.run(kills=kills, in_flight=in_flight)
        assert ended.killed_at, f"none of these came: {kills}\n{ended.log[-5000:]}"
        number, _, point = ended.killed_at.partition(" ")
        self.killed_at.append(point)
        self.wait_until_the_stub_notices()
        self.check_nothing_kept_was_asked_again()
        for entry in self.stub.log()[self._logged :]:
            if entry["text"] is None:
                self.killed_in_flight[self.kind_of(entry["body"])] += 1
        self.remember()
        return kills[int(number)]

    def wait_until_the_stub_notices(self) -> None:
        """Wait until nothing is on its way any more: the client is gone."""
        deadline = time.monotonic() + 60
        while self.stub.counts()["in_flight"]:
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def remember(self) -> None:
        """Note every answer in storage, how often each was asked, and what the kill has cost."""
        kept = journalled(self.pipeline.store)
        for place, answer in self._kept.items():
            assert kept[place] == answer, f"the answer {place} is not what it was"
        self._kept = kept
        self._logged = len(self.stub.log())
        earlier, self._counts = self._counts, self._counts_now()
        asked = {key for key, times in self._counts.items() if times > earlier.get(key, 0)}
        lost, where = asked - self._kept_keys, self.killed_at[-1:]
        assert len(lost) <= self.most_lost, f"a kill at {where} lost {len(lost)} answers"

    def check_nothing_kept_was_asked_again(self) -> None:
        counts = self._counts_now()
        assert not {key for key in self._kept_keys if counts[key] > self._counts[key]}

    @property
    def _kept_keys(self) -> set[str]:
        """The keys that the stub counts the kept answers under."""
        stub_keys = self.pipeline.stub_keys
        return {stub_keys[key] for _, key in self._kept}

    def _counts_now(self) -> dict[str, int]:
        return {key: count["asked"] for key, count in self.stub.counts()["keys"].items()}

    def finish(self) -> None:
        """Run to the end, and check that nothing is open or was paid for twice."""
        print(f"{len(self.killed_at)} kills:", *self.killed_at, sep="\n  ")
        print("in flight:", dict(self.killed_in_flight))
        ended = self.pipeline.run()
        assert not ended.error, ended.log[-3000:]
        assert not ended.failed
        self.check_nothing_kept_was_asked_again()
        self.remember()
