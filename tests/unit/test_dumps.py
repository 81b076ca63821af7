"""The loader: what it reads, what it reports, what it refuses, and pages that are meant to break it."""

import gzip
import random
import re
import textwrap

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import paperatlas as pa
from paperatlas.readers import dumps
from paperatlas.readers.dumps import BANNER, decode, format_dump, parse_dump
from tests.fuzz import loader
from tests.fuzz.invariants import assert_accounted_for, check

BANNERS = "\n".join(BANNER)


def entries(text: str) -> list[tuple[str, str]]:
    return [(title, abstract) for title, abstract, _ in parse_dump(text)[0]]


def page(lines: list[str]) -> str:
    return BANNERS + "\nSubscribe" + "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def real(records: pd.DataFrame) -> list[tuple[str, str]]:
    return list(zip(records["title"], records["abstract"], strict=True))


class TestShippedDumps:
    def test_counts(self, records):
        assert records.groupby("dump").size().tolist() == [181, 236, 119, 119, 119]
        assert records.attrs["problems"] == []

    def test_every_character_is_there(self, records, dumps_folder):
        """Banner, button, titles and abstracts together are the files, but for line ends."""
        for file in sorted(dumps_folder.glob("*.txt")):
            mine = records[records["dump"] == file.stem]
            lines = file.read_text(encoding="utf-8").split("\n")
            rebuilt = [*BANNER, *(text for row in mine.itertuples() for text in (row.title, row.abstract))]
            rebuilt[2] = "Subscribe" + rebuilt[2]
            assert rebuilt == [line for line in lines if line]

    def test_line_is_where_the_title_stands(self, records, dumps_folder):
        for dump, mine in records.groupby("dump"):
            lines = (dumps_folder / f"{dump}.txt").read_text(encoding="utf-8").split("\n")
            for row in mine.itertuples():
                assert lines[row.line - 1].removeprefix("Subscribe") == row.title


class TestRealPagesVary:
    def test_bom_and_crlf(self, real, tmp_path):
        file = tmp_path / "windows.txt"
        file.write_bytes(b"\xef\xbb\xbf" + format_dump(real[:30]).replace("\n", "\r\n").encode())
        records = pa.read_dumps(file)
        assert list(zip(records["title"], records["abstract"], strict=True)) == real[:30]
        assert records.attrs["problems"] == []

    def test_no_banner_no_button(self, real):
        text = format_dump(real[:20]).removeprefix(BANNERS + "\nSubscribe")
        assert entries(text) == real[:20]

    def test_pages_glued_without_a_line_end(self, real):
        assert entries(format_dump(real[:9]).rstrip("\n") + format_dump(real[9:20])) == real[:20]

    @pytest.mark.parametrize("gap", ["\n\n", "\n \n\n"])
    def test_blank_lines_everywhere(self, real, gap):
        assert entries(format_dump(real).replace("\n", gap)) == real

    @pytest.mark.parametrize("width", [60, 100, 300])
    def test_wrapped_abstracts_between_blank_lines(self, real, width):
        wrapped = [(t, "\n".join(textwrap.wrap(a, width, break_on_hyphens=False))) for t, a in real]
        text = BANNERS + "\nSubscribe" + "\n\n".join(f"{title}\n{abstract}" for title, abstract in wrapped)
        assert entries(text) == wrapped

    @pytest.mark.parametrize("share", [0.1, 0.5, 1.0])
    def test_abstracts_over_two_lines(self, real, share):
        rng = random.Random(0)

        def halves(abstract: str) -> str:
            sentences = re.split(r"(?<=[.!?]) (?=[A-Z])", abstract)
            middle = len(sentences) // 2
            parts = [" ".join(sentences[:middle]), " ".join(sentences[middle:])]
            return "\n".join(part for part in parts if part) if rng.random() < share else abstract

        split = [(title, halves(abstract)) for title, abstract in real]
        assert entries(format_dump(split)) == split

    @pytest.mark.parametrize("place", [0, 5, -1])
    def test_missing_abstract(self, real, place):
        title = real[place][0]
        gone = [text for pair in real for text in pair]
        del gone[gone.index(title) + 1]
        found, problems = parse_dump(BANNERS + "\nSubscribe" + "\n".join(gone))
        assert [(t, a) for t, a, _ in found] == [
            pair for i, pair in enumerate(real) if i != place % len(real)
        ]
        assert [(p.reason, p.record) for p in problems] == [("title without an abstract", title)]

    def test_missing_title_is_a_problem_at_the_top(self, real):
        text = BANNERS + "\n" + real[0][1] + "\n" + "\n".join(f"{t}\n{a}" for t, a in real[1:9])
        found, problems = parse_dump(text, file="page.txt")
        assert [(t, a) for t, a, _ in found] == real[1:9]
        assert [(p.source, p.place, p.reason) for p in problems] == [
            ("page.txt", "line 3", "abstract without a title")
        ]


class TestProperties:
    @given(st.lists(st.tuples(st.text(), st.text()), max_size=6))
    @settings(max_examples=200, deadline=None)
    def test_whatever_can_be_written_is_read_back(self, pairs):
        try:
            text = format_dump(pairs)
        except pa.DumpError:
            return
        assert entries(text) == [(t.strip(), a.strip()) for t, a in pairs]

    @given(st.binary() | st.text().map(lambda text: text.encode("utf-16")))
    @settings(max_examples=300, deadline=None)
    def test_no_bytes_break_a_promise(self, raw):
        check(raw)

    @given(st.text())
    @settings(max_examples=500, deadline=None)
    def test_every_line_is_accounted_for(self, text):
        found, problems = parse_dump(text)
        assert_accounted_for(text, found, problems)


class TestRefusals:
    @pytest.mark.parametrize(
        ("make", "message"),
        [
            (lambda d: d / "nowhere", "does not exist"),
            (lambda d: d / "*.nothing", "matches no file"),
            (lambda d: d, "holds no papers"),
            (lambda d: _write(d / "empty.txt", b""), "is empty"),
            (lambda d: _write(d / "blank.txt", b"\n \n"), "is empty"),
            (
                lambda d: _write(d / "picture.txt", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4),
                "is not text",
            ),
            (
                lambda d: _write(d / "broken.txt.gz", gzip.compress(b"A title\nAn abstract.")[:-9]),
                "cannot be read",
            ),
            (lambda d: _write(d / "banner.txt", BANNERS.encode()), "has no text"),
            (lambda d: _write(d / "one.txt", b"Only a title"), "a title line and an abstract line"),
            (lambda d: [], "no source was named"),
        ],
    )
    def test_message_names_path_and_remedy(self, tmp_path, make, message):
        with pytest.raises(pa.DumpError, match=message) as caught:
            pa.read_dumps(make(tmp_path))
        assert str(tmp_path) in str(caught.value) or message == "no source was named"
        assert ";" in str(caught.value), "the message says what to do"

    def test_strict_stops_at_the_first_problem(self, tmp_path):
        file = _write(tmp_path / "page.txt", b"A title\nAn abstract.\nAnother title")
        assert len(pa.read_dumps(file).attrs["problems"]) == 1
        with pytest.raises(pa.DumpError, match=r"page\.txt, line 3"):
            pa.read_dumps(file, strict=True)

    def test_characters_that_cannot_be_read_are_reported(self, tmp_path):
        text = "A title\nAn abstract of a café, which goes on for a while so that it is text – “and” more.".encode()
        records = pa.read_dumps(_write(tmp_path / "page.txt", text.replace(b"while", b"wh\xffile")))
        assert [(p.place, p.reason) for p in records.attrs["problems"]] == [("line 2", dumps.NOT_TEXT)]
        plain = text.decode().encode("cp1252")
        assert pa.read_dumps(_write(tmp_path / "page.txt", plain))["abstract"].tolist() == [
            text.decode().split("\n")[1]
        ]


def _write(path, content: bytes):
    path.write_bytes(content)
    return path


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
