"""arXiv identifiers in their bare form."""

from __future__ import annotations

import re

# https://info.arxiv.org/help/arxiv_identifier.html: YYMM.NNNN(N) since April 2007, archive/YYMMNNN before.
_NEW = re.compile(r"(?<![\d.])(\d{2}(?:0[1-9]|1[0-2])\.\d{4,5})(?:v\d+)?(?![\d.]*\d)")
_OLD = re.compile(r"\b([a-z][a-z-]{1,12}(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?\b")


def clean_arxiv_id(text: str) -> str:
    """Identifier without version, prefix or address; "" if the text holds none.

    Examples
    --------
    >>> clean_arxiv_id("http://arxiv.org/abs/2104.00001v2"), clean_arxiv_id("arXiv:hep-th/9901001")
    ('2104.00001', 'hep-th/9901001')
    """
    found = _NEW.search(text) or _OLD.search(text)
    return found.group(1) if found else ""
