"""Dialogues of proposing and labelling as parts: against a real server, journalled, resumed."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from gleanery.infra.budget import BudgetConfig, open_budget
from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.llm.room import EngineRoom
from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Plan, Receipt
from gleanery.infra.storage import Store
from gleanery.tasks.llm_part import LLMPart, LLMRun, run_llm_part
from gleanery.tasks.skills.label import LabelConfig, SkillLabel, found_in_labels, label_instruction
from gleanery.tasks.skills.label_files import InstructionSource
from gleanery.tasks.skills.label_source import Instruction, read_instructions
from gleanery.tasks.skills.merge import merge_skills
from gleanery.tasks.skills.propose import propose_skills, propose_topics
from gleanery.tasks.skills.propose_config import ProposalConfig
from gleanery.tasks.skills.propose_records import ProposalAim, ProposedSkill, Topic

RESPONDER = """
import json

def respond(body, nth):
    text = body["messages"][-1]["content"]
    if "topics that such requests" in text:
        return "Plumbing: Pipes at home.\\nRoofs: Tiles and gutters."
    if "skills that good answers" in text:
        about = "pipes" if "Plumbing" in text else "tiles"
        return f"comparing {about}: Compares.\\nnaming a tool: Names it."
    if "same list as JSON" in text:
        lines = [line.partition(": ") for line in body["messages"][1]["content"].splitlines()]
        return json.dumps({"items": [{"name": n, "definition": d} for n, _, d in lines]})
    first = text.partition("<request>")[2].split()[0].strip("\\"'?,.").lower()
    return json.dumps({"skills": [{"name": f"answering {first} requests", "definition": "D."}]})
"""


@pytest.fixture
def server(llm_stub: Callable[..., Any], tmp_path: Path) -> Any:
    script = tmp_path / "responder.py"
    script.write_text(RESPONDER)
    return llm_stub("--responder", str(script))


def run_part(
    store: Store,
    url: str,
    stage: str,
    rows: Sequence[Any],
    row_type: Any,
    talk: Callable[[Any, Any, int], Any],
) -> tuple[Receipt, list[Any]]:
    engine = EngineConfig(model="stub-model", base_urls=(url,), max_tries=1, deadline_s=5)
    room = EngineRoom()
    try:
        parts = Parts(store)
        part = LLMPart(
            plan=Plan(stage=stage, version=1, part="p", inputs=(), decides={}),
            load=lambda: rows,
            row_id=lambda row: row.id,
            row_type=row_type,
            origin=lambda row: row.row_id,
            engines=[engine],
            dialogue=lambda row, attempt: talk(row, engine.identity, attempt),
        )
        run = LLMRun(parts, room, open_budget(BudgetConfig(), store))
        receipt, _ = run_llm_part(run, part)
        return receipt, parts.rows(receipt, row_type)
    finally:
        room.close()


def propose(store: Store, url: str) -> tuple[Receipt, list[Topic], list[ProposedSkill]]:
    config = ProposalConfig(queries=3)
    _, topics = run_part(
        store,
        url,
        "topics",
        [ProposalAim(aim=config.aim)],
        Topic,
        lambda row, model, attempt: propose_topics(row, config, model, attempt),
    )
    receipt, skills = run_part(
        store,
        url,
        "skills",
        topics,
        ProposedSkill,
        lambda row, model, attempt: propose_skills(row, config, model, attempt),
    )
    return receipt, topics, skills


def test_skills_are_proposed_from_nothing_and_a_rerun_asks_nothing(server, tmp_path):
    store = Store(str(tmp_path / "store"))
    receipt, topics, skills = propose(store, server.url)
    assert [(topic.name, topic.lists) for topic in topics] == [("Roofs", 3), ("Plumbing", 3)]
    assert {(skill.topic, skill.name) for skill in skills} == {
        ("Roofs", "comparing tiles"),
        ("Roofs", "naming a tool"),
        ("Plumbing", "comparing pipes"),
        ("Plumbing", "naming a tool"),
    }
    asked = server.counts()["asked"]
    assert asked == 3 * 6  # three lists for each of three questions, and the records of each
    assert propose(store, server.url) == (receipt, topics, skills)
    assert server.counts()["asked"] == asked


def test_topic_whose_records_failed_is_finished_later_without_new_lists(server, tmp_path):
    store = Store(str(tmp_path / "store"))
    fault = {"kind": "status", "status": 500, "match": "comparing pipes"}
    server.control(faults=[fault])
    receipt, _, skills = propose(store, server.url)
    assert receipt.failed == {"server_error": 1}
    assert {skill.topic for skill in skills} == {"Roofs"}
    server.control(faults=[], reset=True)
    receipt, _, skills = propose(store, server.url)
    assert receipt.closed
    assert {skill.topic for skill in skills} == {"Roofs", "Plumbing"}
    assert 1 <= server.counts()["asked"] <= 3  # records alone: the lists are in the journal


def test_real_seed_tasks_are_labelled_and_counted(server, tmp_path, shared_data):
    path = shared_data / "seeds" / "self_instruct_seed_tasks.jsonl"
    rows = [
        row
        for row in read_instructions(InstructionSource(paths=(str(path),)))
        if isinstance(row, Instruction)
    ]
    config = LabelConfig()
    receipt, labels = run_part(
        Store(str(tmp_path / "store")),
        server.url,
        "label",
        rows,
        SkillLabel,
        lambda row, model, attempt: label_instruction(row, config, model, attempt),
    )
    assert receipt.closed
    assert len(labels) == len(rows) == 175
    entries = merge_skills(found_in_labels(labels)).entries
    assert sum(entry.count for entry in entries) == 175
    assert len(entries) < 100
