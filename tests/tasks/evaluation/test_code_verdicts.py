"""Answers in code as models give them: right, wrong, in every dress, and dishonest."""

import pytest

from gleanery.tasks.evaluation.code_tasks import CodeTask
from gleanery.tasks.evaluation.code_verdicts import score_programs
from gleanery.tasks.evaluation.sandbox_records import SandboxLimits

PROMPT = '''\
from typing import List
import math


def scale(value: float) -> float:
    return value * 2


def halve(numbers: List[int], up: bool = False) -> List[int]:
    """ Halve each number, and round down, or up when asked to.
    >>> halve([2, 3])
    [1, 1]
    """
'''
TESTS = """
def check(candidate):
    assert candidate([2, 3]) == [1, 1]
    assert candidate([3], up=True) == [2]
    assert candidate([]) == []
    assert candidate([10 ** 20, -3]) == [5 * 10 ** 19, -2]

check(halve)
"""
GOES_ON = CodeTask(prompt=PROMPT, names=["halve"], tests=TESTS, prelude=PROMPT)
FROM_TEXT = CodeTask(prompt="", names=["halve"], tests=TESTS, prelude="")

WHOLE = """\
def halve(numbers, up=False):
    return [-(-n // 2) if up else n // 2 for n in numbers]
"""
BODY = """\
    result = []
    for n in numbers:
        result.append(-(-n // 2) if up else n // 2)
    return result
"""


def indented(text: str, by: str = "    ") -> str:
    return "".join(by + line for line in text.splitlines(keepends=True))


RIGHT_FROM_TEXT = {
    "bare": WHOLE,
    "fence": f"```python\n{WHOLE}```",
    "fence without a language": f"```\n{WHOLE}```",
    "fence in capitals": f"```Python\n{WHOLE}```",
    "fence with attributes": f'```python title="halve.py"\n{WHOLE}```',
    "tildes": f"~~~python\n{WHOLE}~~~",
    "fence never closed": f"Sure!\n```python\n{WHOLE}",
    "fence that the prompt opened": f"{WHOLE}```\n\nThis halves the numbers.",
    "prose around": f"Here is my solution.\n\n```python\n{WHOLE}```\n\nIt runs in O(n).",
    "prose around bare code": f"Here is my solution:\n\n{WHOLE}\nThis runs in O(n).",
    "indented fence in a list": "1. Write it:\n" + indented(f"```python\n{WHOLE}```"),
    "carriage returns": f"```python\n{WHOLE}```".replace("\n", "\r\n"),
    "tabs": WHOLE.replace("    ", "\t"),
    "interpreter session": ">>> def halve(numbers, up=False):\n"
    "...     return [-(-n // 2) if up else n // 2 for n in numbers]\n...\n"
    ">>> halve([2, 3])\n[1, 1]",
    "session in a fence": "```pycon\n>>> def halve(numbers, up=False):\n"
    "...     return [-(-n // 2) if up else n // 2 for n in numbers]\n>>> halve([2])\n[1]\n```",
    "shell block first": f"```bash\npip install nothing\n```\n```python\n{WHOLE}```",
    "output block last": f"```python\n{WHOLE}```\nOutput:\n```text\n[1, 1]\n```",
    "usage block last": f"```python\n{WHOLE}```\nUse it:\n```python\nprint(halve([2, 3]))\n```",
    "wrong first, right last": "```python\ndef halve(n): return n\n```\nBetter:\n"
    f"```python\n{WHOLE}```",
    "function in an earlier block": "```python\ndef half(n, up):\n    return -(-n // 2) if up else "
    "n // 2\n```\nand\n```python\ndef halve(numbers, up=False):\n    return [half(n, up) for n in "
    "numbers]\n```",
    "constant in an earlier block": f"```python\nTWO = 2\nx = numbers[0]\n```\n```python\n"
    f"{WHOLE.replace('// 2', '// TWO')}```",
    "wrong example beside it": f"```python\n{WHOLE}\nassert halve([3]) == [7]\n```",
    "example that reads input": f"{WHOLE}\nx = halve([int(input())])\nprint(x)\n",
    "main block": f"{WHOLE}\nif __name__ == '__main__':\n    raise SystemExit(halve([1]))\n",
    "printing loop": f"{WHOLE}\nfor n in range(3):\n    print(halve([n]) / 0)\n",
    "word of prose that parses": f"{WHOLE}\nExplanation\n\nThe code halves.",
    "helper class": "class Half:\n    def of(self, n, up): return -(-n // 2) if up else n // 2\n\n"
    "def halve(numbers, up=False):\n    return [Half().of(n, up) for n in numbers]\n",
    "lambda": "halve = lambda numbers, up=False: [-(-n // 2) if up else n // 2 for n in numbers]",
    "lambda that calls itself": "halve = lambda n, up=False: ([-(-n[0] // 2) if up else n[0] // 2] "
    "+ halve(n[1:], up)) if n else []",
    "decorated": f"import functools\n\n@functools.wraps(len)\n{WHOLE}",
    "generator of a table": f"TABLE = [n // 2 for n in range(9)]\nTABLE.append(3)\n{WHOLE}",
    "future import": f"from __future__ import annotations\n\n{WHOLE}",
    "thoughts before": f"<think>\n```python\ndef halve(n): return 0\n```\n</think>\n{WHOLE}",
    "markers of the published prompt": f"[BEGIN]\n{WHOLE}[DONE]\n[BEGIN]\ndef halve(): 1\n[DONE]",
    "continues with the next task": f"{WHOLE}[DONE]\n\nYou are …\n[BEGIN]\ndef halve(n): 1\n[DONE]",
    "cut off in the next function": f"{WHOLE}\n\ndef third(numbers):\n    return [n // (3",
    "cut off in a text": f'{WHOLE}\n\ndef third(numbers):\n    """ Divide',
    "code block by indentation": indented(WHOLE),
}
RIGHT_GOES_ON = {
    "body": BODY,
    "body and next function": f"{BODY}\n\ndef third(n):\n    return n / 3\n",
    "body and checks": f"{BODY}\n\nassert halve([3]) == [9]\nprint(halve([1]))\n",
    "body and prose": f"{BODY}\nThis is a simple solution that …\n",
    "body and fence": f"{BODY}```\n\nThat is all.",
    "body and repetition": f"{BODY}\n\n\ndef halve(numbers, up=False):\n    return numbers\n",
    "body and repeated prompt": f"{BODY}\n\n{PROMPT}    return numbers\n",
    "body, cut off": f"{BODY}\n\ndef third(n):\n    if n",
    "body in a fence": f"```python\n{BODY}```",
    "body in a fence, no indent": "```python\n"
    + "".join(line[4:] + "\n" for line in BODY.splitlines())
    + "```",
    "first line lost its indent": BODY.lstrip(),
    "body without indent": "".join(line[4:] + "\n" for line in BODY.splitlines()),
    "body with tabs": BODY.replace("    ", "\t"),
    "body with two spaces": BODY.replace("    ", "  "),
    "body with blank lines first": f"\n\n{BODY}",
    "body with a comment first": f"    # halve them\n{BODY}",
    "repeated signature": PROMPT + BODY,
    "repeated signature in a fence": f"```python\n{PROMPT}{BODY}```",
    "signature again, imports of the prompt": ""
    "def halve(numbers: List[int], up=False) -> List[int]:\n"
    "    return [math.ceil(n / 2) if up else math.floor(n // 2) for n in numbers]\n",
    "signature again, function of the prompt": "def halve(numbers, up=False):\n"
    "    return [int(scale(-(-n // 2) if up else n // 2)) // 2 if abs(n) < 99 else n // 2 "
    "for n in numbers]\n",
    "function defined behind": "    return [half(n, up) for n in numbers]\n\n\ndef half(n, up):\n"
    "    return -(-n // 2) if up else n // 2\n",
    "one line": "    return [-(-n // 2) if up else n // 2 for n in numbers]",
    "docstring again": f'    """Halve."""\n{BODY}',
}
WRONG = {
    "nothing": "",
    "prose": "I am sorry, but I cannot write that.",
    "other name": WHOLE.replace("halve", "half_of"),
    "rounds to zero": "def halve(numbers, up=False):\n    return [int(n / 2) for n in numbers]",
    "ignores the option": "def halve(numbers, up=False):\n    return [n // 2 for n in numbers]",
    "no such option": "def halve(numbers):\n    return [n // 2 for n in numbers]",
    "prints": "def halve(numbers, up=False):\n"
    "    print([-(-n // 2) if up else n // 2 for n in numbers])",
    "yields": "def halve(numbers, up=False):\n    yield from [n // 2 for n in numbers]",
    "tuple": "def halve(numbers, up=False):\n    return tuple(n // 2 for n in numbers)",
    "fault in syntax": "```python\ndef halve(numbers, up=False)\n    return numbers\n```",
    "bad indentation": "def halve(numbers, up=False):\nreturn [n // 2 for n in numbers]",
    "cut off": "def halve(numbers, up=False):\n    return [-(-n // 2) if up else",
    "only the prompt": PROMPT,
    "pass": "def halve(numbers, up=False):\n    pass",
    "not implemented": "def halve(numbers, up=False):\n    raise NotImplementedError",
    "method of a class": "class Solution:\n"
    + indented(WHOLE.replace("(numbers", "(self, numbers")),
    "unknown module": f"import no_such_module\n{WHOLE}",
    "right first, wrong last": f"```python\n{WHOLE}```\n"
    "```python\ndef halve(n, up=0): return n\n```",
    "another language": "```javascript\nfunction halve(numbers) { return numbers }\n```",
    "never ends": "def halve(numbers, up=False):\n    while True: pass",
    "exits": f"{WHOLE}\nimport sys\nsys.exit(0)\n",
    "exits in the call": "def halve(numbers, up=False):\n    import os\n    os._exit(0)",
    "always equal": "class Same(list):\n    __eq__ = lambda self, other: True\n"
    "def halve(numbers, up=False): return Same()",
    "redefines the check": "def check(candidate): pass\ndef halve(numbers, up=False): return 0",
    "catches the check": "def halve(numbers, up=False):\n    raise StopIteration",
    "reads the tests": "import sys\ndef halve(numbers, up=False):\n"
    "    return eval(sys._getframe(1).f_code.co_consts[1])",
    "says that it passed": "def halve(numbers, up=False):\n    print('passed')\nprint('passed')",
    "recursion without end": "def halve(numbers, up=False):\n    return halve(numbers, up)",
    "too much memory": "def halve(numbers, up=False):\n    return [0] * 10 ** 11",
    "null character": "def halve(numbers):\n    return '\x00'",
    "tests of its own": "```python\nassert halve([2, 3]) == [1, 1]\n```",
    "description of the body": '    """Return the halves."""\n',
}
LIMITS = SandboxLimits(cpu_seconds=1, wall_seconds=20)


@pytest.mark.parametrize(
    ("task", "answers", "correct"),
    [
        (FROM_TEXT, RIGHT_FROM_TEXT, True),
        (GOES_ON, RIGHT_FROM_TEXT, True),
        (GOES_ON, RIGHT_GOES_ON, True),
        (FROM_TEXT, WRONG, False),
        (GOES_ON, WRONG, False),
    ],
    ids=["text", "code-prompt", "continued", "wrong", "wrong-code-prompt"],
)
def test_answers_are_worth_what_they_are(
    task: CodeTask, answers: dict[str, str], correct: bool
) -> None:
    verdicts = score_programs(((task, answer) for answer in answers.values()), LIMITS)
    scored = dict(zip(answers, verdicts, strict=True))
    assert {name: each for name, each in scored.items() if each.correct != correct} == {}


def test_verdict_tells_what_was_run_and_how_it_failed() -> None:
    answers = [WHOLE, WRONG["ignores the option"], WRONG["prose"], WRONG["never ends"]]
    right, wrong, prose, slow = score_programs(((FROM_TEXT, a) for a in answers), LIMITS)
    assert (right.extracted.strip(), right.detail) == (WHOLE.strip(), "")
    assert wrong.detail == (
        "failed: AssertionError: , in test line 4: assert candidate([3], up=True) == [2]"
    )
    assert not wrong.unparseable
    assert prose.unparseable
    assert slow.detail == "timeout: more than 1 s of CPU time"


def test_tests_that_cannot_be_run_are_an_error_and_no_verdict() -> None:
    task = FROM_TEXT.model_copy(update={"tests": "halve(lambda: 1)"})
    with pytest.raises(ValueError, match=r"the tests of halve cannot be run: .* pass a function"):
        list(score_programs([(task, WHOLE)], LIMITS))


def test_long_answer_without_a_program_is_read_in_time() -> None:
    answer = "x = 1\nthe next = line\n" * 2000
    (verdict,) = score_programs([(GOES_ON, answer)], LIMITS)
    assert not verdict.correct
