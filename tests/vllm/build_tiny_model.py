"""Build a tiny chat model with random weights: build_tiny_model.py FOLDER

Runs in the vLLM environment, which has torch, transformers and tokenizers. The model is a Qwen2 of
some 0.7 million parameters; its tokenizer is trained on the standard library's own source.
"""

import sys
import sysconfig
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

VOCABULARY = 2048
CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n"
    "{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def build_tokenizer() -> PreTrainedTokenizerFast:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=["<|endoftext|>", "<|im_start|>", "<|im_end|>"],
        # All bytes, so that any text of any answer can be spelled.
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    library = Path(sysconfig.get_path("stdlib"))
    texts = (path.read_text(errors="ignore") for path in sorted(library.glob("*.py"))[:100])
    tokenizer.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        chat_template=CHAT_TEMPLATE,
    )


def build_model(eos: int) -> Qwen2ForCausalLM:
    torch.manual_seed(0)
    config = Qwen2Config(
        vocab_size=VOCABULARY,
        hidden_size=128,
        intermediate_size=256,
        num_hidden_layers=2,
        num_attention_heads=2,  # a head of 64: the smallest that vLLM's CPU attention takes
        num_key_value_heads=1,
        max_position_embeddings=8192,  # three turns about skills, each of a page or two
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=eos,
    )
    return Qwen2ForCausalLM(config).to(torch.bfloat16)


def main(folder: Path) -> None:
    tokenizer = build_tokenizer()
    model = build_model(tokenizer.convert_tokens_to_ids("<|im_end|>"))
    tokenizer.save_pretrained(folder)
    model.save_pretrained(folder)
    print(f"{sum(p.numel() for p in model.parameters())} parameters in {folder}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
