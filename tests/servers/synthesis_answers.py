"""A model for the prompts of both syntheses: lists, syllabi, records, questions, answers, examples.

It says what a good model might, in the format that the prompt asks for; records are copied from
the text in the prompt. An answer follows the material in the prompt, not its wording, and the
request's `user` (by which two samples of one prompt may differ). With STUB_FRESH in the environment
it also follows how often the very same request was made, so that nothing is said twice.
"""

import hashlib
import json
import os
import random
import re
from collections.abc import Callable, Sequence
from typing import Any

Drawn = random.Random

ROOTS = ("tide", "grain", "copper", "lantern", "orchard", "timber", "saddle", "harbour", "clay")
ROOTS += ("thread", "glacier", "furnace", "meadow", "anvil", "ledger", "canal", "pollen", "quarry")
TURNS = ("balance", "drift", "cycle", "record", "ratio", "survey", "margin", "gradient", "index")
AREAS = ("Foundations", "History", "Instruments", "Field Work", "Models")
LEVELS = ("introductory", "intermediate", "advanced")
PLACES = ("Riga", "Cork", "Basel", "Lima", "Osaka", "Perth", "Turin", "Accra", "Bergen", "Quito")
PEOPLE = ("Amara", "Bruno", "Chitra", "Dario", "Elif", "Farid", "Greta", "Hana", "Ivo", "Jonas")
FACTS = (
    "{who} weighs {a} kg of {root} in {place} before breakfast and notes the loss of {b} grams.",
    "At {place} the {root} stands {a} cm high, which is {b} cm above the mark of last spring.",
    "Divide {a} by {b}, keep two digits, and write the {turn} beside the {root} in pencil.",
    "The mill near {place} sold {a} sacks at {b} euros each, so {who} could pay the carpenter.",
    "After {a} minutes the {root} cools to {b} degrees, and the valve shuts with a dull click.",
    "{who} rode to {place} on Monday with {a} litres of paint, and {b} of them were spilt.",
    "A {root} of {a} metres bends under {b} newtons, yet it springs back by Tuesday morning.",
    "Where the {turn} falls under {b}, the crew in {place} swaps the filter for a finer mesh.",
    "Nine of the {a} jars held {root}, while {who} had filled the other {b} with salt.",
    "Multiply the {turn} of {b} by the {a} hectares around {place} to learn what the barn holds.",
    "Once {who} had sanded {a} boards, only {b} were straight enough for the {root} frame.",
    "The ferry from {place} carries {a} bicycles, but a {root} trailer takes the room of {b}.",
)

_LISTED = re.compile(
    r"^\d+\. (?P<name>.+)\nLevel: (?P<level>.*)\nIntroduction: (?P<introduction>.*)\n"
    r"Subtopics: (?P<subtopics>.*)$",
    re.MULTILINE,
)
_SESSION = re.compile(
    r"^Session \d+: (?P<title>.+)\nDescription: (?P<description>.*)\nKey concepts: (?P<c>.*)$",
    re.MULTILINE,
)
_TURNS_ON = re.compile(r"- It turns on .{3,5} key concepts?: (.+?)\.(?: Let it| They come|\n)")
_MANNER = re.compile(r"^- (?:Difficulty|Form): (.+)$", re.MULTILINE)
_WITHIN = re.compile(r'homework for the course "(.+?)" \(.*?\) in (.+?)\. Inside <syllabus>')


def kind_of(body: dict[str, Any]) -> str:
    """Return what a request asks for; a question on its own asks for an answer."""
    prompt = body["messages"][-1]["content"]
    return next((kind for start, kind in STARTS.items() if prompt.startswith(start)), "answer")


def respond(body: dict[str, Any], nth: int) -> str:
    turn = nth - 1 if os.environ.get("STUB_FRESH") else 0
    kind = kind_of(body)
    seed = json.dumps([kind, _material(kind, body), body.get("user", ""), turn])
    drawn = random.Random(hashlib.sha256(seed.encode()).digest())
    return _ANSWERS[kind](body, drawn)


def _material(kind: str, body: dict[str, Any]) -> list[str]:
    """Return what a request is about."""
    prompt, first = _prompt(body), str(body["messages"][0]["content"])
    if kind == "question":
        return [*_subject_and_discipline(prompt), _concepts(prompt), *_MANNER.findall(prompt)]
    if kind in ("draft", "critique", "revision", "rewording"):
        return [_tagged(first, "skills"), _tagged(first, "query_type")]
    tags = {"subjects": "discipline", "syllabus": "subject", "verification": "response"}
    return [_tagged(prompt, tags[kind]) if kind in tags else prompt]


def list_subjects(body: dict[str, Any], drawn: Drawn) -> str:
    """Name two subjects that every list names, and a third."""
    name = _tagged(_prompt(body), "discipline").splitlines()[0]
    listed = []
    for number, area in enumerate([*AREAS[:2], drawn.choice(AREAS[2:])], start=1):
        listed.append(
            f"{number}. {area} of {name}\nLevel: {LEVELS[number - 1]}\n"
            f"Introduction: {_fact(drawn)}\nSubtopics: {', '.join(_terms(drawn, 3))}"
        )
    return "\n\n".join(listed)


def record_subjects(body: dict[str, Any], drawn: Drawn) -> str:
    found = _LISTED.finditer(_tagged(_prompt(body), "list"))
    subjects = [{**m.groupdict(), "subtopics": m["subtopics"].split(", ")} for m in found]
    return json.dumps({"subjects": subjects})


def write_syllabus(body: dict[str, Any], drawn: Drawn) -> str:
    terms = _terms(drawn, 20)
    return "\n\n".join(
        f"Session {number}: The {terms.pop()}\nDescription: {_fact(drawn)}\n"
        f"Key concepts: {'; '.join(terms.pop() for _ in range(4))}"
        for number in range(1, 5)
    )


def record_syllabus(body: dict[str, Any], drawn: Drawn) -> str:
    found = _SESSION.finditer(_tagged(_prompt(body), "syllabus"))
    sessions = [
        {"title": m["title"], "description": m["description"], "concepts": m["c"].split("; ")}
        for m in found
    ]
    return json.dumps({"sessions": sessions})


def write_question(body: dict[str, Any], drawn: Drawn) -> str:
    subject, discipline = _subject_and_discipline(_prompt(body))
    told = " ".join(_facts(drawn, 2))
    wanted = f"how large is the {drawn.choice(TURNS)} for {_who(drawn)}?"
    asked = f"With {_concepts(_prompt(body))} in mind, {wanted}"
    return json.dumps({"question": f"({subject}, {discipline}) {told} {asked}"})


def answer_question(body: dict[str, Any], drawn: Drawn) -> str:
    return " ".join(_facts(drawn, 6))


def draft_example(body: dict[str, Any], drawn: Drawn) -> str:
    return _sections(body, _instruction(drawn), _response(drawn))


def criticise(body: dict[str, Any], drawn: Drawn) -> str:
    return f"Strengths: the figures. Weaknesses: nobody learns where {_who(drawn)} put the key."


def revise_example(body: dict[str, Any], drawn: Drawn) -> str:
    """Keep the draft's instruction, and write another response."""
    draft = body["messages"][1]["content"]
    return _sections(body, _section(draft, "instruction"), _response(drawn))


def reword(body: dict[str, Any], drawn: Drawn) -> str:
    return _sections(body, _instruction(drawn))


def verify(body: dict[str, Any], drawn: Drawn) -> str:
    prompt = _prompt(body)
    evidence = re.split(r"(?<=\.)\s", _tagged(prompt, "response"))[0]
    keys = re.findall(r"^(skill_\d): ", prompt, re.MULTILINE)
    judged = {key: {"evidence": evidence, "verdict": "full"} for key in keys}
    whole = {"reason": f"Nothing is missing for {_who(drawn)}.", "verdict": "full"}
    return json.dumps({**judged, "answers": whole})


STARTS = {
    "You design the curriculum": "subjects",
    "You copy a list of subjects": "subject records",
    "You plan the teaching": "syllabus",
    "You copy a syllabus": "syllabus records",
    "You write homework": "question",
    "You write training material": "draft",
    "Now you are the person": "critique",
    "Now write the final": "revision",
    "The instruction gives away": "rewording",
    "You check training material": "verification",
}
_ANSWERS: dict[str, Callable[[dict[str, Any], Drawn], str]] = {
    "subjects": list_subjects,
    "subject records": record_subjects,
    "syllabus": write_syllabus,
    "syllabus records": record_syllabus,
    "question": write_question,
    "answer": answer_question,
    "draft": draft_example,
    "critique": criticise,
    "revision": revise_example,
    "rewording": reword,
    "verification": verify,
}


def _prompt(body: dict[str, Any]) -> str:
    return str(body["messages"][-1]["content"])


def _subject_and_discipline(prompt: str) -> tuple[str, str]:
    subject, discipline = _WITHIN.search(prompt).groups()  # type: ignore[union-attr]
    return subject, discipline


def _concepts(prompt: str) -> str:
    shown = _TURNS_ON.search(prompt)[1]  # type: ignore[index]
    return " and ".join(re.sub(r" \(session \d+\)", "", part) for part in shown.split("; "))


def _tagged(prompt: str, tag: str) -> str:
    return prompt.rpartition(f"<{tag}>\n")[2].rpartition(f"\n</{tag}>")[0]


def _section(answer: str, name: str) -> str:
    """Return one text of an answer of ours, in either format."""
    if answer.startswith("{"):
        return str(json.loads(answer)[name])
    return answer.partition(f"<<<{name}>>>\n")[2].partition("\n<<<")[0]


def _sections(body: dict[str, Any], *texts: str) -> str:
    named = dict(zip(("instruction", "response"), texts, strict=False))
    if "response_format" in body or "structured_outputs" in body:
        return json.dumps(named)
    lines = [line for name, text in named.items() for line in (f"<<<{name}>>>", text)]
    return "\n".join([*lines, "<<<end>>>"])


def _instruction(drawn: Drawn) -> str:
    told = " ".join(_facts(drawn, 2))
    return f"{told} What do I tell {_who(drawn)} in {drawn.choice(PLACES)} by Friday?"


def _response(drawn: Drawn) -> str:
    facts = _facts(drawn, 9)
    return " ".join(facts[:5]) + "\n\n" + " ".join(facts[5:])


def _facts(drawn: Drawn, count: int) -> Sequence[str]:
    return [_filled(drawn, template) for template in drawn.sample(FACTS, count)]


def _fact(drawn: Drawn) -> str:
    return _filled(drawn, drawn.choice(FACTS))


def _filled(drawn: Drawn, template: str) -> str:
    return template.format(
        who=_who(drawn),
        place=drawn.choice(PLACES),
        root=drawn.choice(ROOTS),
        turn=drawn.choice(TURNS),
        a=drawn.randrange(40, 900),
        b=drawn.randrange(3, 40),
    )


def _who(drawn: Drawn) -> str:
    return drawn.choice(PEOPLE)


def _terms(drawn: Drawn, count: int) -> list[str]:
    """Return so many different terms of two words."""
    return drawn.sample([f"{root} {turn}" for root in ROOTS for turn in TURNS], count)
