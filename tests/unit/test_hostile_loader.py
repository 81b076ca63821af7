"""Pages that were broken on the way, pages that are meant to break the loader, and its doubts."""

from __future__ import annotations

import random
import textwrap

import pytest

import paperatlas as pa
from paperatlas.readers import dumps
from paperatlas.readers.dumps import BANNER, decode, parse_dump
from tests.fuzz import loader
from tests.fuzz.invariants import check


def page(lines: list[str]) -> str:
    return "\n".join(BANNER) + "\nSubscribe" + "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def real(records) -> list[tuple[str, str]]:
    return list(zip(records["title"], records["abstract"], strict=True))


class TestBrokenAtAWidth:
    """An editor broke every line, and no blank line parts the entries."""

    @pytest.mark.parametrize("width", [60, 72, 80, 100])
    def test_nearly_all_entries_are_read_as_they_are(self, real, width):
        wrapped = [(t, "\n".join(textwrap.wrap(a, width, break_on_hyphens=False))) for t, a in real]
        found, _ = parse_dump(page([text for pair in wrapped for text in pair]))
        right = len({(t, a) for t, a, _ in found} & set(wrapped))
        # A line that is full by chance before a title can be told from prose only by its words.
        assert right >= 0.98 * len(set(wrapped))

    @pytest.mark.parametrize("width", [80, 100])
    def test_titles_broken_too_are_put_together(self, real, width):
        wrapped = [
            part
            for pair in real
            for text in pair
            for part in textwrap.wrap(text, width, break_on_hyphens=False)
        ]
        found, _ = parse_dump(page(wrapped))
        titles = {title for title, _, _ in found}
        assert len(titles & {t for t, _ in real}) >= 0.95 * len({t for t, _ in real})


class TestDoubt:
    """Where a page can be read in two ways, the loader says so."""

    @pytest.mark.parametrize("n_missing", [1, 2])
    def test_no_missing_abstract_passes_in_silence(self, real, n_missing):
        rng = random.Random(n_missing)
        for _ in range(60):
            first = rng.randrange(len(real) - 20)
            chunk = real[first : first + 20]
            gone = range(9, 9 + n_missing)
            lines = [x for i, pair in enumerate(chunk) for x in (pair[:1] if i in gone else pair)]
            _, problems = parse_dump(page(lines))
            titles = {chunk[i][0] for i in gone}
            assert titles & {p.record for p in problems}, f"entries {first + 9} and on"

    def test_a_missing_title_is_not_passed_over(self, real):
        for first in range(0, 600, 13):
            chunk = real[first : first + 12]
            lines = [x for i, pair in enumerate(chunk) for x in (pair[1:] if i == 5 else pair)]
            _, problems = parse_dump(page(lines), file="page.txt")
            assert [(p.record, p.reason, p.kept) for p in problems] == [
                (chunk[5][1], dumps.SECOND_PARAGRAPH, True)
            ]
            assert problems[0].place == f"line {3 + lines.index(chunk[5][1])}"


class TestSizes:
    def test_too_many_lines(self, monkeypatch):
        monkeypatch.setattr(dumps, "MAX_LINES", 100)
        with pytest.raises(pa.DumpError, match="more than 100 lines; split it"):
            decode(b"A line\n" * 101, file="page.txt")

    @pytest.mark.parametrize("mark", ["(", "{", "[", "<", "$", "http://", ". A", "\\frac{"])
    def test_a_hundred_thousand_brackets(self, mark):
        """Ends at all only if no pattern looks at the same characters again and again."""
        found, _ = parse_dump(page(["A Title", "Prose. " + mark * 100_000, "Another Title", mark * 100_000]))
        assert len(found) == 2


class TestStrangeText:
    def test_null_bytes_and_half_surrogates_become_the_replacement_character(self):
        found, problems = parse_dump(page(["A\0 Title", "An \ud800 abstract."]))
        assert found == [("A\ufffd Title", "An \ufffd abstract.", 3)]
        assert [(p.place, p.reason, p.kept) for p in problems] == [
            ("line 3", dumps.NOT_TEXT, True),
            ("line 4", dumps.NOT_TEXT, True),
        ]

    @pytest.mark.parametrize("encoding", ["utf-32", "cp037"])
    def test_other_encodings_are_refused(self, encoding):
        with pytest.raises(pa.DumpError, match=r"not text|neither UTF-8"):
            decode(page(["A Title", "An abstract."] * 9).encode(encoding), file="page.txt")


def test_a_small_run_of_the_fuzzer(real):
    """The large one is ``make fuzz``; this one keeps its machinery alive."""
    ends = {check(loader.inputs(random.Random(f"small {number}"), real)) for number in range(300)}
    assert {"read", "read, with problems"} <= ends
