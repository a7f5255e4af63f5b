"""
Raises the number of the schema after a change of the SQL files.

    python scripts/schema_number.py --additive   # programs of the number before may go on reading
    python scripts/schema_number.py --breaking   # what they read has been renamed, moved or dropped

`--additive`: columns, tables, indexes and functions were added and nothing that the former program
reads has changed. After a merge that left two changes under one number, run it once more.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))


def main() -> None:
    """Write number, readers and checksum into the file."""
    from modelops_core.db.schema_number import FILE, SQL
    from modelops_core.db.scripts import read

    parser = argparse.ArgumentParser(description=__doc__.split("\n")[1])
    kind = parser.add_mutually_exclusive_group(required=True)
    kind.add_argument("--additive", action="store_true")
    kind.add_argument("--breaking", action="store_true")
    scripts = read()
    number = scripts.number.number + 1
    readers = number if parser.parse_args().breaking else scripts.number.readers
    values = {"number": number, "readers": readers, "checksum": f'"{scripts.checksum}"'}
    path = SQL / FILE
    text = path.read_text(encoding="utf-8")
    for name, value in values.items():
        text = re.sub(rf'^{name} = (\d+|".*?")', f"{name} = {value}", text, flags=re.MULTILINE)
    path.write_text(text, encoding="utf-8")
    print(f"schema {number}, read by programs from {readers}")


if __name__ == "__main__":
    main()
