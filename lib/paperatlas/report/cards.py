"""One place per paper: a card on the page of its topic, and the addresses that lead there."""

from __future__ import annotations

import html
import re
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from paperatlas.display import escape, visible
from paperatlas.links import paper_url
from paperatlas.prose import count, quoted
from paperatlas.text.layout import NEIGHBOURS, nearest

if TYPE_CHECKING:
    import pandas as pd

    from paperatlas.study import Study

FOLDER = "topics"
_NEAREST = 5
_LINK = re.compile(r'<a href="([^"]+)"[^>]*>([^<]*)</a>')
_CELL = re.compile(r"(<t[dh][^>]*>)([^<]{8,})(</t[dh]>)")
_QUOTED = re.compile(r"“([^“”<]{8,})”")


class Cards:
    """The cards of a study's papers.

    Parameters
    ----------
    study : Study
    """

    def __init__(self, study: Study) -> None:
        self.study = study
        self.papers: dict[str, dict[str, Any]] = {
            row["paper_id"]: {str(k): v for k, v in row.items()} for row in study.papers.to_dict("records")
        }

    def address(self, paper_id: str) -> str:
        """Where a paper's card is, from the folder of the site."""
        return f"{page(self.papers[paper_id]['topic'])}#p-{paper_id}"

    @cached_property
    def _by_title(self) -> dict[str, str]:
        return {visible(row["title"]): paper for paper, row in self.papers.items()}

    @cached_property
    def _by_url(self) -> dict[str, str]:
        return {paper_url(row["arxiv_id"], row["title"]): paper for paper, row in self.papers.items()}

    def link_names(self, text: str, *, base: str = "") -> str:
        """HTML in which the names of papers lead to their cards: links, table cells, and titles in quotes.

        Parameters
        ----------
        text : str
            Escaped HTML.
        base : str
            Way from the page to the folder of the site, such as ``"../"``.
        """

        def link(paper: str, words: str) -> str:
            return f'<a href="{escape(base + self.address(paper))}">{words}</a>'

        def of_link(found: re.Match[str]) -> str:
            paper = self._by_url.get(html.unescape(found[1]))
            return link(paper, found[2]) if paper else found[0]

        def of_cell(found: re.Match[str]) -> str:
            paper = self._by_title.get(html.unescape(found[2]).strip())
            return f"{found[1]}{link(paper, found[2])}{found[3]}" if paper else found[0]

        def of_quote(found: re.Match[str]) -> str:
            paper = self._by_title.get(html.unescape(found[1]))
            return f"“{link(paper, found[1])}”" if paper else found[0]

        return _QUOTED.sub(of_quote, _CELL.sub(of_cell, _LINK.sub(of_link, text)))

    @cached_property
    def _neighbours(self) -> dict[str, list[tuple[str, float]]]:
        """The papers nearest to each by cosine, with their similarity."""
        vectors, ids = self.study.vectors, self.study.corpus["paper_id"].tolist()
        found = nearest(vectors, k=min(_NEAREST, len(ids) - 1))
        return {
            paper: [(ids[j], float(np.dot(vectors[i], vectors[j]))) for j in found[i]]
            for i, paper in enumerate(ids)
        }

    @cached_property
    def _ranks(self) -> dict[str, dict[str, int]]:
        """Rank of each paper in each dump that holds it."""
        ranks: dict[str, dict[str, int]] = defaultdict(dict)
        for merge in self.study.corpus.attrs["merges"]:
            ranks[merge.paper_id][merge.dump] = merge.rank
        titles = self._by_title
        for dump, rank, title in self.study.records[["dump", "rank", "title"]].itertuples(index=False):
            if (paper := titles.get(visible(title))) is not None:
                ranks[paper].setdefault(dump, rank)
        return ranks

    @cached_property
    def _entries(self) -> dict[str, dict[str, list[dict[str, Any]]]]:
        """Entries of the ledger by paper and kind of entry."""
        entries: dict[str, dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
        for kind in ("systems", "claims", "links"):
            for row in getattr(self.study.ledger, kind).to_dict("records"):
                entries[row["paper_id"]][kind].append({str(k): v for k, v in row.items()})
        return entries

    def card(self, paper_id: str) -> str:
        """One card, as HTML with addresses as ``paper:<id>``."""
        paper = self.papers[paper_id]
        names = self.study.topics.at("topic").set_index("topic")["name"]
        entries = self._entries[paper_id]
        facts = [
            ("Confidence", f"{paper['confidence']:.2f}"),
            ("Runner-up", _topic_link(paper["runner_up"], names)),
            ("On the map", _kept(paper["kept_neighbours"], min(NEIGHBOURS, len(self.papers) - 2))),
            ("Dumps" if len(paper["dumps"]) > 1 else "Dump", self._dumps(paper_id, paper["dumps"])),
            ("Introduces", "; ".join(_system(row) for row in entries["systems"])),
            ("Claims", "; ".join(_claim(row) for row in entries["claims"])),
            ("Links", "; ".join(_address(row) for row in entries["links"])),
            ("Nearest", "<br>".join(self._near(*pair) for pair in self._neighbours[paper_id])),
        ]
        rows = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in facts if value)
        when = [escape(paper[c]) for c in ("published", "venue") if isinstance(paper[c], str) and paper[c]]
        found = isinstance(paper["arxiv_id"], str) and paper["arxiv_id"] != ""
        away = f"arXiv {escape(paper['arxiv_id'])}" if found else "search for the title"
        url = escape(paper_url(paper["arxiv_id"], paper["title"]))
        marks = [row for kind in entries.values() for row in kind]
        told = f"Abstract, {count(len(marks), 'passage')} marked" if marks else "Abstract"
        return (
            f'<article class="pb-paper" id="p-{escape(paper_id)}"><h3>{escape(paper["title"])}</h3>'
            f"<p>{' · '.join(when or ['no date'])} · "
            f'<a href="{url}" target="_blank" rel="noopener">{away}</a></p><dl>{rows}</dl>'
            f"<details><summary>{told}</summary><p>{_marked(paper['abstract'], marks)}</p></details></article>"
        )

    def _dumps(self, paper_id: str, dumps: tuple[str, ...]) -> str:
        labels = self.study.dump_table.set_index("dump")["label"]
        ranks = self._ranks.get(paper_id, {})
        return "; ".join(
            escape(labels.get(dump, dump)) + (f" (rank {ranks[dump]})" if dump in ranks else "")
            for dump in dumps
        )

    def _near(self, paper_id: str, similarity: float) -> str:
        title = escape(self.papers[paper_id]["title"])
        return f'<a href="paper:{escape(paper_id)}">{title}</a> <small>{similarity:.2f}</small>'


def page(topic: int) -> str:
    """Page that holds the cards of a topic, from the folder of the site."""
    return f"{FOLDER}/{int(topic):02d}.html"


def _topic_link(topic: Any, names: pd.Series) -> str:
    if topic not in names.index:
        return ""
    return f'<a href="{int(topic):02d}.html">{escape(names[topic])}</a>'


def _kept(share: float, k: int) -> str:
    kept = round(share * k)
    doubt = ": read its place with care" if share < 0.2 else ""
    return f"{kept} of its {count(k, 'nearest neighbour')} {'is' if kept == 1 else 'are'} near{doubt}"


def _system(row: dict[str, Any]) -> str:
    long = f" ({escape(row['long_form'])})" if row.get("long_form") else ""
    return f"<b>{escape(row['name'])}</b>{long} <small>{escape(row['kind'])}</small>"


def _claim(row: dict[str, Any]) -> str:
    return escape(quoted(row["quote"]))


def _address(row: dict[str, Any]) -> str:
    url, kind = str(row["url"]), escape(row["kind"])
    if not url.startswith("https://"):
        return f"{escape(url)} <small>{kind}</small>"
    return f'<a href="{escape(url)}" target="_blank" rel="noopener">{escape(url)}</a> <small>{kind}</small>'


def _marked(text: str, rows: list[dict[str, Any]]) -> str:
    """Abstract with the passages of these entries marked; passages that overlap are one."""
    spans = sorted(
        (int(row["start"]), int(row["end"])) for row in rows if row.get("field", "abstract") == "abstract"
    )
    pieces, at = [], 0
    for start, end in _merged(spans):
        pieces.append(f"{escape(text[at:start])}<mark>{escape(text[start:end])}</mark>")
        at = end
    return "".join(pieces) + escape(text[at:])


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
