#!/bin/sh
# Writes the three lock files anew from pyproject.toml and node.in: versions and hashes, no addresses.
set -eu
cd "$(dirname "$0")/../.."
if ! command -v uv >/dev/null 2>&1; then
  [ -x .cache/uv/bin/uv ] || { "${PYTHON:-python3}" -m venv .cache/uv && .cache/uv/bin/pip install --quiet uv; }
  PATH="$PWD/.cache/uv/bin:$PATH"
fi
lock() { uv pip compile --quiet --upgrade --generate-hashes --no-emit-index-url --no-header --no-annotate --universal --python-version 3.11 "$@"; }
lock pyproject.toml -o requirements.lock
lock pyproject.toml --extra dev --constraint requirements.lock -o requirements-dev.lock
lock infra/setup/node.in -o infra/setup/node.lock
