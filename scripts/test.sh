#!/usr/bin/env bash
# From a bare Debian or Ubuntu (python3, git, apt) to the whole suite, in one command:
#
#     bash scripts/test.sh [--fast] [PYTEST ARGUMENTS]
#
# pytest in as many processes as there are processors, and ruff, mypy, lint-imports and deptry
# beside it; all five run, and any failure fails the whole. Arguments go to pytest:
# `bash scripts/test.sh tests/unit -k heat`, `bash scripts/test.sh -n 0 -x tests/db`. --fast runs
# what takes a minute: tests/unit and tests/contract, without the demonstration data. The tests
# make a PostgreSQL of their own and stop it; the database of this folder, and DATABASE_URL, are
# never touched.
set -euo pipefail
umask 022
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

FAILED=()
CHECKS=()

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

# pytest stops its servers itself; one that was killed could not. What ran beside it ends too.
stop_clusters() {
    local round processes
    # shellcheck disable=SC2046 # a list of numbers
    kill $(jobs -p) 2>/dev/null || true
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

# beside NAME COMMAND...: run it while pytest runs; its output and its end are kept in the tests' folder
beside() {
    local name=$1 began
    shift
    began=$(now)
    {
        "$@" >"$TEST_CLUSTERS/$name.out" 2>&1 && code=0 || code=$?
        printf '%s %s\n' "$code" "$(since "$began")" >"$TEST_CLUSTERS/$name.end"
    } &
    CHECKS+=("$name")
}

# check NAME COMMAND...: run it in sight; remember a failure and go on
check() {
    local name=$1 began code=0
    shift
    began=$(now)
    say "[$name]"
    "$@" || code=$?
    verdict "$name" "$code" "$(since "$began")"
}

# verdict NAME CODE TIME
verdict() {
    if [ "$2" = 0 ]; then
        say "      $1: passed in $3"
    else
        FAILED+=("$1")
        say "      $1: FAILED after $3"
    fi
}

# Every import is declared, and the product declares nothing that it does not use.
dependencies() {
    .venv/bin/deptry . && .venv/bin/deptry tests scripts --config tests/deptry.toml
}

# Wait for what ran beside pytest; show each output whole.
report_checks() {
    local name code time
    wait
    for name in "${CHECKS[@]}"; do
        say "[$name]"
        cat "$TEST_CLUSTERS/$name.out"
        read -r code time <"$TEST_CLUSTERS/$name.end"
        verdict "$name" "$code" "$time"
    done
}

# As many test processes as processors, at least two: one often waits for its database or browser.
processes() {
    local count
    count=$(nproc 2>/dev/null || printf 2)
    printf '%s' "$((count < 2 ? 2 : count > 4 ? 4 : count))"
}

main() {
    local python=.venv/bin/python tests=()
    if [ "${1:-}" = --fast ]; then
        shift
        tests=(-m "not slow" tests/unit tests/contract)
    fi
    take_turns
    find_python
    venv_ready requirements-dev.lock || require_space 5
    STEPS=2
    step "System packages" system_packages
    step "Python packages in .venv" ensure_venv requirements-dev.lock
    release_turn
    forget_settings
    make_clusters_folder
    beside ruff "$python" -m ruff check
    beside mypy "$python" -m mypy
    beside lint-imports "$python" -c 'from importlinter.cli import lint_imports_command as run; run()'
    beside deptry dependencies
    check pytest "$python" -m pytest -n "$(processes)" --dist loadfile --no-loadscope-reorder ${tests[@]+"${tests[@]}"} "$@"
    report_checks
    [ ${#FAILED[@]} = 0 ] || { say "FAILED: ${FAILED[*]}" && exit 1; }
    say "All passed."
}

main "$@"
