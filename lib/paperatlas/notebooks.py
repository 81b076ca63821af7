"""Run the notebook series on given dumps."""

from __future__ import annotations

import asyncio
import copy
import os
import re
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from paperatlas.cache import Cache, code_version, fingerprint
from paperatlas.errors import AtlasError
from paperatlas.shipped import project_path

if TYPE_CHECKING:
    from nbformat import NotebookNode

PARAMETERS_TAG = "parameters"
PATTERN = "[0-9][0-9]_*.ipynb"
TIMEOUT = 600
WORKERS = max(1, min(2, os.cpu_count() or 1))

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_DUMPS_LINE = re.compile(r"^DUMPS\s*=.*$", re.MULTILINE)


def series(folder: Path | None = None) -> list[Path]:
    """The numbered notebooks, in order.

    Raises
    ------
    AtlasError
        If the folder holds none.
    """
    folder = folder or project_path("notebooks")
    found = sorted(folder.glob(PATTERN))
    if not found:
        raise AtlasError(f"{folder} holds no notebook named like 00_start_here.ipynb")
    return found


def with_dumps(notebook: NotebookNode, dumps: Sequence[Path] | None) -> NotebookNode:
    """Copy of a notebook whose parameters cell names these dumps; None leaves it as it is.

    Raises
    ------
    AtlasError
        If no cell is tagged ``parameters`` or it has no line ``DUMPS = …``.
    """
    notebook = copy.deepcopy(notebook)
    if dumps is None:
        return notebook
    for cell in notebook.cells:
        if PARAMETERS_TAG in cell.metadata.get("tags", []):
            line = f"DUMPS = {[str(path) for path in dumps]!r}"
            source, changed = _DUMPS_LINE.subn(line.replace("\\", r"\\"), cell.source)
            if changed:
                cell.source = source
                return notebook
    raise AtlasError(f"expected a cell tagged {PARAMETERS_TAG!r} with a line 'DUMPS = …', found none")


def execute_all(
    notebooks: Sequence[Path],
    *,
    dumps: Sequence[Path] | None = None,
    cache: Cache | None = None,
    inputs: str = "",
    done: Callable[[Path], None] = lambda _: None,
) -> dict[Path, NotebookNode]:
    """Executed copies of notebooks, each run in a kernel of its own, two at a time.

    Parameters
    ----------
    notebooks : sequence of Path
    dumps : sequence of Path, optional
        Replaces the dumps that the notebooks name.
    cache : Cache, optional
        A notebook whose cells, code and inputs have not changed is taken from here.
    inputs : str
        Fingerprint of what the notebooks read.
    done : callable
        Told each finished notebook.

    Raises
    ------
    AtlasError
        If a cell fails; the message names notebook, cell and error.
    """

    def run() -> dict[Path, NotebookNode]:
        return asyncio.run(_execute_all(notebooks, dumps, cache or Cache(None), inputs, done))

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return run()
    # Called from a notebook, where a loop is running already: this one needs a thread of its own.
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(run).result()


async def _execute_all(
    paths: Sequence[Path],
    dumps: Sequence[Path] | None,
    cache: Cache,
    inputs: str,
    done: Callable[[Path], None],
) -> dict[Path, NotebookNode]:
    import nbformat

    places = asyncio.Semaphore(WORKERS)

    async def one(path: Path) -> tuple[Path, NotebookNode]:
        notebook = with_dumps(nbformat.read(path, as_version=4), dumps)
        key = fingerprint(code_version(), inputs, *((c.cell_type, c.source) for c in notebook.cells))
        if kept := cache.load("notebook", key):
            result = nbformat.from_dict(kept["notebook"])
        else:
            async with places:
                result = await _execute(notebook, path)
            cache.save("notebook", key, {"notebook": result})
        done(path)
        return path, result

    return dict(await asyncio.gather(*(one(path) for path in paths)))


async def _execute(notebook: NotebookNode, path: Path) -> NotebookNode:
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    # The series runs under whatever kernel the library runs under, not under the user's default.
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    client = NotebookClient(
        notebook,
        timeout=TIMEOUT,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
    )
    client.kernel_manager_class = _kernel_manager()
    try:
        await client.async_execute()
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        reason = _COLOUR.sub("", str(error).strip().splitlines()[-1])
        raise AtlasError(f"{path.name} stopped: {reason}; open it in JupyterLab to see where") from error
    return tidy(notebook)


def _kernel_manager() -> Any:
    """Kernel manager class bound to this interpreter, whatever kernels are installed elsewhere."""
    import tempfile

    from jupyter_client.manager import AsyncKernelManager
    from traitlets import default

    class ThisInterpreter(AsyncKernelManager):
        # Socket files where there are such: no port is opened, and nobody else can listen. They need a
        # place of their own, because the kernel works in another folder than this process.
        transport = "tcp" if sys.platform == "win32" else "ipc"

        @default("ip")
        def _place_of_sockets(self) -> str:
            if self.transport == "tcp":
                return "127.0.0.1"
            self._sockets = tempfile.TemporaryDirectory(prefix="pa-")
            return str(Path(self._sockets.name, "k"))

        def format_kernel_cmd(self, extra_arguments: list[str] | None = None) -> list[str]:
            command = super().format_kernel_cmd(extra_arguments)
            return [sys.executable, *command[1:]]

    return ThisInterpreter


def tidy(notebook: NotebookNode) -> NotebookNode:
    """Notebook without what differs from machine to machine and says nothing about the result."""
    notebook.metadata = {
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        "language_info": {"name": "python", "file_extension": ".py", "mimetype": "text/x-python"},
    }
    for cell in notebook.cells:
        cell.metadata = {k: v for k, v in cell.metadata.items() if k == "tags"}
    return notebook


def write(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook in one step, always with the same bytes for the same content."""
    import nbformat

    temporary = path.with_suffix(".tmp")
    temporary.write_text(nbformat.writes(notebook, version=4) + "\n", encoding="utf-8")
    temporary.replace(path)
