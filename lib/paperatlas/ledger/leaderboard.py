"""Results side by side where papers report the same metric on the same data set."""

from __future__ import annotations

import pandas as pd

from paperatlas.ledger.vocabulary import resources

WARNING = (
    "Abstracts are not comparable experiments: splits, training data, model sizes and the metric's own variants differ "
    "from paper to paper. A rank here says what papers wrote, not which system is better."
)
COLUMNS = ("dataset", "metric", "unit", "rank", "paper_id", "value", "quote", "papers")


def leaderboards(claims: pd.DataFrame) -> pd.DataFrame:
    """Rank the plain scores that at least two papers report on one data set and metric.

    Parameters
    ----------
    claims
        As `find_claims` gives them. Changes ("3 % better") and ratios are left out.

    Returns
    -------
    One row per paper, data set, metric and unit (the paper's best score): `dataset`, `metric`,
    `unit`, `rank` (1 is best, ties share a rank), `paper_id`, `value`, `quote`, `papers` (how
    many report it). The boards with most papers come first. See `WARNING`.
    """
    better = {resource.name: resource.better for resource in resources().values()}
    scores = claims[
        claims["kind"].isin(["accuracy", "score"]) & claims["dataset"].ne("") & claims["metric"].ne("")
    ].copy()
    if scores.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    scores["order"] = [
        value if better.get(metric) == "down" else -value
        for value, metric in zip(scores["value"], scores["metric"], strict=True)
    ]
    key = ["dataset", "metric", "unit"]
    best = scores.sort_values(["order", "paper_id", "start"], kind="stable").drop_duplicates(
        [*key, "paper_id"]
    )
    best["papers"] = best.groupby(key)["paper_id"].transform("nunique")
    best = best[best["papers"] >= 2].copy()
    best["rank"] = best.groupby(key)["order"].rank(method="min").astype(int)
    best = best.sort_values(
        ["papers", "dataset", "metric", "unit", "rank", "paper_id"],
        ascending=[False, True, True, True, True, True],
    )
    return best.loc[:, list(COLUMNS)].reset_index(drop=True)
