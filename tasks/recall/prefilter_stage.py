"""The optional prefilter: a classifier of raw pages, trained to let through what recall keeps.

It reads a page before it is parsed, so that most pages never are. What that loses is measured on
sites that its training has not seen, and written to the receipt.
"""

import time
from collections.abc import Sequence

import numpy as np

from gleanery.infra.digests import digest_bytes
from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Input, Plan, Receipt
from gleanery.tasks.recall.calibration import CalibrationPage, RecalledPage
from gleanery.tasks.recall.classifier import ClassifierConfig
from gleanery.tasks.recall.cross_fitting import cross_fit
from gleanery.tasks.recall.policy import Prefilter

STAGE = "calibration-prefilter"
VERSION = 1


def train_prefilter(
    parts: Parts,
    pages: Sequence[Receipt],
    last_round: Receipt,
    classifier: ClassifierConfig,
    keeps: float,
) -> Receipt:
    """Return the receipt of a prefilter that keeps the share `keeps` of what the round recalled.

    Its notes hold the `Prefilter`. Raises `ClassifierError` when the recalled pages, or the
    others, come from fewer than two sites.
    """
    started = time.monotonic()
    plan = Plan(
        stage=STAGE,
        version=VERSION,
        part="prefilter",
        inputs=tuple(
            Input(stage=receipt.stage, part=receipt.part, row_digest=receipt.row_digest)
            for receipt in [*pages, last_round]
        ),
        decides={"classifier": classifier.model_dump(mode="json"), "keeps": keeps},
    )
    newest = parts.newest(STAGE, plan.part)
    if newest and newest.key == plan.key:
        return newest
    recalled = {page.id for page in parts.rows(last_round, RecalledPage)}
    examples = [
        (page.raw_view, page.id in recalled, page.domain)
        for receipt in pages
        for page in parts.rows(receipt, CalibrationPage)
    ]
    fitted = cross_fit(examples, classifier)
    kept = [page.score for page in fitted.scores if page.positive]
    threshold = float(np.quantile(kept, 1 - keeps, method="lower"))
    passed = [page for page in fitted.scores if page.score >= threshold]
    data = fitted.classifier.to_bytes()
    path = f"classifiers/{digest_bytes(data)}.zip"
    parts.store.write(path, data)
    prefilter = Prefilter(
        classifier=path,
        threshold=threshold,
        passes=len(passed) / len(fitted.scores),
        loses=1 - sum(page.positive for page in passed) / len(kept),
    )
    outcome: Outcome[RecalledPage] = Outcome(
        (), (), (), len(examples), notes={"prefilter": prefilter.model_dump(mode="json")}
    )
    return parts.commit(plan, outcome, RecalledPage, started, newest)
