"""What a long command says while it works: a line per finished step, and on a terminal a bar that moves."""

from __future__ import annotations

import sys
import threading
import time
from types import TracebackType
from typing import TextIO

_WIDTH = 24
_TICK = 0.5


class Steps:
    """Lines for finished steps with the time since the start; on a terminal, a live last line.

    Parameters
    ----------
    stream : text stream, optional
        Standard output by default.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self._live = self._stream.isatty()
        self._start = time.perf_counter()
        self._now = (0, 0)
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._clock: threading.Thread | None = None

    def __enter__(self) -> Steps:
        if self._live:
            self._clock = threading.Thread(target=self._tick, daemon=True)
            self._clock.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        if self._clock:
            self._clock.join()
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def step(self, name: str, seconds: float) -> None:
        """Say that a step is done and how long it took."""
        self._line(f"{name:<28}{seconds:7.1f} s")

    def part(self, name: str, finished: int, total: int) -> None:
        """Say that one of so many parts is done, and when."""
        self._now = (finished, total)
        self._line(f"{name:<28}{time.perf_counter() - self._start:7.1f} s  {bar(finished, total)}")

    def _line(self, text: str) -> None:
        with self._lock:
            clear = "\r\x1b[K" if self._live else ""
            self._stream.write(f"{clear}{text}\n")
            self._stream.flush()

    def _tick(self) -> None:
        while not self._stop.wait(_TICK):
            finished, total = self._now
            shown = f"{bar(finished, total)}  " if total else ""
            with self._lock:
                self._stream.write(f"\r\x1b[K{shown}{time.perf_counter() - self._start:.0f} s …")
                self._stream.flush()


def bar(finished: int, total: int) -> str:
    """Bar of a fixed width with the count behind it."""
    full = _WIDTH * finished // max(total, 1)
    return f"{'█' * full}{'░' * (_WIDTH - full)} {finished}/{total}"
