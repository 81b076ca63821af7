"""One plotly figure per function; the data come first, options are keyword-only."""

from paperatlas.figures.topics import (
    named_heatmap,
    share_by_topic,
    shared_papers,
    theme_tree,
    topic_bars,
    topics_in_dumps,
)
from paperatlas.figures.trends import burst_spans, share_panels, timeline, trend_slopes

__all__ = [
    "burst_spans", "named_heatmap", "share_by_topic", "share_panels", "shared_papers",
    "theme_tree", "timeline", "topic_bars", "topics_in_dumps", "trend_slopes",
]  # fmt: skip
