"""Identifiers of papers in their bare form: arXiv's and DOI."""

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


_DOI = re.compile(r"\b(10\.\d{1,9}(?:\.\d+)*/[^\s\"<>;,{}|\\^`]{1,300})", re.IGNORECASE)
_ARXIV_DOI = re.compile(r"10\.48550/arxiv\.", re.IGNORECASE)


def clean_doi(text: str) -> str:
    """DOI in lower case without address or prefix; "" if the text holds none, or arXiv's DOI of a preprint.

    Examples
    --------
    >>> clean_doi("https://doi.org/10.1000/ABC.1"), clean_doi("doi: 10.48550/arXiv.2104.00001")
    ('10.1000/abc.1', '')
    """
    found = _DOI.search(text)
    if not found or _ARXIV_DOI.match(found.group(1)):
        return ""
    return found.group(1).rstrip(".)]'").casefold()


def arxiv_id_of(stated: str, addresses: str) -> str:
    """Id at arXiv of a record: as a field of that name states it, or as an address of arXiv's or a bare id holds it.

    A number such as 2104.00001 inside any other text may be anything.
    """
    if found := clean_arxiv_id(stated):
        return found
    named = _ARXIV_ADDRESS.search(addresses)
    return clean_arxiv_id(named.group(1)) if named else ""


_ARXIV_ADDRESS = re.compile(
    r"(?:arxiv\.org/(?:abs|pdf|html)/|arxiv[:.]\s?|huggingface\.co/papers/|hf\.co/papers/|abs/"
    r"|(?:^|\s)(?=(?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?(?:\s|$)))([\w./-]{1,40})",
    re.IGNORECASE,
)
