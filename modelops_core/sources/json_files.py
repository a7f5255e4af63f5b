"""Reads a JSON file, or says in which row it is none."""

from __future__ import annotations

import json
from typing import Any

from modelops_core.errors import SourceUnreadable
from modelops_core.services import strict_json


def parsed(content: bytes, file: str) -> Any:
    """What *content*, of a file of that name, holds; raises SourceUnreadable."""
    try:
        return strict_json.loads(content.decode("utf-8-sig"))
    except strict_json.KeyRepeated as error:
        name, count = error.name, error.count
        raise SourceUnreadable("file_key_repeated", file=file, name=name, count=count) from None
    except json.JSONDecodeError as error:
        row, column = error.lineno, error.colno
        raise SourceUnreadable("json_broken", file=file, row=row, column=column) from None
    except ValueError:  # bytes that are no UTF-8, too deep, a number of thousands of digits
        raise SourceUnreadable("json_unreadable", file=file) from None
