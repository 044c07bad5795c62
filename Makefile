# Anzhen on a machine with Python 3.11, make and git: `make demo`.
# PYTHON=/path/to/python3.11 chooses the interpreter, ANZHEN_HOME and ANZHEN_PORT where the demo lives.

BIN := .venv/bin
DIST := services/portal/static/dist/manifest.json
PACKAGES := node_modules/.package-lock.json
PORTAL := $(shell find services/portal -name static -prune -o -type f -not -name '*.pyc' -print 2>/dev/null)
export PYTHON

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup setup-dev demo test test-debian check bench screenshots lock

help:
	@echo "make demo         安装并启动演示 / install and start the demo"
	@echo "make setup        只安装 / install only"
	@echo "make test         全部测试 / all tests"
	@echo "make test-debian  在 Debian 的 PostgreSQL 和 Redis 上再测一遍 / again on Debian's servers"
	@echo "make check        静态检查 / static checks"
	@echo "make bench        性能数字 / published figures"
	@echo "make screenshots  页面截图 / pictures of the pages"
	@echo "make lock         更新依赖锁定文件 / renew the lock files"

setup: .venv/.installed-demo $(DIST)

setup-dev: .venv/.installed-dev $(DIST)

demo: setup
	@$(BIN)/anzhen demo

test: setup-dev
	$(BIN)/pytest -n 2

test-debian: setup-dev
	$(BIN)/python infra/setup/debian_lane.py

check: .venv/.installed-dev
	@sh infra/setup/check.sh

bench: setup-dev
	$(BIN)/python -m tests.scale

screenshots: setup-dev
	$(BIN)/python -m tests.browser.screenshots

lock:
	sh infra/setup/lock.sh

.venv/pyvenv.cfg:
	@sh infra/setup/environment.sh venv

.venv/.installed-%: pyproject.toml requirements.lock requirements-dev.lock infra/setup/environment.sh | .venv/pyvenv.cfg
	@sh infra/setup/environment.sh $*
	@touch $@

$(PACKAGES): package.json package-lock.json | .venv/pyvenv.cfg
	@sh infra/setup/assets.sh packages
	@touch $@

$(DIST): $(PACKAGES) $(PORTAL)
	@sh infra/setup/assets.sh bundle
	@touch $@
