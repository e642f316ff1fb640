"""A model for the prompts that propose a taxonomy or skills, and that label instructions.

It lists what the prompt asks for, and copies records from the list that it is shown.
"""

import json
import re
from typing import Any

FIELDS = ("Sciences", "Crafts", "Services")
BELOW = {
    "Sciences": ("Life sciences", "Earth sciences", "Sciences of matter"),
    "Crafts": ("Building trades", "Textile trades", "Metal trades"),
    "Services": ("Care services", "Transport services", "Repair services"),
    "Life sciences": ("Botany", "Zoology", "Genetics"),
    "Earth sciences": ("Geology", "Oceanography", "Meteorology"),
    "Sciences of matter": ("Physics", "Chemistry", "Materials science"),
    "Building trades": ("Carpentry", "Masonry", "Roofing"),
    "Textile trades": ("Weaving", "Tailoring", "Dyeing"),
    "Metal trades": ("Smithing", "Welding", "Foundry work"),
    "Care services": ("Nursing", "Midwifery", "Child care"),
    "Transport services": ("Shipping", "Rail transport", "Haulage"),
    "Repair services": ("Watchmaking", "Shoe repair", "Bicycle repair"),
}
TOPICS = ("household repairs", "plant care", "family budgets")
SKILLS = {
    "household repairs": ("ordering steps by what depends on what", "naming a risk before a step"),
    "plant care": ("reading symptoms for causes", "naming the risk before a step", "botany"),
    "family budgets": (
        "estimating a sum from rough figures",
        "comparing options by cost",
    ),
}
QUERY_TYPES = ("choosing between options", "finding a cause", "asking for a plan")
LABELLED = ("converting units", "estimating a sum from rough figures")

_LINE = re.compile(r"^(?P<name>[^:\n—]+?)(?:: | — )(?P<rest>.+)$", re.MULTILINE)


def respond(body: dict[str, Any], nth: int) -> str:
    messages = body["messages"]
    prompt = messages[-1]["content"]
    if prompt.startswith("You lay out what people can learn"):
        field = re.search(r"<field>\n(.+?)\n", prompt)
        names = BELOW[field[1].rpartition(" > ")[2].partition(":")[0]] if field else FIELDS
        return "\n".join(f"{name} — All that belongs to {name.lower()}." for name in names)
    if prompt.startswith("You copy a list into records"):
        return json.dumps({"names": _records(prompt.rpartition("<list>")[2])})
    if prompt.startswith("Now give the same list as JSON"):
        return json.dumps({"items": _items(messages[-2]["content"], prompt)})
    if prompt.startswith("Which skills does a good answer"):
        named = [{"name": name, "definition": f"It shows {name}."} for name in LABELLED]
        return json.dumps({"skills": named})
    return _skill_list(prompt)


def _skill_list(prompt: str) -> str:
    if "topics that such requests are about" in prompt:
        return "\n".join(f"{name}: People ask about {name}." for name in TOPICS)
    if "types of such requests" in prompt:
        return "\n".join(f"{n}: Someone is {n}. | I am {n}, help me." for n in QUERY_TYPES)
    topic = next(name for name in TOPICS if f"\n{name}: " in prompt)
    return "\n".join(f"{name}: The answer shows {name}." for name in SKILLS[topic])


def _records(text: str) -> list[dict[str, str]]:
    return [{"name": m["name"], "description": m["rest"]} for m in _LINE.finditer(text)]


def _items(text: str, prompt: str) -> list[dict[str, object]]:
    items: list[dict[str, object]] = []
    for match in _LINE.finditer(text):
        definition, _, example = match["rest"].partition(" | ")
        item: dict[str, object] = {"name": match["name"], "definition": definition}
        if "is_topic" in prompt:
            item["is_topic"] = False
        if '"example"' in prompt:
            item["example"] = example
        items.append(item)
    return items
