"""Where several hosts meet when nobody has said where."""

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from gleanery.flows import host_runs


@pytest.mark.parametrize(
    ("ways", "expected"),
    [
        ({"prefect.example": "10.77.0.1"}, "10.77.0.1"),  # a network of its own, without a gateway
        ({"prefect.example": "127.0.0.1", "10.255.255.255": "10.77.0.1"}, "10.77.0.1"),
        ({}, "127.0.0.1"),
    ],
)
def test_the_first_host_is_met_where_the_others_reach_it(
    ways: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host_runs, "_address_towards", lambda host: ways.get(host, ""))
    with temporary_settings({PREFECT_API_URL: "http://prefect.example:4200/api"}):
        address, _, port = host_runs._own_place().rpartition(":")
    assert address == expected
    assert int(port) > 0
