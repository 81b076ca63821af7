"""What all partitions say together: topics, and topics by month."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

from paperatlas.intervals import wilson
from paperatlas.scale.parts import part_path, read_part

_DIGITS = 6


def count_papers(folder: Path, n_parts: int) -> pd.DataFrame:
    """Papers per topic and date: ``topic``, ``published`` ("" where unknown), ``n``."""
    counts: Counter[tuple[int, str]] = Counter()
    for number in range(n_parts):
        papers = read_part(part_path(folder, "papers", number), ["topic", "published"])
        if len(papers):
            counts.update(zip(papers["topic"].tolist(), papers["published"].fillna("").tolist(), strict=True))
    rows = [(topic, published, n) for (topic, published), n in sorted(counts.items())]
    return pd.DataFrame(rows, columns=["topic", "published", "n"])


def topics_by_month(counts: pd.DataFrame, n_topics: int) -> pd.DataFrame:
    """Share of each topic among the papers of each month, zeros included.

    Papers dated to a year only are left out, as in `paperatlas.topic_trends`.

    Returns
    -------
    DataFrame
        ``topic``, ``period`` ("YYYY-MM"), ``n``, ``total``, ``share``, ``low``, ``high`` (95 % Wilson interval).
    """
    dated = counts[counts["published"].str.len() == 7]
    if dated.empty:
        return pd.DataFrame(columns=["topic", "period", "n", "total", "share", "low", "high"])
    months = pd.period_range(dated["published"].min(), dated["published"].max(), freq="M").strftime("%Y-%m")
    table = dated.pivot_table(index="topic", columns="published", values="n", aggfunc="sum", fill_value=0)
    grid = table.reindex(index=range(n_topics), columns=months, fill_value=0).to_numpy(dtype=np.int64)
    total = np.broadcast_to(grid.sum(axis=0), grid.shape).ravel()
    n = grid.ravel()
    low, high = wilson(n, total)
    return pd.DataFrame(
        {
            "topic": np.repeat(np.arange(n_topics), len(months)),
            "period": np.tile(np.asarray(months), n_topics),
            "n": n,
            "total": total,
            "share": np.round(np.where(total > 0, n / np.maximum(total, 1), np.nan), _DIGITS),
            "low": np.round(low, _DIGITS),
            "high": np.round(high, _DIGITS),
        }
    )
