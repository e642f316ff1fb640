"""A taxonomy proposed from nothing: fields, the sub-fields of each, the disciplines of those.

Every list is asked for several times as free text, each is turned into records by a second call,
and all are merged into one. What comes out is proposed: people keep or remove it.
"""

from collections.abc import Sequence
from dataclasses import replace

from gleanery.infra.digests import digest
from gleanery.infra.llm.dialogues import Dialogue
from gleanery.infra.llm.protocol import ModelIdentity
from gleanery.tasks.llm_part import OPEN_REASONS, RowOutcome
from gleanery.tasks.records import Loss
from gleanery.tasks.side_by_side import side_by_side
from gleanery.tasks.taxonomy.propose_ask import Asking, prompt_below, prompt_for_fields, two_steps
from gleanery.tasks.taxonomy.propose_config import ProposalConfig, ProposedNode, Scope
from gleanery.tasks.taxonomy.propose_names import MergedName, NameList, merge_names
from gleanery.tasks.taxonomy.propose_prompts import FINGERPRINT
from gleanery.tasks.taxonomy.tree import Node, Status, Taxonomy
from gleanery.tasks.taxonomy.two_steps import Recorded, attempts_of, write_and_record

_LEVELS = 3
_LIST = "list"  # the step of the calls that wrote a node's lists

Path = tuple[str, ...]


def propose_tree(
    scope: Scope, config: ProposalConfig, language: str, model: ModelIdentity, attempt: int = 0
) -> Dialogue[RowOutcome[ProposedNode]]:
    """Ask for the fields of a scope, their sub-fields and the disciplines of these; return all.

    Each node comes before what stands below it. Losses are the scope's: one for each list that
    stayed unusable, each record that is no name of its list, each name in too few lists
    ("too_few_lists"), and each field that came to have nothing below it ("nothing_below"), which
    is left out. While one request has no answer yet there are no nodes at all. (After GLAN,
    section 2.1, which tells neither its prompts nor how its lists are merged.)
    """
    asking = Asking(scope, config, language, model, attempts_of(attempt, config.tries))
    below: dict[Path, list[ProposedNode]] = {}
    losses: list[Loss] = []
    paths: list[Path] = [()]
    for _ in range(_LEVELS):
        found = yield from side_by_side(
            [_list_below(asking, path, _prompt(asking, path, below)) for path in paths]
        )
        for path, (nodes, lost) in zip(paths, found, strict=True):
            below[path] = nodes
            losses += lost
        if failed := [loss for loss in losses if loss.reason in OPEN_REASONS]:
            return RowOutcome(losses=failed[:1])
        paths = [(*path, node.name) for path in paths for node in below[path]]
    rows, bare = _in_order(below, ())
    losses += [
        Loss(row_id=scope.row_id, reason="nothing_below", detail=" > ".join(path)) for path in bare
    ]
    return RowOutcome(rows, losses)


def _prompt(asking: Asking, path: Path, below: dict[Path, list[ProposedNode]]) -> str:
    if not path:
        return prompt_for_fields(asking)
    siblings = below[path[:-1]]
    (node,) = (one for one in siblings if one.name == path[-1])
    return prompt_below(asking, path, node.description, _beside(node, siblings))


def _beside(node: ProposedNode, siblings: Sequence[ProposedNode]) -> list[str]:
    """Return the names that some list has next to the node's own.

    One list divides a field, and what belongs to its neighbour is left to that. Two lists cut the
    field differently: what the one calls a neighbour may be the node itself in the other.
    """
    lists = _lists_of(node)
    return [one.name for one in siblings if one is not node and lists & _lists_of(one)]


def _lists_of(node: ProposedNode) -> set[str]:
    return {call.request_key for call in node.calls if call.step == _LIST}


def _list_below(
    asking: Asking, path: Path, prompt: str
) -> Dialogue[tuple[list[ProposedNode], list[Loss]]]:
    """Return what stands below a path, and the losses of its lists."""
    lists = yield from side_by_side(
        [
            write_and_record(two_steps(asking, prompt, path, number), asking.attempts)
            for number in range(asking.config.queries)
        ]
    )
    where = " > ".join(path) or "fields"
    losses = [
        loss.model_copy(update={"detail": f"{where}, list {number}: {loss.detail}"})
        for number, found in enumerate(lists, start=1)
        for loss in ([found] if isinstance(found, Loss) else found.value.dropped)
    ]
    usable = [found for found in lists if isinstance(found, Recorded)]
    nodes = []
    for merged in merge_names([found.value for found in usable]):
        if len(merged.lists) >= asking.config.least_lists:
            nodes.append(_node(asking.scope, path, merged, usable))
        else:
            detail = f"{where}: {merged.name!r} is in {len(merged.lists)} of {len(usable)} lists"
            row_id = asking.scope.row_id
            losses.append(Loss(row_id=row_id, reason="too_few_lists", detail=detail))
    return nodes, losses


def _node(
    scope: Scope, path: Path, merged: MergedName, lists: Sequence[Recorded[NameList]]
) -> ProposedNode:
    return ProposedNode(
        id=digest([scope.row_id, *path, merged.name]),
        origin=scope.row_id,
        path=list(path),
        name=merged.name,
        description=merged.description,
        lists=len(merged.lists),
        calls=[call for n in merged.lists for call in lists[n].calls(_LIST, FINGERPRINT)],
    )


def _in_order(
    below: dict[Path, list[ProposedNode]], path: Path
) -> tuple[list[ProposedNode], list[Path]]:
    """Return the nodes below a path as they are written down, and the fields without a leaf."""
    rows: list[ProposedNode] = []
    bare: list[Path] = []
    for node in below[path]:
        own = (*path, node.name)
        if len(own) == _LEVELS:
            rows.append(node)
            continue
        inner, bare_inside = _in_order(below, own)
        rows += [node, *inner] if inner else []
        bare += bare_inside if inner else [own]
    return rows, bare


def proposed_taxonomy(rows: Sequence[ProposedNode], source: str = "proposal") -> Taxonomy:
    """Return the tree of proposed nodes, each with the status `proposed`, in the rows' order.

    Raises `ValueError` for a row whose path is not there.
    """
    children: dict[Path, list[Node]] = {(): []}
    for row in rows:
        path = tuple(row.path)
        if path not in children:
            raise ValueError(f"nothing is proposed at {' > '.join(path)}, above {row.name!r}")
        node = Node(row.name, description=row.description, status=Status.PROPOSED)
        children[path].append(node)
        children[(*path, row.name)] = []

    def grown(path: Path) -> tuple[Node, ...]:
        return tuple(replace(node, children=grown((*path, node.name))) for node in children[path])

    return Taxonomy(grown(()), source)
