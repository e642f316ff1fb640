"""The lists of items in the page: question, expected answer, and what each model made of it."""

from collections.abc import Mapping, Sequence

from gleanery.tasks.evaluation.item_lists import ItemList, ShownItem
from gleanery.tasks.evaluation.records import ScoredItem
from gleanery.tasks.evaluation.report_texts import one_line, text_box
from gleanery.tasks.evaluation.shared_prompts import SharedPrompts
from gleanery.tasks.report_html import Child, Html, tag
from gleanery.tasks.report_numbers import counted
from gleanery.tasks.report_tables import nothing
from gleanery.tasks.report_text import shortened

LARGEST = 4_000_000  # characters of all lists together; those that do not fit are in the file
_LONGEST_QUESTION = 180
_LONGEST_READ = 60
_LONGEST_BEGINNING = 40_000

_KINDS = {
    "won": ("item", "won by {label}"),
    "lost": ("item", "lost by {label}"),
    "both_wrong": ("item", "that {base} and {label} both have wrong"),
    "wrong": ("item", "that {label} has wrong"),
    "unparseable": ("answer", "of {label} that could not be read"),
}


class ItemsInPage:
    """The lists as markup; the beginnings that prompts share stand once, at the end."""

    def __init__(self, prompts: SharedPrompts, base: str, longest: int) -> None:
        self._prompts, self._base, self._longest = prompts, base, longest
        self._beginnings: dict[str, str] = {}  # their anchors

    def lists(self, lists: Sequence[ItemList]) -> Html:
        """Return the lists with search and filters, and behind them the shared beginnings."""
        if not lists:
            return nothing("No item was won, lost or wrong.")
        room = LARGEST // len(lists)
        benchmarks = dict.fromkeys(one.benchmark for one in lists)
        shown = [
            tag("section", tag("h4", benchmark),
                *[self._list(one, room) for one in lists if one.benchmark == benchmark],
                data_benchmark=benchmark)
            for benchmark in benchmarks
        ]  # fmt: skip
        return tag("div", _controls(list(benchmarks), _kinds(lists)), *shown, self._shared())

    def _list(self, one: ItemList, room: int) -> Html:
        items: list[Html] = []
        size = 0
        for item in one.shown:
            made = self._item(item)
            size += len(made.markup)
            if size > room and items:
                break
            items.append(made)
        noun, what = _KINDS[one.kind]
        said = f"{counted(one.total, noun)} {what.format(label=one.label, base=self._base)}"
        if len(items) < one.total:
            said += f" ({len(items)} shown, drawn at random)"
        return tag(
            "details", tag("summary", said), *items,
            id=one.anchor, class_="list", data_kind=one.kind,
        )  # fmt: skip

    def _item(self, shown: ShownItem) -> Html:
        one = shown.answers[-1][1]
        question = self._prompts.question(one)
        asked = question.removeprefix("Question: ").removesuffix("\nAnswer:")
        read = [f"{label} {_told(answer)}" for label, answer in shown.answers]
        about = [shortened(one.id, 80), shortened(one.subject, 60), *read]
        summary = tag(
            "summary",
            tag("span", one_line(asked, _LONGEST_QUESTION), dir="auto"),
            tag("span", " · ".join(filter(None, about)), class_="meta"),
        )
        flags = {flag for _, answer in shown.answers for flag in _flags(answer)}
        inside: list[Child] = [
            tag("h5", "Question"),
            text_box(question, self._longest),
            self._whole(one),
            tag("h5", "Expected"),
            text_box(one.expected, self._longest),
            *[self._answer(label, answer) for label, answer in shown.answers],
        ]
        return tag(
            "details", summary, tag("div", *inside, class_="inside"),
            class_="example", data_flags=" ".join(sorted(flags)) or None,
        )  # fmt: skip

    def _whole(self, item: ScoredItem) -> Html | None:
        """Return what leads from a question to its whole prompt."""
        beginning = self._prompts.beginning(item)
        if not beginning:
            return None
        number = len(self._beginnings) + 1
        anchor = self._beginnings.setdefault(beginning, f"prompt-{number}")
        return tag(
            "details",
            tag("summary", f"Whole prompt, {len(item.prompt):,} characters"),
            tag("p", "It begins with ", tag("a", "the solved examples", href=f"#{anchor}"),
                f", {len(beginning):,} characters that it shares with others, and ends with the "
                "question above.", class_="note"),
            class_="whole", data_before=anchor,
        )  # fmt: skip

    def _answer(self, label: str, item: ScoredItem) -> Html:
        verdict = "right" if item.correct else "wrong"
        return tag(
            "div",
            tag("h5", f"{label} ", tag("span", verdict, class_=f"verdict {verdict}")),
            tag("p", _read_as(item), class_="note"),
            text_box(item.answer, self._longest),
            class_="turn",
        )

    def _shared(self) -> Html | None:
        if not self._beginnings:
            return None
        folded = [
            tag("details", tag("summary", f"Beginning {number}, {len(text):,} characters"),
                text_box(text, _LONGEST_BEGINNING), id=anchor, class_="list")
            for number, (text, anchor) in enumerate(self._beginnings.items(), 1)
        ]  # fmt: skip
        return tag("section", tag("h4", "What prompts begin with"), *folded)


def _kinds(lists: Sequence[ItemList]) -> Mapping[str, str]:
    words = {"won": "won", "lost": "lost", "both_wrong": "wrong in both", "wrong": "wrong"}
    words |= {"unparseable": "could not be read"}
    return {kind: words[kind] for kind in dict.fromkeys(one.kind for one in lists)}


def _controls(benchmarks: Sequence[str], kinds: Mapping[str, str]) -> Html:
    """Return search and filters, which the script shows: without it there is nothing to filter."""
    flags = {"unparseable": "unparseable", "cut-off": "cut off", "refused": "refused"}
    choices = (
        ("benchmark", "Benchmark", "all benchmarks", {name: name for name in benchmarks}),
        ("kind", "List", "all lists", kinds),
        ("flag", "Answers", "all answers", flags),
    )
    selects = [
        tag("label", tag("span", title),
            tag("select", tag("option", first, value=""),
                *[tag("option", text, value=value) for value, text in values.items()], id=name))
        for name, title, first, values in choices
    ]  # fmt: skip
    search = tag("input", type="search", id="search", autocomplete="off",
                 placeholder="words of a question, an answer, an id …")  # fmt: skip
    return tag(
        "div",
        tag("form", tag("label", tag("span", "Search"), search), *selects,
            class_="controls", id="controls", role="search", hidden=True),
        tag("p", id="found", role="status", aria_live="polite", class_="note"),
    )  # fmt: skip


def _flags(item: ScoredItem) -> list[str]:
    flags = {"unparseable": item.unparseable, "cut-off": item.truncated}
    flags["refused"] = item.finish_reason == "refused"
    return [name for name, is_so in flags.items() if is_so]


def _told(item: ScoredItem) -> str:
    read = one_line(item.extracted, _LONGEST_READ) if item.extracted else "unread"
    return f"{'✓' if item.correct else '✗'} {read}"


def _read_as(item: ScoredItem) -> str:
    """Return how an answer was read and how it ended, in words."""
    read = f"read as “{shortened(item.extracted)}”" if item.extracted else "nothing could be read"
    ended = {"length": "cut off at the limit", "refused": "the server refuses the prompt"}
    said = [read, shortened(item.detail, 300), ended.get(item.finish_reason, "")]
    tokens = counted(item.completion_tokens, "token") if item.completion_tokens else ""
    return " · ".join(filter(None, [*said, tokens]))
