"""Both syntheses as whole flows over a real vLLM, with a model that writes nonsense.

Its free texts are no lists, so that a run from nothing would end with its first stage. Subjects and
a syllabus are written by hand for some disciplines: every stage then asks the model something.
"""

import json
import re
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest
from hand_made_taxonomy import TAXONOMY, commit_by_hand
from prefect.testing.utilities import prefect_test_harness

from gleanery.flows.skills_config import SkillsConfig
from gleanery.flows.synthesize_from_skills import synthesize_from_skills
from gleanery.flows.synthesize_from_taxonomy import synthesize_from_taxonomy
from gleanery.flows.taxonomy_config import TaxonomyConfig
from gleanery.infra.journal import read_answers
from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.llm.managed import ManagedEngine
from gleanery.infra.llm.room import EngineRoom, engine_room
from gleanery.infra.llm.vllm_config import VLLMConfig
from gleanery.infra.parts import Parts
from gleanery.infra.storage import Store
from gleanery.tasks.control_characters import without_control_characters
from gleanery.tasks.json_answers import read_json_answer
from gleanery.tasks.records import Example, Record
from gleanery.tasks.skills.stages import SKILL_EXAMPLES
from gleanery.tasks.stage_output import StageOutput
from gleanery.tasks.taxonomy.records import Question

pytestmark = pytest.mark.vllm

SKILLS = """\
skills:
  - name: weighing trade-offs
    definition: Sets what is gained against what is given up.
  - name: checking for errors
    definition: Goes over a result by another way.
  - name: breaking a task into steps
    definition: Orders what has to be done.
  - name: showing empathy
    definition: Takes up how the other person feels.
  - name: reasoning from an analogy
    definition: Explains something new through something familiar.
query_types:
  - name: advice in a situation
    definition: Describes the asker's own situation and asks what to do in it.
    example: I promised two friends my help for one weekend. How do I get out of one of them?
  - name: request for a text
    definition: Asks for a text that serves a purpose.
    example: Write a note to the neighbours about the party on Saturday.
"""
STAGES = ["subjects", "syllabi", "plans", "questions", "examples"]
LISTS = {"truncated", "no_list", "cut_off", "wrong_language", "refusal", "unparseable"}

# A random model ends a text rarely by itself. These do it within some hundred tokens; a line break
# cannot stand in a JSON answer, where it is written \n.
TEXT = {"temperature": 1, "max_tokens": 1000, "stop": ["#"]}
LINE = {"temperature": 1, "max_tokens": 1500, "stop": ["\n"]}
RECORDS = {"temperature": 1, "max_tokens": 1500}

R = TypeVar("R", bound=Record)
Totals = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Served:
    """The engine that both flows share, and the room that it lives in."""

    config: EngineConfig
    room: EngineRoom

    def count(self) -> int:
        """Return how many requests vLLM has answered, by its own count; 0 before it started."""
        engines = [e for e in self.room._engines.values() if isinstance(e, ManagedEngine)]
        if not engines:
            return 0
        (base_url,) = engines[0]._servers.base_urls
        with urllib.request.urlopen(base_url.replace("/v1", "/metrics"), timeout=10) as reply:
            text = reply.read().decode()
        counts = re.findall(r"^vllm:request_success_total\{.*\} (\S+)$", text, re.MULTILINE)
        assert counts, "vLLM's metrics have another name now"
        return int(sum(map(float, counts)))


@pytest.fixture(scope="module")
def served(
    small_vllm: Callable[..., VLLMConfig], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    config = EngineConfig(
        kind="vllm",
        model="tiny",
        revision="random-0",
        max_in_flight=32,
        vllm=small_vllm(max_model_len=8192),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("flows"))  # the servers' logs go below it
        with prefect_test_harness(server_startup_timeout=120), engine_room() as room:
            yield Served(config, room)


@pytest.fixture(scope="module")
def taxonomy(served: Served, tmp_path_factory: pytest.TempPathFactory) -> TaxonomyConfig:
    folder = tmp_path_factory.mktemp("taxonomy")
    (folder / "taxonomy.yaml").write_text(TAXONOMY)
    return TaxonomyConfig.model_validate(
        {
            "root": str(folder),
            "taxonomy": str(folder / "taxonomy.yaml"),
            "engine": served.config,
            "subjects": {
                "queries": 24,
                "least_subjects": 1,
                "sampling": TEXT,
                "recording": RECORDS,
            },
            "syllabi": {"sampling": TEXT, "recording": RECORDS},
            "plans": {"plans_per_subject": 16},
            "questions": {"sampling": RECORDS},
            "answers": {"sampling": TEXT},
        }
    )


@pytest.fixture(scope="module")
def skills(served: Served, tmp_path_factory: pytest.TempPathFactory) -> SkillsConfig:
    folder = tmp_path_factory.mktemp("skills")
    (folder / "skills.yaml").write_text(SKILLS)
    return SkillsConfig.model_validate(
        {
            "root": str(folder),
            "skills": str(folder / "skills.yaml"),
            "engine": served.config,
            "verifier": served.config,
            "plans": {"count": 16},
            "generation": {
                "structured": True,
                "verify": True,
                "least_words": 1,
                "most_words": 10_000,
                "sampling": LINE,
            },
        }
    )


def test_taxonomy_flow_takes_nonsense_through_every_stage(
    taxonomy: TaxonomyConfig, served: Served
) -> None:
    commit_by_hand(taxonomy)
    before = served.count()
    outputs = synthesize_from_taxonomy(taxonomy)
    books = Books(taxonomy, outputs)
    books.check(served.count() - before)
    subjects, syllabi, plans, questions, examples = outputs
    assert [output.stage for output in outputs] == STAGES
    # Physics from nothing: each list that was not used says why, and some came to records. (A word
    # of two letters may by chance stand in list and records, and be a subject.)
    assert sum(subjects.rejected.values()) >= 20
    assert set(subjects.rejected) <= {*LISTS, "too_few_subjects", "invented", "not_a_name"}
    assert subjects.usage.sent > 24
    assert books.structured("subjects", "subjects")
    # Chemistry has subjects: their syllabi are asked for. Biology's are there.
    assert syllabi.rows_in == subjects.rows_out >= 4
    assert syllabi.rows_out >= 2
    assert syllabi.sent >= 2
    # Its questions are what the model wrote under their schema, and some are answered.
    assert questions.rows_in == plans.rows_out == 16 * syllabi.rows_out
    assert books.structured("questions", "question")
    asked = books.rows(questions, Question)
    answers = read_answers(books.store, "journal/questions")
    assert asked
    for question in asked:
        answer = answers[question.calls[-1].request_key]
        written = read_json_answer(answer.text)["question"]
        assert without_control_characters(written).strip() == question.text
    assert examples.rows_in == questions.rows_out
    assert examples.rows_out > 0
    assert totals_again(synthesize_from_taxonomy, taxonomy, served) == totals(outputs)


def test_skills_flow_holds_whole_conversations_under_a_schema(
    skills: SkillsConfig, served: Served
) -> None:
    before = served.count()
    outputs = synthesize_from_skills(skills)
    books = Books(skills, outputs)
    books.check(served.count() - before)
    made, distinct = outputs
    assert made.rows_in == 16
    assert books.structured(SKILL_EXAMPLES, "instruction", "response")
    examples = books.rows(made, Example)
    # A random verdict may be too long twice: such an example says that nobody verified it.
    assert any(verified(example) for example in examples)
    for example in examples:
        steps = [call.step for call in example.calls]
        assert steps[:3] == ["draft", "critique", "revision"]
        assert (steps[-1] == "verification") == verified(example)
    assert distinct.rows_in == made.rows_out
    assert totals_again(synthesize_from_skills, skills, served) == totals(outputs)


def verified(example: Example) -> bool:
    (value,) = (score.value for score in example.scores if score.name == "verified")
    return value == 1


def totals_again(flow: Callable[..., list[StageOutput]], config: Any, served: Served) -> Totals:
    """Return the totals of a second run, which has nothing left to ask."""
    before = served.count()
    outputs = flow(config)
    assert served.count() == before
    assert [output.sent for output in outputs] == [0] * len(outputs)
    assert [output.reused for output in outputs] == [len(output.parts) for output in outputs]
    return totals(outputs)


def totals(outputs: Sequence[StageOutput]) -> Totals:
    return [
        (output.stage, output.rows_in, output.rows_out, output.rejected, output.parts)
        for output in outputs
    ]


@dataclass(frozen=True)
class Books:
    """What a run left in its store, to be held against what it says of itself."""

    config: TaxonomyConfig | SkillsConfig
    outputs: Sequence[StageOutput]

    @property
    def store(self) -> Store:
        return Store(f"{self.config.root}/{self.config.name}")

    def check(self, answered: int) -> None:
        """Check that all parts are closed, every row is accounted for, every request counted."""
        parts = Parts(self.store)
        for output in self.outputs:
            assert output.complete
            for reference in output.parts:
                receipt = parts.newest(output.stage, reference.part)
                assert receipt
                assert receipt.closed
                lost = parts.losses(receipt)
                assert len(lost) == sum(receipt.rejected.values())
                assert all(loss.reason and loss.detail for loss in lost)
                if output.stage != "subjects":  # there the lists are lost, not the discipline
                    assert receipt.rows_in == receipt.rows_out + len(lost), receipt
        sent = sum(output.sent for output in self.outputs)
        assert sent == len(read_answers(self.store, "journal")) == answered

    def structured(self, stage: str, *keys: str) -> list[dict[str, Any]]:
        """Return the stage's finished answers that are objects with exactly these keys."""
        answers = read_answers(self.store, f"journal/{stage}").values()
        finished = [answer.text for answer in answers if answer.finish_reason == "stop"]
        objects = [json.loads(text) for text in finished if text.startswith("{")]
        return [found for found in objects if set(found) == set(keys)]

    def rows(self, output: StageOutput, record: type[R]) -> list[R]:
        parts = Parts(self.store)
        receipts = [parts.newest(output.stage, reference.part) for reference in output.parts]
        return [row for receipt in receipts if receipt for row in parts.rows(receipt, record)]
