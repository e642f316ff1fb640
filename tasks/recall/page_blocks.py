"""Blocks that the extraction would drop although they are content."""

import re
from typing import Any

# resiliparse takes a list near the top of the tree for a menu and drops it.
_SHALLOW_LISTS = "body > ul, body > * > ul, body > * > * > ul"
_LIST_DEPTH = 3  # elements between <body> and a list that is kept
_MENU_WORDS = re.compile(
    r"nav|menu|breadcrumb|footer|header|sidebar|social|share|pagination|tabs|toolbar|topbar|lang",
    re.IGNORECASE,
)
_ITEMS_LOOKED_AT = 6
_LINK_SHARE = 0.6  # of the characters; a list with more in links is a menu
_HIDDEN = '[hidden],[style*="one"],[style*="ONE"],[style*="idden"]'
_SOLUTION = re.compile(r"solution|answer|explanation|hint|spoiler", re.IGNORECASE)
_HIDING = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)\s*(?:!important)?;?", re.I)


def lift_lists(tree: Any) -> None:
    """Put lists that are content, and so near the top that they would be dropped, lower down."""
    if tree.body is None:
        return
    for element in tree.body.query_selector_all(_SHALLOW_LISTS).values():
        if _is_menu(element):
            continue
        outer = inner = tree.create_element("div")
        for _ in range(_LIST_DEPTH - 1):
            inner = inner.append_child(tree.create_element("div"))
        element.parent.replace_child(outer, element)
        inner.append_child(element)


def uncover_solutions(tree: Any) -> bool:
    """Show solutions, answers and hints that wait hidden for a click; return whether there were."""
    found = False
    for element in tree.document.query_selector_all(_HIDDEN).values():
        if not _SOLUTION.search(f"{element.class_name or ''} {element.id or ''}"):
            continue
        style = element.getattr("style") or ""
        if element.hasattr("hidden"):
            element.delattr("hidden")
        elif not _HIDING.search(style):
            continue
        element.setattr("style", _HIDING.sub("", style))
        found = True
    return found


def _is_menu(element: Any) -> bool:
    ancestor = element
    for _ in range(_LIST_DEPTH):
        if ancestor is None or ancestor.tag in {"body", "html"}:
            break
        if ancestor.tag in {"nav", "header", "footer", "aside"}:
            return True
        if _MENU_WORDS.search(f"{ancestor.class_name or ''} {ancestor.id or ''}"):
            return True
        ancestor = ancestor.parent
    text = linked = 0
    item = element.first_element_child
    for _ in range(_ITEMS_LOOKED_AT):
        if item is None:
            break
        text += len(item.text.strip())
        linked += sum(
            len(link.text.strip()) for link in item.get_elements_by_tag_name("a").values()
        )
        item = item.next_element_sibling
    return linked >= _LINK_SHARE * text
