"""One tokeniser and one vocabulary for embedding, naming, trends and search."""

from paperatlas.text.tokens import fold_plural, plain_text, split_title
from paperatlas.text.vocabulary import Terms, Vocabulary, read_terms

__all__ = ["Terms", "Vocabulary", "fold_plural", "plain_text", "read_terms", "split_title"]
