"""``python -m bench``: every figure."""

from bench import engine, exports, pages, stage

engine.main()
stage.main()
pages.main()
exports.main()
