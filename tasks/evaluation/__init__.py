"""Measuring a model on benchmarks: prompts, answers, scores and their uncertainty."""
