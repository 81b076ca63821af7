"""Embeddings of papers; see `paperatlas.text`."""

from paperatlas.text.encoders import Encoder, embed_texts, encoder_key, fit_space
from paperatlas.text.space import LsaEmbedder

__all__ = ["Encoder", "LsaEmbedder", "embed_texts", "encoder_key", "fit_space"]
