"""Search pages in the forms in which people keep them: copied, as Markdown, with links, as HTML.

Votes, authors, organisations, dates, comments and navigation are furniture, and links hold the arXiv ids.
"""

from __future__ import annotations

import email
import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import dropwhile, pairwise
from typing import NamedTuple

from paperatlas.errors import DumpError
from paperatlas.readers.content import Content
from paperatlas.readers.dumps import BANNER, MAX_BYTES, decode, parse_dump
from paperatlas.readers.published import MONTH
from paperatlas.readers.records import Entry, Problems
from paperatlas.shipped import rows_of

_DATE = (
    rf"(?:{MONTH} \d{{1,2}}(?:, \d{{4}})?|\d{{1,2}} {MONTH}(?: \d{{4}})?|\d{{4}}-\d\d-\d\d"
    r"|(?:\d{1,3}|an?) (?:minute|hour|day|week|month|year)s? ago)"
)
_DOT, _ARCHIVE = "·", "multipart/related"
_AUTHORS = re.compile(r"(?:[-*·]\s*)?(?:\d{1,4} authors?|.{2,80}\bet al\.)", re.IGNORECASE)
_SUBMITTED = re.compile(r"(?m)^[^\S\n]*Submitted by[^\S\n]*\n\s*\S.*$")
_LONGEST_FURNITURE = 100
_SENTENCES = re.compile(r".{100,}[.!?)]", re.DOTALL)
_VOTES = re.compile(r"[-–—]|\+?[\d.,]{1,9}k?")
_FURNITURE = re.compile(
    "|".join(
        [_VOTES.pattern, _AUTHORS.pattern, _DATE, r"\W*", *(row["line"] for row in rows_of("furniture"))]
    ),
    re.IGNORECASE,
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
# The text of a link that begins a line may be an abstract, with paragraphs and single brackets in it; amid a line
# brackets come in pairs.
_LINK = re.compile(
    r"(?:^[ ]{0,3}(?P<heading>#{1,6})?[\s*-]{0,5}\[(?P<said>(?:(?!\n[\s#*-]*\[).)*?)"
    r"|\[(?P<amid>[^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*))"
    r"\]\([ ]*<?(?P<url>[^\s)>]{0,500})>?(?:\s+\"[^\"\n]{0,500}\")?[ ]*\)",
    re.MULTILINE | re.DOTALL,
)
# Addresses may stand in a list at the end, under a number or a name, or after each text.
_REFERENCE = re.compile(
    rf"(?m)^[^\S\n]*\[?(\w{{1,20}})[\].:]{{0,2}}\s+<?({_PAPER})>?(?:\s+\"[^\"\n]*\")?\s*$"
)
_NUMBERED = re.compile(r"\]\[(\w{1,20})\]")
_LINK_FORMS = [re.compile(row["form"].replace("PAPER", _PAPER)) for row in rows_of("link_forms")]
_HYPHENATED = re.compile(r"(?<=\w)-\n(?=\w)")
_ESCAPED = re.compile(r"\\([_*\[\]#`~])")
_BOLD = re.compile(r"(\*\*|__)(.+)\1")


def page_entries(content: Content, problems: Problems) -> Iterator[Entry]:
    """Papers of a search page, in whatever form; their text is verbatim but for white space."""
    text = decode(_page_in(content.whole(limit=MAX_BYTES)), file=content.name)
    if text.lstrip()[:1] == "<":
        entries, what = _linked(_Saved(text).pieces), "HTML without papers"
    elif not (entries := _cards(text, problems)):
        found, doubts = parse_dump(text, file=problems.source)
        entries = [_entry(*entry) for entry in found]
        problems.extend(doubts)
        what = f"{len(doubts)} other lines (the first: {doubts[0]})" if doubts else "no text"
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
    if linked := _linked(list(_pieces(text))):
        return linked
    lines = _tokens(text)
    ends = enumerate(pairwise(lines), start=1)
    dates = [at for at, ((_, dot), (_, line)) in ends if at > 2 and dot == _DOT and re.match(_DATE, line)]
    entries = []
    for begin, at in pairwise([-1, *dates]):
        card = lines[begin + 1 : at]
        if begin < 0:
            # Above the first card stands the head of the page; the votes, if there are any, begin the card.
            head = [at for at, (_, line) in enumerate(card) if _VOTES.fullmatch(line) or line in BANNER]
            card = card[head[-1] + 1 :] if head else card
        if kept := _above_authors(card):
            (number, title), *abstract = kept
            date = lines[at][1]
            entries.append(_entry(title, "\n".join(line for _, line in abstract), number, date=date))
    for number, line in lines[dates[-1] + 1 :] if dates else ():
        if line not in BANNER and not _FURNITURE.fullmatch(line):
            remedy = "look at the page; the line was skipped"
            problems.add(f"line {number}", line, "no part of a paper's card", remedy)
    return entries


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


class _Piece(NamedTuple):
    """A link, or the text between two (without ``url``), and its line."""

    line: int
    text: str
    url: str = ""
    is_heading: bool = False

    @property
    def arxiv_id(self) -> str:
        """The id of the paper to which a link leads."""
        paper = _PAPER_URL.fullmatch(self.url)
        return paper[1] if paper else ""


def _linked(pieces: list[_Piece]) -> list[Entry]:
    """Papers of a page whose links are kept; titles are the headings, or else the first link to each paper."""
    placed = list(enumerate(pieces))
    titles = [at for at, link in placed if link.is_heading and (link.arxiv_id or link.url[:1] == "#")]
    if not titles:
        named = {
            link.arxiv_id: at for at, link in reversed(placed) if not _FURNITURE.fullmatch(link.text.strip())
        }
        titles = sorted(at for arxiv_id, at in named.items() if arxiv_id)
    entries = [_of_card(*pieces[begin:end]) for begin, end in pairwise([*titles, len(pieces)])]
    # A note may link to papers; a page says what is in them.
    return entries if any(entry.fields["abstract"] for entry in entries) else []


def _of_card(title: _Piece, *body: _Piece) -> Entry:
    """The paper of a card: its title, and the texts and links below it."""
    parts = re.split(r"\n\s*\n", "\n\n".join(piece.text for piece in body))
    paragraphs = (" ".join(_HYPHENATED.sub("-", part).split()) for part in parts)
    tokens = _tokens("\n".join(_ESCAPED.sub(r"\1", part) for part in paragraphs))
    date = next((line for (_, dot), (_, line) in pairwise(tokens) if dot == _DOT), "")
    said = dropwhile(lambda token: _FURNITURE.fullmatch(token[1]) and token[1] != _DOT, tokens)
    name = _BOLD.sub(r"\2", " ".join(_ESCAPED.sub(r"\1", title.text).split()))
    abstract = "\n".join(line for _, line in _above_authors([(title.line, name), *said])[1:])
    return _entry(name, abstract, title.line, title.arxiv_id, date)


def _pieces(text: str) -> Iterator[_Piece]:
    """Links of a Markdown text, and what stands between them; none of a text without any to papers."""
    if not re.search(_PAPER, text) and not _NUMBERED.search(text):
        return
    text = _IMAGE.sub("", _with_addresses(text))
    line, end = 1, 0
    for found in _LINK.finditer(text):
        yield _Piece(line, text[end : found.start()])
        line += text.count("\n", end, found.start())
        yield _Piece(line, found["said"] or found["amid"] or "", found["url"], bool(found["heading"]))
        end = found.end()
        line += found[0].count("\n")
    yield _Piece(line, text[end:])


def _with_addresses(text: str) -> str:
    """Text in which links hold the addresses of papers, wherever it keeps them."""
    known = {found[1]: found[2] for found in _REFERENCE.finditer(text)}

    def referred(found: re.Match[str]) -> str:
        address = known.get(found[1]) or (f"#{found[1]}" if found[1].isdecimal() else "")
        return f"]({address})" if address else found[0]

    def linked(found: re.Match[str]) -> str:
        parts = found.groupdict()
        if address := parts.get("address") or known.get(parts["number"]):
            return f"{parts['before']}[{parts['said'].strip()}]({address})"
        return parts["before"] + parts["said"] if known else found[0]

    text = _NUMBERED.sub(referred, text)
    for form in _LINK_FORMS:
        text = form.sub(linked, text)
    return text


_ELEMENTS = {row["element"]: row["kind"] for row in rows_of("elements")}


class _Saved(HTMLParser):
    """The links of a page that was saved as HTML, and what stands between them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.pieces = [_Piece(1, "")]
        self._text: list[str] = []
        self._open = Counter[str]()
        try:
            self.feed(f"{page}<a>")  # ends a text, and a tag that was cut off
            self._pass("a", -1)
        except AssertionError:  # no browser would read it either
            self.pieces.clear()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._pass(tag, 1, dict(attrs).get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        self._pass(tag, -1)

    def handle_data(self, data: str) -> None:
        if not self._open["silent"]:
            self._text.append(re.sub(r"\s+", " ", data))

    def _pass(self, tag: str, step: int, url: str = "") -> None:
        kind = _ELEMENTS.get(tag, "")
        self._open[kind] = max(0, self._open[kind] + step)
        if kind in ("block", "heading"):
            self._text.append(" " if self.pieces[-1].url else "\n\n")
        if tag == "a":
            self.pieces[-1] = self.pieces[-1]._replace(text="".join(self._text))
            self.pieces.append(_Piece(self.getpos()[0], "", url, self._open["heading"] > 0))
            self._text = []
