"""What dates and trends say, in sentences."""

from __future__ import annotations

import numpy as np
import pandas as pd

from paperatlas.intervals import wilson
from paperatlas.prose import between, count, listing, percent, quoted
from paperatlas.trends.significance import FADING, RISING

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
    """What the sources, a second test, single periods and borderline papers do to the verdicts."""
    by = str(tests.columns[0])
    tested = tests[tests["odds_ratio"].notna()]
    if tested.empty:
        return []
    found = tested[tested["verdict"].isin([RISING, FADING])]
    said = [_beside_plain(tested, found, names)]
    for row in found.to_dict("records"):
        name = quoted(str(names[row[by]]))
        second = {"yes": "agrees", "no": "does not agree"}.get(row["agreement"], "points the same way only")
        hangs = (
            f"it is not found without any one of: {row['depends_on']}"
            if row["depends_on"]
            else "it is found without any one period or source"
        )
        said.append(f"on {name} a second test (Mann-Kendall, corrected alike) {second}; {hangs}")
    turned = found[
        (found["weighted_odds_ratio"] < found["odds_low"])
        | (found["weighted_odds_ratio"] > found["odds_high"])
    ]
    if len(turned):
        shown = [quoted(str(names[group])) for group in turned[by]]
        said.append(f"the trend of {listing(shown, most=3)} hangs on borderline papers")
    return said


def _beside_plain(tested: pd.DataFrame, found: pd.DataFrame, names: pd.Series) -> str:
    """What is left of trends once the mix of sources is allowed for."""
    by = str(tested.columns[0])
    lost = tested[
        (tested["plain_p_adjusted"] <= tested.attrs.get("alpha", 0.05)) & ~tested.index.isin(found.index)
    ]
    if len(lost):
        shown = [quoted(str(names[group])) for group in lost[by]]
        return f"{listing(shown, most=3)} would move if the mix of sources were left out of account; within sources, not so"
    moved = np.abs(np.log(tested["plain_odds_ratio"] / tested["odds_ratio"]))
    row = tested.iloc[int(np.argmax(np.asarray(moved)))]
    return (
        f"the mix of sources moves the estimate for {quoted(str(names[row[by]]))} most: {row['odds_ratio']:.2f} a year "
        f"within sources, {row['plain_odds_ratio']:.2f} without regard to them"
    )


def power(smallest: pd.DataFrame) -> list[str]:
    """What could have been seen, from `smallest_found`."""
    said = [
        f"with {row['papers']:.0f} papers, a rise is found four times in five {_from(row['rising'])}, "
        f"a fading {_from(row['fading'])}"
        for row in smallest.astype(float).to_dict("records")
    ]
    return said or ["there are too few periods with enough papers for any test"]


def _from(change: float) -> str:
    return "at none of the strengths tried" if np.isnan(change) else f"from a factor of {change:g} a year"


def promise(null: pd.DataFrame, *, alpha: float = 0.05) -> list[str]:
    """Whether the tests keep their false-discovery rate, from `simulate_null`."""
    if null.empty:
        return ["there are too few periods with enough papers for any test, so there is no promise to keep"]
    runs, wrong = len(null), int((null["discoveries"] > 0).sum())
    low, high = (float(bound[0]) for bound in wilson(np.array([wrong]), np.array([runs])))
    kept = "which keeps" if low <= alpha else "which BREAKS"
    return [
        f"{wrong} of {runs:,} simulated piles without any trend show one ({percent(wrong / runs)}, 95 % interval "
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
