"""Reads a rendered report back: its elements, its tables, its texts."""

import json
import re
from html.parser import HTMLParser
from typing import Any

VOID = {"meta", "link", "input"}


class Element:
    """An element with its attributes and what is in it."""

    def __init__(self, name: str, attributes: dict[str, str | None]) -> None:
        self.name = name
        self.attributes = attributes
        self.children: list[Element | str] = []

    @property
    def text(self) -> str:
        return "".join(one if isinstance(one, str) else one.text for one in self.children)

    def all(self, name: str = "", **attributes: str) -> list["Element"]:
        """Return the elements below this one that have this name and these attributes."""
        found = []
        for child in self.children:
            if isinstance(child, Element):
                fits = all(child.attributes.get(k.rstrip("_")) == v for k, v in attributes.items())
                if fits and name in ("", child.name):
                    found.append(child)
                found += child.all(name, **attributes)
        return found

    def one(self, name: str = "", **attributes: str) -> "Element":
        (found,) = self.all(name, **attributes)
        return found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("root", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].name == tag, f"</{tag}> closes <{self.open[-1].name}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def read(html: str) -> Element:
    """Return the document; fails on an element that is not closed where it should be."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == [reader.root]
    return reader.root


def rows(table: Element) -> list[list[str]]:
    """Return the texts of a table's cells, row by row, the heads too."""
    return [
        [cell.text for cell in row.children if isinstance(cell, Element)] for row in table.all("tr")
    ]


def tables(document: Element, section: str) -> dict[str, list[list[str]]]:
    """Return the tables of a section by caption."""
    found = document.one("section", id=section).all("table")
    return {table.one("caption").text: rows(table) for table in found}


def number(text: str) -> int:
    """Return a number that is written with thousand separators, whatever stands behind it."""
    return int(re.sub(r"[^\d]", "", text.split()[0]))


def examples(document: Element) -> list[dict[str, Any]]:
    """Return the examples that the browser is given."""
    return list(json.loads(document.one("script", id="data").text))
