#!/bin/sh
# Every static check, all of them even when one fails.
set -u
cd "$(dirname "$0")/../.."
PATH="$PWD/.venv/bin:$PATH"
failed=""
run() { echo "· $*"; "$@" || failed="$failed  $*
"; }
run ruff check .
run ruff format --check --quiet .
run mypy
run lint-imports
[ -z "$failed" ] || { printf '没有通过 / failed:\n%s' "$failed" >&2; exit 1; }
