"""The bytes of a source, unpacked where it is packed, and never without end."""

from __future__ import annotations

import codecs
import gzip
import io
import lzma
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, TypeVar, cast

from paperatlas.errors import DumpError

# Text packs to a third or a fifth of its size, a bomb to a thousandth.
MOST_UNPACKED = 100
FREE_BYTES = 64 * 2**20
WHOLE_BYTES = 256 * 2**20
LONGEST_LINE = 4_000_000
MOST_LINES = 50_000_000
MOST_MEMBERS = 1_000
HEAD = 64 * 2**10

_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_CHUNK = 2**20
T = TypeVar("T")
_DECLARED = re.compile(rb"\A\s*%+\s*Encoding:\s*([\w-]{1,20})", re.IGNORECASE)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_HIGH, _PAIRED = re.compile(rb"[\x80-\xff]"), re.compile(rb"[\xc2-\xf4][\x80-\xbf]{1,3}")
_UNDEFINED = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
# What the unpacking of damaged files raises.
_BROKEN = (
    OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError,
    IndexError,
)  # fmt: skip


@dataclass(frozen=True)
class Content:
    """One source: a file, or a member of a packed one.

    Attributes
    ----------
    name : str
        As problems and messages show it.
    suffix : str
        Ending of its name in lower case, that of the packing left off.
    open_bytes : callable
        Opens its unpacked bytes anew; they end with an error at the limit.
    """

    name: str
    suffix: str
    open_bytes: Callable[[], BinaryIO]

    def head(self) -> bytes:
        """The first bytes."""
        with self.reading() as file:
            return file.read(HEAD)

    def reading(self) -> _Guarded:
        """The bytes, with every failure of reading turned into a message."""
        return _Guarded(self)

    def whole(self, *, limit: int = WHOLE_BYTES) -> bytes:
        """All bytes.

        Raises
        ------
        DumpError
            If there are more than `limit`.
        """
        with self.reading() as file:
            raw = file.read(limit + 1)
        if len(raw) > limit:
            raise DumpError(f"{self.name} is larger than {limit // 2**20} MiB; split it into several files")
        return raw

    def text(self, *, limit: int = WHOLE_BYTES) -> str:
        """All of it as text."""
        raw = self.whole(limit=limit)
        return raw.decode(encoding_of([raw], self.name), errors="replace")

    def chunks(self) -> Iterator[bytes]:
        """The bytes in pieces."""
        with self.reading() as file:
            while raw := file.read(_CHUNK):
                yield raw

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Lines with their 1-based numbers, none without end."""
        with self.reading() as file:
            line = 0
            while raw := file.readline(LONGEST_LINE):
                line += 1
                if len(raw) == LONGEST_LINE and not raw.endswith(b"\n"):
                    raise DumpError(
                        f"{self.name}, line {line}: expected one record a line, found a line of more than "
                        f"{LONGEST_LINE:,} bytes; break the file into lines"
                    )
                if line > MOST_LINES:
                    raise DumpError(f"{self.name} has more than {MOST_LINES:,} lines; split it")
                yield line, raw

    def text_lines(self) -> Iterator[str]:
        """Decoded lines with their ends."""
        encoding = encoding_of(self.chunks(), self.name)
        if not encoding.startswith("utf-16"):
            for number, raw in self.lines():
                yield raw.decode(encoding if number == 1 else encoding.removesuffix("-sig"), errors="replace")
            return
        yield from io.StringIO(self.text(), newline="")


class _Guarded:
    """A stream whose failures are messages that name the source."""

    def __init__(self, content: Content) -> None:
        self._content = content
        self._file: BinaryIO | None = None

    def __enter__(self) -> _Guarded:
        self._file = self._call(self._content.open_bytes)
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def read(self, size: int) -> bytes:
        """At most `size` bytes."""
        assert self._file is not None
        file = self._file
        return self._call(lambda: file.read(size))

    def readline(self, size: int) -> bytes:
        """One line, of at most `size` bytes."""
        assert self._file is not None
        file = self._file
        return self._call(lambda: file.readline(size))

    def _call(self, step: Callable[[], T]) -> T:
        try:
            return step()
        except DumpError:
            raise
        except _BROKEN as error:
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            packed = not isinstance(error, OSError) or isinstance(error, gzip.BadGzipFile)
            remedy = "the packed file is damaged or cut off; fetch it again" if packed else "check the file"
            raise DumpError(f"{self._content.name} cannot be read: {reason}; {remedy}") from error


def contents_of(path: Path) -> Iterator[Content]:
    """The source or sources in a file: itself, or what it packs.

    Raises
    ------
    DumpError
        If it is no regular file, is empty, or cannot be opened.
    """
    shown = str(path).encode("utf-8", "backslashreplace").decode()
    try:
        about = os.stat(path)
    except (OSError, ValueError) as error:
        raise DumpError(f"{shown} cannot be read: {error}; check the file") from error
    if not stat.S_ISREG(about.st_mode):
        raise DumpError(f"{shown} is a device, pipe or folder; give a file")
    if about.st_size == 0:
        raise DumpError(f"{shown} is empty; save it again, or leave it out")
    plain = Content(shown, path.suffix.casefold(), lambda: path.open("rb"))
    yield from _unpacked(plain, about.st_size, deep=0)


def _unpacked(content: Content, size: int, *, deep: int) -> Iterator[Content]:
    start = content.head()[:4]
    limit = max(FREE_BYTES, MOST_UNPACKED * size)
    if start[:2] == _GZIP and deep < 2:
        inner = _inner(content.name, ".gz")

        def opened() -> BinaryIO:
            return _buffered(_Counted(gzip.GzipFile(fileobj=content.open_bytes()), content.name, limit))

        yield from _unpacked(Content(content.name, inner, opened), limit, deep=deep + 1)
    elif start == _ZIP and deep < 2 and (members := _members(content)) is not None:
        for member in members:
            yield from _unpacked(_member(content, member, limit), member.compress_size, deep=deep + 1)
    else:
        yield content


def _members(content: Content) -> list[zipfile.ZipInfo] | None:
    """Files in a zip; None for a workbook or document, which is a zip by chance."""
    try:
        with content.open_bytes() as file, zipfile.ZipFile(seekable(file, content)) as packed:
            found = [member for member in packed.infolist() if not member.is_dir()]
    except DumpError:
        raise
    except _BROKEN as error:
        raise DumpError(f"{content.name}: expected a whole zip, found {error}; fetch it again") from error
    if len(found) > MOST_MEMBERS:
        raise DumpError(f"{content.name} packs more than {MOST_MEMBERS:,} files; unpack it first")
    if any(member.filename == "[Content_Types].xml" for member in found):
        return None
    return [
        m
        for m in found
        if not m.filename.rpartition("/")[2].startswith((".", "_")) and "__MACOSX" not in m.filename
    ]


def _member(content: Content, member: zipfile.ZipInfo, limit: int) -> Content:
    def opened() -> BinaryIO:
        packed = zipfile.ZipFile(seekable(content.open_bytes(), content))
        return _buffered(_Counted(packed.open(member), content.name, limit))

    return Content(
        f"{content.name}/{_on_one_line(member.filename)}", Path(member.filename).suffix.casefold(), opened
    )


def _on_one_line(name: str) -> str:
    return "".join(c if c.isprintable() else f"⟨{ord(c):04X}⟩" for c in name)


def seekable(file: BinaryIO, content: Content) -> BinaryIO:
    """The file itself, or where it cannot be read from any place, all of it in memory."""
    return file if file.seekable() else io.BytesIO(content.whole())


def _inner(name: str, ending: str) -> str:
    bare = name[: -len(ending)] if name.casefold().endswith(ending) else name
    return Path(bare).suffix.casefold()


def _buffered(stream: io.RawIOBase) -> BinaryIO:
    return cast(BinaryIO, io.BufferedReader(stream))


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
            raise DumpError(
                f"{self._name} unpacks to more than {MOST_UNPACKED} times its size; unpack it first and look at it"
            )
        buffer[: len(raw)] = raw
        return len(raw)

    def close(self) -> None:
        self._packed.close()
        super().close()


def encoding_of(chunks: Iterable[bytes], name: str) -> str:
    """How bytes are written: by their mark, by what their first line says, UTF-8, or Windows-1252.

    A text in UTF-8 with a few damaged places is UTF-8; these places become U+FFFD.

    Raises
    ------
    DumpError
        If the bytes are no text in any of these.
    """
    first = b""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    utf8 = True
    high = paired = undefined = strange = size = 0
    for chunk in chunks:
        if not first:
            first = chunk
            if first[:2] in (b"\xff\xfe", b"\xfe\xff"):
                return "utf-16"
        size += len(chunk)
        strange += len(_CONTROL.findall(chunk))
        if chunk.isascii():
            continue
        undefined += len(_UNDEFINED.findall(chunk))
        high += len(_HIGH.findall(chunk))
        paired += sum(map(len, _PAIRED.findall(chunk)))
        if utf8:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                utf8 = False
    if strange > 0.05 * size:
        raise DumpError(
            f"{name} is not text ({strange:,} of {size:,} bytes are not); give papers as a text, table or library"
        )
    if utf8 or 2 * paired > high:
        return "utf-8-sig"
    if declared := _DECLARED.match(first):
        try:
            return codecs.lookup(declared.group(1).decode()).name
        except LookupError:
            pass
    if undefined:
        raise DumpError(f"{name} is neither UTF-8 nor Windows-1252; save it as UTF-8")
    return "cp1252"
