"""How files that commands name (`s3://…`) are reached."""

from typing import Any

from gleanery.infra.settings import read_settings


def file_options() -> dict[str, Any]:
    """Return fsspec's options for a file that is named on the command line, as a run has them."""
    settings = read_settings()
    if not settings.storage_block:
        return {}
    from gleanery.flows.run import storage_options  # takes seconds to load

    return storage_options(settings)
