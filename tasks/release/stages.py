"""The stages of a release."""

SELECTION = "selection"
