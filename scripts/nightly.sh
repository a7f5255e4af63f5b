#!/usr/bin/env bash
# The nightly run, for cron: H and P(H) in one pass over the data. Exit code 3: one runs already.
#   0 0 * * *  /path/to/modelops/scripts/nightly.sh >> /path/to/modelops/var/nightly.log 2>&1
# The two stages alone: scripts/hazard_batch.py, then scripts/probability_batch.py.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
[ -n "${DATABASE_URL:-}" ] || .venv/bin/python -m modelops_core db up
exec .venv/bin/python -m modelops_core nightly "$@"
