"""Refinement: pairs repaired and completed by one or several LLMs, the original kept."""
