"""The stub server does what the tests that script it rely on."""

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest


def post(stub: Any, question: str) -> dict[str, Any]:
    body = {"model": "stub-model", "messages": [{"role": "user", "content": question}]}
    http = urllib.request.Request(f"{stub.url}/chat/completions", json.dumps(body).encode())
    with urllib.request.urlopen(http, timeout=10) as reply:
        return dict(json.load(reply))


def text(reply: dict[str, Any]) -> str:
    return str(reply["choices"][0]["message"]["content"])


def test_a_deterministic_answer_follows_the_request_and_a_fresh_one_never_repeats(llm_stub):
    stub, other = llm_stub(), llm_stub()
    assert text(post(stub, "a")) == text(post(stub, "a")) == text(post(other, "a"))
    assert text(post(stub, "a")) != text(post(stub, "b"))
    stub.control(answers="fresh")
    assert text(post(stub, "a")) != text(post(stub, "a"))


def test_a_responder_file_writes_the_answers(llm_stub, tmp_path: Path):
    responder = tmp_path / "respond.py"
    responder.write_text(
        "def respond(body, nth):\n    return f\"{nth}: {body['messages'][-1]['content']}\"\n"
    )
    stub = llm_stub("--responder", str(responder))
    assert [text(post(stub, "q")) for _ in range(2)] == ["1: q", "2: q"]


def test_an_answer_longer_than_max_tokens_is_cut_off_where_that_is_obeyed(llm_stub):
    stub = llm_stub("--obey-max-tokens")
    body = {"messages": [{"role": "user", "content": "q"}], "max_tokens": 3}
    http = urllib.request.Request(f"{stub.url}/chat/completions", json.dumps(body).encode())
    with urllib.request.urlopen(http, timeout=10) as reply:
        answer = json.load(reply)
    assert len(text(answer)) == 12
    assert answer["choices"][0]["finish_reason"] == "length"


def test_requests_are_counted_for_each_body(llm_stub):
    stub = llm_stub()
    for question in "aab":
        post(stub, question)
    counts = stub.counts()
    assert (counts["asked"], counts["answered"], counts["in_flight"]) == (3, 3, 0)
    assert sorted(key["asked"] for key in counts["keys"].values()) == [1, 2]
    assert [entry["nth"] for entry in stub.log()] == [1, 2, 1]
    stub.control(reset=True)
    assert stub.counts()["asked"] == 0


def test_a_fault_strikes_after_so_many_requests_and_so_many_times(llm_stub):
    stub = llm_stub()
    stub.control(faults=[{"kind": "status", "status": 500, "after": 1, "times": 1}])
    post(stub, "a")
    with pytest.raises(urllib.error.HTTPError, match="500"):
        post(stub, "b")
    post(stub, "c")
    stub.control(faults=[{"kind": "status", "status": 500, "times": 1, "per_key": True}])
    for question in "xy":
        with pytest.raises(urllib.error.HTTPError, match="500"):
            post(stub, question)
        post(stub, question)


def test_an_unknown_control_is_an_error(llm_stub):
    with pytest.raises(urllib.error.HTTPError, match="400"):
        llm_stub().control(latncy=1)


def test_exit_ends_the_process_like_a_kill(llm_stub):
    stub = llm_stub()
    stub.control(faults=[{"kind": "exit", "after": 1}])
    post(stub, "a")
    with pytest.raises(OSError, match=r"Remote end closed|Connection reset"):
        post(stub, "b")
    assert stub.process.wait(5) == -9
