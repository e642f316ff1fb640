"""Fine-tune a tiny model on a release as it is: train_two_steps.py RELEASE_FOLDER OUTPUT_FOLDER

The model is new and random; its tokenizer is trained on the release's own texts. Prints what the
trainer made of the first row, and its losses, as JSON.
"""

import json
import sys
from typing import Any

from datasets import Dataset, DatasetDict, load_dataset
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM
from trl import SFTConfig, SFTTrainer

CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "<|im_start|>{{ message['role'] }}\n"
    "{% if message['role'] == 'assistant' %}"
    "{% generation %}{{ message['content'] }}<|im_end|>{% endgeneration %}"
    "{% else %}{{ message['content'] }}<|im_end|>{% endif %}{{ '\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def build_tokenizer(rows: Dataset) -> PreTrainedTokenizerFast:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=512,
        special_tokens=["<|endoftext|>", "<|im_start|>", "<|im_end|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    texts = (turn["content"] for row in rows for turn in row["messages"])
    tokenizer.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        chat_template=CHAT_TEMPLATE,
    )


def build_model(tokenizer: PreTrainedTokenizerFast) -> Qwen2ForCausalLM:
    return Qwen2ForCausalLM(
        Qwen2Config(
            vocab_size=len(tokenizer),
            hidden_size=32,
            intermediate_size=64,
            num_hidden_layers=1,
            num_attention_heads=2,
            num_key_value_heads=1,
            max_position_embeddings=1024,
            bos_token_id=None,
            eos_token_id=tokenizer.eos_token_id,
        )
    )


def new_trainer(rows: DatasetDict, output: str, **options: Any) -> SFTTrainer:
    tokenizer = build_tokenizer(rows["train"])
    config = SFTConfig(
        output_dir=output,
        max_steps=2,
        per_device_train_batch_size=4,
        use_cpu=True,
        bf16=False,
        report_to=[],
        logging_steps=1,
        save_strategy="no",
        disable_tqdm=True,
        **options,
    )
    return SFTTrainer(
        model=build_model(tokenizer),
        args=config,
        train_dataset=rows["train"],
        eval_dataset=rows["validation"],
        processing_class=tokenizer,
    )


def learnt(trainer: SFTTrainer) -> tuple[str, str]:
    """Return the first row as the model sees it, and what of it is in the loss."""
    first = trainer.train_dataset[0]
    pairs = zip(first["input_ids"], first["labels"], strict=True)
    tokens = [token for token, label in pairs if label >= 0]
    tokenizer = trainer.processing_class
    return tokenizer.decode(first["input_ids"]), tokenizer.decode(tokens)


def main(release: str, output: str) -> None:
    rows = load_dataset(release)
    trainer = new_trainer(rows, output)
    trainer.train()
    text, completion = learnt(trainer)
    # As the card says it is done for every turn of the assistant.
    all_turns = new_trainer(rows, output, assistant_only_loss=True, completion_only_loss=False)
    told = {
        "text": text,
        "learnt": completion,
        "learnt_of_all_turns": learnt(all_turns)[1],
        "losses": [log["loss"] for log in trainer.state.log_history if "loss" in log],
        "eval_loss": trainer.evaluate()["eval_loss"],
        "steps": trainer.state.global_step,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
