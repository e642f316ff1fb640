"""What names a request: the answers that are kept under it stay found."""

import pytest

from gleanery.infra.llm.protocol import Message, ModelIdentity, Request, Sampling

MODEL = ModelIdentity("m")
QUESTION = (Message(role="user", content="?"),)


def test_the_key_of_a_talk_stays_what_it_was_when_its_answer_was_kept() -> None:
    assert Request(MODEL, QUESTION, Sampling()).key == "0b5209b8a0c40a002a083d5871e0414b"


def test_a_prompt_has_a_key_of_its_own() -> None:
    prompts = [Request(MODEL, (), Sampling(), prompt=text).key for text in ("?", "!")]
    assert len({*prompts, Request(MODEL, QUESTION, Sampling()).key}) == 3


@pytest.mark.parametrize(("messages", "prompt"), [((), ""), (QUESTION, "?")])
def test_a_request_is_either_a_talk_or_a_prompt(messages: tuple[Message, ...], prompt: str) -> None:
    with pytest.raises(ValueError, match="either messages or a prompt"):
        Request(MODEL, messages, Sampling(), prompt=prompt)
