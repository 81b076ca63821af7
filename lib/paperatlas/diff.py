"""What changed between two runs: topics, papers, dates, entries of the ledger, key numbers; as text and as a page."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from paperatlas.errors import AtlasError
from paperatlas.folders import PASSPORT, read_json
from paperatlas.prose import visible
from paperatlas.templates import render, say

TABLES = "tables"  # the folder of a report that holds what an export writes
SAME = 0.1  # least Jaccard similarity of two topics that count as one
FLOW = 0.3  # least share of a topic's papers that counts as a part of it going somewhere
FEWEST = 3  # papers that a part must have

_COLUMNS = {  # that the tables of a run must have
    "papers": ["paper_id", "title", "topic", "published"],
    "topics": ["level", "topic", "name"],
    "systems": ["paper_id", "name", "kind"],
    "claims": ["paper_id", "quote", "value", "unit"],
    "links": ["paper_id", "url"],
}
_LEDGER = ("systems", "claims", "links")
_MOST = 10  # rows of a kind that the text shows; the page shows all


class Run(NamedTuple):
    """One run, as read from its folder."""

    name: str
    tables: dict[str, pd.DataFrame]
    numbers: dict[str, Any]
    inputs: dict[str, str]  # hashes by name


class TopicChange(NamedTuple):
    """What became of a topic."""

    kind: str  # same, renamed, split, merged, gone or new
    before: tuple[str, ...]  # names
    after: tuple[str, ...]
    shared: int = 0  # papers on which a match rests
    overlap: float = 0.0  # its Jaccard similarity


class Difference(NamedTuple):
    """Everything that differs between two runs, which are called ``before`` and ``after``."""

    before: str
    after: str
    topics: list[TopicChange]
    papers_added: pd.DataFrame  # paper_id, title, topic (the name of the topic they are in, or were)
    papers_removed: pd.DataFrame
    moved: pd.DataFrame  # paper_id, title, before, after: to another topic than their old one became
    dates: pd.DataFrame  # of papers dated otherwise, the same columns
    entries: dict[str, tuple[pd.DataFrame, pd.DataFrame]]  # rows added to the ledger's tables, and removed
    numbers: pd.DataFrame  # number, before, after
    inputs: list[str]  # what happened to input files

    @property
    def nothing(self) -> bool:
        """Whether the two runs say the same."""
        tables = [self.papers_added, self.papers_removed, self.moved, self.dates, self.numbers]
        tables += [table for pair in self.entries.values() for table in pair]
        return not self.inputs and all(t.empty for t in tables) and all(c.kind == "same" for c in self.topics)


def read_run(folder: Path) -> Run:
    """Read a folder that ``paperatlas export`` or ``paperatlas report`` wrote; another is an `AtlasError`."""
    if not folder.is_dir():
        raise AtlasError(f"{folder} is not a folder; name one that paperatlas export or report wrote")
    place = folder / TABLES if (folder / TABLES).is_dir() else folder
    tables = {name: _table(place / f"{name}.csv", columns) for name, columns in _COLUMNS.items()}
    tables["topics"] = tables["topics"].query("level == 'topic'")
    passport = read_json(folder / PASSPORT)
    try:
        numbers, inputs = dict(passport["numbers"]), {i["name"]: i["sha256"] for i in passport["inputs"]}
    except (KeyError, TypeError, ValueError) as error:
        raise AtlasError(f"{folder / PASSPORT} is not a passport of a run; name another folder") from error
    return Run(str(folder), tables, numbers, inputs)


def _table(file: Path, columns: list[str]) -> pd.DataFrame:
    try:
        table = pd.read_csv(file, dtype=str, keep_default_na=False)
    except FileNotFoundError as error:
        wanted = "name a folder that paperatlas export or report wrote"
        raise AtlasError(f"{file.parent} holds no {file.name}; {wanted}") from error
    except (ValueError, OSError) as error:
        raise AtlasError(f"{file} cannot be read as a table: {error}") from error
    if missing := [column for column in columns if column not in table]:
        raise AtlasError(f"{file} lacks {', '.join(missing)}; was it written by paperatlas export?")
    return table


def compare_runs(before: Run, after: Run) -> Difference:
    """Compare two runs.

    Topics are matched one to one so that the sum of their Jaccard similarities over the papers of both runs
    is largest (Kuhn 1955).
    """
    old, new = before.tables, after.tables
    both = old["papers"].merge(new["papers"], on="paper_id", suffixes=("_before", "_after"))
    was, now = (tables["topics"].set_index("topic")["name"] for tables in (old, new))
    changes, became = match_topics(was, now, both)
    lived_on = both["topic_before"].isin(became)
    both["moved"] = lived_on & (both["topic_after"] != both["topic_before"].map(became))
    both["dated"] = both["published_before"] != both["published_after"]
    both["topic_before"], both["topic_after"] = both["topic_before"].map(was), both["topic_after"].map(now)

    def rows(which: str, what: str) -> pd.DataFrame:
        found = both.loc[both[which], ["paper_id", "title_after", f"{what}_before", f"{what}_after"]]
        return found.set_axis(["paper_id", "title", "before", "after"], axis=1).reset_index(drop=True)

    def only(here: dict[str, pd.DataFrame], there: dict[str, pd.DataFrame], name: str) -> pd.DataFrame:
        return _only(here[name], there[name], ["paper_id"] if name == "papers" else _COLUMNS[name])

    added, removed = (
        only(here, there, "papers")[["paper_id", "title", "topic"]].replace({"topic": names.to_dict()})
        for here, there, names in ((new, old, now), (old, new, was))
    )
    return Difference(
        before.name, after.name, changes, added, removed, rows("moved", "topic"), rows("dated", "published"),
        {name: (only(new, old, name), only(old, new, name)) for name in _LEDGER},
        _numbers(before.numbers, after.numbers), _inputs(before.inputs, after.inputs),
    )  # fmt: skip


def match_topics(
    before: pd.Series, after: pd.Series, both: pd.DataFrame
) -> tuple[list[TopicChange], dict[str, str]]:
    """What became of each topic, and for those that live on the number that they have now.

    The topics are names by number; `both` are the papers of both runs, with ``topic_before`` and ``topic_after``.
    """
    from scipy.optimize import linear_sum_assignment

    (old, was), (new, now) = ((names.index.tolist(), names.tolist()) for names in (before, after))
    shared = pd.crosstab(both["topic_before"], both["topic_after"])
    counts = shared.reindex(index=old, columns=new, fill_value=0).to_numpy(dtype=float)
    size = counts.sum(axis=1, keepdims=True)
    union = size + counts.sum(axis=0, keepdims=True) - counts
    jaccard = np.divide(counts, union, out=np.zeros_like(counts), where=union > 0)
    pairs = [(i, j) for i, j in zip(*linear_sum_assignment(-jaccard), strict=True) if jaccard[i, j] >= SAME]
    parts = (counts >= FLOW * size) & (counts >= FEWEST)
    # A topic that gives most of its papers to one that several feed was merged into it.
    gives = (counts > 0.5 * size) & (counts >= FEWEST)

    def change(kind: str, i: list[int], j: list[int], overlap: float = 0.0) -> TopicChange:
        n = int(counts[np.ix_(i, j)].sum()) if i and j else 0
        return TopicChange(kind, tuple(was[k] for k in i), tuple(now[k] for k in j), n, round(overlap, 3))

    rows, columns = range(len(old)), range(len(new))
    splits = [([i], into) for i in rows if len(into := np.flatnonzero(parts[i]).tolist()) > 1]
    merges = [(out_of, [j]) for j in columns if len(out_of := np.flatnonzero(gives[:, j]).tolist()) > 1]
    told_old = {k for i, _ in splits + merges for k in i}
    told_new = {k for _, j in splits + merges for k in j}
    alone = [(i, j) for i, j in pairs if i not in told_old or j not in told_new]
    told_old |= {i for i, _ in alone}
    told_new |= {j for _, j in alone}
    changes = [
        *(change("split", *parted) for parted in splits),
        *(change("merged", *joined) for joined in merges),
        *(
            change("same" if was[i] == now[j] else "renamed", [i], [j], float(jaccard[i, j]))
            for i, j in alone
        ),
        *(change("gone", [i], []) for i in rows if i not in told_old),
        *(change("new", [], [j]) for j in columns if j not in told_new),
    ]
    return changes, {old[i]: new[j] for i, j in pairs}


def _only(here: pd.DataFrame, there: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Rows of one table whose key the other lacks, as often as it lacks them."""
    keys = [
        pd.MultiIndex.from_frame(table[key].assign(nth=table.groupby(key).cumcount()))
        for table in (here, there)
    ]
    return here[~keys[0].isin(keys[1])].reset_index(drop=True)


def _numbers(before: dict[str, Any], after: dict[str, Any]) -> pd.DataFrame:
    names = list(dict.fromkeys([*before, *after]))
    rows = [(n, before.get(n, "–"), after.get(n, "–")) for n in names if before.get(n) != after.get(n)]
    return pd.DataFrame(rows, columns=["number", "before", "after"])


def _inputs(before: dict[str, str], after: dict[str, str]) -> list[str]:
    gone = [f"{name} is gone" for name in sorted(set(before) - set(after))]
    new = [f"{name} is new" for name in sorted(set(after) - set(before))]
    both = sorted(set(before) & set(after))
    return gone + new + [f"{name} has changed" for name in both if before[name] != after[name]]


def as_text(difference: Difference) -> str:
    """The difference in plain text, with at most ten rows of a kind."""
    lines = [f"before: {visible(difference.before)}", f"after:  {visible(difference.after)}"]
    if difference.nothing:
        return "\n".join([*lines, "the two runs say the same"])
    for title, rows in blocks(difference):
        lines += ["", title] + [f"  {visible(row)}" for row in rows[:_MOST]]
        if len(rows) > _MOST:
            lines.append(f"  and {len(rows) - _MOST:,} more")
    return "\n".join(lines)


def as_html(difference: Difference) -> str:
    """The difference as an HTML page that needs no other file."""
    return render("diff.html", difference=difference, blocks=blocks(difference))


def blocks(difference: Difference) -> list[tuple[str, list[str]]]:
    """What differs, as headings with their rows; kinds without a change are left out."""
    found: list[tuple[str, list[str]]] = []
    for line in say("differences", d=difference):
        if line.startswith("- "):
            found[-1][1].append(line.removeprefix("- "))
        else:
            found.append((line, []))
    return [(title, rows) for title, rows in found if rows]
