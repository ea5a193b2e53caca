"""``python -m bench``: every figure."""

from bench import engine, pages

engine.main()
pages.main()
