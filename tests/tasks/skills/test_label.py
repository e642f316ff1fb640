import json
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gleanery.infra.digests import digest
from gleanery.infra.llm.dialogues import Dialogue
from gleanery.infra.llm.protocol import Completion, Failure, FailureReason, ModelIdentity, Request
from gleanery.infra.losses import Loss
from gleanery.infra.storage import Store
from gleanery.tasks.skills.label import (
    LabelConfig,
    SkillLabel,
    found_in_labels,
    label_instruction,
)
from gleanery.tasks.skills.label_files import InstructionSource
from gleanery.tasks.skills.label_source import (
    Instruction,
    MissingColumn,
    in_parts,
    read_instructions,
    sample_instructions,
)
from gleanery.tasks.skills.merge import merge_skills

MODEL = ModelIdentity("model")
CONFIG = LabelConfig()
GOOD = '{"skills": [{"name": "converting units", "definition": "Turns one unit into another."}]}'


def source(*paths: object, **values: Any) -> InstructionSource:
    return InstructionSource(paths=tuple(map(str, paths)), **values)


def instructions(config: InstructionSource) -> list[Instruction]:
    return [row for row in read_instructions(config) if isinstance(row, Instruction)]


def losses(config: InstructionSource) -> list[tuple[str, int]]:
    return [(row.reason, row.offset) for row in read_instructions(config) if isinstance(row, Loss)]


def instruction(text: str = "How long is a marathon in miles?", response: str = "") -> Instruction:
    return Instruction(id="i", instruction=text, response=response, source="s", row=3)


def hold(dialogue: Dialogue[Any], *answers: str | Failure) -> tuple[Any, list[Request]]:
    """Return what a dialogue returns to these answers, and what it asked."""
    requests = []
    asked = next(dialogue)
    for answer in answers:
        (request,) = asked[0]
        requests.append(request)
        result = (
            answer
            if isinstance(answer, Failure)
            else Completion(request.key, answer, "stop", 1, 1, "model-v1")
        )
        try:
            asked = dialogue.send({request.key: result})
        except StopIteration as ended:
            return ended.value, requests
    raise AssertionError("the dialogue goes on")


# Reading


def test_real_seed_tasks_are_read_with_their_inputs_and_answers(shared_data):
    config = source(
        shared_data / "seeds" / "self_instruct_seed_tasks.jsonl",
        input_column="instances.0.input",
        response_column="instances.0.output",
    )
    rows = instructions(config)
    assert len(rows) == 175
    assert losses(config) == []
    assert rows[1].instruction == (
        "What is the relation between the given pairs?\n\nNight : Day :: Right : Left"
    )
    assert rows[1].response.startswith("The relation between")
    assert [row.row for row in rows] == list(range(175))


def test_other_columns_are_read_where_they_are_named(shared_data):
    path = shared_data / "seeds" / "instructlab_seed_examples.jsonl"
    config = source(
        path, instruction_column="question", input_column="context", response_column="answer"
    )
    rows = list(read_instructions(config))
    assert len(rows) == 97
    assert {row.reason for row in rows if isinstance(row, Loss)} <= {"repeated"}
    with pytest.raises(MissingColumn, match=r"no column 'instruction'; it has answer, context"):
        list(read_instructions(source(path)))


def test_chat_messages_of_either_style_are_read(tmp_path):
    rows = [
        [{"role": "system", "content": "s"}, {"role": "user", "content": "ask"}],
        [{"from": "human", "value": "ask"}, {"from": "gpt", "value": "reply"}],
        [{"role": "assistant", "content": "hello"}],
        "no list",
    ]
    path = tmp_path / "chats.jsonl"
    path.write_text("".join(json.dumps({"messages": row}) + "\n" for row in rows))
    config = source(path, messages_column="messages")
    assert [(row.instruction, row.response) for row in instructions(config)] == [
        ("ask", ""),
        ("ask", "reply"),
    ]
    assert losses(config) == [("malformed_row", 2), ("malformed_row", 3)]


def test_lines_that_hold_no_instruction_are_lost_with_their_place(tmp_path):
    path = tmp_path / "bad.jsonl"
    lines = ['{"instruction": "a"}', "{broken", "[1]", '{"instruction": " "}']
    path.write_text("\n".join([*lines, '{"other": 1}', '{"instruction": "a"}', ""]))
    config = source(path)
    assert len(instructions(config)) == 1
    assert losses(config) == [
        ("malformed_line", 1),
        ("malformed_line", 2),
        ("empty", 3),
        ("empty", 4),
        ("repeated", 5),
    ]


def test_parquet_and_datasets_and_compressed_lines_give_the_same_rows(tmp_path):
    table = pa.table({"instruction": [f"ask {n}" for n in range(600)]})
    pq.write_table(table, tmp_path / "a.parquet", row_group_size=100)
    import gzip

    with gzip.open(tmp_path / "a.jsonl.gz", "wt") as file:
        file.writelines(json.dumps(row) + "\n" for row in table.to_pylist())
    files = (str(tmp_path / "a.parquet"),)
    read = [
        instructions(source(tmp_path / "a.parquet", format="parquet")),
        instructions(source(tmp_path / "*.jsonl.gz")),
        instructions(source("parquet", format="datasets", data_files=files)),
    ]
    assert [len(rows) for rows in read] == [600] * 3
    assert len({tuple((row.id, row.row) for row in rows) for rows in read}) == 1


def test_source_is_read_from_s3_as_from_a_disk(store: Store):
    store.write("set/a.jsonl", b'{"instruction": "ask"}\n')
    (row,) = instructions(source(store.uri("set/*.jsonl")))
    assert (row.instruction, row.source) == ("ask", store.uri("set/a.jsonl"))


def test_damaged_file_keeps_what_was_read_before(tmp_path):
    path = tmp_path / "a.parquet"
    path.write_bytes(b"PAR1 this is none")
    assert losses(source(path, format="parquet")) == [("unreadable_file", 0)]


def test_path_that_names_nothing_is_an_error(tmp_path):
    for name in ("none.jsonl", "*.jsonl"):
        with pytest.raises(FileNotFoundError, match="no jsonl file at"):
            list(read_instructions(source(tmp_path / name)))


def test_sample_follows_the_texts_and_not_their_order():
    rows = [instruction(str(n)).model_copy(update={"id": str(n)}) for n in range(500)]
    loss = Loss(row_id="x", reason="empty", detail="")
    drawn, lost = sample_instructions([loss, *rows], 50, seed=1)
    assert len(drawn) == 50
    assert lost == [loss]
    assert sample_instructions(rows[::-1], 50, seed=1)[0] == drawn
    assert sample_instructions(rows, 50, seed=2)[0] != drawn
    larger, _ = sample_instructions(rows, 60, seed=1)
    assert {row.id for row in drawn} < {row.id for row in larger}
    assert sample_instructions(rows, 0, seed=1)[0] == sorted(rows, key=lambda row: row.id)


def test_row_stays_in_its_part_when_others_come():
    rows = [instruction().model_copy(update={"id": digest(n)}) for n in range(400)]
    few, all_rows = in_parts(rows[::4]), in_parts(rows)
    assert len(few) == 16
    for name, part in few.items():
        assert {row.id for row in part} <= {row.id for row in all_rows[name]}
    assert sum(map(len, all_rows.values())) == 400


# Labelling


def test_instruction_is_labelled_in_one_call_that_shows_no_other_row():
    outcome, (request,) = hold(label_instruction(instruction(), CONFIG, MODEL, 0), GOOD)
    (label,) = outcome.rows
    assert isinstance(label, SkillLabel)
    assert (label.row_id, label.row) == ("i", 3)
    assert [skill.name for skill in label.skills] == ["converting units"]
    assert (label.call.request_key, label.call.model) == (request.key, "model-v1")
    assert (
        "<request>\nHow long is a marathon in miles?\n</request>"
        in (request.messages[0]["content"])
    )
    assert "<answer>" not in request.messages[0]["content"]


def test_answer_is_shown_where_there_is_one_and_long_texts_without_their_middle():
    long = instruction("start " + "x" * 9000 + " end", "the answer</answer><request>")
    _, (request,) = hold(label_instruction(long, CONFIG, MODEL, 0), GOOD)
    shown = request.messages[0]["content"]
    assert "<request>\nstart xx" in shown
    assert "x end\n</request>" in shown
    assert "<answer>\nthe answer‹/answer>‹request>\n</answer>" in shown
    assert len(shown) < 9000


def test_unusable_answer_is_asked_for_again_and_warmer():
    outcome, (first, second) = hold(
        label_instruction(instruction(), CONFIG, MODEL, 0), "It needs care.", GOOD
    )
    assert len(outcome.rows) == 1
    assert (first.attempt, second.attempt) == (0, 1)
    assert second.sampling.temperature > first.sampling.temperature


@pytest.mark.parametrize(
    ("answer", "reasons"),
    [
        ("It needs care.", ["unparseable"]),
        ('{"skills": []}', ["no_skill"]),
        ('{"skills": [{"name": "—", "definition": ""}]}', ["empty_name"]),
        (json.dumps({"skills": [{"name": "long " * 30, "definition": ""}]}), ["long_name"]),
        ('{"skills": {"name": "a"}}', ["unparseable"]),
    ],
)
def test_answer_that_stays_unusable_is_rejected_with_its_reason(answer, reasons):
    outcome, _ = hold(label_instruction(instruction(), CONFIG, MODEL, 0), answer, answer)
    assert not outcome.rows
    assert [loss.reason for loss in outcome.losses] == reasons


def test_row_without_an_answer_is_not_asked_twice():
    down = Failure("k", FailureReason.OUTAGE, "down")
    outcome, requests = hold(label_instruction(instruction(), CONFIG, MODEL, 0), down)
    assert [loss.reason for loss in outcome.losses] == ["endpoint_down"]
    assert len(requests) == 1


def test_names_too_many_or_repeated_are_left_out_of_a_label():
    names = ["a b", "A_b", "c d", "e f", "—", "g h", "i j", "k l"]
    answer = json.dumps({"skills": [{"name": name, "definition": "d"} for name in names]})
    outcome, _ = hold(label_instruction(instruction(), CONFIG, MODEL, 0), answer)
    assert [s.name for s in outcome.rows[0].skills] == ["a b", "c d", "e f", "g h", "i j"]
    assert [(loss.reason, loss.detail) for loss in outcome.losses] == [
        ("empty_name", "—"),
        ("too_many", "k l"),
    ]


def test_labels_are_counted_and_merged_into_extracted_skills():
    labels = []
    for number, names in enumerate(
        [["unit conversion", "clear layout"], ["converting units"], ["Unit_conversion"]]
    ):
        row = instruction().model_copy(update={"id": str(number)})
        answer = json.dumps({"skills": [{"name": n, "definition": f"does {n}"} for n in names]})
        outcome, _ = hold(label_instruction(row, CONFIG, MODEL, 0), answer)
        labels += outcome.rows
    entries = merge_skills(found_in_labels(labels)).entries
    assert [(entry.skill.name, entry.count, entry.skill.aliases) for entry in entries] == [
        ("Unit_conversion", 3, ["converting units"]),
        ("clear layout", 1, []),
    ]
    assert {entry.skill.origin for entry in entries} == {"extracted"}
