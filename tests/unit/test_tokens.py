import pytest

from paperatlas.text import read_terms


def keys_of(*abstracts, titles=None, min_papers=1):
    terms = read_terms(titles or [""] * len(abstracts), list(abstracts), min_papers=min_papers)
    return set(terms.keys)


def held(terms, key):
    return terms.counts[:, [terms.keys.index(key)]].toarray().ravel().tolist()


@pytest.mark.parametrize(
    "noise",
    ["https://a.example.org/zebra-kit", "zebra@kit.example.com", "github.com/zebra/kit", "<mml:zebra>", "&zebra;",
     r"\cite{zebra2020}", r"\url{zebra.org}", r"$\zebra_{kit}$", '<span class="zebra kit">', "10.1234/zebra.kit",
     "<math><zebra>kit</zebra></math>", r"\zebra"],
)  # fmt: skip
def test_no_word_is_a_piece_of_an_address_of_markup_or_of_latex(noise):
    assert (
        keys_of(f"Growing tulips {noise} under glass") & {"zebra", "kit", "zebra kit", "kit zebra"} == set()
    )
    assert {"tulip", "glass"} <= keys_of(f"Growing tulips {noise} under glass")


def test_a_phrase_crosses_no_punctuation_and_no_function_word_but_of():
    keys = keys_of("Moss gardens, stone walls of granite and rain barrels")
    assert {"moss garden", "stone wall", "wall of granite", "stone wall of granite", "rain barrel"} <= keys
    assert not {"garden stone", "of granite", "wall of", "granite rain", "granite and rain"} & keys


def test_a_compound_is_one_with_and_without_its_hyphen_and_is_never_cut():
    terms = read_terms(
        [""] * 5, ["few-shot gardening works"] * 4 + ["few shot gardening works"], min_papers=1
    )
    assert held(terms, "few shot gardening") == [1] * 5
    assert "shot gardening" not in terms.keys
    assert terms.shown[terms.keys.index("few shot gardening")] == "few-shot gardening"


@pytest.mark.parametrize(("open_", "closed"), [(4, 1), (1, 4)])
def test_open_and_closed_spellings_are_one_in_the_commoner_way(open_, closed):
    terms = read_terms([""] * 5, ["the pre-soaking of seeds"] * open_ + ["the presoaking of seeds"] * closed)
    key, shown = ("pre soaking", "pre-soaking") if open_ > closed else ("presoaking", "presoaking")
    assert held(terms, key) == [1] * 5
    assert terms.shown[terms.keys.index(key)] == shown


def test_abbreviations_are_found_and_phrases_read_past_them():
    texts = ["A rooted tree network (RTN) model", "Rooted tree networks (RTNs) grow", "An RTN grows (slowly)"]
    terms = read_terms([""] * 3, texts, min_papers=1)
    assert terms.abbreviations == {"rtn": "rooted tree network"}
    assert "rooted tree network model" in terms.keys


def test_an_abbreviation_that_is_mostly_a_common_word_stands_for_itself():
    texts = [
        "A moss and pond (MAP) survey",
        "Moss and ponds (MAP)",
        "the map of a pond",
        "a map, one more map",
    ]
    assert "map" not in read_terms([""] * 4, texts, min_papers=1).abbreviations


def test_each_paper_is_read_in_its_own_language():
    spanish = "En este trabajo se estudia la relación entre el suelo y la sombra de los árboles"
    terms = read_terms(
        ["", ""], [spanish, "Los Alamos is where the suelo die was cast and the war began"], min_papers=1
    )
    assert {"suelo", "sombra", "war", "die"} <= set(terms.keys)
    assert not {"el", "la", "este", "entre", "se"} & set(terms.keys)
    assert held(terms, "los") == [0, 1]


def test_chinese_is_cut_into_pairs_and_phrases_are_whole_runs():
    terms = read_terms([""] * 2, ["苔藓花园的石墙,雨水", "石墙与苔藓花园"], min_papers=2)
    assert held(terms, "苔藓花园") == [1, 1]
    assert {"苔藓", "花园", "石墙"} <= set(terms.keys)
    assert "园的" not in terms.keys


def test_what_was_learnt_is_found_again_in_two_scripts_as_well():
    abstracts = ["A GAN 图像分割, few-shot データ of moss"] * 3
    terms = read_terms([""] * 3, abstracts)
    assert {"gan 图像分割", "few shot データ"} <= set(terms.keys)
    again, _ = terms.vocabulary.count([""] * 3, abstracts)
    assert (again != terms.counts).nnz == 0


@pytest.mark.parametrize("text", ["", "   ", "12 34", "<<<>>>", "$", "\\", "{}", "-", "’s", "的", "а-"])
def test_texts_without_words_have_no_terms(text):
    assert read_terms([text], [text], min_papers=1).counts.shape == (1, 0)
