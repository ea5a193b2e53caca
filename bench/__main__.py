"""``python -m bench``: every figure."""

from bench import engine, exports, stage

engine.main()
stage.main()
exports.main()
