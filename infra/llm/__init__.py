"""LLM engines behind one small protocol, and the journal that keeps their answers."""
