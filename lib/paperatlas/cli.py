"""The command line: ``paperatlas report|export|diff|inspect|scale|notebooks|cache``."""

from __future__ import annotations

import argparse
import io
import logging
import os
import signal
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from inspect import signature
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, TextIO

from paperatlas.errors import AtlasError
from paperatlas.prose import count, visible
from paperatlas.shipped import rows_of

if TYPE_CHECKING:
    import pandas as pd

    from paperatlas.study import Progress, Study

BAD_INPUT = 2
FAULT = 1
MOST_SAID = 20

_TYPES = {"number": int, "path": Path}  # of options, as their table names them


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal that cannot show a character gets its number
            stream.reconfigure(errors="backslashreplace")
    options = _parser().parse_args(arguments)
    logging.basicConfig(handlers=[_Log()], level=logging.WARNING)
    try:
        with _stoppable():
            options.run(options)
        return 0
    except AtlasError as error:
        return _failed(error)
    except BrokenPipeError:  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        place, reason = str(error.filename or "a file")[:200], error.strerror or error
        return _failed(f"{place}: {reason}; mend the name, the permissions or the room")
    except KeyboardInterrupt as error:
        with suppress(OSError):  # after HUP the terminal may be gone
            _failed("stopped; what was there before is still there")
        return 128 + int(error.args[0] if error.args else signal.SIGINT)
    except Exception as error:
        if os.environ.get("PAPERATLAS_TRACEBACK"):
            raise
        said = " ".join(str(error).split()) or "nothing more is known"
        _failed(
            f"{type(error).__name__}: {said}; this is a fault of the program: set PAPERATLAS_TRACEBACK=1, run again, "
            "and report what it prints"
        )
        return FAULT


def _parser() -> argparse.ArgumentParser:
    """What can be said: a command is a function below, whose first words are its help; options stand in a table."""
    from paperatlas import __version__

    text = "What is in a pile of papers, and how it moves."
    parser = argparse.ArgumentParser(prog="paperatlas", description=text)
    parser.add_argument("--version", action="version", version=f"paperatlas {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    options = rows_of("options", "data")
    for run in (_report, _export, _diff, _inspect, _scale, _notebooks, _cache):
        name, said = run.__name__.strip("_"), (run.__doc__ or "").strip(".")
        command = commands.add_parser(name, help=said[:1].lower() + said[1:])
        command.set_defaults(run=run)
        for row in options:
            if name in row["commands"].split():
                command.add_argument(row["option"], **_settings(row))
    return parser


def _settings(row: dict[str, str]) -> dict[str, Any]:
    """What argparse is told of an option: what its row says, in argparse's own words."""
    settings: dict[str, Any] = {name: said for name, said in row.items() if said}
    if "type" in settings:
        settings["type"] = _TYPES[row["type"]]
    if "choices" in settings:
        settings["choices"] = row["choices"].split()
    del settings["commands"], settings["option"]
    return settings


def _failed(why: object) -> int:
    _say(f"paperatlas: {visible(why, keep='')}", sys.stderr)
    return BAD_INPUT


def _say(text: object, where: TextIO | None = None) -> None:
    """Print something in which nothing acts on a terminal."""
    print(visible(text), file=where or sys.stdout, flush=True)


@contextmanager
def _stoppable() -> Iterator[None]:
    """Let TERM and HUP end the command as Ctrl-C does: kernels are shut down and temporary folders go.

    A second signal during that does not stop it half way; KILL does, and the next run clears up.
    """
    numbers = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    # What is ignored from outside, as HUP under nohup, stays ignored.
    before = {n: handler for n in numbers if (handler := signal.getsignal(n)) is not signal.SIG_IGN}

    def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        for n in before:
            signal.signal(n, signal.SIG_IGN)
        raise KeyboardInterrupt(number)

    try:
        for n in before:
            signal.signal(n, stop)
        yield
    finally:
        for n, handler in before.items():
            signal.signal(n, handler)


class _Log(logging.Handler):
    """Messages as the command says everything: they may quote a title or a file name."""

    def emit(self, record: logging.LogRecord) -> None:
        _say(f"paperatlas: {record.getMessage()}", sys.stderr)


def _given(options: argparse.Namespace, function: Callable[..., Any]) -> dict[str, Any]:
    """What was said of a function's arguments, by their names."""
    return {name: said for name, said in vars(options).items() if name in signature(function).parameters}


def _date_sources(options: argparse.Namespace) -> list[str] | None:
    from paperatlas.dates import ARXIV_API, REFERENCE

    own = [str(path.resolve()) for path in options.dates or ()]
    asked = [ARXIV_API] * getattr(options, "arxiv_api", False)
    return [*own, REFERENCE, *asked] if own or asked else None


def _report(options: argparse.Namespace) -> None:
    """Run the notebooks on papers and render them as a site."""
    from paperatlas.report import build_report

    start = time.perf_counter()
    study = _study(options, _say_step)
    page = build_report(
        study, options.out, done=lambda step, *_: _say_step(step, time.perf_counter() - start)
    )
    _say(f"{page} is ready after {time.perf_counter() - start:.0f} s")


def _say_step(step: str, seconds: float) -> None:
    _say(f"{step:<28}{seconds:7.1f} s")


def _export(options: argparse.Namespace) -> None:
    """Write every table as CSV."""
    from paperatlas.export import export

    for file in export(_study(options), options.out):
        _say(file)


def _diff(options: argparse.Namespace) -> None:
    """Say what changed between two exports or reports."""
    from paperatlas.diff import as_html, as_text, compare_runs, read_run
    from paperatlas.folders import sealed, write_sealed

    found = compare_runs(read_run(options.before), read_run(options.after))
    _say(as_text(found))
    if options.html:
        write_sealed(sealed(as_html(found).encode("utf-8", errors="backslashreplace")), options.html)
        _say(f"\n{options.html}")


def _inspect(options: argparse.Namespace) -> None:
    """Say what the reader found in sources, and where it failed."""
    from paperatlas.corpus import build_corpus
    from paperatlas.dates import add_dates
    from paperatlas.readers import read_papers

    records = read_papers(options.papers)
    corpus = build_corpus(records)
    for dump, n in records.groupby("dump").size().items():
        _say(f"{dump}: {count(n, 'record')}")
    _say(f"{count(len(records), 'record')}, {count(len(corpus), 'paper')}")
    problems = records.attrs["problems"]
    for problem in problems:
        _say(problem)
    _say(count(len(problems), "problem", words=True))
    _say_corpus(lambda: add_dates(corpus, _date_sources(options)))


def _scale(options: argparse.Namespace) -> None:
    """Assign up to millions of papers to topics, part by part, on Dask."""
    from paperatlas.scale import findings_of, local_cluster, remote_cluster, scale

    cluster: AbstractContextManager[Any]
    if options.scheduler:
        cluster = remote_cluster(options.scheduler)
    elif options.workers:
        cluster = local_cluster(**_given(options, local_cluster))
    else:
        cluster = nullcontext()
    with cluster as client:
        dates, given = _date_sources(options), _given(options, scale)
        result = scale(options.papers, client=client, say=_say, sources=dates, **given)
    for problem in result.problems:
        _say(problem)
    for edit in result.edits[result.edits["status"] != "applied"].to_dict("records"):
        _say(f"{edit['kind']} of {edit['node'] or edit['what']}: {edit['status']}; {edit['note']}")
    for step, seconds in result.seconds.items():
        _say(f"{step:<24}{seconds:6.1f} s")
    for line in findings_of(result):
        _say(line)


def _notebooks(options: argparse.Namespace) -> None:
    """Write the notebooks for your sources (--to), or run the project's own again, in place."""
    from paperatlas import notebooks
    from paperatlas.readers import find_sources

    if options.to:
        if not options.names:
            raise AtlasError("name the files, folders or patterns that the notebooks are to read")
        sources = [Path(name) for name in options.names]
        find_sources(sources)
        for path in notebooks.write_series(options.to, sources):
            _say(path)
        return
    everything = [*notebooks.series(), notebooks.template()]
    chosen = [p for p in everything if not options.names or p.name.startswith(tuple(options.names))]
    if not chosen:
        names = ", ".join(path.stem for path in everything)
        raise AtlasError(f"no notebook begins with {' or '.join(options.names)}; there are {names}")
    executed = notebooks.execute_all(chosen, done=lambda path: _say(path.name))
    for path, notebook in executed.items():
        notebooks.write(notebook, path)


def _cache(options: argparse.Namespace) -> None:
    """Say how large the cache is, or empty it."""
    from paperatlas.cache import Cache, cache_folder

    kept = Cache(cache_folder())
    if kept.folder is None:
        raise AtlasError(
            "there is no place for a cache: no home directory; name a folder with PAPERATLAS_CACHE"
        )
    if options.clear:
        _say(f"removed {kept.clear()} files from {kept.folder}")
    else:
        files, size = kept.size()
        _say(f"{kept.folder}: {files} files, {size / 2**20:.1f} MiB")


def _study(options: argparse.Namespace, progress: Progress | None = None) -> Study:
    from paperatlas.folders import check_target
    from paperatlas.study import Study

    check_target(options.out)
    dates, given = _date_sources(options), _given(options, Study)
    study = Study(options.papers, progress=progress, sources=dates, **given)
    problems = study.records.attrs["problems"]
    for problem in problems[:MOST_SAID]:
        _say(f"paperatlas: {problem}", sys.stderr)
    if (rest := len(problems) - MOST_SAID) > 0:
        _say(f"paperatlas: and {count(rest, 'more problem')}, see problems.csv", sys.stderr)
    _say_corpus(lambda: study.corpus)
    return study


def _say_corpus(dated: Callable[[], pd.DataFrame]) -> None:
    """What papers lack, how many of them each source dated, and what in it could not be used."""
    from paperatlas.templates import say

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="dates: ")  # they are among the problems below
        corpus = dated()
    lacking = {"bare": corpus["abstract"].eq("").sum(), "undated": corpus["published"].isna().sum()}
    for line in say("dated_papers", n=len(corpus), known=corpus.attrs, most=MOST_SAID, **lacking):
        _say(line)
    for problem in corpus.attrs["date_problems"]:
        _say(f"paperatlas: {problem}", sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
