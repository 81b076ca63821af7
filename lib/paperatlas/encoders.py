"""Transformer embeddings for those who have installed them; nothing is ever downloaded."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from paperatlas.errors import AtlasError

_FAMILY = "sentence-transformers"
_DEFAULT = "sentence-transformers/all-MiniLM-L6-v2"


def sentence_encoder(method: str) -> Any:
    """Load a sentence-transformers model from this machine's disk.

    Parameters
    ----------
    method : str
        ``"sentence-transformers"``, ``"sentence-transformers/MODEL"``, or ``"sentence-transformers:"``
        followed by a folder or by the name of a model that is in the local cache.

    Returns
    -------
    object with ``encode(list of str)``

    Raises
    ------
    AtlasError
        If the method is not one of these, the package is not installed, or the model is not on disk.
    """
    family, colon, elsewhere = method.partition(":")
    if colon and family == _FAMILY and elsewhere:
        model = elsewhere
    elif method == _FAMILY:
        model = _DEFAULT
    elif method.startswith(f"{_FAMILY}/") and len(method) > len(_FAMILY) + 1 and not colon:
        model = method
    else:
        raise AtlasError(
            f"unknown embedding method {method!r}; use 'lsa', '{_FAMILY}', '{_FAMILY}/MODEL', "
            f"'{_FAMILY}:FOLDER', or an object with encode, fit_transform or transform"
        )
    with _offline():
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise AtlasError(
                f"method {method!r} needs the package {_FAMILY}, which is not installed; install it with "
                f"pip install 'paperatlas[transformers]', or use method='lsa'"
            ) from error
        try:
            return _Encoder(SentenceTransformer(model, device="cpu", local_files_only=True))
        except (OSError, ValueError) as error:
            raise AtlasError(
                f"the model {model!r} is not on this disk, and nothing is downloaded at run time; fetch it "
                f"once while online (hf download {model}), or name its folder: method='{_FAMILY}:FOLDER'"
            ) from error


class _Encoder:
    """A loaded model, kept offline while it works."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def encode(self, texts: list[str]) -> Any:
        """(n, d) array of the texts' embeddings."""
        with _offline():
            return self._model.encode(texts, show_progress_bar=False, convert_to_numpy=True)


@contextmanager
def _offline() -> Iterator[None]:
    """Forbid the Hugging Face libraries any request while the block runs."""
    names = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
