"""Papers from tables: CSV and its relatives, workbooks, Parquet."""

from __future__ import annotations

import csv
import re
import warnings
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import chain, islice
from typing import Any

import pandas as pd

from paperatlas.errors import DumpError
from paperatlas.readers.content import WHOLE_BYTES, Content, members_of
from paperatlas.readers.records import LONGEST_TEXT, MOST_COLUMNS, Entry, Problems, roles_of, written_out
from paperatlas.readers.trees import unfolded

# Databases put lines about the export above the names of the columns.
LINES_ABOVE = 20
SEP = re.compile(r"\s*\"?sep=(.)\"?\s*", re.IGNORECASE)
_DELIMITERS = ",;\t|"
ACTS = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")  # what a spreadsheet takes for a formula
_RULER = re.compile(r"[\s|:+-]*")
_BATCH = 256  # rows that are unfolded at a time
# A quotation mark that is not closed for so long was never meant to hold a field together.
_LINES_OF_A_FIELD = 500


def csv_entries(content: Content, problems: Problems) -> Iterator[Entry]:
    """Papers of a delimited table with column names above; Excel's ``sep=`` line may stand before them."""
    csv.field_size_limit(4 * LONGEST_TEXT)
    lines = enumerate((line.replace("\0", "\ufffd") for line in content.lines()), start=1)
    above = [line for line in islice(lines, LINES_ABOVE) if line[1].strip()] or [(1, "")]
    said = SEP.fullmatch(above[0][1])
    above = above[1:] if said else above
    at = next((at for at, (_, line) in enumerate(above) if is_header(line)), 0)
    rows = _rows(chain(above[at:], lines), said[1] if said else delimiter_of(above[at][1]))
    header = [name.strip() for name in next(rows)[2]]
    check_columns(header, content.name)
    filled = _filled(rows, len(header), problems)
    if "paper_id" in header:  # a table of ours
        filled = ((line, list(map(as_written, fields))) for line, fields in filled)
    yield from _entries(header, filled)


def as_written(text: str) -> str:
    """Text without the apostrophe by which `paperatlas.share.write_csv` keeps it from being taken for a formula."""
    return text[1:] if text.startswith("'") and ACTS.match(text) else text


def is_header(line: str) -> bool:
    """Whether a line names columns: one for titles, and another."""
    names = [name.strip().strip('"') for name in line.split(delimiter_of(line))]
    known = roles_of(tuple(names[:MOST_COLUMNS]))
    return "title" in known and len(known) > 1


def delimiter_of(header: str) -> str:
    """The sign that divides most of a header."""
    return max(_DELIMITERS, key=header.count)


def check_columns(header: Sequence[str], name: str) -> None:
    """Refuse a table without a column for titles, or with more columns than a table of papers has."""
    if len(header) > MOST_COLUMNS:
        raise DumpError(f"{name} has {len(header):,} columns; expected at most {MOST_COLUMNS:,}")
    if "title" not in roles_of(tuple(header)):
        shown = ", ".join(header[:12]) or "nothing"
        raise DumpError(f"{name}, line 1: expected a column for title, found {shown}; rename the column")


def _entries(
    header: Sequence[str], rows: Iterable[tuple[int, Sequence[object]]], unit: str = "line"
) -> Iterator[Entry]:
    """Fields by column; the first of several columns of one name that says something."""
    for number, values in rows:
        fields: dict[str, object] = {}
        for name, value in zip(header, values, strict=True):
            if fields.get(name) in (None, ""):
                fields[name] = written_out(value)
        yield Entry(unfolded(fields), number, unit)


def _filled(
    rows: Iterable[tuple[int, str, list[str], str]], n_columns: int, problems: Problems
) -> Iterator[tuple[int, list[str]]]:
    """Rows of `n_columns` fields, each with the line that it starts on."""
    for start, line, fields, doubt in rows:
        while len(fields) > n_columns and not fields[-1].strip():
            fields.pop()
        if _RULER.fullmatch(line) or not any(field.strip() for field in fields):
            continue
        if len(fields) != n_columns:
            doubt = f"expected {n_columns} fields, found {len(fields)}"
        # Excel leaves out delimiters at the end of rows.
        kept = n_columns / 2 < len(fields) <= n_columns
        if doubt:
            remedy = "put quotation marks around fields that hold the delimiter"
            end = "what stands there was taken" if kept else "the row was skipped"
            problems.add(f"line {start}", fields[0][:200], doubt, f"{remedy}; {end}", kept=kept)
        if kept:
            yield start, fields + [""] * (n_columns - len(fields))


def _rows(lines: Iterator[tuple[int, str]], delimiter: str) -> Iterator[tuple[int, str, list[str], str]]:
    """Number and text of the line with which a row begins, its fields, and a doubt; the others are as long as the first."""
    n_columns, ahead = 0, deque(islice(lines, _LINES_OF_A_FIELD))
    while ahead:
        start, line = ahead[0]
        fields, doubt, n_lines = line.rstrip("\n").split(delimiter), "", 1
        if '"' in line:
            fields, doubt, n_lines = _row([text for _, text in ahead], delimiter, n_columns)
        yield start, line, fields, doubt
        n_columns = n_columns or len(fields)
        for _ in range(n_lines):
            ahead.popleft()
        ahead.extend(islice(lines, n_lines))


def _row(lines: list[str], delimiter: str, n_columns: int) -> tuple[list[str], str, int]:
    """Fields of a row with quotation marks, a doubt, and how many lines it takes; 0 columns are any number."""
    line = lines[0]
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    with suppress(csv.Error, StopIteration):
        fields = next(reader)
        if reader.line_num == 1 or n_columns in (0, len(fields)):
            return fields, "", reader.line_num
    # The field never closes, or its row has the wrong length: the marks are letters like any other.
    literal = [_unquoted(field) for field in line.rstrip("\n").split(delimiter)]
    loose = next(csv.reader([line], delimiter=delimiter))
    if len(loose) == n_columns != len(literal):
        return loose, "", 1
    return literal, "a quotation mark that never closes" if line.count('"') % 2 else "", 1


def _unquoted(field: str) -> str:
    """A field without the marks around it, or the one that opens it and never closes."""
    if len(field) > 1 and field[0] == field[-1] == '"':
        return field[1:-1].replace('""', '"')
    return field[1:] if field[:1] == '"' and field.count('"') == 1 else field


def xlsx_entries(content: Content, problems: Problems) -> Iterator[Entry]:  # noqa: ARG001 - as every reader
    """Papers of the first sheet of a workbook whose first rows name a column for titles."""
    with content.reading("a workbook"), content.anywhere() as source:
        content.check(sum(member.file_size for member in members_of(content)), WHOLE_BYTES)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            sheets = pd.read_excel(source, sheet_name=None, header=None, na_filter=False, engine="openpyxl")
    for sheet in sheets.values():
        rows = enumerate(sheet.itertuples(index=False, name=None), start=1)
        for _, names in islice(rows, LINES_ABOVE):
            header = [str(name).strip() for name in names]
            if "title" in roles_of(tuple(header)):
                check_columns(header, content.name)
                filled = ((row, values) for row, values in rows if any(value != "" for value in values))
                yield from _entries(header, filled, "row")
                return
    raise DumpError(f"{content.name}: expected a sheet with a column for title, found none; name the columns")


def parquet_entries(content: Content, problems: Problems) -> Iterator[Entry]:  # noqa: ARG001 - as every reader
    """Papers of a Parquet file; the line is the 1-based row."""
    import pyarrow.parquet as pq

    n_rows = size = 0
    with content.reading("a Parquet file"), content.anywhere() as source:
        table = pq.ParquetFile(source)
        names = table.schema_arrow.names
        check_columns(names, content.name)
        for batch in table.iter_batches(batch_size=_BATCH):
            columns = list(map(_unfolded, batch.columns))
            size += sum(column.nbytes for column in columns)
            content.check(size)
            rows = zip(*(column.to_pylist() for column in columns), strict=True)
            yield from _entries(names, enumerate(rows, n_rows + 1), "row")
            n_rows += len(batch)


def _unfolded(column: Any) -> Any:
    """A column with each value in its place; times as text, since some lie beyond Python's calendar."""
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):  # a text that stands there once may be meant a million times
        return _unfolded(column.dictionary_decode())
    return column.cast(pa.string()) if pa.types.is_timestamp(column.type) else column
