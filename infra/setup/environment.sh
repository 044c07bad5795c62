#!/bin/sh
# Makes .venv, and installs what the named lock says: environment.sh venv|demo|dev
set -eu
cd "$(dirname "$0")/../.."
case "$1" in
  venv) lock= ;;
  demo) lock=requirements.lock ;;
  dev) lock=requirements-dev.lock ;;
  *) echo "environment.sh venv|demo|dev" >&2; exit 2 ;;
esac

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
  for candidate in ${PYTHON:-python3 python3.11 python3.12 python3.13 python3.14}; do
    if new_enough "$candidate"; then echo "$candidate"; return; fi
  done
  found=$("${PYTHON:-python3}" --version 2>&1 || true)
  echo "需要 Python 3.11 或更新的版本，找到的是：${found}。装好后可用 make PYTHON=/路径/python3.11 指定。" >&2
  echo "Python 3.11 or newer is needed; choose one with make PYTHON=/path/to/python3.11" >&2
  exit 1
}

if ! new_enough .venv/bin/python; then
  python=$(find_python)
  echo "[1/3] 建立 Python 环境 .venv（$("$python" --version)）"
  rm -rf .venv
  if ! "$python" -m venv .venv; then
    rm -rf .venv
    echo "无法建立 .venv。Debian 或 Ubuntu 请先执行：apt install python3-venv" >&2
    exit 1
  fi
fi

[ "$lock" ] || exit 0

echo "[2/3] 安装 Python 依赖（$lock，第一次约一分钟）"
pip() { .venv/bin/python -m pip --disable-pip-version-check "$@"; }
pip install --quiet --root-user-action=ignore --require-hashes --no-deps -r "$lock"
pip install --quiet --root-user-action=ignore --no-deps --no-build-isolation --editable .
problems=$(pip check) || { echo "$problems" >&2; exit 1; }
