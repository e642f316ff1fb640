"""Extraction: question-answer pairs that a page already holds, located in its text."""
