# 庁内アシスタント. Two commands matter: make run, make test.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
SHARED ?= ../shared/data
BIN := $(VENV)/bin
export ASSISTANT_DATA_DIR ?= var
export OMP_WAIT_POLICY ?= PASSIVE
export PIP_DISABLE_PIP_VERSION_CHECK := 1
VERTICAL := /usr/share/tesseract-ocr/*/tessdata/jpn_vert.traineddata
IPAEX := /usr/share/fonts/opentype/ipaexfont-gothic/ipaexg.ttf
TORCH_OPTIONS := $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX))

.PHONY: run test check lint test-full audit lock-check setup browser manuals screenshots format

run: setup
	@$(BIN)/chonai prepare
	@$(BIN)/chonai serve --ingest manuals

# Two processes, for two cores; tests/sharing_out.py says which tests stay together.
PARALLEL ?= -n 2 --dist loadfile

test: setup browser
	@$(BIN)/chonai prepare
	@ASSISTANT_MODE=auto $(BIN)/python -m pytest $(PARALLEL) --durations=30 -m "not full" $(PYTEST_OPTIONS)

test-full: setup browser
	@$(BIN)/chonai prepare
	@$(BIN)/python -m pytest $(PYTEST_OPTIONS)
	@$(BIN)/chonai ingest manuals
	@$(BIN)/python -m eval.report --retrieval $(SHARED)/retrieval/* --leave-one-out \
	  --questions eval/questions/*.jsonl --modes extractive local --sample 8 \
	  --documents $(SHARED)/documents --document-questions eval/questions/documents/*.jsonl \
	  --peer-questions eval/questions/sample_manuals.jsonl eval/questions/model_city.jsonl \
	  --peer-sample 4 --first-evidence --people --open-sessions 50 --readme README.md

check: lint
	@$(BIN)/python -m pytest $(PARALLEL) -m "not full and not slow and not model and not shared and not browser"

lint: setup
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/bandit -q -r assistant ingest eval ui -c pyproject.toml

format:
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

audit: setup
	@$(BIN)/pip-audit -r requirements.lock --no-deps --disable-pip

# The same lock serves Python 3.11 to 3.13: every pinned version has a wheel for each of them.
lock-check: setup
	@for version in 3.11 3.12 3.13; do \
	  echo "Python $$version"; \
	  $(BIN)/pip install --quiet --dry-run --no-deps --ignore-installed --only-binary=:all: \
	    --python-version $$version --target $(VENV)/lock-check $(TORCH_OPTIONS) -r requirements.lock \
	    || exit 1; \
	done; echo "すべての版にホイールがあります。"

manuals: setup
	@$(BIN)/python manuals/writers/build_manuals.py

screenshots: setup
	@$(BIN)/python docs/screenshots.py

# The browser tests use Debian's Chromium, those of the sample manuals an IPAex font, those of
# vertical scans Tesseract's data for them, those of LDAP a slapd that each test starts for itself
# (the package is told to configure and start none); without these they are named as not run.
DEBIAN := chromium fonts-noto-cjk fonts-ipaexfont-gothic tesseract-ocr-jpn-vert slapd
browser:
	@{ command -v chromium && test -e $(IPAEX) && ls $(VERTICAL) && test -x /usr/sbin/slapd; } \
	  >/dev/null 2>&1 || \
	  { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && apt-get update -qq && \
	  echo "slapd slapd/no_configuration boolean true" | debconf-set-selections && \
	  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $(DEBIAN) >/dev/null; } || \
	  echo "Chromium・IPAexゴシック・縦書きの文字認識データ・slapd のどれかがないため、テストの一部は実行されません（apt install $(DEBIAN)）。"

setup: $(VENV)/.installed

$(VENV)/.installed: requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "python3 がありません。apt install python3 python3-venv make git を実行してください。"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
	  { echo "Python 3.11 から 3.13 が必要です（今は $$($(PYTHON) --version)）。PYTHON=python3.12 make run のように指定できます。"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "venv がありません。apt install python3-venv を実行してください。"; exit 1; }
	@echo "Python の部品を入れます: 取得 約 0.9 GB、書き込み 約 2.9 GB（$(VENV)）。モデルは続けて知らせます。"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet $(TORCH_OPTIONS) -r requirements.lock
	@$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@$(BIN)/pip check
	@touch $@
