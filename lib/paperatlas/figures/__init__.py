"""One plotly figure per function; the data come first, options are keyword-only."""

from paperatlas.figures.topics import (
    dump_sets,
    named_heatmap,
    share_by_topic,
    theme_tree,
    topic_bars,
    topics_in_dumps,
)
from paperatlas.figures.trends import burst_spans, papers_per_period, share_panels, timeline, trend_slopes

__all__ = [
    "burst_spans",
    "dump_sets",
    "named_heatmap",
    "papers_per_period",
    "share_by_topic",
    "share_panels",
    "theme_tree",
    "timeline",
    "topic_bars",
    "topics_in_dumps",
    "trend_slopes",
]
