"""The systems a paper introduces: methods, models, data sets, benchmarks and libraries by name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

import pandas as pd

from paperatlas.ledger.introductions import introduced
from paperatlas.ledger.kinds import kind_of_system
from paperatlas.ledger.names import is_distinctive, long_form_start, strip_plural
from paperatlas.ledger.naming_verbs import called
from paperatlas.ledger.paper import Paper, System
from paperatlas.ledger.tables import Finder, read_papers
from paperatlas.ledger.titles import from_title

COLUMNS = {
    "paper_id": "object",
    "name": "str",
    "kind": "str",
    "rule": "str",
    "field": "str",
    "quote": "str",
    "start": "int64",
    "end": "int64",
    "long_form": "str",
}
# No abstract introduces more; a made-up one may try.
_AT_MOST = 60


def systems_in(title: str, abstract: str) -> list[System]:
    """Every system one paper introduces, the surest rule first, each name once."""
    kept = _merged(list(islice(_found_in(Paper(title, abstract)), _AT_MOST)))
    return [system._replace(kind=kind_of_system(*system.told_by)) for system in kept]


def _found_in(paper: Paper) -> Iterator[System]:
    yield from from_title(paper)
    yield from introduced(paper)
    yield from called(paper)


def _key(name: str) -> str:
    """What two spellings of one name share."""
    return strip_plural(name).lower().translate(_UNSPELLED).rstrip("s")


_UNSPELLED = str.maketrans("", "", "\\- $")


def _merged(found: list[System]) -> list[System]:
    """One entry per name: plurals, long forms and variants of a name kept before are no new names."""
    found = [
        one._replace(name=one.long_form, long_form="") if _is_name(one.long_form) else one for one in found
    ]
    spelled = [system for system in found if system.long_form]
    forms = {_key(system.long_form): system for system in reversed(spelled)}
    for system in spelled:
        for other in found:
            if not other.long_form and _begin_alike(system.long_form, other.name):
                forms.setdefault(_key(other.name), system)
    kept: dict[str, System] = {}
    for one in found:
        short = forms.get(_key(one.name))
        system = one if short is None else one._replace(name=short.name, long_form=short.long_form)
        key = _key(system.name)
        if key in kept:
            if not kept[key].long_form:
                kept[key] = kept[key]._replace(long_form=system.long_form)
        elif not any(_is_form_of(system, other) for other in kept.values()):
            kept[key] = system
    return list(kept.values())


def _is_name(long_form: str) -> bool:
    """Whether a long form is itself the name: "FooNet (FN)" is called FooNet."""
    return " " not in long_form and "-" not in long_form and is_distinctive(long_form)


def _begin_alike(long_form: str, name: str) -> bool:
    """Whether a name is the beginning of a long form, or the long form the beginning of the name."""
    short, long = sorted((long_form, name), key=len)
    return (" " in short or "-" in short) and long.startswith(short + " ")


_SIZE = re.compile(r"-(?:\d[\d.]*[BMKbmk]?|[TSBLH]|XL|XXL|[Tt]iny|[Ss]mall|[Bb]ase|[Ll]arge)")


def _is_form_of(system: System, other: System) -> bool:
    """Whether a name only spells out another ("HarDNet") or is a size of it ("OverLoCK-T")."""
    if system.name.startswith(other.name) and _SIZE.fullmatch(system.name, len(other.name)):
        return True
    if " " not in system.name or system.long_form or other.long_form or " " in other.name:
        return False
    capitals = sum(map(str.isupper, other.name))
    return capitals >= 2 and long_form_start(system.name, 0, len(system.name), other.name) == 0


def find_systems(corpus: pd.DataFrame) -> pd.DataFrame:
    """The systems each paper of a corpus introduces.

    Parameters
    ----------
    corpus
        One row per paper with `paper_id`, `title`, `abstract`.

    Returns
    -------
    One row per paper and name: `paper_id`, `name`, `kind` (method, model, dataset, benchmark or
    library), `rule`, `field` (title or abstract), `quote` = that field from `start` to `end`,
    and `long_form` where the paper spells the name out.

    Notes
    -----
    Abbreviations are matched with their long forms
    after Schwartz and Hearst (PSB 2003). A text is read up to `READ_AT_MOST` characters.
    """
    return read_papers(corpus, SYSTEMS)[0]


SYSTEMS = Finder(systems_in, COLUMNS)
