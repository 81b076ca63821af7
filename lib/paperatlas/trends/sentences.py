"""What dates and trends say, in sentences."""

from __future__ import annotations

import numpy as np
import pandas as pd

from paperatlas.intervals import wilson
from paperatlas.prose import between, count, listing, percent, quoted

CENSUS = (
    "a dump is the answer to a search, not a census: these are shares of this pile, not of the literature"
)


def sources(corpus: pd.DataFrame) -> list[str]:
    """Which source dated how many papers, how surely, and whether sources disagree."""
    scores = corpus["match_score"].dropna()
    used = corpus["date_source"].dropna().value_counts()
    said = [f"{quoted(str(name))} dated {count(int(n), 'paper')}" for name, n in used.items()]
    if len(scores):
        exact = int((scores >= 1).sum())
        weakest = f"; the weakest match scores {scores.min():.2f}" if exact < len(scores) else ""
        said.append(f"{exact:,} of {count(len(scores), 'match', 'matches')} are exact{weakest}")
    asked, odd = corpus.attrs.get("date_sources", []), corpus.attrs.get("date_disagreements", [])
    if odd:
        first = odd[0]
        said.append(
            f"sources disagree {count(len(odd), 'time')}, first on {quoted(str(first['title']))}: "
            f"{first['published']} in {quoted(str(first['source']))}, {first['other_published']} in "
            f"{quoted(str(first['other_source']))}; the first is taken"
        )
    elif len(asked) > 1:
        said.append(f"{count(len(asked), 'source', words=True)} were asked, and none disagrees with another")
    if problems := corpus.attrs.get("date_problems", []):
        said.append(f"{count(len(problems), 'entry', 'entries')} of the sources could not be used")
    return said


def month_check(corpus: pd.DataFrame, months: pd.Series) -> list[str]:
    """Whether the dates agree with a second way to know the month.

    Parameters
    ----------
    corpus : DataFrame with ``published``
    months : Series of the same index
        "YYYY-MM" or "".
    """
    both = corpus["published"].str.len().eq(7) & months.ne("")
    if not both.any():
        return []
    same = corpus.loc[both, "published"] == months[both]
    return [
        f"as a check, the month in the arXiv id is the month of the date in {int(same.sum()):,} of "
        f"{count(int(both.sum()), 'paper')}"
    ]


def coverage(tables: dict[str, pd.DataFrame], names: dict[str, pd.Series], worst: pd.DataFrame) -> list[str]:
    """What missing dates do to every figure over time.

    Parameters
    ----------
    tables : dict of DataFrame
        As from `date_coverage`, by what the groups are ("topic", "dump").
    names : dict of Series
        Name of each group, for the same keys.
    worst : DataFrame
        As from `worst_case`, of topics.
    """
    whole = next(iter(tables.values()))
    unit = str(whole.attrs["period"])
    missing = whole.attrs["papers"] - whole.attrs["dated"]
    if not whole.attrs["dated"]:
        return [f"no paper has its {unit}, so there is no figure by {unit}; give sources of dates"]
    if not missing:
        return [f"no paper lacks its {unit}, so no figure by {unit} can be distorted by missing dates"]
    said = [
        f"{count(missing, 'paper')} ({percent(missing / whole.attrs['papers'])}) "
        f"{'is' if missing == 1 else 'are'} missing from every figure by {unit}"
    ]
    for what, table in tables.items():
        by = str(table.columns[0])
        poorer = table["share"] < whole.attrs["dated"] / whole.attrs["papers"]
        uneven = table[poorer & (table["p_adjusted"] <= 0.05)].sort_values(["share", by])
        test = f"Fisher's exact test, {count(len(table), what)}, false-discovery rate 5 %"
        if uneven.empty:
            least = float(table["p_adjusted"].min())
            said.append(
                f"no {what} lacks more of them than chance explains ({test}; smallest adjusted p {least:.2f})"
            )
        else:
            shown = [
                f"{quoted(str(names[what][group]))} ({percent(share)} of {n:,} dated)"
                for group, share, n in uneven[[by, "share", "papers"]].itertuples(index=False)
            ]
            said.append(
                f"dates are missing unevenly by {what} ({test}): {listing(shown, most=3)}; curves of these mislead"
            )
    tested = worst[~worst["few"] & ~worst["unfinished"]]
    if len(tested):
        moved = np.maximum(tested["highest"] - tested["share"], tested["share"] - tested["lowest"])
        row = tested.iloc[int(np.argmax(np.asarray(moved)))]
        said.append(
            f"in the worst case, all of them in one {unit}, no share moves further than that of "
            f"{quoted(str(names['topic'][row[str(worst.columns[0])]]))} in {row['period']}: from {percent(row['share'])} to "
            f"between {percent(row['lowest'])} and {percent(row['highest'])}"
        )
    return said


def doubt(tests: pd.DataFrame, names: pd.Series) -> list[str]:
    """Whether a second test agrees, what could have gone unseen, and whether borderline papers decide."""
    by = str(tests.columns[0])
    tested = tests[tests["odds_ratio"].notna()]
    if tested.empty:
        return []
    agree = tested["agreement"].value_counts()
    second = ", ".join(
        f"{words} {agree[key]}"
        for key, words in (
            ("yes", "agrees with"),
            ("direction only", "points the same way in"),
            ("no", "disagrees with"),
        )
        if key in agree
    )
    said = [f"of {count(len(tested), 'verdict')}, a second test (Mann-Kendall) {second}"]
    open_ = tested[tested["verdict"] == "not enough papers"]
    if len(open_):
        low, high = open_["detectable"].min(), open_["detectable"].max()
        span = f"{low:.2f}" if f"{low:.2f}" == f"{high:.2f}" else f"{low:.2f} to {high:.2f}"
        said.append(
            f"where there are not enough papers, only a change of the odds by a factor of {span} a year or more would "
            "have been found four times in five"
        )
    weighted = tested["weighted_odds_ratio"]
    turned = tested[(weighted < tested["odds_low"]) | (weighted > tested["odds_high"])]
    if np.allclose(weighted, tested["odds_ratio"]):
        return said
    apart = np.abs(np.log(weighted / tested["odds_ratio"]))
    row = tested.iloc[int(np.argmax(np.asarray(apart)))]
    hangs = (
        f"the trend of {listing([quoted(str(names[g])) for g in turned[by]], most=3)} hangs on borderline papers"
        if len(turned)
        else "no trend hangs on borderline papers"
    )
    said.append(
        f"{hangs}: counted by confidence, the odds ratio that moves most is that of {quoted(str(names[row[by]]))}, "
        f"from {row['odds_ratio']:.2f} to {row['weighted_odds_ratio']:.2f} (interval {row['odds_low']:.2f} to "
        f"{row['odds_high']:.2f})"
    )
    return said


def promise(null: pd.DataFrame, *, alpha: float = 0.05) -> list[str]:
    """Whether the tests keep their false-discovery rate, from `simulate_null`."""
    if null.empty:
        return ["there are too few periods with enough papers for any test, so there is no promise to keep"]
    runs, wrong = len(null), int((null["discoveries"] > 0).sum())
    low, high = (float(bound[0]) for bound in wilson(np.array([wrong]), np.array([runs])))
    kept = "which keeps" if low <= alpha else "which BREAKS"
    return [
        f"{wrong} of {runs:,} simulated corpora without any trend show one ({percent(wrong / runs)}, 95 % interval "
        f"{between(low, high)}), {kept} the promised {percent(alpha)}"
    ]


def novelty(bursts: pd.DataFrame, firsts: pd.DataFrame, *, alpha: float = 0.05) -> list[str]:
    """Which groups burst and which came late, from `find_bursts` and `newcomers`."""
    said = []
    strongest = bursts[bursts["strongest"] & (bursts["p_adjusted"] <= alpha)] if len(bursts) else bursts
    kinds = {str(table.columns[0]) for table in (bursts, firsts)}
    noun = kinds.pop() if len(kinds) == 1 else "group"
    if len(strongest):
        top = strongest.iloc[0]
        said.append(
            f"{count(len(strongest), noun)} {'has' if len(strongest) == 1 else 'have'} a burst that chance does not "
            f"explain; the strongest is {quoted(str(top.iloc[0]))}, {top['start']} to {top['end']}: "
            f"{percent(top['share'])} of the papers, and {percent(top['share_outside'])} of all others"
        )
    else:
        said.append(f"no {noun} has a burst that chance does not explain")
    new = firsts[firsts["new"]] if len(firsts) else firsts
    if len(new):
        surest = new.sort_values(["p", str(new.columns[0])]).iloc[0]
        said.append(
            f"{count(len(new), noun)} came later than chance explains; the surest is {quoted(str(surest.iloc[0]))}, "
            f"first in {surest['first']} after {count(int(surest['older']), 'older paper')} of the pile, in "
            f"{quoted(str(surest['first_title']))}"
        )
    else:
        said.append(f"no {noun} came later than chance explains")
    return said
