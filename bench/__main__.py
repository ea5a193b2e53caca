"""``python -m bench``: every figure."""

from bench import engine, stage

engine.main()
stage.main()
