"""Auditing: a person looks at random refined pairs and says what they are worth."""

from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.text import Text

from gleanery.deployments.drawing import AuditedPair, draw_pairs
from gleanery.deployments.excerpt import marked_excerpt
from gleanery.deployments.methods import read_config
from gleanery.deployments.terminal import open_console, printable
from gleanery.deployments.verdicts import VERDICTS, keep_verdict, print_report, read_verdicts
from gleanery.flows.dataset_config import DatasetConfig
from gleanery.flows.harvest_config import HarvestConfig
from gleanery.flows.pipeline_config import ConfigError
from gleanery.flows.run import open_store
from gleanery.infra.settings import read_settings
from gleanery.infra.storage import Store

_AROUND = 200


def audit(config_file: Path, pairs: int, seed: int, report: bool) -> None:
    """Ask for a verdict on each of `pairs` random pairs that has none yet, and print the shares.

    Verdicts are kept in the pipeline's store one by one, so that an audit can be left at any time
    and taken up again. The same seed draws the same pairs as long as they are there. Raises
    `ConfigError` for a configuration of a synthesis, which makes no pairs, and of a dataset.
    """
    config = read_config(config_file)
    if isinstance(config, DatasetConfig):
        raise ConfigError(
            f"{config_file} is a dataset: audit takes harvests, whose pairs have a source to "
            "compare with. Audit its sources by their own files; sampled rows of a release, with "
            "their lineage and scores, are in its report"
        )
    if not isinstance(config, HarvestConfig):
        raise ConfigError(
            f"{config_file} is a synthesis: audit takes harvests, whose pairs have a source to "
            "compare with. See the examples of a synthesis with `gleanery show ID`, and ten of "
            "them in its report"
        )
    store = open_store(config, read_settings())
    console = open_console()
    if not report:
        judge_pairs(store, draw_pairs(store, pairs, seed), console, console.input)
    print_report(read_verdicts(store), console)


def judge_pairs(
    store: Store, drawn: list[AuditedPair], console: Console, ask: Callable[[str], str]
) -> None:
    """Show every pair without a verdict and keep the verdict that `ask` returns; `q` ends it."""
    judged = {verdict.key for verdict in read_verdicts(store)}
    waiting = [pair for pair in drawn if pair.key not in judged]
    console.print(f"{len(drawn)} pairs drawn, {len(drawn) - len(waiting)} judged before.")
    for number, pair in enumerate(waiting, start=1):
        _show_pair(console, pair, f"{number} of {len(waiting)}")
        choice = _ask_verdict(console, ask)
        if choice == "q":
            return
        if choice != "s":
            keep_verdict(store, pair, VERDICTS[choice])


def _ask_verdict(console: Console, ask: Callable[[str], str]) -> str:
    """Return the letter of a verdict, `s` to skip or `q` to quit; the end of the input quits."""
    choices = [*(f"{letter} {verdict}" for letter, verdict in VERDICTS.items()), "s skip", "q quit"]
    while True:
        console.print(Text(" | ".join(choices), style="bold"))
        try:
            answer = ask("verdict: ").strip().lower()
        except EOFError:
            return "q"
        if answer in VERDICTS or answer in ("s", "q"):
            return answer
        console.print(f"{printable(answer)!r} is none of {', '.join([*VERDICTS, 's', 'q'])}")


def _show_pair(console: Console, audited: AuditedPair, place: str) -> None:
    """Show source, original and rewrite; the refiner's name is left out, lest it sway anyone."""
    refined, extracted = audited.refined, audited.extracted
    console.rule(f"{place}: {refined.id}")
    console.print(Text(printable(f"{refined.url} ({refined.subject or 'no subject'})"), "dim"))
    if extracted and audited.document:
        _block(console, "Source", marked_excerpt(audited.document.text, extracted, _AROUND))
    _block(console, "Original question", Text(printable(refined.original_question)))
    _block(console, "Original answer", Text(printable(refined.original_answer)))
    _block(console, "Refined question", Text(printable(refined.question)))
    _block(console, "Refined answer", Text(printable(refined.answer)))
    if refined.correction:
        _block(console, "Said to be corrected", Text(printable(refined.correction)))


def _block(console: Console, title: str, text: Text) -> None:
    console.print(Text(f"\n{title}", style="bold yellow"))
    console.print(text)
