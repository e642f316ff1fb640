"""The stages of scoring: each scorer has one, and writes rows of `ExampleScore` there."""

JUDGEMENTS = "judgements"
AGREEMENT = "agreement"
HEURISTICS = "heuristics"
