"""The brief: the whole report on one page, in one file that can be sent by mail."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from paperatlas import findings
from paperatlas.display import Findings, escape
from paperatlas.links import paper_url
from paperatlas.prose import count, listing, quoted
from paperatlas.report.pictures import map_svg, palette_css
from paperatlas.report.section import LeftOut, Section, point
from paperatlas.report.sections import SECTIONS

if TYPE_CHECKING:
    from paperatlas.study import Study

SITE = Path(__file__).resolve().parents[1] / "site"


def parts(study: Study) -> list[Section | LeftOut]:
    """Every part of the brief after its opening."""
    return [make(study) for make in SECTIONS]


def parts_html(made: list[Section | LeftOut]) -> str:
    """Parts as HTML, and below them what is left out, with the reasons."""
    sections = [part for part in made if isinstance(part, Section)]
    missing = [part for part in made if isinstance(part, LeftOut)]
    html = "".join(
        f'<section class="pb-part" id="{part.key}"><h2>{escape(part.title)}</h2>{part.html}</section>'
        for part in sections
    )
    if missing:
        items = "".join(f"<li>“{escape(p.title)}”, because {escape(p.reason)}.</li>" for p in missing)
        html += f'<section class="pb-part" id="left-out"><h2>Left out</h2><ul class="pb-limits">{items}</ul></section>'
    return html


def brief_html(study: Study) -> str:
    """The brief as one HTML page that needs no other file.

    Parameters
    ----------
    study : Study
    """
    made = parts(study)
    style = (SITE / "brief.css").read_text(encoding="utf-8")
    script = (SITE / "brief.js").read_text(encoding="utf-8")
    title = f"{count(len(study.corpus), 'paper')}: what they are about, and how they move"
    entries = "".join(
        f'<li><a href="#{part.key}">{escape(part.title)}</a></li>'
        for part in made
        if isinstance(part, Section)
    )
    lead = Findings(findings.overview(study))._repr_html_()
    body = (
        f'<header class="pb-head"><p class="pb-kicker">Paper Atlas · {escape(_source(study))}</p>'
        f"<h1>{escape(headline(study))}</h1>"
        f"{numbers(study)}</header>"
        f'<nav class="pb-nav" aria-label="Parts"><ul>{entries}<li><a href="#papers">All papers</a></li></ul></nav>'
        f'<section class="pb-lead" aria-label="In five sentences">{lead}</section>'
        f"{_map(study)}{parts_html(made)}{_papers(study)}"
        f'<footer class="pb-foot"><p>{escape(_colophon(study))}</p></footer>'
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{palette_css(study.topics.at('topic'))}\n{style}</style></head>"
        f'<body class="pb pb-page"><main>{point(body, lambda paper: f"#p-{paper}")}</main>'
        f"<script>{script}</script></body></html>\n"
    )


def headline(study: Study) -> str:
    """The pile in a few words."""
    years = study.corpus["published"].dropna().str[:4]
    span = (
        ""
        if years.empty
        else f", {years.min()} to {years.max()}"
        if years.min() != years.max()
        else f", {years.min()}"
    )
    return f"{count(len(study.corpus), 'paper')}{span}"


def numbers(study: Study) -> str:
    """The counts that a reader looks for first, as a row of tiles."""
    n_dumps = len(study.dump_table)
    values = (
        (len(study.records), "record", "records"),
        (len(study.corpus), "paper", "papers"),
        (n_dumps, "dump", "dumps"),
        (len(study.topics.at("theme")), "theme", "themes"),
        (len(study.topics.at("topic")), "topic", "topics"),
        (study.ledger.systems["name"].nunique(), "named system", "named systems"),
    )
    tiles = "".join(f"<li><b>{n:,}</b><span>{one if n == 1 else many}</span></li>" for n, one, many in values)
    return f'<ul class="pb-numbers">{tiles}</ul>'


def _source(study: Study) -> str:
    names = study.dump_table["dump"].tolist()
    return listing(names, most=2) if len(names) <= 2 else count(len(names), "dump")


def _map(study: Study) -> str:
    trust = findings.mapping(study)[0]
    legend = "".join(
        f'<li><i class="pb-swatch" style="background:var(--h{theme["theme"]})"></i>{escape(theme["name"])}</li>'
        for theme in study.topics.at("theme").to_dict("records")
    )
    return (
        '<section class="pb-part" id="map"><h2>How it hangs together</h2>'
        '<div class="pb-tools"><label><span class="pb-unseen">Search the papers</span>'
        '<input type="search" id="pb-query" placeholder="Search titles, venues and topics" autocomplete="off"></label>'
        '<span id="pb-count" role="status"></span></div>'
        f'<figure class="pb-stage">{map_svg(study.papers, study.topics.at("theme"))}<div class="pb-card" hidden></div>'
        f'<ul class="pb-legend">{legend}</ul>'
        f"<figcaption>Each point is a paper; near ones resemble each other. Hue is the theme, shade the topic. "
        f"{escape(trust[:1].upper() + trust[1:])}.</figcaption></figure></section>"
    )


def _papers(study: Study) -> str:
    """All papers by topic, folded: where the names in the text lead to."""
    names = study.topics.at("topic").set_index("topic")["name"]
    labels = study.dump_table.set_index("dump")["label"]
    ordered = study.papers.sort_values(["confidence", "paper_id"], ascending=[False, True])
    groups = []
    for topic in study.topics.at("topic").sort_values(["theme", "topic"])["topic"]:
        items = []
        for paper in ordered[ordered["topic"] == topic].to_dict("records"):
            when = [paper[c] for c in ("published", "venue") if isinstance(paper[c], str) and paper[c]]
            facts = f"confidence {paper['confidence']:.2f}"
            if paper["runner_up"] in names.index and paper["runner_up"] != topic:
                facts += f", else {quoted(str(names[paper['runner_up']]))}"
            found = "; ".join(str(labels.get(dump, dump)) for dump in paper["dumps"])
            items.append(
                f'<li id="p-{escape(paper["paper_id"])}"><a href="{escape(paper_url(paper["arxiv_id"], paper["title"]))}" '
                f'target="_blank" rel="noopener">{escape(paper["title"])}</a> '
                f"<small>{escape(' · '.join([*(when or ['no date']), facts, found]))}</small></li>"
            )
        groups.append(
            f'<details><summary><i class="pb-swatch" style="background:var(--t{topic})"></i>{escape(names[topic])} '
            f'<small>{count(len(items), "paper")}</small></summary><ul data-topic="{escape(names[topic])}">'
            f"{''.join(items)}</ul></details>"
        )
    return f'<section class="pb-part pb-papers" id="papers"><h2>All papers</h2>{"".join(groups)}</section>'


def _colophon(study: Study) -> str:
    from paperatlas import __version__

    return (
        f"Written by Paper Atlas {__version__} from {count(len(study.records), 'record')}; corpus {study.fingerprint[:12]}, "
        f"seed {study.seed}. Every sentence with a number is generated. Titles and abstracts belong to their authors."
    )
