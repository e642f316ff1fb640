"""Fine-tuning a base model on a release: resumable, reproducible, measured."""
