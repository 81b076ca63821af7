"""Keep a fitted embedder on disk, as plain arrays."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from paperatlas.cache import fingerprint
from paperatlas.errors import AtlasError
from paperatlas.lsa import LsaEmbedder
from paperatlas.scale.parts import replacing
from paperatlas.textprep import Vocabulary


def save_embedder(embedder: LsaEmbedder, path: Path) -> None:
    """Write vocabulary, weights and axes as one ``.npz`` without pickles."""
    words = "\n".join(embedder.vocabulary.words).encode()
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez(
            file,
            words=np.frombuffer(words, dtype=np.uint8),
            pairs=embedder.vocabulary.pairs,
            idf=embedder.idf,
            loadings=embedder.loadings,
        )


def load_embedder(path: Path) -> LsaEmbedder:
    """Embedder written by `save_embedder`.

    Raises
    ------
    AtlasError
        If the file is missing or damaged.
    """
    try:
        with np.load(path, allow_pickle=False) as arrays:
            words = arrays["words"].tobytes().decode().split("\n")
            vocabulary = Vocabulary({word: i for i, word in enumerate(words) if word}, arrays["pairs"])
            return LsaEmbedder(vocabulary, arrays["idf"], arrays["loadings"])
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise AtlasError(f"{path}: expected an embedder, found {error}; fit it again") from error


def embedder_fingerprint(embedder: LsaEmbedder) -> str:
    """Hash of what embeddings depend on."""
    return fingerprint(*embedder.vocabulary.words, embedder.vocabulary.pairs, embedder.idf, embedder.loadings)
