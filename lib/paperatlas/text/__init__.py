"""One tokeniser, one vocabulary and one space for embedding, naming, trends and search."""

from paperatlas.text.encoders import Encoder, embed_texts, fit_space
from paperatlas.text.layout import Projection, project
from paperatlas.text.query import Query, read_query
from paperatlas.text.space import LsaEmbedder
from paperatlas.text.tokens import fold_plural
from paperatlas.text.vocabulary import Terms, Vocabulary, read_terms

__all__ = [
    "Encoder",
    "LsaEmbedder",
    "Projection",
    "Query",
    "Terms",
    "Vocabulary",
    "embed_texts",
    "fit_space",
    "fold_plural",
    "project",
    "read_query",
    "read_terms",
]
