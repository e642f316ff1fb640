"""How fast a model is trained: operations a token, and what devices can do."""

from typing import Any

import pytest

from gleanery.tasks.training.throughput import (
    count_weights,
    flops_per_token,
    peak_flops,
    training_flops,
    utilisation,
)


def test_utilisation_is_the_share_of_what_a_device_could_do() -> None:
    assert peak_flops("NVIDIA H100 80GB HBM3") == peak_flops("NVIDIA H200") == 989e12
    assert peak_flops("NVIDIA H100 PCIe") == 756e12
    assert peak_flops("cpu") is None
    per_token = flops_per_token(trained=10**9, frozen=0)
    assert utilisation(989e12 / per_token, per_token, "NVIDIA H200", 2) == 0.5
    assert utilisation(1e9, per_token, "cpu", 1) == 0


@pytest.mark.parametrize(
    ("device", "peak"),
    [
        ("NVIDIA H100 NVL", 835e12),
        ("NVIDIA H200 NVL", 835e12),
        ("NVIDIA GH200 480GB", 989e12),
        ("NVIDIA A100-SXM4-80GB", 312e12),
        ("NVIDIA A100 80GB PCIe", 312e12),
        ("NVIDIA L40S", 362e12),
        ("NVIDIA A10", 125e12),
        ("NVIDIA A10G", 70e12),
        ("NVIDIA H100 80GB HBM3 MIG 3g.40gb", None),
        ("Tesla V100-SXM2-16GB", None),
    ],
)
def test_devices_are_known_by_the_names_that_drivers_give_them(
    device: str, peak: float | None
) -> None:
    assert peak_flops(device) == peak


@pytest.mark.parametrize("tied", [True, False])
def test_a_table_that_is_only_looked_up_in_costs_no_operations(tied: bool) -> None:
    from transformers import Qwen2Config, Qwen2ForCausalLM

    model: Any = Qwen2ForCausalLM(
        Qwen2Config(
            vocab_size=100,
            hidden_size=16,
            intermediate_size=32,
            num_hidden_layers=1,
            num_attention_heads=2,
            num_key_value_heads=2,
            tie_word_embeddings=tied,
        )
    )
    layers = sum(p.numel() for name, p in model.named_parameters() if "layers" in name) + 16
    assert training_flops(model) == 6 * (layers + 100 * 16)
    for parameter in model.parameters():
        parameter.requires_grad = False
    assert training_flops(model) == 4 * (layers + 100 * 16)


def test_weights_in_four_bits_are_counted_one_by_one() -> None:
    import torch

    class Params4bit(torch.nn.Parameter):  # bitsandbytes packs two of them in a byte
        pass

    packed = Params4bit(torch.zeros(50, 1, dtype=torch.uint8), requires_grad=False)
    assert count_weights([packed, torch.nn.Parameter(torch.zeros(7))]) == 107
