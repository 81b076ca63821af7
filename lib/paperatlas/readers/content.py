"""The bytes of a source, unpacked where it is packed, and never without end."""

from __future__ import annotations

import codecs
import gzip
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import chain
from pathlib import Path
from typing import IO, NamedTuple, cast

from paperatlas.errors import DumpError
from paperatlas.prose import visible

# Text packs to a third or a fifth of its size, a bomb to a thousandth.
MOST_UNPACKED = 100
FREE_BYTES = 64 * 2**20
WHOLE_BYTES = 256 * 2**20
LONGEST_LINE = 4_000_000
HEAD = 64 * 2**10
UTF16_MARKS, UTF32_MARKS = (b"\xff\xfe", b"\xfe\xff"), (b"\xff\xfe\0\0", b"\0\0\xfe\xff")

_CHUNK = 2**20
_DEEPEST = 2  # a packed file may hold packed ones
_GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"
_NO_SOURCE = re.compile(r"__MACOSX|(?:^|/)(?:[._][^/]*)?$")  # a folder, or what an operating system adds
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_HIGH, _RUN = re.compile(rb"[\x80-\xff]"), re.compile(rb"[\x80-\xff]{2,}")
_UNDEFINED = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")


class Content(NamedTuple):
    """One source, a file or a member of a packed one.

    ``name`` is as messages show it; ``open_bytes`` opens its bytes anew, those of a packed one unpacked; ``size`` is
    that of the file.
    """

    name: str
    open_bytes: Callable[[], IO[bytes]]
    size: int
    is_packed: bool = False

    def check(self, unfolded: int, limit: int = 2**63) -> None:
        """Refuse a source of more bytes than the limit, or of far more than it is stored in."""
        if unfolded > limit:
            raise DumpError(f"{self.name} is larger than {limit // 2**20} MiB; split it into several files")
        if unfolded > max(FREE_BYTES, MOST_UNPACKED * self.size):
            raise DumpError(
                f"{self.name} unpacks to more than {MOST_UNPACKED} times its size; unpack it first and look at it"
            )

    @contextmanager
    def reading(self, expected: str = "") -> Iterator[None]:
        """Whatever fails in here becomes a message that names the source, and what it was `expected` to be."""
        try:
            yield
        except DumpError:
            raise
        except Exception as error:  # damaged files make the unpackers raise almost anything
            reason = getattr(error, "strerror", None) or str(error).strip() or type(error).__name__
            found = f"expected {expected}, found {reason[:200]}" if expected else reason
            is_whole = isinstance(error, OSError) and not (expected or isinstance(error, gzip.BadGzipFile))
            remedy = "check the file" if is_whole else "the file is damaged or cut off; fetch it again"
            raise DumpError(f"{self.name} cannot be read: {' '.join(found.split())}; {remedy}") from error

    def chunks(self, limit: int = 2**63) -> Iterator[bytes]:
        """The bytes in pieces; an error once there are too many, or more than `limit`."""
        size = 0
        with self.reading(), self.open_bytes() as file:
            while raw := file.read(_CHUNK):
                size += len(raw)
                self.check(size, limit)
                yield raw

    def head(self) -> bytes:
        """The first bytes."""
        return next(self.chunks(), b"")[:HEAD]

    def whole(self, *, limit: int = WHOLE_BYTES) -> bytes:
        """All bytes, unless there are more than `limit`."""
        return b"".join(self.chunks(limit))

    def anywhere(self) -> IO[bytes]:
        """The bytes as a file that can be read from any place, in memory if they were packed."""
        return io.BytesIO(self.whole()) if self.is_packed else self.open_bytes()

    def text(self) -> str:
        """All of it as text."""
        raw = self.whole()
        return raw.decode(encoding_of([raw], self.name), errors="replace")

    def lines(self) -> Iterator[str]:
        """Lines that end in a line feed, one at a time, none without end."""
        encoding = encoding_of(self.chunks(), self.name)
        with self.reading(), io.TextIOWrapper(self.open_bytes(), encoding, errors="replace") as file:
            for number, line in enumerate(iter(partial(file.readline, LONGEST_LINE), ""), start=1):
                self.check(file.buffer.tell())
                if len(line) == LONGEST_LINE:
                    raise DumpError(
                        f"{self.name}, line {number}: expected one record a line, found a line of more than "
                        f"{LONGEST_LINE:,} characters; break the file into lines"
                    )
                yield line


def contents_of(path: Path) -> Iterator[Content]:
    """The source or sources in a file: itself, or what it packs; what is no regular file or empty is refused."""
    shown = visible(path, keep="")
    try:
        size = path.stat().st_size
    except (OSError, ValueError) as error:
        raise DumpError(f"{shown} cannot be read: {error}; check the file") from error
    if not path.is_file():
        folder = "folder in a folder; name it too if it holds papers"
        raise DumpError(f"{shown} is a {folder if path.is_dir() else 'device or pipe; give a file'}")
    if size == 0:
        raise DumpError(f"{shown} is empty; save it again, or leave it out")
    yield from _unpacked(Content(shown, lambda: path.open("rb"), size))


def _unpacked(content: Content, deep: int = 0) -> Iterator[Content]:
    start = content.head()
    if start.startswith(_GZIP) and deep < _DEEPEST:
        yield from _unpacked(Content(content.name, partial(_unzipped, content), content.size, True), deep + 1)
    elif start.startswith(ZIP) and deep < _DEEPEST and not _is_document(names := members_of(content)):
        for member in names:
            if not _NO_SOURCE.search(member.filename):
                name = f"{content.name}/{visible(member.filename, keep='')}"
                inner = Content(name, partial(_unzipped, content, member), content.size, True)
                yield from _unpacked(inner, deep + 1)
    else:
        yield content


def _is_document(members: Iterable[zipfile.ZipInfo]) -> bool:
    """Whether a zip is one by chance: a workbook, a text document, a book."""
    return any(member.filename in ("[Content_Types].xml", "mimetype") for member in members)


def _unzipped(content: Content, member: zipfile.ZipInfo | None = None) -> IO[bytes]:
    packed = content.anywhere()
    return zipfile.ZipFile(packed).open(member) if member else cast(IO[bytes], gzip.GzipFile(fileobj=packed))


def members_of(content: Content) -> list[zipfile.ZipInfo]:
    """Files and folders in a zip."""
    with content.reading(), zipfile.ZipFile(content.anywhere()) as packed:
        return packed.infolist()


def encoding_of(chunks: Iterable[bytes], name: str) -> str:
    """How bytes are written: by their mark, UTF-8, or Windows-1252.

    The first piece that is not ASCII decides. A text in UTF-8 with a few damaged places is UTF-8; these places become
    U+FFFD. Other bytes are refused.
    """
    chunks = iter(chunks)
    first = next(chunks, b"")
    if first.startswith(UTF32_MARKS):
        raise DumpError(f"{name} is not text in UTF-8 or UTF-16 but in UTF-32; save it as UTF-8")
    if first.startswith(UTF16_MARKS):
        return "utf-16"
    raw = next((chunk for chunk in chain([first], chunks) if not chunk.isascii()), first)
    if (strange := len(_CONTROL.findall(raw))) > 0.05 * len(raw):
        found = f"{strange:,} of {len(raw):,} bytes are not"
        raise DumpError(
            f"{name} is not text ({found}); save the papers as text in UTF-8, a table or a library"
        )
    high = len(_HIGH.findall(raw))
    damaged = codecs.getincrementaldecoder("utf-8")("replace").decode(raw).count("\ufffd")
    if 2 * damaged < high or not high:
        return "utf-8-sig"
    # Letters beyond ASCII stand alone in Western languages; where they stand side by side, the code page is another.
    if _UNDEFINED.search(raw) or (high > 20 and 2 * sum(map(len, _RUN.findall(raw))) > high):
        raise DumpError(f"{name} is neither UTF-8 nor Windows-1252; save it as UTF-8")
    return "cp1252"
