"""Embeddings: the same bits everywhere, whatever the texts, and other people's encoders."""

import hashlib
import os
import subprocess
import sys
import types
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import paperatlas as pa
from paperatlas import AtlasError, LsaEmbedder, embed_texts
from paperatlas.scale import scale
from paperatlas.text.encoders import Space, fit_space
from tests.piles import planted


def papers(n: int) -> list[str]:
    """Texts of invented papers."""
    corpus, _ = planted(n // 5)
    return (corpus["title"] + ". " + corpus["abstract"]).tolist()


def has_unit_rows(vectors: np.ndarray) -> bool:
    return np.allclose(np.linalg.norm(vectors.astype(np.float64), axis=1), 1.0, atol=1e-6)


@pytest.fixture(scope="module")
def shipped() -> list[str]:
    corpus = pa.build_corpus(pa.read_dumps(Path(__file__).parents[2] / "data" / "dumps"))
    return (corpus["title"] + ". " + corpus["abstract"]).tolist()


def test_order_and_repetition_of_texts_do_not_matter() -> None:
    texts = papers(90)
    vectors = embed_texts(texts)
    order = np.random.default_rng(3).permutation(len(texts))
    assert np.array_equal(embed_texts([texts[i] for i in order]), vectors[order])
    assert np.array_equal(embed_texts([*texts, texts[7], texts[7]]), vectors[[*range(90), 7, 7]])


def test_a_text_is_embedded_alike_alone_and_among_others() -> None:
    texts = [
        *papers(80),
        "Pretraining. Pre-training and pre-training of networks.",
        "Pretraining. Nothing.",
    ]
    embedder = LsaEmbedder.fit(texts)
    together = embedder.transform(texts)
    assert np.array_equal(together, embed_texts(texts))
    assert np.array_equal(np.vstack([embedder.transform([text]) for text in texts]), together)


def test_a_space_survives_the_disk(tmp_path: Path) -> None:
    texts = [*papers(60), "Few-shot learning. Few-shot learning.", "Fewshot learning. Few-shot learning."]
    fitted = fit_space(texts)
    fitted.save(tmp_path)
    again = Space.load(tmp_path)
    assert np.array_equal(again.transform(texts), fitted.transform(texts))
    assert again.fingerprint == fitted.fingerprint


@pytest.mark.parametrize(
    "texts",
    [
        ["the same title. the same abstract"] * 30,
        [""] * 5,
        ["", "the of and", "!!!", "x"],
        [*papers(30), "", "...", "zzzunknown"],
        [f"all but alike words in every text {i}" for i in range(30)],
        [f"word{chr(97 + i)} alone" for i in range(15)],
        ["深度学习 图像 分割", "図像 分割", "нейронные сети для текста", "réseaux de neurones"] * 6,
        ["word " * 50_000, "other " * 50_000, "word other " * 50_000],
    ],
    ids=["alike", "empty", "no words", "some empty", "nearly alike", "nothing shared", "scripts", "long"],
)
def test_odd_corpora_give_finite_unit_rows(texts: list[str]) -> None:
    vectors = embed_texts(texts)
    assert len(vectors) == len(texts)
    assert has_unit_rows(vectors)


# --- the same bits everywhere


FINGERPRINT = """
import hashlib, sys
from paperatlas import LsaEmbedder, embed_texts
texts = open(sys.argv[1], encoding="utf-8").read().split("\\x1e")
model = LsaEmbedder.fit(texts)
for block in (model.idf, model.loadings, model.transform(["A new text. On graph networks."]), embed_texts(texts)):
    print(hashlib.sha256(block.tobytes()).hexdigest())
"""


def test_same_bits_under_other_kernels_threads_and_vector_units(shipped: list[str], tmp_path: Path) -> None:
    path = tmp_path / "texts"
    path.write_text("\x1e".join(shipped), encoding="utf-8")
    settings = [
        {"OPENBLAS_CORETYPE": "Nehalem", "OPENBLAS_NUM_THREADS": "1", "PYTHONHASHSEED": "1"},
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


# --- other people's encoders


class Letters:
    """Counts letters, as a stand-in for a sentence encoder."""

    def encode(self, texts: list[str]) -> np.ndarray:
        assert isinstance(texts, list)
        return np.array([[t.count(c) + 0.1 for c in "aeiou"] for t in texts], dtype=np.float32)


def test_an_object_with_encode_plugs_in() -> None:
    texts = ["banana", "queue", "banana", "aeiou"]
    vectors = embed_texts(texts, encoder=Letters())
    assert vectors.dtype == np.float32
    assert vectors.shape == (4, 5)
    expected = Letters().encode(texts)
    cosines = np.sum(vectors * expected, axis=1) / np.linalg.norm(expected, axis=1)
    assert np.allclose(cosines, 1.0, atol=1e-5)
    assert np.array_equal(embed_texts(texts[::-1], encoder=Letters()), vectors[::-1])


class Answers:
    def __init__(self, answer: object) -> None:
        self.answer = answer

    def encode(self, texts: list[str]) -> object:
        return self.answer


@pytest.mark.parametrize(
    ("encoder", "message"),
    [
        (Answers(np.ones((1, 3))), r"Answers\.encode must return one row per text, \(2, d\); found \(1, 3\)"),
        (Answers(np.ones(2)), r"found \(2,\)"),
        (Answers(np.array([[1.0], [np.nan]])), "not finite, first for the text 'b'"),
        (42, "found 42"),
        ("no/such/folder", "there is no folder 'no/such/folder'; give 'lsa'"),
        ("lsa+elsewhere", "there is no folder 'elsewhere'"),
    ],
)
def test_what_cannot_be_used_is_refused(encoder: object, message: str) -> None:
    with pytest.raises(AtlasError, match=message):
        embed_texts(["a", "b"], encoder=encoder)


class SmallModel(Letters):
    """Reads, as sentence-transformers does, a model from a folder: here the letters that it counts."""

    def __init__(self, folder: str, *, device: str, local_files_only: bool) -> None:
        assert (device, local_files_only, os.environ["HF_HUB_OFFLINE"]) == ("cpu", True, "1")
        self.letters = (Path(folder) / "letters.txt").read_text()

    def encode(self, texts: list[str], **options: object) -> np.ndarray:
        assert os.environ["HF_HUB_OFFLINE"] == "1"
        return np.array([[text.count(letter) + 0.1 for letter in self.letters] for text in texts])


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small model in a folder, and the package that reads it."""
    package = types.ModuleType("sentence_transformers")
    package.SentenceTransformer = SmallModel
    monkeypatch.setitem(sys.modules, "sentence_transformers", package)
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "letters.txt").write_text("aeiou")
    return folder


def test_a_study_is_made_with_the_encoder_it_is_given(model: Path, tmp_path: Path) -> None:
    source = tmp_path / "papers.jsonl"
    planted(8)[0].to_json(source, orient="records", lines=True)
    cache = tmp_path / "kept"
    study = pa.Study(source, encoder=f"lsa+{model}", cache=cache)
    assert np.array_equal(study.vectors, embed_texts(study.texts, encoder=f"lsa+{model}"))
    assert study.options()["encoder"] == f"lsa+{model}"
    assert study.similar("mooring", 3)["shared"].astype(str).str.contains("mooring").any()
    assert not np.array_equal(study.topics.vectors, pa.Study(source, cache=cache).topics.vectors)
    run = scale(source, tmp_path / "run", encoder=f"lsa+{model}", part=15)
    found = pd.concat([pd.read_parquet(path) for path in sorted((run.folder / "papers").iterdir())])
    found = found.set_index("paper_id").loc[study.papers["paper_id"]]
    assert found["topic"].tolist() == study.papers["topic"].tolist()
    # The model's files are part of what was kept.
    (model / "letters.txt").write_text("xyz")
    assert pa.Study(source, encoder=f"lsa+{model}", cache=cache).vectors.shape[1] == 8 + 3
    with pytest.raises(AtlasError, match="names its encoder by folder; found Letters"):
        pa.Study(source, encoder=Letters(), cache=cache).options()
    with pytest.raises(AtlasError, match="names its encoder by folder; found Letters"):
        scale(source, tmp_path / "other", encoder=Letters())
