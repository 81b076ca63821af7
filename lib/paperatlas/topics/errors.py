"""What the topic model raises when it cannot go on."""

from __future__ import annotations

from paperatlas.errors import AtlasError


class TooFewPapersError(AtlasError):
    """Fewer papers than any topic model can say something about."""

    def __init__(self, needed: int, found: int) -> None:
        self.needed = needed
        self.found = found
        super().__init__(
            f"topics need at least {needed} papers; found {found}; add sources or skip this step"
        )
