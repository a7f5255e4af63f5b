"""``python -m modelops_core``."""

from modelops_core.cli import main

main()
