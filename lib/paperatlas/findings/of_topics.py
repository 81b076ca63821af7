"""What the pile is about, and how the map shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paperatlas.prose import are, count, listing, percent, quoted, top

if TYPE_CHECKING:
    from paperatlas.study import Study
    from paperatlas.topics import Topics

_AGAIN = {"holds": "is found again", "shaky": "is not always found again", "fragile": "is seldom found again"}


def told_apart(topics: Topics) -> bool:
    """Whether there are topics at all, and not groups as chance makes them."""
    return not topics.verdict.startswith("There are no topics")


def topics(study: Study) -> list[str]:
    """How far the topics can be trusted."""
    result = study.topics
    table = result.at("topic")
    weak = result.papers["confidence"] < 0.5
    sentences = [levels_counted(result), stability(study)]
    if n := int(weak.sum()):
        sentences.append(
            f"{count(n, 'paper')} ({percent(weak.mean())}) {'sits' if n == 1 else 'sit'} between topics, with a "
            "confidence below one half"
        )
    if table["name_auc"].notna().sum() > 1:
        best = top(table, table["name_auc"].fillna(0.0))
        sentences.append(
            f"the name that finds its own papers best is {quoted(best['name'])} (AUC {best['name_auc']:.2f}); the mean "
            f"over all names is {table['name_auc'].mean():.2f}"
        )
    return sentences


def levels_counted(topics: Topics) -> str:
    """How many nodes each level has."""
    themes, middle, finest = (len(topics.at(level)) for level in ("theme", "topic", "subtopic"))
    finer = f" with {count(finest, 'subtopic')}" if finest else ""
    if middle == 1:
        return f"the papers are one topic{finer}"
    if themes == middle:
        return f"the papers fall into {count(middle, 'topic', words=True)}{finer or ' without subtopics'}"
    return (
        f"the papers fall into {count(themes, 'theme', words=True)} with {count(middle, 'topic')} and "
        f"{count(finest, 'subtopic') if finest else 'no subtopics'}"
    )


def topic(study: Study, number: int, level: str = "topic") -> list[str]:
    """One topic, or theme or subtopic, and how far to trust it."""
    nodes = study.topics.at(level).set_index(level)
    row: dict[Any, Any] = nodes.loc[number].to_dict()
    holds = f"{quoted(row['name'])} holds {count(int(row['size']), 'paper')}"
    if len(nodes) > 1:
        holds += (
            f" and {_AGAIN[row['grade']]} when the papers are drawn anew (Jaccard {row['stability']:.2f}, "
            f"95 % interval {row['stability_low']:.2f} to {row['stability_high']:.2f})"
        )
    sentences = [holds, f"its words: {listing(str(row['words']).split(';'), most=10)}"]
    if level != "topic":
        return sentences
    papers = study.topics.papers
    second = papers.loc[papers["topic"] == number, "runner_up"].value_counts()
    if len(nodes) > 1 and len(second) and second.index[0] in nodes.index:
        sentences.append(f"where its papers do not stay, most join {quoted(nodes['name'][second.index[0]])}")
    verdict = study.trend_tests.set_index("topic")["verdict"].get(number)
    if isinstance(verdict, str):
        sentences.append(f"its share over time: {verdict}")
    return sentences


def stability(study: Study) -> str:
    """How many topics are found again, and which best."""
    table = study.topics.at("topic")
    if len(table) == 1:
        return "no part of the papers is found again as a topic of its own when they are drawn anew"
    if not told_apart(study.topics):
        return (
            "as groups come back as well in papers where there is nothing to find, these topics are a sketch"
        )
    held = int((table["grade"] == "holds").sum())
    steadiest = top(table, table["stability"])
    return (
        f"{held or 'none'} of {count(len(table), 'topic')} {are(held)} found again when the papers are drawn anew; the "
        f"most stable is {quoted(steadiest['name'])} (Jaccard {steadiest['stability']:.2f})"
    )


def mapping(study: Study) -> list[str]:
    """How far the map can be trusted."""
    kept = study.papers["kept_neighbours"]
    worst = study.papers.groupby("topic_name")["kept_neighbours"].mean().sort_values()
    said = [
        f"on average {percent(float(kept.mean()))} of a paper's nearest neighbours are still its nearest on the map; a "
        f"random picture would keep {percent(study.map.expected)}"
    ]
    if n := int((kept < 0.2).sum()):
        said.append(f"{count(n, 'paper')} kept fewer than one in five: read their place with care")
    if len(worst) > 1:
        said.append(
            f"the map is truest in {quoted(str(worst.index[-1]))} and least true in {quoted(str(worst.index[0]))}"
        )
    return said
