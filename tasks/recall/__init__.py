"""Recall: find the pages of a corpus that hold questions with their answers."""
