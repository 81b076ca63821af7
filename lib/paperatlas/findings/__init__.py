"""What the data say, as sentences: each is generated, so that it holds for other dumps too."""

from paperatlas.findings.first_screen import FirstScreen, first_screen
from paperatlas.findings.moves import Finding
from paperatlas.findings.of_ledger import ledger
from paperatlas.findings.of_pile import coverage, dating, doubts, dumps, loading, overview, reading, texts
from paperatlas.findings.of_topics import mapping, power, promise, topic, topics, trends

__all__ = [
    "Finding", "FirstScreen", "coverage", "dating", "doubts", "dumps", "first_screen", "ledger", "loading", "mapping",
    "overview", "power", "promise", "reading", "texts", "topic", "topics", "trends",
]  # fmt: skip
