"""How a step's examples are spread over devices: exactly as many as were asked for, or an error."""

from dataclasses import dataclass


class BatchError(ValueError):
    """A number of examples per step that these devices cannot have."""


@dataclass(frozen=True, slots=True)
class BatchPlan:
    """`devices` x `per_device` x `accumulation` examples make a step."""

    devices: int
    per_device: int
    accumulation: int

    @property
    def global_batch(self) -> int:
        """Examples per step."""
        return self.devices * self.per_device * self.accumulation


def plan_batches(global_batch: int, devices: int, most_per_device: int) -> BatchPlan:
    """Return how a step is spread: as many examples per device at once as divide its share.

    Raises `BatchError` where the devices cannot share the step evenly.
    """
    share, left = divmod(global_batch, devices)
    if left or not share:
        below = max(share, 1) * devices
        near = [below] if not share else [below, below + devices]
        raise BatchError(
            f"{global_batch} examples per step cannot be shared evenly by {devices} devices: set "
            f"recipe.global_batch to {' or '.join(map(str, near))}, or use "
            f"{_most_devices(global_batch, devices)} devices"
        )
    per_device = next(
        size for size in range(min(share, most_per_device), 0, -1) if not share % size
    )
    return BatchPlan(devices, per_device, share // per_device)


def _most_devices(global_batch: int, devices: int) -> int:
    return next(count for count in range(devices, 0, -1) if not global_batch % count)
