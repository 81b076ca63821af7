"""One tokeniser, one vocabulary and one space for embedding, naming, trends and search."""

from paperatlas.text.query import Query, read_query
from paperatlas.text.tokens import fold_plural, plain_text, split_title
from paperatlas.text.vocabulary import Terms, Vocabulary, read_terms

__all__ = [
    "Query",
    "Terms",
    "Vocabulary",
    "fold_plural",
    "plain_text",
    "read_query",
    "read_terms",
    "split_title",
]
