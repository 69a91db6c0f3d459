# Everything a person types. Needs Python 3.11-3.13 and make; writes only .venv/ and var/ (and what the tools cache).

PYTHON ?= python3
BIN := .venv/bin
RUN := $(BIN)/python
LOCK := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version

# Images of containers often forbid it, and then every process that is started compiles every module anew.
unexport PYTHONDONTWRITEBYTECODE

PYTEST := $(RUN) -m pytest -n auto --dist worksteal
# The files in which a mark stands: a run of a few tests need not collect all the others, in each of its processes.
MARKED = $(shell grep -rl --include='test_*.py' --exclude-dir=faults --exclude-dir=journeys 'pytest\.mark\.$(1)\b' tests $(2))

# Django's own checks need keys, any keys, and no database.
CHECKING := env $$($(RUN) -m config.new_keys) DATABASE_URL=postgres:///none?host=/nonexistent $(RUN) -W ignore::RuntimeWarning manage.py

.DEFAULT_GOAL := help
.PHONY: bundle demo test any-order slow service broker journeys check deploy-check rules sbom advisories releases ledger faults chaos attacks mutants bench lock css messages vectors judges log-judges scanners pictures clean help install install-dev

demo: install  ## Play one judgment's whole way and keep serving (ONCE=1: play it, check it, stop; FRESH=1: enter the period anew)
	@ONCE=$(ONCE) FRESH=$(FRESH) $(RUN) -m config.demo

test: install-dev  ## Run the tests on servers of their own (ARGS="-k name" passes through)
	@$(PYTEST) -m "not browser and not hosts and not slow" --ignore tests/faults $(ARGS)

any-order: install-dev  ## Run the tests with rows that no ordering tells apart in any order: which rest on how they lie?
	@$(MAKE) --no-print-directory test ARGS="-p tests.any_order $(ARGS)"

slow: install-dev  ## Run the tests that take long: the whole table of permissions, generated calls, installations
	@$(PYTEST) -m slow $(call MARKED,slow) $(ARGS)

service: install-dev  ## Run what talks to servers on those that DATABASE_URL and REDIS_URL name
	@$(PYTEST) -m service $(call MARKED,service,tests/faults/test_*.py) $(ARGS)

broker: install-dev  ## Run what hangs on the broker on the one that BROKER_URL names, RabbitMQ too
	@$(PYTEST) -m broker $(call MARKED,broker,tests/faults/test_*.py) $(ARGS)

journeys: install-dev  ## Walk every page in Chromium: both widths, both languages, with and without JavaScript
	@$(PYTEST) tests/journeys $(ARGS)

check: install-dev advisories  ## Lint, format, types, floors, templates, Django's own checks, known weaknesses, our own rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@if find templates -name '*.html' | grep -q .; then set -x; $(BIN)/djlint --check --quiet templates; fi
	@$(CHECKING) check --fail-level WARNING
	@$(MAKE) --no-print-directory deploy-check
	@$(CHECKING) makemigrations --check --dry-run
	@$(MAKE) --no-print-directory rules sbom

rules: scanners  ## Our own static rules, their samples first: what no line of the product may do
	@$(RUN) -m tests.static_rules

sbom: scanners  ## Write var/sbom.json, the bill of materials of production (CycloneDX), and check its licences
	@$(RUN) -W ignore -m tests.supply_chain.bill

advisories: install-dev  ## The lock against the weaknesses that are written down; needs no network
	@$(RUN) -m tests.supply_chain.advisories

releases: install-dev  ## Ask the package index whether a newer patch is out, and for how long already
	@$(RUN) -m tests.supply_chain.releases

ledger: scanners  ## Run a long check and write its figure into tests/ledger (NAME=parsers MINUTES=10)
	@$(RUN) -W ignore -m tests.ledger $(NAME) $(or $(MINUTES),1)

deploy-check: install-dev  ## Django's deployment checks and our own on deploy/example.env, every warning an error
	@$(RUN) -m config.deployed

faults: install-dev  ## Kill processes at 500 drawn steps, do 30 drawn faults to a whole stack, let a season pass, take hosts away (SEED=of the first three)
	@CRASH_LIVES=20 CRASH_SEED=$(or $(SEED),1) STORM_FAULTS=30 STORM_SEED=$(or $(SEED),1) SEASONS=1 SEASON_SEED=$(or $(SEED),1) \
		$(RUN) -m pytest -n 3 --dist loadfile --no-loadscope-reorder tests/faults/test_storms.py tests/faults $(ARGS)

chaos: install-dev judges  ## Kill receiver and worker under N deliveries (N=100000), then ask every judge (needs npm)
	@CHAOS=$(or $(N),100000) $(RUN) -m pytest tests/faults/test_chaos.py $(ARGS)

attacks: install-dev  ## Plant a defect for every attack, and see which test catches it (ARGS="A07 A19": of these alone)
	@$(RUN) -m tests.attacks $(ARGS)

mutants: install-dev scanners  ## Change every line of the rooms that matter most, and name what no test tells (ARGS="identity": of these alone)
	@$(RUN) -m tests.mutants $(ARGS)

bench: install-dev  ## Measure against floors of the same run (NAME=one of them); writes docs/figures.md, and says what fell
	@$(RUN) -m tests.benchmarks $(NAME)

lock: install-dev  ## Lock the newest allowed versions, with hashes
	$(LOCK) 3.11 --upgrade -o requirements.txt requirements.in
	$(LOCK) 3.11 --upgrade -c requirements.txt -o requirements-spans.txt requirements-spans.in
	$(LOCK) 3.11 --upgrade -c requirements-spans.txt -o requirements-dev.txt requirements-dev.in
	grep '^uv==' requirements-dev.in | $(LOCK) 3.11 --no-header --no-annotate -o deploy/uv.txt -
	$(LOCK) 3.12 --upgrade -o tests/judges/requirements.txt tests/judges/requirements.in
	$(LOCK) 3.11 --upgrade -o tests/supply_chain/requirements.txt tests/supply_chain/requirements.in

bundle: install  ## Pack the last commit and its wheels for a machine without a network: var/bundle/registry-….tar
	@$(PYTHON) deploy/bundle.py

css:  ## Compile static/pages/pages.scss (needs npm); the result is committed
	npm install --prefix var/npm --no-save --no-audit --no-fund --silent govuk-frontend@6.6.0 sass@1.108
	var/npm/node_modules/.bin/sass --load-path=var/npm/node_modules --style=compressed --no-source-map --quiet-deps static/pages/pages.scss static/pages/pages.css

messages: install-dev  ## Gather new strings into the Chinese catalogue and compile it (needs gettext)
	@$(CHECKING) makemessages -l zh_Hans --add-location file --no-wrap --no-obsolete -i .venv -i var -i tests
	@sed -i -e '/^"POT-Creation-Date/d' -e '/^"Report-Msgid-Bugs-To/d' locale/zh_Hans/LC_MESSAGES/django.po
	@$(CHECKING) compilemessages -l zh_Hans -i .venv -v 0

judges: log-judges  ## Install the packages that judge what is sent and what is logged, for the tests (needs npm, and a Python from 3.12 on)
	@mkdir -p var/judges && cp tests/judges/package.json tests/judges/package-lock.json var/judges/
	npm ci --prefix var/judges --no-audit --no-fund --silent

log-judges: var/judges/python/requirements.txt  ## Of these only the packages of PyPI that judge the log

var/judges/python/requirements.txt: tests/judges/requirements.txt | install-dev
	@$(BIN)/uv venv --quiet --clear --no-python-downloads --python '>=3.12' $(@D)
	@$(BIN)/uv pip sync --quiet --require-hashes --python $(@D) $<
	@cp $< $@

scanners: var/scanners/requirements.txt  ## Install what looks at the product from outside: semgrep, CycloneDX, Atheris, mutmut

var/scanners/requirements.txt: tests/supply_chain/requirements.txt | install-dev
	@$(BIN)/uv venv --quiet --clear --no-python-downloads --python $(RUN) $(@D)
	@$(BIN)/uv pip sync --quiet --require-hashes --python $(@D) $<
	@cp $< $@

vectors: install-dev  ## Write docs/vectors.json, the test vectors for integrators, anew
	@$(CHECKING) vectors

pictures: install-dev  ## Take the pictures in docs/pictures from a running demonstration (needs Chromium)
	@$(RUN) -m tests.pictures

clean:  ## Remove var/ and what the tools cached; .venv stays
	@if test -L var/postgres; then rm -rf "$$(readlink var/postgres)"; fi
	rm -rf var .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

help:  ## Say what can be typed
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/^([a-z-]+):.*## */\1\t/' | expand -t 12

install:
	@$(PYTHON) deploy/install.py

install-dev:
	@$(PYTHON) deploy/install.py requirements-dev.txt
