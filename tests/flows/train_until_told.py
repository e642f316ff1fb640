"""A training flow as a process of its own, to be told to stop: train_until_told.py CONFIG.json"""

import json
import sys
from pathlib import Path

from gleanery.flows.train_model import train_model
from gleanery.flows.training_config import TrainingConfig
from gleanery.tasks.training.followed_process import TrainingInterrupted

config = TrainingConfig.model_validate(json.loads(Path(sys.argv[1]).read_text()))
try:
    made = train_model(config)
except TrainingInterrupted as interruption:
    print(f"INTERRUPTED {interruption}", flush=True)
    sys.exit(75)
print("DONE", flush=True)
