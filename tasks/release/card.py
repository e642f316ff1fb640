"""The dataset card: what a release is, how it was made, and what it is not good for."""

from gleanery.tasks.release import card_curation as curation
from gleanery.tasks.release import card_sections as sections
from gleanery.tasks.release.card_facts import CardFacts
from gleanery.tasks.release.card_header import card_header
from gleanery.tasks.release.card_tables import plain
from gleanery.tasks.release.manifest import Manifest

__all__ = ["CardFacts", "render_card"]


def render_card(manifest: Manifest, facts: CardFacts) -> str:
    """Return the card as Markdown with the Hub's YAML header; text from outside is escaped.

    It names the release by number and row digest, not by its version: that one comes from the card
    too. Without a date, the same release has the same card.
    """
    parts = {
        "How it was made": sections.making(manifest),
        "Fields": sections.fields(manifest, facts),
        "Sources and mix": sections.mix(manifest),
        "What was left out": sections.left_out(manifest),
        "Benchmarks that it was compared with": curation.benchmarks(manifest),
        "Duplicates": curation.duplicates(manifest),
        "Licences": sections.licences(manifest),
        "Known limits": sections.limits(facts),
        "Loading it": sections.loading(),
        "Citing it": sections.citing(manifest),
    }
    lines = [card_header(manifest, facts), f"# {plain(facts.title)}", ""]
    lines += sections.opening(manifest, facts)
    for heading, body in parts.items():
        lines += ["", f"## {heading}", "", *body]
    return "\n".join(lines) + "\n"
