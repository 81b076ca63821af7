"""Nothing that the program does asks for the network: the tests fail at the first attempt.

A whole report without any network device is made in tests/report/test_hostile.py.
"""

import socket

import pytest


def test_the_guard_of_the_tests_works():
    for call in (
        lambda: socket.create_connection(("192.0.2.1", 80), timeout=1),
        lambda: socket.getaddrinfo("example.org", 80),
    ):
        with pytest.raises(AssertionError, match="asked for the network"):
            call()
