"""Where partitions are worked on, a Dask cluster or this process, and what is done there."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
from numpy.typing import NDArray

from paperatlas.cache import code_version
from paperatlas.corpus import Merge, bands
from paperatlas.dates import add_dates
from paperatlas.errors import AtlasError
from paperatlas.export import PAPER_COLUMNS
from paperatlas.ledger import find_entries
from paperatlas.scale.merging import papers_of
from paperatlas.scale.parts import MANIFEST, keep
from paperatlas.topics.assign import TopicModel
from paperatlas.topics.edits import Edit, respelled, without_excluded

_LOCAL = "127.0.0.1"


def work_on(number: int, *, folder: Path, key: str, sources: Sequence[str], edits: Sequence[Edit]) -> int:
    """Date, embed and assign the papers of one partition, read their ledger, and write it all; returns their number.

    Every worker sees the `folder`; the `key` stands for inputs, options, model and code.
    """
    papers = papers_of(folder, number)
    merges = pd.DataFrame(papers.attrs.get("merges", []), columns=list(Merge._fields))
    papers = without_excluded(papers, edits)
    papers = add_dates(papers, sources if papers["published"].isna().any() else ())
    model = _model(folder / "model", key)
    vectors = model.embed(respelled(papers, edits))
    papers = papers.join(model.assign(papers, vectors).set_index("paper_id"), on="paper_id")
    papers.attrs = {}
    written = {
        "papers": papers[[c for c in PAPER_COLUMNS if c in papers]],
        "merges": merges,
        "bands": _of_papers(papers, bands(papers["abstract"].tolist())),
        "vectors": _of_papers(papers, vectors),
        **find_entries(papers, "systems", "links", "claims"),
    }
    keep(folder, "papers", number, key, written)
    return len(papers)


def _of_papers(papers: pd.DataFrame, rows: NDArray[Any]) -> pd.DataFrame:
    """A row of an array for each paper, its columns by their numbers."""
    table = pd.DataFrame(rows, columns=[str(column) for column in range(rows.shape[1])])
    return table.set_axis(papers["paper_id"]).reset_index()


# One model a process; the key of the run is part of the call, so that another run loads its own.
@lru_cache(maxsize=1)
def _model(folder: Path, key: str) -> TopicModel:  # noqa: ARG001
    return TopicModel.load(folder)


def check_workers(client: Any, folder: Path) -> None:
    """Refuse workers that have other code or do not see the folder."""
    for worker, code in client.run(code_version).items():
        if code != code_version():
            raise AtlasError(
                f"worker {worker} runs another version of paperatlas or of its numeric libraries; "
                "install the same one everywhere"
            )
    for worker, sees in client.run((folder / MANIFEST).is_file).items():
        if not sees:
            raise AtlasError(f"worker {worker} does not see {folder}; name a folder that all workers share")


def run(client: Any, task: Callable[[int], int], numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Number and answer of each partition that a task is done with, here or as tasks of a Dask client.

    The tasks of a worker that dies go to another.
    """
    if client is None:
        yield from ((number, task(number)) for number in numbers)
        return
    from distributed import KilledWorker, as_completed

    futures = client.map(task, numbers, pure=False, retries=1)
    number_of = dict(zip(futures, numbers, strict=True))
    try:
        for future, answer in as_completed(futures, with_results=True):
            yield number_of[future], answer
    except KilledWorker as error:
        raise AtlasError(
            f"workers died again and again on one partition ({error}); give them more memory, or make "
            "partitions smaller with --part, and run the same command again: what is done is kept"
        ) from error
    finally:
        client.cancel(futures)


def local_cluster(workers: int, *, memory: str = "auto", dashboard: int | None = None) -> Any:
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
    if workers < 1:
        raise AtlasError(f"a cluster needs at least 1 worker, found {workers}; give more with --workers")
    try:
        return _client(
            n_workers=workers,
            threads_per_worker=1,
            host=_LOCAL,
            memory_limit=memory,
            dashboard_address=f"{_LOCAL}:{dashboard or 0}",
            silence_logs=logging.CRITICAL,
        )
    except ValueError as error:
        raise AtlasError(
            f"workers with {memory!r} of memory cannot be started: {error}; give such as '2GB'"
        ) from error


def remote_cluster(address: str) -> Any:
    """A client of the Dask scheduler at `address`, such as ``tcp://host:8786``; an `AtlasError` if nobody answers."""
    try:
        client = _client(address, timeout="10s")
    except (OSError, ValueError) as error:
        raise AtlasError(f"no Dask scheduler answers at {address}: {error}; check the address") from error
    if not client.scheduler_info()["workers"]:
        client.close()
        raise AtlasError(f"the Dask scheduler at {address} has no workers; start some")
    return client


def _client(*where: str, **options: Any) -> Any:
    try:
        from distributed import Client
    except ImportError as error:
        raise AtlasError(
            "several processes need Dask; pip install 'paperatlas[scale]', or run with --workers 0"
        ) from error
    # It tells of every connection, and a worker that is shut down in the middle of a heartbeat calls that an error.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    return Client(*where, **options)
