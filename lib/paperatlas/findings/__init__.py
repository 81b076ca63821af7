"""What the data say, as sentences: each is generated, so that it holds for other dumps too."""

from paperatlas.findings.first_screen import Finding, FirstScreen, first_screen
from paperatlas.findings.of_pile import (
    coverage,
    dating,
    doubts,
    dumps,
    ledger,
    loading,
    overview,
    reading,
    texts,
)
from paperatlas.findings.of_topics import mapping, no_census, power, promise, topic, topics, trends

__all__ = [
    "Finding", "FirstScreen", "coverage", "dating", "doubts", "dumps", "first_screen", "ledger", "loading", "mapping",
    "no_census", "overview", "power", "promise", "reading", "texts", "topic", "topics", "trends",
]  # fmt: skip
