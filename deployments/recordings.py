"""Recorded answers: listing the prompts that have none, and taking answers in, verbatim.

The quickstart replays answers that a large language model gave to exactly these prompts. None is
written by a script, and none is edited: a prompt that changes has to be asked again.
"""

import datetime
from collections.abc import Iterator, Sequence
from pathlib import Path

import orjson
import typer
from pydantic import BaseModel

from gleanery.deployments.methods import read_config, run_method
from gleanery.deployments.prefect_server import prefect_server
from gleanery.flows.pipeline_config import PipelineConfig
from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.llm.protocol import EngineError, Request
from gleanery.infra.settings import read_settings

PROMPTS = Path(".gleanery/prompts.jsonl")
_CHARACTERS_PER_TOKEN = 4


def record(config_file: Path, answers: Path | None) -> None:
    """Write the prompts without an answer to `.gleanery/prompts.jsonl`, or import `answers`.

    A stage's prompts depend on the answers of the one before, so list and import until none is
    left. Raises `ValueError` where no engine is recorded, and for an answer to a prompt that was
    not listed.
    """
    config = read_config(config_file)
    folders = recorded_folders(config)
    if not folders:
        raise ValueError(
            f"{config_file} has no recorded engine: give one of its engines, or of its sources', "
            "kind: recorded and a recordings folder"
        )
    if answers:
        for folder, count in import_answers(answers, folders).items():
            typer.echo(f"{count} answers are now in {folder}")
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


Model = tuple[str, str]  # name and revision


def recorded_folders(config: PipelineConfig) -> dict[Model, str]:
    """Return the recordings folder of each model that a configuration has recorded.

    All of its engines count, those of its sources too. Raises `ValueError` where one model has two
    folders: an answer could then go to the wrong one.
    """
    folders: dict[Model, str] = {}
    for engine in _engines(config):
        if engine.kind != "recorded" or not engine.recordings:
            continue
        known = folders.setdefault((engine.model, engine.revision), engine.recordings)
        if known != engine.recordings:
            raise ValueError(
                f"model {engine.model} {engine.revision} is recorded in {known} and in "
                f"{engine.recordings}: give it one folder"
            )
    return folders


def _engines(config: object) -> Iterator[EngineConfig]:
    """Yield every engine in a configuration, however deep."""
    if isinstance(config, EngineConfig):
        yield config
    elif isinstance(config, BaseModel):
        for _, value in config:
            yield from _engines(value)
    elif isinstance(config, tuple | list):
        for value in config:
            yield from _engines(value)


def import_answers(answers: Path, folders: dict[Model, str]) -> dict[str, int]:
    """Append answers to the recordings of the models they are of; return how many by folder.

    Each line has the prompt's `key` and the model's `text`; the date is today's. Token counts are
    estimates (four characters a token), since the model's own are not at hand.
    """
    listed = {row["key"]: row for row in map(orjson.loads, PROMPTS.read_bytes().splitlines())}
    lines: dict[str, list[dict[str, object]]] = {}
    for number, line in enumerate(answers.read_bytes().splitlines(), start=1):
        row = orjson.loads(line)
        asked = listed.get(row["key"])
        if asked is None:
            raise ValueError(f"{answers}:{number}: no listed prompt has the key {row['key']}")
        model = (asked["model"], asked.get("revision", ""))
        if model not in folders:
            raise ValueError(
                f"{answers}:{number}: the prompt was listed for {' '.join(model)}, which this "
                "configuration has not recorded: list its own prompts first"
            )
        lines.setdefault(folders[model], []).append(_answer(asked, row["text"]))
    for folder, answered in lines.items():
        _append(folder, answered)
    return {folder: len(answered) for folder, answered in lines.items()}


def _answer(asked: dict[str, object], text: str) -> dict[str, object]:
    messages = asked["messages"]
    assert isinstance(messages, list)
    prompt = asked.get("prompt") or "".join(message["content"] for message in messages)
    assert isinstance(prompt, str)
    return {
        "key": asked["key"],
        "text": text,
        "finish_reason": "stop",
        "prompt_tokens": len(prompt) // _CHARACTERS_PER_TOKEN,
        "completion_tokens": len(text) // _CHARACTERS_PER_TOKEN,
        "model": asked["model"],
    }


def _append(folder: str, answers: Sequence[dict[str, object]]) -> None:
    today = datetime.datetime.now(datetime.UTC).date()
    target = Path(folder, f"answers-{today}.jsonl")
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("ab") as file:
        file.writelines(orjson.dumps(answer) + b"\n" for answer in answers)


def _prompt(request: Request) -> dict[str, object]:
    return {
        "key": request.key,
        "model": request.model.name,
        "revision": request.model.revision,
        "messages": list(request.messages),
        **({"prompt": request.prompt} if request.prompt else {}),
        "schema": request.response_schema,
        "max_tokens": request.sampling.max_tokens,
    }
