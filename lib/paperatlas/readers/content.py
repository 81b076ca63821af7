"""The bytes of a source, unpacked where it is packed, and never without end."""

from __future__ import annotations

import codecs
import gzip
import io
import re
import stat
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, NamedTuple, cast

from paperatlas.errors import DumpError
from paperatlas.prose import visible

# Text packs to a third or a fifth of its size, a bomb to a thousandth.
MOST_UNPACKED = 100
FREE_BYTES = 64 * 2**20
WHOLE_BYTES = 256 * 2**20
LONGEST_LINE = 4_000_000
HEAD = 64 * 2**10
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")

_DECLARED = re.compile(rb"\A\s*%+\s*Encoding:\s*([\w-]{1,20})", re.IGNORECASE)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_HIGH, _RUN = re.compile(rb"[\x80-\xff]"), re.compile(rb"[\x80-\xff]{2,}")
_UNDEFINED = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")


class Content(NamedTuple):
    """One source, a file or a member of a packed one.

    ``name`` is as messages show it, ``suffix`` its ending in lower case without that of the packing; ``open_bytes``
    opens its unpacked bytes anew, which end with an error at the limit.
    """

    name: str
    suffix: str
    open_bytes: Callable[[], BinaryIO]

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """Its bytes; whatever fails while they are read becomes a message that names the source."""
        try:
            with self.open_bytes() as file:
                yield file
        except DumpError:
            raise
        except Exception as error:  # damaged files make the unpackers raise almost anything
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            packed = not isinstance(error, OSError) or isinstance(error, gzip.BadGzipFile)
            remedy = "the packed file is damaged or cut off; fetch it again" if packed else "check the file"
            raise DumpError(f"{self.name} cannot be read: {reason}; {remedy}") from error

    def head(self) -> bytes:
        """The first bytes."""
        with self.opened() as file:
            return file.read(HEAD)

    def whole(self, *, limit: int = WHOLE_BYTES) -> bytes:
        """All bytes, unless there are more than `limit`."""
        with self.opened() as file:
            raw = file.read(limit + 1)
        if len(raw) > limit:
            raise DumpError(f"{self.name} is larger than {limit // 2**20} MiB; split it into several files")
        return raw

    def text(self) -> str:
        """All of it as text."""
        raw = self.whole()
        return raw.decode(encoding_of([raw], self.name), errors="replace")

    def chunks(self) -> Iterator[bytes]:
        """The bytes in pieces."""
        with self.opened() as file:
            while raw := file.read(2**20):
                yield raw

    def lines(self, encoding: str = "") -> Iterator[str]:
        """Lines with their ends, one at a time, none without end; the encoding is found where none is given."""
        encoding = encoding or encoding_of(self.chunks(), self.name)
        with self.opened() as file:
            reader = io.TextIOWrapper(file, encoding, errors="replace", newline="")
            number = 0
            while line := reader.readline(LONGEST_LINE):
                number += 1
                if len(line) == LONGEST_LINE and line[-1] not in "\r\n":
                    raise DumpError(
                        f"{self.name}, line {number}: expected one record a line, found a line of more than "
                        f"{LONGEST_LINE:,} characters; break the file into lines"
                    )
                yield line


def contents_of(path: Path) -> Iterator[Content]:
    """The source or sources in a file: itself, or what it packs; what is no regular file or empty is refused."""
    shown = visible(path, keep="")
    try:
        about = path.stat()
    except (OSError, ValueError) as error:
        raise DumpError(f"{shown} cannot be read: {error}; check the file") from error
    if stat.S_ISDIR(about.st_mode):
        raise DumpError(f"{shown} is a folder in a folder; name it too if it holds papers")
    if not stat.S_ISREG(about.st_mode):
        raise DumpError(f"{shown} is a device or pipe; give a file")
    if about.st_size == 0:
        raise DumpError(f"{shown} is empty; save it again, or leave it out")
    yield from _unpacked(Content(shown, path.suffix.casefold(), lambda: path.open("rb")), about.st_size)


def _unpacked(content: Content, size: int, deep: int = 0) -> Iterator[Content]:
    start = content.head()[:4]
    limit = limit_of(size)
    if start[:2] == b"\x1f\x8b" and deep < 2:
        bare = Path(content.name.casefold().removesuffix(".gz"))
        inner = Content(
            content.name,
            bare.suffix,
            lambda: _counted(gzip.GzipFile(fileobj=content.open_bytes()), content, limit),
        )
        yield from _unpacked(inner, limit, deep + 1)
    elif start == b"PK\x03\x04" and deep < 2 and not is_document(names := members_of(content)):
        for member in names:
            # Neither folders nor what an operating system adds.
            if not re.search(r"__MACOSX|(?:^|/)(?:[._][^/]*)?$", member.filename):
                yield from _unpacked(_member(content, member, limit), member.compress_size, deep + 1)
    else:
        yield content


def limit_of(size: int) -> int:
    """Bytes that a packed file of this size may hold."""
    return max(FREE_BYTES, MOST_UNPACKED * size)


def too_large(name: str) -> DumpError:
    """What is said of a file that unfolds beyond its limit."""
    return DumpError(
        f"{name} unpacks to more than {MOST_UNPACKED} times its size; unpack it first and look at it"
    )


def members_of(content: Content) -> list[zipfile.ZipInfo]:
    """Files and folders in a zip."""
    with content.opened() as file, zipfile.ZipFile(seekable(file, content)) as packed:
        return packed.infolist()


def is_document(members: Iterable[zipfile.ZipInfo]) -> bool:
    """Whether a zip is one by chance: a workbook, a text document, a book."""
    return any(member.filename in ("[Content_Types].xml", "mimetype") for member in members)


def _member(content: Content, member: zipfile.ZipInfo, limit: int) -> Content:
    def unfolded() -> BinaryIO:
        return _counted(zipfile.ZipFile(seekable(content.open_bytes(), content)).open(member), content, limit)

    name = visible(member.filename, keep="")
    return Content(f"{content.name}/{name}", Path(member.filename).suffix.casefold(), unfolded)


def seekable(file: BinaryIO, content: Content) -> BinaryIO:
    """The file itself, or where it cannot be read from any place, all of it in memory."""
    return file if file.seekable() else io.BytesIO(content.whole())


def _counted(packed: IO[bytes] | gzip.GzipFile, content: Content, limit: int) -> BinaryIO:
    return cast(BinaryIO, io.BufferedReader(_Counted(packed, content.name, limit)))


class _Counted(io.RawIOBase):
    """A stream that counts what it unpacks and stops at a limit, before it unfolds."""

    def __init__(self, packed: IO[bytes] | gzip.GzipFile, name: str, limit: int) -> None:
        self._packed, self._name, self._left = packed, name, limit

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        raw = self._packed.read(len(buffer))
        self._left -= len(raw)
        if self._left < 0:
            raise too_large(self._name)
        buffer[: len(raw)] = raw
        return len(raw)

    def close(self) -> None:
        self._packed.close()
        super().close()


def encoding_of(chunks: Iterable[bytes], name: str) -> str:
    """How bytes are written: by their mark, by what their first line says, UTF-8, or Windows-1252.

    A text in UTF-8 with a few damaged places is UTF-8; these places become U+FFFD. Other bytes are refused.
    """
    first = b""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    high = damaged = runs = undefined = strange = size = 0
    for chunk in chunks:
        if not first and (wide := _utf16(chunk[:400], name)):
            return wide
        first = first or chunk
        size += len(chunk)
        strange += len(_CONTROL.findall(chunk))
        if not chunk.isascii():
            damaged += decoder.decode(chunk).count("\ufffd")
            high += len(_HIGH.findall(chunk))
            undefined += len(_UNDEFINED.findall(chunk))
            runs += sum(map(len, _RUN.findall(chunk)))
    if strange > 0.05 * size:
        raise DumpError(
            f"{name} is not text ({strange:,} of {size:,} bytes are not); give papers as a text, table or library"
        )
    if 2 * damaged < high or not high:
        return "utf-8-sig"
    if declared := _DECLARED.match(first):
        try:
            return codecs.lookup(declared.group(1).decode()).name
        except LookupError:
            pass
    # Letters beyond ASCII stand alone in Western languages; where they stand side by side, the code page is another.
    if undefined or (high > 20 and 2 * runs > high):
        raise DumpError(f"{name} is neither UTF-8 nor Windows-1252; save it as UTF-8")
    return "cp1252"


def _utf16(head: bytes, name: str) -> str:
    """Kind of UTF-16 that a text begins in: by its mark, or because every other byte of a header is null."""
    if head[:4] in (b"\xff\xfe\0\0", b"\0\0\xfe\xff"):
        raise DumpError(f"{name} is not text in UTF-8 or UTF-16 but in UTF-32; save it as UTF-8")
    if head[:2] in UTF16_MARKS:
        return "utf-16"
    for encoding, zeros, others in (
        ("utf-16-le", head[1::2], head[::2]),
        ("utf-16-be", head[::2], head[1::2]),
    ):
        if len(head) > 20 and 10 * zeros.count(0) > 9 * len(zeros) and not others.count(0):
            return encoding
    return ""
