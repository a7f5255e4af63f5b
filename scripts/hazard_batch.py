"""H for every grid cell: `python scripts/hazard_batch.py [--all]`; exit code 3 if one runs."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from modelops_core.cli import main

sys.argv = [sys.argv[0], "nightly", "--stage", "hazard", *sys.argv[1:]]
if __name__ == "__main__":
    main()
