#!/usr/bin/env bash
# Installs ModelOps from this folder, without network: the offline bundle's install.sh.
#
#     bash install.sh [--to DIR] [--user NAME] [--check] [OPTIONS OF start.sh]
#
#   --to DIR      install into DIR instead of /opt/modelops; var/ and .env in it stay
#   --user NAME   all but the system packages is done as this user, who owns DIR then
#   --check       look whether this folder is whole and fits this machine; change nothing
#
# Other options are those of scripts/start.sh: --port N, --no-demo, --no-serve. System packages
# need root or sudo. Everything is checked before anything is changed.
set -euo pipefail
umask 022

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
TO=/opt/modelops
RUN_AS=
CHECK_ONLY=no
START=()
ROOM=5 # GB

fail() {
    printf 'install.sh: %s Nothing was changed.\n' "$*" >&2
    exit 2
}

parse() {
    while [ $# -gt 0 ]; do
        case $1 in
        --to) TO=${2:-} && shift $(($# > 1)) ;;
        --user) RUN_AS=${2:-} && shift $(($# > 1)) ;;
        --check) CHECK_ONLY=yes ;;
        --port) START+=("$1" "${2:-}") && shift $(($# > 1)) ;;
        --port=* | --no-demo | --no-serve) START+=("$1") ;;
        -h | --help) awk 'NR > 1 { if (!sub(/^# ?/, "")) exit; print }' "$HERE/install.sh" && exit ;;
        *) fail "unknown option $1; see --help." ;;
        esac
        shift
    done
    [[ $TO == /* && $TO != / ]] || fail "--to takes an absolute folder, not '$TO'."
}

# said NAME: what the bundle says of itself in the file BUNDLE
said() { sed -n "s/^$1=//p" "$HERE/BUNDLE"; }

# Every file of the list is there, with the content that it had.
require_whole() {
    local wrong
    [ -s "$HERE/SHA256SUMS" ] && grep -qx 'end=yes' "$HERE/BUNDLE" 2>/dev/null ||
        fail "this folder is no whole bundle (BUNDLE or SHA256SUMS is missing or cut off): unpack the archive again."
    wrong=$(cd "$HERE" && LC_ALL=C sha256sum --check --quiet --strict SHA256SUMS 2>&1) && return
    wrong=$(grep -v 'WARNING' <<<"$wrong" | head -n 1 | sed 's/^sha256sum: //')
    case $wrong in
    *'No such file'*) fail "the file ${wrong%%: No such*} is missing: copy and unpack the archive again." ;;
    *': FAILED'*) fail "the file ${wrong%%: FAILED*} is damaged, its checksum differs: copy and unpack the archive again." ;;
    *) fail "the bundle cannot be checked ($wrong): copy and unpack the archive again." ;;
    esac
}

require_fitting_machine() {
    local system architecture python
    system=$(. /etc/os-release 2>/dev/null && printf '%s %s' "${ID:-unknown}" "${VERSION_ID:-}")
    [ "$system" = "$(said system)" ] ||
        fail "this bundle is for $(said system), this machine has ${system:-an unknown system}: make one there with scripts/bundle.sh."
    architecture=$(dpkg --print-architecture)
    [ "$architecture" = "$(said architecture)" ] ||
        fail "this bundle is for $(said architecture) processors, this machine has $architecture."
    [ ! -e /usr/bin/python3 ] && return
    python=$(/usr/bin/python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null || printf 'one that does not start')
    [ "$python" = "$(said python)" ] ||
        fail "this bundle is for Python $(said python), /usr/bin/python3 of this machine is $python."
}

require_root() {
    [ "$(id -u)" = 0 ] || command -v sudo >/dev/null || fail "system packages need root: run it as root or with sudo installed."
    [ -z "$RUN_AS" ] && return
    [ "$(id -u)" = 0 ] || fail "--user needs root."
    id "$RUN_AS" >/dev/null 2>&1 || fail "there is no user $RUN_AS: make it first (useradd --system --home-dir $TO $RUN_AS)."
    runuser -u "$RUN_AS" -- test -r "$HERE/BUNDLE" || fail "the user $RUN_AS cannot read $HERE: unpack the archive elsewhere."
}

require_space() {
    local folder=$TO free
    until [ -d "$folder" ]; do folder=$(dirname "$folder"); done
    free=$(df -Pk "$folder" | awk 'NR == 2 {print $4}')
    [ "$free" -ge $((ROOM * 1024 * 1024)) ] || fail "the disk of $folder has $((free / 1024)) MB free; $ROOM GB are needed."
}

# What the system packages need is here or installed: tried without changing anything.
require_installable() {
    local lists said_by_apt
    [ -n "${DATABASE_URL:-}" ] && return
    lists=$(mktemp -d)
    mkdir -p "$lists/lists/partial" "$lists/cache/archives/partial"
    printf 'deb [trusted=yes] file:%s/debs ./\n' "${HERE// /%20}" >"$lists/sources.list"
    local apt=(apt-get -qq -o "Dir::Etc::SourceList=$lists/sources.list" -o Dir::Etc::SourceParts=/dev/null
        -o "Dir::State::Lists=$lists/lists" -o "Dir::Cache=$lists/cache" -o APT::Sandbox::User=root -o Debug::NoLocking=1)
    said_by_apt=$({ "${apt[@]}" update && "${apt[@]}" install -s --no-install-recommends python3-venv "$(said postgis)"; } 2>&1) ||
        said_by_apt="FAILED $said_by_apt"
    rm -rf "$lists"
    [[ $said_by_apt == FAILED* ]] || return 0
    printf '%s\n' "${said_by_apt#FAILED }" | grep -E 'Depends|^E:' | sed 's/^/      | /' >&2
    fail "the bundle's system packages do not fit those installed here (above): make a new bundle on a machine as up to date as this one."
}

# All that the project brings takes the place of what was there; var/, .env and .venv are not of it.
copy_project() {
    local entry
    mkdir -p "$TO"
    for entry in "$HERE"/project/* "$HERE"/project/.[!.]*; do
        [ -e "$entry" ] || continue
        rm -rf "${TO:?}/${entry##*/}"
        cp -R "$entry" "$TO/"
    done
    [ -z "$RUN_AS" ] || chown -R "$RUN_AS:" "$TO"
}

main() {
    parse "$@"
    require_whole
    require_fitting_machine
    require_root
    require_space
    require_installable
    printf 'Bundle of ModelOps %s (%s): whole, fits this machine.\n' "$(said version)" "$(said commit)"
    [ "$CHECK_ONLY" = no ] || exit 0
    copy_project
    cd "$TO"
    export MODELOPS_BUNDLE=$HERE
    if [ -n "$RUN_AS" ]; then
        bash scripts/start.sh --packages
        chown -R "$RUN_AS:" var
        exec runuser -u "$RUN_AS" -- env HOME="$TO" bash scripts/start.sh ${START[@]+"${START[@]}"}
    fi
    exec bash scripts/start.sh ${START[@]+"${START[@]}"}
}

main "$@"
