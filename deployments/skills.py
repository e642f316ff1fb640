"""Commands around a skill set's file: check it, merge what says the same, show it."""

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from gleanery.deployments.file_options import file_options
from gleanery.deployments.terminal import open_console, printable
from gleanery.infra.llm.embeddings import EmbeddingConfig, embedder
from gleanery.infra.settings import read_settings
from gleanery.infra.storage import Store
from gleanery.tasks.skills.merge import Merge
from gleanery.tasks.skills.merge_search import Embed
from gleanery.tasks.skills.merge_sets import merge_skill_set
from gleanery.tasks.skills.merge_similarity import MergeConfig
from gleanery.tasks.skills.skill_set import SkillEntry, SkillSet, load_skills, write_new_skills
from gleanery.tasks.skills.topics import listed_names, remove_topics

app = typer.Typer(
    help="Check, merge and show a skill set: skills and query types.", no_args_is_help=True
)

_FILE_HELP = "Skill set in YAML: a path or s3://…"
File = Annotated[str, typer.Argument(metavar="FILE", help=_FILE_HELP, show_default=False)]
_MOST_SHOWN = 50


@app.command()
def check(file: File) -> None:
    """Check a skill set; tell which skills may be topics, and which say the same."""
    skill_set, console = _load(file), open_console()
    _print_counts(console, skill_set)
    topics = _new_topics(skill_set, remove_topics(skill_set.entries, _topics_of(skill_set)))
    if topics:
        console.print(f"\n{len(topics)} look like topics, which no answer can show:")
        _print_removed(console, topics)
    _, merges = merge_skill_set(skill_set)
    if merges:
        console.print(f"\n{len(merges)} say what another one says (`gleanery skills merge`):")
        _print_merges(console, merges)
    if not topics and not merges:
        console.print("\nNo topic among the skills, and no two that say the same.")


@app.command()
def merge(
    file: File,
    out: Annotated[
        str, typer.Argument(metavar="OUT", help="New file to write.", show_default=False)
    ],
    into: Annotated[
        str, typer.Option(help="Skill set whose skills stand as they are; FILE's join them.")
    ] = "",
    embedding: Annotated[
        str, typer.Option(help="Embedding model; without a URL, one of sentence-transformers.")
    ] = "",
    embedding_url: Annotated[
        str, typer.Option(help="OpenAI-compatible address of the embedding model.")
    ] = "",
    api_key_env: Annotated[
        str, typer.Option(help="Environment variable that holds the API key.")
    ] = "",
    cosine: Annotated[
        float, typer.Option(min=0.01, max=1, help="From where on embeddings are one skill.")
    ] = MergeConfig().cosine,
    leave_topics: Annotated[
        bool, typer.Option("--leave-topics", help="Keep what looks like a topic.")
    ] = False,
) -> None:
    """Merge the skills of a file, or of a raw list with repeats, into a new file.

    Repeats are counted, near-duplicates become aliases, topics are removed with their reason.
    """
    raw = load_skills(file, file_options(), count_repeats=True)
    standing = _load(into) if into else None
    embed = _embedder(embedding, embedding_url, api_key_env)
    if not leave_topics:
        listed = _topics_of(raw) | (_topics_of(standing) if standing else {})
        raw = raw.model_copy(update={"entries": remove_topics(raw.entries, listed)})
    merged, merges = merge_skill_set(raw, standing, MergeConfig(cosine=cosine), embed)
    write_new_skills(out, merged, file_options())
    console = open_console()
    _print_merges(console, merges)
    _print_removed(console, _new_topics(standing, merged.entries))
    _print_counts(console, merged)
    console.print(f"written to {printable(out)}")


@app.command()
def show(
    file: File,
    removed: Annotated[bool, typer.Option(help="Show the removed skills instead.")] = False,
) -> None:
    """Show skills and query types as tables."""
    skill_set, console = _load(file), open_console()
    if removed:
        _print_removed(console, [e for e in skill_set.entries if e.status == "removed"], most=0)
        return
    table = Table("skill", "topic", "origin", "aliases", "definition", box=SIMPLE_HEAD)
    table.add_column("count", justify="right")
    for entry in skill_set.entries:
        if entry.status == "kept":
            skill = entry.skill
            cells = (skill.name, skill.topic, skill.origin, "\n".join(skill.aliases))
            table.add_row(*map(printable, (*cells, skill.definition)), str(entry.count or ""))
    console.print(table)
    kinds = Table("query type", "definition", "example", box=SIMPLE_HEAD)
    for kind in skill_set.query_types:
        kinds.add_row(*map(printable, (kind.name, kind.definition, kind.example)))
    console.print(kinds)
    _print_counts(console, skill_set)


def _load(path: str) -> SkillSet:
    return load_skills(path, file_options())


def _embedder(model: str, url: str, api_key_env: str) -> Embed | None:
    if not model:
        if url:
            raise ValueError("--embedding-url needs the model's name: give it with --embedding")
        return None
    config = EmbeddingConfig(
        kind="server" if url else "local", model=model, base_url=url, api_key_env=api_key_env
    )
    return embedder(config, Store(read_settings().root, file_options()))


def _topics_of(skill_set: SkillSet) -> dict[str, str]:
    """Return the topics that the skills were proposed for: none of them is a skill."""
    return listed_names(entry.skill.topic for entry in skill_set.entries)


def _new_topics(before: SkillSet | None, after: Sequence[SkillEntry]) -> list[SkillEntry]:
    entries = before.entries if before else []
    known = {entry.skill.id for entry in entries if entry.status == "removed"}
    return [entry for entry in after if entry.status == "removed" and entry.skill.id not in known]


def _print_counts(console: Console, skill_set: SkillSet) -> None:
    kept = len(skill_set.skills)
    console.print(
        f"{kept:,} skills with {sum(len(s.aliases) for s in skill_set.skills):,} aliases, "
        f"{len(skill_set.entries) - kept:,} removed, {len(skill_set.query_types):,} query types"
    )


def _print_removed(
    console: Console, entries: Sequence[SkillEntry], most: int = _MOST_SHOWN
) -> None:
    if not entries:
        return
    table = Table("removed", "reason", box=SIMPLE_HEAD)
    for entry in entries[: most or None]:
        table.add_row(printable(entry.skill.name), printable(entry.reason))
    console.print(table)
    _print_left_out(console, len(entries), most)


def _print_merges(console: Console, merges: Sequence[Merge]) -> None:
    if not merges:
        return
    table = Table("name", "joins", "by", box=SIMPLE_HEAD)
    table.add_column("similarity", justify="right")
    for merged in merges[:_MOST_SHOWN]:
        table.add_row(
            printable(merged.name), printable(merged.into), merged.rule, f"{merged.similarity:.2f}"
        )
    console.print(table)
    _print_left_out(console, len(merges), _MOST_SHOWN)


def _print_left_out(console: Console, count: int, most: int) -> None:
    if most and count > most:
        console.print(f"and {count - most:,} more")
