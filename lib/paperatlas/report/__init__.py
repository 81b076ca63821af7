"""The report: a site of maps, topics and notebooks, and the brief, a single page to send around."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paperatlas.report.build import build_report, run_notebooks
from paperatlas.report.pages import Pages
from paperatlas.templates import with_policy

if TYPE_CHECKING:
    from paperatlas.study import Study

__all__ = ["Pages", "brief_html", "build_report", "map_html", "run_notebooks"]


def brief_html(study: Study) -> str:
    """The brief as one HTML page that needs no other file."""
    return with_policy(Pages(study).brief())


def map_html(study: Study) -> str:
    """The map with its search, list and cards as one HTML page, which a notebook shows in a frame."""
    pages = Pages(study)
    return with_policy(pages.render("embedded.html", **pages.atlas))
