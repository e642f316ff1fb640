"""What a dataset card says that is not counted from the rows."""

from pydantic import Field

from gleanery.tasks.records import Record


class CardFacts(Record):
    """What the card says beside what the manifest has.

    `licence` is the Hub's identifier ("cc-by-4.0") for the whole release; "" derives it from the
    rows. `limits` are added to the ones that hold for every release. `scores` says what each
    column of scores means.
    """

    title: str = Field(min_length=1)
    summary: str = ""
    languages: list[str] = Field(default_factory=lambda: ["en"])
    tasks: list[str] = Field(default_factory=lambda: ["text-generation", "question-answering"])
    tags: list[str] = Field(default_factory=list)
    licence: str = ""
    limits: list[str] = Field(default_factory=list)
    scores: dict[str, str] = Field(default_factory=dict)
