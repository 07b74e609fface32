# SPDX-License-Identifier: GPL-2.0-or-later
import os
import sys

import pytest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..",
                                "integration"))

# pylint: disable=wrong-import-position
import drivers  # noqa: E402


@pytest.fixture(scope="session", autouse=True)
def driver():
    return drivers.build_driver()


@pytest.fixture
def server():
    s = drivers.empty_redis()
    yield s
    s.remove()


@pytest.fixture
def start():
    """start(url, node, …) makes a driver that is ended after the test."""
    made = []

    def make(url, node, **options):
        d = drivers.Driver(url, node, **options)
        made.append(d)
        return d

    yield make
    ended = [d.stop() for d in made]
    for code, text in ended:
        assert "Sanitizer" not in text and "runtime error" not in text, text
        assert code in (0, -9), (code, text)
