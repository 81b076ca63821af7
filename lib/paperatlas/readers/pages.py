"""Search pages in all the forms in which people keep them: copied, as Markdown, with links, as HTML.

Votes, authors, organisations, dates, comments and navigation are furniture. What the shipped dumps are, titles
and abstracts alone, is read in `paperatlas.readers.dumps`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from paperatlas.errors import DumpError
from paperatlas.readers.content import Content
from paperatlas.readers.dumps import BANNER, MAX_BYTES, decode, parse_dump
from paperatlas.readers.problems import Problems
from paperatlas.readers.records import Entry

_DAY = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6} \d{1,2}"
_DATE = rf"{_DAY}(?:, \d{{4}})?"
_A_DATE = re.compile(_DATE)
_DOT = "·"
_NUMBER = re.compile(r"[-–—]|[\d.,]{1,9}k?", re.IGNORECASE)
_AUTHORS = re.compile(r"(?:[-*·]\s*)?\d{1,4} authors?", re.IGNORECASE)
_NAVIGATION = re.compile(
    r"(?:hugging ?face(?:'s logo)?|models|datasets|spaces|buckets|posts|docs|solutions|enterprise|pricing|log ?in|sign ?up"
    r"|new|subscribe|daily papers|papers|by|ak|and the research community|by ?ak and the research community|daily|weekly"
    r"|monthly|trending(?: papers)?|community|search(?: papers)?|submitted by|upvoted?|previous|next|load more|company|tos"
    r"|privacy|about|careers|website|inference providers|© hugging face|system theme|sort.*|\W*)",
    re.IGNORECASE,
)
_PAPER_URL = r"(?:https?://(?:www\.)?(?:huggingface\.co|hf\.co))?/papers/(?P<id>\d{4}\.\d{4,5})"
# The target of a link: an address in Markdown, a number in text with numbered links.
_TARGET = rf"\]\(\s*<?{_PAPER_URL}(?:v\d+)?(?:\?[^\s)#]*)?>?(?:\s+\"[^\"]*\")?\s*\)"
_CARD = re.compile(rf"(?m)^\s{{0,3}}#{{1,6}}\s*\[(?P<title>[^\n]+?){_TARGET}")
_NUMBERED_CARD = re.compile(r"(?m)^\s{0,3}#{2,6}\s*\[(?P<title>[^\n]+?)\]\[(?P<id>\d{1,5})\]\s*$")
_REFERENCE = re.compile(rf"(?m)^\s*\[?(\d{{1,5}})\]?[.:]\s+<?{_PAPER_URL}(?:v\d+)?>?\s*$")
_HYPHENATED = re.compile(r"(?<=\w)-\n(?=\w)")


def page_entries(content: Content, problems: Problems) -> Iterator[Entry]:
    """Papers of a search page, in whatever form; their text is verbatim but for white space."""
    text = decode(content.whole(limit=MAX_BYTES), file=content.name)
    if text.lstrip()[:1] == "<":
        text = _markdown_of(text)
        if not _CARD.search(text):
            raise DumpError(
                f"{content.name}: expected a saved search page with papers, found HTML without any; save that page, or "
                "the papers as CSV, BibTeX or RIS"
            )
    form = form_of(text)
    if form == "links":
        yield from _linked(text)
    elif form == "copied":
        yield from _copied(text, problems)
    else:
        entries, found = parse_dump(text, file=content.name)
        problems.extend(found)
        for title, abstract, line in entries:
            yield Entry({"title": title, "abstract": abstract}, line, f"line {line}", verbatim=True)


def form_of(text: str) -> str:
    """``"links"``, ``"copied"``, or ``"plain"`` for titles and abstracts alone."""
    if _CARD.search(text) or _NUMBERED_CARD.search(text):
        return "links"
    lines = [line for line in text.splitlines() if line.strip()]
    cards = sum(1 for place, line in enumerate(lines) if _is_end(lines, place, line))
    return "copied" if cards else "plain"


def looks_like_page(text: str) -> bool:
    """Whether a text is a search page: by its furniture, or by long abstracts under short titles."""
    if any(banner in text for banner in BANNER) or form_of(text) != "plain":
        return True
    entries, problems = parse_dump(text)
    long = [abstract for title, abstract, _ in entries if len(abstract) > max(150, 2 * len(title))]
    return bool(entries) and 2 * len(long) > len(entries) + len(problems)


def _is_end(lines: list[str], place: int, line: str) -> bool:
    """Whether a card ends here: a dot alone, and a date after it."""
    after = lines[place + 1].strip() if place + 1 < len(lines) else ""
    return line.strip() == _DOT and _A_DATE.match(after) is not None and place > 1


def _copied(text: str, problems: Problems) -> Iterator[Entry]:
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    texts = [line for _, line in lines]
    begin = 0
    for place, line in enumerate(texts):
        if not _is_end(texts, place, line):
            continue
        card = lines[begin:place]
        stated = texts[place + 1]
        begin = place + 2
        yield from _card(card, stated, first=place == texts.index(_DOT))
    for number, line in lines[begin:]:
        if not _is_furniture(line):
            problems.add(
                f"line {number}", line, "no part of a paper's card", "look at the page; the line was skipped"
            )


def _card(card: list[tuple[int, str]], stated: str, *, first: bool) -> Iterator[Entry]:
    """Title and abstract of one card: what stands between the votes above and the authors below."""
    if first:
        votes = [place for place, (_, line) in enumerate(card) if _NUMBER.fullmatch(line)]
        card = card[votes[-1] + 1 :] if votes else card
    while card and _is_furniture(card[0][1]):
        card = card[1:]
    while card and _AUTHORS.fullmatch(card[-1][1]):
        card = card[:-1]
    else:
        if len(card) > 2 and len(card[-1][1]) < 100 and not card[-1][1].endswith((".", "!", "?")):
            card = card[:-1]
    if not card:
        return
    line, title = card[0]
    abstract = "\n".join(text for _, text in card[1:])
    date = stated if re.search(r"\d{4}", stated) else ""
    yield Entry({"title": title, "abstract": abstract, "date": date}, line, f"line {line}", verbatim=True)


def _is_furniture(line: str) -> bool:
    return bool(
        line in BANNER
        or _NUMBER.fullmatch(line)
        or _A_DATE.fullmatch(line)
        or _AUTHORS.fullmatch(line)
        or _NAVIGATION.fullmatch(line)
    )


def _linked(text: str) -> Iterator[Entry]:
    """Papers of a page whose links are kept; the address of a paper holds its arXiv id, and that its date."""
    ids = dict(_REFERENCE.findall(text))
    pattern = _CARD if _CARD.search(text) else _NUMBERED_CARD
    cards = list(pattern.finditer(text))
    ends = [card.start() for card in cards[1:]] + [len(text)]
    for card, end in zip(cards, ends, strict=True):
        own = card["id"] if pattern is _CARD else ids.get(card["id"], "")
        line = text.count("\n", 0, card.start()) + 1
        rest = text[card.end() : end]
        abstract = _first_link(rest, numbered=pattern is _NUMBERED_CARD)
        # The date of a card is that of its listing: an id knows better.
        listed = None if own else _LISTED.search(rest)
        fields = {
            "title": card["title"],
            "abstract": abstract,
            "arxiv_id": own,
            "date": listed[1] if listed else "",
        }
        yield Entry(fields, line, f"line {line}", verbatim=True)


_LISTED = re.compile(rf"·\s*({_DAY}, \d{{4}})")
_LINK = re.compile(rf"(?m)^\s*\[(?P<text>.*?){_TARGET}", re.DOTALL)
_NUMBERED_LINK = re.compile(
    r"(?m)^\[\s*\n(?P<text>.*?)^\s*\]\[\d{1,5}\]|^\[(?P<short>[^\n]*?)\]\[\d{1,5}\]", re.DOTALL
)


def _first_link(text: str, *, numbered: bool) -> str:
    """Text of the first link after a title; "" if that is the authors."""
    found = (_NUMBERED_LINK if numbered else _LINK).search(text)
    if not found:
        return ""
    said = (found["text"] or (found["short"] if numbered else "") or "").strip()
    said = " ".join(_HYPHENATED.sub("-", said).split())
    return "" if _AUTHORS.fullmatch(said.lstrip("-* ")) or _NUMBER.fullmatch(said) else said


class _Markdown(HTMLParser):
    """Headings and links of a page, as Markdown writes them."""

    _SILENT = frozenset({"script", "style", "svg", "noscript", "template"})
    _BLOCKS = frozenset(
        {
            "p",
            "div",
            "li",
            "ul",
            "section",
            "article",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "time",
            "br",
            "button",
        }
    )

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hrefs: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._SILENT:
            self._silent += 1
        elif tag == "a":
            self._hrefs.append(dict(attrs).get("href") or "")
            self.parts.append("[" if self._in_heading() else "\n[")
        elif tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            self.parts.append("\n### ")
        elif tag in self._BLOCKS and not self._hrefs:
            self.parts.append("\n")
        elif tag in self._BLOCKS:
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag == "a" and self._hrefs:
            self.parts.append(f"]({self._hrefs.pop()})")
        elif tag in self._BLOCKS:
            self.parts.append(" " if self._hrefs else "\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(" ".join(f" {data} ".split()) if data.strip() else "")

    def _in_heading(self) -> bool:
        return bool(self.parts) and self.parts[-1] == "\n### "


def _markdown_of(page: str) -> str:
    parser = _Markdown()
    try:
        parser.feed(page)
        parser.close()
    except (ValueError, AssertionError):  # a declaration that no browser would read either
        pass
    return "".join(parser.parts)
