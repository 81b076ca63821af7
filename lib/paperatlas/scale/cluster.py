"""Where partitions are worked on: a Dask cluster, or this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from paperatlas.cache import code_version
from paperatlas.errors import AtlasError
from paperatlas.scale.parts import MANIFEST, read_json

_LOCAL = "127.0.0.1"

Task = Callable[[int], int]  # takes the number of a partition
Done = Callable[[int, int], None]  # is told the number and the task's answer
Runner = Callable[[Task, Sequence[int], Done], None]


def inline(task: Task, numbers: Sequence[int], done: Done) -> None:
    """Work on one partition after the other in this process."""
    for number in numbers:
        done(number, task(number))


def on_dask(client: Any, folder: str, task: Task, numbers: Sequence[int], done: Done) -> None:
    """Work on partitions as tasks of a Dask client; those of a worker that dies go to another.

    Workers that have other code or do not see the folder are refused.
    """
    from distributed import KilledWorker, as_completed

    for worker, (code, sees) in client.run(partial(_greet, folder)).items():
        if code != code_version():
            raise AtlasError(
                f"worker {worker} runs another version of paperatlas or of its numeric libraries; "
                "install the same one everywhere"
            )
        if not sees:
            raise AtlasError(f"worker {worker} does not see {folder}; name a folder that all workers share")
    futures = client.map(task, numbers, pure=False, retries=1)
    number_of = dict(zip(futures, numbers, strict=True))
    try:
        for future, answer in as_completed(futures, with_results=True):
            done(number_of[future], answer)
    except KilledWorker as error:
        raise AtlasError(
            f"workers died again and again on one partition ({error}); give them more memory, or make "
            "partitions smaller with --part, and run the same command again: what is done is kept"
        ) from error
    finally:
        client.cancel(futures)


def _greet(folder: str) -> tuple[str, bool]:
    return code_version(), read_json(Path(folder) / MANIFEST) is not None


@contextmanager
def local_cluster(workers: int, *, memory: str = "auto", dashboard: int | None = None) -> Iterator[Any]:
    """A client of Dask workers on this machine, bound to 127.0.0.1.

    Parameters
    ----------
    workers : int
        Processes of one thread each.
    memory : str
        Limit of each, such as ``"2GB"``.
    dashboard : int, optional
        Port on 127.0.0.1 of Dask's page of what the workers do (which needs bokeh); any free one by default.
    """
    client_class, cluster_class = _distributed()
    with (
        cluster_class(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            host=_LOCAL,
            memory_limit=memory,
            dashboard_address=f"{_LOCAL}:{dashboard or 0}",
            silence_logs=40,
        ) as cluster,
        client_class(cluster) as client,
    ):
        yield client


@contextmanager
def remote_cluster(address: str) -> Iterator[Any]:
    """A client of the Dask scheduler at `address`, such as ``tcp://host:8786``; an `AtlasError` if nobody answers."""
    client_class, _ = _distributed()
    try:
        client = client_class(address, timeout="10s")
    except (OSError, ValueError) as error:
        raise AtlasError(f"no Dask scheduler answers at {address}: {error}; check the address") from error
    with client:
        if not client.scheduler_info()["workers"]:
            raise AtlasError(f"the Dask scheduler at {address} has no workers; start some")
        yield client


def _distributed() -> tuple[Any, Any]:
    try:
        from distributed import Client, LocalCluster
    except ImportError as error:
        raise AtlasError(
            "several processes need Dask; pip install 'paperatlas[scale]', or run with --workers 0"
        ) from error
    return Client, LocalCluster
