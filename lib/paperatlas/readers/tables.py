"""Papers from tables: CSV and its relatives, workbooks, Parquet."""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Any

from paperatlas.errors import DumpError
from paperatlas.readers.content import FREE_BYTES, MOST_UNPACKED, WHOLE_BYTES, Content, seekable
from paperatlas.readers.names import roles_of
from paperatlas.readers.problems import Problems
from paperatlas.readers.records import LONGEST_TEXT, MOST_COLUMNS, Entry

_DELIMITERS = ",;\t|"
SEP = re.compile(r"\s*\"?sep=(.)\"?\s*", re.IGNORECASE)
# Some databases put a line about the export above the names of the columns.
LINES_ABOVE = 3
_BATCH = 256
_MOST_ROWS = 50_000_000
# A quotation mark that is not closed for so many lines was never meant to hold a field together.
_LINES_OF_A_FIELD = 500


def csv_entries(content: Content, problems: Problems) -> Iterator[Entry]:
    """Papers of a delimited table with column names above; Excel's ``sep=`` line may stand before them."""
    csv.field_size_limit(4 * LONGEST_TEXT)
    lines = _Lines(content.text_lines())
    first = next(lines, "")
    delimiter = ""
    if found := SEP.fullmatch(first.strip("\r\n")):
        delimiter, first = found.group(1), next(lines, "")
    above = [first, *(line for _, line in zip(range(LINES_ABOVE - 1), lines, strict=False))]
    place = next((place for place, line in enumerate(above) if is_header(line)), 0)
    lines.give_back(above[place + 1 :])
    first = above[place]
    delimiter = delimiter or delimiter_of(first)
    try:
        header = [name.strip() for name in next(csv.reader(chain([first], lines), delimiter=delimiter), [])]
    except csv.Error as error:
        raise DumpError(f"{content.name}, line 1: expected column names, found {error}; check it") from error
    check_columns(header, content.name)
    for line, fields in _rows(lines, delimiter, len(header), problems):
        yield Entry(_named(header, fields), line, f"line {line}", user=True)


def is_header(line: str) -> bool:
    """Whether a line names columns: one for titles, and another."""
    names = [name.strip().strip('"') for name in line.split(delimiter_of(line))]
    known = roles_of(tuple(names[:MOST_COLUMNS]))
    return "title" in known and len(known) > 1


def delimiter_of(header: str) -> str:
    """The sign that divides most of a header."""
    return max(_DELIMITERS, key=header.count)


def check_columns(header: Sequence[str], name: str) -> None:
    """Refuse a table without a column for titles, or with more columns than a table of papers has.

    Raises
    ------
    DumpError
    """
    if len(header) > MOST_COLUMNS:
        raise DumpError(f"{name} has {len(header):,} columns; expected at most {MOST_COLUMNS:,}")
    if "title" not in roles_of(tuple(header)):
        shown = ", ".join(header[:12]) or "nothing"
        raise DumpError(f"{name}, line 1: expected a column for title, found {shown}; rename the column")


class _Lines:
    """Lines that can be given back, counted."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines, self._back = lines, list[str]()
        self.line = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._back.pop() if self._back else next(self._lines)
        self.line += 1
        return line.replace("\0", "\ufffd")

    def give_back(self, lines: Sequence[str]) -> None:
        self._back += reversed(lines)
        self.line -= len(lines)


def _rows(
    lines: _Lines, delimiter: str, n_columns: int, problems: Problems
) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line they start on; a row that does not fit is tried without its quotation marks."""
    while (taken := _taken(lines, delimiter)) is not None:
        start = lines.line - len(taken) + 1
        fields = _parsed(taken, delimiter)
        if fields is None or (len(fields) != n_columns and len(taken) > 1):
            lines.give_back(taken[1:])
            taken = taken[:1]
            fields = [field.removeprefix('"') for field in taken[0].rstrip("\r\n").split(delimiter)]
            if len(fields) == n_columns:
                problems.add(
                    f"line {start}",
                    fields[0][:200],
                    "a quotation mark that never closes",
                    "close it or take it out",
                    kept=True,
                )
        if not any(field.strip() for field in fields):
            continue
        while len(fields) > n_columns and not fields[-1].strip():
            fields.pop()
        if len(fields) == n_columns:
            yield start, fields
        else:
            problems.add(
                f"line {start}",
                delimiter.join(fields)[:200],
                f"expected {n_columns} fields, found {len(fields)}",
                "put quotation marks around fields that hold the delimiter; the row was skipped",
            )


def _taken(lines: _Lines, delimiter: str) -> list[str] | None:
    """Lines of the next row: more than one while a quoted field is open."""
    taken: list[str] = []
    for line in lines:
        taken.append(line)
        if not _is_open(taken, delimiter):
            return taken
        if len(taken) >= _LINES_OF_A_FIELD:
            return taken
    return taken or None


def _is_open(taken: list[str], delimiter: str) -> bool:
    if taken[-1].count('"') == 0 and len(taken) > 1:
        return True
    text = "".join(taken)
    if '"' not in text:
        return False
    try:
        list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        return "unexpected end of data" in str(error)
    return False


def _parsed(taken: list[str], delimiter: str) -> list[str] | None:
    try:
        rows = list(csv.reader(io.StringIO("".join(taken), newline=""), delimiter=delimiter))
    except csv.Error:
        return None
    if _is_open(taken, delimiter):
        return None
    return rows[0] if rows else []


def _named(header: Sequence[str], values: Sequence[object]) -> dict[str, object]:
    """Fields by column; the first of several columns of one name that says something."""
    if len(set(header)) == len(header):
        return dict(zip(header, values, strict=True))
    named: dict[str, object] = {}
    for name, value in zip(header, values, strict=True):
        if named.get(name) in (None, ""):
            named[name] = value
    return named


def xlsx_entries(content: Content, problems: Problems) -> Iterator[Entry]:  # noqa: ARG001 - as every reader
    """Papers of the first sheet of a workbook whose first rows name a column for titles."""
    import openpyxl

    raw = io.BytesIO(content.whole())
    try:
        with zipfile.ZipFile(raw) as packed:
            unpacked = sum(member.file_size for member in packed.infolist())
        if unpacked > min(WHOLE_BYTES, max(FREE_BYTES, MOST_UNPACKED * raw.getbuffer().nbytes)):
            raise DumpError(f"{content.name} unpacks to {unpacked:,} bytes; save it as CSV")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(raw, read_only=True, data_only=True)
        sheets = [sheet.iter_rows(values_only=True) for sheet in book.worksheets]
        for rows in sheets:
            for above, names in enumerate(islice(rows, 20), start=1):
                header = ["" if name is None else str(name).strip() for name in names]
                if "title" in roles_of(tuple(header)):
                    check_columns(header, content.name)
                    yield from _sheet(header, rows, above)
                    return
    except DumpError:
        raise
    except Exception as error:  # openpyxl lets through whatever its parts raise
        raise DumpError(
            f"{content.name}: expected a workbook, found damage ({_first_line(error)}); save it as CSV"
        ) from error
    raise DumpError(f"{content.name}: expected a sheet with a column for title, found none; name the columns")


def _sheet(header: list[str], rows: Iterator[tuple[Any, ...]], above: int) -> Iterator[Entry]:
    for row, values in enumerate(rows, start=above + 1):
        if any(value is not None for value in values):
            padded = [*values, *[None] * (len(header) - len(values))][: len(header)]
            yield Entry(_named(header, padded), row, f"row {row}", user=True)


def parquet_entries(content: Content, problems: Problems) -> Iterator[Entry]:  # noqa: ARG001 - as every reader
    """Papers of a Parquet file; the line is the 1-based row."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    row = 0
    with content.open_bytes() as file:
        source = seekable(file, content)
        try:
            names = pq.read_schema(source).names
            check_columns(names, content.name)
            # A dictionary is not unfolded.
            single = [name for name, n in Counter(names).items() if n == 1]
            texts = [name for name in single if pa.types.is_string(pq.read_schema(source).field(name).type)]
            with pq.ParquetFile(source, read_dictionary=texts) as table:
                if table.metadata.num_rows > _MOST_ROWS:
                    raise DumpError(f"{content.name} has more than {_MOST_ROWS:,} rows; split it")
                for batch in table.iter_batches(batch_size=_BATCH):
                    values = [_values(column) for column in batch.columns]
                    for fields in zip(*values, strict=True):
                        row += 1
                        yield Entry(_named(names, fields), row, f"row {row}", user=True)
        except (pa.ArrowException, OSError, ValueError) as error:
            if isinstance(error, DumpError):
                raise
            raise DumpError(
                f"{content.name}, after row {row}: expected a Parquet file, found damage ({_first_line(error)}); "
                "write it again"
            ) from error


def _values(column: Any) -> list[object]:
    """Values of a column, those too long for a text left out; odd ones as text."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if pa.types.is_dictionary(kind):
        words = column.dictionary
        if len(words) and (pc.max(pc.binary_length(words)).as_py() or 0) > LONGEST_TEXT:
            words = pc.if_else(pc.greater(pc.binary_length(words), LONGEST_TEXT), None, words)
        known = _values(words)
        return [None if code is None else known[code] for code in column.indices.to_pylist()]
    try:
        found: list[object] = column.to_pylist()
    except (ValueError, OverflowError, pa.ArrowException):
        # Times beyond Python's calendar, and bytes that claim to be text.
        found = [_or_none(value) for value in column]
    return found


def _or_none(value: Any) -> object:
    try:
        return value.as_py()
    except UnicodeDecodeError:
        return bytes(value.as_buffer()).decode("utf-8", errors="replace")
    except (ValueError, OverflowError):
        return str(value.value) if hasattr(value, "value") else None


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0][:200]
