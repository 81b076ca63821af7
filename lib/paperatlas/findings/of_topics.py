"""What the pile is about, and how the map shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paperatlas.prose import are, count, listing, percent, quoted, top

if TYPE_CHECKING:
    from paperatlas.study import Study
    from paperatlas.topics import Topics

_AGAIN = {"holds": "is found again", "shaky": "is not always found again", "fragile": "is seldom found again"}


def topics(study: Study) -> list[str]:
    """How far the topics can be trusted."""
    result = study.topics
    table = result.at("topic")
    weak = result.papers["confidence"] < 0.5
    sentences = [
        f"{levels_counted(result)}; every paper has a topic",
        stability(study),
    ]
    if n := int(weak.sum()):
        sentences.append(
            f"{count(n, 'paper')} ({percent(weak.mean())}) {'sits' if n == 1 else 'sit'} between topics, with a "
            "confidence below one half"
        )
    if table["name_auc"].notna().any():
        best = top(table, table["name_auc"])
        sentences.append(
            f"the name that finds its own papers best is {quoted(best['name'])} (AUC {best['name_auc']:.2f}); the mean "
            f"over all names is {table['name_auc'].mean():.2f}"
        )
    return sentences


def levels_counted(topics: Topics) -> str:
    """How many nodes each level has."""
    themes, middle, finest = (len(topics.at(level)) for level in ("theme", "topic", "subtopic"))
    return (
        f"{count(themes, 'theme', words=True)} with {count(middle, 'topic')} and "
        f"{count(finest, 'subtopic') if finest else 'no subtopics'}"
    )


def topic(study: Study, number: int, level: str = "topic") -> list[str]:
    """One topic, or theme or subtopic, and how far to trust it."""
    nodes = study.topics.at(level).set_index(level)
    row: dict[Any, Any] = nodes.loc[number].to_dict()
    sentences = [
        f"{quoted(row['name'])} holds {count(int(row['size']), 'paper')} and "
        f"{_AGAIN[row['grade']]} when the papers are drawn anew (Jaccard {row['stability']:.2f}, "
        f"95 % interval {row['stability_low']:.2f} to {row['stability_high']:.2f})",
        f"its words: {listing(str(row['words']).split(';'), most=10)}",
    ]
    if level != "topic":
        return sentences
    papers = study.topics.papers
    second = papers.loc[papers["topic"] == number, "runner_up"].value_counts()
    if len(second) and second.index[0] in nodes.index:
        sentences.append(f"where its papers do not stay, most join {quoted(nodes['name'][second.index[0]])}")
    verdict = study.trend_tests.set_index("topic")["verdict"].get(number)
    if isinstance(verdict, str):
        sentences.append(f"its share over time: {verdict}")
    return sentences


def stability(study: Study) -> str:
    """How many topics are found again, and which best."""
    table = study.topics.at("topic")
    if len(table) == 1:
        return "there is one topic, and nothing to tell it from"
    held = int((table["grade"] == "holds").sum())
    steadiest = top(table, table["stability"])
    return (
        f"{held or 'none'} of {count(len(table), 'topic')} {are(held)} found again when the papers are drawn anew; the "
        "most stable is "
        f"{quoted(steadiest['name'])} (Jaccard {steadiest['stability']:.2f})"
    )


def mapping(study: Study) -> list[str]:
    """How far the map can be trusted."""
    kept = study.papers["kept_neighbours"]
    worst = study.papers.groupby("topic_name")["kept_neighbours"].mean().sort_values()
    return [
        f"on average {percent(float(kept.mean()))} of a paper's nearest neighbours are still its nearest on the map; a "
        f"random picture would keep {percent(study.map.expected)}",
        f"{count(int((kept < 0.2).sum()), 'paper')} kept fewer than one in five: read their place with care",
        f"the map is truest in {quoted(str(worst.index[-1]))} and least true in {quoted(str(worst.index[0]))}",
    ]
