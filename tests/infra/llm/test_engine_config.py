"""The engine's configuration."""

import pytest
from pydantic import ValidationError

from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.llm.protocol import ModelIdentity


def test_the_identity_is_name_and_revision_only():
    here = EngineConfig(model="m", revision="r", base_urls=("http://a/v1/",), max_in_flight=3)
    there = EngineConfig(model="m", revision="r", base_urls=("http://b/v1",))
    assert here.identity == there.identity == ModelIdentity("m", "r")
    assert here.base_urls == ("http://a/v1",)


@pytest.mark.parametrize("url", ["host:8000", "ftp://host", "/v1", "http://"])
def test_an_address_that_is_none_is_refused(url):
    with pytest.raises(ValidationError, match="http://host:port/v1"):
        EngineConfig(base_urls=(url,))


@pytest.mark.parametrize("url", ["https://me:hunter2@host/v1", "https://host/v1?key=hunter2"])
def test_a_secret_in_an_address_is_refused_and_not_repeated(url):
    with pytest.raises(ValidationError, match="api_key_env") as caught:
        EngineConfig(base_urls=(url,))
    assert "hunter2" not in str(caught.value)


def test_every_field_has_a_default_and_a_description():
    EngineConfig()
    assert all(field.description for field in EngineConfig.model_fields.values())
