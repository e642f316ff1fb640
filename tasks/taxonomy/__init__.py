"""Synthesis from a taxonomy of human knowledge, after GLAN (arXiv 2402.13064)."""
