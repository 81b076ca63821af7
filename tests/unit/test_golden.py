"""Every machine writes the same tables, byte for byte.

The hashes are those of the last `make derived`. They say nothing about whether a table is right (the other tests
do), only that processor, threads, and versions of Python leave it as it was.
"""

import json

from derive import GOLDEN, table_hashes
from paperatlas.shipped import data_path


def test_tables_are_those_of_every_other_machine(study):
    golden = json.loads(data_path("derived", GOLDEN).read_text(encoding="utf-8"))
    found = table_hashes(study)
    assert [name for name in golden if golden[name] != found.get(name)] == []
    assert set(golden) == set(found)


def test_the_map_of_the_shipped_dumps_is_shipped(study):
    assert study.map.source == "shipped"
