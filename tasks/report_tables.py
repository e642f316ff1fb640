"""Tables and bars: what is counted, always as text too, so that no figure needs an eye for it."""

from collections import Counter
from collections.abc import Iterable, Sequence

from gleanery.tasks.report_html import Child, Html, tag
from gleanery.tasks.report_numbers import count, share
from gleanery.tasks.report_text import shortened

_SHOWN = 12  # bars that stand open; the others are one click away
_MOST = 500  # rows of one table; the rest is summed up in its last row


def table(
    caption: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[Child]],
    *,
    numbers: int = 0,
    total: Sequence[Child] = (),
    class_: str = "",
) -> Html:
    """Return a table that scrolls in itself where it is too wide.

    The first column names the row; the last `numbers` columns are aligned to the right. `total` is
    its foot. The caption is read out, and shown unless `class_` has "quiet".
    """
    first = len(columns) - numbers

    def cells(row: Sequence[Child]) -> list[Html]:
        return [
            tag("th", cell, scope="row") if at == 0 else tag("td", cell, class_=_kind(at, first))
            for at, cell in enumerate(row)
        ]

    head = [
        tag("th", name, scope="col", class_=_kind(at, first)) for at, name in enumerate(columns)
    ]
    body = [tag("tr", *cells(row)) for row in rows]
    made = tag(
        "table",
        tag("caption", caption),
        tag("thead", tag("tr", *head)),
        tag("tbody", *body),
        tag("tfoot", tag("tr", *cells(total))) if total else None,
        class_=class_ or None,
    )
    return tag("div", made, class_="scroll", tabindex=0, role="region", aria_label=caption)


def bars(
    caption: str,
    counts: Iterable[tuple[str, int]],
    *,
    what: str,
    whole: int | None = None,
    unit: str = "rows",
    tone: str = "kept",
    quiet: bool = False,
) -> Html:
    """Return a table with a bar per name, the largest first; long ones fold, endless ones sum up.

    `whole` is what shares are of: the sum of the counts unless a row may count several times. A
    `quiet` caption is only read out: a heading above says the same.
    """
    summed: Counter[str] = Counter()
    for name, rows_of_it in counts:  # a name may come twice
        summed[name] += rows_of_it
    ranked = sorted(summed.items(), key=lambda item: (-item[1], item[0]))
    whole = summed.total() if whole is None else whole
    largest = ranked[0][1] if ranked else 0
    rows = [
        (shortened(name) or tag("em", "not known"), bar(number, largest, tone), count(number),
         share(number, whole))
        for name, number in ranked[:_MOST]
    ]  # fmt: skip
    rest = ranked[_MOST:]
    if rest:
        left = sum(number for _, number in rest)
        others = tag("em", f"{len(rest):,} more")
        rows.append((others, bar(left, largest, "quiet"), count(left), share(left, whole)))
    columns = (what, "", unit, "share")
    shown = table(
        caption, columns, rows[:_SHOWN], numbers=2, class_="bars quiet" if quiet else "bars"
    )
    if len(rows) <= _SHOWN:
        return shown
    folded = table(f"{caption}, continued", columns, rows[_SHOWN:], numbers=2, class_="bars quiet")
    more = f"{len(ranked) - _SHOWN:,} more"
    return tag("div", shown, tag("details", tag("summary", more), folded))


def bar(number: float, largest: float, tone: str = "kept") -> Html:
    """Return a bar as long as its share of the largest; the number itself stands beside it."""
    length = 100 * min(1.0, number / largest) if largest else 0.0
    return tag(
        "svg",
        tag("rect", x=0, y=0, width=max(length, 0.8) if number else 0, height=10, class_=tone),
        class_="bar",
        viewBox="0 0 100 10",
        preserveAspectRatio="none",
        aria_hidden="true",
    )


def nothing(text: str) -> Html:
    """Return the line that stands where there is nothing to show, with the reason."""
    return tag("p", text, class_="nothing")


def _kind(at: int, first_number: int) -> str | None:
    return "number" if at >= first_number else None
