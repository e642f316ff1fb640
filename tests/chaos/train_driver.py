"""One run of a training as a process of its own: `python train_driver.py PLAN.json`.

The plan holds the training's configuration (`config`), where to write what came of it (`outcome`)
and the kills (see `chaos_store`).
"""

import json
import os
import sys
import threading
import traceback
from pathlib import Path


def main(plan_file: str) -> int:
    plan = json.loads(Path(plan_file).read_text())
    os.environ["CHAOS_PLAN"] = json.dumps({**plan, "config": None})
    import chaos_store

    from gleanery.flows.train_model import plan_training
    from gleanery.flows.training_config import TrainingConfig
    from gleanery.infra.settings import read_settings
    from gleanery.tasks.training.training_run import run_training

    config = TrainingConfig.model_validate(plan["config"])
    store = chaos_store.ChaosStore(f"{config.root}/{config.name}")
    training = plan_training(config, read_settings())
    try:
        made, stood = run_training(
            store,
            training,
            lambda event: chaos_store.happens(event["event"], json.dumps(event), "after"),
            threading.Event(),
        )
    except Exception:
        traceback.print_exc()
        return 1
    files = {file.path: file.sha256 for file in made.files}
    Path(plan["outcome"]).write_text(json.dumps({"stood": stood, "files": files}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
