"""The command line: ``paperatlas report|export|diff|inspect|scale|notebooks|warm|cache``."""

from __future__ import annotations

import argparse
import io
import logging
import os
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from paperatlas.errors import AtlasError
from paperatlas.progress import Steps
from paperatlas.prose import visible

if TYPE_CHECKING:
    import pandas as pd

    from paperatlas.study import Study

BAD_INPUT = 2
INTERRUPTED = 130
MOST_SAID = 20


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    _print_anything()
    options = _parser().parse_args(arguments)
    log = logging.StreamHandler()
    log.setFormatter(_Visible("paperatlas: %(message)s"))
    logging.basicConfig(handlers=[log], level=logging.WARNING)
    try:
        command: Callable[[argparse.Namespace], int] = options.run
        return command(options)
    except AtlasError as error:
        print(f"paperatlas: {visible(error)}", file=sys.stderr)
        return BAD_INPUT
    except BrokenPipeError:  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("paperatlas: stopped; what was there before is still there", file=sys.stderr)
        return INTERRUPTED


class _Visible(logging.Formatter):
    """Messages in which nothing acts on a terminal: they may quote a title or a file name."""

    def format(self, record: logging.LogRecord) -> str:
        return visible(super().format(record))


def _print_anything() -> None:
    """Let a terminal that cannot show a character get its number, not an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _parser() -> argparse.ArgumentParser:
    from paperatlas import __version__

    parser = argparse.ArgumentParser(
        prog="paperatlas", description="What is in a pile of papers, and how it moves."
    )
    parser.add_argument("--version", action="version", version=f"paperatlas {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    report = _study_command(
        commands, "report", _report, "run the notebooks on dumps and render them as a site"
    )
    report.add_argument(
        "--out", type=Path, default=Path("reports"), help="folder of the site (default: reports)"
    )
    report.add_argument("--open", action="store_true", help="open the report when it is done")

    export = _study_command(commands, "export", _export, "write every table as CSV")
    export.add_argument("--out", type=Path, required=True, help="folder of the tables")

    diff = commands.add_parser("diff", help="say what changed between two exports or reports")
    diff.add_argument("before", type=Path, help="folder of the earlier run")
    diff.add_argument("after", type=Path, help="folder of the later run")
    diff.add_argument("--html", type=Path, metavar="FILE", help="write the whole difference as a page, too")
    diff.set_defaults(run=_diff)

    _study_command(commands, "warm", _warm, "compute and keep every step, so that notebooks answer at once")

    inspect = commands.add_parser(
        "inspect", help="say what the loader found in dumps, line by line where it failed"
    )
    inspect.add_argument("dumps", nargs="+", help="files, folders or patterns")
    _date_options(inspect)
    inspect.set_defaults(run=_inspect)

    _scale_command(commands)

    notebooks = commands.add_parser("notebooks", help="run the notebook series again, in place")
    notebooks.add_argument("names", nargs="*", help="only notebooks whose names start like this, such as 04")
    notebooks.set_defaults(run=_notebooks)

    cache = commands.add_parser("cache", help="say how large the cache is, or empty it")
    cache.add_argument("--clear", action="store_true", help="remove every kept step")
    cache.set_defaults(run=_cache)
    return parser


def _study_command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    run: Callable[[argparse.Namespace], int],
    text: str,
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=text)
    parser.add_argument("dumps", nargs="+", help="files, folders or patterns")
    parser.add_argument(
        "--topics", type=int, metavar="K", help="number of topics; the data choose it by default"
    )
    parser.add_argument(
        "--period", choices=("year", "quarter", "month"), default="year", help="period of trends"
    )
    _date_options(parser)
    parser.add_argument("--no-cache", action="store_true", help="compute everything anew and keep nothing")
    parser.set_defaults(run=run)
    return parser


def _scale_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "scale", help="assign thousands to millions of papers to topics, partition by partition, on Dask"
    )
    parser.add_argument(
        "source",
        nargs="+",
        help="arXiv metadata, other JSON lines, Parquet, CSV, BibTeX or dumps; folders of them",
    )
    parser.add_argument(
        "--out", type=Path, required=True, help="folder of the tables; goes on where it stopped"
    )
    parser.add_argument("--scheduler", metavar="ADDRESS", help="a Dask scheduler, such as tcp://host:8786")
    parser.add_argument(
        "--workers", type=int, default=2, help="local processes without --scheduler (default: 2; 0: this one)"
    )
    parser.add_argument("--memory", default="auto", help="limit of each local process, such as 2GB")
    parser.add_argument("--dashboard", type=int, metavar="PORT", help="local port of Dask's dashboard")
    parser.add_argument(
        "--topics", type=int, metavar="K", help="number of topics; the data choose by default"
    )
    parser.add_argument("--sample", type=int, default=20_000, help="papers the models are fitted on at most")
    parser.add_argument("--part", type=int, default=10_000, help="records a partition")
    parser.add_argument("--dates", nargs="*", default=[], help="tables of dates for papers that state none")
    parser.add_argument("--model", type=Path, help="folder 'model' of an earlier run: assign to its topics")
    parser.add_argument("--no-vectors", action="store_true", help="write no embeddings")
    parser.add_argument("--no-ledger", action="store_true", help="read no systems, links and claims")
    parser.set_defaults(run=_scale)


def _scale(options: argparse.Namespace) -> int:
    from contextlib import AbstractContextManager, nullcontext

    from paperatlas.prose import count
    from paperatlas.scale import local_cluster, remote_cluster, scale

    cluster: AbstractContextManager[Any]
    if options.scheduler:
        cluster = remote_cluster(options.scheduler)
    elif options.workers:
        cluster = local_cluster(options.workers, memory=options.memory, dashboard=options.dashboard)
    else:
        cluster = nullcontext()
    with cluster as client:
        result = scale(
            options.source,
            options.out,
            client=client,
            n_topics=options.topics,
            sample=options.sample,
            part=options.part,
            vectors=not options.no_vectors,
            ledger=not options.no_ledger,
            dates=options.dates,
            model=options.model,
            say=lambda line: print(line, flush=True),
        )
    for problem in result.problems:
        print(visible("{where}, line {line}: expected {expected}, found {found}; {remedy}".format(**problem)))
    for step, seconds in result.seconds.items():
        print(f"{step:<24}{seconds:6.1f} s")
    print(
        f"{options.out}: {count(result.records, 'record')}, {count(result.papers, 'paper')} in "
        f"{count(len(result.topics), 'topic')}, {count(result.near, 'pair')} of near-duplicates"
    )
    return 0


def _date_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--dates",
        action="append",
        type=Path,
        default=[],
        metavar="FILE",
        help="dates of your own, asked before the shipped table: CSV or Parquet with title and date, or an arXiv "
        "metadata snapshot (JSON lines); may be given several times",
    )
    parser.add_argument(
        "--arxiv-api",
        action="store_true",
        help="ask arXiv for the papers that are still without a date, slowly",
    )


def _sources(options: argparse.Namespace) -> list[str] | None:
    from paperatlas.dates import ARXIV_API, REFERENCE

    if not options.dates and not options.arxiv_api:
        return None
    return [*(str(path.resolve()) for path in options.dates), REFERENCE, *[ARXIV_API] * options.arxiv_api]


def _say_dates(corpus: pd.DataFrame) -> None:
    """How many papers each source dated, and what in it could not be used."""
    from paperatlas.prose import count

    for source in corpus.attrs["date_sources"]:
        print(
            visible(
                f"dates from {source['source']}: {source['matched']} of {count(source['asked'], 'paper')}"
            )
        )
    for problem in corpus.attrs["date_problems"]:
        place = f"{problem['where']}, line {problem['line']}" if problem["line"] else problem["where"]
        text = f"{place}: expected {problem['expected']}, found {problem['found']}; {problem['remedy']}"
        print(visible(f"paperatlas: {text}"), file=sys.stderr)
    disagreements = corpus.attrs["date_disagreements"]
    for odd in disagreements[:MOST_SAID]:
        print(
            visible(
                f"dates disagree on {odd['title']!r}: {odd['published']} in {odd['source']}, "
                f"{odd['other_published']} in {odd['other_source']}; the first is taken"
            )
        )
    if len(disagreements) > MOST_SAID:
        print(f"and on {count(len(disagreements) - MOST_SAID, 'more paper')}")
    undated = int(corpus["published"].isna().sum())
    if undated:
        print(f"{count(undated, 'paper')} of {len(corpus):,} without a date; add sources with --dates")


def _study(options: argparse.Namespace, steps: Steps | None = None) -> Study:
    from paperatlas.dumps import find_dumps
    from paperatlas.study import Study

    find_dumps(options.dumps)
    study = Study(
        options.dumps,
        n_topics=options.topics,
        sources=_sources(options),
        period=options.period,
        cache=not options.no_cache,
        progress=(steps or Steps()).step,
    )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="dates: ")  # they are among the problems listed below
        _say_dates(study.corpus)
    return study


def _report(options: argparse.Namespace) -> int:
    from paperatlas.report import build_report

    start = time.perf_counter()
    with Steps() as steps:
        page = build_report(_study(options, steps), options.out, done=steps.part)
    print(f"{visible(page)} is ready after {time.perf_counter() - start:.0f} s")
    if options.open:
        import webbrowser

        webbrowser.open(page.as_uri())
    return 0


def _export(options: argparse.Namespace) -> int:
    from paperatlas.export import export

    for file in export(_study(options), options.out):
        print(visible(file))
    return 0


def _diff(options: argparse.Namespace) -> int:
    from paperatlas.diff import compare_runs, read_run
    from paperatlas.report.changes import as_html, as_text

    found = compare_runs(read_run(options.before), read_run(options.after))
    print(as_text(found))
    if options.html:
        try:
            options.html.write_text(as_html(found), encoding="utf-8", errors="backslashreplace")
        except OSError as error:
            raise AtlasError(f"{options.html} cannot be written: {error.strerror}") from error
        print(f"\n{options.html}")
    return 0


def _warm(options: argparse.Namespace) -> int:
    _study(options).compute_all()
    return 0


def _inspect(options: argparse.Namespace) -> int:
    from paperatlas.corpus import build_corpus
    from paperatlas.dates import add_dates
    from paperatlas.dumps import read_dumps
    from paperatlas.prose import count

    records = read_dumps(options.dumps)
    corpus = build_corpus(records)
    for dump, n in records.groupby("dump").size().items():
        print(visible(f"{dump}: {count(n, 'record')}"))
    print(f"{count(len(records), 'record')}, {count(len(corpus), 'paper')}")
    problems = records.attrs["problems"]
    for problem in problems:
        print(visible(problem))
    print(count(len(problems), "problem", words=True))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="dates: ")
        _say_dates(add_dates(corpus, _sources(options)))
    return 0


def _notebooks(options: argparse.Namespace) -> int:
    from paperatlas import notebooks

    everything = [*notebooks.series(), notebooks.template()]
    chosen = [p for p in everything if not options.names or p.name.startswith(tuple(options.names))]
    executed = notebooks.execute_all(chosen, done=lambda path: print(path.name, flush=True))
    for path, run in executed.items():
        notebooks.write(run.notebook, path)
    return 0


def _cache(options: argparse.Namespace) -> int:
    from paperatlas.cache import Cache, cache_folder

    folder = cache_folder()
    if folder is None:
        raise AtlasError(
            "there is no place for a cache: no home directory; name a folder with PAPERATLAS_CACHE"
        )
    cache = Cache(folder)
    if options.clear:
        print(visible(f"removed {cache.clear()} files from {folder}"))
    else:
        files, size = cache.size()
        print(visible(f"{folder}: {files} files, {size / 2**20:.1f} MiB"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
