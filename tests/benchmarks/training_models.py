"""Base models of random weights in Qwen2's shapes, with a tokenizer of the texts they will see.

python tests/benchmarks/training_models.py FOLDER SHAPE TEXTS.json
"""

import json
import sys
from collections.abc import Iterable
from pathlib import Path

# hidden, intermediate, layers, heads, heads of keys and values, tokens: of the published
# configurations of Qwen2.5-0.5B and -1.5B, and two that a laptop trains.
SHAPES = {
    "toy": (64, 128, 2, 4, 2, 2_048),
    "1M": (128, 384, 4, 4, 2, 2_048),
    "0.5B": (896, 4_864, 24, 14, 2, 151_936),
    "1.5B": (1_536, 8_960, 28, 12, 2, 151_936),
}
PUBLISHED = ("0.5B", "1.5B")
_TOKENIZER_MOST = 32_000  # what these texts can fill; a model may have more, which go unused


def build_model(folder: Path, shape: str, texts: Iterable[str], seed: int = 0) -> Path:
    """Write a model of a shape of `SHAPES` and its tokenizer; the same ones for the same seed."""
    import torch
    from transformers import Qwen2Config, Qwen2ForCausalLM

    from gleanery.tasks.training.process_fresh import train_tokenizer
    from gleanery.tasks.training.training_spec import FreshModel

    hidden, intermediate, layers, heads, shared, tokens = SHAPES[shape]
    fresh = FreshModel(vocabulary=min(tokens, _TOKENIZER_MOST), context=4_096)
    tokenizer = train_tokenizer(texts, fresh)
    torch.manual_seed(seed)
    config = Qwen2Config(
        vocab_size=tokens,
        hidden_size=hidden,
        intermediate_size=intermediate,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        num_key_value_heads=shared,
        max_position_embeddings=4_096,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    tokenizer.save_pretrained(folder)
    model = Qwen2ForCausalLM(config)
    # As checkpoints of that size are published.
    (model.to(torch.bfloat16) if shape in PUBLISHED else model).save_pretrained(folder)
    return folder


if __name__ == "__main__":
    build_model(Path(sys.argv[1]), sys.argv[2], json.loads(Path(sys.argv[3]).read_text()))
