"""Pages allow what they bring, and nothing that somebody else brought in."""

from __future__ import annotations

import base64
import hashlib

from paperatlas.report.policy import with_policy


def test_own_scripts_are_named_by_their_hash_and_data_are_not_scripts():
    own = "go(1);\r\n"
    page = f'<html><head><title>x</title></head><body><script>{own}</script><script src="a.js"></script>'
    page += '<script type="application/json">{"a": 1}</script></body></html>'
    found = with_policy(page)
    digest = base64.b64encode(hashlib.sha256(b"go(1);\n").digest()).decode()
    policy = found.split('content="')[1].split('"')[0]
    assert f"script-src 'self' 'sha256-{digest}';" in policy
    assert "default-src 'none'" in policy
    # It comes before anything that it is to hold for.
    assert found.index("Content-Security-Policy") < found.index("<title>")
