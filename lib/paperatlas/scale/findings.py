"""What a run over many papers found, as sentences."""

from __future__ import annotations

from paperatlas.prose import count, listing, percent, quoted
from paperatlas.scale.run import ScaleResult


def findings_of(result: ScaleResult) -> list[str]:
    """The run in a few sentences."""
    largest = result.topics.sort_values(["size", "topic"], ascending=[False, True])
    dated = int(result.months["n"].sum()) if len(result.months) else 0
    share = dated / result.papers if result.papers else 0.0
    sentences = [
        f"{count(result.records, 'record')} in {count(result.parts, 'partition')} hold "
        f"{count(result.papers, 'paper')}; {count(result.merged, 'record')} repeated a paper that was there already",
        f"{count(result.near, 'pair')} of papers have much the same abstract and were left apart",
        f"Every paper has a topic; the largest of {count(len(result.topics), 'topic')} are "
        f"{listing([quoted(name) for name in largest['name'].head(3)])}",
        f"{percent(share)} of the papers state a month and count in the topics by month",
    ]
    if result.problems:
        sentences.append(
            f"{count(len(result.problems), 'fault')} in the source are listed with file and line"
        )
    return sentences
