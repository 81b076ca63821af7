"""Search pages in all the forms in which people keep them: as shipped, copied, as Markdown, with links, as HTML.

The shipped dumps are titles and abstracts alone, verbatim. In the other forms votes, authors, organisations, dates,
comments and navigation are furniture, and links hold the arXiv ids.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterable, Iterator, Sequence
from html.parser import HTMLParser
from itertools import dropwhile, pairwise
from typing import NamedTuple

import pandas as pd

from paperatlas.errors import DumpError
from paperatlas.readers.content import Content, encoding_of
from paperatlas.readers.records import Entry, Problem, Problems, clean
from paperatlas.readers.titles import Line, Role, assign_roles, reading_doubts

BANNER = (
    "Get trending papers in your email inbox once a day!",
    "Get trending papers in your email inbox!",
)
BUTTON = "Subscribe"
MAX_BYTES = 64 * 2**20
MAX_LINES = 2_000_000
NO_ABSTRACT = "title without an abstract"
NO_TITLE = "abstract without a title"
NOT_TEXT = "characters that cannot be read"

_LINE_END = re.compile(r"\r\n|\r|\n")
_REPLACEMENT = "\ufffd"


def decode(raw: bytes, *, file: str) -> str:
    """Text of these bytes, in whichever encoding `paperatlas.readers.content.encoding_of` finds.

    Raises
    ------
    DumpError
        If they are blank, not text, or of more than `MAX_LINES` lines.
    """
    if not raw.strip():
        raise DumpError(f"{file} is empty; save the search page again, or leave the file out")
    text = raw.decode(encoding_of([raw], file), errors="replace")
    if max(text.count("\n"), text.count("\r")) > MAX_LINES:
        raise DumpError(f"{file} has more than {MAX_LINES:,} lines; split it into several dumps")
    return text


def parse_dump(text: str, *, file: str = "dump") -> tuple[list[tuple[str, str, int]], list[Problem]]:
    """Entries and problems of one dump.

    Parameters
    ----------
    text : str
        The whole dump.
    file : str
        Name used in the problems.

    Returns
    -------
    entries : list of (title, abstract, line)
    problems : list of Problem
    """
    entries: list[tuple[str, str, int]] = []
    problems: list[Problem] = []

    def note(line: Line, reason: str, *, kept: bool = True) -> None:
        remedy = "look at the page there" if kept else "complete the page there; the line was skipped"
        problems.append(Problem(file, f"line {line.number}", line.text, reason, remedy, kept))

    def close(title: Line | None, abstract: list[str]) -> None:
        if title is not None and abstract:
            entries.append((title.text, "\n".join(abstract), title.number))
        elif title is not None:
            note(title, NO_ABSTRACT, kept=False)

    for lines in _pages(clean(text)):
        title: Line | None = None
        abstract: list[str] = []
        roles = assign_roles(lines)
        unsure = {line.number: reason for line, reason in reading_doubts(lines, roles)}
        for line, role in zip(lines, roles, strict=True):
            if _REPLACEMENT in line.text:
                note(line, NOT_TEXT)
            elif reason := unsure.get(line.number):
                note(line, reason)
            if role is Role.TITLE:
                close(title, abstract)
                title, abstract = line, []
            elif role is Role.TITLE_CONTINUED and title is not None:
                title = title._replace(text=f"{title.text} {line.text}")
            elif title is None:
                note(line, NO_TITLE, kept=False)
            else:
                abstract.append(line.text)
        close(title, abstract)
    return entries, problems


def _pages(text: str) -> Iterator[list[Line]]:
    """Non-blank lines between banners, the banner and its glued button taken off."""
    lines: list[Line] = []
    blank = False
    after_banner = False
    for number, raw in enumerate(_LINE_END.split(text), start=1):
        content = raw.strip()
        if not content:
            blank = True
            continue
        # Files put one after the other glue a banner to the line before it.
        banner = next((banner for banner in BANNER if content.endswith(banner)), "")
        content = content.removesuffix(banner).rstrip()
        if content:
            if after_banner or number == 1:
                content = _cut_button(content, after_banner)
            if content:
                lines.append(Line(number, content, blank))
            blank = after_banner = False
        if banner:
            if lines:
                yield lines
            lines, blank, after_banner = [], False, True
    if lines:
        yield lines


def _cut_button(content: str, after_banner: bool) -> str:
    """Content without the button's word where it is glued to the first title of a page.

    "Subscribe to …" and, without a banner before it, "Subscriber …" are titles of their own.
    """
    rest = content.removeprefix(BUTTON)
    if rest == content or rest[:1].isspace():
        return content
    if after_banner or not rest or not rest[0].islower():
        return rest
    return content


def format_dump(records: pd.DataFrame | Sequence[tuple[str, str]]) -> str:
    """Text of a dump that `read_dumps` reads back as these records.

    Entries follow one another as on a saved page. Where that could be read in another way, for instance
    because two short abstracts without a full stop follow one another, a blank line parts the entries.

    Parameters
    ----------
    records : DataFrame with ``title`` and ``abstract``, or sequence of (title, abstract)

    Raises
    ------
    DumpError
        If a title or abstract is empty, a title holds a line break, or the text would not be read back as
        these records: a dump cannot say that.
    """
    given: Iterable[tuple[str, str]] = (
        zip(records["title"].tolist(), records["abstract"].tolist(), strict=True)
        if isinstance(records, pd.DataFrame)
        else records
    )
    pairs = [(title.strip(), abstract.strip()) for title, abstract in given]
    for place, (title, abstract) in enumerate(pairs, start=1):
        if not title or not abstract or _LINE_END.search(title):
            raise DumpError(
                f"record {place} cannot be written: expected a title on one line and an abstract, found {title!r}"
            )
    for gap in ("\n", "\n\n"):
        page = BUTTON + gap.join(f"{title}\n{abstract}" for title, abstract in pairs) if pairs else ""
        text = "\n".join([*BANNER, page] if page else BANNER) + "\n"
        if [(title, abstract) for title, abstract, _ in parse_dump(text)[0]] == pairs:
            return text
    raise DumpError(
        f"these {len(pairs)} records cannot be written so that they are read back as they are; look for a "
        "title of several sentences, an empty line inside an abstract, or page furniture in a text"
    )


_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}"
_DATE = (
    rf"(?:{_MONTH} \d{{1,2}}(?:, \d{{4}})?|\d{{1,2}} {_MONTH}(?: \d{{4}})?|\d{{4}}-\d\d-\d\d"
    r"|(?:\d{1,3}|an?) (?:minute|hour|day|week|month|year)s? ago)"
)
_DOT = "·"
_AUTHORS = re.compile(r"(?:[-*·]\s*)?(?:\d{1,4} authors?|.{2,80}\bet al\.)", re.IGNORECASE)
_LONGEST_FURNITURE = 100
_SENTENCES = re.compile(r".{100,}[.!?)]", re.DOTALL)
_VOTES = re.compile(r"[-–—]|\+?[\d.,]{1,9}k?")
_FURNITURE = re.compile(
    rf"{_VOTES.pattern}|{_DATE}|hugging ?face(?:'s logo)?|models|datasets|spaces|buckets|posts|docs|solutions"
    r"|enterprise|pricing|log ?in|sign ?up|new|subscribe|daily papers|papers|by|ak|and the research community"
    r"|by ?ak and the research community|daily|weekly|monthly|trending(?: papers)?|community|search(?: papers)?|upvoted?"
    r"|previous|next|load more|company|tos|privacy|about|careers|website|inference providers|© hugging face|system theme"
    r"|sort(?: by|:).{0,20}|github(?: [\d.,]+k?)?|arxiv page|\W*",
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
_LINK_END = re.compile(r"\]\([ ]*<?(?P<url>[^\s)>]{0,500})>?(?:\s+\"[^\"\n]{0,500}\")?[ ]*\)")
_LINE_BEGIN = re.compile(r"[ ]{0,3}(?P<heading>#{1,6})?[\s*-]{0,5}")
# Addresses may stand in a list at the end, under a number or a name, or after each text.
_REFERENCE = re.compile(rf"(?m)^\s*\[?(\w{{1,20}})[\].:]{{0,2}}\s+<?({_PAPER})>?(?:\s+\"[^\"\n]*\")?\s*$")
_NUMBERED = re.compile(r"\]\[(\w{1,20})\]")
_ADDRESS_AFTER = re.compile(rf"(?m)^(#*[^\S\n]*)([^\s\[#][^\n]*?)\s{{1,3}}[<(]({_PAPER})[>)]$")
# Browsers for terminals put the number before the text of a link, others after it.
_NUMBER_BEFORE = re.compile(
    r"(?ms)^([^\S\n]*#*[^\S\n]*)\[(\d{1,5})\](?=\S)(.{1,20000}?)(?=\n\s*\n|\n\s*\[\d{1,5}\]|\Z)"
)
_NUMBER_AFTER = re.compile(r"(?m)^(#*[^\S\n]*)([^\s\[#][^\n]*?)\[(\d{1,5})\]$")
_HYPHENATED = re.compile(r"(?<=\w)-\n(?=\w)")
_ESCAPED = re.compile(r"\\([_*\[\]#`~])")
_BOLD = re.compile(r"(\*\*|__)(.+)\1")


def page_entries(content: Content, problems: Problems) -> Iterator[Entry]:
    """Papers of a search page, in whatever form; their text is verbatim but for white space."""
    text = decode(_page_in(content.whole(limit=MAX_BYTES)), file=content.name)
    is_html = text.lstrip()[:1] == "<"
    cards = _linked(_markdown_of(text)) if is_html else _cards(text, problems)
    if is_html and not cards:
        raise DumpError(
            f"{content.name}: expected a saved search page with papers, found HTML without any; save that page, or "
            "the papers as CSV, BibTeX or RIS"
        )
    yield from cards
    if not cards:
        entries, found = parse_dump(text, file=problems.source)
        problems.extend(found)
        if not entries and not found:
            raise DumpError(f"{content.name} has no text; save the search page again, or leave the file out")
        if not entries:
            raise DumpError(
                f"{content.name}: expected a title line and an abstract line in turn, found {len(found)} lines that "
                f"are neither (the first: {found[0]}); is it a saved search page?"
            )
        for title, abstract, line in entries:
            yield Entry({"title": title, "abstract": abstract}, line, f"line {line}", verbatim=True)


def looks_like_page(text: str) -> bool:
    """Whether a text is a search page: by its furniture, or by long abstracts under short titles."""
    if any(banner in text for banner in BANNER) or _cards(text, Problems("")):
        return True
    entries, problems = parse_dump(text)
    long = [abstract for title, abstract, _ in entries if len(abstract) > max(150, 2 * len(title))]
    return bool(entries) and 2 * len(long) > len(entries) + len(problems)


def _cards(text: str, problems: Problems) -> list[Entry]:
    """Papers of a page that shows more than titles and abstracts; none for any other text."""
    if linked := _linked(text):
        return linked
    lines = _tokens(text)
    ends = [place for place in range(2, len(lines) - 1) if _ends_card(lines[place : place + 2])]
    begins = [0, *(end + 2 for end in ends)]
    cards = [
        _card(lines[begin:end], lines[end + 1][1], begin) for begin, end in zip(begins, ends, strict=False)
    ]
    for number, line in lines[begins[-1] :] if cards else ():
        if line not in BANNER and not _FURNITURE.fullmatch(line) and not _AUTHORS.fullmatch(line):
            problems.add(
                f"line {number}", line, "no part of a paper's card", "look at the page; the line was skipped"
            )
    return [card for card in cards if card is not None]


def _page_in(raw: bytes) -> bytes:
    """The page in a web archive of one file (RFC 2557), as browsers save it; other bytes as they are."""
    if b"multipart/related" not in raw[:2_000]:
        return raw
    parts = email.message_from_bytes(raw, policy=email.policy.compat32).walk()
    page = next((part for part in parts if part.get_content_type() == "text/html"), None)
    found = page.get_payload(decode=True) if page is not None else None
    return found if isinstance(found, bytes) else raw


def _tokens(text: str) -> list[tuple[int, str]]:
    """Lines with their numbers, the end of a card on lines of its own: authors, dot, date."""
    tokens: list[tuple[int, str]] = []
    submitted = False
    for number, raw in enumerate(text.splitlines(), start=1):
        line = _DOT if raw.strip() == "•" else raw.strip()
        found = _END.fullmatch(line) if len(line) < 200 else None
        if not line or submitted:
            submitted = submitted and not line
        elif line == "Submitted by":
            submitted = True
        elif found and (found["before"] is not None or found["on"] or _AUTHORS.fullmatch(_last(tokens))):
            dot = _last(tokens) == _DOT and not found["before"]
            parts = (found["before"], "" if dot else _DOT, found["date"])
            tokens += [(number, part) for part in parts if part]
        else:
            tokens.append((number, line))
    return tokens


def _last(tokens: list[tuple[int, str]]) -> str:
    return tokens[-1][1] if tokens else ""


def _ends_card(lines: list[tuple[int, str]]) -> bool:
    """Whether two lines end a card: a dot alone, and a date after it."""
    return lines[0][1] == _DOT and re.match(_DATE, lines[1][1]) is not None


def _card(lines: list[tuple[int, str]], date: str, begin: int) -> Entry | None:
    """Paper of a copied card: title and abstract are what stands between the votes above and the authors below."""
    if begin == 0:
        # Above the first card stands the head of the page; the votes, if there are any, are what the card begins with.
        head = [place for place, (_, line) in enumerate(lines) if _VOTES.fullmatch(line) or line in BANNER]
        lines = lines[head[-1] + 1 :] if head else lines
    lines = _above_authors([*lines, (0, _DOT)])
    if not lines:
        return None
    number, title = lines[0]
    return _entry(title, "\n".join(line for _, line in lines[1:]), "", date, number)


def _above_authors(lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Title and abstract of a card: what stands above the authors or the organisation, without furniture around it."""
    end = next(
        (at for at, (_, line) in enumerate(lines) if line == _DOT or _AUTHORS.fullmatch(line)), len(lines)
    )
    kept = lines[:end]
    by_organisation = end < len(lines) and lines[end][1] == _DOT
    if len(kept) > 1 and by_organisation and len(kept[-1][1]) < _LONGEST_FURNITURE:
        kept = kept[:-1]
    # A word such as "Docs" right above an abstract is its title.
    while (
        kept
        and _FURNITURE.fullmatch(kept[0][1])
        and not (len(kept) == 2 and _SENTENCES.fullmatch(kept[1][1]))
    ):
        kept = kept[1:]
    while len(kept) > 1 and _FURNITURE.fullmatch(kept[-1][1]):
        kept = kept[:-1]
    return kept


def _entry(title: str, abstract: str, arxiv_id: str, date: str, line: int) -> Entry:
    """A paper of a page; the date of a card is that of its listing, so that an id knows better."""
    stated = date if re.search(r"\d{4}", date) and not arxiv_id else ""
    fields = {"title": title, "abstract": abstract, "arxiv_id": arxiv_id, "date": stated}
    return Entry(fields, line, f"line {line}", verbatim=True)


def _linked(text: str) -> list[Entry]:
    """Papers of a page whose links are kept; the address of a paper holds its arXiv id, and that its date."""
    if not re.search(_PAPER, text) and not _NUMBERED.search(text):
        return []
    text = _IMAGE.sub("", _with_addresses(text))
    links = list(_links(text))
    cards = _titles_among(links)
    entries = []
    for place, card in enumerate(cards):
        end = cards[place + 1].start if place + 1 < len(cards) else len(text)
        body = _without_addresses(
            text, [link for link in links if card.end <= link.start < end], card.end, end
        )
        paragraphs = (" ".join(_HYPHENATED.sub("-", part).split()) for part in re.split(r"\n\s*\n", body))
        tokens = _tokens("\n".join(_ESCAPED.sub(r"\1", part) for part in paragraphs))
        date = next((line for (_, dot), (_, line) in pairwise(tokens) if dot == _DOT), "")
        title = _BOLD.sub(r"\2", " ".join(_ESCAPED.sub(r"\1", card.text).split()))
        number = text.count("\n", 0, card.start) + 1
        said = dropwhile(lambda token: _FURNITURE.fullmatch(token[1]) and token[1] != _DOT, tokens)
        abstract = "\n".join(line for _, line in _above_authors([(number, title), *said])[1:])
        entries.append(_entry(title, abstract, card.arxiv_id, date, number))
    # A note may link to papers; a page says what is in them.
    return entries if any(entry.fields["abstract"] for entry in entries) else []


def _with_addresses(text: str) -> str:
    """Text with the addresses of papers in the links, where it keeps them in a list at its end."""
    known = {found[1]: found[2] for found in _REFERENCE.finditer(text)}

    def referred(found: re.Match[str]) -> str:
        address = known.get(found[1]) or (f"#{found[1]}" if found[1].isdecimal() else "")
        return f"]({address})" if address else found[0]

    text = _ADDRESS_AFTER.sub(r"\1[\2](\3)", _NUMBERED.sub(referred, text))

    def linked(before: str, said: str, number: str) -> str:
        return before + (f"[{said.strip()}]({known[number]})" if number in known else said)

    if known:
        text = _NUMBER_BEFORE.sub(lambda found: linked(found[1], found[3], found[2]), text)
        text = _NUMBER_AFTER.sub(lambda found: linked(found[1], found[2], found[3]), text)
    return text


class _Link(NamedTuple):
    """A link with its text, from its bracket to the end of its address."""

    start: int
    end: int
    text: str
    url: str
    is_heading: bool

    @property
    def arxiv_id(self) -> str:
        """The id in the address of a paper; "" for other addresses."""
        found = _PAPER_URL.fullmatch(self.url)
        return found[1] if found else ""


def _links(text: str) -> Iterator[_Link]:
    """Links of a Markdown text; their texts may hold brackets, but no other link."""
    begin = 0
    for found in _LINK_END.finditer(text):
        start = _opening(text, begin, found.start())
        begin = found.end()
        if start >= 0:
            line = _LINE_BEGIN.fullmatch(text, text.rfind("\n", 0, start) + 1, start)
            heading = line is not None and line["heading"] is not None
            yield _Link(start, found.end(), text[start + 1 : found.start()], found["url"], heading)


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


def _titles_among(links: list[_Link]) -> list[_Link]:
    """Links that are titles of papers: the headings, or else the first link to each paper."""
    headings = [
        link for link in links if link.is_heading and (link.arxiv_id or re.fullmatch(r"#\d+", link.url))
    ]
    if headings:
        return headings
    first: dict[str, _Link] = {}
    for link in links:
        said = link.text.strip()
        if link.arxiv_id and not _FURNITURE.fullmatch(said) and not _AUTHORS.fullmatch(said):
            first.setdefault(link.arxiv_id, link)
    return list(first.values())


def _without_addresses(text: str, links: list[_Link], begin: int, end: int) -> str:
    """Text from `begin` to `end`, each link a paragraph of its own."""
    parts = []
    for link in links:
        parts += [text[begin : link.start], link.text.strip()]
        begin = link.end
    return "\n\n".join([*parts, text[begin:end]])


class _Markdown(HTMLParser):
    """Headings and links of a page, as Markdown writes them."""

    _SILENT = frozenset({"script", "style", "svg", "noscript", "template"})
    _HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
    _BLOCKS = _HEADINGS | {"p", "div", "li", "ul", "section", "article", "time", "br", "button"}

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
            self.parts.append("[" if "".join(self.parts[-2:]).endswith("### ") else "\n[")
        elif tag in self._BLOCKS:
            mark = "\n\n### " if tag in self._HEADINGS else "\n\n"
            self.parts.append(" " if self._hrefs else mark)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag == "a" and self._hrefs:
            self.parts.append(f"]({self._hrefs.pop()})")
        elif tag in self._BLOCKS:
            self.parts.append(" " if self._hrefs else "\n\n")

    def handle_data(self, data: str) -> None:
        if not self._silent and data:
            said = re.sub(r"\s+", " ", data)
            self.parts.append(said if said != " " or self._hrefs else "")


def _markdown_of(page: str) -> str:
    parser = _Markdown()
    try:
        parser.feed(page)
        parser.close()
    except (ValueError, AssertionError):  # a declaration that no browser would read either
        pass
    return "".join(parser.parts)
