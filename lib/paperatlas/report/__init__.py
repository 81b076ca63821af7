"""The report: a site of maps, topics and notebooks, and the brief, a single page to send around."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paperatlas.report.build import build_report, run_notebooks
from paperatlas.report.pages import Pages
from paperatlas.report.rendering import with_policy

if TYPE_CHECKING:
    from paperatlas.study import Study

__all__ = ["Pages", "brief_html", "build_report", "map_html", "map_page", "run_notebooks"]


def brief_html(study: Study) -> str:
    """The brief as one HTML page that needs no other file.

    Parameters
    ----------
    study : Study
    """
    return with_policy(Pages(study).brief())


def map_html(study: Study) -> str:
    """The map with its search, list and cards as a piece of HTML, such as a notebook shows.

    Parameters
    ----------
    study : Study
    """
    return Pages(study).map()


def map_page(study: Study) -> str:
    """The map as a page of its own, for the frame that a notebook puts around it."""
    return with_policy(
        f'<html lang="en"><head><meta charset="utf-8"></head><body>{map_html(study)}</body></html>'
    )
