"""The same procedure where there is nothing to find."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from paperatlas.prose import sentence
from paperatlas.templates import say
from paperatlas.text import embed_texts
from paperatlas.topics.inputs import Points, on_grid, texts_of
from paperatlas.topics.levels import Grain, choose_levels
from paperatlas.topics.stability import draw_again, found_in

N_REFITS = 6
SETS, SMALL = 9, 500  # sets of structureless points for so many papers at most; else one
CLEAR = 0.25  # of the way from chance to 1; less could come from one draw being unlike the next
_DIGITS = 6


def structureless(points: Points, seed: int) -> Points:
    """Points with the mean and covariance of the given ones, and no other structure.

    Each is the mean plus a sum of all centred points with random signs, over the root of their number: normally
    distributed in the limit, with just the covariance of the points (the sign version of the Gaussian multiplier
    bootstrap). Whole numbers throughout, so that the sums are exact.
    """
    n = len(points)
    whole = np.rint(points.astype(np.float64) * 2048.0)
    mean = np.rint(whole.sum(axis=0) / n)
    signs = np.random.Generator(np.random.PCG64([seed, 2])).integers(0, 2, size=(n, n), dtype=np.int8)
    sums = (2.0 * signs - 1.0) @ (whole - mean)
    return on_grid(np.rint(sums / np.sqrt(n) + mean))


def shuffled_texts(papers: pd.DataFrame, *, seed: int) -> list[str]:
    """Deal all words of all papers out anew; every title and abstract keeps its length in words.

    The corpus keeps its words and how often each occurs; which words occur together is chance.
    """
    parts = [text.split() for text in papers[["title", "abstract"]].to_numpy().ravel()]
    pool = np.array([word for part in parts for word in part], dtype=object)
    dealt = np.random.Generator(np.random.PCG64([seed, 2])).permutation(pool)
    texts = [" ".join(words) for words in np.split(dealt, np.cumsum([len(part) for part in parts])[:-1])]
    return texts_of(pd.DataFrame({"title": texts[::2], "abstract": texts[1::2]}))


def reached_by_chance(points: Points, grain: Grain, *, seed: int) -> dict[str, float]:
    """Mean Jaccard similarity that the branches chosen as topics and subtopics reach in points without structure.

    They are chosen by the rule that chooses levels (`paperatlas.topics.levels.choose_levels`), without the condition
    that they be found again; 0 where there is no branch within the grain.
    """
    fewer = replace(grain, runs=grain.refit_runs, n_resamples=N_REFITS)
    draws = draw_again(points, fewer, seed=seed)
    return choose_levels(draws.whole, found_in(draws), grain)[1]


def chances(points: Points, grain: Grain, *, seed: int) -> dict[str, list[float]]:
    """What `reached_by_chance` gives, by level, for sets of structureless points like the given ones.

    Small sets differ much from each other, so that of up to 500 points there are nine: no more than once in ten times
    would a tenth lie above them all.
    """
    seeds = [seed + 1000 * i for i in range(SETS if len(points) <= SMALL else 1)]
    found = [reached_by_chance(structureless(points, s), grain, seed=s) for s in seeds]
    return {level: [reached[level] for reached in found] for level in ("topic", "subtopic")}


def is_clear(value: float, null: float) -> bool:
    """Whether a similarity lies clearly above what is reached where there is nothing to find."""
    return bool(value > null and value - null >= CLEAR * (1 - null))


def null_table(
    table: pd.DataFrame,
    chance: dict[str, float],
    papers: pd.DataFrame | None,
    n: int,
    n_resamples: int,
    seed: int,
) -> pd.DataFrame:
    """`Topics.null`: what nodes reach beside points without structure, and topics beside shuffled words of `papers`.

    Empty without papers, and where nothing was found.
    """
    rows = []
    several = {level: nodes for level, nodes in table.groupby("level")["stability"] if len(nodes) > 1}
    for level in ("topic", "subtopic"):
        if level in several and papers is not None:
            rows.append((f"{level}s beside points without structure", several[level].mean(), chance[level]))
    if "topic" in several and papers is not None:
        fake = on_grid(embed_texts(shuffled_texts(papers, seed=seed)))
        shuffled = reached_by_chance(fake, Grain.of(len(fake), n, n_resamples), seed=seed)["topic"]
        rows.append(("topics beside shuffled words", several["topic"].mean(), shuffled))
    found = pd.DataFrame(rows, columns=["measure", "value", "null"]).astype({"value": float, "null": float})
    found = found.round(_DIGITS)
    found["margin"] = (found["value"] - found["null"]).round(_DIGITS)
    found["passed"] = [is_clear(*row) for row in found[["value", "null"]].to_numpy()]
    return found


def verdict(table: pd.DataFrame, null: pd.DataFrame) -> str:
    """Whether there are topics, in one sentence."""
    grades = table.loc[table["level"] == "topic", "grade"]
    failed = null[~null["passed"].astype(bool) & null["measure"].str.startswith("topics")]
    rows = {"controls": null.to_dict("records"), "failed": failed.to_dict("records")}
    [said] = say("at_all", n=len(grades), held=int((grades == "holds").sum()), **rows)
    return sentence(said)
