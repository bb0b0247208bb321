#!/usr/bin/env bash
# Creates both Python environments from the hashed locks and installs the front-end packages; does nothing when all is in place.
# usage: tools/setup.sh run|dev      (dev adds what the checks and tests need)
set -euo pipefail
cd "$(dirname "$0")/.."
kind=${1:-run}

say() { printf '%s\n' "$*"; }
die() { printf '✗ %s\n' "$*" >&2; exit 1; }

find_python() { # version → path of an interpreter of that version
  local name path
  for name in "python$1" python3 python; do
    while IFS= read -r path; do
      if [ "$("$path" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)" = "$1" ]; then printf '%s' "$path"; return; fi
    done < <(type -aP "$name" 2>/dev/null)
  done
  return 1
}

want() { # folder, lock file → true when the folder was not made from this very lock
  [ ! -x "$1/bin/python" ] || [ "$(cat "$1/.lock" 2>/dev/null)" != "$(sha256sum < "$2" | cut -c1-64)" ]
}

make_environment() { # folder, version, lock file, what it is for
  want "$1" "$3" || return 0
  local python
  python=$(find_python "$2") || die "缺少 Python $2（$4需要）：请安装 python$2 后再运行，例如用 pyenv install $2"
  tools_environment
  say "→ 安装$4（Python $2）……"
  .venv-tools/bin/uv venv -q --clear -p "$python" "$1" || die "建不了环境 $1：请检查磁盘空间和目录权限"
  .venv-tools/bin/uv pip install -q ${5:-} -p "$1/bin/python" --require-hashes -r "$3" || die "下载依赖失败：请检查网络或 pip 镜像设置后重试（$3）"
  sha256sum < "$3" | cut -c1-64 > "$1/.lock"
}

tools_environment() {
  [ -x .venv-tools/bin/uv ] && return 0
  local python
  python=$(find_python 3.12) || die "缺少 Python 3.12：请安装 python3.12 后再运行，例如用 pyenv install 3.12"
  say "→ 准备安装工具……"
  "$python" -m venv .venv-tools || die "建不了环境 .venv-tools：Debian/Ubuntu 请先安装 python3.12-venv"
  .venv-tools/bin/python -m pip install -q -q --require-hashes -r requirements/tools.txt || die "下载安装工具失败：请检查网络或 pip 镜像设置后重试"
}

case $kind in
  run) lock=requirements/service.txt; [ "$(cat .venv/.lock 2>/dev/null)" = "$(sha256sum < requirements/dev.txt | cut -c1-64)" ] && lock=requirements/dev.txt ;;
  dev) lock=requirements/dev.txt ;;
  *) die "用法：tools/setup.sh run 或 dev" ;;
esac
make_environment .venv 3.12 "$lock" "服务环境" --compile-bytecode
make_environment .venv-rasa 3.10 requirements/rasa.txt "对话引擎环境"
if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  command -v npm >/dev/null || die "缺少 npm：请安装 Node.js 18 或更新版本后再运行"
  say "→ 安装页面样式包……"
  npm ci --silent || die "下载页面样式包失败：请检查网络或 npm 镜像设置后重试"
  touch node_modules/.package-lock.json
fi
