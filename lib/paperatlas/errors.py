"""What Paper Atlas raises when it cannot go on."""


class AtlasError(ValueError):
    """Input or environment that the reader can put right; the message says how."""


class DumpError(AtlasError):
    """A source that cannot be read; the message names file, place, and remedy."""
