"""``python -m bench``: every figure."""

from bench import engine, exports

engine.main()
exports.main()
