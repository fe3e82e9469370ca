"""Faults put into the simulator one at a time, to see whether the tests find them: `uv run python -m tests.mutation`."""
