"""Histograms from values: equal bins, and a long tail counted rather than drawn."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from gleanery.tasks.release.report_data import Histogram

_TAIL = 0.99  # of the values; the axis ends there if the rest would stretch it to twice as far

Values = Sequence[float] | npt.NDArray[np.float64]


def histogram(
    title: str,
    of: str,
    values: Values,
    *,
    kept: Sequence[bool] | npt.NDArray[np.bool_] | None = None,
    threshold: float | None = None,
    at_most: bool = False,
    bins: int = 20,
) -> Histogram:
    """Return the distribution of scores or lengths; `kept` says whether a value's row stays.

    Values within 0 to 1 are binned over just that range; bins of whole numbers are whole numbers
    wide, so that none holds more of them than its neighbours. Raises `ValueError` for values that
    are no numbers, and where `kept` has another length.
    """
    numbers = np.asarray(values, dtype=np.float64)
    if not np.isfinite(numbers).all():
        raise ValueError(f"{title} ({of}) has values that are no numbers: leave them out")
    if kept is not None and len(kept) != len(numbers):
        raise ValueError(f"{title} ({of}): {len(numbers):,} values but {len(kept):,} marks of kept")
    edges = _edges(numbers, bins)
    counts, _ = np.histogram(numbers, edges)
    staying: list[int] = []
    if kept is not None:
        staying = np.histogram(numbers[np.asarray(kept, dtype=np.bool_)], edges)[0].tolist()
    return Histogram(
        title=title,
        of=of,
        edges=edges.tolist(),
        counts=counts.tolist(),
        kept=staying,
        above=int((numbers > edges[-1]).sum()),
        mean=float(numbers.mean()) if len(numbers) else None,
        median=float(np.median(numbers)) if len(numbers) else None,
        only=float(numbers[0]) if len(numbers) and (numbers == numbers[0]).all() else None,
        threshold=threshold,
        at_most=at_most,
    )


def _edges(numbers: npt.NDArray[np.float64], bins: int) -> npt.NDArray[np.float64]:
    """Return the borders of the bins, which hold all values but a thin tail."""
    if not len(numbers):
        return np.array([0.0, 1.0])
    low, high = float(numbers.min()), float(numbers.max())
    whole = bool((numbers == np.floor(numbers)).all())
    if low >= 0 and high <= 1:
        return np.linspace(0, 1, bins + 1)
    most = float(np.quantile(numbers, _TAIL))
    if high - low > 2 * (most - low) > 0:
        high = most
    if whole:
        width = max(1, int(np.ceil((high - low + 1) / bins)))
        steps = int(np.ceil((high - low + 1) / width))
        return low + width * np.arange(steps + 1, dtype=np.float64)
    return np.linspace(low, high if high > low else low + 1, bins + 1)
