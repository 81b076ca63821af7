"""Fuzz the reader of every other kind of file: ``python -m tests.fuzz.readers [INPUTS] [SEED]``, or ``make fuzz``.

Small files of all kinds, invented here, are cut, doubled, salted and packed. Whatever comes out: a record is read,
named as a problem, or the file is refused with a message that names it. Nothing else, and never a traceback.
"""

import gzip
import io
import json
import random
import sys
import tempfile
import zipfile
from pathlib import Path

import pandas as pd

import paperatlas as pa
from paperatlas.readers import COLUMNS
from tests.fuzz.invariants import mutate, run

PAPERS = [
    ("Lanterns for night markets", "We light ten markets a year & count the moths; p < 0.05.", "2019-03", "10.5555/lan.1"),
    ("Tides and $\\alpha$-clocks: Part II", "Clocks that follow tides lose 4 % of their days, we find.", "2021", ""),
    ("Étude des “ponts”", "Bridges sway. <i>Why?</i> We ask twelve engineers, and weigh their answers.", "", "10.5555/p.3"),
]  # fmt: skip
FRAGMENTS = [
    *(sign.encode() for sign in "\0\r\n\t,;\"'{}[]@%#\\$<>"),
    b"\r\n", b"@article{", b"&amp;", b"<i>", b"</feed>", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"sep=;\n", b"[[" * 50,
    b"TY  - JOUR\n", b"ER  - \n", b"AB  - ", b"PMID- 1\n", b"PT J\n", b"A" * 3000, b"0000-00-00", b"\xe2\x80\xae",
    b"null", b"NaN", b"1e999", b"-1", b"99999999999999999999", b'{"a":', b"\xff", b"\xc3", b"\xed\xa0\x80",
    b"\xff\xfe", b"\xef\xbb\xbf", b"\x1f\x8b", b"PK\x03\x04", b"PAR1",
]  # fmt: skip


def _table() -> pd.DataFrame:
    rows = [(*paper, "A. Doe; B. Roe", i) for i, paper in enumerate(PAPERS)]
    return pd.DataFrame(rows, columns=["Title", "Abstract", "Date", "DOI", "Authors", "Shelf"])


def _bytes(write: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    getattr(_table(), write)(buffer, index=False, **options)
    return buffer.getvalue()


def _tagged(lines: str, end: str) -> bytes:
    return "".join(lines.format(t=t, a=a, d=d[:4], doi=doi) + end for t, a, d, doi in PAPERS).encode()


def seeds() -> dict[str, bytes]:
    """One good file of each kind, by name."""
    objects = [
        {"title": t, "abstract": a, "date": d or None, "doi": doi, "n": [1, {"x": 2}]}
        for t, a, d, doi in PAPERS
    ]
    more = {"issued": {"date-parts": [[2021, 5]]}, "author": [{"family": "Doe"}]}
    nested = [{"title": [t], "abstract": f"<jats:p>{a}</jats:p>", **more} for t, a, _, _ in PAPERS]
    feed = (
        "".join(
            f"<entry><id>http://arxiv.org/abs/2201.0000{i}v1</id><title>t{i}</title><summary>{a}</summary></entry>"
            for i, (_, a, _, _) in enumerate(PAPERS)
        )
        .replace("&", "and")
        .replace("< 0", "&lt; 0")
    )
    cards = "".join(f"\n3\n\n{t}\n\n{a}\n\n8 authors\n\n·\n\nMar 3, 2024\n\n" for t, a, _, _ in PAPERS)
    links = "".join(
        f"\n### [{t}](https://huggingface.co/papers/2201.0000{i})\n\n[{a}](https://huggingface.co/papers/2201.0000{i})\n"
        for i, (t, a, _, _) in enumerate(PAPERS)
    )
    html = "".join(
        f'<article><h3><a href="/papers/2201.0000{i}">{t}</a></h3><a href="/papers/2201.0000{i}"><p>{a}</p></a></article>'
        for i, (t, a, _, _) in enumerate(PAPERS)
    )
    return {
        "t.csv": _bytes("to_csv"),
        "t.tsv": _bytes("to_csv", sep="\t"),
        "t16.csv": _bytes("to_csv", sep="\t").decode().encode("utf-16"),
        "t.xlsx": _bytes("to_excel"),
        "t.parquet": _bytes("to_parquet"),
        "t.bib": _tagged("@article{{k, title={{{t}}}, abstract={{{a}}}, year={d}, month=mar, doi={{{doi}}}}}\n", "\n"),
        "t.ris": _tagged("TY  - JOUR\nTI  - {t}\nAB  - {a}\nPY  - {d}\nDO  - {doi}\n", "ER  - \n"),
        "t.nbib": _tagged("PMID- 1\nTI  - {t}\nAB  - {a}\n      more.\nDP  - {d}\n", "\n"),
        "t.ciw": b"FN Clarivate\nVR 1.0\n" + _tagged("PT J\nTI {t}\nAB {a}\n   more.\nPY {d}\n", "ER\n\n"),
        "t.enw": _tagged("%0 Journal Article\n%T {t}\n%X {a}\n%D {d}\n", "\n"),
        "t.jsonl": "\n".join(map(json.dumps, objects)).encode(),
        "t.json": json.dumps(objects, indent=1).encode(),
        "n.json": json.dumps({"message": {"items": nested}}).encode(),
        "t.xml": f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom">{feed}</feed>'.encode(),
        "t.md": links.encode(),
        "t.txt": cards.encode(),
        "t.html": f"<!doctype html><html><body>{html}</body></html>".encode(),
    }  # fmt: skip


def packed(rng: random.Random, name: str, raw: bytes) -> tuple[str, bytes]:
    """The file as it is, or packed, and then perhaps damaged again."""
    kind = rng.randrange(12)
    if kind == 0:
        return f"{name}.gz", mutate(
            rng, gzip.compress(raw), FRAGMENTS
        ) if rng.random() < 0.5 else gzip.compress(raw)
    if kind == 1:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as folder:
            folder.writestr(name, raw)
            folder.writestr("notes.md", "# to do\n")
        return f"{name}.zip", mutate(
            rng, buffer.getvalue(), FRAGMENTS
        ) if rng.random() < 0.5 else buffer.getvalue()
    return (name if kind > 3 else "without-ending"), raw


def check(path: Path) -> str:
    """Read a file; returns how that went, raises where a promise is broken."""
    try:
        records = pa.read_papers(path)
    except pa.AtlasError as error:
        assert path.name in str(error), error
        assert "\n" not in str(error), error
        return "refused"
    problems = records.attrs["problems"]
    assert list(records.columns[: len(COLUMNS)]) == COLUMNS
    assert all(isinstance(text, str) and text.strip() for text in records["title"])
    assert all(isinstance(text, str) for text in records["abstract"])
    assert records["published"].dropna().str.fullmatch(r"\d{4}(-\d\d)?").all()
    bare = int((records["abstract"] == "").sum())
    assert sum(problem.reason.startswith("no abstract") for problem in problems) >= bare
    assert all(problem.reason and problem.remedy for problem in problems)
    papers = pa.build_corpus(records)
    assert papers["paper_id"].is_unique
    assert len({(merge.dump, merge.rank) for merge in papers.attrs["merges"]}) + len(papers) >= len(records)
    return "read, with problems" if problems else "read"


def main(n: int = 20_000, seed: int = 0) -> int:
    """Try `n` files; returns 1 if any broke a promise."""
    good = seeds()

    def make(rng: random.Random) -> tuple[str, bytes]:
        name = rng.choice(sorted(good))
        return packed(rng, name, mutate(rng, good[name], FRAGMENTS))

    with tempfile.TemporaryDirectory() as folder:

        def write_and_check(made: tuple[str, bytes]) -> str:
            path = Path(folder, made[0])
            path.write_bytes(made[1])
            try:
                return check(path)
            finally:
                path.unlink()

        return run(n, seed, make, write_and_check)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
