"""Flows: order and fan-out only, one file per flow."""
