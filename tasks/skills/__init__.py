"""Synthesis from combinations of skills, after Instruct-SkillMix (arXiv 2408.14774)."""
