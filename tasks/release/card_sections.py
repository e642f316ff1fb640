"""The sections of a dataset card, each as lines of Markdown."""

from gleanery.tasks.release.card_curation import not_asked
from gleanery.tasks.release.card_facts import CardFacts
from gleanery.tasks.release.card_tables import counts_table, plain, share, table
from gleanery.tasks.release.manifest import Manifest
from gleanery.tasks.release.rows import COLUMNS, SCORE_COLUMN
from gleanery.tasks.release.rows_lineage import LINEAGE_KEYS

# What each method does, with the paper that it is after.
METHODS = {
    "harvest": (
        "A classifier recalled pages with exercises from a web corpus; questions and answers were "
        "taken from a page as they stand there, and a model rewrote them with the page at hand",
        "MAmmoTH2",
        "2405.03548",
    ),
    "taxonomy": (
        "A tree of disciplines was opened into subjects, class sessions and key concepts; a model "
        "wrote and answered homework questions about combinations that were drawn from it",
        "GLAN",
        "2402.13064",
    ),
    "skills": (
        "Combinations of skills with a kind of query were drawn at random; a model wrote an "
        "instruction that needs them all, and the response to it",
        "Instruct-SkillMix",
        "2408.14774",
    ),
}
LIMITS = (
    "Models wrote or rewrote the answers. A score says how sure its scorer is; none is a proof.",
    "Text from the web may hold errors, opinions and personal data that no filter has seen.",
    "A licence is what the page declares of itself. Nobody has verified it, and `unknown` means "
    "that it declares none that we know.",
    "Leaks were looked for from the benchmarks listed above alone: any other test may be in here.",
)


def opening(manifest: Manifest, facts: CardFacts) -> list[str]:
    """Return what the dataset is, in two or three sentences and a table of splits."""
    rows = manifest.rows
    said = [plain(facts.summary), ""] if facts.summary else []
    text = (
        f"Release {manifest.number} of the pipeline {plain(manifest.name)}: {rows.total:,} "
        f"conversations for instruction tuning, {rows.characters:,} characters in all, each with "
        "its scores and with the way it was made. It was built with Gleanery "
        f"{plain(manifest.gleanery)}; `manifest.json` has its inputs and the digest of every file, "
        "`report.html` shows it in figures and samples."
    )
    splits = counts_table("split", rows.splits, rows.total)
    return [*said, text, *not_asked(manifest), "", *splits, *_changes(manifest)]


def _changes(manifest: Manifest) -> list[str]:
    if manifest.changes is None:
        return []
    total = manifest.changes.total
    text = (
        f"Since {plain(manifest.changes.against)}: {total.added:,} rows are new, "
        f"{total.removed:,} are gone, {total.changed:,} have another text or split, and "
        f"{total.annotated:,} another score or lineage."
    )
    other = manifest.changes.curation
    if not (total.added or total.removed or total.changed or total.annotated):
        text = f"Since {plain(manifest.changes.against)}: the rows are the same."
    if other:
        text += f" What is said of them is not: {plain('; '.join(other), 1000)}."
    if not manifest.changes.removed:
        return ["", text]
    rows = [(plain(name), f"{n:,}") for name, n in manifest.changes.removed.items()]
    return ["", text, "", *table(["why rows are gone", "rows"], rows)]


def making(manifest: Manifest) -> list[str]:
    """Return the methods with their papers, and the models that were asked."""
    lines = []
    for method, rows in manifest.rows.methods.items():
        if method in METHODS:
            text, name, paper = METHODS[method]
            link = f"[arXiv {paper}](https://arxiv.org/abs/{paper})"
            lines.append(f"- **{method}** ({rows:,} rows). {text}, after {name} ({link}).")
        else:
            lines.append(f"- **{plain(method)}** ({rows:,} rows).")
    uses = [
        (plain(use.step), plain(use.model), plain(use.prompt[:8]), f"{use.rows:,}")
        for use in manifest.rows.models
    ]
    if uses:
        lines += ["", "Models and prompts, by the rows that hold an answer or a score of theirs:"]
        lines += ["", *table(["step", "model", "prompt", "rows"], uses)]
    return lines


def fields(manifest: Manifest, facts: CardFacts) -> list[str]:
    """Return the columns, their types and meanings, and the keys of the lineage."""
    types = dict.fromkeys(COLUMNS, "string")
    types |= dict.fromkeys(("messages", "prompt", "completion"), "list of {role, content}")
    rows = [(f"`{n}`", types[n], COLUMNS[n]) for n in COLUMNS if n != "lineage"]
    total = manifest.rows.total
    for name in manifest.score_columns:
        scored = share(manifest.rows.scored.get(name, 0), total)
        says = plain(facts.scores.get(name, SCORE_COLUMN), 300)
        rows.append((f"`{name}`", "float64 or null", f"{says}. Given to {scored}."))
    rows.append(("`lineage`", types["lineage"], COLUMNS["lineage"]))
    keys = [f"- `{key}`: {meaning}." for key, meaning in LINEAGE_KEYS.items()]
    return [*table(["column", "type", "what it holds"], rows), "", "Keys of `lineage`:", "", *keys]


def mix(manifest: Manifest) -> list[str]:
    """Return how many rows come from each source, and about what they are."""
    rows = manifest.rows
    lines = [*counts_table("source", rows.sources, rows.total), ""]
    return lines + counts_table("subject", rows.subjects, rows.total, "(none given)")


def left_out(manifest: Manifest) -> list[str]:
    """Return what curation left out, by reason."""
    total = sum(manifest.left_out.values())
    if not total:
        return ["Nothing was left out: every candidate is in."]
    text = f"Of {total + manifest.rows.total:,} candidates, {total:,} are not in this release:"
    return [text, "", *counts_table("reason", manifest.left_out, total)]


def licences(manifest: Manifest) -> list[str]:
    """Return the rows by licence, and by what their licences allow."""
    rows = manifest.rows
    text = (
        "Each row names the licence that its page declares, in the column `licence`, and what such "
        "a licence allows, in `licence_family`; where a page names several, the one that allows "
        "least counts. The page's own words are in `lineage`. Rows that were synthesised have "
        "neither; what the terms of the models say of their use is not in here."
    )
    empty = "(synthesised)"
    families = counts_table("licence family", rows.licence_families, rows.total, empty)
    return [text, "", *families, "", *counts_table("licence", rows.licences, rows.total, empty)]


def limits(facts: CardFacts) -> list[str]:
    """Return what the dataset cannot promise."""
    return [f"- {limit}" for limit in [*LIMITS, *map(plain, facts.limits)]]


def loading() -> list[str]:
    """Return how to load and to train on it."""
    return [
        "```python",
        "from datasets import load_dataset",
        "",
        'rows = load_dataset("path/to/this/folder")  # or its name on the Hub',
        '# What was written from no page has the family "": add it if you want it.',
        'free = rows["train"].filter(lambda row: row["licence_family"] == "permissive")',
        "```",
        "",
        "TRL's `SFTTrainer` takes `rows` as they are and puts the loss on `completion`. For the "
        "loss on every turn of the assistant, set `assistant_only_loss=True` and "
        "`completion_only_loss=False`.",
    ]


def citing(manifest: Manifest) -> list[str]:
    """Return what to cite: this release by its digest, and the papers of its methods."""
    key = f"gleanery_{manifest.row_digest[:8]}"
    papers = [METHODS[m] for m in manifest.rows.methods if m in METHODS]
    named = ", ".join(f"{name} (arXiv {paper})" for _, name, paper in papers)
    return [
        f"Name the pipeline, the release's number and its row digest, `{manifest.row_digest}`"
        + (f", and cite the papers of its methods: {named}." if named else "."),
        "",
        "```bibtex",
        f"@misc{{{key},",
        f"  title = {{Instruction data, release {manifest.number}}},",
        f"  note = {{Built with Gleanery; row digest {manifest.row_digest}}}",
        "}",
        "```",
    ]
