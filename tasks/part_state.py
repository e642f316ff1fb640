"""How a part's receipt shows as the state of its Prefect task."""

from typing import cast

from prefect.states import Completed

from gleanery.infra.receipts import Receipt


def part_state(receipt: Receipt, stood: bool) -> Receipt:
    """Return a completed state named "Reused" if the part stood already, "Incomplete" if open."""
    losses = {**receipt.rejected, **receipt.failed}
    words = ", ".join(f"{count} {reason}" for reason, count in losses.items())
    message = f"{receipt.rows_in} in, {receipt.rows_out} out" + (f"; {words}" if words else "")
    name = "Reused" if stood else "Completed" if receipt.closed else "Incomplete"
    # Prefect takes a returned state as the task's own, and hands on the data in it.
    return cast(Receipt, Completed(name=name, message=message, data=receipt))
