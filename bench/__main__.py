"""``python -m bench``: every figure."""

from bench import engine, exports, memory, network, pages, stage

engine.main()
memory.main()
stage.main()
pages.main()
network.main()
exports.main()
