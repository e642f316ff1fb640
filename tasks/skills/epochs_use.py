"""How often the plans so far use each skill and each query type, on average over a stream."""

from collections.abc import Mapping, Sequence

from gleanery.tasks.skills.epochs_sealed import Epoch
from gleanery.tasks.skills.plans_streams import Generation


def use_of_skills(epochs: Sequence[Epoch], brought: Mapping[int, Generation]) -> dict[str, float]:
    """Return how many plans use each skill."""
    use = {name: 0.0 for generation in brought.values() for name in generation.skills}
    for generation in brought.values():
        of_new = of_old = 0
        for epoch in epochs:
            for window in epoch.windows:
                if window.stream.skills == generation.number:
                    of_new += window.count * window.stream.new
                    of_old += window.count * (window.stream.size - window.stream.new)
        for names, places in ((generation.skills, of_new), (generation.older_skills, of_old)):
            for name in names if places else ():
                use[name] += places / len(names)
    return use


def use_of_types(epochs: Sequence[Epoch], brought: Mapping[int, Generation]) -> dict[str, float]:
    """Return how many plans use each query type."""
    use = {name: 0.0 for generation in brought.values() for name in generation.query_types}
    for epoch in epochs:
        for window in epoch.windows:
            names = brought[window.stream.query_types].query_types
            for name in names:
                use[name] += window.count / len(names)
    return use
