"""The stages of a release."""

ELIGIBILITY = "eligibility"
SELECTION = "selection"
