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

_COLUMNS = {  # that the tables of a run must have
    "papers": ["paper_id", "title", "topic", "published"],
    "topics": ["level", "topic", "name"],
    "systems": ["paper_id", "name", "kind"],
    "claims": ["paper_id", "quote", "value", "unit"],
    "links": ["paper_id", "url"],
}
_MOST = 10  # rows of a kind that the text shows; the page shows all


class Run(NamedTuple):
    """One run, as read from its folder."""

    name: str
    tables: dict[str, pd.DataFrame]
    numbers: dict[str, Any]
    inputs: dict[str, str]  # hashes by name


class Difference(NamedTuple):
    """Everything that differs between two runs, which are called ``before`` and ``after``."""

    before: str
    after: str
    topics: list[Any]  # kind (same, renamed, gone, new), before and after (names), shared (papers), overlap
    papers_added: pd.DataFrame  # paper_id, title, topic (the name of the topic they are in, or were)
    papers_removed: pd.DataFrame
    moved: pd.DataFrame  # paper_id, title, before, after: to another topic than their old one became
    dates: pd.DataFrame  # of papers dated otherwise, the same columns
    entries: dict[str, tuple[pd.DataFrame, pd.DataFrame]]  # rows added to the ledger's tables, and removed
    numbers: pd.DataFrame  # name, before, after
    inputs: pd.DataFrame  # hashes of files, the same columns

    @property
    def nothing(self) -> bool:
        """Whether the two runs say the same."""
        return not blocks(self)


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
    moved = both["topic_before"].isin(became) & (both["topic_after"] != both["topic_before"].map(became))
    dated = both["published_before"] != both["published_after"]
    both["topic_before"], both["topic_after"] = both["topic_before"].map(was), both["topic_after"].map(now)

    def rows(which: pd.Series, what: str) -> pd.DataFrame:
        found = both.loc[which, ["paper_id", "title_after", f"{what}_before", f"{what}_after"]]
        return found.set_axis(["paper_id", "title", "before", "after"], axis=1).reset_index(drop=True)

    def papers(here: Run, there: Run, names: pd.Series) -> pd.DataFrame:
        found = _only(here.tables["papers"], there.tables["papers"], ["paper_id"])
        return found[["paper_id", "title", "topic"]].replace({"topic": names.to_dict()})

    return Difference(
        before=before.name,
        after=after.name,
        topics=list(changes.itertuples(index=False)),
        papers_added=papers(after, before, now),
        papers_removed=papers(before, after, was),
        moved=rows(moved, "topic"),
        dates=rows(dated, "published"),
        entries={
            name: (_only(new[name], old[name], _COLUMNS[name]), _only(old[name], new[name], _COLUMNS[name]))
            for name in ("systems", "claims", "links")
        },
        numbers=_changed(before.numbers, after.numbers),
        inputs=_changed(before.inputs, after.inputs),
    )


def match_topics(
    before: pd.Series, after: pd.Series, both: pd.DataFrame
) -> tuple[pd.DataFrame, dict[str, str]]:
    """What became of each topic, and for those that live on the number that they have now.

    The topics are names by number; `both` are the papers of both runs, with ``topic_before`` and ``topic_after``.
    """
    from scipy.optimize import linear_sum_assignment

    shared = pd.crosstab(both["topic_before"], both["topic_after"])
    counts = shared.reindex(index=before.index, columns=after.index, fill_value=0).to_numpy()
    union = counts.sum(axis=1, keepdims=True) + counts.sum(axis=0, keepdims=True) - counts
    jaccard = (counts / np.maximum(union, 1)).round(3)
    rows, columns = linear_sum_assignment(-jaccard)
    alike = jaccard[rows, columns] >= SAME
    i, j = rows[alike], columns[alike]
    became = dict(zip(before.index[i], after.index[j], strict=True))
    was, now = before.to_numpy()[i], after.to_numpy()[j]
    lived = {"kind": np.where(was == now, "same", "renamed"), "before": was, "after": now}
    lived |= {"shared": counts[i, j], "overlap": jaccard[i, j]}
    gone = {"kind": "gone", "before": before.drop(list(became)), "after": ""}
    new = {"kind": "new", "before": "", "after": after.drop(list(became.values()))}
    changes = pd.concat(map(pd.DataFrame, (lived, gone, new)), ignore_index=True)
    return changes.fillna({"shared": 0, "overlap": 0.0}).astype({"shared": int}), became


def _only(here: pd.DataFrame, there: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Rows of one table whose key the other lacks, as often as it lacks them."""
    keys = [
        pd.MultiIndex.from_frame(table[key].assign(nth=table.groupby(key).cumcount()))
        for table in (here, there)
    ]
    return here[~keys[0].isin(keys[1])].reset_index(drop=True)


def _changed(before: dict[str, Any], after: dict[str, Any]) -> pd.DataFrame:
    """What two runs have under one name, where it differs; "–" for nothing."""
    pairs = [(name, before.get(name, "–"), after.get(name, "–")) for name in dict.fromkeys([*before, *after])]
    # As objects, so that a count stays a whole number beside a share.
    changed = [pair for pair in pairs if pair[1] != pair[2]]
    return pd.DataFrame(changed, columns=["name", "before", "after"], dtype=object)


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
