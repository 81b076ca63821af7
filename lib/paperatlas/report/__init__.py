"""The report: a site of notebooks and papers, and the brief, a single page to send around."""

from paperatlas.report.brief import brief_html
from paperatlas.report.build import build_report, run_notebooks

__all__ = ["brief_html", "build_report", "run_notebooks"]
