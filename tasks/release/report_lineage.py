"""The steps of an example's way, from the records that the stages wrote."""

from collections.abc import Mapping, Sequence

from gleanery.tasks.records import Call, Document, QAPair, RefinedPair
from gleanery.tasks.release.report_samples import (
    Excerpt,
    Fact,
    LineageStep,
    Passage,
    cut_excerpt,
    whole_text,
)


def harvest_steps(
    document: Document | None, pair: QAPair, refined: RefinedPair | None
) -> list[LineageStep]:
    """Return page, extracted pair and refined pair; `None` where it is not there any more.

    The page's text is cut to a window around the spans of question and answer, which are marked.
    """
    steps = [_page(document, pair) if document else _missing(pair)]
    steps.append(
        LineageStep(
            title="Extracted",
            facts=[
                *_facts(found_in=pair.origin, pair=pair.id),
                *_asked(pair.model, pair.prompt, pair.request_key),
            ],
            passages=_pair(pair.question, pair.answer),
        )
    )
    if refined:
        same = refined.outcome == "unchanged"
        steps.append(
            LineageStep(
                title="Refined",
                facts=[
                    *_facts(outcome=refined.outcome, correction=refined.correction),
                    *_asked(refined.model, refined.prompt, refined.request_key),
                ],
                passages=[] if same else _pair(refined.question, refined.answer),
            )
        )
    return steps


def synthesis_steps(
    *,
    nodes: Sequence[str],
    labels: Sequence[str],
    plan_id: str,
    plan: Mapping[str, str],
    calls: Sequence[Call],
    answers: Mapping[str, str],
) -> list[LineageStep]:
    """Return the nodes or skills, the plan as it was drawn, and each call with its answer.

    `plan` holds what is known of the plan, by name (strategy, difficulty, query type); `answers`
    what the journals hold, by request key: a call whose answer was not kept says so.
    """
    about = [
        Fact(name=labels[at] if at < len(labels) else "node", value=node)
        for at, node in enumerate(nodes)
    ]
    steps = [LineageStep(title="Nodes or skills", facts=about)] if about else []
    drawn = [Fact(name=name, value=value) for name, value in plan.items() if value]
    steps.append(LineageStep(title="Plan", facts=[*_facts(plan=plan_id), *drawn]))
    for call in calls:
        answer = answers.get(call.request_key)
        shown = (
            Passage(title="answer of the model", excerpt=whole_text(answer))
            if answer is not None
            else Passage(title="answer", excerpt=whole_text("(no longer in the journal)"))
        )
        facts = _asked(call.model, call.prompt, call.request_key)
        steps.append(LineageStep(title=f"Call: {call.step}", facts=facts, passages=[shown]))
    return steps


def _page(document: Document, pair: QAPair) -> LineageStep:
    spans = [(span.start, span.end, "question") for span in pair.question_spans]
    spans += [(span.start, span.end, "answer") for span in pair.answer_spans]
    title = "text around the pair" if spans else "beginning of the page (the pair is in its markup)"
    where = f"{document.source}, at {document.offset:,}" if document.offset >= 0 else ""
    return LineageStep(
        title="Page",
        facts=_facts(
            title=document.title,
            page=document.url,
            archive=where or document.source,
            date=document.date,
            licence=document.licence,
            recall_score=f"{document.score:.3f}",
        ),
        passages=[Passage(title=title, excerpt=cut_excerpt(document.text, spans))],
    )


def _missing(pair: QAPair) -> LineageStep:
    gone = Excerpt(pieces=whole_text("(the page is no longer stored)").pieces)
    return LineageStep(
        title="Page", facts=_facts(page=pair.url), passages=[Passage(title="text", excerpt=gone)]
    )


def _pair(question: str, answer: str) -> list[Passage]:
    return [
        Passage(title="question", excerpt=whole_text(question)),
        Passage(title="answer", excerpt=whole_text(answer)),
    ]


def _asked(model: str, prompt: str, request_key: str) -> list[Fact]:
    return _facts(model=model, prompt=prompt, request=request_key)


def _facts(**values: str) -> list[Fact]:
    """Return what is known of these: an empty value is left out."""
    return [
        Fact(name=name.replace("_", " "), value=value) for name, value in values.items() if value
    ]
