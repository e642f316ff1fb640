"""The methods: which configuration a file holds, and the flow that runs it."""

from pathlib import Path

from gleanery.flows.harvest_config import HarvestConfig
from gleanery.flows.pipeline_config import ConfigError, PipelineConfig, read_values, to_config
from gleanery.flows.run import Again
from gleanery.tasks.stage_output import StageOutput

_CONFIGS: dict[str, type[PipelineConfig]] = {"harvest": HarvestConfig}


def read_config(path: Path) -> PipelineConfig:
    """Return the configuration in a YAML file, of the method that its key `method` names.

    A file without that key is a harvest. Raises `ConfigError` with file, key and reason.
    """
    values = read_values(path)
    method = str(values.get("method", "harvest"))
    if method not in _CONFIGS:
        raise ConfigError(f"{path} has the method {method}; known methods: {', '.join(_CONFIGS)}")
    return to_config(path, values, _CONFIGS[method])


def run_method(config: PipelineConfig, again: Again) -> list[StageOutput]:
    """Run the flow that a configuration is for, and return its stages' outputs."""
    # Imported here: Prefect reads its settings, the server's address among them, on import.
    from gleanery.flows.harvest import harvest

    assert isinstance(config, HarvestConfig)
    return harvest(config, again)
