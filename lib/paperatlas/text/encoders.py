"""What places texts in a space: the pile's own words, a sentence-transformers model, any encoder, or two of them."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from paperatlas.cache import fingerprint
from paperatlas.errors import AtlasError
from paperatlas.text.space import LsaEmbedder, Matrix, canonical, unit_rows
from paperatlas.text.vocabulary import Vocabulary

LSA = "lsa"
_BESIDE = "lsa+"
_WEIGHTS, _ABOUT = "weights.npy", "space.json"


class Encoder(Protocol):
    """Anything that turns a list of n texts into an (n, d) array, as sentence-transformers models do."""

    def encode(self, texts: list[str], /) -> Any:
        """(n, d) array."""


@dataclass(frozen=True)
class Space:
    """Places texts, seen or unseen, by their own words, an encoder, or both, as `name` says.

    The coordinates of both stand side by side and weigh the same.
    """

    words: LsaEmbedder | None
    encoder: Encoder | None
    name: str | Path | Encoder

    def transform(self, texts: Sequence[str]) -> Matrix:
        """Embed texts: (n, d) float32 array, rows of unit length."""
        rows = [self.words.transform(texts)] if self.words else []
        rows += [_encoded(self.encoder, texts)] if self.encoder is not None else []
        return unit_rows(np.hstack(rows)) if len(rows) > 1 else rows[0]

    @cached_property
    def fingerprint(self) -> str:
        """Hash of what embeddings depend on."""
        words = self.words
        learned = (json.dumps(asdict(words.vocabulary)), words.idf, words.loadings) if words else ()
        return fingerprint(*learned, encoder_key(self.name))

    def save(self, folder: Path) -> None:
        """Write what was fitted, and where the encoder lies; an encoder that is an object is an `AtlasError`."""
        about: dict[str, Any] = {"encoder": encoder_name(self.name, whole_path=True)}
        if self.words:
            about["vocabulary"] = asdict(self.words.vocabulary)
            np.save(folder / _WEIGHTS, np.column_stack([self.words.idf, self.words.loadings]))
        (folder / _ABOUT).write_text(json.dumps(about) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Space:
        """Read what `save` wrote; whoever asks says what to do where that is not there."""
        about = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
        words, encoder = _parts_of(about["encoder"])
        learned = None
        if words:
            idf, *loadings = np.load(folder / _WEIGHTS, allow_pickle=False).T
            learned = LsaEmbedder(Vocabulary(**about["vocabulary"]), idf, np.column_stack(loadings))
        return cls(learned, _loaded(encoder), about["encoder"])


def embed_texts(texts: Sequence[str], *, encoder: str | Path | Encoder = LSA) -> Matrix:
    """Place texts in a space where papers on one subject lie close together.

    A text's vector does not depend on the order of `texts`, and equal texts have equal vectors.
    With ``encoder="lsa"`` (see `LsaEmbedder`) it is also the same, bit for bit, on every machine.

    Parameters
    ----------
    texts : sequence of n str
        ``"title. abstract"``. A text without any word of the vocabulary gets the first axis.
    encoder : str, path or object
        ``"lsa"``; the folder of a sentence-transformers model, read from disk and never downloaded; an object with
        ``encode`` that takes a list of texts; or ``"lsa+FOLDER"``, the first two side by side.

    Returns
    -------
    (n, d) float32 array
        Rows of unit length.

    Raises
    ------
    AtlasError
        If there is no text, a text is not a string, the folder or the package that reads it is missing, or an
        object's answer is not one finite row per text.
    """
    unique, place = canonical(texts)
    return fit_space(unique, encoder=encoder).transform(unique)[place]


def fit_space(texts: Sequence[str], *, encoder: str | Path | Encoder = LSA) -> Space:
    """The space in which `embed_texts` places these texts, to place others in it."""
    words, other = _parts_of(encoder)
    return Space(LsaEmbedder.fit(texts) if words else None, _loaded(other), encoder)


def encoder_key(encoder: str | Path | Encoder) -> str | None:
    """What vectors depend on besides the texts: the name, and a hash of the model's files; None for an object."""
    words, other = _parts_of(encoder)
    if not isinstance(other, Path | None):
        return None
    files = sorted(path for path in other.rglob("*") if path.is_file()) if other else []
    return fingerprint(words, *(part for path in files for part in (path.name, path.read_bytes())))


def encoder_name(encoder: str | Path | Encoder, *, whole_path: bool = False) -> str:
    """What to call the encoder; with the whole path, by which it is found again, an object is an `AtlasError`."""
    words, other = _parts_of(encoder)
    if other is None:
        return LSA
    if isinstance(other, Path):
        return f"{_BESIDE if words else ''}{other if whole_path else other.name}"
    if whole_path:
        raise AtlasError(f"what is kept names its encoder by folder; found {type(other).__name__}")
    return type(other).__name__


def _parts_of(encoder: str | Path | Encoder) -> tuple[bool, Path | Encoder | None]:
    """Whether the pile's own words take part, and what else does: the folder of a model, or an object."""
    if not isinstance(encoder, str | Path):
        if not callable(getattr(encoder, "encode", None)):
            raise AtlasError(
                f"encoder must be 'lsa', the folder of a sentence-transformers model, 'lsa+FOLDER' or an object with "
                f"encode; found {encoder!r}"
            )
        return False, encoder
    name = str(encoder)
    if name == LSA:
        return True, None
    folder = Path(name.removeprefix(_BESIDE))
    if not folder.is_dir():
        raise AtlasError(
            f"encoder {name!r}: there is no folder {str(folder)!r}; give 'lsa', the folder of a sentence-transformers "
            "model (fetch one while online: hf download MODEL --local-dir FOLDER), or 'lsa+FOLDER'"
        )
    return name.startswith(_BESIDE), folder.resolve()


def _encoded(encoder: Encoder, texts: Sequence[str]) -> Matrix:
    """Vectors of texts by an encoder, which have to be one finite row per text."""
    with _offline():
        vectors = np.asarray(encoder.encode(list(texts)), dtype=np.float64)
    who = f"{type(encoder).__name__}.encode"
    if vectors.ndim != 2 or len(vectors) != len(texts) or vectors.shape[1] == 0:
        raise AtlasError(f"{who} must return one row per text, ({len(texts)}, d); found {vectors.shape}")
    if not np.isfinite(vectors).all():
        bad = int(np.flatnonzero(~np.isfinite(vectors).all(axis=1))[0])
        raise AtlasError(f"{who} returned a value that is not finite, first for the text {texts[bad][:60]!r}")
    return unit_rows(vectors)


def _loaded(encoder: Path | Encoder | None) -> Encoder | None:
    """A sentence-transformers model from its folder; an object, or nothing, as it is."""
    if not isinstance(encoder, Path):
        return encoder
    try:
        with _offline():
            from sentence_transformers import SentenceTransformer

            model: Encoder = SentenceTransformer(str(encoder), device="cpu", local_files_only=True)
            return model
    except ImportError as error:
        raise AtlasError(
            f"the encoder in {str(encoder)!r} needs the package sentence-transformers, which is not installed; "
            "install it with pip install 'paperatlas[transformers]', or use 'lsa'"
        ) from error
    except (OSError, ValueError) as error:
        raise AtlasError(f"{encoder}: expected a sentence-transformers model, found {error}") from error


def _offline() -> Any:
    """While it is open, the Hugging Face libraries are forbidden any request."""
    from unittest.mock import patch  # here, as it takes long to import

    return patch.dict(os.environ, HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1")
