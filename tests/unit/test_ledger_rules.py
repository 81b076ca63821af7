"""Every rule finds what its examples say, and nothing in its counter-examples."""

from __future__ import annotations

import math

import pytest

from paperatlas.ledger.claim_rules import CLAIM_RULES, STATE_OF_THE_ART
from paperatlas.ledger.claims import claims_in
from paperatlas.ledger.link_rules import LINK_RULES
from paperatlas.ledger.links import bare_url, links_in
from paperatlas.ledger.reading import CUE
from paperatlas.ledger.resources import NAMED_DATASET, named_datasets, resources_in
from paperatlas.ledger.system_rules import SYSTEM_RULES
from paperatlas.ledger.systems import systems_in


def cases(rules, which):
    return [
        pytest.param(rule, case, id=f"{rule.name}-{number}")
        for rule in rules
        for number, case in enumerate(getattr(rule, which))
    ]


def title_and_abstract(rule, text):
    title, _, abstract = text.partition("\n")
    return (title, abstract) if rule.name.startswith("title") else ("", text)


@pytest.mark.parametrize(("rule", "case"), cases(SYSTEM_RULES, "examples"))
def test_system_examples(rule, case):
    text, expected = case
    found = systems_in(*title_and_abstract(rule, text))
    assert [system.name for system in found] == expected
    assert rule.name in {system.rule for system in found}


@pytest.mark.parametrize(("rule", "text"), cases(SYSTEM_RULES, "counter_examples"))
def test_system_counter_examples(rule, text):
    assert [system.name for system in systems_in(*title_and_abstract(rule, text))] == []


@pytest.mark.parametrize(("rule", "case"), cases(LINK_RULES, "examples"))
def test_link_examples(rule, case):
    text, expected = case
    assert [link.url for link in links_in(text)] == [expected]


@pytest.mark.parametrize(("rule", "text"), cases(LINK_RULES, "counter_examples"))
def test_link_counter_examples(rule, text):
    assert links_in(text) == []


@pytest.mark.parametrize(("rule", "case"), cases(CLAIM_RULES, "examples"))
def test_claim_examples(rule, case):
    text, expected = case
    claims = claims_in(text)
    if rule is STATE_OF_THE_ART:
        assert [(claim.kind, math.isnan(claim.value)) for claim in claims] == [("sota", True)]
    else:
        numbers = [claim for claim in claims if claim.kind != "sota"]
        assert [(claim.value, claim.rule) for claim in numbers] == [(expected, rule.name)]


@pytest.mark.parametrize(("rule", "text"), cases(CLAIM_RULES, "counter_examples"))
def test_claim_counter_examples(rule, text):
    assert claims_in(text) == []


@pytest.mark.parametrize(("text", "expected"), NAMED_DATASET.examples)
def test_named_dataset_examples(text, expected):
    assert [name for name, _, _ in named_datasets(text)] == [expected]


@pytest.mark.parametrize("text", NAMED_DATASET.counter_examples)
def test_named_dataset_counter_examples(text):
    assert list(named_datasets(text)) == []


def test_rules_have_one_name_and_enough_examples():
    rules = [*SYSTEM_RULES, *LINK_RULES, *CLAIM_RULES, NAMED_DATASET]
    assert len({rule.name for rule in rules}) == len(rules)
    for rule in rules:
        assert rule.examples, rule.name
        assert rule.counter_examples, rule.name


def test_no_cue_begins_another():
    """The pass that finds the cues takes the first that fits, so that one would hide the other."""
    cues = {cue for rule in SYSTEM_RULES for cue in rule.cues}
    assert not [(one, other) for one in cues for other in cues if one != other and other.startswith(one)]
    assert CUE.search(" we propose")


@pytest.mark.parametrize(
    ("text", "value", "unit", "kind", "direction", "metric", "dataset", "versus"),
    [
        (
            "RMT achieves 84.1% Top1-acc on ImageNet-1k using merely 4.5G FLOPs.",
            84.1, "%", "accuracy", "up", "top-1 accuracy", "ImageNet", "",
        ),
        (
            "REM shows a 15.4x faster imagination compared to prior TBWMs.",
            15.4, "x", "speed-up", "up", "", "", "prior TBWMs",
        ),
        (
            "REM attains superhuman performance on 12 out of 26 games of the Atari 100K benchmark.",
            12, "of 26", "count", "up", "", "Atari", "",
        ),
        (
            "On CIFAR-10 our model cuts the error rate by 3.5% over the baseline.",
            3.5, "%", "reduction", "down", "error rate", "CIFAR-10", "the baseline",
        ),
        (
            "We achieve a perplexity of 62.4 on the Penn Treebank.",
            62.4, "", "score", "down", "perplexity", "Penn Treebank", "",
        ),
    ],
)  # fmt: skip
def test_what_a_claim_says(text, value, unit, kind, direction, metric, dataset, versus):
    (claim,) = [claim for claim in claims_in(text) if claim.kind != "sota"]
    found = (claim.value, claim.unit, claim.kind, claim.direction, claim.metric, claim.dataset, claim.versus)
    assert found == (value, unit, kind, direction, metric, dataset, versus)
    assert str(value).rstrip("0").rstrip(".") in text[claim.start : claim.end]


def test_numbers_of_a_list_are_claims_each_and_meet_their_data_sets():
    text = "Accuracies on MNIST, CIFAR-10, STL-10, and ImageNet, respectively reach 99.4%, 80.3%, 76.2%, and 27.3%."
    found = [(claim.value, claim.dataset) for claim in claims_in(text)]
    assert found == [(99.4, "MNIST"), (80.3, "CIFAR-10"), (76.2, "STL-10"), (27.3, "ImageNet")]


@pytest.mark.parametrize(
    ("text", "value", "high"),
    [
        ("Our method reduces the computation by 30-90% on four tasks.", 30, 90),
        ("TrAct speeds up training by factors between 1.25x and 4x.", 1.25, 4),
        ("PVD is distilled at a 10X~20X faster speed than the original.", 10, 20),
    ],
)
def test_a_range_is_one_claim(text, value, high):
    (claim,) = claims_in(text)
    assert (claim.value, claim.value_high) == (value, high)


@pytest.mark.parametrize(
    "text",
    [
        "We study a network of 24 layers with 1.2 billion parameters, trained in 2021 on 10 million images.",
        "A model trained with 10% of the labels is used.",
        "We repeat the test in 5 settings, 3 times each, at a learning rate of 0.001.",
        "About 20% of the world's traffic is caused by 5% of the cars.",
        "The data set holds 60000 images of size 32x32 and 10 classes.",
    ],
)
def test_the_set_up_is_no_claim(text):
    assert claims_in(text) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("code at https://github.com/a/b", "code"),
        ("code at https://anonymous.4open.science/r/x", "code"),
        ("model: https://huggingface.co/a/b", "model"),
        ("https://huggingface.co/datasets/a/b", "data"),
        ("data at https://zenodo.org/records/1", "data"),
        ("https://huggingface.co/spaces/a/b", "demo"),
        ("see https://youtu.be/abc", "demo"),
        ("https://a.github.io/b/", "project page"),
        ("see https://arxiv.org/abs/1706.03762", "paper"),
        ("Our code is available at https://vision.example.edu/x", "code"),
        ("The project page is https://vision.example.edu/x", "project page"),
        ("The data set is at https://vision.example.edu/x", "data"),
        ("We thank https://vision.example.edu/x", "other"),
    ],
)
def test_kinds_of_links(text, kind):
    assert [link.kind for link in links_in(text)] == [kind]


def test_one_place_is_one_link():
    text = "\\href{https://github.com/a/b}{github.com/a/b} and http://www.github.com/A/b.git"
    assert [link.url for link in links_in(text)] == ["https://github.com/a/b"]
    assert bare_url("http://www.github.com/A/b.git") == bare_url("https://github.com/a/b/")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("tested on MS COCO and ImageNet-1K", ["COCO", "ImageNet"]),
        ("tested on ImageNet-C", ["ImageNet-C"]),
        ("an ImageNet-based model", ["ImageNet"]),
        ("MNISTic and xMNIST", []),
        ("we go to the spider and do math", []),
        ("accuracy on the MATH benchmark", ["accuracy", "MATH"]),
    ],
)
def test_resources(text, names):
    assert [hit.resource.name for hit in resources_in(text)] == names
