"""The names of the stages of skill synthesis."""

SKILL_EXAMPLES = "skill-examples"  # as they were generated, before near-identical ones are left out
