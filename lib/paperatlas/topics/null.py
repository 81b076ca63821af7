"""The same procedure where there is nothing to find: words shuffled across papers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

MEASURES = ("npmi", "silhouette", "stability")
# A margin below this could come from one shuffle being unlike the next.
_LEAST = {"npmi": 0.02, "silhouette": 0.02, "stability": 0.1}


def shuffled_texts(
    titles: Sequence[str], abstracts: Sequence[str], *, seed: int
) -> tuple[list[str], list[str]]:
    """Deal all words of all papers out anew; every title and abstract keeps its length in words.

    The corpus keeps its words and how often each occurs; which words occur together is chance.
    """
    parts = [text.split() for pair in zip(titles, abstracts, strict=True) for text in pair]
    pool = [word for part in parts for word in part]
    order = np.random.Generator(np.random.PCG64([seed, 2])).permutation(len(pool))
    dealt, at = [], 0
    for part in parts:
        dealt.append(" ".join(pool[j] for j in order[at : at + len(part)]))
        at += len(part)
    return dealt[::2], dealt[1::2]


def margins(found: Mapping[str, float], by_chance: Mapping[str, float]) -> pd.DataFrame:
    """How far each measure rises above the null control.

    Returns
    -------
    DataFrame
        ``measure``, ``value``, ``null``, ``margin``, ``passed`` (whether the margin is clear).
    """
    rows = []
    for measure in MEASURES:
        margin = round(found[measure] - by_chance[measure], 6)
        rows.append(
            {
                "measure": measure,
                "value": found[measure],
                "null": by_chance[measure],
                "margin": margin,
                "passed": bool(margin >= _LEAST[measure]),
            }
        )
    return pd.DataFrame(rows)


def verdict(null: pd.DataFrame) -> str:
    """Whether there are topics, in one sentence."""
    if null.empty:
        return "No null control was run."
    failed = null.loc[~null["passed"], "measure"].tolist()
    shown = ", ".join(
        f"{row.measure} {row.value:.2f} against {row.null:.2f}" for row in null.itertuples(index=False)
    )
    if not failed:
        return f"There are topics: every measure rises above the same papers with shuffled words ({shown})."
    if "stability" in failed or len(failed) == len(null):
        return f"There are no topics to speak of: shuffled words do as well ({shown})."
    return (
        f"There may be topics, but {' and '.join(failed)} do not rise clearly above shuffled words ({shown})."
    )
