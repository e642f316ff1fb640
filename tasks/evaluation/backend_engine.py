"""An engine whose answers come from one of lm-eval's own backends, in a process of its own.

The journal, the budget and the resume of an answer are those of any other engine; what the
backend loads (torch, vLLM) never enters the process of the flow.
https://github.com/EleutherAI/lm-evaluation-harness
"""

import asyncio
import contextlib
import itertools
import json
import os
import sys
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from gleanery.infra.events import EventReader
from gleanery.infra.llm.protocol import (
    Completion,
    EngineError,
    Failure,
    FailureReason,
    ModelIdentity,
    Request,
)
from gleanery.infra.scratch import scratch_folder
from gleanery.infra.supervised import SupervisedProcess
from gleanery.tasks.evaluation.backend_spec import REFUSED, BackendSpec, asked_file

AT_ONCE = 256
"""Requests that a backend holds at a time; it makes its own, smaller batches of them."""
_POLL_S = 0.05
_GRACE_S = 10.0


class BackendEngine:
    """Answers requests through a backend of lm-eval; the first one starts its process.

    `python` is the interpreter that has the backend's packages, "" for our own.
    """

    def __init__(self, identity: ModelIdentity, spec: BackendSpec, python: str = "") -> None:
        self.identity = identity
        self._spec, self._python = spec, python or sys.executable
        self._turn = asyncio.Lock()
        self._batches = itertools.count(1)
        self._started: tuple[SupervisedProcess, EventReader, Path] | None = None
        self._open = contextlib.ExitStack()

    async def complete(
        self, requests: Iterable[Request]
    ) -> AsyncGenerator[Completion | Failure, None]:
        """Yield one completion or failure per request; see `Engine.complete`.

        A prompt that leaves no room for its answer is refused, never shortened. Raises
        `EngineError` with the end of the process's log when that ends.
        """
        pending = iter(requests)
        while batch := list(itertools.islice(pending, AT_ONCE)):
            async with self._turn, contextlib.aclosing(self._answers(batch)) as results:
                async for result in results:
                    yield result

    async def aclose(self) -> None:
        """End the process and remove its folder."""
        if self._started:
            await self._started[0].stop()
        self._open.close()

    async def _answers(
        self, batch: Sequence[Request]
    ) -> AsyncGenerator[Completion | Failure, None]:
        process, reader, folder = await self._process()
        number, open_requests = next(self._batches), dict(enumerate(batch))
        asked = asked_file(folder, number)
        asked.with_suffix(".new").write_text(json.dumps([_asked(request) for request in batch]))
        asked.with_suffix(".new").rename(asked)
        while open_requests:
            ended = process.exit_code is not None  # what it told before counts
            for event in reader.news():
                if event["batch"] == number:  # any other one was given up
                    yield _result(open_requests.pop(event["number"]), event, self.identity.name)
            if ended and open_requests:
                raise EngineError(
                    f"the {self._spec.backend} backend ended with exit code {process.exit_code}: "
                    f"check path and backend_args. Its log ends with:\n{process.tail()}"
                )
            await asyncio.sleep(_POLL_S)

    async def _process(self) -> tuple[SupervisedProcess, EventReader, Path]:
        if not self._started:
            folder = Path(self._open.enter_context(scratch_folder()))
            spec = folder / "spec.json"
            told = self._spec.model_copy(update={"folder": str(folder)})
            spec.write_text(told.model_dump_json())
            module = ("-m", "gleanery.tasks.evaluation.process_backend", str(spec))
            process = await SupervisedProcess.start(
                (self._python, *module), dict(os.environ), folder / "backend.log", _GRACE_S
            )
            self._started = process, EventReader(folder), folder
        return self._started


def _asked(request: Request) -> dict[str, Any]:
    sampling = request.sampling.model_dump()
    return {"messages": request.messages, "prompt": request.prompt, "sampling": sampling}


def _result(request: Request, event: Mapping[str, Any], model: str) -> Completion | Failure:
    if event["event"] == REFUSED:
        return Failure(request.key, FailureReason.REFUSED_REQUEST, event["why"])
    return Completion(
        request.key,
        event["text"],
        event["finish_reason"],
        event["prompt_tokens"],
        event["completion_tokens"],
        model,
    )
