#!/usr/bin/env bash
# Derive the lock files from requirements*.txt:
#
#     bash scripts/lock.sh [--upgrade]
#
# requirements.lock is the product with all extras, requirements-dev.lock has the tests' packages
# too. Each names every installed package with its version and the hashes of its files for all
# systems. What is locked already stays, unless --upgrade is given. Run `bash scripts/test.sh` once
# before: it installs uv.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

HEADER="# Made by scripts/lock.sh; edit requirements*.txt instead. Installed with --no-deps --require-hashes."

# lock FILE REQUIREMENTS...
lock() {
    local file=$1
    shift
    "${UV:-.venv/bin/uv}" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-annotate --no-header --output-file "$file" \
        ${UPGRADE[@]+"${UPGRADE[@]}"} "$@" >/dev/null
    printf '%s\n%s\n' "$HEADER" "$(grep -v '^#' "$file")" >"$file.new"
    mv "$file.new" "$file"
}

UPGRADE=("$@")
lock requirements.lock requirements.txt requirements-nodeps.txt requirements-build.txt
lock requirements-dev.lock --constraint requirements.lock requirements-dev.txt \
    requirements-nodeps.txt requirements-dev-nodeps.txt requirements-build.txt
