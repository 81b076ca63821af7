"""The arXiv interface, spoken to a server on this machine that answers as arXiv does."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

import pytest

from paperatlas import Study
from paperatlas.cli import main
from paperatlas.dates import ARXIV_ANSWERS, ARXIV_API, ArxivApi, PaperSource, add_dates
from paperatlas.readers import format_dump
from tests.unit.test_dates import ABSTRACT, corpus_of

Reply = tuple[int, bytes]


def feed(*papers: tuple[str, str, str]) -> bytes:
    """Atom feed as arXiv sends it; papers as (id, title, time of version 1)."""
    entries = "".join(
        f"""
  <entry>
    <id>http://arxiv.org/abs/{arxiv_id}v3</id>
    <title>{escape(title)}</title>
    <updated>2021-01-01T00:00:00Z</updated>
    <summary>  {escape(ABSTRACT)}
    </summary>
    <published>{published}</published>
    <author><name>A. Person</name></author>
    <category term="cs.CV" scheme="http://arxiv.org/schemas/atom"/>
    <arxiv:journal_ref>CVPR 2020</arxiv:journal_ref>
    <link href="https://arxiv.org/abs/{arxiv_id}v3" rel="alternate" type="text/html"/>
  </entry>"""
        for arxiv_id, title, published in papers
    )
    return f"""<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns:arxiv="http://arxiv.org/schemas/atom"
      xmlns="http://www.w3.org/2005/Atom">
  <id>https://arxiv.org/api/query</id>
  <title>arXiv Query</title>
  <updated>2026-01-01T00:00:00Z</updated>
  <opensearch:itemsPerPage>10</opensearch:itemsPerPage>
  <opensearch:totalResults>{len(papers)}</opensearch:totalResults>
  <opensearch:startIndex>0</opensearch:startIndex>{entries}
</feed>
""".encode()


class Server:
    """Answers from a function of the search query, and remembers the queries."""

    def __init__(self) -> None:
        self.queries: list[str] = []
        self.reply: Callable[[str], Reply] = lambda query: (200, feed())
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                query = parse_qs(urlsplit(self.path).query)["search_query"][0]
                outer.queries.append(query)
                status, body = outer.reply(query)
                self.send_response(status)
                self.send_header("Content-Type", "application/atom+xml; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}/api/query"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """The server in the place of arXiv."""
    server = Server()
    monkeypatch.setattr("paperatlas.dates.sources.ADDRESS", server.address)
    monkeypatch.setattr("paperatlas.dates.sources.PAUSE", 0.0)
    yield server
    server.close()


def test_dates_are_those_of_version_one(server: Server, tmp_path: Path) -> None:
    server.reply = lambda query: (200, feed(("1904.02689", "A Study of\n  Things", "2019-04-04T17:59:39Z")))
    dated = add_dates(corpus_of("A Study of Thigns"), [ArxivApi(cache=tmp_path)])
    columns = ["arxiv_id", "published", "precision", "venue", "date_source"]
    assert dated.loc[0, columns].tolist() == ["1904.02689", "2019-04", "month", "CVPR 2020", "arXiv API"]


def test_only_papers_without_a_date_are_asked_for(server: Server, tmp_path: Path) -> None:
    table = tmp_path / "mine.csv"
    table.write_text("title,date\nA Study of Things,2019\n", encoding="utf-8")
    dated = add_dates(
        corpus_of("A Study of Things", "Other Matters"),
        [PaperSource(table), ArxivApi(cache=tmp_path / "kept")],
    )
    assert server.queries
    assert not any("study" in query for query in server.queries)
    assert dated.attrs["date_sources"][1] == {"source": "arXiv API", "asked": 1, "matched": 0}


def test_a_busy_server_is_asked_again_after_longer_and_longer_waits(
    server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    answer = feed(("1904.02689", "A Study of Things", "2019-04-04T17:59:39Z"))
    replies = iter([(503, b"busy"), (429, b"slower"), (200, answer)])
    server.reply = lambda query: next(replies)
    waits: list[float] = []
    monkeypatch.setattr("paperatlas.dates.sources.PAUSE", 0.01)
    monkeypatch.setattr("paperatlas.dates.sources.sleep", waits.append)
    assert add_dates(corpus_of("A Study of Things"), [ArxivApi(cache=tmp_path)])["published"].tolist() == [
        "2019-04"
    ]
    assert waits == [0.02, 0.04]


def test_a_query_that_is_refused_costs_its_own_paper_alone(server: Server, tmp_path: Path) -> None:
    good = (200, feed(("1904.02689", "A Study of Things", "2019-04-04T17:59:39Z")))
    server.reply = lambda query: good if "study" in query else (400, b"bad query")
    dated = add_dates(corpus_of("Other Matters", "A Study of Things"), [ArxivApi(cache=tmp_path)])
    assert dated["published"].fillna("").tolist() == ["", "2019-04"]
    assert {problem.reason for problem in dated.attrs["date_problems"]} == {
        "expected an answer, found the answer 400"
    }


@pytest.mark.parametrize(
    ("reply", "complaint"),
    [
        ((503, b"Service Unavailable"), "found the answer 503"),
        ((403, b"Forbidden"), "found the answer 403"),
        ((200, b""), "found an empty answer"),
        ((200, b"<html><body>Rate exceeded.</body></html>"), "found .*Rate exceeded"),
        ((200, feed(("1", "A", "2019-04-04T17:59:39Z"))[:-40]), "found .*xml version"),
    ],
)
def test_a_failing_server_costs_nothing_already_matched(
    server: Server, tmp_path: Path, reply: Reply, complaint: str
) -> None:
    good = (200, feed(("1904.02689", "A Study of Things", "2019-04-04T17:59:39Z")))
    server.reply = lambda query: good if "study" in query else reply
    corpus = corpus_of("A Study of Things", "Other Matters", "A Third Thing")
    with pytest.warns(UserWarning, match=f"{server.address}: expected an Atom feed, {complaint}"):
        dated = add_dates(corpus, [ArxivApi(cache=tmp_path)])
    assert dated["published"].fillna("").tolist() == ["2019-04", "", ""]
    assert server.address in dated.attrs["date_problems"][0].reason
    assert not any("third" in query for query in server.queries), "a failing server is left in peace"

    server.queries.clear()
    server.reply = lambda query: (200, feed(("2001.00001", "Other Matters", "2020-01-01T00:00:00Z")))
    resumed = add_dates(corpus, [ArxivApi(cache=tmp_path)])
    assert resumed["published"].fillna("").tolist() == ["2019-04", "2020-01", ""]
    assert not any("study" in query for query in server.queries), "what was answered is not asked again"


@pytest.fixture
def named(server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Server:
    """The server, for a source that is asked for by its name."""
    monkeypatch.setenv("PAPERATLAS_CACHE", str(tmp_path / "cache"))
    server.reply = lambda query: (200, feed(("1904.02689", TITLES[3], "2019-04-04T17:59:39Z")))
    return server


TOPICS = ["Kites", "Bees", "Lamps", "Maps", "Tides", "Stamps"]
TITLES = [f"A Long Study of {topic} and Their Makers" for topic in TOPICS]


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    path = tmp_path / "own.txt"
    abstracts = [f"{ABSTRACT} It is about {title}." for title in TITLES]
    abstracts[3] = ABSTRACT
    more = [(f"Number {i} of Many", f"We count to {i} and say so.") for i in range(9)]
    path.write_text(format_dump([*zip(TITLES, abstracts, strict=True), *more]), encoding="utf-8")
    return path


def test_the_command_dates_what_is_left_and_asks_once(dump: Path, named: Server, capsys) -> None:
    for _ in range(2):
        assert main(["inspect", str(dump), "--arxiv-api"]) == 0
        assert "dates from arXiv API: 1 of 15 papers" in capsys.readouterr().out
    assert 0 < len(named.queries) == len(set(named.queries))


def test_a_report_repeats_the_answers_without_asking(dump: Path, named: Server) -> None:
    first = Study(dump, sources=[ARXIV_API])
    assert first.corpus["published"].notna().sum() == 1
    asked = len(named.queries)
    assert first.options() == {"sources": [ARXIV_ANSWERS]}
    again = Study(dump, **first.options())
    assert again.corpus["published"].notna().sum() == 1
    assert len(named.queries) == asked
