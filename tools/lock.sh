#!/usr/bin/env bash
# Writes the hashed locks from requirements/*.in, without any index address.
set -euo pipefail
cd "$(dirname "$0")/.."
lock() { .venv-tools/bin/uv pip compile -q --generate-hashes --no-emit-index-url --no-header --no-annotate --python-version "$2" "requirements/$1.in" -o "requirements/$1.txt"; }
lock tools 3.12; lock service 3.12; lock dev 3.12; lock rasa 3.10
