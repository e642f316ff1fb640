"""Showing where a pair or an example comes from: its source, and what made each version."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from gleanery.deployments.example_lineage import ExampleLineage, find_example
from gleanery.deployments.excerpt import marked_excerpt
from gleanery.deployments.lineage import Lineage, UnknownPair, find_lineage
from gleanery.deployments.pipelines import find_pipelines
from gleanery.deployments.row_ids import whole_id
from gleanery.deployments.terminal import open_console, printable
from gleanery.deployments.trace_standing import Standing, find_standings
from gleanery.infra.llm.protocol import Completion
from gleanery.infra.receipts import Receipt
from gleanery.infra.settings import read_settings
from gleanery.infra.storage import Store
from gleanery.tasks.records import Document, RefinedPair
from gleanery.tasks.stage_inputs import DEDUP, EXTRACT, RECALL, REFINE


def show(row_id: str, root: str = "") -> None:
    """Print the lineage of a pair, an example, a candidate or a released row below the root.

    The beginning of an id will do, from 8 characters on. Raises `UnknownPair`, a `ValueError`, if
    no pipeline has it, and `AmbiguousId` where several begin so.
    """
    stores, console = find_pipelines(root, read_settings()), open_console()
    row_id = whole_id(stores, row_id)
    standings = find_standings(stores, row_id)
    example = find_example(stores, row_id)
    if example:
        print_example(example, console)
    elif lineage := _lineage(stores, row_id, standings):
        print_lineage(lineage, console)
    for standing in standings:
        print_standing(standing, console)


def _lineage(stores: Sequence[Store], row_id: str, standings: Sequence[Standing]) -> Lineage | None:
    """Return a pair's lineage; `None` for a released row whose pair no pipeline has any more."""
    try:
        return find_lineage(stores, row_id)
    except UnknownPair:
        if not standings:
            raise
    try:  # a pair that nothing has rewritten is a candidate under an id of its own
        return find_lineage(stores, standings[0].origin)
    except UnknownPair:
        return None


def print_standing(standing: Standing, console: Console) -> None:
    """Print what a dataset has of a row: its verdicts, and the releases that hold it."""
    _heading(console, f"In the dataset {standing.dataset}")
    candidate = standing.candidate or "no more"
    releases = ", ".join(standing.releases) or "none"
    _print_fields(
        console,
        {
            "made from": standing.origin,
            "candidate": candidate,
            "selection": standing.selection,
            "in releases": releases,
        },
    )
    for verdict in standing.verdicts:
        _print_fields(console, {"verdict": verdict})


def print_example(lineage: ExampleLineage, console: Console) -> None:
    """Print an example, its plan, its scores, and every answer and receipt behind it."""
    example = lineage.example
    _heading(console, f"Example {example.id} of {lineage.store.root}")
    for turn in example.messages:
        _print_text(console, turn.role.capitalize(), turn.content)
    _heading(console, f"Planned as {example.plan_id}")
    _print_fields(
        console,
        {
            "method": f"{example.method}, {example.strategy}",
            "about": "; ".join(example.labels),
            "nodes": " ".join(example.nodes),
            "group": example.group,
            "split": example.split,
        },
    )
    for score in example.scores:
        _print_fields(console, {score.name: f"{score.value:.3g} {score.detail}"})
    for call in example.calls:
        _heading(console, f"Call: {call.step} by {call.model}")
        request = _request(lineage.answers, call.request_key)
        _print_fields(console, {"prompt": call.prompt, "request": request})
        if answer := lineage.answers.get(call.request_key):
            _print_indented(console, Text(printable(answer.text)))
    _heading(console, "Receipts")
    for receipt in lineage.receipts:
        _print_receipt(console, receipt)


def print_lineage(lineage: Lineage, console: Console) -> None:
    """Print everything known about a pair, from its newest versions back to its page."""
    pair = lineage.pair
    _heading(console, f"Pair {pair.id} of {lineage.store.root}")
    for refined in lineage.refined:
        _print_refined(console, refined, lineage)
    for loss in lineage.losses:
        _heading(console, "No refined version")
        _print_fields(console, {"reason": loss.reason, "detail": loss.detail})
    if not lineage.refined and not lineage.losses:
        _heading(console, "Not refined yet")
    _heading(console, f"Extracted: {pair.id}")
    _print_text(console, "Question", pair.question)
    _print_text(console, "Answer", pair.answer)
    origin = {"markup": "declared in the page's markup", "llm": "found by a model"}
    _print_fields(
        console,
        {
            "origin": origin.get(pair.origin, pair.origin),
            "model": pair.model,
            "prompt": pair.prompt,
            "request": _request(lineage.answers, pair.request_key),
            "question spans": ", ".join(f"{s.start}-{s.end}" for s in pair.question_spans),
            "answer spans": ", ".join(f"{s.start}-{s.end}" for s in pair.answer_spans),
        },
    )
    if lineage.document:
        _heading(console, "Source, with ⟦Q question⟧ and ⟦A answer⟧")
        _print_indented(console, marked_excerpt(lineage.document.text, pair))
        _print_document(console, lineage.document)
    _print_policy(console, lineage)
    _heading(console, "Receipts")
    for stage in (RECALL, DEDUP, EXTRACT, REFINE):
        if stage in lineage.receipts:
            _print_receipt(console, lineage.receipts[stage])


def _print_refined(console: Console, refined: RefinedPair, lineage: Lineage) -> None:
    _heading(console, f"Refined: {refined.id} ({refined.outcome} by {refined.refiner})")
    _print_text(console, "Question", refined.question)
    _print_text(console, "Answer", refined.answer)
    _print_fields(
        console,
        {
            "corrected": refined.correction,
            "model": refined.model,
            "prompt": refined.prompt,
            "request": _request(lineage.answers, refined.request_key),
        },
    )


def _print_document(console: Console, document: Document) -> None:
    _heading(console, f"Document {document.id}")
    _print_fields(
        console,
        {
            "title": document.title,
            "address": document.url,
            "domain": document.domain,
            "file": f"{document.source}, offset {document.offset}",
            "record": document.record_id,
            "date": document.date,
            "licence": document.licence or "not declared",
            "score": f"{document.score:.4f}",
            "subject": document.subject,
            "site kind": document.site_kind,
        },
    )


def _print_policy(console: Console, lineage: Lineage) -> None:
    if lineage.batch:
        _heading(console, f"Batch {lineage.batch.number}, part {lineage.part}")
        _print_fields(
            console,
            {"sealed": lineage.batch.created, "policy": f"generation {lineage.batch.policy}"},
        )
    if lineage.policy is None:
        return
    _heading(console, f"Recall policy, generation {lineage.policy.generation}")
    fields = {
        "key": lineage.policy.key,
        "threshold": f"{lineage.policy.notes['threshold']:.4f}",
        "classifier": str(lineage.policy.notes["classifier"]),
    }
    if verdict := lineage.verdict:
        fields |= {
            "site": f"{verdict.key}, {'approved' if verdict.approved else 'refused'} as "
            f"{verdict.kind} by {verdict.model}",
            "because": verdict.reason,
            "request": _request(lineage.answers, verdict.request_key),
        }
    _print_fields(console, fields)


def _print_receipt(console: Console, receipt: Receipt) -> None:
    console.print(Text(f"{receipt.stage}: {receipt.part}", style="bold"))
    settings = ", ".join(f"{name} {_short(value)}" for name, value in receipt.decides.items())
    _print_fields(
        console,
        {
            "generation": f"{receipt.generation}, stage version {receipt.version}",
            "key": receipt.key,
            "made": f"{receipt.created} in {receipt.seconds:.1f} s",
            "rows": f"{receipt.rows_in} in, {receipt.rows_out} out",
            "made with": settings,
        },
    )


def _request(answers: Mapping[str, Completion], key: str) -> str:
    if not key:
        return ""
    answer = answers.get(key)
    if answer is None:
        return f"{key} (no answer in the journal)"
    return (
        f"{key} ({answer.prompt_tokens} prompt and {answer.completion_tokens} completion tokens, "
        f"finished: {answer.finish_reason})"
    )


def _short(value: object) -> str:
    """Return a setting in one line, nested ones in brackets."""
    if isinstance(value, dict):
        return "(" + ", ".join(f"{name}={_short(inner)}" for name, inner in value.items()) + ")"
    if isinstance(value, list):
        return " ".join(filter(None, map(_short, value))) or "none"
    return str(value)


def _heading(console: Console, title: str) -> None:
    console.print()
    console.print(Text(printable(title), style="bold underline"))


def _print_text(console: Console, title: str, text: str) -> None:
    console.print(Text(title, style="bold"))
    _print_indented(console, Text(printable(text)))


def _print_indented(console: Console, text: Text) -> None:
    console.print(Padding(text, (0, 0, 0, 2), expand=False))


def _print_fields(console: Console, fields: Mapping[str, str]) -> None:
    """Print one line per field that has a value, long ones unbroken so that they can be copied."""
    for name, value in fields.items():
        if value:
            shown = " ".join(printable(value).split())
            console.print(Text(f"  {name:<15}", style="dim") + Text(shown), soft_wrap=True)
