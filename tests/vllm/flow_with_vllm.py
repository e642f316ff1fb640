"""A flow to kill: flow_with_vllm.py CONFIG_JSON LOGS; prints a line per answer of a real vLLM."""

import asyncio
import sys
from pathlib import Path

from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.llm.managed import ManagedEngine
from gleanery.infra.llm.protocol import Message, ModelIdentity, Request, Sampling
from gleanery.infra.llm.vllm_config import VLLMConfig


async def main(vllm: VLLMConfig, logs: Path) -> None:
    engine = ManagedEngine(EngineConfig(kind="vllm", model="tiny", vllm=vllm), logs)
    requests = (
        Request(
            ModelIdentity("tiny"),
            (Message(role="user", content=f"Count to {number}."),),
            Sampling(temperature=1, max_tokens=100),
        )
        for number in range(1_000_000)
    )
    async for result in engine.complete(requests):
        print(result, flush=True)


if __name__ == "__main__":
    asyncio.run(main(VLLMConfig.model_validate_json(sys.argv[1]), Path(sys.argv[2])))
