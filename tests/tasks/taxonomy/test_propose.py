import json
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from gleanery.infra.llm.dialogues import Dialogue
from gleanery.infra.llm.protocol import FailureReason, ModelIdentity, Request
from gleanery.tasks.file_problems import FileError
from gleanery.tasks.llm_part import RowOutcome
from gleanery.tasks.taxonomy.propose import propose_tree, proposed_taxonomy
from gleanery.tasks.taxonomy.propose_config import ProposalConfig, ProposedNode, Scope
from gleanery.tasks.taxonomy.propose_prompts import RECORD_NAMES
from gleanery.tasks.taxonomy.review_votes import apply_votes, record_vote
from gleanery.tasks.taxonomy.tree import Status
from gleanery.tasks.taxonomy.tree_files import parse_taxonomy
from gleanery.tasks.taxonomy.tree_writing import render

MODEL = ModelIdentity("some-model", "r1")
CONFIG = ProposalConfig(queries=3, least_lists=2)
SCOPE = Scope()
Hold = Callable[..., tuple[Any, list[list[Request]]]]

MAP: dict[str, list[str]] = {
    "": ["Arts", "Trades"],
    "Arts": ["Fine arts", "Performing arts"],
    "Trades": ["Building trades", "Food trades"],
    "Arts > Fine arts": ["Painting", "Sculpture"],
    "Arts > Performing arts": ["Dance", "Music"],
    "Trades > Building trades": ["Carpentry", "Masonry"],
    "Trades > Food trades": ["Baking", "Brewing"],
}


def prompt_of(request: Request) -> str:
    return request.messages[0]["content"]


def is_for_records(request: Request) -> bool:
    return request.response_schema is not None


def path_of(request: Request) -> str:
    """Return the path that a request for a list is about; the fields themselves have none."""
    found = re.search(r"\n<field>\n(.+)\n", prompt_of(request))
    return found[1] if found else ""


def listed(names: list[str]) -> str:
    return "\n".join(f"{n}. {name} - what belongs to {name}." for n, name in enumerate(names, 1))


def records_of(text: str) -> str:
    """Return the records of a list in a prompt, as an obedient model makes them."""
    entries = re.findall(r"^\d+\. (.+?) - (.+)$", text, re.MULTILINE)
    return json.dumps({"names": [{"name": n, "description": d} for n, d in entries]})


class Model:
    """A model that knows a map; `lists` replaces what it lists by path and number of the list."""

    def __init__(self, lists: dict[tuple[str, int], Any] | None = None, filler: int = 1) -> None:
        self.lists = lists or {}
        self.filler = filler

    def __call__(self, request: Request) -> Any:
        if is_for_records(request):
            return records_of(prompt_of(request))
        path = path_of(request)
        special = self.lists.get((path, request.sample))
        if callable(special):
            return special(request)
        if special is not None:
            return special
        # A name of its own in every list, so that lists have three entries and differ.
        own = f"Topic {chr(65 + request.sample)}{len(path)}"
        return listed([*MAP[path], own] if self.filler else MAP[path])


def propose(
    hold: Hold, model: Any, config: ProposalConfig = CONFIG, attempt: int = 0
) -> tuple[RowOutcome[ProposedNode], list[list[Request]]]:
    dialogue: Dialogue[Any] = propose_tree(SCOPE, config, "English", MODEL, attempt)
    return hold(dialogue, model)


def paths(outcome: RowOutcome[ProposedNode]) -> list[str]:
    return [" > ".join([*row.path, row.name]) for row in outcome.rows]


def reasons(outcome: RowOutcome[ProposedNode]) -> Counter[str]:
    assert {loss.row_id for loss in outcome.losses} <= {SCOPE.row_id}
    return Counter(loss.reason for loss in outcome.losses)


def test_fields_sub_fields_and_disciplines_come_in_the_order_of_a_tree(hold: Hold) -> None:
    outcome, _ = propose(hold, Model())
    assert paths(outcome) == [
        "Arts",
        "Arts > Fine arts",
        "Arts > Fine arts > Painting",
        "Arts > Fine arts > Sculpture",
        "Arts > Performing arts",
        "Arts > Performing arts > Dance",
        "Arts > Performing arts > Music",
        "Trades",
        "Trades > Building trades",
        "Trades > Building trades > Carpentry",
        "Trades > Building trades > Masonry",
        "Trades > Food trades",
        "Trades > Food trades > Baking",
        "Trades > Food trades > Brewing",
    ]
    assert reasons(outcome) == {"too_few_lists": 3 * 7}  # each list's own name
    assert {row.origin for row in outcome.rows} == {SCOPE.row_id}
    assert len({row.id for row in outcome.rows}) == len(outcome.rows)


def test_every_list_is_free_text_first_and_records_second(hold: Hold) -> None:
    outcome, turns = propose(hold, Model())
    assert [len(turn) for turn in turns] == [3, 3, 6, 6, 12, 12]
    assert [all(map(is_for_records, turn)) for turn in turns] == [False, True] * 3
    assert all(len({request.key for request in turn}) == len(turn) for turn in turns)
    free, recorded = turns[0][0], turns[1][0]
    assert (free.sampling.temperature, recorded.sampling.temperature) == (1.0, 0.0)
    assert prompt_of(recorded).startswith(RECORD_NAMES.text.partition("{{")[0])
    music = outcome.rows[6]
    assert [call.step for call in music.calls] == ["list", "list records"] * 3
    keys = {request.key for turn in turns for request in turn}
    assert {call.request_key for call in music.calls} <= keys
    assert music.description == "what belongs to Music."


def test_prompts_show_the_field_its_path_and_its_neighbours(hold: Hold) -> None:
    _, turns = propose(hold, Model())
    about_fine_arts = next(r for r in turns[4] if path_of(r) == "Arts > Fine arts")
    assert "<field>\nArts > Fine arts\nwhat belongs to Fine arts.\n</field>" in prompt_of(
        about_fine_arts
    )
    assert "<beside>\nPerforming arts\n</beside>" in prompt_of(about_fine_arts)
    assert f"<scope>\n{SCOPE.text}\n</scope>" in prompt_of(turns[0][0])


def beside(turn: list[Request]) -> dict[str, list[str]]:
    """Return the neighbours that the requests of a turn show, by the last name of the path."""
    found = {}
    for request in turn:
        shown = re.search(r"<beside>\n(.+)\n</beside>", prompt_of(request), re.DOTALL)
        found[path_of(request).split(" > ")[-1]] = shown[1].split("\n") if shown else []
    return found


def test_neighbours_are_those_of_a_list_that_has_both(hold: Hold) -> None:
    crafts = ["Building Shell and Structure", "Interior Finishing", "Site Work"]
    phases = ["Structural and Envelope Construction", "Building Services", "Site Work"]
    lists = {("Trades", n): listed(names) for n, names in enumerate([crafts, phases])}
    config = ProposalConfig(queries=2, least_lists=1)
    entries = ["One", "Two", "Three"]

    def answer(request: Request) -> Any:
        if is_for_records(request) or path_of(request) in ("", "Trades"):
            return Model(lists)(request)
        return listed(entries)

    _, turns = propose(hold, answer, config)
    shown = beside(turns[4])
    assert shown["Building Shell and Structure"] == ["Site Work", "Interior Finishing"]
    assert shown["Structural and Envelope Construction"] == ["Site Work", "Building Services"]
    assert sorted(shown["Site Work"]) == sorted({*crafts, *phases} - {"Site Work"})


def test_lists_without_a_name_in_common_have_no_neighbours_in_common(hold: Hold) -> None:
    fields = {("", 0): ["Arts", "Trades", "42"], ("", 1): ["Sums", "7", "8"]}
    config = ProposalConfig(queries=2, least_lists=1, fewest=1)

    def answer(request: Request) -> Any:
        if is_for_records(request):
            return records_of(prompt_of(request))
        return listed(fields.get((path_of(request), request.sample), ["One", "Two", "Three"]))

    _, turns = propose(hold, answer, config)
    assert beside(turns[2]) == {"Arts": ["Trades"], "Trades": ["Arts"], "Sums": ["(none)"]}


def test_same_answers_give_the_same_rows(hold: Hold) -> None:
    assert propose(hold, Model()) == propose(hold, Model())


def test_names_are_merged_by_key_with_the_commonest_spelling_and_the_longest_description(
    hold: Hold,
) -> None:
    fields = {
        ("", 0): "- Trades: crafts\n- Arts & Letters: short\n- Sums: x",
        ("", 1): "- arts and letters: the long description\n- Trade: y\n- Sums: z",
        ("", 2): "- Arts & Letters: w\n- Trades: crafts\n- Care: v",
    }

    def answer(request: Request) -> Any:
        if is_for_records(request):
            text = prompt_of(request).partition("<list>\n")[2]
            entries = re.findall(r"^- (.+?): (.+)$", text, re.MULTILINE)
            found = [{"name": n, "description": d} for n, d in entries]
            return json.dumps({"names": found}) if found else records_of(prompt_of(request))
        if not path_of(request):
            return fields["", request.sample]
        return listed(["One", "Two", "Three"])

    outcome, _ = propose(hold, answer)
    top = [(row.name, row.description, row.lists) for row in outcome.rows if not row.path]
    # In three lists before in two; among equals the one that stands earliest.
    assert top == [
        ("Arts & Letters", "the long description", 3),
        ("Trades", "crafts", 3),
        ("Sums", "x", 2),
    ]


def test_unusable_list_is_asked_again_and_then_left_out(hold: Hold) -> None:
    asked: list[int] = []

    def refuse_once(request: Request) -> str:
        asked.append(request.attempt)
        return listed(MAP["Arts"] + ["Media"]) if request.attempt else "I cannot help with that."

    outcome, _ = propose(
        hold, Model({("Arts", 0): refuse_once, ("Arts", 1): "Only prose about the arts, no list."})
    )
    assert asked == [0, 1]
    assert reasons(outcome)["no_list"] == 1
    (loss,) = [loss for loss in outcome.losses if loss.reason == "no_list"]
    assert loss.detail.startswith("Arts, list 2: ")
    assert "Arts > Fine arts" in paths(outcome)  # in the two lists that are left


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (("1. Fine arts - a.\n2. Perfor", "length"), "truncated"),
        ("", "no_list"),
        ("1. Fine arts - x.\n2. Performing arts - y.\n3. Media arts and", "cut_off"),
    ],
)
def test_list_that_is_no_list_says_why(hold: Hold, answer: Any, reason: str) -> None:
    outcome, _ = propose(hold, Model({("Arts", 2): answer}))
    assert reasons(outcome)[reason] == 1


def test_records_that_are_not_in_the_list_are_dropped(hold: Hold) -> None:
    def answer(request: Request) -> Any:
        if not is_for_records(request) or "Painting" not in prompt_of(request):
            return Model()(request)
        names = ["Painting", "Sculpture", "Astrology", "Fine arts", "42", "x" * 200]
        return json.dumps({"names": [{"name": name, "description": ""} for name in names]})

    outcome, _ = propose(hold, answer)
    below = [path for path in paths(outcome) if path.startswith("Arts > Fine arts > ")]
    assert below == ["Arts > Fine arts > Painting", "Arts > Fine arts > Sculpture"]
    assert reasons(outcome)["invented"] == 6  # in each of three lists: Astrology and "Fine arts"
    assert reasons(outcome)["not_a_name"] == 6


def test_field_is_not_proposed_below_itself(hold: Hold) -> None:
    again = listed(["Painting", "Sculpture", "Fine Art"])
    outcome, _ = propose(hold, Model({("Arts > Fine arts", n): again for n in range(3)}))
    assert reasons(outcome)["names_its_field"] == 3
    assert "Arts > Fine arts > Fine Art" not in paths(outcome)


def test_answer_in_prose_instead_of_records_is_a_loss_of_its_list(hold: Hold) -> None:
    def answer(request: Request) -> Any:
        if is_for_records(request) and "Topic A0" in prompt_of(request):
            return "Here are the records you wanted."
        return Model()(request)

    outcome, _ = propose(hold, answer)
    assert reasons(outcome)["unparseable"] == 1
    assert paths(outcome)[0] == "Arts"


def test_field_with_nothing_below_is_left_out_with_a_reason(hold: Hold) -> None:
    prose = "I would rather talk about something else than the trades of food."
    outcome, _ = propose(hold, Model({("Trades > Food trades", n): prose for n in range(3)}))
    assert reasons(outcome)["nothing_below"] == 1
    assert "Trades > Food trades" not in paths(outcome)
    assert "Trades > Building trades > Masonry" in paths(outcome)
    outcome, _ = propose(hold, Model({("Trades", n): prose for n in range(3)}))
    (loss,) = [loss for loss in outcome.losses if loss.reason == "nothing_below"]
    assert loss.detail == "Trades"
    assert "Trades" not in paths(outcome)


@pytest.mark.parametrize("path", ["", "Arts", "Trades > Food trades"])
def test_request_without_an_answer_leaves_the_row_open_without_nodes(hold: Hold, path: str) -> None:
    outcome, _ = propose(hold, Model({(path, 1): FailureReason.OUTAGE}))
    assert not outcome.rows
    assert [loss.reason for loss in outcome.losses] == ["endpoint_down"]


def test_next_attempt_repeats_what_is_answered_and_asks_only_the_rest_anew(hold: Hold) -> None:
    down = Model({("Trades", 1): FailureReason.OUTAGE})
    _, first = propose(hold, down)
    outcome, second = propose(hold, Model(), attempt=1)
    answered = {r.key for turn in first for r in turn if path_of(r) != "Trades"}
    assert answered <= {request.key for turn in second for request in turn}
    assert outcome.rows == propose(hold, Model())[0].rows


def test_proposal_is_written_reviewed_and_used_like_any_taxonomy(hold: Hold) -> None:
    outcome, _ = propose(hold, Model())
    taxonomy = proposed_taxonomy(outcome.rows)
    assert {place.node.status for place in taxonomy.places} == {Status.PROPOSED}
    with pytest.raises(FileError, match="no discipline is left"):
        taxonomy.disciplines()
    read = parse_taxonomy(render(taxonomy, "Proposed by some-model."), "proposal.yaml")
    assert read.nodes == taxonomy.nodes
    kept = apply_votes(record_vote(read, "Dance", "ada", True))
    assert [(d.name, d.path) for d in kept.disciplines()] == [
        ("Dance", ["Arts", "Performing arts"])
    ]
    assert len(kept.disciplines(include_proposed=True)) == 8


def test_names_that_would_share_an_id_are_one(hold: Hold) -> None:
    twins = listed(["Génie civil", "Genie civil", "Arts/Media", "Arts Media", "Music"])
    outcome, _ = propose(hold, Model({("Arts > Fine arts", n): twins for n in range(3)}))
    assert parse_taxonomy(render(proposed_taxonomy(outcome.rows)), "t").disciplines(True)


def test_row_without_its_field_is_refused(hold: Hold) -> None:
    outcome, _ = propose(hold, Model())
    with pytest.raises(ValueError, match="nothing is proposed at Arts, above 'Fine arts'"):
        proposed_taxonomy(outcome.rows[1:])


def test_more_lists_cannot_be_needed_than_are_asked_for() -> None:
    with pytest.raises(ValidationError, match="least_lists=2 lists of queries=1"):
        ProposalConfig(queries=1)
