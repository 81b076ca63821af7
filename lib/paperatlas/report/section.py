"""One part of the brief: its heading and its piece of HTML, or the reason why it is left out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from paperatlas.display import escape

_PAPER = re.compile(r'href="paper:([0-9a-f]+)"')


@dataclass(frozen=True)
class Section:
    """A part of the brief.

    Attributes
    ----------
    key : str
        Its anchor.
    title : str
        Its heading, plain text.
    html : str
        Escaped, with addresses of papers as ``paper:<id>`` (see `point`).
    """

    key: str
    title: str
    html: str


@dataclass(frozen=True)
class LeftOut:
    """A part that has nothing to show.

    Attributes
    ----------
    title : str
    reason : str
        Ends the sentence "left out, because …".
    """

    title: str
    reason: str


def paper_link(paper_id: str, text: str) -> str:
    """Link to a paper's card, wherever that will be; the text is escaped."""
    return f'<a href="paper:{escape(paper_id)}">{escape(text)}</a>'


def point(html: str, address: Callable[[str], str]) -> str:
    """HTML with each ``paper:<id>`` replaced by the address of the paper's card."""
    return _PAPER.sub(lambda match: f'href="{address(match[1])}"', html)
