"""Settings come from the environment alone, and a misspelt one is not passed over."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from gleanery.infra.budget import BudgetConfig
from gleanery.infra.settings import Settings, read_settings


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"GLEANERY_{name.upper()}", raising=False)


def test_everything_has_a_default() -> None:
    settings = read_settings()
    assert settings.root == "./data"
    assert settings.worker_count >= 1


def test_environment_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLEANERY_ROOT", "s3://bucket/prefix")
    monkeypatch.setenv("GLEANERY_WORKERS", "3")
    monkeypatch.setenv("GLEANERY_SERVER_HOME", "/srv/gleanery")
    settings = read_settings()
    assert (settings.root, settings.worker_count) == ("s3://bucket/prefix", 3)
    assert settings.server_home == Path("/srv/gleanery")


@pytest.mark.parametrize("name", ["GLEANERY_ROOTS", "gleanery_roots"])
def test_unknown_variable_is_an_error_that_lists_the_known(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "x")
    with pytest.raises(ValueError, match=rf"unknown setting {name}; known .*GLEANERY_ROOT, "):
        read_settings()


def test_value_of_an_unknown_variable_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLEANERY_API_KEY", "very-secret")
    with pytest.raises(ValueError, match="GLEANERY_API_KEY") as error:
        read_settings()
    assert "very-secret" not in str(error.value)


def test_value_out_of_bounds_names_its_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLEANERY_WORKERS", "-1")
    with pytest.raises(ValidationError, match="workers"):
        read_settings()


def test_settings_do_not_change(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValidationError):
        read_settings().root = "elsewhere"  # type: ignore[misc]


def test_every_setting_says_what_it_is() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_unknown_key_of_any_configuration_is_an_error_that_lists_the_known() -> None:
    with pytest.raises(ValidationError, match="BudgetConfig has no key token; known keys: money, "):
        BudgetConfig.model_validate({"token": 5})
