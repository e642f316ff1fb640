"""Releases: a recipe applied to what curation left, published with card, report and lineage."""
