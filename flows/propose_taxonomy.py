"""The flow that has a model propose a taxonomy, for people to review."""

from prefect import flow
from prefect.logging import get_run_logger
from prefect.task_runners import ThreadPoolTaskRunner

from gleanery.flows.fan_out import PARTS_AT_ONCE, ask_for_parts
from gleanery.flows.run import Again, open_run
from gleanery.flows.taxonomy_config import TaxonomyConfig
from gleanery.tasks.stage_output import StageOutput
from gleanery.tasks.taxonomy.proposal_part import PART, proposal_part
from gleanery.tasks.taxonomy.propose import proposed_taxonomy
from gleanery.tasks.taxonomy.propose_config import ProposedNode, Scope
from gleanery.tasks.taxonomy.stages import PROPOSED_NODES
from gleanery.tasks.taxonomy.tree_writing import render

PROPOSED_FILE = "proposals/taxonomy.yaml"


@flow(
    name="propose-taxonomy",
    flow_run_name="propose taxonomy: {config.name}",
    task_runner=ThreadPoolTaskRunner(max_workers=PARTS_AT_ONCE),  # type: ignore[arg-type]
)
def propose_taxonomy(config: TaxonomyConfig, again: Again = Again()) -> StageOutput:
    """Return the output of the proposal; the tree is at `proposals/taxonomy.yaml` of the pipeline.

    Its nodes are proposed: a synthesis takes those that people keep.
    """
    with open_run(config) as run:
        work = proposal_part(
            Scope(text=config.scope), config.proposal, config.language, config.engine
        )
        output = ask_for_parts(run, PROPOSED_NODES, [work], again)
        receipt = run.parts.newest(PROPOSED_NODES, PART)
        if receipt and receipt.closed and receipt.rows_out:
            tree = proposed_taxonomy(run.parts.rows(receipt, ProposedNode))
            header = f"Proposed by {config.engine.model} for: {config.scope}"
            run.store.write(PROPOSED_FILE, render(tree, header).encode())
            get_run_logger().info(
                "%d nodes are at %s", output.rows_out, run.store.uri(PROPOSED_FILE)
            )
        return output
