"""As much of tensorboardX as transformers asks for; what it is told goes to `scalars.jsonl`."""

import json
from pathlib import Path


class SummaryWriter:
    def __init__(self, log_dir: str) -> None:
        folder = Path(log_dir)
        folder.mkdir(parents=True, exist_ok=True)
        self._file = (folder / "scalars.jsonl").open("a")

    def add_scalar(self, name: str, value: float, step: int) -> None:
        self._file.write(json.dumps({"name": name, "value": value, "step": step}) + "\n")

    def add_text(self, name: str, text: str, step: int | None = None) -> None:
        pass

    def flush(self) -> None:
        self._file.flush()

    def close(self) -> None:
        self._file.close()
