#!/usr/bin/env bash
# One archive from which ModelOps is installed on a machine without network:
#
#     bash scripts/bundle.sh [--output FOLDER]
#
# Run it on a machine with network and the same release of Debian or Ubuntu as the target. The
# archive holds the project as committed, its locked Python packages, the system packages that a
# bare system of this release lacks, their checksums and install.sh (scripts/bundle_install.sh).
# FOLDER is var/ where none is given. See docs/closed-network.md.
set -euo pipefail
umask 022
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

OUTPUT=var
STAGE=var/bundle

parse() {
    while [ $# -gt 0 ]; do
        case $1 in
        --output) OUTPUT=${2:-} && shift $(($# > 1)) ;;
        --output=*) OUTPUT=${1#*=} ;;
        -h | --help) awk 'NR > 1 { if (!sub(/^# ?/, "")) exit; print }' scripts/bundle.sh && exit ;;
        *) fail "unknown option $1; see --help." ;;
        esac
        shift
    done
    [ -d "$OUTPUT" ] || [ "$OUTPUT" = var ] || fail "there is no folder $OUTPUT."
}

require_clean_tree() {
    [ -z "$(git status --porcelain 2>&1)" ] ||
        fail "the bundle holds what is committed, and here is something that is not: git status."
}

# system: such as "debian 12"
system() { (. /etc/os-release && printf '%s %s' "$ID" "$VERSION_ID"); }

bundle_name() { printf 'modelops-%s-%s-%s' "$VERSION" "$(system | tr -d ' ')" "$(dpkg --print-architecture)"; }

# --- what is in it ---------------------------------------------------------------------------

project() {
    mkdir -p "$FOLDER/project"
    git archive HEAD | tar -x -C "$FOLDER/project"
    cp scripts/bundle_install.sh "$FOLDER/install.sh"
}

# The closure over what start.sh installs, as if nothing but the essential packages were there.
system_packages() {
    local cache=$PWD/$STAGE/apt
    mkdir -p "$cache/partial" "$FOLDER/debs"
    : >"$STAGE/no-packages"
    quietly apt_update
    quietly apt_get install --download-only -y --no-install-recommends -o Debug::NoLocking=1 \
        -o "Dir::State::Status=$PWD/$STAGE/no-packages" -o "Dir::Cache::Archives=$cache" -o APT::Sandbox::User=root \
        python3-venv "$(default_postgis)" || give_up "apt-get could not fetch the system packages"
    index_packages "$cache" >"$FOLDER/debs/Packages"
}

# What a bare machine of this release gets, whatever is installed on this one.
default_postgis() {
    local major
    major=$(apt_cache depends postgresql | sed -n 's/.*Depends: postgresql-\([0-9]*\)$/\1/p')
    printf 'postgresql-%s-postgis-3' "$major"
}

# index_packages FOLDER: move its packages under plain names into the bundle and print apt's list of them
index_packages() {
    local deb name
    for deb in "$1"/*.deb; do
        name=$(basename "${deb//%3a/.}")
        mv "$deb" "$FOLDER/debs/$name"
        dpkg-deb -f "$FOLDER/debs/$name"
        printf 'Filename: ./%s\nSize: %s\nSHA256: %s\n\n' "$name" \
            "$(stat -c %s "$FOLDER/debs/$name")" "$(sha256sum <"$FOLDER/debs/$name" | cut -d' ' -f1)"
    done
}

# Wheels for the system's own Python, each with a hash that the lock file names.
python_packages() {
    [ -x /usr/bin/python3 ] && PYTHON=/usr/bin/python3 && can_make_venv || install_packages python3-venv
    quietly /usr/bin/python3 -m venv "$STAGE/venv"
    quietly "$STAGE/venv/bin/python" -m pip download --no-input --disable-pip-version-check --no-deps \
        --require-hashes --only-binary :all: --dest "$FOLDER/wheels" -r requirements.lock ||
        give_up "pip could not fetch the wheels"
}

# describe: the file BUNDLE, by which install.sh judges whether a machine fits; its last line shows that it is whole
describe() {
    printf '%s=%s\n' version "$VERSION" commit "$COMMIT" system "$(system)" \
        architecture "$(dpkg --print-architecture)" \
        python "$(/usr/bin/python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')" \
        postgis "$(default_postgis)" end yes
}

# seal FOLDER: write the checksums of all its files
seal() {
    (cd "$1" && find . -type f ! -name SHA256SUMS -printf '%P\0' | LC_ALL=C sort -z | xargs -0 sha256sum >SHA256SUMS)
}

pack() {
    describe >"$FOLDER/BUNDLE"
    seal "$FOLDER"
    tar -c --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$(git log -1 --format=%ct)" \
        -f "$OUTPUT/$NAME.tar" -C "$STAGE" "$NAME"
    (cd "$OUTPUT" && sha256sum "$NAME.tar" >"$NAME.tar.sha256")
}

main() {
    local began
    began=$(now)
    parse "$@"
    command -v apt-get >/dev/null || fail "a bundle is made on Debian or Ubuntu: this machine has no apt."
    require_clean_tree
    take_turns
    require_space 3
    VERSION=$(sed -n 's/^__version__ = "\(.*\)"/\1/p' modelops_core/__init__.py)
    COMMIT=$(git rev-parse --short=12 HEAD)
    NAME=$(bundle_name)
    FOLDER=$STAGE/$NAME
    rm -rf "$STAGE"
    STEPS=4
    step "Project at $COMMIT" project
    step "System packages of $(system)" system_packages
    step "Python packages" python_packages
    step "Checksums and archive" pack
    rm -rf "$STAGE"
    say "$OUTPUT/$NAME.tar: $(du -m "$OUTPUT/$NAME.tar" | cut -f1) MB after $(since "$began")."
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then main "$@"; fi
