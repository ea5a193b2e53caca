"""``python -m bench``: every figure."""

from bench import engine, exports, memory, pages, stage

engine.main()
memory.main()
stage.main()
pages.main()
exports.main()
