"""Scores: what heuristics, judges and agreement say of an example, as rows beside it."""
