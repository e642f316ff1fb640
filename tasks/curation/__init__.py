"""Curation: duplicates and benchmark leaks among documents, questions and examples."""
