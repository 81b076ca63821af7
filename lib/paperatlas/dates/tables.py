"""Dates from tables: the reference table shipped with the project, and any CSV or Parquet file."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TextIO

import pandas as pd

from paperatlas.dates.candidates import Candidate, DateSourceError, Problems, file_state
from paperatlas.dates.identifiers import clean_arxiv_id
from paperatlas.dates.published import parse_published

# Names looked for where none is given, in this order, without regard to case, blanks and underscores.
COLUMN_NAMES: dict[str, tuple[str, ...]] = {
    "title": ("title", "paper_title", "paper", "name"),
    "published": (
        "published",
        "publication_date",
        "published_at",
        "date",
        "submitted",
        "created",
        "month",
        "year",
        "publication_year",
    ),
    "abstract": ("abstract", "summary", "description"),
    "arxiv_id": ("arxiv_id", "arxiv", "id", "url"),
    "venue": ("venue", "journal", "conference", "booktitle"),
}
_CSV_SUFFIXES = (".csv", ".tsv", ".txt")
_PARQUET_SUFFIXES = (".parquet", ".pq")
_LONGEST_FIELD = 10_000_000


class TableSource:
    """Titles and dates from a CSV or Parquet file.

    Parameters
    ----------
    path : str or Path
        ``.csv``, ``.tsv`` (UTF-8; comma, semicolon or tab) or ``.parquet``.
    name : str, optional
        How the table is called in ``date_source``; the file's name by default.
    columns : dict, optional
        Which column holds what, for instance ``{"title": "Paper", "published": "When"}``. Keys are
        ``title``, ``published``, ``abstract``, ``arxiv_id``, ``venue``; what is not given is looked for
        under the names in `COLUMN_NAMES`. A table without abstracts dates a paper only by the same title
        or by one with slight typing slips.
    today : date, optional
        Later dates are refused; the present day by default.

    Raises
    ------
    DateSourceError
        If the file is missing, of another kind, empty, or lacks a title or a date column.
    """

    asks_for_each = False

    def __init__(
        self,
        path: str | Path,
        *,
        name: str | None = None,
        columns: dict[str, str] | None = None,
        today: date | None = None,
    ) -> None:
        self.path = Path(path)
        self.name = name or self.path.name
        self._today = today or date.today()
        if unknown := set(columns or {}) - set(COLUMN_NAMES):
            raise DateSourceError(
                f"{self.path}: columns may be given for {sorted(COLUMN_NAMES)}, not for {sorted(unknown)}"
            )
        if not self.path.is_file():
            raise DateSourceError(f"{self.path}: no such file; expected a CSV or Parquet table of dates")
        self._parquet = self.path.suffix.casefold() in _PARQUET_SUFFIXES or self._has_magic()
        if not self._parquet and self.path.suffix.casefold() not in _CSV_SUFFIXES:
            raise DateSourceError(
                f"{self.path}: expected a name ending in .csv, .tsv or .parquet, found "
                f"{self.path.suffix or 'none'}"
            )
        self._delimiter = ","
        self.columns = self._choose(self._header(), columns or {})

    def candidates(
        self,
        papers: pd.DataFrame,  # noqa: ARG002 - the whole is offered, whatever is asked for
        problems: Problems,
    ) -> Iterator[Candidate]:
        """All dated rows of the table; rows without a usable title or date are noted in `problems`."""
        for line, row in self._rows(problems):
            title = _text(row.get("title"))
            if not title:
                problems.add(line, "a title", "an empty field", "fill in the title or delete the row")
                continue
            value = row.get("published")
            try:
                published = parse_published(value, today=self._today)
            except ValueError as error:
                expected, _, found = str(error).partition(", found ")
                problems.add(line, expected.removeprefix("expected "), found, "correct the date")
                continue
            if published:
                yield Candidate(
                    title,
                    published,
                    _text(row.get("abstract")),
                    clean_arxiv_id(_text(row.get("arxiv_id"))),
                    _text(row.get("venue")),
                    f"{self.path.name}, line {line}",
                )

    def state(self) -> str:
        """Changes with the file, the columns chosen, and the day."""
        return file_state(self.path, self.name, self.columns, self._today)

    def _has_magic(self) -> bool:
        with self.path.open("rb") as file:
            return file.read(4) == b"PAR1"

    def _header(self) -> list[str]:
        if self._parquet:
            import pyarrow as pa
            import pyarrow.parquet as pq

            try:
                return [str(name) for name in pq.read_schema(self.path).names]
            except (pa.ArrowException, OSError) as error:
                raise DateSourceError(
                    f"{self.path}: expected a Parquet file, found something else ({error})"
                ) from error
        with self._open() as lines:
            try:
                first = next(lines, "")
            except UnicodeDecodeError as error:
                raise DateSourceError(
                    f"{self.path}, line 1: expected UTF-8 text, found byte {error.object[error.start]:#04x}; "
                    "save the table as UTF-8"
                ) from error
        if not first.strip():
            raise DateSourceError(f"{self.path}, line 1: expected column names, found an empty line")
        self._delimiter = max(",;\t", key=first.count)
        return next(csv.reader([first], delimiter=self._delimiter))

    def _choose(self, header: list[str], given: dict[str, str]) -> dict[str, str]:
        chosen: dict[str, str] = {}
        by_name = {_plain(name): name for name in reversed(header)}
        for role, names in COLUMN_NAMES.items():
            if role in given:
                if given[role] not in header:
                    raise DateSourceError(
                        f"{self.path}, line 1: expected the column {given[role]!r} for {role}, found {header}"
                    )
                chosen[role] = given[role]
            elif found := next((by_name[_plain(name)] for name in names if _plain(name) in by_name), None):
                chosen[role] = found
        for role in ("title", "published"):
            if role not in chosen:
                raise DateSourceError(
                    f"{self.path}, line 1: expected a column for {role} (one of "
                    f"{', '.join(COLUMN_NAMES[role])}), found {', '.join(header)}; rename the column or pass "
                    f"columns={{{role!r}: …}}"
                )
        return chosen

    def _open(self) -> TextIO:
        return self.path.open(encoding="utf-8-sig", newline="")

    def _rows(self, problems: Problems) -> Iterator[tuple[int, dict[str, object]]]:
        yield from self._parquet_rows() if self._parquet else self._csv_rows(problems)

    def _parquet_rows(self) -> Iterator[tuple[int, dict[str, object]]]:
        import pyarrow.parquet as pq

        line = 0
        with pq.ParquetFile(self.path) as table:
            for batch in table.iter_batches(batch_size=8192, columns=sorted(set(self.columns.values()))):
                for row in batch.to_pylist():
                    line += 1
                    yield line, {role: row[column] for role, column in self.columns.items()}

    def _csv_rows(self, problems: Problems) -> Iterator[tuple[int, dict[str, object]]]:
        csv.field_size_limit(_LONGEST_FIELD)
        with self._open() as lines:
            reader = csv.reader(lines, delimiter=self._delimiter)
            header = next(reader)
            place = {role: header.index(column) for role, column in self.columns.items()}
            line = reader.line_num + 1
            try:
                for fields in reader:
                    if len(fields) == len(header):
                        yield line, {role: fields[column] for role, column in place.items()}
                    elif fields:
                        problems.add(
                            line,
                            f"{len(header)} fields",
                            f"{len(fields)} fields",
                            "put quotes around fields that hold the delimiter, or complete the row",
                        )
                    line = reader.line_num + 1
            except (UnicodeDecodeError, csv.Error) as error:
                raise DateSourceError(
                    f"{self.path}, line {line}: expected CSV in UTF-8, found {error}; "
                    "the rows above were used"
                ) from error


class ReferenceTable(TableSource):
    """The table shipped with the project: arXiv id, month or year, and venue for its own dumps' papers.

    Parameters
    ----------
    path : str or Path, optional
        Another table of the same form: ``title, arxiv_id, published, venue, source, note``.
    """

    def __init__(self, path: str | Path | None = None, *, today: date | None = None) -> None:
        if path is None:
            from paperatlas.shipped import data_path

            path = data_path("reference", "dates.csv")
        super().__init__(path, name="reference table", today=today)


def _plain(name: str) -> str:
    return name.strip().casefold().replace(" ", "").replace("_", "").replace("-", "")


def _text(value: object) -> str:
    """Field as text; missing values of any library are empty."""
    return "" if value is None or value != value else str(value).strip()
