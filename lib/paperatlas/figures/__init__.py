"""One plotly figure per function; the data come first, options are keyword-only."""

from paperatlas.figures.dates import date_coverage, papers_per_period
from paperatlas.figures.density import density_map
from paperatlas.figures.dumps import dump_sizes, dumps_per_paper, topics_in_dumps
from paperatlas.figures.firsts import burst_spans, timeline_of_firsts
from paperatlas.figures.ledger import named_heatmap, share_by_topic, share_by_year
from paperatlas.figures.map import paper_map
from paperatlas.figures.mentions import mention_network
from paperatlas.figures.overlap import dump_sets, pair_overlaps, rank_pairs
from paperatlas.figures.power import power_lines
from paperatlas.figures.reading import coverage_curve, topic_ribbon
from paperatlas.figures.slopes import share_ranks, trend_slopes
from paperatlas.figures.texts import similarity_spread
from paperatlas.figures.topics import confidence_check, theme_tree, topic_bars
from paperatlas.figures.trends import share_heatmap, share_panels

__all__ = [
    "burst_spans",
    "confidence_check",
    "coverage_curve",
    "date_coverage",
    "density_map",
    "dump_sets",
    "dump_sizes",
    "dumps_per_paper",
    "mention_network",
    "named_heatmap",
    "pair_overlaps",
    "paper_map",
    "papers_per_period",
    "power_lines",
    "rank_pairs",
    "share_by_topic",
    "share_by_year",
    "share_heatmap",
    "share_panels",
    "share_ranks",
    "similarity_spread",
    "theme_tree",
    "timeline_of_firsts",
    "topic_bars",
    "topic_ribbon",
    "topics_in_dumps",
    "trend_slopes",
]
