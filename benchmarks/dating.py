"""How well, how fast and in how much memory titles are found in a large arXiv snapshot.

Usage: python benchmarks/dating.py PAPERS.parquet SCRATCH_FOLDER [--papers 500] [--seed 0]

PAPERS.parquet has the columns id, title, abstract, categories and published (YYYY-MM). It is written to
SCRATCH_FOLDER as JSON lines in the form of arXiv's public metadata. From it, papers are drawn whose titles
are then damaged as people and web pages damage them: typing slips, a dropped subtitle, LaTeX written as
plain text or plain text as LaTeX. Half of the drawn papers are taken out of the snapshot: whatever is found
for them is wrong. Both halves are matched against all other papers.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import re
import resource
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pandas as pd

from paperatlas.dates import PaperSource, add_dates

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
GREEK = {"alpha": "α", "beta": "β", "gamma": "γ", "lambda": "λ", "epsilon": "ε", "theta": "θ", "mu": "μ"}


def typo(title: str, rng: random.Random) -> str:
    """One slip: two letters swapped, one dropped, doubled or replaced."""
    places = [i for i in range(1, len(title) - 1) if title[i].isalpha() and title[i + 1].isalpha()]
    if not places:
        return title
    i = rng.choice(places)
    return rng.choice(
        [
            title[:i] + title[i + 1] + title[i] + title[i + 2 :],
            title[:i] + title[i + 1 :],
            title[:i] + title[i] + title[i:],
            title[:i] + rng.choice("abcdefghijklmnopqrstuvwxyz") + title[i + 1 :],
        ]
    )


def typos(title: str, rng: random.Random) -> str:
    """One to three slips."""
    for _ in range(rng.randint(1, 3)):
        title = typo(title, rng)
    return title


def drop_subtitle(title: str, rng: random.Random) -> str:
    """The part before the colon or, one time in four, the part after it."""
    main, colon, rest = title.partition(": ")
    if not colon:
        return title
    return rest if rng.random() < 0.25 and len(rest.split()) > 2 else main


def latex(title: str, rng: random.Random) -> str:
    """LaTeX to plain text, or plain text to LaTeX."""
    if "$" in title or "\\" in title:
        plain = re.sub(r"\\(?:text\w*|math\w*|boldsymbol|rm|it|bf)\b", "", title)
        return re.sub(r"[${}]", "", plain).replace("\\", "")
    words = title.split()
    at = rng.randrange(len(words))
    words[at] = rng.choice([r"\textbf{%s}", r"$\text{%s}$", r"\emph{%s}", r"$\mathrm{%s}$"]) % words[at]
    title = " ".join(words).replace("é", r"\'e").replace("ö", r"\"{o}").replace("-", "--", 1)
    for name, letter in GREEK.items():
        title = title.replace(letter, f"$\\{name}$")
    return title


DAMAGE = {"typos": typos, "subtitle": drop_subtitle, "latex": latex, "typos and subtitle": None}


def damaged(title: str, kind: str, rng: random.Random) -> str:
    """Title with one kind of damage."""
    if kind == "typos and subtitle":
        return typos(drop_subtitle(title, rng), rng)
    return DAMAGE[kind](title, rng)


def worn(abstract: str, rng: random.Random) -> str:
    """The abstract as another page has it: often the same, sometimes an earlier or shortened wording."""
    chance = rng.random()
    words = abstract.split()
    if chance < 0.6:
        return " ".join(words)
    if chance < 0.8:
        return " ".join(word for word in words if rng.random() > 0.1)
    return " ".join(words[: max(20, int(len(words) * rng.uniform(0.6, 0.9)))])


def sisters(titles: pd.Series) -> list[int]:
    """Papers whose title, or the name before its colon, another paper has too but for numerals and signs.

    "YOLACT" and "YOLACT++", "Qwen-VL" and "Qwen2-VL", part I and part II.
    """

    def bare(title: str) -> str:
        words = [re.sub(r"[\d.+#*^$]+|\bv(?=\d)", "", word) for word in title.casefold().split()]
        return " ".join(word for word in words if word not in {"", "part", "i", "ii", "iii", "version"})

    names = titles.str.partition(": ")[0].where(titles.str.contains(": ", regex=False), titles).map(bare)
    shared = names.map(names.value_counts())
    return titles.index[shared.between(2, 5) & names.str.len().ge(4)].tolist()


def metadata_line(row: tuple[str, str, str, str, str]) -> str:
    """One object of arXiv's public metadata file."""
    arxiv_id, title, abstract, categories, published = row
    year, month = published[:7].split("-")
    created = f"Mon, 2 {MONTHS[int(month) - 1]} {year} 10:00:00 GMT"
    entry = {
        "id": arxiv_id,
        "submitter": "A. Person",
        "authors": "A. Person and B. Person",
        "title": title,
        "comments": None,
        "journal-ref": None,
        "categories": categories,
        "abstract": "  " + abstract + "\n",
        "versions": [{"version": "v1", "created": created}, {"version": "v2", "created": created}],
        "update_date": "2026-01-05",
    }
    return json.dumps(entry) + "\n"


def peak_memory() -> int:
    """Most memory this process held, in kB; on Linux without what its parent held."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().partition("VmHWM:")[2].split()[0])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def match(corpus: pd.DataFrame, path: Path) -> tuple[pd.DataFrame, float, int, int]:
    """Dated corpus, seconds, and peak memory in kB before and after."""
    add_dates(corpus[:1])  # imports
    before = peak_memory()
    start = time.perf_counter()
    dated = add_dates(corpus, [PaperSource(path)])
    seconds = time.perf_counter() - start
    return dated, seconds, before, peak_memory()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parquet", type=Path)
    parser.add_argument("scratch", type=Path)
    parser.add_argument("--papers", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--without-abstracts", action="store_true", help="leave the corpus' abstracts empty")
    parser.add_argument("--list-missed", action="store_true")
    parser.add_argument("--sisters", action="store_true", help="draw from titles that others nearly share")
    options = parser.parse_args()
    columns = ["id", "title", "abstract", "categories", "published"]
    table = pd.read_parquet(options.parquet, columns=columns).sort_values("id", ignore_index=True)
    rng = random.Random(options.seed)
    pool = sisters(table["title"]) if options.sisters else range(len(table))
    chosen = rng.sample(pool, 2 * options.papers)
    kinds = [list(DAMAGE)[i % len(DAMAGE)] for i in range(len(chosen))]
    # A subtitle can only be dropped where there is one.
    with_subtitle = iter(rng.sample([i for i in pool if ": " in table["title"][i]], 2 * options.papers))
    used = set(chosen)
    for place, kind in enumerate(kinds):
        if "subtitle" in kind:
            replacement = next(i for i in with_subtitle if i not in used)
            used.add(replacement)
            chosen[place] = replacement
    absent = set(chosen[options.papers :])

    options.scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(
        "w", suffix=".jsonl", dir=options.scratch, delete=False, encoding="utf-8"
    ) as snapshot:
        lines = 0
        for i, row in enumerate(table.itertuples(index=False, name=None)):
            if i not in absent:
                snapshot.write(metadata_line(row))
                lines += 1
    path = Path(snapshot.name)
    corpus = pd.DataFrame(
        {
            "paper_id": [f"{i:06d}" for i in chosen],
            "title": [damaged(table["title"][i], kind, rng) for i, kind in zip(chosen, kinds, strict=True)],
            "abstract": [
                "" if options.without_abstracts else worn(table["abstract"][i], rng) for i in chosen
            ],
        }
    )
    # A process of its own, so that its memory is that of the matching and not of this script's table.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        dated, seconds, before, after = pool.submit(match, corpus, path).result()

    outcome: dict[str, Counter[str]] = {kind: Counter() for kind in DAMAGE}
    lost: Counter[str] = Counter()
    for row, i, kind in zip(dated.itertuples(), chosen, kinds, strict=True):
        found = isinstance(row.arxiv_id, str)
        right = found and row.arxiv_id == table["id"][i]
        # A second arXiv record of the same work gives the same date or a rival one; only the id decides here.
        if i in absent:
            lost["wrong" if found else "rightly none"] += 1
        else:
            outcome[kind]["right" if right else "wrong" if found else "missed"] += 1
        if found and not right:
            other = table.loc[table["id"] == row.arxiv_id, "title"].iloc[0]
            print(f"wrong ({kind}): {row.title!r} taken for {row.arxiv_id} {other!r}, is {table['id'][i]}")
        elif not found and i not in absent and options.list_missed:
            print(f"missed ({kind}): {row.title!r} is {table['title'][i]!r}")
    whole = sum(outcome.values(), Counter())
    found = whole["right"] + whole["wrong"]
    print(f"machine: {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"snapshot: {lines:,} lines, {path.stat().st_size / 1e6:,.0f} MB")
    print(
        f"{seconds:.1f} s, {lines / seconds:,.0f} lines/s; peak memory {before / 1024:.0f} → {after / 1024:.0f} MB"
    )
    for kind, counts in outcome.items():
        print(f"  {kind:20s} " + ", ".join(f"{n} {what}" for what, n in sorted(counts.items())))
    print(
        f"in the snapshot: recall {whole['right'] / options.papers:.4f}, precision {whole['right'] / max(found, 1):.4f}"
    )
    print(f"taken out of it: {lost['wrong']} of {options.papers} dated, all wrongly")
    every = found + lost["wrong"]
    print(f"both: precision {whole['right'] / max(every, 1):.4f}")
    path.unlink()


if __name__ == "__main__":
    main()
