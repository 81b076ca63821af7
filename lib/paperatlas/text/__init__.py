"""One tokeniser, one vocabulary and one space for embedding, naming, trends and search."""

from paperatlas.text.encoders import embed_texts
from paperatlas.text.layout import project
from paperatlas.text.query import Query, read_query
from paperatlas.text.space import LsaEmbedder
from paperatlas.text.tokens import fold_plural
from paperatlas.text.vocabulary import Terms, read_terms

__all__ = [
    "LsaEmbedder", "Query", "Terms", "embed_texts", "fold_plural", "project", "read_query", "read_terms",
]  # fmt: skip
