"""What missing dates do, ledger entries as groups, and what is said of both."""

import pandas as pd
import pytest
from scipy import stats

from paperatlas.findings.of_pile import date_sources, uneven_dates
from paperatlas.findings.of_topics import doubt
from paperatlas.trends import date_coverage, trend_tests


def pile(undated: int) -> pd.DataFrame:
    """Kites and bridges, 60 papers each over six years; some kites have no date."""
    published = [f"{2015 + row % 6}-0{1 + row % 9}" for row in range(120)]
    papers = pd.DataFrame({"paper_id": [f"p{i:03d}" for i in range(120)], "published": published})
    papers["topic"] = [0] * 60 + [1] * 60
    papers["dumps"] = [("a",) if row % 2 else ("a", "b") for row in range(120)]
    papers.loc[: undated - 1, "published"] = None
    return papers


class TestCoverage:
    def test_shares_intervals_and_the_exact_test(self) -> None:
        table = date_coverage(pile(12), level="topic").set_index("topic")
        assert table["dated"].tolist() == [48, 60]
        assert table.loc[0, "share"] == 0.8
        assert table.loc[0, "low"] < 0.8 < table.loc[0, "high"]
        p = stats.fisher_exact([[48, 12], [60, 0]]).pvalue
        assert table.loc[0, "p"] == pytest.approx(p, rel=1e-3)
        assert table.loc[0, "p_adjusted"] == pytest.approx(p, rel=1e-3), "the two tests are one"

    def test_a_year_is_enough_for_years_only(self) -> None:
        papers = pile(0)
        papers.loc[:9, "published"] = papers.loc[:9, "published"].str[:4]
        assert date_coverage(papers, level="topic")["dated"].sum() == 120
        assert date_coverage(papers, level="topic", period="month")["dated"].tolist() == [50, 60]

    def said(self, undated: int) -> str:
        papers = pile(undated)
        tables = {"topic": date_coverage(papers, level="topic"), "dump": date_coverage(papers, level="dumps")}
        return "\n".join(uneven_dates(tables, {0: "kites", 1: "bridges", "a": "one", "b": "two"}))

    def test_what_is_said_when_one_topic_lacks_dates(self) -> None:
        said = self.said(30)
        assert "30 papers (25 %) are missing from every figure by year" in said
        assert "unevenly by topic" in said
        assert "“kites” (50 % of 60 dated)" in said
        assert "“bridges”" not in said
        assert "no dump lacks more of them than chance explains" in said


class TestSentences:
    def test_what_a_trend_found_hangs_on_is_said(self) -> None:
        tests = trend_tests(pile(0))
        names = pd.Series(["kites", "bridges"])
        labels = {"a": "all of them", "b": "every other"}
        assert len(doubt(tests, names, labels)) == 1, "nothing moves, so there is nothing to agree on"
        assert doubt(tests, names, {"a": "all of them"}) == [], "one source is no mix"
        tests.loc[0, ["verdict", "agreement", "depends_on"]] = ["rising", "yes", "2019; a"]
        said = doubt(tests, names, labels)
        assert "a second test (Mann-Kendall, corrected alike) agrees on 1 of 1 trend found" in said[1]
        assert (
            "“kites” is a lead only: its trend is not found when 2019 or “all of them” is left out" in said[2]
        )

    def test_disagreeing_sources_are_named(self) -> None:
        corpus = pd.DataFrame({"match_score": [1.0, 0.8], "date_source": ["x", "x"]})
        odd = {
            "title": "Kites",
            "published": "2011",
            "source": "x",
            "other_published": "2012",
            "other_source": "y",
        }
        corpus.attrs["date_disagreements"] = [odd]
        said = "\n".join(date_sources(corpus))
        assert "1 of 2 matches are exact; the weakest match scores 0.80" in said
        assert "sources disagree 1 time, first on “Kites”: 2011 in “x”, 2012 in “y”" in said
