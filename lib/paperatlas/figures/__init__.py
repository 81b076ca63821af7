"""One plotly figure per function; the data come first, options are keyword-only."""

from paperatlas.figures.dates import papers_per_period
from paperatlas.figures.dumps import dump_sizes, dumps_per_paper, topics_in_dumps
from paperatlas.figures.map import paper_map
from paperatlas.figures.texts import similarity_spread
from paperatlas.figures.topics import confidence_check, topic_bars, topic_scan
from paperatlas.figures.trends import share_heatmap, share_panels

__all__ = [
    "confidence_check",
    "dump_sizes",
    "dumps_per_paper",
    "paper_map",
    "papers_per_period",
    "share_heatmap",
    "share_panels",
    "similarity_spread",
    "topic_bars",
    "topic_scan",
    "topics_in_dumps",
]
