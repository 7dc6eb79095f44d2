# clayhub's everyday commands. Each sets up what it needs first; `make run` and `make test` on a fresh machine too.
BIN := .venv/bin
LOCK := $(BIN)/uv pip compile pyproject.toml --group build --universal --python-version 3.11 --quiet --upgrade \
	--generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header

.PHONY: run test check bench faults lock clean

run:  ## start everything, with simulated devices, until Ctrl-C
	@deploy/setup run
	@exec $(BIN)/clayhub up

test:  ## run every test; for some of them: make test TESTS=tests/web
	@deploy/setup test
	@$(BIN)/pytest --numprocesses 4 --dist loadfile $(TESTS)

check:  ## look at the code without running it
	@deploy/setup check
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy --strict agents hub web tests
	$(BIN)/lint-imports

SEED := 1
FAULTS := 300

faults:  ## harm the running system in every way we know, for most of an hour; docs/reliability.md tells what was seen
	@deploy/setup test
	@mkdir -p var
	@failed=0; \
	$(BIN)/pytest --numprocesses 4 --dist loadfile -k test_fault_ --junitxml=var/faults-rows.xml || failed=1; \
	$(BIN)/python -m tests.faults.campaign --seed $(SEED) --faults $(FAULTS) || failed=1; \
	$(BIN)/python -m tests.faults.page || failed=1; \
	exit $$failed

bench:  ## measure how fast it is, into var/bench.json
	@deploy/setup run
	@$(BIN)/python -m tests.bench

lock:  ## take the newest dependencies
	@deploy/setup check
	$(LOCK) --extra all --output-file requirements.lock
	$(LOCK) --extra agent --extra gpio --extra modbus --constraints requirements.lock --output-file requirements-agent.lock
	$(LOCK) --extra all --extra dev --constraints requirements.lock --output-file requirements-dev.lock

clean:  ## remove what can be made again, not your data in var/
	rm -rf .venv .venv-agent .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis *.egg-info
	find agents hub web tests -name __pycache__ -prune -exec rm -rf {} +
