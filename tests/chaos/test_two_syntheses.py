"""Two runs of a synthesis at once over the same root."""

from collections.abc import Callable
from typing import Any

import pytest
from pipeline_audit import row_digests
from runs import Pipeline
from synthesis_audit import check_synthesis

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(300)]


@pytest.mark.parametrize("method", ["taxonomy", "skills"])
@pytest.mark.parametrize("answers", ["equal", "fresh"])
def test_two_runs_at_once_end_well_and_leave_what_one_would(
    method: str,
    answers: str,
    synthesis: Callable[..., tuple[Pipeline, Any]],
    undisturbed_synthesis: Callable[[str], dict[str, str]],
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
):
    undisturbed = undisturbed_synthesis(method)
    if answers == "fresh":
        monkeypatch.setenv("STUB_FRESH", "1")
    root = request.getfixturevalue("bucket") if answers == "equal" else None
    made, stub = synthesis(method, root)
    stub.control(latency_s=0.4)
    for ended in [running.wait() for running in (made.start(), made.start())]:
        assert not ended.error, ended.log[-3000:]
        assert not ended.failed
    counts = stub.counts()
    assert counts["asked"] > len(counts["keys"]), "the second run only came after the first"
    check_synthesis(made.store, all_used=False)
    if answers == "equal":
        assert row_digests(made.store) == undisturbed
