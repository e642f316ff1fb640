"""What is asked of vLLM's command line."""

import pytest

from gleanery.infra.llm.protocol import ModelIdentity
from gleanery.infra.llm.vllm_command import fill_in, flags, server_command, server_environment
from gleanery.infra.llm.vllm_config import VLLMConfig

MODEL = ModelIdentity("m")


def test_flags_follow_vllms_spelling() -> None:
    arguments = {
        "max_model_len": 4096,
        "quantization": None,
        "enforce_eager": True,
        "enable_prefix_caching": False,
        "seed": -1,
        "lora_modules": ["a=/x", "b=/y"],
        "structured_outputs_config": {"backend": "guidance"},
    }
    assert list(flags(arguments)) == [
        "--max-model-len=4096",
        "--enforce-eager",
        "--no-enable-prefix-caching",
        "--seed=-1",
        *("--lora-modules", "a=/x", "b=/y"),
        *("--structured-outputs-config", '{"backend":"guidance"}'),
    ]


def test_only_what_is_set_reaches_the_command_line() -> None:
    command = server_command(VLLMConfig(max_num_seqs=64), MODEL, 18000, ())
    assert command[:3] == [*VLLMConfig().command, "m"]
    assert "--served-model-name=m" in command
    assert "--max-num-seqs=64" in command
    assert not [word for word in command if word.startswith(("--revision", "--quantization"))]


def test_a_hub_model_is_served_at_its_revision_under_its_name() -> None:
    command = server_command(VLLMConfig(), ModelIdentity("org/m", "abc123"), 18000, ())
    assert {"org/m", "--served-model-name=org/m", "--revision=abc123"} <= set(command)


def test_a_folder_of_weights_is_served_under_the_declared_name() -> None:
    config = VLLMConfig(weights="/models/m")
    command = server_command(config, ModelIdentity("org/m", "our-v2"), 18000, ())
    assert {"/models/m", "--served-model-name=org/m"} <= set(command)
    assert "--revision=our-v2" not in command


def test_engine_args_pass_through() -> None:
    config = VLLMConfig(engine_args={"max_lora_rank": 16, "enable_lora": True})
    command = server_command(config, MODEL, 18000, ())
    assert command[-2:] == ["--max-lora-rank=16", "--enable-lora"]


def test_a_container_gets_its_port_and_gpus_and_keeps_other_braces() -> None:
    command = ("docker", "run", "--name=v-{port}", "--gpus=device={gpu}", '--label={"a":1}')
    assert fill_in(command, 18001, ("2", "3")) == [
        *("docker", "run", "--name=v-18001", "--gpus=device=2,3", '--label={"a":1}')
    ]


def test_each_replica_sees_only_its_gpus() -> None:
    config = VLLMConfig(environment={"A": "config"})
    inherited = {"A": "flow", "CUDA_VISIBLE_DEVICES": "0,1,2,3", "PATH": "/bin"}
    assert server_environment(config, inherited, ("2", "3")) == {
        "A": "config",
        "CUDA_VISIBLE_DEVICES": "2,3",
        "PATH": "/bin",
    }
    assert server_environment(config, {}, ()) == {"A": "config"}


@pytest.mark.parametrize("name", ["HF_TOKEN", "AWS_SECRET_ACCESS_KEY", "PASSWORD"])
def test_a_secret_in_the_environment_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} looks like a secret"):
        VLLMConfig(environment={name: "x"})


@pytest.mark.parametrize("name", ["api_key", "hf-token", "api-key"])
def test_a_secret_engine_argument_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="looks like a secret"):
        VLLMConfig(engine_args={name: "x"})


@pytest.mark.parametrize("name", ["port", "max_model_len", "served_model_name"])
def test_an_engine_argument_that_is_ours_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"engine_args sets {name}"):
        VLLMConfig(engine_args={name: 1})


def test_an_engine_argument_with_tokens_in_its_name_is_no_secret() -> None:
    assert VLLMConfig(engine_args={"long_prefill_token_threshold": 9})


def test_gpus_must_divide_into_groups() -> None:
    with pytest.raises(ValueError, match="3 GPUs do not divide into groups of 2"):
        VLLMConfig(gpus=("0", "1", "2"), tensor_parallel_size=2)


def test_an_unknown_key_names_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"no key max_len; known keys: .*max_model_len"):
        VLLMConfig.model_validate({"max_len": 1})
