"""Kill ``paperatlas export`` (or ``report``) at random moments: ``python -m tests.fuzz.kills [KILLS] [COMMAND]``.

After every kill the last good output must be there, whole and the same; in the end one run that is left
alone must give the same tables. Half of the kills come with an empty cache, half with whatever the killed
runs before them kept.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from paperatlas.dumps import format_dump
from tests.fuzz.loader import pairs

PAPERS = 30


def run(command: str, page: Path, out: Path, cache: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "paperatlas.cli", command, str(page), "--out", str(out)],
        env={**os.environ, "PAPERATLAS_CACHE": str(cache)},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )


def content(out: Path) -> dict[str, bytes]:
    """Every file but the passport, which tells how long the steps took."""
    return {
        str(file.relative_to(out)): file.read_bytes()
        for file in sorted(out.rglob("*"))
        if file.is_file() and file.name != "passport.json"
    }


def main(kills: int = 20, command: str = "export") -> int:
    rng = random.Random(0)
    with tempfile.TemporaryDirectory() as folder:
        page, out, cache = Path(folder, "page.txt"), Path(folder, "out"), Path(folder, "cache")
        page.write_text(format_dump(pairs()[:PAPERS]), encoding="utf-8")
        start = time.perf_counter()
        assert run(command, page, out, cache).wait() == 0
        longest = time.perf_counter() - start
        good = content(out)
        killed = 0
        for kill in range(kills):
            if kill % 2 == 0:
                shutil.rmtree(cache)
            process = run(command, page, out, cache)
            try:
                process.wait(timeout=rng.uniform(0, longest))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, 9)
                process.wait()
                killed += 1
            assert content(out) == good, f"kill {kill}: the last good output is gone or changed"
        assert run(command, page, out, cache).wait() == 0
        assert content(out) == good, "the run after the kills gives other tables"
        left = {path.name for path in Path(folder).iterdir()} - {"page.txt", "out", "cache"}
        assert not left, f"killed runs left {left}"
    print(f"{kills} runs of {command}, {killed} of them killed: nothing lost, the same tables in the end")
    return 0


if __name__ == "__main__":
    sys.exit(main(*(int(a) if a.isdigit() else a for a in sys.argv[1:])))
