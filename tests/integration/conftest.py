# SPDX-License-Identifier: GPL-2.0-or-later
"""Fixtures: each ends what it started, and checks what that left behind."""

import os
import sys

import pytest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(__file__))

# pylint: disable=wrong-import-position
from harness.caller import Caller  # noqa: E402
from harness.carrier import Carrier  # noqa: E402
from harness.kamailio import Kamailio  # noqa: E402
from harness.redis_server import Redis  # noqa: E402
from harness.sipp import Sipp  # noqa: E402


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


class Factory:
    """Makes servers and peers, and ends them in reverse order."""

    def __init__(self):
        self._endings = []

    def redis(self, make=Redis, **options):
        server = make(**options)
        self._endings.append(server.remove)
        return server

    def kamailio(self, cfg="outbound.cfg", **options):
        """See Kamailio. No peer is so slow that tm's timers end its call: a
        test that waits for them says so (SILENCE_ENDS, RINGING_ENDS)."""
        options.setdefault("FR_TIMER", 20000)
        options.setdefault("FR_INV_TIMER", 60000)
        options.setdefault("SHORT_CALL", 1)
        start = options.pop("start", True)
        node = Kamailio(cfg, start=False, **options)
        self._endings.append(lambda: self._end_node(node))
        return node.start() if start else node

    @staticmethod
    def _end_node(node):
        try:
            node.stop()
        finally:
            node.remove()

    def carrier(self, behaviour=None, name="carrier", transport="udp"):
        carrier = Carrier(behaviour, name, transport)
        self._endings.append(lambda: self._end_peer(carrier))
        return carrier

    def caller(self, node, **options):
        options.setdefault("proxy", node.address)
        caller = Caller(**options)
        self._endings.append(lambda: self._end_peer(caller))
        return caller

    @staticmethod
    def _end_peer(peer):
        peer.close()
        assert not peer.errors, peer.errors[0]

    def sipp(self, node, callees, **options):
        sipp = Sipp(node.address, callees, **options)
        self._endings.append(sipp.stop)
        return sipp

    def close(self):
        errors = []
        for end in reversed(self._endings):
            try:
                end()
            except Exception as error:  # noqa: BLE001 - end the others too
                errors.append(error)
        self._endings.clear()
        if errors:
            raise errors[0]


def _factory():
    factory = Factory()
    try:
        yield factory
    finally:
        factory.close()


@pytest.fixture
def make():
    """For one test."""
    yield from _factory()


@pytest.fixture(scope="module")
def make_shared():
    """For all tests of a file."""
    yield from _factory()


@pytest.fixture(scope="module")
def proxies():
    """Of a file: what `start(**defines)` made, once for all tests whose marks
    `proxy` name the same defines."""
    made = {}

    def get(request, start):
        defines = {}
        for mark in request.node.iter_markers("proxy"):
            defines.update(mark.kwargs)
        key = (request.fixturename, *sorted(defines.items()))
        if key not in made:
            made[key] = start(**defines)
        return made[key]

    return get


@pytest.fixture(scope="module")
def redis(make_shared):
    """A Redis shared by the tests of a file: use a pool of your own."""
    return make_shared.redis()


@pytest.fixture(scope="module")
def carrier(make_shared):
    """A carrier for a file's tests; each gives it a behaviour of its own."""
    return make_shared.carrier()


@pytest.fixture(scope="module")
def peers(make_shared):
    """Two of them."""
    return (make_shared.carrier(name="carrier-a"),
            make_shared.carrier(name="carrier-b"))


@pytest.fixture(scope="module")
def caller(make_shared, node):
    """A dialer of the file's own `node`."""
    return make_shared.caller(node)
