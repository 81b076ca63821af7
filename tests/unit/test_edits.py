"""Edits: they do what they say, everything follows, and they find their place again in another run."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import paperatlas as pa
from paperatlas.cli import main
from paperatlas.edit_file import read_edits
from paperatlas.scale import scale
from paperatlas.topics.edited import apply_edits
from paperatlas.topics.edits import Address, Edit, address_of

SUBJECTS = {
    "coffee": "coffee shade harvest roast bean farm plantation arabica soil altitude",
    "glacier": "glacier ice melt snow moraine altimetry crevasse firn runoff albedo",
    "violin": "violin bow string varnish resonance luthier tone spruce bridge soundpost",
    "comet": "comet orbit dust tail perihelion nucleus telescope outgassing ephemeris coma",
    "bread": "bread dough yeast flour crumb sourdough oven gluten proofing crust",
}
COMMON = "we study the effect of and how it changes with new data from field work"


@pytest.fixture(scope="module")
def pile(tmp_path_factory):
    """120 invented papers on five subjects, with what a library knows of them."""
    rng = np.random.default_rng(4)
    rows = []
    for number, (subject, words) in enumerate(SUBJECTS.items()):
        terms = words.split()
        for i in range(24):
            title = " ".join(rng.choice(terms, 3, replace=False))
            text = " ".join([*rng.choice(terms, 14), *rng.choice(COMMON.split(), 10)])
            rows.append(
                {
                    "title": f"{title} {subject} {number}{i}",
                    "abstract": "" if (number, i) == (4, 0) else f"In the {subject} case {text}.",
                    "year": 2015 + i % 8,
                    "authors": f"Writer, {chr(65 + i % 4)}; Other, B",
                    "venue": "Journal of Field Work" if i % 2 else "Proceedings of the Oven Workshop",
                    "citations": 100 - i if number == 0 else None,
                    "tag": "read" if i < 5 else "",
                }
            )
    folder = tmp_path_factory.mktemp("pile")
    file = folder / "pile.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows))
    return file


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def study(pile, cache, tmp_path, monkeypatch):
    """A study that nobody has edited, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return pa.Study(pile, cache=cache)


def titled(study, word):
    """Number of the topic of the papers with a word in their titles."""
    return int(study.papers.loc[study.papers["title"].str.contains(word), "topic"].mode()[0])


def papers_of(study, topic):
    return set(study.papers.loc[study.papers["topic"] == topic, "paper_id"])


def test_a_new_name_is_everywhere(study, pile, cache, tmp_path, monkeypatch):
    coffee = titled(study, "coffee")
    edited = study.rename({coffee: 'Coffee, "shade-grown"'})
    assert edited.edits["status"].tolist() == ["applied"]
    row = edited.topics.at("topic").set_index("topic").loc[coffee]
    assert (row["name"], row["edited"]) == ('Coffee, "shade-grown"', "renamed")
    assert np.isnan(row["name_auc"])
    assert papers_of(edited, coffee) == papers_of(study, coffee)
    assert set(edited.select(topic='Coffee, "shade-grown"')["topic_name"]) == {'Coffee, "shade-grown"'}
    assert edited.trend_tests.set_index("topic").loc[coffee, "edited"] == "renamed"
    assert 'Coffee, "shade-grown"' in edited.topics.model.get_topic_info()["CustomName"].tolist()
    assert any("hand" in doubt for doubt in edited.doubts)
    assert study.topics.at("topic").set_index("topic").loc[coffee, "name"] != row["name"]
    monkeypatch.setenv("PAPERATLAS_CACHE", str(cache))
    assert main(["export", str(pile), "--edits", "atlas.toml", "--out", "out"]) == 0
    assert "shade-grown" in (tmp_path / "out" / "topics.csv").read_text()
    assert json.loads((tmp_path / "out" / "passport.json").read_text())["edits"][0]["kind"] == "rename"


def test_two_topics_become_one_and_are_measured_as_one(study):
    one, other = titled(study, "glacier"), titled(study, "violin")
    expected = papers_of(study, one) | papers_of(study, other)
    edited = study.merge([one, other], name="Ice and strings")
    row = edited.topics.at("topic").set_index("name").loc["Ice and strings"]
    assert papers_of(edited, row["topic"]) == expected
    assert row["topic"] == 0  # the largest now
    assert (row["size"], row["edited"]) == (len(expected), "merged")
    before = study.topics.at("topic").set_index("topic")["stability"]
    assert row["stability"] >= min(before[one], before[other])
    rest = edited.topics.at("topic").query("edited == ''").set_index("name")
    unedited = study.topics.at("topic").set_index("name").loc[rest.index]
    assert (rest["stability"] == unedited["stability"]).all()
    assert (edited.papers["runner_up"] != edited.papers["topic"]).all()
    assert set(edited.trends["topic"]) == {0, 1, 2, 3}
    assert edited.topics.quality["n_topics"].iloc[0] == 4


def test_papers_split_off_and_moved_stay_where_the_hand_put_them(study):
    coffee = titled(study, "coffee")
    some = study.select(topic=coffee).head(6)
    edited = study.split(coffee, papers=some, name="Six papers")
    six = edited.select(topic="Six papers")
    assert set(six["paper_id"]) == set(some["paper_id"])
    assert set(six["placed_by"]) == {"hand"}
    moved = edited.move(some["title"].head(2), "Six papers").move(some.tail(1), titled(edited, "bread"))
    assert len(moved.select(topic="Six papers")) == 5
    assert moved.papers.set_index("paper_id").loc[some["paper_id"].iloc[-1], "topic"] == titled(
        moved, "bread"
    )
    table = moved.topics.table
    for level in ("topic", "subtopic"):
        nodes = table[table["level"] == level]
        inside = moved.papers.dropna(subset=[level]).groupby(level).size()
        assert nodes.set_index("topic")["size"].to_dict() == inside.to_dict()


def test_what_is_excluded_is_gone(study):
    gone = study.select(topic=titled(study, "bread")).head(3)
    name = study.topics.at("topic")["name"].iloc[0].split(", ")[0]
    edited = study.exclude(gone, terms=[name])
    assert set(gone["paper_id"]).isdisjoint(edited.papers["paper_id"])
    assert edited.edits["status"].tolist() == ["applied"]
    assert not any(name in row.split(", ") for row in edited.topics.table["name"])
    flow = edited.screening.set_index("step")["n"]
    assert flow["papers excluded by hand"] == 3
    assert (
        flow["records read"] - flow["papers excluded by hand"]
        == flow["papers analysed"]
        == len(edited.papers)
    )


def test_spellings_are_read_as_one(study):
    edited = study.respell({"sourdough": ["bread", "Dough"]})
    words = ";".join(edited.topics.table["words"]).split(";")
    assert "sourdough" in words
    assert not {"bread", "dough"} & set(words)
    assert edited.papers["title"].tolist() == study.papers["title"].tolist()


def test_a_run_over_many_papers_is_edited_as_a_study_is(study, pile, tmp_path):
    """Each kind of edit, in partitions: the same tree, names, confidences and reports."""
    edited = study.respell({"sourdough": ["bread", "Dough"]}).exclude(study.papers.tail(2))
    edited = edited.merge([titled(edited, "glacier"), titled(edited, "violin")], name="Ice and strings")
    coffee = titled(edited, "coffee")
    edited = edited.rename({coffee: "Beans"}).move(edited.select(topic=coffee).head(2), "Ice and strings")
    with (tmp_path / "atlas.toml").open("a") as file:
        file.write('\n[[edit]]\nkind = "rename"\nname = "X"\nnodes = [{head = "tulips"}]\n')
    edited = pa.Study(study.dumps, cache=study.cache.folder)
    run = scale(pile, tmp_path / "run", part=50)
    found = pd.concat([pd.read_parquet(path) for path in sorted((run.folder / "papers").iterdir())])
    found = found.sort_values("paper_id", ignore_index=True)
    columns = [
        "paper_id", "title", "theme", "topic", "subtopic", "topic_name", "confidence", "runner_up", "placed_by",
    ]  # fmt: skip
    pd.testing.assert_frame_equal(found[columns], edited.papers[columns], check_dtype=False)
    assert set(found["placed_by"]) == {"abstract", "title", "hand"}
    pd.testing.assert_frame_equal(run.edits, edited.edits, check_dtype=False)
    assert edited.edits["status"].tolist() == ["applied"] * 5 + ["no longer fits"]


def test_an_edit_that_fits_nothing_is_reported_or_refused(study, tmp_path):
    with pytest.raises(pa.AtlasError, match="did you mean 'coffee"):
        study.rename({study.topics.at("topic").loc[titled(study, "coffee"), "name"][:-1]: "x"})
    with pytest.raises(pa.AtlasError, match="no paper has the id or title 'nothing'"):
        study.exclude(["nothing"])
    with pytest.raises(pa.AtlasError, match="no level 'thema'; use one of theme, topic, subtopic"):
        study.rename({0: "x"}, level="thema")
    with pytest.raises(pa.AtlasError, match="nothing was edited"):
        study.split(0, papers=study.select(topic=0))
    assert not (tmp_path / "atlas.toml").exists()
    (tmp_path / "atlas.toml").write_text(
        '[[edit]]\nkind = "rename"\nname = "X"\nnodes = [{head = "tulips", papers = ["gone", "lost"]}]\n'
    )
    late = study.rename({0: "Kept"})
    assert late.edits["status"].tolist() == ["no longer fits", "applied"]
    assert "the papers that name it are not in the pile" in late.edits["note"].iloc[0]
    assert any("no longer fits" in doubt for doubt in late.doubts)


def test_an_edit_by_hand_needs_no_papers_and_says_which_name_is_wrong(study, tmp_path):
    name = study.topics.at("topic").loc[titled(study, "coffee"), "name"]
    heads = (name, "x", "tulips")
    edits = (f'[[edit]]\nkind = "rename"\nname = "X"\nnodes = [{{head = "{head}"}}]\n' for head in heads)
    (tmp_path / "atlas.toml").write_text("\ufeff" + "".join(edits), encoding="utf-8")
    found = pa.Study(study.dumps, cache=study.cache.folder).edits
    assert found["status"].tolist() == ["applied", "applied", "no longer fits"]
    assert "no topics are called 'tulips'" in found["note"].iloc[2]


def test_what_was_merged_away_is_not_found_by_its_name(shipped):
    corpus, topics = shipped
    first, *_, last = (Address("topic", name) for name in topics.at("topic")["name"])
    edits = [Edit("merge", (first, last)), Edit("rename", (last,), name="X")]
    _, table = apply_edits(topics, corpus, edits)
    assert table["status"].tolist() == ["applied", "no longer fits"]


def test_a_name_is_found_whatever_its_blanks(shipped):
    corpus, topics = shipped
    head = topics.at("topic")["name"].iloc[0]
    edits = [Edit("rename", (Address("topic", head),), name="Two  blanks ")]
    edits.append(Edit("rename", (Address("topic", "Two  blanks "),), name="One"))
    edited, table = apply_edits(topics, corpus, edits)
    assert table["status"].tolist() == ["applied", "applied"]
    assert edited.at("topic")["name"].iloc[0] == "One"


def test_a_term_that_names_nothing_changes_names_and_nothing_else(shipped):
    corpus, topics = shipped
    term = topics.at("topic")["words"].iloc[0].split(";")[0]
    edited, _ = apply_edits(topics, corpus, [Edit("exclude", terms=[term])])
    assert term not in ";".join(edited.table["words"]).split(";")
    kept = ["level", "topic", "parent", "size", "stability", "stability_low", "stability_high", "grade"]
    pd.testing.assert_frame_equal(edited.table[kept], topics.table[kept])


def test_a_node_of_the_same_papers_at_another_level_gets_the_name_too(shipped):
    corpus, topics = shipped
    parts = topics.papers.groupby("topic")["subtopic"].nunique()
    whole = int(parts.index[parts == 1][0])
    edits = [Edit("rename", (address_of(topics, "topic", whole),), name="Whole")]
    edited, _ = apply_edits(topics, corpus, edits)
    assert set(edited.papers.loc[edited.papers["topic"] == whole, "subtopic_name"]) == {"Whole"}
    part = int(topics.papers.loc[topics.papers["topic"] == whole, "subtopic"].iloc[0])
    edits.insert(0, Edit("rename", (address_of(topics, "subtopic", part),), name="Part"))
    edited, _ = apply_edits(topics, corpus, edits)
    assert set(edited.papers.loc[edited.papers["topic"] == whole, "subtopic_name"]) == {"Part"}


def test_a_node_of_other_papers_at_another_level_keeps_its_name(shipped):
    corpus, topics = shipped
    papers = topics.papers
    theme = int(papers.groupby("theme")["topic"].nunique().loc[lambda n: n == 1].index[0])
    inside = papers["theme"] == theme
    goes, comes = papers["paper_id"][inside].iloc[-1], papers["paper_id"][~inside].iloc[-1]
    here, other = (address_of(topics, "theme", node) for node in (theme, 0 if theme else 1))
    edits = [
        Edit("move", (other,), (goes,)),
        Edit("move", (here,), (comes,)),
        Edit("rename", (here,), name="Mine"),
    ]
    edited, table = apply_edits(topics, corpus, edits)
    assert set(table["status"]) == {"applied"}
    assert edited.table.loc[edited.table["name"] == "Mine", "level"].tolist() == ["theme"]


def test_nodes_of_several_levels_are_told_apart_where_they_are_refused(tmp_path):
    file, papers = tmp_path / "mine.toml", [f"{n:012x}" for n in range(9)]
    nodes = [f'{{head = "{at}", level = "{at}", papers = {json.dumps(papers)}}}' for at in ("topic", "theme")]
    file.write_text(f'[[edit]]\nkind = "merge"\nnodes = [{", ".join(nodes)}]\n')
    with pytest.raises(pa.AtlasError, match=r'found .*"level": "topic".*"level": "theme"'):
        read_edits(file)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[edit]\n", "expected TOML"),
        ("[rename]\n", "expected only tables"),
        (f"a = {'[' * 9999}{']' * 9999}\n", "expected TOML"),
        (f'[[edit]]\nkind = "exclude"\npapers = [{{{".".join("a" * 9999)} = 1}}]\n', "expected TOML"),
        ('[[edit]]\nkind = "remake"\n', "edit 1: expected a kind"),
        ('[[edit]]\nkind = "exclude"\nterms = ["a"]\n[[edit]]\nkind = "rename"\nname = "x"\n', "edit 2: to rename needs"),
        ('[[edit]]\nkind = "merge"\nnodes = [{head = "a"}]\n', "two or more nodes"),
        ('[[edit]]\nkind = "split"\nnodes = [{head = "a"}, {level = "theme", head = "b"}]\n', "one level below"),
        ('[[edit]]\nkind = "move"\npapers = "a"\nnodes = [{head = "a"}]\n', "papers as a list"),
        ('[[edit]]\nkind = "exclude"\npaper = ["a"]\n', 'found "paper"'),
        ('edit = ["rename"]\n', "expected only tables"),
        ('[[edit]]\nkind = "spelling"\nname = "x"\nterms = [""]\n', "no blanks"),
        ('[[edit]]\nkind = "rename"\nname = " "\nnodes = [{head = "a"}]\n', "no blanks"),
        ('[[edit]]\nkind = "rename"\nname = "x"\nnodes = [{head = "a"}, {head = "b"}]\n', "one node to rename"),
        ('[[edit]]\nkind = "merge"\nnodes = [{head = "a"}, {level = "thema", head = "b"}]\n', '"thema"'),
        ('[[edit]]\nkind = "exclude"\nterms = "a"\n', 'found "a"; mend it'),
    ],
)  # fmt: skip
def test_a_file_that_is_wrong_is_refused_with_its_place(text, said, tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text(text)
    with pytest.raises(pa.AtlasError, match=re.escape(said)):
        read_edits(file)


def test_a_text_given_alone_is_one_term_and_no_letters(study):
    term = study.topics.at("topic")["words"].iloc[0].split(";")[0]
    edited = study.exclude(terms=term).respell({"cup": "mug"})
    assert edited.edits["what"].tolist()[:2] == [repr(term), "'mug' as 'cup'"]
    title = study.papers["title"].iloc[0]
    assert title not in study.exclude(title).papers["title"].tolist()


def test_a_named_file_has_to_be_there(pile, tmp_path):
    with pytest.raises(pa.AtlasError, match="is no file; name one"):
        pa.Study(pile, edits=tmp_path)
    with pytest.raises(pa.AtlasError, match="does not exist"):
        pa.Study(pile, edits=tmp_path / "typo.toml")
    with pytest.raises(pa.AtlasError, match="need a file to be kept in"):
        pa.Study(pile, edits=None).respell({})


@pytest.fixture(scope="module")
def shipped(dumps_folder):
    """The papers of the shipped dumps and a tree of them, with themes and subtopics."""
    corpus = pa.build_corpus(pa.read_papers(dumps_folder))
    return corpus, fitted(corpus, 1)


def test_whatever_is_edited_stays_a_tree(shipped):
    corpus, topics = shipped
    rng = np.random.default_rng(3)
    ids = corpus["paper_id"]
    edits = []
    for kind in ("merge", "split", "move", "merge", "split", "move", "split"):
        tree, table = apply_edits(topics, corpus, edits)
        assert set(table["status"]) <= {"applied"}
        check_tree(tree)
        level = str(rng.choice(["topic", "subtopic"]))
        one, other = (
            address_of(tree, level, int(node)) for node in rng.choice(len(tree.at(level)), 2, replace=False)
        )
        inside = ids[
            (tree.papers[level] == tree.table.query("level == @level")["topic"].iloc[0]).fillna(False)
        ]
        edits += {
            "merge": [Edit("merge", (one, other))],
            "split": [Edit("split", (address_of(tree, level, 0),), tuple(inside[:9]))],
            "move": [Edit("move", (one,), tuple(rng.choice(ids, 20, replace=False)))],
        }[kind]
    tree, _ = apply_edits(topics, corpus, [*edits, Edit("merge", themes_of(topics, (0, 1)))])
    check_tree(tree)
    assert len(tree.at("theme")) == len(topics.at("theme")) - 1


def themes_of(topics, numbers):
    return tuple(address_of(topics, "theme", number) for number in numbers)


def check_tree(topics):
    papers = topics.papers
    for above, level in (("theme", "topic"), ("topic", "subtopic")):
        assert not papers[[level, above]].dropna().drop_duplicates()[level].duplicated().any()
    inside = papers["subtopic"].notna().groupby(papers["topic"]).mean()
    assert inside.isin([0, 1]).all(), "all papers of a topic have a subtopic, or none has"
    for level in ("theme", "topic", "subtopic"):
        nodes = topics.table[topics.table["level"] == level].set_index("topic")
        assert nodes["size"].to_dict() == papers[level].value_counts().to_dict()
        assert nodes["size"].is_monotonic_decreasing
        named = papers.dropna(subset=[level])
        assert (named[level].map(nodes["name"]) == named[f"{level}_name"]).all()
        assert nodes["stability"].between(0, 1).all()
    assert (papers["runner_up"] != papers["topic"]).all()
    assert papers["confidence"].between(0, 1).all()


def test_edits_survive_new_dumps_and_another_seed(shipped):
    """Every node of resampled piles is renamed; then come the other papers, as ten new dumps, and another seed."""
    shipped, later = shipped
    rng = np.random.default_rng(7)
    lived = found = 0
    for _ in range(2):
        rows = np.sort(rng.choice(len(shipped), round(0.75 * len(shipped)), replace=False))
        before = fitted(shipped.iloc[rows].reset_index(drop=True), 0)
        nodes = before.table[["level", "topic"]].itertuples(index=False, name=None)
        edits = {
            (level, node): Edit("rename", (address_of(before, level, node),), name=f"{level}-{node}")
            for level, node in nodes
        }
        for (level, node), edit in edits.items():
            old = before.papers[level].eq(node).fillna(False).to_numpy(dtype=bool)
            now = later.papers[level].iloc[rows].to_numpy(dtype=float, na_value=-1)
            alike = [(old & (now == k)).sum() / (old | (now == k)).sum() for k in range(int(now.max()) + 1)]
            if max(alike) >= 0.5:
                lived += 1
                edited, _ = apply_edits(later, shipped, [edit])
                table = edited.table[(edited.table["name"] == edit.name) & (edited.table["level"] == level)]
                found += table["topic"].tolist() == [int(np.argmax(alike))]
    assert lived >= 30
    assert found >= 0.95 * lived


def fitted(corpus, seed):
    texts = (corpus["title"] + ". " + corpus["abstract"]).tolist()
    vectors = pa.embed_texts(texts)
    return pa.fit_topics(corpus, vectors, n_resamples=6, null_control=False, seed=seed)


def test_selection_counts_and_citations(study):
    coffee = titled(study, "coffee")
    early = study.select(topic=coffee, years=(None, 2016))
    assert early["published"].str[:4].astype(int).max() == 2016
    assert set(early["topic"]) == {coffee}
    assert len(study.select(years=2015)) + len(study.select(years=(2016, None))) == len(study.papers)
    assert set(study.select(tag="read")["tag"]) == {"read"}
    assert set(study.select(authors="Writer, A")["authors"]) == {"Writer, A; Other, B"}
    assert study.select(query="perihelion", topic=coffee).empty
    assert set(study.select(query="perihelion ephemeris")["topic"]) == {titled(study, "comet")}
    counts = study.counts("venue")
    of_coffee = counts[counts["topic"] == coffee].set_index("value")
    assert (
        of_coffee.loc["Journal of Field Work", "papers"]
        == study.select(topic=coffee, venue="Journal of Field Work").shape[0]
    )
    assert of_coffee["share"].sum() == pytest.approx(1)
    assert study.counts("authors").query("value == 'Other, B'")["papers"].sum() == len(study.papers)
    assert study.most_cited(coffee, 2)["citations"].tolist() == [100, 99]
    assert study.most_cited(titled(study, "bread")).empty
    with pytest.raises(pa.AtlasError, match="no column 'colour'"):
        study.counts("colour")
    with pytest.raises(pa.AtlasError, match="no source 'x'"):
        study.select(dump="x")


def test_new_papers_are_placed_without_a_new_fit(study):
    new = pd.DataFrame(
        {
            "title": ["Shade and the coffee bean", "A comet seen by telescope", "The bow of a violin"],
            "abstract": ["Arabica on a plantation at altitude: harvest, roast and soil.", "", None],
        }
    )
    placed = study.place(new).set_index("title").loc[new["title"]]
    assert placed["topic"].tolist() == [titled(study, word) for word in ("coffee", "comet", "violin")]
    assert placed["placed_by"].tolist() == ["abstract", "title", "title"]
    assert placed["confidence"].iloc[1:].max() <= 0.5
    assert not placed["known"].any()
    assert study.place(study.papers.head(3))["known"].all()


def test_the_paragraph_about_the_methods_is_true_of_this_study(study, pile, cache):
    text = study.methods_text()
    assert f"{len(study.papers)} papers were analysed" in text
    assert "120 records were read from 1 source" in text
    assert "1 paper without an abstract was represented by title alone" in text
    assert "edited" not in text
    assert "(Hennig 2007)" in text
    assert re.search(r"^Hennig, Christian \(2007\)\. Cluster-wise", text, re.MULTILINE)
    other = pa.Study(pile, cache=cache, n_topics=4, abstracts_only=True, seed=3).rename({0: "Mine"})
    text = other.methods_text("bibtex")
    assert "1 record without an abstract was left out" in text
    assert "4 topics asked for" in text
    assert "random seed 3" in text
    assert "edited by hand (rename: 1)" in text
    assert "@article{hennig2007," in text
    assert "[hennig2007]" not in text
    assert "@" not in other.methods_text("none")


def test_the_five_tasks_of_the_readme_run_as_they_stand(tmp_path, monkeypatch):
    """Each in at most five lines that do something, one after the other, as a reader would type them."""
    root = Path(pa.__file__).parents[2]
    section = (
        (root / "README.md").read_text(encoding="utf-8").split("### Make it yours")[1].split("\n### ")[0]
    )
    tasks = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    assert len(tasks) == 5
    monkeypatch.chdir(tmp_path)
    reported = []
    monkeypatch.setattr(
        "paperatlas.bundle", lambda study, target: reported.append((study, target)), raising=False
    )
    names = {"pa": pa}
    for task in tasks:
        assert len([line for line in task.splitlines() if line.strip() and "import" not in line]) <= 5
        exec(task, names)
    assert names["early"]["published"].str[:4].max() <= "2019"
    assert len(names["finer"]) >= 1
    study, _ = reported[0]
    assert {"Theory of networks", "Sequence models", "Vision"} <= set(study.topics.at("topic")["name"])
    assert (study.edits["status"] == "applied").all()
    taken = pa.read_papers(tmp_path / "topic.bib")
    assert sorted(taken["title"]) == sorted(study.select(topic="Sequence models")["title"])
