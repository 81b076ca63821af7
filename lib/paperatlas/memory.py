"""How much memory there is, and how much a process took."""

from __future__ import annotations

import os
import re
from pathlib import Path

_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def peak_memory_mb(process: int) -> int | None:
    """Most memory (resident set, in MB of 10⁶ bytes) that a process held so far; None where /proc is missing.

    Linux keeps it as ``VmHWM``. ``ru_maxrss`` will not do: a new process inherits that from its parent.
    """
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    found = re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)
    return round(int(found[1]) * 1024 / 1e6) if found else None


def memory_mb() -> int | None:
    """Memory that may be used, in MB: the machine's, or less where a container or a hub sets a limit.

    A hub such as Binder tells its limit as ``MEM_LIMIT`` in bytes, a container through its control group.
    """
    found = [os.environ.get("MEM_LIMIT", ""), *map(_content, _LIMITS)]
    limits = [int(text) for text in found if text.isdecimal()]
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        limits.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    return round(min(limits) / 1e6) if limits else None


def _content(file: str) -> str:
    try:
        return Path(file).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
