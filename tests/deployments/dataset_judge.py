"""What the stub model says as a judge: grades of an example, and of problems that none is the same.

Of a page of the harvest it says what `model_answers` does.
"""

import json
import sys
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parent))

from model_answers import respond as harvested


def respond(body: dict[str, Any], nth: int) -> str:
    text = str(body["messages"][-1]["content"])
    if "You guard tests against leaking" in text:
        problems = body["response_format"]["json_schema"]["schema"]["properties"]
        return json.dumps({name: {"reason": "Other numbers.", "same": False} for name in problems})
    if "The example:" not in text:
        return harvested(body, nth)
    said = {"needs": "nothing", "self_contained": 5, "check": "multiplied again", "correct": 5}
    said |= {"missing": "nothing", "complete": 4, "teaches": "a product", "educational": 4}
    return json.dumps(said)
