"""Search pages in the forms in which people keep them: copied, as Markdown, with links, as HTML.

Votes, authors, organisations, dates, comments and navigation are furniture, and links hold the arXiv ids.
"""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from itertools import dropwhile, pairwise, zip_longest
from typing import NamedTuple

from paperatlas.errors import DumpError
from paperatlas.readers.content import Content
from paperatlas.readers.dumps import BANNER, MAX_BYTES, decode, parse_dump
from paperatlas.readers.records import Entry, Problems
from paperatlas.shipped import rows_of

_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}"
_DATE = (
    rf"(?:{_MONTH} \d{{1,2}}(?:, \d{{4}})?|\d{{1,2}} {_MONTH}(?: \d{{4}})?|\d{{4}}-\d\d-\d\d"
    r"|(?:\d{1,3}|an?) (?:minute|hour|day|week|month|year)s? ago)"
)
_DOT, _ARCHIVE = "·", "multipart/related"
_AUTHORS = re.compile(r"(?:[-*·]\s*)?(?:\d{1,4} authors?|.{2,80}\bet al\.)", re.IGNORECASE)
_SUBMITTED = re.compile(r"(?m)^[^\S\n]*Submitted by[^\S\n]*\n\s*\S.*$")
_LONGEST_FURNITURE = 100
_SENTENCES = re.compile(r".{100,}[.!?)]", re.DOTALL)
_VOTES = re.compile(r"[-–—]|\+?[\d.,]{1,9}k?")
_FURNITURE = re.compile(
    "|".join([_VOTES.pattern, _DATE, r"\W*", *(row["line"] for row in rows_of("furniture"))]), re.IGNORECASE
)
# A card ends with a dot and a date, on lines of their own or on one with the authors; "Published on" needs no dot.
_END = re.compile(
    rf"(?:(?P<before>.{{0,100}}?)\s*[·•]\s*)?(?P<on>Published on )?(?P<date>{_DATE})(?:\s+\d{{1,5}})?"
)
_PAPER = (
    r"(?:(?:https?://(?:www\.)?(?:huggingface\.co|hf\.co))?/papers|https?://(?:www\.)?arxiv\.org/abs)"
    r"/(\d{4}\.\d{4,5})(?:v\d+)?"
)
_PAPER_URL = re.compile(rf"{_PAPER}(?:\?[^\s#]*)?")
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_LINK_END = re.compile(r"\]\([ ]*<?(?P<url>[^\s)>]{0,500})>?(?:\s+\"[^\"\n]{0,500}\")?[ ]*\)")
_LINE_BEGIN = re.compile(r"[ ]{0,3}(?P<heading>#{1,6})?[\s*-]{0,5}")
# Addresses may stand in a list at the end, under a number or a name, or after each text.
_REFERENCE = re.compile(
    rf"(?m)^[^\S\n]*\[?(\w{{1,20}})[\].:]{{0,2}}\s+<?({_PAPER})>?(?:\s+\"[^\"\n]*\")?\s*$"
)
_NUMBERED = re.compile(r"\]\[(\w{1,20})\]")
_ADDRESS_AFTER = re.compile(rf"(?m)^(#*[^\S\n]*)([^\s\[#][^\n]*?)\s{{1,3}}[<(]({_PAPER})[>)]$")
# Browsers for terminals put the number before the text of a link, others after it.
_NUMBER_BEFORE = re.compile(
    r"(?ms)^(?P<before>[^\S\n]*#*[^\S\n]*)\[(?P<number>\d{1,5})\](?=\S)(?P<said>.{1,20000}?)"
    r"(?=\n\s*\n|\n\s*\[\d{1,5}\]|\Z)"
)
_NUMBER_AFTER = re.compile(r"(?m)^(?P<before>#*[^\S\n]*)(?P<said>[^\s\[#][^\n]*?)\[(?P<number>\d{1,5})\]$")
_HYPHENATED = re.compile(r"(?<=\w)-\n(?=\w)")
_ESCAPED = re.compile(r"\\([_*\[\]#`~])")
_BOLD = re.compile(r"(\*\*|__)(.+)\1")


def page_entries(content: Content, problems: Problems) -> Iterator[Entry]:
    """Papers of a search page, in whatever form; their text is verbatim but for white space."""
    text = decode(_page_in(content.whole(limit=MAX_BYTES)), file=content.name)
    is_html = text.lstrip()[:1] == "<"
    what = "HTML without papers" if is_html else "no text"
    entries = _linked(_markdown_of(text)) if is_html else _cards(text, problems)
    if not entries and not is_html:
        found, doubts = parse_dump(text, file=problems.source)
        entries = [_entry(*entry) for entry in found]
        problems.extend(doubts)
        what = f"{len(doubts)} other lines (the first: {doubts[0]})" if doubts else what
    if not entries:
        raise DumpError(
            f"{content.name} has {what}; expected a title line and an abstract line in turn, as on a saved search page; "
            "save that page, or the papers as CSV, BibTeX or RIS"
        )
    yield from entries


def looks_like_page(text: str) -> bool:
    """Whether a text is a search page: by its furniture, or by long abstracts under short titles."""
    if any(sign in text for sign in (*BANNER, _ARCHIVE)) or _cards(text, Problems("")):
        return True
    entries, problems = parse_dump(text)
    long = [abstract for title, abstract, _ in entries if len(abstract) > max(150, 2 * len(title))]
    return bool(entries) and 2 * len(long) > len(entries) + len(problems)


def _page_in(raw: bytes) -> bytes:
    """The page in a web archive of one file (RFC 2557), as browsers save it; other bytes as they are."""
    if _ARCHIVE.encode() not in raw[:2_000]:
        return raw
    parts = email.message_from_bytes(raw).walk()
    pages = (part.get_payload(decode=True) for part in parts if part.get_content_type() == "text/html")
    return next((page for page in pages if isinstance(page, bytes)), raw)


def _entry(title: str, abstract: str, line: int, arxiv_id: str = "", date: str = "") -> Entry:
    """A paper of a page; the date of a card is that of its listing, so that an id knows better."""
    stated = date if re.search(r"\d{4}", date) and not arxiv_id else ""
    fields = {"title": title, "abstract": abstract, "arxiv_id": arxiv_id, "date": stated}
    return Entry(fields, line, verbatim=True)


def _cards(text: str, problems: Problems) -> list[Entry]:
    """Papers of a page that shows more than titles and abstracts; none for any other text."""
    if linked := _linked(text):
        return linked
    lines = _tokens(text)
    begin, found, entries = 0, False, []
    for end, ((_, dot), (_, date)) in enumerate(pairwise(lines)):
        if end < 2 or dot != _DOT or not re.match(_DATE, date):
            continue
        card = lines[begin:end]
        if not found:
            # Above the first card stands the head of the page; the votes, if there are any, begin the card.
            head = [at for at, (_, line) in enumerate(card) if _VOTES.fullmatch(line) or line in BANNER]
            card = card[head[-1] + 1 :] if head else card
        begin, found = end + 2, True
        if kept := _above_authors([*card, (0, _DOT)]):
            (number, title), *abstract = kept
            entries.append(_entry(title, "\n".join(line for _, line in abstract), number, date=date))
    for number, line in lines[begin:] if found else ():
        if line not in BANNER and not _is_furniture(line):
            remedy = "look at the page; the line was skipped"
            problems.add(f"line {number}", line, "no part of a paper's card", remedy)
    return entries


def _is_furniture(line: str) -> bool:
    return bool(_FURNITURE.fullmatch(line) or _AUTHORS.fullmatch(line))


def _tokens(text: str) -> list[tuple[int, str]]:
    """Lines with their numbers, the end of a card on lines of its own: authors, dot, date."""
    tokens: list[tuple[int, str]] = []
    text = _SUBMITTED.sub(lambda found: "\n" * found[0].count("\n"), text)
    for number, raw in enumerate(text.splitlines(), start=1):
        line = _DOT if raw.strip() == "•" else raw.strip()
        found = _END.fullmatch(line)
        after_authors = tokens and _AUTHORS.fullmatch(tokens[-1][1])
        if found and (found["before"] is not None or found["on"] or after_authors):
            tokens += [(number, part) for part in (found["before"], _DOT, found["date"]) if part]
        elif line:
            tokens.append((number, line))
    return tokens


def _above_authors(lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Title and abstract of a card: what stands above the authors or the organisation, without furniture around it."""
    ends = (at for at, (_, line) in enumerate(lines) if line == _DOT or _AUTHORS.fullmatch(line))
    end = next(ends, len(lines))
    kept = lines[:end]
    by_organisation = end < len(lines) and lines[end][1] == _DOT
    if len(kept) > 1 and by_organisation and len(kept[-1][1]) < _LONGEST_FURNITURE:
        kept.pop()
    # A word such as "Docs" right above an abstract is its title.
    while kept and _FURNITURE.fullmatch(kept[0][1]):
        if len(kept) == 2 and _SENTENCES.fullmatch(kept[1][1]):
            break
        kept.pop(0)
    while len(kept) > 1 and _FURNITURE.fullmatch(kept[-1][1]):
        kept.pop()
    return kept


class _Link(NamedTuple):
    """A link with its text, from its bracket to the end of its address; and the id, if that is a paper's."""

    start: int
    end: int
    text: str
    url: str
    is_heading: bool
    arxiv_id: str


def _linked(text: str) -> list[Entry]:
    """Papers of a page whose links are kept; the address of a paper holds its arXiv id, and that its date.

    Titles are the headings, or else the first link to each paper.
    """
    if not re.search(_PAPER, text) and not _NUMBERED.search(text):
        return []
    text = _IMAGE.sub("", _with_addresses(text))
    links = list(_links(text))
    headings = [link for link in links if link.is_heading and (link.arxiv_id or link.url[:1] == "#")]
    named = [link for link in links if link.arxiv_id and not _is_furniture(link.text.strip())]
    titles = set(headings or {link.arxiv_id: link for link in reversed(named)}.values())
    cards: list[tuple[_Link, list[str]]] = []
    for link, following in zip_longest(links, links[1:]):
        gap = text[link.end : following and following.start]
        if link in titles:
            cards.append((link, [gap]))
        elif cards:
            cards[-1][1].extend([link.text.strip(), gap])
    entries = [_of_card(title, body, text.count("\n", 0, title.start) + 1) for title, body in cards]
    # A note may link to papers; a page says what is in them.
    return entries if any(entry.fields["abstract"] for entry in entries) else []


def _of_card(title: _Link, body: list[str], number: int) -> Entry:
    """The paper of a card: its title, and the texts and links below it."""
    parts = re.split(r"\n\s*\n", "\n\n".join(body))
    paragraphs = (" ".join(_HYPHENATED.sub("-", part).split()) for part in parts)
    tokens = _tokens("\n".join(_ESCAPED.sub(r"\1", part) for part in paragraphs))
    date = next((line for (_, dot), (_, line) in pairwise(tokens) if dot == _DOT), "")
    said = dropwhile(lambda token: _FURNITURE.fullmatch(token[1]) and token[1] != _DOT, tokens)
    name = _BOLD.sub(r"\2", " ".join(_ESCAPED.sub(r"\1", title.text).split()))
    abstract = "\n".join(line for _, line in _above_authors([(number, name), *said])[1:])
    return _entry(name, abstract, number, title.arxiv_id, date)


def _with_addresses(text: str) -> str:
    """Text with the addresses of papers in the links, where it keeps them in a list at its end."""
    known = {found[1]: found[2] for found in _REFERENCE.finditer(text)}

    def referred(found: re.Match[str]) -> str:
        address = known.get(found[1]) or (f"#{found[1]}" if found[1].isdecimal() else "")
        return f"]({address})" if address else found[0]

    def linked(found: re.Match[str]) -> str:
        address, said = known.get(found["number"]), found["said"]
        return found["before"] + (f"[{said.strip()}]({address})" if address else said)

    text = _ADDRESS_AFTER.sub(r"\1[\2](\3)", _NUMBERED.sub(referred, text))
    return _NUMBER_AFTER.sub(linked, _NUMBER_BEFORE.sub(linked, text)) if known else text


def _links(text: str) -> Iterator[_Link]:
    """Links of a Markdown text; their texts may hold brackets, but no other link."""
    begin = 0
    for found in _LINK_END.finditer(text):
        start = _opening(text, begin, found.start())
        begin = found.end()
        if start >= 0:
            line = _LINE_BEGIN.fullmatch(text, text.rfind("\n", 0, start) + 1, start)
            heading = line is not None and line["heading"] is not None
            paper = _PAPER_URL.fullmatch(found["url"])
            said = text[start + 1 : found.start()]
            yield _Link(start, begin, said, found["url"], heading, paper[1] if paper else "")


def _opening(text: str, begin: int, end: int) -> int:
    """Where the bracket that closes at `end` opens: one that begins a line, rather than one amid a text; or -1."""
    depth, amid = 1, -1
    for sign in reversed(list(re.finditer(r"[\[\]]", text[begin:end]))):
        depth += 1 if sign[0] == "]" else -1
        at = begin + sign.start()
        if sign[0] == "[" and depth <= 0:
            if _LINE_BEGIN.fullmatch(text, text.rfind("\n", 0, at) + 1, at):
                return at
            amid = at if amid < 0 else amid
    return amid


_SILENT = ["script", "style", "svg", "noscript", "template"]
_HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]
_BLOCKS = [*_HEADINGS, "p", "div", "li", "ul", "section", "article", "time", "br", "button"]


def _markdown_of(page: str) -> str:
    """A saved page with its headings and links as Markdown writes them."""
    from bs4 import BeautifulSoup
    from bs4.element import NavigableString
    from bs4.exceptions import ParserRejectedMarkup

    try:
        soup = BeautifulSoup(page, "html.parser")
    except ParserRejectedMarkup:  # no browser would read it either
        return ""
    for tag in soup(_SILENT):
        tag.decompose()
    for text in soup.find_all(string=True):
        if type(text) is NavigableString:
            text.replace_with(re.sub(r"\s+", " ", text))
    for block in soup(_BLOCKS):
        gap = " " if block.find_parent("a") else "\n\n"
        block.insert_before(f"{gap}### " if block.name in _HEADINGS and gap != " " else gap)
        block.insert_after(gap)
    for link in soup("a"):
        begin = "" if link.find_parent(_HEADINGS) else "\n"
        link.replace_with(f"{begin}[{link.get_text()}]({link.get('href') or ''})")
    return soup.get_text()
