#!/usr/bin/env bash
# From a bare Debian or Ubuntu (python3, git, apt) to the whole suite, in one command:
#
#     bash scripts/test.sh [PYTEST ARGUMENTS]
#
# ruff, mypy, lint-imports, deptry, then pytest; all five run, and any failure fails the whole. Arguments
# go to pytest: `bash scripts/test.sh tests/unit -k heat`. The tests make a PostgreSQL of their
# own and stop it; the database of this folder, and DATABASE_URL, are never touched.
set -euo pipefail
umask 022
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

FAILED=()

system_packages() {
    local missing=() package
    venv_ready requirements-dev.lock || can_make_venv || missing+=("$(venv_package)")
    postgis_present || missing+=(PostGIS)
    for package in chromium fonts-noto-cjk; do
        present "$package" || missing+=("$package")
    done
    if [ ${#missing[@]} = 0 ]; then WAS_READY=yes; else install_packages "${missing[@]}"; fi
}

# present PACKAGE: installed whole, or not needed: Chromium may come from elsewhere, another system has other fonts
present() {
    case $1 in
    chromium) [ -n "${CHROMIUM:-}" ] && return ;;
    *) command -v apt-get >/dev/null || return 0 ;;
    esac
    [[ $(package_states "$1") == ii* ]]
}

# Nothing of the user's settings may reach the tests.
forget_settings() {
    local name
    for name in DATABASE_URL DATABASE_READ_URL $(compgen -e MODELOPS_ || true) $(compgen -e PG || true); do
        unset "$name"
    done
}

# A folder for the tests' servers: in memory where there is plenty of it.
make_clusters_folder() {
    local parent=/tmp
    if [ "$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 {print $4}')" -gt $((6 * 1024 * 1024)) ] 2>/dev/null; then
        parent=/dev/shm
    fi
    TEST_CLUSTERS=$(mktemp -d "$parent/mo.XXXXXX")
    chmod 755 "$TEST_CLUSTERS"
    export TEST_CLUSTERS
    trap stop_clusters EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
}

# pytest stops its servers itself; one that was killed could not.
stop_clusters() {
    local round processes
    for round in $(seq 50); do
        processes=$(cluster_processes)
        [ -n "$processes" ] || break
        # shellcheck disable=SC2086 # a list of numbers
        kill -QUIT $processes 2>/dev/null || true
        sleep "0.$((round > 9 ? 9 : round))"
    done
    rm -rf "$TEST_CLUSTERS"
}

# The ids of all processes that were started with the tests' folder as an argument.
cluster_processes() {
    grep -lszFf <(printf '%s' "$TEST_CLUSTERS") /proc/[0-9]*/cmdline 2>/dev/null | cut -d/ -f3 || true
}

# check NAME COMMAND...: run it; remember a failure and go on
check() {
    local name=$1 began
    shift
    began=$(now)
    say "[$name]"
    if "$@"; then
        say "      $name: passed in $(since "$began")"
    else
        FAILED+=("$name")
        say "      $name: FAILED after $(since "$began")"
    fi
}

# Every import is declared, and the product declares nothing that it does not use.
dependencies() {
    .venv/bin/deptry . && .venv/bin/deptry tests scripts --config tests/deptry.toml
}

main() {
    local python=.venv/bin/python
    take_turns
    find_python
    venv_ready requirements-dev.lock || require_space 5
    STEPS=2
    step "System packages" system_packages
    step "Python packages in .venv" ensure_venv requirements-dev.lock
    release_turn
    forget_settings
    make_clusters_folder
    check ruff "$python" -m ruff check
    check mypy "$python" -m mypy
    check lint-imports "$python" -c 'from importlinter.cli import lint_imports_command as run; run()'
    check deptry dependencies
    check pytest "$python" -m pytest "$@"
    [ ${#FAILED[@]} = 0 ] || { say "FAILED: ${FAILED[*]}" && exit 1; }
    say "All passed."
}

main "$@"
