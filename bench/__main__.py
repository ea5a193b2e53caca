"""``python -m bench``: every figure."""

from bench import classroom, engine, exports, memory, network, pages, stage

engine.main()
memory.main()
stage.main()
pages.main()
classroom.main()
network.main()
exports.main()
