"""Run the notebook series on given sources, each notebook in a kernel of its own."""

from __future__ import annotations

import asyncio
import copy
import logging
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from paperatlas.cache import Cache, code_version, fingerprint
from paperatlas.errors import AtlasError
from paperatlas.folders import replacing, scratch
from paperatlas.shipped import project_path

if TYPE_CHECKING:
    from nbformat import NotebookNode

PARAMETERS_TAG = "parameters"
PATTERN = "[0-9][0-9]_*.ipynb"
SCALE = "10_scale_up.ipynb"
OWN_DUMPS = "09_bring_your_own_dumps.ipynb"
TIMEOUT = 1_800
TEMPLATE = "NN_your_question.ipynb"
ROOMY = 3_000_000_000  # bytes; two kernels, and whoever waits for them, want about half of it

# What nbclient logs it also raises, but for the end of kernels that are shut down in the middle of a cell.
_QUIET = logging.getLogger("paperatlas.kernels")
_QUIET.disabled = True
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_DUMPS_LINE = re.compile(r"^DUMPS\s*=.*$", re.MULTILINE)


def series() -> list[Path]:
    """The numbered notebooks, in order: those about the pile, then those about the tool."""
    return sorted(project_path("notebooks").glob(PATTERN))


def about_the_pile() -> list[Path]:
    """The notebooks that a report holds: those that ask something of the papers."""
    return [path for path in series() if path.name not in (OWN_DUMPS, SCALE)]


def template() -> Path:
    """The notebook to copy for a new question; it runs, and is not part of the series."""
    return project_path("notebooks", TEMPLATE)


def for_study(
    notebook: NotebookNode, dumps: Sequence[Path], options: Mapping[str, object] | None = None
) -> NotebookNode:
    """Copy of a notebook for these sources, whose study is made with these keyword arguments.

    The sources stand in the cell tagged ``parameters``, the arguments where a reader would write them.
    """
    notebook = copy.deepcopy(notebook)
    line = f"DUMPS = {[str(path) for path in dumps]!r}".replace("\\", r"\\")
    call = ", ".join(["DUMPS", *(f"{name}={value!r}" for name, value in (options or {}).items())])
    named = 0
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.source = cell.source.replace("pa.Study(DUMPS)", f"pa.Study({call})")
        if PARAMETERS_TAG in cell.metadata.get("tags", []):
            cell.source, changed = _DUMPS_LINE.subn(line, cell.source)
            named += changed
    if not named:
        raise AtlasError(f"expected a cell tagged {PARAMETERS_TAG!r} with a line 'DUMPS = …', found none")
    return notebook


def execute_all(
    notebooks: Sequence[Path],
    *,
    place: Path | None = None,
    dumps: Sequence[Path] = (),
    options: Mapping[str, object] | None = None,
    cache: Cache | None = None,
    inputs: str = "",
    done: Callable[[Path], None] = lambda _: None,
) -> dict[Path, NotebookNode]:
    """Executed copies of notebooks, each run in a kernel of its own; `done` is told each that is finished.

    They run where they lie and as they are, or in the folder `place`, with the `dumps` there as sources and these
    options of the study. One whose cells, code and `inputs`, a fingerprint of what it reads, have not changed comes from
    the cache. `at_a_time` run side by side. When one fails, which an `AtlasError` names with cell and error, the others
    are stopped.
    """
    import nbformat

    cache = cache or Cache(None)
    stopped = Event()

    def one(path: Path) -> NotebookNode:
        notebook = nbformat.read(path, as_version=4)
        if place:
            notebook = for_study(notebook, dumps, options)
        key = fingerprint(code_version(), inputs, *((cell.cell_type, cell.source) for cell in notebook.cells))
        if kept := cache.load("notebook", key, dict):
            executed: NotebookNode = nbformat.from_dict(kept)
        else:
            executed = asyncio.run(_until(stopped, _execute(notebook, (place or path.parent) / path.name)))
            cache.save("notebook", key, executed)
        done(path)
        return executed

    # Threads, since nbclient would take signals for itself, and a caller in a notebook has a loop of its own.
    with ThreadPoolExecutor(at_a_time()) as pool:
        # The later ones take longer; short ones at the end fill the gaps.
        runs = {path: pool.submit(one, path) for path in reversed(notebooks)}
        try:
            for run in as_completed(runs.values()):
                run.result()
        finally:  # when one fails, or at Ctrl-C, the others end
            stopped.set()
            pool.shutdown(cancel_futures=True)
    return {path: runs[path].result() for path in notebooks}


async def _until(stopped: Event, work: Coroutine[Any, Any, NotebookNode]) -> NotebookNode:
    """Do some work, which is cancelled when others have stopped."""
    # nbclient's watch on a kernel outlives a cell that is stopped, and finds the kernel gone: no news to anybody.
    asyncio.get_running_loop().set_exception_handler(lambda _, what: _QUIET.debug("%s", what["message"]))
    task = asyncio.ensure_future(work)
    while not (task.done() or stopped.is_set()):
        await asyncio.wait([task], timeout=0.1)
    if stopped.is_set():
        task.cancel()  # once, for it then shuts its kernel down
    return await task


async def _execute(notebook: NotebookNode, path: Path) -> NotebookNode:
    """Run a notebook that lies, or could lie, at `path`."""
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    where = {"metadata": {"path": str(path.parent)}}
    options: dict[str, Any] = {"timeout": TIMEOUT, "record_timing": False, "log": _QUIET}
    client = NotebookClient(notebook, resources=where, **options)
    windows = sys.platform == "win32"
    # Kernels side by side, each with a thread for every processor, would mostly wait for each other.
    threads = {"OMP_NUM_THREADS": str(max(1, (os.cpu_count() or 1) // at_a_time()))}
    try:
        # Socket files where there are such: no port is opened, and nobody else can listen. They need a short path.
        with scratch("pa-", Path(tempfile.gettempdir())) as sockets:
            own = KernelSpecManager(kernel_dirs=[])  # this interpreter, whatever else is installed
            client.km = AsyncKernelManager(
                kernel_name="python3",
                kernel_spec_manager=own,
                transport="tcp" if windows else "ipc",
                ip="127.0.0.1" if windows else str(sockets / "k"),
                connection_file=str(sockets / "kernel.json"),
            )
            # A kernel that is shut down in the middle of a cell complains on the terminal.
            await client.async_execute(stderr=subprocess.DEVNULL, env=threads | os.environ)
    except DeadKernelError as error:
        raise AtlasError(
            f"{path.name} stopped: its process was ended from outside, most often for want of memory; "
            "close other programs and run again"
        ) from error
    except CellTimeoutError as error:
        raise AtlasError(
            f"{path.name} stopped: a cell took more than {TIMEOUT} s; run again, what is finished is kept"
        ) from error
    except CellExecutionError as error:
        reason = _COLOUR.sub("", str(error).strip().splitlines()[-1])
        raise AtlasError(f"{path.name} stopped: {reason}; open it in JupyterLab to see where") from error
    return tidy(notebook)


def tidy(notebook: NotebookNode) -> NotebookNode:
    """Notebook without what differs from machine to machine and says nothing about the result."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    language = {"name": "python", "file_extension": ".py", "mimetype": "text/x-python"}
    notebook.metadata = {"kernelspec": kernel, "language_info": language}
    for cell in notebook.cells:
        cell.metadata = {k: v for k, v in cell.metadata.items() if k == "tags"}
    return notebook


def write_series(folder: Path, sources: Sequence[Path]) -> list[Path]:
    """Write the series and the template for these sources into an empty folder, ready to be run in JupyterLab."""
    import nbformat

    absolute = [source.absolute() for source in sources]
    written = [folder / path.name for path in [*series(), template()]]
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise AtlasError(f"{folder} is there already and not empty; name another folder with --to")
    for path in written:
        notebook = for_study(nbformat.read(project_path("notebooks", path.name), as_version=4), absolute)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        write(tidy(notebook), path)
    return written


def write(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook in one step, always with the same bytes for the same content."""
    import nbformat

    with replacing(path) as temporary:
        temporary.write_text(nbformat.writes(notebook, version=4) + "\n", encoding="utf-8")


def at_a_time() -> int:
    """How many kernels run side by side: two, but one where there is one processor, or where a hub gives little memory.

    A hub such as Binder says how much in ``MEM_LIMIT``, in bytes.
    """
    limit = os.environ.get("MEM_LIMIT", "")
    small = limit.isdecimal() and int(limit) < ROOMY
    return 1 if small or (os.cpu_count() or 1) == 1 else 2
