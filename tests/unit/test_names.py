import numpy as np
import pytest

from paperatlas.text import read_terms
from paperatlas.topics.coherence import Coherence
from paperatlas.topics.names import name_nodes

SUBJECTS = {
    "rooted tree networks": "Rooted tree networks (RTNs) hold pollen. Pollen spreads; RTNs grow near moss.",
    "moss gardening": "We study moss gardening with shade. In moss gardening, shade and damp peat matter; pollen.",
    "stone wall repair": "Stone wall repair needs granite. Granite and mortar: stone wall repair is slow; moss.",
    "rain barrel design": "For rain barrel design, oak staves matter. Oak staves and rain barrel design; mortar.",
}


def pile(per=8):
    titles, abstracts, label = [], [], []
    for number, (subject, text) in enumerate(SUBJECTS.items()):
        for i in range(per):
            titles.append(f"{subject.capitalize()} in case {i}" if i % 2 else f"Notes from place {i}")
            abstracts.append(f"{text} Results for place {i} are shown.")
            label.append(number)
    return titles, abstracts, np.array(label)


def names_of(titles, abstracts, levels):
    texts = [f"{t}. {a}" for t, a in zip(titles, abstracts, strict=True)]
    return name_nodes(read_terms(titles, abstracts), levels, Coherence(texts))


@pytest.fixture(scope="module")
def named():
    titles, abstracts, label = pile()
    return names_of(titles, abstracts, [label // 2, label])


def test_heads_are_whole_phrases_with_their_abbreviation_once(named):
    heads = [node.phrases[0].lower() for node in named[1]]
    assert heads == [
        "rooted tree networks (rtns)",
        "moss gardening",
        "stone wall repair",
        "rain barrel design",
    ]
    assert named[1][0].name.lower().count("rtn") == 1


def test_names_have_at_most_three_phrases_that_share_no_word(named):
    for node in [node for level in named for node in level]:
        assert 1 <= len(node.phrases) <= 3
        words = [word for phrase in node.phrases for word in phrase.lower().split()]
        assert len(words) == len(set(words))


def test_a_name_is_measured_on_papers_that_it_was_not_chosen_on(named):
    assert all(node.auc == 1 for node in named[1])
    titles, abstracts, _ = pile(12)
    shuffled = np.random.default_rng(0).permutation(np.repeat(np.arange(4), 12))
    nodes = names_of(titles, abstracts, [shuffled])[0]
    assert 0.3 < np.mean([node.auc for node in nodes]) < 0.7


def test_the_order_of_papers_changes_no_name():
    titles, abstracts, label = pile()
    order = np.random.default_rng(1).permutation(len(label))
    one = names_of(titles, abstracts, [label])
    other = names_of([titles[i] for i in order], [abstracts[i] for i in order], [label[order]])
    assert one == other


def test_a_group_of_surveys_is_said_to_be_one():
    titles, abstracts, label = pile()
    titles = [f"A survey of {t}" if n == 1 else t for t, n in zip(titles, label, strict=True)]
    nodes = names_of(titles, abstracts, [label])[0]
    assert [node.genre for node in nodes] == ["", "surveys", "", ""]
    assert nodes[1].phrases[0] == "surveys"
