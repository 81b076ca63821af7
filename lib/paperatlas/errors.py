"""What Paper Atlas raises when it cannot go on."""


class AtlasError(ValueError):
    """Input or environment that the reader can put right; the message says how."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows in place of a traceback: nothing in the code is wrong, so one line will do."""
        return [f"{type(self).__name__}: {self}"]


class DumpError(AtlasError):
    """A source that cannot be read; the message names file, place, and remedy."""
