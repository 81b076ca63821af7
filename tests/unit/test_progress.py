"""Progress on the terminal."""

from __future__ import annotations

import io
import re

from paperatlas.progress import Steps, bar


class TestSteps:
    def test_a_line_for_each_step_and_part(self):
        out = io.StringIO()
        with Steps(out) as steps:
            steps.step("vectors", 1.25)
            steps.part("site", 1, 4)
        first, second = out.getvalue().splitlines()
        assert re.fullmatch(r"vectors +1\.2 s", first)
        assert re.fullmatch(r"site +\d+\.\d s  █{6}░{18} 1/4", second)
        assert "\x1b" not in out.getvalue(), "nothing for terminals in a file"

    def test_on_a_terminal_the_last_line_is_taken_away(self):
        out = io.StringIO()
        out.isatty = lambda: True
        with Steps(out) as steps:
            steps.step("vectors", 1.0)
        assert out.getvalue().endswith("\r\x1b[K")

    def test_bar_is_full_only_at_the_end(self):
        assert bar(11, 12).count("█") < 24
        assert bar(12, 12).startswith("█" * 24)
