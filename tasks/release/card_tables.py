"""Markdown with texts from outside: a licence or a subject shows as it is and does nothing."""

import re
from collections.abc import Iterable, Mapping, Sequence

_LONGEST = 200  # characters of an outside text in a cell
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+.!|~$:@-])")
_ROWS = 25  # of a table of counts; the manifest has all


def plain(text: str, longest: int = _LONGEST) -> str:
    """Return Markdown that shows a text as it is, on one line: no link, no markup, no HTML."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    cut = line if len(line) <= longest else line[: longest - 1] + "…"
    escaped = _SPECIAL.sub(r"\\\1", cut)
    return escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return a table; its cells are Markdown already. Numbers stand to the right."""
    body = [list(row) for row in rows]
    numeric = [
        bool(body) and all(re.fullmatch(r"[\d,.]+ ?%?|-", row[i]) for row in body)
        for i in range(len(header))
    ]
    rule = ["---:" if is_number else "---" for is_number in numeric]
    return ["| " + " | ".join(row) + " |" for row in [list(header), rule, *body]]


def counts_table(
    what: str, counts: Mapping[str, int], total: int, empty: str = "(none)"
) -> list[str]:
    """Return counts with their shares of `total`, the largest first; the rest is summed up."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    shown, rest = ordered[:_ROWS], ordered[_ROWS:]
    rows = [(plain(name) or empty, f"{n:,}", share(n, total)) for name, n in shown]
    if rest:
        left = sum(n for _, n in rest)
        rows.append((f"{len(rest):,} more", f"{left:,}", share(left, total)))
    return table([what, "rows", "share"], rows)


def share(part: int, total: int) -> str:
    """Return a part of a total in per cent."""
    return f"{part / total:.1%}".replace("%", " %") if total else "-"
