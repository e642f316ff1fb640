"""What a training is: data, base and recipe, and the name of all that decides the weights."""

import datetime
import importlib.metadata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gleanery.infra.digests import digest
from gleanery.infra.folders import FolderReceipt, StoredFile
from gleanery.infra.storage import Store
from gleanery.tasks.training.training_spec import TrainingSpec

VERSION = 1


@dataclass(frozen=True)
class Training:
    """What is trained: `spec` without any path, the data's files and where they lie, and the base.

    `base` says which weights it starts from and `template` which chat template it learns by,
    whatever their files are called; `base_model` is the receipt and the store of a base that was
    trained here. `lineage` is what the model card says of the data. `grace_s` is how long a process
    that is told to stop may take to save.
    """

    spec: TrainingSpec
    data: Store
    train_files: tuple[StoredFile, ...]
    validation_files: tuple[StoredFile, ...]
    base: str
    template: str = ""
    base_model: tuple[Store, FolderReceipt] | None = None
    lineage: Mapping[str, Any] = field(default_factory=dict)
    python: str = ""
    grace_s: float = 600.0

    @property
    def key(self) -> str:
        """The name of all that decides the weights."""
        spec = self.spec
        model = spec.model.model_dump(mode="json", exclude={"path", "revision"}, exclude_none=True)
        model |= {"chat_template": self.template}
        return digest(
            {
                "version": VERSION,
                "base": self.base,
                "model": model,
                "tuning": spec.tuning.model_dump(mode="json"),
                "recipe": spec.recipe.model_dump(mode="json", exclude={"preset"}),
                "rows": spec.rows.decides,
                "train": [file.sha256 for file in self.train_files],
                "validation": [file.sha256 for file in self.validation_files],
            }
        )

    def notes(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the receipt of a model says: what it was made from, and how far it came.

        `event` is what the process told with it.
        """
        spec = self.spec
        return {
            "created": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            "base": self.base,
            "fresh": spec.model.fresh and spec.model.fresh.model_dump(mode="json"),
            "lineage": dict(self.lineage),
            "learnt": {
                "choice": spec.rows.decides,
                "rows": event["rows"],
                "of": event["of_rows"],
            },
            "tuning": spec.tuning.model_dump(mode="json"),
            "recipe": spec.recipe.model_dump(mode="json"),
            "steps": event["step"],
            "seen": event["seen"],
            "gleanery": importlib.metadata.version("gleanery"),
        }
