"""How well the recall classifier finds pages with questions and answers on sites it does not know.

    python tests/benchmarks/recall_quality.py --data FOLDER [--ablation] [--large]

FOLDER holds `warc/` (pages, with labels in manifest.jsonl.gz) and `recall_seed/`. Each split trains
on some sites and scores the others; no page of a scored site is in training, nor is a seed drawn
from it, and the threshold comes from the training side alone (scores of cross-fitting). Labels of
the manifest are used for scoring only: positives are the seeds, negatives are seeds and all corpus
pages of sites that gave no positive seed (unlabelled, so some hold questions and answers).

- `site`: every scored site is unknown, but its kind may be known (another Carpentries site).
- `family`: all Carpentries sites are scored together.
- `collection`: the pages that one repository collected are scored together.
- `pairs`: no page of the corpus is a positive; training sees only pairs of other sources.

Other pages are those labelled `none`, without textbooks. Textbook pages labelled `none`, threads
and pages with FAQ markup may or may not hold questions with answers: each is reported apart and
counts on neither side. A page that renders to no text counts as not kept.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from recall_corpus import WANTED, Page, Seeds, fold_of, read_pages, read_seeds

from gleanery.tasks.recall import cross_fitting
from gleanery.tasks.recall.classifier import Classifier, ClassifierConfig
from gleanery.tasks.recall.cross_fitting import LabelledText, cross_fit
from gleanery.tasks.recall.features import FEATURES
from gleanery.tasks.recall.seed_pages import SeedPagesConfig, assemble_pages
from gleanery.tasks.recall.thresholds import ThresholdConfig, evaluate, wilson_interval

APPROVED_THRESHOLD = 0.2
SMALL_CORPUS = ClassifierConfig(dim=16, epoch=5, lr=0.5, word_ngrams=2)


@dataclass(frozen=True)
class Variant:
    """A way to train; the last one is what the library does."""

    name: str
    laid_out: bool = True
    embedded_share: float = 0.5
    words: bool = True
    features: bool = True
    config: ClassifierConfig = SMALL_CORPUS


def training_examples(
    pages: Sequence[Page], scored_sites: set[str], seeds: Seeds, split: str, variant: Variant
) -> list[LabelledText]:
    """Return what may be trained on when these sites are scored."""
    usable = [page for page in pages if page.site not in scored_sites and page.text]
    positive = [page for page in usable if page.id in seeds.positive_pages]
    positive_sites = {page.site for page in positive}
    others = [(page.whole, False, page.site) for page in usable if page.site not in positive_sites]
    others += [seed for seed in seeds.negatives if seed[2] not in scored_sites]
    examples = list(others)
    if split != "pairs":
        examples += [(page.whole, True, page.site) for page in positive]
    if not variant.laid_out:
        return examples + seeds.pair_documents
    hosts = [page.text for page in usable if page.site not in positive_sites]
    config = SeedPagesConfig(embedded_share=variant.embedded_share)
    return examples + assemble_pages(seeds.pairs, hosts, config)


def train(
    examples: list[LabelledText], variant: Variant, threshold: ThresholdConfig
) -> tuple[Classifier, float]:
    """Return a classifier of this variant and the threshold that follows from its training side."""
    nothing = [0.0] * len(FEATURES)
    structure: Callable[[str], list[float]] = (
        cross_fitting.structure if variant.features else lambda page: nothing
    )
    log_odds = cross_fitting.log_odds if variant.words else lambda probability: 0.0
    with (
        patch.object(cross_fitting, "structure", structure),
        patch.object(cross_fitting, "log_odds", log_odds),
    ):
        fitted = cross_fit(examples, variant.config)
    return fitted.classifier, evaluate(fitted.scores, threshold).threshold


def score_split(
    pages: Sequence[Page], seeds: Seeds, split: str, variant: Variant, threshold: ThresholdConfig
) -> dict[str, tuple[float, float]]:
    """Return each page's score and the threshold that applies to it."""
    scored = {}
    folds = {page.id: fold_of(page, split) for page in pages}
    for fold in sorted(set(folds.values())):
        held_out = [page for page in pages if folds[page.id] == fold]
        sites = {page.site for page in held_out}
        examples = training_examples(pages, sites, seeds, split, variant)
        classifier, limit = train(examples, variant, threshold)
        for page in held_out:
            scored[page.id] = (
                classifier.score(page.text, page.title) if page.text else -1.0,
                limit,
            )
    return scored


def share(pages: Sequence[Page], scored: dict[str, tuple[float, float]]) -> str:
    kept = sum(scored[page.id][0] >= scored[page.id][1] for page in pages)
    found = wilson_interval(kept, len(pages))
    return f"{kept:5d} of {len(pages):5d} = {found.value:.3f}  [{found.low:.3f}, {found.high:.3f}]"


def print_split(pages: Sequence[Page], scored: dict[str, tuple[float, float]], split: str) -> None:
    wanted = [page for page in pages if page.label in WANTED]
    print(f"\n{split}: kept pages by label, with the 95 % Wilson interval")
    print(f"  {'qa_edu and qa_forum':28s}{share(wanted, scored)}")
    for label in sorted({page.label for page in pages}):
        print(f"  {label:28s}{share([p for p in pages if p.label == label], scored)}")
    print("  by site")
    for site in sorted({page.site for page in wanted}):
        print(f"    {site:26s}{share([p for p in wanted if p.site == site], scored)}")


def print_approval(pages: Sequence[Page], scored: dict[str, tuple[float, float]]) -> None:
    """Show what perfect approval of sites would add: an estimate, since labels decide it."""
    approved = {page.site for page in pages if page.label in WANTED}
    above = [page for page in pages if scored[page.id][0] >= APPROVED_THRESHOLD]
    found = sum(page.label in WANTED for page in above)
    others = sum(page.label == "other" and page.site in approved for page in above)
    print(f"\nwith an oracle that approves exactly the {len(approved)} sites that have such pages,")
    print(
        f"  and {APPROVED_THRESHOLD} as threshold there: {found} found, {others} other pages kept"
    )


def print_speed(pages: Sequence[Page], classifier: Classifier) -> None:
    some = [page for page in pages if 4_000 <= len(page.text) <= 10_000]
    costs = []
    for _ in range(3):
        started = time.process_time()
        for page in some:
            classifier.score(page.text, page.title)
        costs.append((time.process_time() - started) / len(some) * 1e6)
    cost = statistics.median(costs)
    print(f"\nscoring: {cost:.0f} µs of CPU per page, {len(some)} pages of 4-10 KB")


def print_ablation(pages: Sequence[Page], seeds: Seeds, threshold: ThresholdConfig) -> None:
    print("\nwhat each idea adds: recall of qa_edu and qa_forum / share of other pages kept")
    splits = ("site", "family", "pairs")
    print(f"  {'':52s}" + "".join(f"{split:>16s}" for split in splits))
    for variant in (
        Variant("words only, pairs as they come", False, 0.0, features=False),
        Variant("words only, pairs laid out as pages, half in prose", features=False),
        Variant("words and structure, pairs as they come", False, 0.0),
        Variant("words and structure, pairs laid out, no prose", embedded_share=0.0),
        Variant("structure only, pairs laid out, half in prose", words=False),
        Variant("all: words and structure, laid out, half in prose"),
    ):
        cells = []
        for split in splits:
            scored = score_split(pages, seeds, split, variant, threshold)
            wanted = [scored[page.id] for page in pages if page.label in WANTED]
            others = [scored[page.id] for page in pages if page.label == "other"]
            found = sum(score >= limit for score, limit in wanted) / len(wanted)
            kept = sum(score >= limit for score, limit in others) / len(others)
            cells.append(f"{found:.3f} / {kept:.3f}")
        print(f"  {variant.name:52s}" + "".join(f"{cell:>16s}" for cell in cells), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--splits", nargs="+", default=["site", "family", "collection", "pairs"])
    parser.add_argument("--most-others-kept", type=float, default=0.03)
    parser.add_argument("--ablation", action="store_true", help="also train without each idea")
    parser.add_argument("--large", action="store_true", help="the default hidden layer, slower")
    options = parser.parse_args()
    threshold = ThresholdConfig(most_others_kept=options.most_others_kept)
    config = ClassifierConfig() if options.large else SMALL_CORPUS
    pages = read_pages(options.data / "warc")
    seeds = read_seeds(options.data / "recall_seed", pages)
    print(f"{len(pages)} pages, {sum(not page.text for page in pages)} of them without text")
    variant = Variant("all", config=config)
    for split in options.splits:
        scored = score_split(pages, seeds, split, variant, threshold)
        print_split(pages, scored, split)
        if split == "site":
            print_approval(pages, scored)
    examples = training_examples(pages, set(), seeds, "site", variant)
    classifier, limit = train(examples, variant, threshold)
    weights = ", ".join(f"{name} {weight:.2f}" for name, weight in classifier.weights.items())
    size = len(classifier.to_bytes())
    print(f"\ntrained on all sites: threshold {limit:.3f}, {size} bytes; {weights}")
    print_speed(pages, classifier)
    if options.ablation:
        print_ablation(pages, seeds, threshold)


if __name__ == "__main__":
    main()
