"""What the data say, as sentences: each is generated, so that it holds for other dumps too."""

from paperatlas.findings.first_screen import FirstScreen, first_screen
from paperatlas.findings.moves import Finding
from paperatlas.findings.of_dumps import dumps, reading
from paperatlas.findings.of_ledger import ledger
from paperatlas.findings.of_pile import coverage, dating, loading, overview, texts
from paperatlas.findings.of_topics import mapping, topic, topics
from paperatlas.findings.of_trends import power, promise, trends

__all__ = [
    "Finding",
    "FirstScreen",
    "coverage",
    "dating",
    "dumps",
    "first_screen",
    "ledger",
    "loading",
    "mapping",
    "overview",
    "power",
    "promise",
    "reading",
    "texts",
    "topic",
    "topics",
    "trends",
]
