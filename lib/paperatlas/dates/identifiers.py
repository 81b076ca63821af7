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


def month_of_id(arxiv_id: str) -> str:
    """Month in which arXiv gave out an identifier, as "YYYY-MM"; "" if it is none.

    Examples
    --------
    >>> month_of_id("2104.00001"), month_of_id("hep-th/9901001"), month_of_id("")
    ('2021-04', '1999-01', '')
    """
    digits = clean_arxiv_id(arxiv_id).rpartition("/")[2]
    if not digits:
        return ""
    # The scheme began in 1991, so that 91 to 99 are years of the last century.
    century = "19" if digits[:2] >= "91" else "20"
    return f"{century}{digits[:2]}-{digits[2:4]}"
