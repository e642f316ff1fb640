"""The training process's own base: random weights, and a tokenizer of the data it will learn.

Both depend on the release's training split and on the configuration alone, so that a training that
goes on elsewhere builds the same ones again.
"""

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

from gleanery.tasks.training.training_spec import FreshModel, TrainingSpec

END_OF_TEXT, TURN, END_OF_TURN = "<|end_of_text|>", "<|turn|>", "<|end_of_turn|>"
# What an assistant says is marked, for trainers that learn all of its turns.
TEMPLATE = (
    "{%- for message in messages -%}"
    "{{ '<|turn|>' + message['role'] + '\n' }}"
    "{%- if message['role'] == 'assistant' -%}"
    "{% generation %}{{ message['content'] + '<|end_of_turn|>' }}{% endgeneration %}"
    "{%- else -%}{{ message['content'] + '<|end_of_turn|>' }}{%- endif -%}"
    "{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{ '<|turn|>assistant\n' }}{%- endif -%}"
)
_POLL_S = 0.1


def with_fresh_base(spec: TrainingSpec) -> TrainingSpec:
    """Return the spec with the folder of a fresh base; as it is where it names one already.

    The first process of a machine builds it, the others wait.
    """
    if spec.model.fresh is None:
        return spec
    folder = spec.work / "base"
    if int(os.environ.get("LOCAL_RANK", "0")) == 0:
        unfinished = spec.work / "base-unfinished"
        build_fresh(spec.model.fresh, _texts(spec.train_files), unfinished)
        unfinished.rename(folder)
    while not folder.is_dir():
        time.sleep(_POLL_S)
    model = spec.model.model_copy(update={"path": str(folder), "fresh": None})
    return spec.model_copy(update={"model": model})


def build_fresh(fresh: FreshModel, texts: Iterable[str], folder: Path) -> None:
    """Write a model of random weights, and the tokenizer that it has of these texts."""
    tokenizer = train_tokenizer(texts, fresh)
    tokenizer.save_pretrained(folder)
    with torch.random.fork_rng(devices=[]):  # the training's own random numbers stay what they were
        torch.manual_seed(fresh.seed)
        model = Qwen2ForCausalLM(_shape(fresh, tokenizer))
    model.save_pretrained(folder)


def train_tokenizer(texts: Iterable[str], fresh: FreshModel) -> PreTrainedTokenizerFast:
    """Return a byte-level BPE tokenizer of these texts: it can spell any text there is."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=fresh.vocabulary,
        special_tokens=[END_OF_TEXT, TURN, END_OF_TURN],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        eos_token=END_OF_TURN,
        pad_token=END_OF_TEXT,
        chat_template=TEMPLATE,
        model_max_length=fresh.context,
        clean_up_tokenization_spaces=False,
    )


def _shape(fresh: FreshModel, tokenizer: Any) -> Qwen2Config:
    return Qwen2Config(
        vocab_size=fresh.vocabulary,
        hidden_size=fresh.width,
        intermediate_size=3 * fresh.width,
        num_hidden_layers=fresh.layers,
        num_attention_heads=fresh.heads,
        num_key_value_heads=fresh.heads,
        max_position_embeddings=fresh.context,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )


def _texts(files: Sequence[str]) -> Iterator[str]:
    """Yield all that is said in the training split, whichever of its rows are learnt."""
    for file in files:
        for batch in pq.ParquetFile(file).iter_batches(columns=["messages"]):
            for turns in batch.column(0).to_pylist():
                yield from (turn["content"] for turn in turns)
