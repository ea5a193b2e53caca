"""The frameworks by name: whose rules a run follows, and in which a program of it can be written."""

FRAMEWORKS = {"keras": "Keras", "pytorch": "PyTorch"}
"""Whose rules a run follows, the usual one first -> the name as it is read."""
OTHER = dict(zip(FRAMEWORKS, reversed(FRAMEWORKS), strict=True))
"""The one that it is not."""
PROGRAMS = {**FRAMEWORKS, "optax": "optax", "numpy": "plain numpy"}
"""In which a program can be written -> the name as it is read."""
ALIASES = {"tf": "keras", "torch": "pytorch"}
