"""Papers from tables: CSV and its relatives, workbooks, Parquet."""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from paperatlas.errors import DumpError
from paperatlas.readers.content import WHOLE_BYTES, Content, limit_of, seekable, too_large
from paperatlas.readers.records import LONGEST_TEXT, MOST_COLUMNS, Entry, Problems, roles_of, written_out
from paperatlas.readers.trees import unfolded

# Databases put lines about the export above the names of the columns.
LINES_ABOVE = 20
SEP = re.compile(r"\s*\"?sep=(.)\"?\s*", re.IGNORECASE)
_DELIMITERS = ",;\t|"
_NEUTRALISED = re.compile(r"''*[=+\-@\t\r\n＝＋－＠]")
_RULER = re.compile(r"[\s|:+-]*")
_BATCH = 256  # rows that are unfolded at a time
# A quotation mark that is not closed for so long was never meant to hold a field together.
_LINES_OF_A_FIELD = 500
_CHARACTERS_OF_A_ROW = 4 * LONGEST_TEXT


def csv_entries(content: Content, problems: Problems) -> Iterator[Entry]:
    """Papers of a delimited table with column names above; Excel's ``sep=`` line may stand before them."""
    csv.field_size_limit(_CHARACTERS_OF_A_ROW)
    lines = _Lines(content.lines())
    above = list(islice(lines, LINES_ABOVE))
    said = SEP.fullmatch(above[0].rstrip("\r\n")) if above else None
    filled = [place for place, line in enumerate(above) if line.strip() and not (said and place == 0)]
    place = next((place for place in filled if is_header(above[place])), (filled or [0])[0])
    delimiter = said.group(1) if said else delimiter_of(above[place] if above else "")
    lines.give_back(above[place:])
    _, header = next(_rows(lines, delimiter, 0, problems), (0, []))
    header = [name.strip() for name in header]
    check_columns(header, content.name)
    ours = "paper_id" in header
    for line, fields in _rows(lines, delimiter, len(header), problems):
        yield _entry(header, list(map(as_written, fields)) if ours else fields, line, f"line {line}")


def as_written(text: str) -> str:
    """Text without the apostrophe by which `paperatlas.share.write_csv` keeps it from being taken for a formula."""
    return text[1:] if _NEUTRALISED.match(text) else text


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


def _entry(header: Sequence[str], values: Sequence[object], row: int, place: str) -> Entry:
    """Fields by column; the first of several columns of one name that says something."""
    fields: dict[str, object] = {}
    for name, value in zip(header, values, strict=True):
        if name not in fields or fields[name] in (None, ""):
            fields[name] = (
                written_out(value) if isinstance(value, str) and value[-1:] in ("]", "}") else value
            )
    return Entry(unfolded(fields), row, place, user=True)


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
    """Rows with the line they start on, as long as the header; with 0 columns, as long as they come."""
    for line in lines:
        start = lines.line
        fields, doubt = _row(line, lines, delimiter, n_columns)
        if _RULER.fullmatch(line) or not any(field.strip() for field in fields):
            continue
        while len(fields) > n_columns > 0 and not fields[-1].strip():
            fields.pop()
        if n_columns and len(fields) != n_columns:
            doubt = f"expected {n_columns} fields, found {len(fields)}"
        # Excel leaves out delimiters at the end of rows.
        skipped = n_columns and not n_columns / 2 < len(fields) <= n_columns
        if doubt:
            remedy = "put quotation marks around fields that hold the delimiter"
            end = "the row was skipped" if skipped else "what stands there was taken"
            problems.add(f"line {start}", fields[0][:200], doubt, f"{remedy}; {end}", kept=not skipped)
        if not skipped:
            yield start, fields + [""] * (n_columns - len(fields))


def _row(line: str, lines: _Lines, delimiter: str, n_columns: int) -> tuple[list[str], str]:
    """Fields of the row that begins with a line, and a doubt.

    A quoted field may run over several lines. If it never closes, or its row has the wrong length, the marks are
    letters like any other.
    """
    bare = line.rstrip("\r\n")
    if '"' not in bare:
        return bare.split(delimiter), ""
    taken = [line]
    fields = _parsed(taken, delimiter, strict=True)
    if fields is None:
        for more in islice(lines, _LINES_OF_A_FIELD):
            taken.append(more)
            if more.count('"') % 2:
                break
        fields = _parsed(taken, delimiter, strict=True)
    if fields is not None and (len(taken) == 1 or not n_columns or len(fields) == n_columns):
        return fields, ""
    lines.give_back(taken[1:])
    literal = [_unquoted(field) for field in bare.split(delimiter)]
    loose = _parsed([line], delimiter, strict=False) or []
    if len(loose) == n_columns != len(literal):
        return loose, ""
    return literal, "a quotation mark that never closes" if bare.count('"') % 2 else ""


def _parsed(taken: list[str], delimiter: str, *, strict: bool) -> list[str] | None:
    """Fields of lines that are one row; None if they are none, or more than one."""
    try:
        rows = list(csv.reader(io.StringIO("".join(taken), newline=""), delimiter=delimiter, strict=strict))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None


def _unquoted(field: str) -> str:
    """A field without the marks around it, or the one that opens it and never closes."""
    if len(field) > 1 and field[0] == field[-1] == '"':
        return field[1:-1].replace('""', '"')
    return field[1:] if field[:1] == '"' and field.count('"') == 1 else field


def xlsx_entries(content: Content, problems: Problems) -> Iterator[Entry]:  # noqa: ARG001 - as every reader
    """Papers of the first sheet of a workbook whose first rows name a column for titles."""
    import openpyxl

    raw = content.whole()
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            if sum(member.file_size for member in packed.infolist()) > min(WHOLE_BYTES, limit_of(len(raw))):
                raise too_large(content.name)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
        for sheet in book.worksheets:
            rows = sheet.iter_rows(values_only=True)
            for above, names in enumerate(islice(rows, LINES_ABOVE), start=1):
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
            yield _entry(header, padded, row, f"row {row}")


def parquet_entries(content: Content, problems: Problems) -> Iterator[Entry]:  # noqa: ARG001 - as every reader
    """Papers of a Parquet file; the line is the 1-based row."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    row = size = 0
    with content.opened() as file:
        source = seekable(file, content)
        limit = limit_of(source.seek(0, io.SEEK_END))
        try:
            table = pq.ParquetFile(source)
            names = table.schema_arrow.names
            check_columns(names, content.name)
            # A text that stands there once may be meant a million times.
            for batch in table.iter_batches(batch_size=_BATCH):
                columns = [
                    column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
                    for column in batch.columns
                ]
                size += sum(column.nbytes for column in columns)
                if size > limit:
                    raise too_large(content.name)
                for values in zip(*map(_values, columns), strict=True):
                    row += 1
                    yield _entry(names, values, row, f"row {row}")
        except (pa.ArrowException, OSError, ValueError) as error:
            raise DumpError(
                f"{content.name}, after row {row}: expected a Parquet file, found damage ({_first_line(error)}); "
                "write it again"
            ) from error


def _values(column: Any) -> list[object]:
    """Values of a column; times beyond Python's calendar as text, and texts that are none as bytes."""
    import pyarrow as pa

    try:
        found: list[object] = column.to_pylist()
    except (ValueError, OverflowError, pa.ArrowException):
        found = column.cast(pa.binary() if pa.types.is_string(column.type) else pa.string()).to_pylist()
    return found


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0][:200]
