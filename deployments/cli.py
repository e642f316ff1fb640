"""The command line: the same flows as in the UI, and ways to look at what they made."""

from pathlib import Path
from typing import Annotated

import typer

from gleanery.deployments import (
    audit,
    clean,
    estimate,
    evaluate,
    forget,
    host,
    improve,
    models,
    preview,
    proposing,
    recordings,
    releases,
    running,
    show,
    skills,
    sweep,
    taxonomy,
    trace,
    train,
    train_rank,
)
from gleanery.deployments.run_errors import errors_in_a_line

app = typer.Typer(
    help="Make instruction data from web corpora, a taxonomy or skills, and a better model from "
    "that, resumable from object storage.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

taxonomy.app.command(name="propose")(proposing.propose_taxonomy_file)
skills.app.command(name="propose")(proposing.propose_skills_file)
app.add_typer(taxonomy.app, name="taxonomy")
app.add_typer(skills.app, name="skills")
app.add_typer(models.app, name="models")

Config = Annotated[Path, typer.Argument(help="YAML file of the pipeline.", show_default=False)]


@app.command()
def run(
    config: Annotated[
        list[Path], typer.Argument(help="YAML files, run one after the other.", show_default=False)
    ],
    backfill: Annotated[
        bool,
        typer.Option(
            help="Of pipelines: go over what is done too, with today's configuration; of a dataset "
            "its own stages, for each of its sources is gone over by a run of its own file."
        ),
    ] = False,
) -> None:
    """Run a file of any method to its end; run it again to resume, or to take in what is new."""
    running.run(config, backfill=backfill)


@app.command()
def retry(
    config: Config,
    only: Annotated[str, typer.Option(help="The rejection reason to take up again.")],
    ask_again: Annotated[
        bool, typer.Option(help="Ask the model anew; without, kept answers are parsed again.")
    ] = False,
) -> None:
    """Do the rows again that were rejected for one reason, refused prompts too."""
    running.retry(config, only, ask_again)


@app.command(name="preview")
def preview_command(
    config: Config,
    count: Annotated[
        int,
        typer.Option(
            "--count", "--documents", min=1, max=1000, help="How many documents, plans or rows."
        ),
    ] = 10,
) -> None:
    """Take a few documents, plans or rows through every stage and show them; nothing is kept."""
    preview.preview(config, count)


@app.command(name="estimate")
def estimate_command(
    config: Config,
    requests_per_second: Annotated[
        float, typer.Option(min=0.001, help="How fast the models answer, all replicas together.")
    ] = 10.0,
) -> None:
    """Tell how many requests, tokens and how much money and time the run will take."""
    estimate.estimate(config, requests_per_second)


@app.command(name="show")
def show_command(
    row: Annotated[
        str, typer.Argument(help="Id of a pair, an example or a row, or its first 8 characters.")
    ],
    root: Annotated[str, typer.Option(help="Where to look; empty takes GLEANERY_ROOT.")] = "",
) -> None:
    """Show the whole lineage of a pair or an example: source, prompts, models, every version."""
    show.show(row, root)


@app.command(name="releases")
def releases_command(
    config: Annotated[
        Path | None, typer.Argument(help="The dataset's YAML file; without, all below the root.")
    ] = None,
    root: Annotated[str, typer.Option(help="Where to look; empty takes GLEANERY_ROOT.")] = "",
) -> None:
    """List the releases of a dataset: rows, date, and what changed from one to the next."""
    releases.releases(config, root)


@app.command(name="trace")
def trace_command(
    source: Annotated[str, typer.Argument(help="Address of a page, or a host with --site.")],
    root: Annotated[str, typer.Option(help="Where to look; empty takes GLEANERY_ROOT.")] = "",
    site: Annotated[bool, typer.Option(help="The whole site, with all hosts below it.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Everything, for machines.")] = False,
) -> None:
    """List every example made from a page or its mirrors, and the releases that hold them."""
    trace.trace(source, root, site, as_json)


@app.command(name="forget")
def forget_command(
    source: Annotated[str, typer.Argument(help="Address of a page, or a host with --site.")] = "",
    config: Annotated[
        Path | None, typer.Argument(help="The dataset's YAML file; without, all below the root.")
    ] = None,
    root: Annotated[str, typer.Option(help="Where to look; empty takes GLEANERY_ROOT.")] = "",
    reason: Annotated[str, typer.Option(help="Why, for the record.")] = "",
    site: Annotated[bool, typer.Option(help="The whole site, with all hosts below it.")] = False,
    unseen: Annotated[bool, typer.Option(help="Also what nothing is known of yet.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take it off the list again.")] = False,
    show_list: Annotated[bool, typer.Option("--list", help="Show all that is forgotten.")] = False,
) -> None:
    """Leave a page, its mirrors with it, out of the next release; say what that does not reach."""
    reach = forget.find_reach(config, root)
    if show_list:
        forget.show_list(reach)
    elif undo:
        forget.undo(source, reach, site)
    else:
        forget.forget(source, reach, reason, site, unseen)


@app.command(name="clean")
def clean_command(
    config: Config,
    yes: Annotated[bool, typer.Option("--yes", help="Remove it; without, it is listed.")] = False,
    older_than: Annotated[
        str, typer.Option(help="Leave what was written since then: 90m, 24h, 7d.")
    ] = "24h",
    old_generations: Annotated[
        bool,
        typer.Option(
            "--old-generations",
            help="Also what newer generations of parts and newer reports replaced, and checkpoints "
            "of trainings that the file has no more.",
        ),
    ] = False,
) -> None:
    """List what killed runs of a file have left and nothing needs, or remove it."""
    clean.clean(config, yes, older_than, old_generations)


@app.command(name="train")
def train_command(
    config: Annotated[Path, typer.Argument(help="YAML file of the training.", show_default=False)],
    host_rank: Annotated[
        int | None,
        typer.Option(
            min=0, help="Do the part of this one of several hosts, 0 first, without Prefect."
        ),
    ] = None,
) -> None:
    """Fine-tune a base model on a release; run it again to go on from the last checkpoint."""
    if host_rank is None:
        train.train(config)
    else:
        train_rank.train_rank(config, host_rank)


@app.command(name="host")
def host_command() -> None:
    """Serve this machine to trainings on several hosts, which another one leads."""
    host.host()


@app.command(name="evaluate")
def evaluate_command(
    config: Annotated[
        Path, typer.Argument(help="YAML file of the evaluation.", show_default=False)
    ],
) -> None:
    """Measure models on benchmarks, side by side; nothing that was answered is asked again."""
    evaluate.evaluate(config)


@app.command(name="improve")
def improve_command(
    config: Annotated[
        Path, typer.Argument(help="YAML file of the improvement.", show_default=False)
    ],
) -> None:
    """Train on what a dataset gained; the model is the latest if it is shown to be better."""
    improve.improve(config)


@app.command(name="sweep")
def sweep_command(
    config: Annotated[Path, typer.Argument(help="YAML file of the sweep.", show_default=False)],
) -> None:
    """Train a model in variants, measure all of them alike, and draw the scaling curve."""
    sweep.sweep(config)


@app.command(name="audit")
def audit_command(
    config: Config,
    pairs: Annotated[int, typer.Option(min=1, help="How many pairs to draw.")] = 50,
    seed: Annotated[int, typer.Option(help="Another seed draws other pairs.")] = 0,
    report: Annotated[bool, typer.Option(help="Only report the verdicts so far.")] = False,
) -> None:
    """Draw random pairs, record your verdicts, report the shares with their intervals."""
    audit.audit(config, pairs, seed, report)


@app.command(name="record")
def record_command(
    config: Config,
    answers: Annotated[
        Path | None, typer.Option("--import", help="JSONL of key and text to take in, verbatim.")
    ] = None,
) -> None:
    """List the prompts that have no recorded answer, or import answers to them."""
    recordings.record(config, answers)


def main() -> None:
    """Run the command line; what a user can mend is one line, not a traceback."""
    with errors_in_a_line():
        app()


if __name__ == "__main__":
    main()
