"""Embeddings: the same bits everywhere, whatever the texts, and other people's encoders."""

import hashlib
import os
import random
import subprocess
import sys
import types
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from paperatlas import AtlasError, embed_texts
from paperatlas.fixedpoint import eigen, leading_axes, on_grid, orthonormal, times
from paperatlas.vectors import LsaEmbedder, quantise, unit_rows

_WORDS = {
    "vision": "image segmentation pixels convolutional detection camera depth scene object masks",
    "language": "translation sentence parsing corpus grammar dialogue words speakers summaries text",
    "robots": "manipulation grasping locomotion torque controller gripper planning legged arms contact",
    "": "we propose method results show approach model data new problem",
}
SUBJECTS = {subject: words.split() for subject, words in _WORDS.items() if subject}
COMMON = _WORDS[""].split()


def papers(n: int, seed: int = 0) -> tuple[list[str], list[str]]:
    """Made-up papers on three subjects, with their subject."""
    draw = random.Random(seed)
    texts, subjects = [], []
    for i in range(n):
        subject = draw.choice(sorted(SUBJECTS))
        own = draw.choices(SUBJECTS[subject], k=14) + draw.choices(COMMON, k=12)
        draw.shuffle(own)
        texts.append(f"{' '.join(own[:4])} {i}. {' '.join(own[4:])}.")
        subjects.append(subject)
    return texts, subjects


@pytest.fixture(scope="module")
def shipped() -> list[str]:
    import paperatlas as pa

    corpus = pa.build_corpus(pa.read_dumps(Path(__file__).parents[2] / "data" / "dumps"))
    return (corpus["title"] + ". " + corpus["abstract"]).tolist()


def test_rows_are_unit_float32() -> None:
    texts, _ = papers(60)
    vectors = embed_texts(texts)
    assert vectors.dtype == np.float32
    assert vectors.shape == (60, 12)
    assert np.allclose(np.linalg.norm(vectors.astype(np.float64), axis=1), 1.0, atol=1e-6)


def test_n_components_is_an_upper_bound() -> None:
    texts, _ = papers(60)
    assert embed_texts(texts, n_components=7).shape == (60, 7)
    with pytest.raises(AtlasError, match="at least 1, found 0"):
        embed_texts(texts, n_components=0)


def test_neighbours_share_the_subject() -> None:
    texts, subjects = papers(200)
    vectors = embed_texts(texts)
    closeness = vectors @ vectors.T
    np.fill_diagonal(closeness, -1)
    nearest = closeness.argmax(axis=1)
    assert np.mean([subjects[i] == subjects[j] for i, j in enumerate(nearest)]) > 0.95


def test_order_of_texts_does_not_matter() -> None:
    texts, _ = papers(90)
    order = np.random.default_rng(3).permutation(len(texts))
    assert np.array_equal(embed_texts([texts[i] for i in order]), embed_texts(texts)[order])


def test_equal_texts_have_equal_vectors_and_count_once() -> None:
    texts, _ = papers(50)
    vectors = embed_texts([*texts, texts[7], texts[7]])
    assert np.array_equal(vectors[[50, 51]], vectors[[7, 7]])
    assert np.array_equal(vectors[:50], embed_texts(texts))


def test_transform_gives_the_rows_of_the_fitted_texts() -> None:
    texts, _ = papers(80)
    embedder = LsaEmbedder.fit(texts)
    assert np.array_equal(embedder.transform(texts[::-1]), embed_texts(texts)[::-1])
    assert np.array_equal(embedder.transform([texts[5]]), embed_texts(texts)[[5]])


def test_new_texts_fall_among_their_own_subject() -> None:
    texts, subjects = papers(200)
    new, truth = papers(40, seed=1)
    embedder = LsaEmbedder.fit(texts)
    nearest = (embedder.transform(new) @ embedder.transform(texts).T).argmax(axis=1)
    assert np.mean([subjects[j] == s for j, s in zip(nearest, truth, strict=True)]) > 0.95


def test_fit_on_a_sample_of_many_texts_ignores_their_order() -> None:
    texts, _ = papers(120)
    one = LsaEmbedder.fit(texts, max_fit=60)
    two = LsaEmbedder.fit(texts[::-1], max_fit=60)
    assert one.loadings.shape[1] == 12
    assert np.array_equal(one.transform(texts), two.transform(texts))


def test_large_corpora_are_fitted_on_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    texts, _ = papers(120)
    sampled = LsaEmbedder.fit(texts, max_fit=60).transform(texts)
    assert not np.array_equal(embed_texts(texts)[:, :12], sampled)
    monkeypatch.setattr("paperatlas.lsa.MAX_FIT", 60)
    assert np.array_equal(embed_texts(texts), sampled)


@pytest.mark.parametrize("n", [1, 2, 3, 10, 20, 50])
def test_small_corpora(n: int) -> None:
    vectors = embed_texts(papers(n)[0])
    assert vectors.shape == (n, max(1, n // 5))
    assert np.allclose(np.linalg.norm(vectors.astype(np.float64), axis=1), 1.0, atol=1e-6)


@pytest.mark.parametrize(
    "texts",
    [
        ["the same title. the same abstract"] * 30,
        [""] * 5,
        ["", "the of and", "!!!", "x"],
        [*papers(30)[0], "", "...", "zzzunknown"],
        [f"all but alike words in every text {i}" for i in range(30)],
        ["深度学习 图像 分割", "図像 分割", "нейронные сети для текста", "réseaux de neurones"] * 6,
        ["word " * 50_000, "other " * 50_000, "word other " * 50_000],
    ],
    ids=["alike", "empty", "no words", "some empty", "nearly alike", "scripts", "long"],
)
def test_odd_corpora_give_finite_unit_rows(texts: list[str]) -> None:
    vectors = embed_texts(texts)
    assert len(vectors) == len(texts)
    assert np.allclose(np.linalg.norm(vectors.astype(np.float64), axis=1), 1.0, atol=1e-6)


def test_a_text_without_known_words_takes_the_first_axis() -> None:
    vectors = embed_texts([*papers(30)[0], ""])
    assert vectors[-1, 0] == 1.0
    assert not vectors[-1, 1:].any()


def test_two_languages_are_told_apart() -> None:
    english, _ = papers(60)
    swap = {w: f"{w[::-1]}ski" for words in SUBJECTS.values() for w in words}
    foreign = [
        " ".join(swap.get(w, f"po{w}") for w in t.replace(".", " .").split()) for t in papers(60, 5)[0]
    ]
    vectors = embed_texts([*english, *foreign])
    closeness = vectors @ vectors.T
    np.fill_diagonal(closeness, -1)
    nearest = closeness.argmax(axis=1)
    assert np.mean((nearest < 60) == (np.arange(120) < 60)) > 0.95


# --- the same bits everywhere


FINGERPRINT = """
import hashlib, sys
from paperatlas import embed_texts
from paperatlas.vectors import LsaEmbedder
texts = open(sys.argv[1], encoding="utf-8").read().split("\\x1e")
model = LsaEmbedder.fit(texts)
for block in (model.idf, model.loadings, embed_texts(texts)):
    print(hashlib.sha256(block.tobytes()).hexdigest())
"""


def test_same_bits_under_other_kernels_threads_and_vector_units(shipped: list[str], tmp_path: Path) -> None:
    path = tmp_path / "texts"
    path.write_text("\x1e".join(shipped), encoding="utf-8")
    settings = [
        {"OPENBLAS_CORETYPE": "Nehalem", "OPENBLAS_NUM_THREADS": "1", "PYTHONHASHSEED": "1"},
        {"OPENBLAS_CORETYPE": "Haswell", "OPENBLAS_NUM_THREADS": "2", "PYTHONHASHSEED": "2"},
        {"OPENBLAS_CORETYPE": "SkylakeX", "OPENBLAS_NUM_THREADS": "2", "LC_ALL": "C"},
        {"NPY_DISABLE_CPU_FEATURES": disableable(), "OPENBLAS_NUM_THREADS": "2"},
    ]
    prints = {}
    for extra in settings:
        if not runs(extra.get("OPENBLAS_CORETYPE", "")):
            continue
        done = subprocess.run(
            [sys.executable, "-c", FINGERPRINT, str(path)],
            env=os.environ | extra,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        prints[str(extra)] = done.stdout
    assert len(prints) >= 2
    here = embed_texts(shipped)
    assert {out.split()[-1] for out in prints.values()} == {hashlib.sha256(here.tobytes()).hexdigest()}
    assert len(set(prints.values())) == 1


def disableable() -> str:
    """NumPy's run-time dispatched vector instructions on this machine."""
    simd = np.show_config(mode="dicts")["SIMD Extensions"]
    return " ".join(simd.get("found", []))


def runs(kernel: str) -> bool:
    """Whether this processor can execute an OpenBLAS kernel; a kernel it lacks dies on an illegal instruction."""
    code = "import numpy as np; a = np.ones((64, 64)); a @ a"
    env = os.environ | ({"OPENBLAS_CORETYPE": kernel} if kernel else {})
    return subprocess.run([sys.executable, "-c", code], env=env, capture_output=True).returncode == 0


def test_products_are_exact() -> None:
    draw = np.random.default_rng(0)
    dense = draw.random((40, 30)) * (draw.random((40, 30)) < 0.3)
    rows = sparse.csr_array(on_grid(dense / np.linalg.norm(dense, axis=1, keepdims=True).clip(1e-9), 20))
    axes, _ = leading_axes(rows, 6, n_iter=8, seed=0)
    loadings = on_grid(axes, 31)
    got = rows @ loadings
    full = rows.toarray()
    for i in range(0, 40, 7):
        for j in range(6):
            terms = zip(full[i], loadings[:, j], strict=True)
            assert Fraction(got[i, j]) == sum(Fraction(a) * Fraction(b) for a, b in terms)


def test_blocked_products_do_not_depend_on_the_order_of_summation() -> None:
    draw = np.random.default_rng(1)
    block = draw.standard_normal((500, 40))
    block /= 1.01 * np.linalg.norm(block, axis=0)
    small = draw.standard_normal((40, 40))
    order = draw.permutation(40)
    assert np.array_equal(times(block, small), times(block[:, order], small[order]))
    assert np.allclose(times(block, small), block @ small, atol=1e-5)


def test_leading_axes_agree_with_lapack() -> None:
    draw = np.random.default_rng(2)
    dense = draw.random((80, 50)) ** 4 * (draw.random((80, 50)) < 0.2)
    dense[:40, :25] *= 8
    dense = on_grid(dense / np.linalg.norm(dense, axis=1, keepdims=True).clip(1e-9), 20)
    axes, values = leading_axes(sparse.csr_array(dense), 50, n_iter=8, seed=0)
    _, singular, right = np.linalg.svd(dense)
    assert np.allclose(values[:10], singular[:10] ** 2, rtol=1e-5)
    assert np.allclose(np.abs(np.sum(axes[:, :3] * right[:3].T, axis=0)), 1.0, atol=1e-5)


def test_eigen_agrees_with_lapack() -> None:
    draw = np.random.default_rng(4)
    for size in (1, 2, 7, 30):
        half = draw.standard_normal((size, size))
        matrix = half + half.T
        values, vectors = eigen(matrix)
        assert np.allclose(values, np.linalg.eigvalsh(matrix)[::-1], atol=1e-9)
        assert np.allclose(vectors @ np.diag(values) @ vectors.T, matrix, atol=1e-9)


def test_orthonormal_drops_columns_without_a_direction_of_their_own() -> None:
    draw = np.random.default_rng(5)
    block = draw.standard_normal((50, 4))
    block[:, 2] = 2 * block[:, 0]
    basis, least = orthonormal(block)
    assert least == 0.0
    assert not basis[:, 2].any()
    kept = basis[:, [0, 1, 3]]
    assert np.allclose(kept.T @ kept, np.eye(3), atol=1e-5)


# --- the grid


def test_quantise_rounds_half_to_even() -> None:
    assert quantise(np.array([[0.5, -0.125, 0.375, 0.26]]), bits=2).tolist() == [[2.0, -0.0, 2.0, 1.0]]


def test_grid_swallows_noise_of_the_arithmetic() -> None:
    draw = np.random.default_rng(6)
    vectors = draw.standard_normal((50, 20))
    noisy = vectors * (1 + 1e-15 * draw.standard_normal(vectors.shape))
    assert np.array_equal(unit_rows(vectors), unit_rows(noisy))
    assert np.array_equal(unit_rows(vectors), unit_rows(vectors * 1024))


def test_dot_products_of_quantised_rows_are_exact() -> None:
    whole = quantise(embed_texts(papers(90)[0]))
    exact = [[sum(int(a) * int(b) for a, b in zip(x, y, strict=True)) for y in whole[:5]] for x in whole[:5]]
    assert (whole[:5] @ whole[:5].T).tolist() == exact


# --- other people's encoders


class Letters:
    """Counts letters, as a stand-in for a sentence encoder."""

    def encode(self, texts: list[str]) -> np.ndarray:
        assert isinstance(texts, list)
        return np.array([[t.count(c) + 0.1 for c in "aeiou"] for t in texts], dtype=np.float32)


class Fitted:
    """The interface of a scikit-learn transformer."""

    def fit_transform(self, texts: list[str]) -> sparse.csr_array:
        self.seen = texts
        return sparse.csr_array(Letters().encode(texts))

    def transform(self, texts: list[str]) -> np.ndarray:
        raise AssertionError("fit_transform comes first")


class Ready:
    def transform(self, texts: list[str]) -> np.ndarray:
        return Letters().encode(texts)


@pytest.mark.parametrize("method", [Letters(), Fitted(), Ready()])
def test_objects_plug_in(method: object) -> None:
    texts = ["banana", "queue", "banana", "aeiou"]
    vectors = embed_texts(texts, method=method)
    assert vectors.dtype == np.float32
    assert vectors.shape == (4, 5)
    expected = Letters().encode(texts)
    cosines = np.sum(vectors * expected, axis=1) / np.linalg.norm(expected, axis=1)
    assert np.allclose(cosines, 1.0, atol=1e-5)
    assert np.array_equal(embed_texts(texts[::-1], method=method), vectors[::-1])


def test_scikit_learn_pipelines_plug_in() -> None:
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline

    pipeline = make_pipeline(TfidfVectorizer(), TruncatedSVD(5, random_state=0))
    assert embed_texts(papers(30)[0], method=pipeline).shape == (30, 5)


class Answers:
    def __init__(self, answer: object) -> None:
        self.answer = answer

    def encode(self, texts: list[str]) -> object:
        return self.answer


@pytest.mark.parametrize(
    ("method", "message"),
    [
        (Answers(np.ones((1, 3))), r"Answers\.encode must return one row per text, \(2, d\); found \(1, 3\)"),
        (Answers(np.ones(2)), r"found \(2,\)"),
        (Answers(np.array([[1.0], [np.nan]])), "not finite, first for the text 'b'"),
        (42, "found 42"),
        ("word2vec", "unknown embedding method 'word2vec'; use 'lsa'"),
        ("sentence-transformers/", "unknown embedding method"),
    ],
)
def test_what_cannot_be_used_is_refused(method: object, message: str) -> None:
    with pytest.raises(AtlasError, match=message):
        embed_texts(["a", "b"], method=method)


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ([], "no text to embed"),
        ("one text", "found one string"),
        (["a", None], r"number 1 \(from 0\) is None"),
        (["a", float("nan")], r"number 1 \(from 0\) is nan"),
    ],
)
def test_what_is_no_text_is_refused(texts: object, message: str) -> None:
    with pytest.raises(AtlasError, match=message):
        embed_texts(texts)


def fake_package(monkeypatch: pytest.MonkeyPatch, model: type) -> None:
    package = types.ModuleType("sentence_transformers")
    package.SentenceTransformer = model
    monkeypatch.setitem(sys.modules, "sentence_transformers", package)


def test_sentence_transformers_missing_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(
        AtlasError, match=r"not installed; install it with pip install 'paperatlas\[transformers\]'"
    ):
        embed_texts(["a"], method="sentence-transformers")


def test_sentence_transformers_missing_model(monkeypatch: pytest.MonkeyPatch) -> None:
    class Missing:
        def __init__(self, name: str, **options: object) -> None:
            raise OSError(f"We couldn't connect to load {name}")

    fake_package(monkeypatch, Missing)
    with pytest.raises(AtlasError, match=r"'sentence-transformers/abc' is not on this disk.*hf download"):
        embed_texts(["a"], method="sentence-transformers/abc")


@pytest.mark.parametrize(
    ("method", "model"),
    [
        ("sentence-transformers", "sentence-transformers/all-MiniLM-L6-v2"),
        ("sentence-transformers/all-mpnet-base-v2", "sentence-transformers/all-mpnet-base-v2"),
        ("sentence-transformers:/models/mine", "/models/mine"),
    ],
)
def test_sentence_transformers_never_download(
    monkeypatch: pytest.MonkeyPatch, method: str, model: str
) -> None:
    calls = []

    class Fake(Letters):
        def __init__(self, name: str, *, device: str, local_files_only: bool) -> None:
            calls.append((name, local_files_only, os.environ["HF_HUB_OFFLINE"]))

        def encode(self, texts: list[str], **options: object) -> np.ndarray:
            calls.append(os.environ["HF_HUB_OFFLINE"])
            return super().encode(texts)

    fake_package(monkeypatch, Fake)
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    assert embed_texts(["abc", "def"], method=method).shape == (2, 5)
    assert calls == [(model, True, "1"), "1"]
    assert "HF_HUB_OFFLINE" not in os.environ
