"""``python -m bench``: every figure."""

from bench import engine

engine.main()
