"""The proposal of a taxonomy as a part: one row, the scope, and one dialogue for the whole tree."""

from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.receipts import Input, Plan
from gleanery.tasks.llm_part import LLMPart
from gleanery.tasks.taxonomy.propose import propose_tree
from gleanery.tasks.taxonomy.propose_config import ProposalConfig, ProposedNode, Scope
from gleanery.tasks.taxonomy.propose_prompts import FINGERPRINT
from gleanery.tasks.taxonomy.stages import PROPOSED_NODES

VERSION = 1
PART = "taxonomy"


def proposal_part(
    scope: Scope, config: ProposalConfig, language: str, engine: EngineConfig
) -> LLMPart[Scope, ProposedNode]:
    """Return the work of proposing a taxonomy."""
    return LLMPart(
        plan=Plan(
            stage=PROPOSED_NODES,
            version=VERSION,
            part=PART,
            inputs=(Input(stage="scope", part=PART, row_digest=scope.row_id),),
            decides={
                "config": config.model_dump(mode="json"),
                "language": language,
                "prompt": FINGERPRINT,
                "model": [engine.model, engine.revision],
            },
        ),
        load=lambda: [scope],
        row_id=lambda row: row.row_id,
        row_type=ProposedNode,
        origin=lambda node: node.origin,
        engines=[engine],
        dialogue=lambda row, attempt: propose_tree(row, config, language, engine.identity, attempt),
    )
