"""
Calculates H for every grid cell: `python scripts/hazard_batch.py [--all]`.

The exit code is 3 where another nightly run goes on.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from modelops_core.cli import main

sys.argv = [sys.argv[0], "nightly", "--stage", "hazard", *sys.argv[1:]]
if __name__ == "__main__":
    main()
