"""Cross-tables with a test in every cell."""

from __future__ import annotations

import numpy as np
import pandas as pd

from paperatlas.compare.overlap import memberships
from paperatlas.intervals import adjusted_p

_Z95 = 1.959963984540054


def cross_table(rows: pd.DataFrame, columns: pd.DataFrame) -> pd.DataFrame:
    """Test of every row attribute against every column attribute over the same papers.

    Per cell Fisher's exact test, two-sided. The null hypothesis is that having the one attribute says nothing
    about having the other; papers are independent of each other. Benjamini and Hochberg (1995) adjust over
    all cells.

    Parameters
    ----------
    rows, columns : DataFrames of booleans
        One line per paper, in the same order; one column per attribute, such as a topic or a dump.

    Returns
    -------
    DataFrame
        One line per cell: ``row``, ``column``, ``papers`` with both; ``expected`` under the null and the middle
        95 % of the null, ``low`` to ``high``; ``share`` of the column's papers that have the row's attribute
        and ``share_rest`` of the others; ``odds_ratio`` with its 95 % interval, ``odds_low`` to ``odds_high``
        (0.5 added to each count: Haldane 1956, Gart 1966); ``p`` and ``p_adjusted``.
    """
    n = len(rows)
    r, c = rows.to_numpy(dtype=np.int64), columns.to_numpy(dtype=np.int64)
    a = r.T @ c
    of_row = np.repeat(r.sum(axis=0)[:, None], a.shape[1], axis=1)
    of_column = np.repeat(c.sum(axis=0)[None, :], a.shape[0], axis=0)
    a, of_row, of_column = a.ravel(), of_row.ravel(), of_column.ravel()
    b, rest = of_row - a, of_column - a
    d = n - a - b - rest
    log_odds = np.log((a + 0.5) * (d + 0.5) / ((b + 0.5) * (rest + 0.5)))
    half = _Z95 * np.sqrt(1 / (a + 0.5) + 1 / (b + 0.5) + 1 / (rest + 0.5) + 1 / (d + 0.5))
    p, low, high = fisher(a, of_row, of_column, n)
    with np.errstate(invalid="ignore", divide="ignore"):
        share, share_rest = a / of_column, b / (n - of_column)
    table = pd.DataFrame(
        {
            "row": np.repeat(np.asarray(rows.columns, dtype=object), len(columns.columns)),
            "column": np.tile(np.asarray(columns.columns, dtype=object), len(rows.columns)),
            "papers": a,
            "expected": np.round(of_row * of_column / max(n, 1), 2),
            "low": low,
            "high": high,
            "share": np.round(share, 4),
            "share_rest": np.round(share_rest, 4),
            "odds_ratio": np.round(np.exp(log_odds), 4),
            "odds_low": np.round(np.exp(log_odds - half), 4),
            "odds_high": np.round(np.exp(log_odds + half), 4),
            "p": p,
            "p_adjusted": adjusted_p(p),
        }
    )
    return table.round({"p": 6, "p_adjusted": 6})


def fisher(
    a: np.ndarray, of_row: np.ndarray, of_column: np.ndarray, n: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Fisher's exact test of many fourfold tables of n papers, each different table once.

    Parameters
    ----------
    a, of_row, of_column : (k,) integer arrays
        Papers with both attributes, with the first, with the second.
    n : int
        All papers.

    Returns
    -------
    p : (k,) array
        Two-sided.
    low, high : (k,) integer arrays
        Middle 95 % of the null.
    """
    from scipy.stats import fisher_exact, hypergeom

    tables, place = np.unique(np.column_stack([a, of_row, of_column]), axis=0, return_inverse=True)
    p = [
        float(fisher_exact([[both, row - both], [column - both, n - row - column + both]]).pvalue)
        for both, row, column in tables.tolist()
    ]
    low, high = hypergeom.ppf([[0.025], [0.975]], n, tables[:, 1], tables[:, 2]).astype(np.int64)
    place = place.ravel()
    return np.minimum(p, 1.0)[place], low[place], high[place]


def indicators(values: pd.Series) -> pd.DataFrame:
    """One boolean column per value of a series, in sorted order; missing values belong to none."""
    names = sorted(values.dropna().unique().tolist())
    return pd.DataFrame(
        {name: values.eq(name).fillna(False).to_numpy(dtype=bool) for name in names}, index=values.index
    )


def topics_by_dump(corpus: pd.DataFrame, papers: pd.DataFrame, *, level: str = "topic") -> pd.DataFrame:
    """Topic × dump: how many papers, and whether that is more or less than the dump's size explains.

    Parameters
    ----------
    corpus : DataFrame with ``paper_id`` and ``dumps``
    papers : DataFrame with ``paper_id`` and the column `level`
    level : {"theme", "topic", "subtopic"}
        The correction is over the cells of one level.

    Returns
    -------
    DataFrame
        As `cross_table`, its ``row`` called as the level and its ``column`` called ``dump``.
    """
    member = memberships(corpus)
    topic_of = papers.set_index("paper_id")[level].reindex(member.index)
    cells = cross_table(indicators(topic_of), member)
    cells = cells.rename(columns={"row": level, "column": "dump"})
    cells[level] = cells[level].astype(np.int64)
    return cells
