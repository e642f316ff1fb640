"""Recorded answers: listing the prompts that have none, and taking answers in, verbatim.

The quickstart replays answers that a large language model gave to exactly these prompts. None is
written by a script, and none is edited: a prompt that changes has to be asked again.
"""

import datetime
from pathlib import Path

import orjson
import typer

from gleanery.deployments.methods import read_config, run_method
from gleanery.deployments.prefect_server import prefect_server
from gleanery.flows.pipeline_config import PipelineConfig
from gleanery.infra.llm.protocol import EngineError, Request
from gleanery.infra.settings import read_settings

PROMPTS = Path(".gleanery/prompts.jsonl")
_CHARACTERS_PER_TOKEN = 4


def record(config_file: Path, answers: Path | None) -> None:
    """Write the prompts without an answer to `.gleanery/prompts.jsonl`, or import `answers`.

    A stage's prompts depend on the answers of the one before, so list and import until none is
    left. Raises `ValueError` for an answer to a prompt that was not listed.
    """
    config = read_config(config_file)
    if config.engine.kind != "recorded" or not config.engine.recordings:
        raise ValueError(f"{config_file}: engine.kind must be recorded, with a recordings folder")
    if answers:
        count = import_answers(answers, config)
        typer.echo(f"{count} answers are now in {config.engine.recordings}")
        return
    missing = prompts_without_answer(config)
    PROMPTS.parent.mkdir(parents=True, exist_ok=True)
    PROMPTS.write_bytes(b"".join(orjson.dumps(_prompt(request)) + b"\n" for request in missing))
    typer.echo(f"{len(missing)} prompts have no recorded answer: {PROMPTS}")


def prompts_without_answer(config: PipelineConfig) -> list[Request]:
    """Return the requests that the next stage needs and that nobody has answered yet."""
    with prefect_server(read_settings().server_home):
        from gleanery.flows.run import Again
        from gleanery.infra.llm.room import engine_room

        with engine_room() as room:
            try:
                run_method(config, Again())
            except EngineError:
                return room.unanswered()
    return []


def import_answers(answers: Path, config: PipelineConfig) -> int:
    """Append answers to the recordings, and return how many.

    Each line has the prompt's `key` and the model's `text`; the date is today's. Token counts are
    estimates (four characters a token), since the model's own are not at hand.
    """
    listed = {row["key"]: row for row in map(orjson.loads, PROMPTS.read_bytes().splitlines())}
    lines = []
    for number, line in enumerate(answers.read_bytes().splitlines(), start=1):
        row = orjson.loads(line)
        if row["key"] not in listed:
            raise ValueError(f"{answers}:{number}: no listed prompt has the key {row['key']}")
        prompt = "".join(message["content"] for message in listed[row["key"]]["messages"])
        lines.append(
            {
                "key": row["key"],
                "text": row["text"],
                "finish_reason": "stop",
                "prompt_tokens": len(prompt) // _CHARACTERS_PER_TOKEN,
                "completion_tokens": len(row["text"]) // _CHARACTERS_PER_TOKEN,
                "model": listed[row["key"]]["model"],
            }
        )
    today = datetime.datetime.now(datetime.UTC).date()
    target = Path(config.engine.recordings, f"answers-{today}.jsonl")
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("ab") as file:
        file.writelines(orjson.dumps(line) + b"\n" for line in lines)
    return len(lines)


def _prompt(request: Request) -> dict[str, object]:
    return {
        "key": request.key,
        "model": request.model.name,
        "messages": list(request.messages),
        "schema": request.response_schema,
        "max_tokens": request.sampling.max_tokens,
    }
