#!/usr/bin/env bash
# From a bare Debian or Ubuntu (python3, git, apt) to the dashboard, in one command:
#
#     bash scripts/start.sh [--port N] [--no-demo] [--no-serve] [--packages]
#
#   --port N     serve on port N instead of 8501
#   --no-demo    do not load the demo data
#   --no-serve   prepare everything, serve nothing
#   --packages   install the system packages only (as root; the rest then needs no root)
#
# Each step is skipped when it is done already; cut off anywhere, the next start goes on.
# DATABASE_URL, when set, is used instead of a private PostgreSQL in var/. Without network: scripts/bundle.sh.
set -euo pipefail
umask 022
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

PORT=8501
SERVE=yes
PACKAGES_ONLY=no
UP=()

parse() {
    while [ $# -gt 0 ]; do
        case $1 in
        --port) PORT=${2:-} && shift $(($# > 1)) ;;
        --port=*) PORT=${1#*=} ;;
        --no-demo) UP+=(--no-demo) ;;
        --no-serve) SERVE=no ;;
        --packages) PACKAGES_ONLY=yes SERVE=no ;;
        -h | --help) awk 'NR > 1 { if (!sub(/^# ?/, "")) exit; print }' scripts/start.sh && exit ;;
        *) fail "unknown option $1; see --help." ;;
        esac
        shift
    done
    if ! [[ $PORT =~ ^[0-9]{1,5}$ ]] || ((10#$PORT < 1 || 10#$PORT > 65535)); then
        fail "--port takes a number from 1 to 65535, not '$PORT'."
    fi
}

require_free_port() {
    [ "$SERVE" = yes ] || return 0
    if (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; then
        fail "port $PORT is in use (a dashboard that runs already?): stop it or choose another by --port $((10#$PORT + 1))."
    fi
}

system_packages() {
    local missing=()
    venv_ready requirements.lock || can_make_venv || missing+=("$(venv_package)")
    database_given || postgis_present || missing+=(PostGIS)
    if [ ${#missing[@]} = 0 ]; then WAS_READY=yes; else install_packages "${missing[@]}"; fi
}

prepare() {
    local code=0
    .venv/bin/python -m modelops_core up ${UP[@]+"${UP[@]}"} || code=$?
    [ "$code" = 0 ] || { say "start.sh: stopped, for the reason above." >&2 && exit "$code"; }
}

main() {
    local began
    began=$(now)
    parse "$@"
    require_free_port
    take_turns
    use_bundle
    find_python
    venv_ready requirements.lock || require_space 5
    STEPS=3
    step "System packages" system_packages
    [ "$PACKAGES_ONLY" = no ] || exit 0
    step "Python packages in .venv" ensure_venv requirements.lock
    step "Database, data and the night's calculation" prepare
    release_turn
    say "Everything is ready after $(since "$began")."
    [ "$SERVE" = yes ] || exit 0
    require_free_port
    say "Dashboard: http://localhost:$PORT (stop it with Ctrl-C)"
    exec .venv/bin/python -m modelops_core serve --port "$PORT"
}

main "$@"
