"""Papers to carry away: BibTeX, RIS, CSL-JSON, CSV, or their ids."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import IO, Any, Literal

import pandas as pd

from paperatlas.errors import AtlasError
from paperatlas.readers.markup import has_latex, is_known_command
from paperatlas.readers.tables import as_written

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MEETING = re.compile(
    r"\b(?:proceedings|proc|conference|conf|workshop|symposium|congress|meeting|NeurIPS|NIPS|ICML|ICLR|CVPR|ICCV"
    r"|ECCV|ACL|EMNLP|NAACL|AAAI|IJCAI)\b",
    re.IGNORECASE,
)
_DATE = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2]))?")
_NOT_IN_A_KEY = re.compile(r"[\s,{}()=\"'#%\\~]+")  # what ends a BibTeX key, or cannot be cited
_FORMULA = re.compile(r"(?<!\\)(\$[^$]+\$)")
_IN_FORMULA, _IN_LATEX = (re.compile(rf"\\([A-Za-z]+)|\\.|\\$|[{signs}]") for signs in ("&%#", "&%#_^"))
_SPECIAL = re.compile(r"[&%#_^~{}$\\]|-(?=-)|'(?=')|`(?=`)")
_ESCAPES = {
    **{sign: f"\\{sign}" for sign in "&%#_$"},
    **{sign: f"{sign}{{}}" for sign in "-'`"},
    "^": "{\\textasciicircum}",
    "~": "{\\textasciitilde}",
    "\\": "{\\textbackslash}",
    "{": "{\\textbraceleft}",
    "}": "{\\textbraceright}",
}
_SMALL_WORD = re.compile("an?|the|on|of|for|in|to|and|with|from|by|is|are|der|die|das|le|la|les|el|une?")
_STATED = ("title", "abstract", "published", "venue", "doi", "arxiv_id", "url", "citations")


def cite(papers: pd.DataFrame, form: str = "bibtex") -> str:
    r"""Papers as a text that reference managers read.

    What is not known is left out. A citation key that came in (column ``key``) goes out unchanged, except in BibTeX
    for what ends a key there, such as a comma; other papers get one of author, year and first word of the title.
    Keys are unique. The phrases of ``topic_name`` and ``subtopic_name``, where the table has them, are keywords.

    Parameters
    ----------
    papers : DataFrame of n papers
        Rows of `paperatlas.Study.papers`, of `paperatlas.Study.select` or of `paperatlas.read_papers`.
    form : {"bibtex", "ris", "csl", "csv", "ids"}
        ``"csl"`` is CSL-JSON; ``"ids"`` is one ``paper_id`` a line.

    Returns
    -------
    str
        In the order of the table.

    Raises
    ------
    AtlasError
        If there is no such form, or the table lacks a column that it needs.

    Examples
    --------
    >>> print(cite(pd.DataFrame({"title": ["Shade & coffee"], "published": ["2021-02"]})))
    @misc{shade2021,
      title = {Shade \& coffee},
      year = {2021},
      month = feb
    }
    <BLANKLINE>
    """
    if form not in _FORMS:
        raise AtlasError(f"there is no form {form!r}; use one of {', '.join(map(repr, _FORMS))}")
    needed = "paper_id" if form == "ids" else "title"
    if needed not in papers:
        raise AtlasError(
            f"the table lacks the column {needed!r}; take rows of study.papers or study.select()"
        )
    return _FORMS[form](papers)


def _bibtex(papers: pd.DataFrame) -> str:
    return "\n".join(_entry(paper) for paper in _papers(papers, bare=True))


def _entry(paper: dict[str, Any]) -> str:
    fields = [("title", _braced(paper["title"]))]
    if paper["authors"]:
        # A name that holds an "and", as those of institutes do, would be taken for two.
        names = [re.sub(r"\band\b", "{and}", _latex(name)) for name in paper["authors"]]
        fields.append(("author", f"{{{' and '.join(names)}}}"))
    year, _, month = paper.get("published", "").partition("-")
    fields += [("year", f"{{{year}}}")] if year else []
    fields += [("month", _MONTHS[int(month[:2]) - 1])] if month else []
    if "venue" in paper:
        fields.append(("booktitle" if paper["kind"] == "meeting" else "journal", _braced(paper["venue"])))
    fields += [(name, f"{{{_address(paper[name])}}}") for name in ("doi", "url") if name in paper]
    if "arxiv_id" in paper:
        fields += [("eprint", f"{{{paper['arxiv_id']}}}"), ("archiveprefix", "{arXiv}")]
    if keywords := paper["keywords"]:
        mark = "; " if any("," in word for word in keywords) else ", "
        fields.append(("keywords", _braced(mark.join(keywords))))
    fields += [("citations", f"{{{paper['citations']}}}")] if "citations" in paper else []
    fields += [("abstract", _braced(paper["abstract"]))] if "abstract" in paper else []
    kind = {"meeting": "inproceedings", "journal": "article"}.get(paper["kind"], "misc")
    said = ",\n".join(f"  {name} = {value}" for name, value in fields)
    return f"@{kind}{{{paper['key']},\n{said}\n}}\n"


def _address(text: str) -> str:
    """Address in which no brace ends the field, and no backslash begins a command."""
    return text.replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C")


def _braced(text: str) -> str:
    return f"{{{_latex(text)}}}"


def _latex(text: str) -> str:
    r"""Text as LaTeX: its own formulas and commands that only print stay; all else that LaTeX would act on is escaped.

    Examples
    --------
    >>> print(_latex(r"50% of $\alpha$, R&D"), _latex("a{b ~ $5"))
    50\% of $\alpha$, R\&D a{\textbraceleft}b {\textasciitilde} \$5
    """
    nested = _are_nested(text)
    if nested and text.count("$") % 2 == 0 and has_latex(text):
        parts = _FORMULA.split(text)
        return "".join((_IN_FORMULA if i % 2 else _IN_LATEX).sub(_kept, part) for i, part in enumerate(parts))
    # BibTeX counts escaped braces, too.
    escapes = {**_ESCAPES, "{": "\\{", "}": "\\}"} if nested else _ESCAPES
    return _SPECIAL.sub(lambda found: escapes[found.group()], text)


def _kept(found: re.Match[str]) -> str:
    sign, command = found.group(), found.group(1)
    return (
        f"{{\\textbackslash}}{command}"
        if command and not is_known_command(command)
        else _ESCAPES.get(sign, sign)
    )


def _are_nested(text: str) -> bool:
    """Whether every brace has its partner."""
    depth = 0
    for sign in re.findall(r"[{}]", text):
        depth += 1 if sign == "{" else -1
        if depth < 0:
            return False
    return depth == 0


def _ris(papers: pd.DataFrame) -> str:
    kinds = {"meeting": "CPAPER", "journal": "JOUR"}
    lines: list[str] = []
    for paper in _papers(papers):
        year, _, month = paper.get("published", "").partition("-")
        arxiv = f"arXiv:{paper['arxiv_id']}" if "arxiv_id" in paper else None
        tags = [
            ("TY", kinds.get(paper["kind"], "GEN")), ("ID", paper["key"]), ("TI", paper["title"]),
            *(("AU", name) for name in paper["authors"]),
            ("PY", year), ("DA", f"{year}/{month}//" if month else ""), ("T2", paper.get("venue")),
            ("DO", paper.get("doi")), ("AN", arxiv), ("UR", paper.get("url")),
            *(("KW", word) for word in paper["keywords"]),
            ("TC", paper.get("citations")), ("AB", paper.get("abstract")),
        ]  # fmt: skip
        lines += [f"{tag}  - {value}" for tag, value in tags if value] + ["ER  - ", ""]
    return "\n".join(lines)


def _csl(papers: pd.DataFrame) -> str:
    kinds = {"meeting": "paper-conference", "journal": "article-journal"}
    names = {"abstract": "abstract", "venue": "container-title", "doi": "DOI", "url": "URL"}
    items = []
    for paper in _papers(papers):
        item: dict[str, Any] = {"id": paper["key"], "citation-key": paper["key"]}
        item |= {"type": kinds.get(paper["kind"], "article"), "title": paper["title"]}
        if paper["authors"]:
            item["author"] = [_csl_name(name) for name in paper["authors"]]
        if "published" in paper:
            item["issued"] = {"date-parts": [[int(part) for part in paper["published"].split("-")]]}
        item |= {there: paper[here] for here, there in names.items() if here in paper}
        if "arxiv_id" in paper:
            item |= {"archive": "arXiv", "archive_location": paper["arxiv_id"]}
        if paper["keywords"]:
            item["keyword"] = "; ".join(paper["keywords"])
        if "citations" in paper:
            item["custom"] = {"citations": int(float(paper["citations"]))}
        items.append(item)
    return json.dumps(items, ensure_ascii=False, indent=1) + "\n"


def _csl_name(name: str) -> dict[str, str]:
    """A name in its parts where a comma divides them; which words of another are the family's is not known."""
    family, comma, given = name.partition(", ")
    return {"family": family, "given": given} if comma else {"literal": name}


def _csv(papers: pd.DataFrame) -> str:
    out = io.StringIO()
    write_csv(papers.assign(key=_keys(papers)), out)
    return out.getvalue()


def _ids(papers: pd.DataFrame) -> str:
    return "".join(f"{paper_id}\n" for paper_id in papers["paper_id"])


_FORMS = {"bibtex": _bibtex, "ris": _ris, "csl": _csl, "csv": _csv, "ids": _ids}


def _is_missing(value: Any) -> bool:
    return not value.strip() if isinstance(value, str) else bool(value is None or pd.isna(value))


def parts_of(text: object) -> list[str]:
    """The names or keywords in one value: divided by semicolons, or where there are none by commas.

    Examples
    --------
    >>> parts_of("Networks, Graph; Trees"), parts_of("graphs, trees"), parts_of(None)
    (['Networks, Graph', 'Trees'], ['graphs', 'trees'], [])
    """
    if _is_missing(text):
        return []
    mark = ";" if ";" in str(text) else ","
    return list(dict.fromkeys(part.strip() for part in str(text).split(mark) if part.strip()))


def _papers(papers: pd.DataFrame, *, bare: bool = False) -> Iterator[dict[str, Any]]:
    """What is known of each paper, as text on one line; `bare` keys hold nothing that BibTeX cannot."""
    rows = papers.to_dict("records")
    for row, key in zip(rows, _keys(papers, bare=bare), strict=True):
        known = {name: _line(row[name]) for name in _STATED if not _is_missing(row.get(name))}
        authors = row.get("authors")
        named = (row.get("topic_name"), row.get("subtopic_name"))
        phrases = [phrase for name in named if not _is_missing(name) for phrase in str(name).split(", ")]
        if date := _DATE.match(known.pop("published", "")):
            known["published"] = date.group()
        if not known.get("citations", "0").removesuffix(".0").isdecimal():
            del known["citations"]
        venue = known.get("venue", "")
        names = "" if _is_missing(authors) else str(authors)
        words = map(_line, [*parts_of(row.get("keywords")), *phrases])
        yield {
            **known,
            "key": key,
            "authors": [_line(name) for name in names.split(";") if name.strip()],
            "keywords": list(dict.fromkeys(words)),
            "kind": "meeting" if _MEETING.search(venue) else "journal" if venue else "",
        }


def _line(value: object) -> str:
    return " ".join(str(value).split())


def _keys(papers: pd.DataFrame, *, bare: bool = False) -> list[str]:
    """A citation key for each paper: its own, or one made of author, year and title; of equals, later ones get a letter.

    Which of two is the later one does not depend on their order in the table.
    """
    rows = papers.to_dict("records")
    own = ["" if _is_missing(row.get("key")) else _line(row["key"]) for row in rows]
    wanted = [key or _made_key(row) for key, row in zip(own, rows, strict=True)]
    wanted = [_NOT_IN_A_KEY.sub("_", key) for key in wanted] if bare else wanted
    order = sorted(
        range(len(rows)), key=lambda i: (not own[i], str(rows[i].get("paper_id", "")), str(rows[i]["title"]))
    )
    taken: set[str] = set()
    keys = [""] * len(rows)
    for i in order:
        endings = ("" if n == 0 else chr(96 + n) if n < 27 else f"-{n}" for n in count())
        keys[i] = next(key for ending in endings if (key := wanted[i] + ending).casefold() not in taken)
        taken.add(keys[i].casefold())
    return keys


def _made_key(row: dict[Any, Any]) -> str:
    authors, published = row.get("authors"), row.get("published")
    first = "" if _is_missing(authors) else str(authors).split(";")[0]
    family = first.split(",")[0] if "," in first else first.split(" ")[-1]
    words = [_plain(word) for word in str(row["title"]).split()]
    telling = [word for word in words if word and not _SMALL_WORD.fullmatch(word)] or [
        word for word in words if word
    ]
    year = "" if _is_missing(published) else str(published)[:4]
    parts = (_plain(family), year, telling[0] if telling else "") if first else ("".join(telling[:1]), year)
    return "".join(parts) or "paper"


def _plain(word: str) -> str:
    """Word in lower case ASCII letters and digits."""
    spelt = unicodedata.normalize("NFKD", word.replace("ß", "ss").replace("ø", "o").replace("ł", "l"))
    return re.sub(r"[^a-z0-9]", "", spelt.encode("ascii", "ignore").decode().lower())


_ACTS = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_TEXT_COLUMNS = (
    "paper_id", "title", "abstract", "arxiv_id", "published", "venue", "topic_name", "dumps", "precision",
    "date_source", "name", "long_form", "words", "verdict", "typical", "borderline", "period", "kind", "rule",
    "source", "place", "record", "reason", "remedy", "authors", "doi", "keywords", "language", "key", "other_id",
    "field", "quote", "unit", "direction", "url", "host", "dump", "label", "terms",
)  # fmt: skip


def write_csv(table: pd.DataFrame, path: Path | IO[str]) -> None:
    """Write a table as UTF-8 CSV; tuples become text with ``;`` between their parts.

    A text that a spreadsheet would take for a formula gets an apostrophe in front; `read_csv` takes it
    off. (OWASP, "CSV Injection".) Numbers stay as they are.
    """
    plain = table.copy()
    returns = False
    for column in plain.columns:
        if plain[column].map(lambda value: isinstance(value, tuple | list)).any():
            plain[column] = [";".join(map(str, value)) for value in plain[column]]
        if plain[column].map(lambda value: isinstance(value, str)).any():
            plain[column] = [_neutral(value) for value in plain[column]]
            returns |= any(isinstance(value, str) and "\r" in value for value in plain[column])
    # Before Python 3.13 a carriage return alone is no reason for quotes.
    quoting: Literal[0, 2] = csv.QUOTE_NONNUMERIC if returns else csv.QUOTE_MINIMAL
    form = {"lineterminator": "\n", "encoding": "utf-8", "errors": "backslashreplace"}
    plain.to_csv(path, index=False, quoting=quoting, **form)  # type: ignore[call-overload]


def read_csv(path: Path | str) -> pd.DataFrame:
    """Read an exported table with every text as it was before it was neutralised.

    Ids and dates stay text, an empty field is a missing value, and a title such as "NA" stays a title.
    """
    table = pd.read_csv(
        path, keep_default_na=False, na_values=[""], dtype=dict.fromkeys(_TEXT_COLUMNS, "object")
    )
    for column in table.select_dtypes(include=["object", "string"]):
        table[column] = [as_written(value) if isinstance(value, str) else value for value in table[column]]
    return table


def _neutral(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and _ACTS.match(value) else value
