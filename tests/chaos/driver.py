"""One run of a pipeline as a process of its own: `python driver.py PLAN.json`.

The plan holds the configuration (`config`, of any method), where to write what came of it
(`outcome`), and what is to go wrong: kills (see `chaos_store`), a poisoned archive, a changed
prompt. `again` is what the run goes back over.
"""

import hashlib
import json
import os
import sys
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any


def main(plan_file: str) -> int:
    plan = json.loads(Path(plan_file).read_text())
    os.environ["CHAOS_PLAN"] = json.dumps({**plan, "config": None})
    import chaos_store
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

    from gleanery.deployments.methods import read_config, run_method
    from gleanery.flows import run as flow_run
    from gleanery.infra import journal

    flow_run.Store = chaos_store.ChaosStore  # type: ignore[misc]
    journal.FLUSH_AFTER_ANSWERS = plan["flush_after_answers"]
    watch_requests(chaos_store.happens, Path(plan["asked"]))
    if plan.get("extraction_prompt"):
        change_extraction_prompt(plan["extraction_prompt"])
    # A flow's heartbeat thread sleeps for a second before it lets the flow end.
    with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        try:
            # JSON is YAML: the configuration is read as a user's file is.
            config_file = Path(plan_file).with_name("config.yaml")
            config_file.write_text(json.dumps(plan["config"]))
            outputs = run_method(read_config(config_file), flow_run.Again(**plan.get("again", {})))
        except Exception as error:
            traceback.print_exc()
            told = {"error": f"{type(error).__name__}: {error}", "outputs": []}
        else:
            told = {"error": "", "outputs": [output.model_dump() for output in outputs]}
    Path(plan["outcome"]).write_text(json.dumps(told))
    return 1 if told["error"] else 0


def watch_requests(happens: Callable[..., None], asked: Path) -> None:
    """Make each request an event of kind "ask" whose text is its prompt, and note it in a file.

    A line is the request key and the key that the stub counts it under. Sample and attempt go along
    as `user`, so that the stub tells apart what only they tell apart.
    """
    import orjson

    from gleanery.infra.llm.endpoint import Endpoint

    ask: Callable[..., Awaitable[Any]] = Endpoint.ask

    async def ask_or_die(self: Any, url: str, request: Any, body: bytes, *rest: Any) -> Any:
        body = orjson.dumps({**orjson.loads(body), "user": f"{request.sample}.{request.attempt}"})
        with asked.open("a") as file:
            file.write(f"{request.key} {hashlib.sha256(body).hexdigest()[:32]}\n")
        happens("ask", request.messages[-1]["content"], "before")
        return await ask(self, url, request, body, *rest)

    Endpoint.ask = ask_or_die  # type: ignore[method-assign]


def change_extraction_prompt(addition: str) -> None:
    """Let the extraction prompt begin with some more words, as a new version of the code would."""
    from gleanery.infra.digests import digest
    from gleanery.tasks.extraction import ask, extract, extraction_part, prompts
    from gleanery.tasks.prompt import Prompt

    ask.FIND_PAIRS = Prompt(f"{addition}\n{prompts.FIND_PAIRS.text}")
    fingerprint = digest([ask.FIND_PAIRS.fingerprint, prompts.PAIRS_SCHEMA])
    extract.FINGERPRINT = extraction_part.FINGERPRINT = fingerprint


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    raise SystemExit(main(sys.argv[1]))
