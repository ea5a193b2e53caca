# Everything runs in .venv, which is made on first use and again when a requirements file changes.
PYTHON ?= python3
BIN = .venv/bin
# Where the app is served: on this machine alone. For the others in the room: make app ADDRESS=0.0.0.0
ADDRESS ?= 127.0.0.1
PORT ?= 8501

.PHONY: app test browsers lint types js bench golden programs cards pictures clean

app: .venv/.app
	$(BIN)/streamlit run app.py --server.address $(ADDRESS) --server.port $(PORT)

test: .venv/.dev
	$(MAKE) --jobs=3 --output-sync=target lint types js
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

browsers: .venv/.dev
	$(BIN)/python -m pytest tests/browsers/smoke.py

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/.dev
	$(BIN)/mypy

ifneq ($(shell command -v node 2>/dev/null),)
js: node_modules/.ready
	npm run --silent lint
	npm run --silent test
else
js:
	@if [ -n "$$CI" ]; then echo "node is missing" >&2; exit 1; fi
	@echo "!! node is missing: the JavaScript checks were SKIPPED" >&2
endif

bench: .venv-bench/.ready
	.venv-bench/bin/python -m bench

cards: .venv/.dev
	$(BIN)/python -m tools.cards

pictures: .venv/.dev
	$(BIN)/python -m tools.pictures

golden: .venv-bench/.ready
	.venv-bench/bin/python -m tests.golden.record_pytorch
	.venv-bench/bin/python -m tests.golden.record_keras
	.venv-bench/bin/python -m tests.golden.record_optax
	.venv-bench/bin/python -m tests.golden.record_plateau
	.venv-bench/bin/python -m tests.golden.record_replay
	.venv-bench/bin/python -m tests.golden.record_log
	.venv-bench/bin/python -m tests.golden.record_schedules
	.venv-bench/bin/python -m tests.golden.record_training

programs: .venv-bench/.ready
	.venv-bench/bin/python -m tests.programs
	.venv-bench/bin/python -m tests.program_fits
	.venv-bench/bin/python -m tests.program_replays

.venv/.app: requirements.txt requirements-core.txt requirements-app.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --no-compile --disable-pip-version-check -r requirements.txt
	touch $@

.venv/.dev: requirements-dev.txt .venv/.app
	$(BIN)/pip install --quiet --no-compile --disable-pip-version-check -r requirements-dev.txt
	touch $@

# On top of .venv, so that only the frameworks themselves are installed here.
.venv-bench/.ready: requirements-bench.txt .venv/.dev
	$(PYTHON) -m venv .venv-bench
	$(BIN)/python -c "import sysconfig; print(sysconfig.get_path('purelib'))" \
	  > $$(.venv-bench/bin/python -c "import sysconfig; print(sysconfig.get_path('purelib'))")/app.pth
	.venv-bench/bin/pip install --quiet --no-compile --disable-pip-version-check -r requirements-bench.txt
	touch $@

node_modules/.ready: package-lock.json
	npm ci --no-audit --no-fund
	touch $@

clean:
	rm -rf .venv .venv-bench node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis
