"""``python -m bench``: every figure."""

from bench import attacks, engine, exports, memory, network, pages, stage

engine.main()
memory.main()
stage.main()
pages.main()
attacks.main()
network.main()
exports.main()
