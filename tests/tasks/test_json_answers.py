import contextlib
import json
import time

import pytest

from gleanery.tasks.json_answers import read_json_answer, read_json_answers

VALUE = {"pairs": [{"question": "What is 2 + 2?", "answer": "4"}], "none": True}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(VALUE),
        json.dumps(VALUE, indent=2),
        f"```json\n{json.dumps(VALUE, indent=2)}\n```",
        f"```\n{json.dumps(VALUE)}\n```\nLet me know if you need more.",
        f"Here are the pairs you asked for:\n\n{json.dumps(VALUE)}",
        f"<think>The page has one pair: {{'a': 1}} … {{\"x\": 2}}</think>\n{json.dumps(VALUE)}",
        f"The set {{x}} on [0, 1) is treated in [3]. {json.dumps(VALUE)} That is all.",
        f'In short: {{"none": false}}. In full: {json.dumps(VALUE)}',
        '{"pairs": [{"question": "What is 2 + 2?", "answer": "4",},], "none": true,}',
    ],
)
def test_value_is_found_in_whatever_surrounds_it(text: str) -> None:
    assert read_json_answer(text) == VALUE


def test_all_values_are_read_in_order() -> None:
    text = 'A draft: {"grade": 2}, [1, 2], then {"grade": 3}. The set {x} is none.'
    assert read_json_answers(text) == [{"grade": 2}, {"grade": 3}]
    with pytest.raises(ValueError, match="no JSON"):
        read_json_answers("[1, 2] and {x}")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"$\alpha + \sqrt{2}$", r"$\alpha + \sqrt{2}$"),
        (r"$\frac{1}{2} \times \theta$", r"$\frac{1}{2} \times \theta$"),
        (r"$\beta \in \binom{n}{k}$", r"$\beta \in \binom{n}{k}$"),
        (r"$\nabla f \neq 0$", r"$\nabla f \neq 0$"),
        (r"$\rho \rightarrow \right)$", r"$\rho \rightarrow \right)$"),
        (r"$\underline{x}$ and $\upsilon$", r"$\underline{x}$ and $\upsilon$"),
        (r"as $x \to 0$, $\tan x \to 0$", r"as $x \to 0$, $\tan x \to 0$"),
        (r"the frequency $\nu$ of light", r"the frequency $\nu$ of light"),
        (r"\(a\) and \[b\], \{c\}, 5\%, 3\$", r"\(a\) and \[b\], \{c\}, 5\%, 3\$"),
        (r"$\begin{pmatrix} \alpha & 0 \\ 0 & 1 \end{pmatrix}$",) * 2,
        # written as JSON demands
        (r"$\\frac{1}{2} \\times \\theta \\neq \\beta$", r"$\frac{1}{2} \times \theta \neq \beta$"),
        (r"$\\begin{pmatrix} 1 \\\\ 0 \\end{pmatrix}$", r"$\begin{pmatrix} 1 \\ 0 \end{pmatrix}$"),
        (r"$\\frac12$ but $\sqrt 2$", r"$\frac12$ but $\sqrt 2$"),
        # escapes that are meant
        (r"First.\nThen u = 3 m/s.", "First.\nThen u = 3 m/s."),
        (r"Given:\nu = 3 m/s\nv = 5 m/s", "Given:\nu = 3 m/s\nv = 5 m/s"),
        (r"for i in x:\n\treturn i\r\n", "for i in x:\n\treturn i\r\n"),
        (r"caf\u00e9 \"quoted\" a\/b", 'café "quoted" a/b'),
        (r"it\'s", "it's"),
        (r"C:\\new\\table", r"C:\new\table"),
        ("one\ntwo\tthree", "one\ntwo\tthree"),
        (r"clef \ud834\udd1e", "clef \U0001d11e"),
    ],
)
def test_backslashes_read_as_they_were_meant(written: str, meant: str) -> None:
    assert read_json_answer(f'{{"answer": "{written}"}}') == {"answer": meant}


@pytest.mark.parametrize(
    "text",
    [
        r"\frac{a}{b} \\ \text{if } x",
        "tab\there",
        "line\nbreak\r\n",
        'a "b" \\nu',
        "ünï ∑ 中文 😀",
        "",
    ],
)
def test_correct_json_is_read_unchanged(text: str) -> None:
    assert read_json_answer(json.dumps({"a": text})) == {"a": text}
    assert read_json_answer(json.dumps([text], ensure_ascii=False)) == [text]


def test_characters_no_file_can_hold_are_dropped() -> None:
    value = read_json_answer(r'{"a": "x\u0000y\ud800z\u0007", "b\udfff": ["\u000c1"]}')

    assert value == {"a": "xyz", "b": ["1"]}
    json.dumps(value, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I could not find any pairs.",
        "42",
        '"a string"',
        '{"pairs": [{"question": "What is 2 +',
        '{"pairs": [{"question": "a", "answer": "b"}, {"question": "c"',
        '{"pairs": [{"question": "a", "answer": "b"}]',
        '{"a": "he said "no" to it"}',
        '{"a": NaN}',
        "{'a': 'single quotes'}",
        '{"a" 1}',
        "[" * 100_000,
        "[" * 100_000 + "]" * 100_000,
        '{"n": ' + "9" * 10_000 + "}",
    ],
)
def test_anything_but_a_whole_value_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        read_json_answer(text)


@pytest.mark.parametrize(
    "text", ['{"' * 20_000, '{"a":1} ' * 20_000, '{"a" ' * 20_000 + "}" * 20_000]
)
def test_hostile_answers_take_no_more_than_linear_time(text: str) -> None:
    started = time.process_time()
    with contextlib.suppress(ValueError):
        read_json_answer(text)
    assert time.process_time() - started < 2
