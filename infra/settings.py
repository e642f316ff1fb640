"""Settings that belong to a machine or a deployment, read from the environment in one place."""

import os
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "GLEANERY_"


class Settings(BaseSettings):
    """What the environment decides, as `GLEANERY_…` variables. Credentials are not among them.

    Object storage reads its endpoint and keys from the usual `AWS_…` variables, or from the
    Prefect Secret block that `storage_block` names.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    root: str = Field("./data", description="Where data lives: a folder or s3://bucket/prefix.")
    workers: int = Field(0, ge=0, description="Worker processes; 0 means one per core.")
    storage_block: str = Field("", description="Prefect Secret block with S3 options as JSON.")
    server_home: Path = Field(
        Path(".gleanery"), description="Folder of the embedded Prefect server's database and logs."
    )

    @property
    def worker_count(self) -> int:
        """Number of worker processes to start."""
        return self.workers or len(os.sched_getaffinity(0))


def read_settings() -> Settings:
    """Return the settings. Raises `ValueError` for a `GLEANERY_` variable that nobody reads."""
    known = {f"{PREFIX}{name}".upper() for name in Settings.model_fields} | TEST_VARIABLES
    given = (name for name in os.environ if name.upper().startswith(PREFIX))
    unknown = sorted(name for name in given if name.upper() not in known)
    if unknown:
        raise ValueError(
            f"unknown setting {', '.join(unknown)}; known settings: {', '.join(sorted(known))}"
        )
    return Settings()


TEST_VARIABLES = frozenset({"GLEANERY_SHARED_DATA"})  # read by the tests alone
