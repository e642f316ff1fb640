"""The recall policy: a classifier, its threshold and the judged sites, made once by calibration.

A policy is the newest receipt of the stage "policy": its rows are the sites' verdicts, its notes
name the classifier and the threshold. A batch is recalled with the generation it was sealed with,
so that a new calibration changes nothing that was done.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Receipt
from gleanery.tasks.recall.domains import DomainVerdict
from gleanery.tasks.recall.site_groups import key_of
from gleanery.tasks.records import Record

STAGE = "policy"
PART = "policy"


class NoPolicy(RuntimeError):
    """There is no recall policy yet."""


class Prefilter(Record):
    """A classifier of raw pages. `passes` is the share of pages that it lets through, `loses` the
    share of recalled ones that it does not, both on sites that its training had not seen.
    """

    classifier: str
    threshold: float
    passes: float
    loses: float


@dataclass(frozen=True)
class Policy:
    """What decides whether a page is recalled.

    Pages of approved sites are kept from `approved_threshold` on, pages of sites that nobody has
    judged from `threshold` on, pages of refused sites never. `classifier` is its object's path.
    """

    generation: int
    key: str
    classifier: str
    threshold: float
    approved_threshold: float
    prefilter: Prefilter | None
    verdicts: Mapping[str, bool]

    @cached_property
    def lowest_threshold(self) -> float:
        """The score below which no page is kept, whatever its site."""
        return min(self.threshold, self.approved_threshold)

    def decide(self, url: str, domain: str, score: float) -> str:
        """Return why a page is not recalled, as a rejection reason, or "" if it is."""
        if score < self.lowest_threshold:
            return "below_threshold"
        key = key_of(url, domain, self.verdicts)
        verdict = self.verdicts[key] if key else None
        if verdict is False:
            return "site_not_approved"
        needed = self.approved_threshold if verdict else self.threshold
        return "below_threshold" if score < needed else ""


def policy_of(receipt: Receipt, verdicts: list[DomainVerdict]) -> Policy:
    """Return the policy that a receipt stands for, given its rows."""
    prefilter = receipt.notes["prefilter"]
    return Policy(
        generation=receipt.generation,
        key=receipt.key,
        classifier=receipt.notes["classifier"],
        threshold=receipt.notes["threshold"],
        approved_threshold=receipt.notes["approved_threshold"],
        prefilter=Prefilter.model_validate(prefilter) if prefilter else None,
        verdicts={verdict.key: verdict.approved for verdict in verdicts},
    )


def read_policy(parts: Parts, generation: int = 0) -> Policy:
    """Return the policy of a generation, or the newest one. Raises `NoPolicy` if there is none."""
    for receipt in parts.receipts(STAGE, PART):
        if generation in (0, receipt.generation):
            return policy_of(receipt, parts.rows(receipt, DomainVerdict))
    which = f"of generation {generation} " if generation else ""
    raise NoPolicy(
        f"no recall policy {which}at {parts.store.uri('')}: run the calibrate_recall flow first"
    )
