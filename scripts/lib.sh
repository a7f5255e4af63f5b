# shellcheck shell=bash
# What start.sh and test.sh share: steps with their time, system packages, the Python environment.
# Sourced, from the project's folder. Every function may be run again after it was cut off anywhere.

LOG=var/${0##*/}
LOG=${LOG%.sh}.log
STEP=0
STEPS=0
# whence apt and pip take packages: empty for this machine's own sources
APT_FROM=()
PIP_FROM=()

# --- telling ---------------------------------------------------------------------------------

say() { printf '%s\n' "$*"; }

# fail MESSAGE...: stop with one message, exit code 2
fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 2
}

# Microseconds since 1970.
now() {
    local moment=${EPOCHREALTIME:-${SECONDS}.000000} # bash 3 of macOS knows seconds only
    printf '%s' "${moment//[.,]/}"
}

# since MOMENT: seconds since then, with one decimal
since() {
    local tenths=$((($(now) - $1) / 100000))
    printf '%d.%d s' $((tenths / 10)) $((tenths % 10))
}

# step TITLE COMMAND...: a numbered step and the time it took; a function that sets WAS_READY=yes had nothing to do
step() {
    local title=$1 began
    shift
    began=$(now)
    STEP=$((STEP + 1))
    WAS_READY=no
    say "[$STEP/$STEPS] $title"
    "$@"
    if [ "$WAS_READY" = yes ]; then say "      ready"; else say "      done in $(since "$began")"; fi
}

# quietly COMMAND...: run with the output in the log; a terminal shows its last line and the time meanwhile
quietly() {
    local ticker=
    if [ -t 1 ]; then
        tick "$$" 9>&- &
        ticker=$!
    fi
    local code=0
    "$@" >>"$LOG" 2>&1 || code=$?
    if [ -n "$ticker" ]; then
        kill "$ticker" 2>/dev/null || true
        wait "$ticker" 2>/dev/null || true
        printf '\r\033[K'
    fi
    return "$code"
}

# tick PID: show the log's last line each second while PID lives
tick() {
    local began width
    began=$(now)
    width=$(tput cols 2>/dev/null || printf 80)
    while kill -0 "$1" 2>/dev/null; do
        printf '\r\033[K      %s  %.*s' "$(since "$began")" $((width - 20)) "$(tail -n 1 "$LOG" 2>/dev/null)"
        sleep 1
    done
}

# give_up MESSAGE: stop, after the last lines of the log
give_up() {
    tail -n 12 "$LOG" | sed 's/^/      | /' >&2
    fail "$1 (whole log: $LOG)"
}

# --- preconditions ---------------------------------------------------------------------------

# Only one start or test prepares at a time. Children that must not be overtaken inherit the lock:
# if this script is killed, the next one waits for the pip or the nightly run it left behind.
take_turns() {
    if ! { mkdir -p var && touch var/start.lock "$LOG"; } 2>/dev/null || ! [ -w var/start.lock ]; then
        fail "cannot write into $PWD/var: start as the user who owns it or as root."
    fi
    exec 9>>var/start.lock
    if command -v flock >/dev/null && ! flock -n 9; then
        say "Another start is at work in this folder: waiting for it."
        flock 9
    fi
    : >"$LOG"
}

release_turn() { exec 9>&-; }

# require_space GIGABYTES
require_space() {
    local free
    free=$(df -Pk . | awk 'NR == 2 {print $4}')
    [ "$free" -ge $(($1 * 1024 * 1024)) ] ||
        fail "the disk of $PWD has $((free / 1024)) MB free; $1 GB are needed for packages and data."
}

# PYTHON: the first interpreter that is new enough; with a bundle the system's own, which its packages are for.
find_python() {
    local candidate
    if [ -n "${MODELOPS_BUNDLE:-}" ]; then
        PYTHON=/usr/bin/python3
        return
    fi
    for candidate in python3 python3.13 python3.12 python3.11; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            PYTHON=$candidate
            return
        fi
    done
    fail "Python 3.11 or newer is needed; python3 is $(python3 -V 2>/dev/null || printf missing)." \
        "Debian 12, Ubuntu 24.04 and newer have it: apt-get install python3."
}

# use_bundle: take all packages from the offline bundle in MODELOPS_BUNDLE, if one is given (its install.sh does)
use_bundle() {
    [ -n "${MODELOPS_BUNDLE:-}" ] || return 0
    local apt=$PWD/var/bundle-apt
    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
    printf 'deb [trusted=yes] file:%s/debs ./\n' "${MODELOPS_BUNDLE// /%20}" >"$apt/sources.list"
    APT_FROM=(-o "Dir::Etc::SourceList=$apt/sources.list" -o Dir::Etc::SourceParts=/dev/null
        -o "Dir::State::Lists=$apt/lists" -o "Dir::Cache=$apt/cache" -o APT::Sandbox::User=root)
    PIP_FROM=(--isolated --no-index --find-links "$MODELOPS_BUNDLE/wheels")
}

# --- system packages -------------------------------------------------------------------------

database_given() {
    [ -n "${DATABASE_URL:-}" ] || grep -qs '^ *DATABASE_URL *=' .env .streamlit/secrets.toml
}

# package_states PATTERN: dpkg's two letters for each package: ii is installed whole, iU and the like half
package_states() { dpkg-query -W -f='${db:Status-Abbrev}\n' "$1" 2>/dev/null | grep '^i' || true; }

# Whether a PostgreSQL server with PostGIS is installed, by packages of Debian or in any other way.
postgis_present() {
    local states
    states=$(package_states 'postgresql-*-postgis-3')
    if [ -n "$states" ]; then
        ! grep -qv '^ii' <<<"$states"
    else
        compgen -G '/usr/pgsql-*/share/extension/postgis.control' >/dev/null ||
            [ -e "$(pg_config --sharedir 2>/dev/null)/extension/postgis.control" ]
    fi
}

can_make_venv() { "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null; }

# The package that brings what can_make_venv misses; python3-venv for Debian's own python3.
venv_package() { printf '%s-venv' "${PYTHON##*/}"; }

# as_root COMMAND...: run it as root; it never holds the turn, or a daemon it starts would keep it
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@" 9>&-; else sudo "$@" 9>&-; fi
}

may_become_root() {
    [ "$(id -u)" = 0 ] && return
    command -v sudo >/dev/null || return
    sudo -n true 2>/dev/null || { [ -t 0 ] && sudo -v; }
}

# require_apt PACKAGE...: stop with every other way where apt cannot be used
require_apt() {
    local what="To be installed: $*."
    case " $* " in
    *" PostGIS "*) what="$what Instead of PostGIS here: set DATABASE_URL to a PostgreSQL with PostGIS, or \`docker compose up -d\` (see compose.yaml)." ;;
    esac
    command -v apt-get >/dev/null ||
        fail "$what This machine has no apt: use \`dnf install python3 postgis postgresql-server postgresql-contrib\` (Fedora) or \`brew install python postgis\` (Homebrew)."
    may_become_root ||
        fail "$what That needs root: have \`apt-get install --no-install-recommends python3-venv postgresql-postgis\` run, or start the whole as root."
}

# install_packages NAME...: by apt; the name PostGIS stands for the package that fits this machine's PostgreSQL
install_packages() {
    require_apt "$@"
    keep_main_cluster_away
    quietly apt_update
    local names=() name
    for name in "$@"; do
        [ "$name" = PostGIS ] && name=$(postgis_package)
        if apt_offers "$name"; then names+=("$name"); else say "      apt offers no $name here: going on without"; fi
    done
    [ ${#names[@]} -gt 0 ] || return 0
    say "      apt-get install ${names[*]}"
    quietly apt_install "${names[@]}" && return
    quietly apt_mend && quietly apt_install "${names[@]}" && return
    give_up "apt-get could not install ${names[*]}"
}

# Debian starts a server of its own on port 5432 when PostgreSQL is installed, unless configured otherwise before.
keep_main_cluster_away() {
    local file=/etc/postgresql-common/createcluster.conf
    [ -e "$file" ] && return
    as_root mkdir -p "${file%/*}"
    printf '# Written by ModelOps, which runs a private cluster.\ncreate_main_cluster = false\n' |
        as_root tee "$file" >/dev/null
}

# Refresh the package lists. Another apt may hold them: wait. A broken third-party source is no reason to stop.
apt_update() {
    local try output
    for try in $(seq 120); do
        if output=$(apt_get update 2>&1); then break; fi
        printf '%s\n' "$output"
        grep -q 'Could not get lock' <<<"$output" || break
        say "waiting for another apt ($try)"
        sleep 5
    done
}

apt_install() {
    apt_get install -y --no-install-recommends \
        -o DPkg::Lock::Timeout=600 -o Dpkg::Options::=--force-confold "$@" </dev/null
}

apt_get() { as_root env LC_ALL=C DEBIAN_FRONTEND=noninteractive apt-get ${APT_FROM[@]+"${APT_FROM[@]}"} "$@"; }

apt_cache() { LC_ALL=C apt-cache ${APT_FROM[@]+"${APT_FROM[@]}"} "$@" 2>/dev/null; }

# An installation that was cut off has to be finished first.
apt_mend() {
    as_root env DEBIAN_FRONTEND=noninteractive dpkg --configure -a --force-confold </dev/null
    apt_get install -y -f -o DPkg::Lock::Timeout=600 </dev/null
}

apt_offers() { [[ $(apt_cache policy "$1") =~ Candidate:\ [^\(] ]]; }

postgis_package() {
    local installed offered known major
    installed=$(compgen -G '/usr/lib/postgresql/*/bin/initdb' | sort -V | tail -n 1 | cut -d/ -f5 || true)
    offered=$(apt_cache depends postgresql | sed -n 's/.*Depends: postgresql-\([0-9]*\)$/\1/p')
    known=$(apt_cache search --names-only '^postgresql-[0-9]+-postgis-3$' | cut -d- -f2 | sort -rn)
    for major in $installed $offered $known; do
        if apt_offers "postgresql-$major-postgis-3"; then
            printf 'postgresql-%s-postgis-3' "$major"
            return
        fi
    done
    printf 'postgresql-postgis'
}

# --- the Python environment ------------------------------------------------------------------

# What the environment was made from: Python, the locked packages, this project in this folder.
venv_recipe() {
    .venv/bin/python -V 2>/dev/null && { pwd && cat requirements*.lock pyproject.toml; } | cksum
}

# venv_ready LOCK
venv_ready() {
    [ ! -e .venv/unfinished ] && [ -e ".venv/made-of-$1" ] &&
        [ "$(venv_recipe)" = "$(cat ".venv/made-of-$1")" ]
}

# ensure_venv LOCK: .venv with these packages and this project; one that was cut off half-way is made anew
ensure_venv() {
    rm -rf var/venv.old.*
    if venv_ready "$1"; then
        WAS_READY=yes
        return
    fi
    if [ -e .venv/unfinished ] || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
        # a venv package that was unpacked half looks usable and is not
        make_venv || { install_packages "$(venv_package)" && make_venv; } || give_up "$PYTHON -m venv failed"
        install_locked "$1" || give_up "pip could not install $1: $(index_hint)"
    else
        : >.venv/unfinished
        if ! install_locked "$1"; then
            rm .venv/unfinished # pip downloads everything before it changes anything
            give_up "pip could not install $1: $(index_hint)"
        fi
    fi
    for made in "$1" requirements.lock; do venv_recipe >".venv/made-of-$made"; done
    rm .venv/unfinished
}

index_hint() {
    if [ -n "${MODELOPS_BUNDLE:-}" ]; then
        printf 'does the bundle fit this project?'
    else
        printf 'is the package index within reach?'
    fi
}

make_venv() {
    [ ! -e .venv ] || { mv .venv "var/venv.old.$$" && rm -rf "var/venv.old.$$"; }
    mkdir .venv
    : >.venv/unfinished
    quietly "$PYTHON" -m venv .venv
}

# A lock file names every package, so pip resolves nothing; wheels only, since what builds a source package would be
# of any version. The project itself stays where it is.
install_locked() {
    local pip=(.venv/bin/python -m pip install --no-input --disable-pip-version-check --no-deps
        ${PIP_FROM[@]+"${PIP_FROM[@]}"})
    quietly "${pip[@]}" --require-hashes --only-binary :all: -r "$1" &&
        quietly "${pip[@]}" --no-build-isolation --editable .
}
