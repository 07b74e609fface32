# SPDX-License-Identifier: GPL-2.0-or-later
import importlib.util
import os
import sys

import pytest

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
for _room in ("integration", "store", "faults"):
    sys.path.insert(0, os.path.join(HERE, "..", _room))

# pylint: disable=wrong-import-position
import drivers  # noqa: E402
import fleet as fleets  # noqa: E402
from harness import kinds  # noqa: E402

_spec = importlib.util.spec_from_file_location(
    "sip_fixtures", os.path.join(HERE, "..", "integration", "conftest.py"))
sip_fixtures = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(sip_fixtures)
make = sip_fixtures.make    # proxies, carriers and dialers for one test


def pytest_collection_modifyitems(items):
    if kinds.KIND == "tls" and not drivers.TLS:
        why = pytest.mark.skip(reason="hiredis is older than 1.0")
        for item in items:
            item.add_marker(why)
    for item in items:
        for mark in item.iter_markers("kinds"):
            if kinds.KIND not in mark.args:
                item.add_marker(pytest.mark.skip(reason=mark.kwargs["why"]))


@pytest.fixture(scope="session", autouse=True)
def driver():
    return drivers.build_driver()


@pytest.fixture
def server():
    s = kinds.server(options=drivers.FORGETS)
    yield s
    s.thaw()
    s.remove()


@pytest.fixture
def start():
    """start(url, node, …) makes a driver that is ended after the test."""
    made = []

    def make(url, node, **options):
        made.append(drivers.Driver(url, node, **{
            **kinds.as_node("DRIVER_"), **options}))
        return made[-1]

    yield make
    ended = [d.stop() for d in made]
    for code, text in ended:
        assert "Sanitizer" not in text and "runtime error" not in text, text
        assert code in (0, -9), (code, text)


@pytest.fixture
def fleet(server, start):
    """fleet(nodes=2, …) on a pool "sales" of 20 numbers, with traffic."""
    made = []

    def make(numbers=20, policy=None, **options):
        fleets.fill(server.client, numbers=numbers, **(policy or {}))
        made.append(fleets.Fleet(start, server, numbers=numbers, **options))
        return made[-1]

    yield make
    server.thaw()
    for f in made:
        f.end()


@pytest.fixture
def another():
    """another(…) makes one more Redis, ended after the test."""
    made = []

    def make(*options, **more):
        made.append(kinds.one_server(
            options=(*drivers.FORGETS, *options), **more))
        return made[-1]

    yield make
    for s in made:
        s.remove()
