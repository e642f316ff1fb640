"""Secrets have no place in a configuration, which is recorded and shown in a form."""

import re
from collections.abc import Iterable

_SECRET = re.compile(r"(^|[_-])(token|key|secret|password)$", re.IGNORECASE)


def refuse_secrets(names: Iterable[str], heir: str) -> None:
    """Raise `ValueError` if one of the names is that of a secret.

    `heir` is who gets the environment of the flow, where a secret belongs: "the servers".
    """
    if secret := sorted(name for name in names if _SECRET.search(name)):
        raise ValueError(
            f"{', '.join(secret)} looks like a secret, and a configuration is recorded: set it in "
            f"the environment of the flow, which {heir} inherits"
        )
