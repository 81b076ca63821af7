"""The command line: ``paperatlas report|export|inspect|notebooks|warm|cache``."""

from __future__ import annotations

import argparse
import logging
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from paperatlas.errors import AtlasError

if TYPE_CHECKING:
    from paperatlas.study import Study

BAD_INPUT = 2
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(format="paperatlas: %(message)s", level=logging.WARNING)
    try:
        command: Callable[[argparse.Namespace], int] = options.run
        return command(options)
    except AtlasError as error:
        print(f"paperatlas: {error}", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        print("paperatlas: stopped; what was there before is still there", file=sys.stderr)
        return INTERRUPTED


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

    _study_command(commands, "warm", _warm, "compute and keep every step, so that notebooks answer at once")

    inspect = commands.add_parser(
        "inspect", help="say what the loader found in dumps, line by line where it failed"
    )
    inspect.add_argument("dumps", nargs="+", help="files, folders or patterns")
    inspect.set_defaults(run=_inspect)

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
    parser.add_argument("--no-cache", action="store_true", help="compute everything anew and keep nothing")
    parser.set_defaults(run=run)
    return parser


def _study(options: argparse.Namespace) -> Study:
    from paperatlas.dumps import find_dumps
    from paperatlas.study import Study

    find_dumps(options.dumps)
    return Study(
        options.dumps,
        n_topics=options.topics,
        period=options.period,
        cache=not options.no_cache,
        progress=lambda step, seconds: print(f"{step:<24}{seconds:6.1f} s", flush=True),
    )


def _report(options: argparse.Namespace) -> int:
    from paperatlas.report import build_report

    start = time.perf_counter()
    page = build_report(_study(options), options.out, say=lambda line: print(line, flush=True))
    print(f"{page} is ready after {time.perf_counter() - start:.0f} s")
    if options.open:
        import webbrowser

        webbrowser.open(page.as_uri())
    return 0


def _export(options: argparse.Namespace) -> int:
    from paperatlas.export import export

    for file in export(_study(options), options.out):
        print(file)
    return 0


def _warm(options: argparse.Namespace) -> int:
    _study(options).compute_all()
    return 0


def _inspect(options: argparse.Namespace) -> int:
    from paperatlas.corpus import build_corpus
    from paperatlas.display import visible
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
    return 0


def _notebooks(options: argparse.Namespace) -> int:
    from paperatlas import notebooks

    chosen = [p for p in notebooks.series() if not options.names or p.name.startswith(tuple(options.names))]
    executed = notebooks.execute_all(chosen, done=lambda path: print(path.name, flush=True))
    for path, notebook in executed.items():
        notebooks.write(notebook, path)
    return 0


def _cache(options: argparse.Namespace) -> int:
    from paperatlas.cache import Cache, cache_folder

    folder = cache_folder()
    cache = Cache(folder)
    if options.clear:
        print(f"removed {cache.clear()} files from {folder}")
    else:
        files, size = cache.size()
        print(f"{folder}: {files} files, {size / 2**20:.1f} MiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
