"""What the brief says, part by part: each function makes one section of a study, or says why it cannot."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pandas as pd

from paperatlas import findings
from paperatlas.atlasmap import MISPLACED
from paperatlas.display import Findings, escape
from paperatlas.prose import (
    MARK_EXPLAINED,
    count,
    is_marked,
    listing,
    marked_names,
    no_census,
    percent,
    quoted,
    sentence,
)
from paperatlas.report.pictures import bar, interval, share_curve
from paperatlas.report.section import LeftOut, Section, paper_link

if TYPE_CHECKING:
    from paperatlas.study import Study

Part = Section | LeftOut
RATIOS = (0.5, 2.0)  # ends of the axis of yearly odds ratios
_CLAIMS = 8


def topics(study: Study) -> Part:
    """Themes and topics, each with how far it can be trusted."""
    result = study.topics
    rows = []
    for theme in result.at("theme").to_dict("records"):
        inside = result.at("topic")[result.at("topic")["theme"] == theme["theme"]]
        if len(result.at("theme")) > 1 and len(inside) > 1:  # a theme of one topic has its name
            rows.append(
                f'<tr class="pb-group"><th colspan="5" scope="rowgroup"><span style="color:var(--h{theme["theme"]})">'
                f"{escape(theme['name'])}</span> <small>{count(theme['size'], 'paper')}</small></th></tr>"
            )
        rows += [_topic_row(study, row) for row in inside.to_dict("records")]
    table = _table(
        [
            ("Topic", ""),
            ("Papers", "pb-n"),
            ("Stability, 0 to 1", ""),
            ("Verdict", ""),
            ("Typical paper", "pb-wide"),
        ],
        rows,
        "Themes and topics",
    )
    note = (
        "Stability is the mean overlap (Jaccard) of a topic with the topic found again when four in five of the papers "
        "are drawn anew; the line spans the middle 95 % of the draws."
    )
    said = Findings(findings.topics(study)[1:])._repr_html_()
    return Section("topics", "What it is about", f'{said}{table}<p class="pb-note">{escape(note)}</p>')


def _topic_row(study: Study, topic: dict[Any, Any]) -> str:
    low, middle, high = (float(topic[c]) for c in ("stability_low", "stability", "stability_high"))
    alt = f"stability {middle:.2f}, {low:.2f} to {high:.2f}"
    titles = study.corpus.set_index("paper_id")["title"]
    paper = next((paper_link(str(i), str(titles[i])) for i in topic["typical"]), "–")
    verdict = ("holds", "pb-good") if topic["stable"] else ("fragile", "pb-weak")
    return (
        f'<tr><th scope="row">{_swatch(topic["topic"])}{escape(topic["name"])}</th><td class="pb-n">{topic["size"]:,}</td>'
        f"<td>{interval(middle, low, high, ends=(0, 1), mark=None, alt=alt)}</td><td>{_chip(*verdict)}</td>"
        f'<td class="pb-wide">{paper}</td></tr>'
    )


def trends(study: Study) -> Part:
    """Each topic's share over time, with its test and the verdict."""
    shares, tests = study.trends, study.trend_tests
    title = "How it moves"
    if shares.empty or not (shares["total"] > 0).any():
        return LeftOut(title, "no paper has a date")
    sure = shares[~(shares["few"] | shares["unfinished"])]
    if sure["period"].nunique() < 2:
        return LeftOut(title, "fewer than two periods hold enough dated papers")
    highest = max(float(sure["share"].max()) * 1.15, 0.05)
    names = marked_names(study.topics.at("topic"))
    order = {"rising": 0, "fading": 1, "steady": 2}
    rows = []
    for test in sorted(tests.to_dict("records"), key=lambda t: (order.get(t["verdict"], 3), t["topic"])):
        own = shares[shares["topic"] == test["topic"]]
        rows.append(_trend_row(test, own, names[test["topic"]], highest))
    periods = f"{shares['period'].min()} to {shares['period'].max()}"
    table = _table(
        [
            ("Topic", ""),
            (
                f"Share of the papers, {periods}; up to {percent(highest)}",
                "",
            ),
            (
                f"Odds per year, × {RATIOS[0]:g} to × {RATIOS[1]:g}",
                "pb-wide",
            ),
            ("Verdict", ""),
        ],
        rows,
        "Topics over time",
    )
    note = (
        "The band is the 95 % interval of the share; pale dots are periods with few papers or not yet over, which no test "
        "uses. The vertical line means no change. Verdicts allow for the number of topics tested (false-discovery rate)."
        + (f" {MARK_EXPLAINED}." if any(map(is_marked, names)) else "")
    )
    said = Findings(findings.trends(study))._repr_html_()
    return Section("trends", title, f'{said}{table}<p class="pb-note">{escape(note)}</p>')


def _trend_row(test: dict[Any, Any], shares: pd.DataFrame, name: str, highest: float) -> str:
    values = zip(shares["period"], shares["share"].fillna(0.0), strict=True)
    words = ", ".join(f"{period} {percent(share)}" for period, share in values)
    curve = share_curve(shares, f"var(--t{test['topic']})", highest, f"{name}: {words}")
    ratio, low, high = (float(test[c]) for c in ("odds_ratio", "odds_low", "odds_high"))
    if all(math.isfinite(v) and v > 0 for v in (ratio, low, high)):
        ends = (math.log(RATIOS[0]), math.log(RATIOS[1]))
        alt = f"odds per year × {ratio:.2f}, {low:.2f} to {high:.2f}"
        odds = interval(math.log(ratio), math.log(low), math.log(high), ends=ends, mark=0.0, alt=alt)
    else:
        odds = "–"
    style = {"rising": "pb-up", "fading": "pb-down", "steady": "pb-good"}.get(test["verdict"], "pb-weak")
    return (
        f'<tr><th scope="row">{_swatch(test["topic"])}{escape(name)}</th><td>{curve}</td>'
        f'<td class="pb-wide">{odds}</td><td>{_chip(test["verdict"], style)}</td></tr>'
    )


def ledger(study: Study) -> Part:
    """What the papers introduce, name and claim."""
    book = study.ledger
    title = "What the papers introduce and claim"
    if book.systems.empty and book.claims.empty:
        return LeftOut(title, "no abstract names a system or claims a result in a form that the rules read")
    blocks = [Findings(findings.ledger(study))._repr_html_()]
    titles = study.corpus.set_index("paper_id")["title"]
    used = _papers_by_name(book.mentions)
    columns = []
    if len(used):
        by = book.mentions.drop_duplicates("name").set_index("name")["introduced_by"]
        items = [
            f"<li><b>{paper_link(by[name], name)}</b> <small>in {count(n, 'other paper')}</small></li>"
            for name, n in used[:6]
        ]
        columns.append(f"<div><h3>Introduced here and taken up here</h3><ul>{''.join(items)}</ul></div>")
    for kind, heading in (("dataset", "Data sets named most"), ("metric", "Measures named most")):
        named = _papers_by_name(book.resources[book.resources["kind"] == kind])[:6]
        if named:
            items = [
                f"<li><b>{escape(name)}</b> <small>{count(n, 'paper')}</small></li>" for name, n in named
            ]
            columns.append(f"<div><h3>{heading}</h3><ul>{''.join(items)}</ul></div>")
    if columns:
        blocks.append(f'<div class="pb-columns">{"".join(columns)}</div>')
    full = _fullest(study)
    if len(full):
        texts = study.corpus.set_index("paper_id")[["title", "abstract"]]
        quotes = "".join(
            f"<li>{_in_its_sentence(texts.loc[claim['paper_id'], claim['field']], claim['start'], claim['end'])}"
            f"<p>{paper_link(claim['paper_id'], titles[claim['paper_id']])} <small>{escape(claim['when'])}</small></p></li>"
            for claim in full.to_dict("records")
        )
        blocks.append(f'<h3>Claims with a number, the latest first</h3><ul class="pb-quotes">{quotes}</ul>')
    note = (
        "Read from titles and abstracts by rules. What a paper claims is quoted, not checked, and rarely comparable "
        "with what the next one claims."
    )
    return Section("ledger", title, "".join(blocks) + f'<p class="pb-note">{escape(note)}</p>')


def _papers_by_name(table: pd.DataFrame) -> list[tuple[str, int]]:
    """Names with the number of papers that hold them, most first."""
    counts = table.groupby("name")["paper_id"].nunique()
    return sorted(((str(name), int(n)) for name, n in counts.items()), key=lambda pair: (-pair[1], pair[0]))


def _in_its_sentence(text: str, start: int, end: int) -> str:
    """Quote marked within the sentence around it."""
    begin = max(text.rfind(". ", 0, start), text.rfind("\n", 0, start))
    begin = begin + 2 if begin >= 0 and text[begin] == "." else begin + 1
    stop = text.find(". ", end)
    stop = len(text) if stop < 0 else stop + 1
    return f"{escape(text[begin:start])}<mark>{escape(text[start:end])}</mark>{escape(text[end:stop])}"


def _fullest(study: Study) -> pd.DataFrame:
    claims = study.ledger.claims
    full = claims[claims["value"].notna()].copy()
    full["when"] = full["paper_id"].map(study.corpus.set_index("paper_id")["published"]).fillna("")
    full = full.sort_values(["when", "paper_id", "start"], ascending=[False, True, True])
    return full.drop_duplicates("paper_id").head(_CLAIMS)


def dumps(study: Study) -> Part:
    """What each dump is about, and what it adds."""
    table, names = study.dump_table, study.topics.at("topic").set_index("topic")["name"]
    cards = []
    for dump in table.to_dict("records"):
        cells = study.topics_by_dump
        own = cells[(cells["dump"] == dump["dump"]) & (cells["p_adjusted"] < 0.05)].sort_values(
            "p", kind="stable"
        )
        lines = []
        for word, which in (("More", own[own["odds_ratio"] > 1]), ("Less", own[own["odds_ratio"] < 1])):
            if len(table) > 1 and len(which):
                found = listing([quoted(str(names[t])) for t in which["topic"].head(3)])
                lines.append(f"<p><b>{word}</b> than its size explains: {escape(found)}</p>")
        alone = dump["only_here"] / dump["papers"]
        alt = f"{percent(alone)} of its papers are in no other dump"
        # A dump on its own has no terms that set it apart: its topics say what it is about.
        words = list(dump["terms"]) or study.topics.at("topic")["name"].head(8).tolist()
        terms = "".join(f"<li>{escape(term)}</li>" for term in words)
        share = (
            f"{bar([(alone, 'pb-own'), (1 - alone, 'pb-shared')], alt)}<p><small>{escape(alt)}</small></p>"
            if len(table) > 1
            else ""
        )
        cards.append(
            f"<li><h3>{escape(dump['label'])}</h3><p><small>{escape(dump['dump'])} · {count(dump['records'], 'record')} · "
            f'{count(dump["papers"], "paper")}</small></p>{share}<ul class="pb-terms">{terms}</ul>{"".join(lines)}</li>'
        )
    said = Findings(findings.dumps(study))._repr_html_()
    title = "What each dump is about" if len(table) > 1 else "What the dump is about"
    return Section("dumps", title, f'{said}<ul class="pb-dumps">{"".join(cards)}</ul>')


def reading(study: Study) -> Part:
    """What to read first: the papers that together cover most of what the pile is about."""
    title = "What to read first"
    lists = study.reading_lists
    if lists.empty:
        return LeftOut(title, "too few terms stand in several papers for a list that covers them")
    found = lists[lists["variant"] == lists["variant"].iloc[0]].head(12)
    items = [
        f"<li>{paper_link(row['paper_id'], row['title'])} <small>adds "
        f"{escape(listing([str(term) for term in row['why']], most=4))}: {percent(row['covered'])} covered</small></li>"
        for row in found.to_dict("records")
    ]
    said = Findings(findings.reading(study))._repr_html_()
    return Section("reading", title, f'{said}<ol class="pb-reading">{"".join(items)}</ol>')


def limits(study: Study) -> Part:
    """What the brief cannot say, and how doubtful the rest is."""
    corpus, result = study.corpus, study.topics
    problems, near = study.records.attrs["problems"], study.near_duplicates
    fragile = result.at("topic").loc[~result.at("topic")["stable"], "name"].tolist()
    undated, bare = int(corpus["published"].isna().sum()), int((corpus["abstract"] == "").sum())
    weak = int((result.papers["confidence"] < 0.5).sum())
    unsure = int((study.trend_tests["verdict"] == "cannot tell").sum())
    said = [
        no_census(study.records.attrs["kinds"]),
        f"{count(undated, 'paper')} of {len(corpus):,} {'has' if undated == 1 else 'have'} no date and "
        f"{'is' if undated == 1 else 'are'} missing from everything over time" if undated else "",
        f"{count(weak, 'paper')} of {len(corpus):,} {'sits' if weak == 1 else 'sit'} between topics, with a confidence "
        "below one half" if weak else "",
        f"read with care: {listing([quoted(n) for n in fragile])}, not found again when the papers are resampled"
        if fragile else "",
        f"for {count(unsure, 'topic')} the papers cannot tell a trend from chance" if unsure else "",
        *findings.mapping(study)[: 2 if (study.map.kept < MISPLACED).any() else 1],
        f"another method of drawing keeps {percent(float(study.second_map.kept.mean()))} of the neighbours: where the two "
        "pictures differ, trust neither",
        f"{count(len(problems), 'entry', 'entries')} of the sources could not be read, or only in part" if problems else "",
        f"{count(len(near), 'pair')} of papers {'is' if len(near) == 1 else 'are'} much alike and counted as two each"
        if near else "",
        f"{count(bare, 'paper')} {'has' if bare == 1 else 'have'} no abstract and {'is' if bare == 1 else 'are'} placed by "
        f"{'its title' if bare == 1 else 'their titles'} alone" if bare else "",
        *corpus.attrs["language_doubts"],
        "systems, claims and links come from titles and abstracts alone; what a paper says elsewhere is not seen",
    ]  # fmt: skip
    items = "".join(f"<li>{escape(sentence(text))}</li>" for text in said if text)
    return Section("limits", "What this cannot tell", f'<ul class="pb-limits">{items}</ul>')


SECTIONS: tuple[Callable[[Study], Part], ...] = (topics, trends, ledger, dumps, reading, limits)
"""The parts of the brief after its opening, in order. To add one, write a function and name it here."""


def _swatch(topic: int) -> str:
    return f'<i class="pb-swatch" style="background:var(--t{int(topic)})"></i>'


def _chip(text: str, style: str) -> str:
    return f'<span class="pb-chip {style}">{escape(text)}</span>'


def _table(heads: list[tuple[str, str]], rows: list[str], label: str) -> str:
    head = "".join(f'<th scope="col" class="{style}">{escape(text)}</th>' for text, style in heads)
    return (
        f'<div class="pb-table" role="region" tabindex="0" aria-label="{escape(label)}"><table>'
        f"<thead><tr>{head}</tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )
