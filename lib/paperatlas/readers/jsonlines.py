"""JSON lines, plain or gzipped: arXiv's metadata snapshot, or one object a line with the usual names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from paperatlas.dates.candidates import Problems
from paperatlas.dates.json_lines import check_lines, numbered_lines
from paperatlas.readers.schema import Row, choose_columns, row_of

_BYTES_OF_A_DAY = 16  # "Mon, 2 Apr 2007"


def json_rows(path: Path, problems: Problems, *, today: date) -> Iterator[Row]:
    """Papers of a JSON-lines file, one line at a time.

    An object with ``versions`` is read as arXiv writes it: the date is that of the first version, never
    ``update_date``. Lines that cannot be used are noted in `problems`.
    """
    dates: dict[str, str] = {}
    check_lines(path)
    for line, raw in numbered_lines(path):
        if not raw.strip():
            continue
        try:
            entry = json.loads(raw.lstrip(b"\xef\xbb\xbf"))
        except (ValueError, RecursionError):
            entry = None
        if not isinstance(entry, dict):
            problems.add(
                line,
                "a whole JSON object on one line",
                repr(raw[:60].decode("utf-8", errors="replace").strip()),
                "write the file as JSON lines; the line was skipped",
            )
            continue
        fields: dict[str, object] = {role: entry[name] for role, name in choose_columns(list(entry)).items()}
        if "versions" in entry:
            fields["published"] = _first_version(entry)
        if (row := row_of(fields, line, problems, today=today, dates=dates)) is not None:
            yield row


def _first_version(entry: dict[str, Any]) -> object:
    try:
        created = entry["versions"][0]["created"]
    except (KeyError, IndexError, TypeError):
        return None
    return created[:_BYTES_OF_A_DAY].strip() if isinstance(created, str) else created
