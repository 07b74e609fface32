# SPDX-License-Identifier: GPL-2.0-or-later
import pytest

import harness


@pytest.fixture(scope="session", autouse=True)
def driver():
    return harness.build_driver()


@pytest.fixture
def server():
    s = harness.Redis()
    yield s
    s.stop()


@pytest.fixture
def start():
    """start(url, node, …) makes a driver that is ended after the test."""
    made = []

    def make(url, node, **options):
        d = harness.Driver(url, node, **options)
        made.append(d)
        return d

    yield make
    ended = [d.stop() for d in made]
    for code, text in ended:
        assert "Sanitizer" not in text and "runtime error" not in text, text
        assert code in (0, -9), (code, text)
