"""What the papers report on judged suites: a bearing, and less of a yardstick than accuracies are.

AlpacaEval 2 is the win rate at equal length against a model's outputs of 2023, Arena-Hard the win
rate against those of another, both in percent; MT-Bench is in points from 1 to 10. The judges were
versions of GPT-4 with prompts of the suites' own, which need not be those of an evaluation here.
Others have measured less: 12.5 and 9.7 for MAmmoTH2-8B-Plus on AlpacaEval 2 and Arena-Hard (issue 8
of its repository), 30.6 for a model trained on Instruct-SkillMix's 4,000 examples on AlpacaEval 2
(arXiv 2601.03676).
"""

from gleanery.tasks.evaluation.published import MAMMOTH2, PublishedModel, Source

MAMMOTH2_CHAT = Source("Yue et al. (2024), MAmmoTH2, Table 3", MAMMOTH2.link)
SKILLMIX = Source(
    "Kaur et al. (2025), Instruct-SkillMix, abstract", "https://arxiv.org/abs/2408.14774"
)

PUBLISHED_JUDGED = (
    PublishedModel(
        "MAmmoTH2-7B-Plus",
        MAMMOTH2_CHAT,
        {"alpaca_eval": 23.4, "arena_hard": 14.6, "mt_bench": 7.88},
    ),
    PublishedModel(
        "MAmmoTH2-8B-Plus",
        MAMMOTH2_CHAT,
        {"alpaca_eval": 18.5, "arena_hard": 16.6, "mt_bench": 7.95},
    ),
    PublishedModel(
        "MAmmoTH2-8x7B-Plus",
        MAMMOTH2_CHAT,
        {"alpaca_eval": 33.8, "arena_hard": 32.6, "mt_bench": 8.20},
    ),
    PublishedModel("Llama-3-8B, 4,000 examples", SKILLMIX, {"alpaca_eval": 42.76}),
)
