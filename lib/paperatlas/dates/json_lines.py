"""Lines of a JSON-lines file, plain or gzipped, one at a time and none without end."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from paperatlas.dates.candidates import DateSourceError

# A line of arXiv metadata has about 1,600 bytes; one without end is no metadata.
LONGEST_LINE = 4_000_000
_GZIP = b"\x1f\x8b"


def check_lines(path: Path) -> None:
    """Refuse a file that is not there or empty.

    Raises
    ------
    DateSourceError
    """
    if not path.is_file():
        raise DateSourceError(f"{path}: no such file; expected arXiv metadata as JSON lines")
    if path.stat().st_size == 0:
        raise DateSourceError(f"{path}, line 1: expected arXiv metadata, found an empty file")


def numbered_lines(path: Path, name: str = "", *, progress: bool = False) -> Iterator[tuple[int, bytes]]:
    """Lines with their 1-based numbers.

    Parameters
    ----------
    path : Path
        Plain or gzipped, which its first bytes tell.
    name : str
        What the progress bar is called.
    progress : bool
        Show a progress bar on standard error.

    Raises
    ------
    DateSourceError
        At a line of more than 4,000,000 bytes, or if the file ends within a compressed block.
    """
    from tqdm import tqdm

    size = path.stat().st_size
    bar = tqdm(total=size, unit="B", unit_scale=True, desc=name, disable=not progress, mininterval=0.5)
    line = 0
    with path.open("rb") as file, bar:
        packed = file.read(2) == _GZIP
        file.seek(0)
        lines = cast(BinaryIO, gzip.GzipFile(fileobj=file)) if packed else file
        try:
            while raw := lines.readline(LONGEST_LINE):
                line += 1
                if line % 10_000 == 0:
                    bar.update(file.tell() - bar.n)
                if len(raw) == LONGEST_LINE and not raw.endswith(b"\n"):
                    raise DateSourceError(
                        f"{path}, line {line}: expected one JSON object a line, found a line of more than "
                        f"{LONGEST_LINE:,} bytes; write the file as JSON lines"
                    )
                yield line, raw
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise DateSourceError(
                f"{path}, after line {line}: expected a whole gzip file, found {error}; the lines before were "
                "used; fetch the file again"
            ) from error
        bar.update(size - bar.n)
