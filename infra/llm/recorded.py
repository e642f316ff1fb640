"""The recorded engine: answers only from what was kept."""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Mapping

from gleanery.infra.llm.protocol import Completion, EngineError, Failure, ModelIdentity, Request

_NAMED = 5
_QUIET_S = 0.3
_SHOWN_CHARACTERS = 200


class RecordedEngine:
    """Answers from a mapping of request keys to completions, and asks nobody.

    `missing` collects the requests that had no answer, by key.
    """

    def __init__(self, identity: ModelIdentity, recordings: Mapping[str, Completion]) -> None:
        self.identity = identity
        self.missing: dict[str, Request] = {}
        self._recordings = recordings

    async def complete(
        self, requests: Iterable[Request]
    ) -> AsyncGenerator[Completion | Failure, None]:
        """Yield the kept answer of each request, in their order.

        Raises `EngineError` after the last one when answers were missing, once no other request
        without an answer has come for a while: so that one run names them all.
        """
        lacks_some = False
        for request in requests:
            completion = self._recordings.get(request.key)
            if completion is None:
                lacks_some = True
                self.missing[request.key] = request
            else:
                yield completion
        if not lacks_some:
            return
        known = 0
        while len(self.missing) > known:
            known = len(self.missing)
            await asyncio.sleep(_QUIET_S)
        raise EngineError(self._describe(list(self.missing.values())))

    async def aclose(self) -> None:
        """Nothing is open."""

    def _describe(self, missing: list[Request]) -> str:
        lines = [f"{len(missing)} requests to {self.identity.name} have no recorded answer:"]
        lines += [f"  {request.key}: {_shown(request)}" for request in missing[:_NAMED]]
        if len(missing) > _NAMED:
            lines.append(f"  … and {len(missing) - _NAMED} more")
        lines.append("`make record` lists the prompts and imports their answers.")
        return "\n".join(lines)


def _shown(request: Request) -> str:
    # Prompts begin alike and end with what they are about.
    last = request.prompt or request.messages[-1]["content"]
    return "… " + " ".join(last[-_SHOWN_CHARACTERS:].split())
