"""A model that writes skill examples and judges them, for the stub server."""

import json
import re
from typing import Any

CRITIQUE = "Strengths: it has numbers. Weaknesses: it does not say who brings the chairs."
RESPONSE = """\
Take **{tables} tables** and stand them in two rows with the dance floor between.

A round table of 1.8 m needs a circle of some 3.3 m once the chairs are pulled back and somebody \
can walk behind them. Along the long wall that gives four, along the short one two, and the \
middle stays free. Ask the caterer for {tables} and for two more in the van: an uncle with a \
pushchair takes the room of three, and it is easier to carry a table back than to find one.

Put the band at the narrow end, since the door there leads to the yard. People who do not dance \
will want to sit away from it, so give them the row by the windows, and leave 1.2 m to the kitchen \
door for the trays."""


def respond(body: dict[str, Any], nth: int) -> str:
    prompt, first = body["messages"][-1]["content"], body["messages"][0]["content"]
    if first.startswith("You check training material"):
        return json.dumps(verdicts(prompt))
    if prompt.startswith("Now you are the person"):
        return CRITIQUE
    number = int(re.search(r"Being good at skill (\d+)", first)[1])  # type: ignore[index]
    tables = 10 + number
    instruction = f"Our hall is {tables} by 9 m, with {tables * 8} guests. How many round tables?"
    response = RESPONSE.format(tables=tables)
    if number % 5 == 4:
        response = "Here is the improved answer:\n\n" + response
    if "response_format" in body:
        return json.dumps({"instruction": instruction, "response": response})
    return f"<<<instruction>>>\n{instruction}\n<<<response>>>\n{response}\n<<<end>>>"


def verdicts(prompt: str) -> dict[str, Any]:
    keys = re.findall(r"^(skill_\d): ", prompt, re.MULTILINE)
    evidence = "needs a circle of some 3.3 m once the chairs"
    judged = {key: {"evidence": evidence, "verdict": "full"} for key in keys}
    return {**judged, "answers": {"reason": "Nothing is missing.", "verdict": "full"}}
