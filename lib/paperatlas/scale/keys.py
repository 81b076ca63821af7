"""What tells whether two records are one paper: keys of title and abstract, and a MinHash signature."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paperatlas.corpus import abstract_key, title_key
from paperatlas.errors import AtlasError
from paperatlas.scale.parts import is_done, part_path, read_part, write_part, write_receipt
from paperatlas.scale.staging import RECORDS

PERMUTATIONS = 64
BANDS = 16
BAND_COLUMNS = [f"band_{band:02d}" for band in range(BANDS)]
ID_COLUMNS = ("abstract_key", "doi_key", "arxiv_key")
_SHINGLE = 3  # words
_WORD = re.compile(r"\w+")
# Odd 64-bit constants (fractions of the golden ratio and of square roots) to mix the words of a shingle.
_MIX = np.array([0x9E3779B97F4A7C15, 0x6A09E667F3BCC909, 0xBB67AE8584CAA73B], dtype=np.uint64)

Signatures = NDArray[np.uint32]


def key_part(folder: Path, number: int, key: str) -> int:
    """Write the keys of one partition of records; returns the number of records."""
    path = part_path(folder, "keys", number)
    records = read_part(part_path(folder, RECORDS, number), ["title", "abstract", "doi", "arxiv_id"])
    if is_done(folder, "keys", number, key):
        return len(records)
    titles, abstracts = records["title"].tolist(), records["abstract"].tolist()
    signature = signatures(abstracts)
    table = {
        "title_key": [_hash(title_key(title)) for title in titles],
        # What a record does not have it shares with none.
        **{
            name: [_hash(value or f"none {number} {row}") for row, value in enumerate(values)]
            for name, values in (
                ("abstract_key", map(abstract_key, abstracts)),
                ("doi_key", records["doi"].fillna("")),
                ("arxiv_key", records["arxiv_id"].fillna("")),
            )
        },
        **dict(zip(BAND_COLUMNS, bands(signature).T, strict=True)),
        "signature": [row.tobytes() for row in signature],
    }
    found = pd.DataFrame(table)
    write_part(found.astype(dict.fromkeys(("title_key", *ID_COLUMNS), "uint64")), path)
    write_receipt(folder, "keys", number, key, [path])
    return len(found)


def signatures(texts: Sequence[str]) -> Signatures:
    """MinHash signatures of the texts' runs of three words, (n, 64) uint32.

    The share of equal entries of two rows estimates the Jaccard similarity of the two texts' sets of runs,
    with a standard error of at most 1/16 (Broder 1997, "On the resemblance and containment of documents").

    Raises
    ------
    AtlasError
        If datasketch is not installed.
    """
    minhash, permutations = _minhash()
    rows = np.empty((len(texts), PERMUTATIONS), dtype=np.uint32)
    codes = _Codes()
    for i, text in enumerate(texts):
        words = [codes[word] for word in _WORD.findall(text.casefold())]
        found = minhash(num_perm=PERMUTATIONS, hashfunc=int, permutations=permutations, scheme="affine32")
        found.update_batch(_shingles(np.array(words, dtype=np.uint64)))
        rows[i] = found.hashvalues
    return rows


class _Codes(dict[str, int]):
    """Code of each word, computed when the word is first met."""

    def __missing__(self, word: str) -> int:
        self[word] = code = crc32(word.encode("utf-8", "surrogatepass"))
        return code


@lru_cache(maxsize=1)
def _minhash() -> tuple[Any, Any]:
    try:
        from datasketch import MinHash
    except ImportError as error:
        raise AtlasError("near-duplicates need datasketch; pip install 'paperatlas[scale]'") from error
    return MinHash, MinHash(num_perm=PERMUTATIONS, seed=1, scheme="affine32").permutations


def _shingles(words: NDArray[np.uint64]) -> list[int]:
    if len(words) < _SHINGLE:
        mixed = (words * _MIX[: len(words)]).sum(keepdims=True)
    else:
        mixed = words[:-2] * _MIX[0] + words[1:-1] * _MIX[1] + words[2:] * _MIX[2]
    found: list[int] = (mixed >> np.uint64(32)).tolist()
    return found


def bands(signature: Signatures) -> NDArray[np.uint64]:
    """Hash of each of 16 bands of four entries, (n, 16).

    Texts that share one are compared (Leskovec, Rajaraman & Ullman, "Mining of Massive Datasets",
    section 3.4): of pairs with similarity 0.8, all but 2 in 10,000 do.
    """
    parts = signature.reshape(len(signature), BANDS, PERMUTATIONS // BANDS).astype(np.uint64)
    found = np.zeros(parts.shape[:2], dtype=np.uint64)
    for column in range(parts.shape[2]):
        found = (found ^ parts[:, :, column]) * _MIX[0]
        found ^= found >> np.uint64(29)
    return found


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
