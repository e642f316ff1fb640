"""Configuration models: frozen, typed, and strict about what they do not know."""

from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic_core import ErrorDetails


class Config(BaseModel):
    """Base of every configuration: an unknown key is an error that lists the known ones."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,  # a value in the wrong place may be a secret
        # Titles are what the form in Prefect's UI shows.
        model_title_generator=lambda model: _spaced(model.__name__.removesuffix("Config")),
        field_title_generator=lambda name, _: _title(name),
    )

    @model_validator(mode="before")
    @classmethod
    def _name_unknown_keys(cls, values: Any) -> Any:
        if isinstance(values, dict):
            unknown = sorted(set(map(str, values)) - set(cls.model_fields))
            if unknown:
                known = ", ".join(sorted(cls.model_fields))
                raise ValueError(
                    f"{cls.__name__} has no key {', '.join(unknown)}; known keys: {known}"
                )
        return values


def problem_words(problem: ErrorDetails) -> str:
    """Return what is wrong with a value, in words that need no knowledge of pydantic.

    Of the value only its kind is told: in the wrong place it may be a secret.
    """
    if problem["type"] in ("model_type", "model_attributes_type", "dict_type"):
        found = _KINDS.get(type(problem["input"]), "a single value")
        return f"expected keys with their values, found {found}"
    return problem["msg"].removeprefix("Value error, ")


_KINDS: dict[type, str] = {type(None): "nothing", list: "a list", tuple: "a list"}


def _spaced(name: str) -> str:
    """Return a class name as words: "PageLimits" as "Page limits"."""
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name)
    return words.strip().capitalize()


def _title(name: str) -> str:
    """Return a field's name as words: "connect_timeout_s" as "Connect timeout (s)"."""
    words = name.removesuffix("_s").replace("_", " ").capitalize()
    return f"{words} (s)" if name.endswith("_s") else words
