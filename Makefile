# make report   run the notebooks on the shipped dumps and render the report into reports/
# make test     unit tests, notebooks (nbval), the report in a browser where Chromium is installed
# make notebooks  run the notebooks again in place; make derived  renew data/derived and the manifest
# make lab      open the notebooks in JupyterLab; make lab LAB="--no-browser --port 9000" passes options on
# make bench    measure ourselves beside the peers (see benchmarks/README.md)
# make lock     pin every dependency anew, with hashes
# make fuzz     100,000 hostile pages, 20,000 files of other kinds, and 200 kills; see docs/promises.md
# make audit    ask for known vulnerabilities of the pinned dependencies (needs a network)

PYTHON ?= python3
DUMPS ?= data/dumps
OUT ?= reports
BIN := .venv/bin
READY := .venv/.ready

.PHONY: report test lab notebooks derived lint bench lock fuzz audit clean
.DELETE_ON_ERROR:

report: $(READY)
	$(BIN)/paperatlas report "$(DUMPS)" --out "$(OUT)"

# One process more than there are processors, since some tests wait for others' programs, and one thread for each.
test: export OMP_NUM_THREADS ?= 1
test: $(READY) lint
	$(BIN)/python -m pytest -n $$($(BIN)/python -c 'import os; print(1 + (os.cpu_count() or 1))') --dist loadfile --no-loadscope-reorder

lint: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

# JupyterLab asks its user for leave to fetch news and updates from other hosts, unless that part is switched off,
# and refuses to run as root, unless told; in a container there is nobody else.
lab: $(READY)
	$(BIN)/jupyter labextension disable --level=sys_prefix @jupyterlab/apputils-extension:announcements
	$(BIN)/jupyter lab --LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb \
		$(if $(filter 0,$(shell id -u)),--allow-root) $(LAB)

notebooks: $(READY)
	$(BIN)/paperatlas notebooks

derived: $(READY)
	$(BIN)/python derive.py

bench: $(READY)
	$(BIN)/python benchmarks/topics.py compare data/dumps

# requirements.lock holds uv as well: it is taken out of the lock with its hashes and installs the rest.
$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Paper Atlas needs Python 3.11 or newer, found " + sys.version.split()[0] + "; name another with make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
	awk '/^uv==/ {on = 1} on {print} on && !/\\$$/ {exit}' requirements.lock > .venv/uv.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r .venv/uv.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --compile-bytecode --require-hashes -r requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	touch $(READY)

lock: $(READY)
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --fork-strategy fewest --python-version 3.11 \
		--generate-hashes --no-annotate --no-header --no-emit-index-url --quiet -o requirements.lock
	! grep -nE '://' requirements.lock

fuzz: $(READY)
	$(BIN)/python -m tests.fuzz.loader 100000
	$(BIN)/python -m tests.fuzz.readers 20000
	$(BIN)/python -m tests.fuzz.kills 20
	$(BIN)/python -m tests.fuzz.kills 20 scale
	PAPERATLAS_KILLS=200 $(BIN)/python -m pytest -q tests/unit/test_interruption.py

# pip-audit asks a vulnerability service, so it is no part of the tests and not of the lock.
audit: $(READY)
	$(BIN)/uv tool run pip-audit --require-hashes --disable-pip -r requirements.lock

clean:
	rm -rf .venv reports artifacts .mypy_cache .pytest_cache .ruff_cache .hypothesis
