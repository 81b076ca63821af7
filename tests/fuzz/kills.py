"""Kill ``paperatlas export``, ``report`` or ``scale`` at random moments.

``python -m tests.fuzz.kills [KILLS] [COMMAND] [SEED]``

After every kill of ``export`` or ``report`` the last good output must be there, whole and the same; in the end
one run that is left alone must give the same tables. Half of the kills come with an empty cache, half with
whatever the killed runs before them kept. ``scale`` goes on where the killed run stopped, after
one file of it was damaged, and must end with the files of a run that nobody killed, byte for byte.
"""

import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from paperatlas.readers.dumps import format_dump
from tests.fuzz.loader import pairs

PAPERS = 30
TIMED = ("passport.json", "passport.html", "searchindex.js")
SCALE = ("--workers", "0", "--part", "20", "--topics", "6")


def run(command: str, page: Path, out: Path, cache: Path) -> subprocess.Popen[bytes]:
    more = SCALE if command == "scale" else ()
    return subprocess.Popen(
        [sys.executable, "-m", "paperatlas.cli", command, str(page), "--out", str(out), *more],
        env={**os.environ, "PAPERATLAS_CACHE": str(cache)},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )


def content(out: Path) -> dict[str, bytes]:
    """Every file but the passport and its page, which tell how long the steps took, and the search in them."""
    return {
        str(file.relative_to(out)): file.read_bytes()
        for file in sorted(out.rglob("*"))
        if file.is_file() and file.name not in TIMED
    }


def check(out: Path, good: dict[str, bytes], when: str) -> None:
    """No file is missing, too many, or other than it should be."""
    found = content(out)
    odd = sorted(name for name in {*found, *good} if found.get(name) != good.get(name))
    assert not odd, f"{when}: files are gone or changed: {odd[:5]}"


def killed_in_time(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Whether the run was still at work after so many seconds; if so it is killed."""
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        process.wait()
        return True
    return False


def main(kills: int = 20, command: str = "export", seed: int = 0) -> int:
    rng, killed = random.Random(seed), 0
    goes_on = command == "scale"
    with tempfile.TemporaryDirectory() as folder:
        page, out, cache = Path(folder, "page.txt"), Path(folder, "out"), Path(folder, "cache")
        page.write_text(format_dump(pairs()[: 10 * PAPERS if goes_on else PAPERS]), encoding="utf-8")
        start = time.perf_counter()
        assert run(command, page, out, cache).wait() == 0
        longest = time.perf_counter() - start
        good = content(out)
        if goes_on:
            shutil.rmtree(out)
        for kill in range(kills):
            if kill % 2 == 0 and not goes_on:
                shutil.rmtree(cache)
            in_time = killed_in_time(run(command, page, out, cache), rng.uniform(0, longest))
            killed += in_time
            if in_time and goes_on:
                damage(out, rng)
                continue
            check(out, good, f"kill {kill}")
            if goes_on:  # a finished one starts anew
                shutil.rmtree(out)
        assert run(command, page, out, cache).wait() == 0
        check(out, good, "the run after the kills")
        left = {path.name for path in Path(folder).iterdir()} - {"page.txt", "out", "cache"}
        assert not left, f"killed runs left {left}"
    print(f"{kills} runs of {command}, {killed} of them killed: nothing lost, the same tables in the end")
    return 0


def damage(out: Path, rng: random.Random) -> None:
    """Remove, empty or change one file of what was finished, as a bad disk or a careless hand would."""
    files = [path for path in sorted(out.rglob("*")) if path.is_file() and path.name != "manifest.json"]
    if not files:
        return
    path, how = rng.choice(files), rng.randrange(3)
    if how == 0:
        path.unlink()
    elif how == 1 or not path.stat().st_size:
        path.write_bytes(b"")
    else:
        content = bytearray(path.read_bytes())
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
        path.write_bytes(content)


if __name__ == "__main__":
    sys.exit(main(*(int(a) if a.isdigit() else a for a in sys.argv[1:])))
