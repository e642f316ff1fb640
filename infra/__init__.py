"""The outside world: object storage, checkpoints, LLM engines, compute and settings."""
