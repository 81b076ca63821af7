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
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

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
TIMEOUT = 600
TEMPLATE = "NN_your_question.ipynb"
ROOMY_MB = 3_000  # two kernels, and whoever waits for them, want about half of it

_KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
# What nbclient logs it also raises, but for the end of kernels that are shut down in the middle of a cell.
_QUIET = logging.getLogger("paperatlas.kernels")
_QUIET.disabled = True
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_DUMPS_LINE = re.compile(r"^DUMPS\s*=.*$", re.MULTILINE)
_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")  # of a container


class Run(NamedTuple):
    """An executed notebook, and the most memory that its kernel held at one time."""

    notebook: NotebookNode
    peak_memory_mb: int | None  # None where the system does not tell


def series() -> list[Path]:
    """The numbered notebooks, in order: those about the pile, then those about the tool."""
    return sorted(project_path("notebooks").glob(PATTERN))


def about_the_pile() -> list[Path]:
    """The notebooks that a report holds: those that ask something of the papers."""
    return [path for path in series() if path.name not in (OWN_DUMPS, SCALE)]


def template() -> Path:
    """The notebook to copy for a new question; it runs, and is not part of the series."""
    return project_path("notebooks", TEMPLATE)


def with_dumps(notebook: NotebookNode, dumps: Sequence[Path] | None) -> NotebookNode:
    """Copy of a notebook whose cell tagged ``parameters`` names these sources; None leaves it as it is."""
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


def _replaced(notebook: NotebookNode, texts: Mapping[str, str]) -> NotebookNode:
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            for old, new in texts.items():
                cell.source = cell.source.replace(old, new)
    return notebook


def with_options(notebook: NotebookNode, options: Mapping[str, object]) -> NotebookNode:
    """Copy of a notebook whose study is made with these keyword arguments, as a reader would write them."""
    call = ", ".join(["DUMPS", *(f"{name}={value!r}" for name, value in options.items())])
    return _replaced(notebook, {"pa.Study(DUMPS)": f"pa.Study({call})"})


def execute_all(
    notebooks: Sequence[Path],
    *,
    dumps: Sequence[Path] | None = None,
    options: Mapping[str, object] | None = None,
    places: Mapping[str, str] | None = None,
    cache: Cache | None = None,
    inputs: str = "",
    check: Callable[[], None] = lambda: None,
    done: Callable[[Path], None] = lambda _: None,
) -> dict[Path, Run]:
    """Executed copies of notebooks, each run in a kernel of its own.

    Two run at a time where there are two processors and memory enough. When one fails the others are stopped.

    Parameters
    ----------
    notebooks : sequence of Path
    dumps : sequence of Path, optional
        Read in place of the dumps that the notebooks name; the executed notebooks name them without folders.
    options : mapping, optional
        Keyword arguments of the study that the notebooks make.
    places : mapping, optional
        Where the files that `options` name are read from; the executed notebooks name them without folders, too.
    cache : Cache, optional
        A notebook whose cells, code and inputs have not changed is taken from here.
    inputs : str
        Fingerprint of what the notebooks read: the dumps' names and content, not where they lie.
    check : callable
        Asked before a notebook is kept; raises if what it read is no longer what `inputs` stand for.
    done : callable
        Told each finished notebook.

    Raises
    ------
    AtlasError
        If a cell fails; the message names notebook, cell and error.
    """
    import nbformat

    cache = cache or Cache(None)
    files = None if dumps is None else [Path(dump).absolute() for dump in dumps]
    bare = None if dumps is None else [Path(Path(dump).name) for dump in dumps]
    places = places or {}
    there = {repr(old): repr(new) for old, new in places.items()}
    named = {repr(path): repr(Path(path).name) for pair in places.items() for path in pair}
    free = asyncio.Semaphore(_at_a_time())

    async def one(path: Path) -> Run:
        notebook = with_options(nbformat.read(path, as_version=4), options or {})
        told = with_dumps(_replaced(notebook, named), bare)  # where a file lies says nothing about it
        key = fingerprint(code_version(), inputs, *((cell.cell_type, cell.source) for cell in told.cells))
        if kept := cache.load("notebook", key, dict):
            run = Run(nbformat.from_dict(kept["notebook"]), kept["peak_memory_mb"])
        else:
            async with free:
                run = await _execute(with_dumps(_replaced(notebook, there), files), path)
            run = run._replace(notebook=with_dumps(_replaced(run.notebook, named), bare))
            check()
            cache.save("notebook", key, run._asdict())
        done(path)
        return run

    async def everything() -> dict[Path, Run]:
        async with asyncio.TaskGroup() as group:
            tasks = {path: group.create_task(one(path)) for path in notebooks}
        return {path: task.result() for path, task in tasks.items()}

    try:
        return _finish(everything())
    except BaseExceptionGroup as errors:
        # The first is what went wrong; the others were stopped for it.
        raise errors.exceptions[0] from None


def _finish(work: Coroutine[Any, Any, dict[Path, Run]]) -> dict[Path, Run]:
    """Result of the work, done in a thread of its own; Ctrl-C shuts the kernels down and is passed on."""
    # In the main thread nbclient would take the signal for itself, and a caller in a notebook has a loop there.
    started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Task[Any]]] = Future()

    async def watched() -> dict[Path, Run]:
        task = asyncio.current_task()
        # nbclient's watch on a kernel outlives a cell that is stopped, and finds the kernel gone: no news to anybody.
        asyncio.get_running_loop().set_exception_handler(lambda _, what: _QUIET.debug("%s", what["message"]))
        assert task is not None
        started.set_result((asyncio.get_running_loop(), task))
        return await work

    with ThreadPoolExecutor(max_workers=1) as thread:
        result = thread.submit(lambda: asyncio.run(watched()))
        try:
            return result.result()
        except KeyboardInterrupt:
            loop, task = started.result()
            loop.call_soon_threadsafe(task.cancel)
            wait([result])
            raise


async def _execute(notebook: NotebookNode, path: Path) -> Run:
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    # The series runs under whatever kernel the library runs under, not under the user's default.
    notebook.metadata["kernelspec"] = _KERNEL
    peak = None

    def measure(**_: Any) -> None:
        nonlocal peak
        manager: Any = client.km
        peak = peak_memory_mb(manager.provisioner.process.pid) or peak

    client = NotebookClient(
        notebook,
        timeout=TIMEOUT,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
        on_cell_executed=measure,
        log=_QUIET,
    )
    try:
        # Sockets need a short path and a place of their own: the kernel works in another folder than this process.
        with scratch("pa-", Path(tempfile.gettempdir())) as sockets:
            client.kernel_manager_class = _kernel_manager(sockets)
            await client.async_execute()
    except DeadKernelError as error:
        raise AtlasError(
            f"{path.name} stopped: its process was ended from outside, most often for want of memory "
            f"(it held {f'{peak} MB' if peak else 'an unknown amount'}); close other programs and run again"
        ) from error
    except CellTimeoutError as error:
        raise AtlasError(
            f"{path.name} stopped: a cell took more than {TIMEOUT} s; run again, what is finished is kept"
        ) from error
    except CellExecutionError as error:
        reason = _COLOUR.sub("", str(error).strip().splitlines()[-1])
        raise AtlasError(f"{path.name} stopped: {reason}; open it in JupyterLab to see where") from error
    return Run(tidy(notebook), peak)


def _kernel_manager(sockets: Path) -> Any:
    """Kernel manager class bound to this interpreter, whatever kernels are installed elsewhere."""
    from jupyter_client.manager import AsyncKernelManager
    from traitlets import default

    class ThisInterpreter(AsyncKernelManager):
        # Socket files where there are such: no port is opened, and nobody else can listen.
        transport = "tcp" if sys.platform == "win32" else "ipc"

        @default("ip")
        def _place_of_sockets(self) -> str:
            return "127.0.0.1" if self.transport == "tcp" else str(sockets / "k")

        @default("connection_file")
        def _place_of_keys(self) -> str:
            return str(sockets / "kernel.json")

        async def start_kernel(self, **more: Any) -> None:  # type: ignore[override]
            # A kernel that is shut down in the middle of a cell complains on the terminal.
            await super().start_kernel(**{"stderr": subprocess.DEVNULL, **more})

        def format_kernel_cmd(self, extra_arguments: list[str] | None = None) -> list[str]:
            command = super().format_kernel_cmd(extra_arguments)
            return [sys.executable, *command[1:]]

    return ThisInterpreter


def tidy(notebook: NotebookNode) -> NotebookNode:
    """Notebook without what differs from machine to machine and says nothing about the result."""
    language = {"name": "python", "file_extension": ".py", "mimetype": "text/x-python"}
    notebook.metadata = {"kernelspec": _KERNEL, "language_info": language}
    for cell in notebook.cells:
        cell.metadata = {k: v for k, v in cell.metadata.items() if k == "tags"}
    return notebook


def write_series(folder: Path, sources: Sequence[Path]) -> list[Path]:
    """Write the series and the template for these sources into an empty folder, ready to be run in JupyterLab."""
    import nbformat

    absolute = [source.absolute() for source in sources]
    paths = [*series(), template()]
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise AtlasError(f"{folder} is there already and not empty; name another folder with --to")
        folder.mkdir(parents=True, exist_ok=True)
        for path in paths:
            notebook = with_dumps(nbformat.read(path, as_version=4), absolute)
            for cell in notebook.cells:
                if cell.cell_type == "code":
                    cell.outputs, cell.execution_count = [], None
            write(tidy(notebook), folder / path.name)
    except OSError as error:
        raise AtlasError(f"{folder} cannot be written: {error.strerror}; name another with --to") from error
    return [folder / path.name for path in paths]


def write(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook in one step, always with the same bytes for the same content."""
    import nbformat

    with replacing(path) as temporary:
        temporary.write_text(nbformat.writes(notebook, version=4) + "\n", encoding="utf-8")


def _at_a_time() -> int:
    roomy = (memory_mb() or 0) >= ROOMY_MB
    return 2 if roomy and (os.cpu_count() or 1) > 1 else 1


def peak_memory_mb(process: int) -> int | None:
    """Most memory (resident set, in MB of 10⁶ bytes) that a process held so far; None where /proc is missing."""
    # `ru_maxrss` will not do: a new process inherits it from its parent.
    found = re.search(r"^VmHWM:\s+(\d+) kB", _content(f"/proc/{process}/status"), re.MULTILINE)
    return round(int(found[1]) * 1024 / 1e6) if found else None


def memory_mb() -> int | None:
    """Memory that may be used, in MB: the machine's, or less where a container or a hub (``MEM_LIMIT``) sets a limit."""
    found = [os.environ.get("MEM_LIMIT", ""), *map(_content, _LIMITS)]
    limits = [int(text) for text in found if text.isdecimal()]
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        limits.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    return round(min(limits) / 1e6) if limits else None


def _content(file: str) -> str:
    try:
        return Path(file).read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""
