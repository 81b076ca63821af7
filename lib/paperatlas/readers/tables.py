"""Papers from tables: CSV, TSV and Parquet, one stretch of rows at a time."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TextIO

from paperatlas.dates.candidates import Problems
from paperatlas.errors import AtlasError
from paperatlas.readers.schema import Row, choose_columns, row_of

_LONGEST_FIELD = 10_000_000
_BATCH = 2_048


def parquet_rows(path: Path, problems: Problems, *, today: date) -> Iterator[Row]:
    """Papers of a Parquet file; ``line`` is the 1-based row."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    dates: dict[str, str] = {}
    line = 0
    try:
        with pq.ParquetFile(path) as table:
            columns = _columns(table.schema_arrow.names, path)
            for batch in table.iter_batches(batch_size=_BATCH, columns=sorted(set(columns.values()))):
                values = {role: batch.column(name).to_pylist() for role, name in columns.items()}
                for fields in zip(*values.values(), strict=True):
                    line += 1
                    row = row_of(
                        dict(zip(values, fields, strict=True)), line, problems, today=today, dates=dates
                    )
                    if row is not None:
                        yield row
    except (pa.ArrowException, OSError) as error:
        raise AtlasError(
            f"{path}, after row {line}: expected a Parquet file, found damage ({error}); fetch it again"
        ) from error


def csv_rows(path: Path, problems: Problems, *, today: date) -> Iterator[Row]:
    """Papers of a CSV file (UTF-8; comma, semicolon or tab; plain or gzipped), with column names above."""
    csv.field_size_limit(_LONGEST_FIELD)
    dates: dict[str, str] = {}
    line = 1
    with open_text(path) as lines:
        try:
            first = next(lines, "")
            reader = csv.reader(lines, delimiter=max(",;\t", key=first.count))
            header = next(csv.reader([first], delimiter=max(",;\t", key=first.count)), [])
            place = {role: header.index(name) for role, name in _columns(header, path).items()}
            line = 2
            for fields in reader:
                if len(fields) == len(header):
                    record = {role: fields[at] for role, at in place.items()}
                    if (row := row_of(record, line, problems, today=today, dates=dates)) is not None:
                        yield row
                elif fields:
                    problems.add(
                        line,
                        f"{len(header)} fields",
                        f"{len(fields)} fields",
                        "put quotes around fields that hold the delimiter; the row was skipped",
                    )
                line = reader.line_num + 2
        except (UnicodeDecodeError, csv.Error, EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise AtlasError(
                f"{path}, line {line}: expected CSV in UTF-8, found {error}; save the table as UTF-8"
            ) from error


def open_text(path: Path) -> TextIO:
    """UTF-8 text of a file, unpacked where it is gzipped; line ends as they are."""
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    if packed:
        return io.TextIOWrapper(gzip.GzipFile(path), encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _columns(header: Sequence[str], path: Path) -> dict[str, str]:
    chosen = choose_columns(header)
    if lacking := [role for role in ("title", "abstract") if role not in chosen]:
        raise AtlasError(
            f"{path}, line 1: expected a column for {' and for '.join(lacking)}, found "
            f"{', '.join(header) or 'nothing'}; rename the column"
        )
    return chosen
