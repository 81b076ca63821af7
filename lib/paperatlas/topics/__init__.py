"""Topics of a corpus that survive resampling, with names and with their doubt."""

from __future__ import annotations

from paperatlas.topics.fit import fit_topics
from paperatlas.topics.inputs import MIN_PAPERS
from paperatlas.topics.result import LEVELS, Topics

__all__ = ["LEVELS", "MIN_PAPERS", "Topics", "fit_topics"]
