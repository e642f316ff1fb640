"""What an estimate rests on: parts that are there, and what is assumed of others."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from rich.console import Console

from gleanery.deployments.estimate_parts import ForeseenParts
from gleanery.deployments.ratios import Asking
from gleanery.infra.receipts import Receipt, Usage
from gleanery.tasks.curation.paraphrase_part import PARAPHRASES
from gleanery.tasks.scoring.stages import JUDGEMENTS
from gleanery.tasks.skills.stages import SKILL_EXAMPLES
from gleanery.tasks.stage_inputs import EXAMPLES
from gleanery.tasks.taxonomy.stages import QUESTIONS, SUBJECTS, SYLLABI

# Tokens of one request where no earlier part tells: the mean of a stage's steps.
_ASSUMED = {
    SUBJECTS: Asking(1, 1200, 2500),
    SYLLABI: Asking(1, 1500, 2000),
    QUESTIONS: Asking(1, 2500, 250),
    EXAMPLES: Asking(1, 220, 500),
    SKILL_EXAMPLES: Asking(1, 1600, 700),
    JUDGEMENTS: Asking(1, 1500, 400),  # the rubric takes 1,000
    PARAPHRASES: Asking(1, 1000, 200),
}


@dataclass
class Ground:
    """What the receipts of a pipeline tell of its stages; `words` say what the figures rest on.

    `rate` is in requests per second.
    """

    parts: ForeseenParts
    console: Console
    rate: float
    words: list[str] = field(default_factory=list)

    def receipts(self, stage: str, names: Sequence[str]) -> list[Receipt]:
        """Return the newest receipts of the parts that are there."""
        return [receipt for name in names if (receipt := self.parts.newest(stage, name))]

    def asking(self, stage: str, receipts: Sequence[Receipt]) -> Asking:
        """Return the tokens of a request: measured on earlier parts, or else assumed."""
        usage = sum((receipt.earlier + receipt.usage for receipt in receipts), Usage())
        if not usage.sent:
            assumed = _ASSUMED[stage]
            self.words.append(
                f"{stage}: {assumed.prompt_tokens:,.0f} tokens in and "
                f"{assumed.completion_tokens:,.0f} out a request, assumed"
            )
            return assumed
        self.words.append(f"{stage}: tokens of {usage.sent:,} requests sent before")
        return Asking(1, usage.prompt_tokens / usage.sent, usage.completion_tokens / usage.sent)
