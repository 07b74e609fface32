# SPDX-License-Identifier: GPL-2.0-or-later
"""Redis behind Sentinels: the master is found, and followed."""

import pytest

from drivers import empty_redis
from harness.process import wait_until
from harness.sentinels import Guarded, Puppet
from test_store_live import fill, ready, same, traffic_on, written


@pytest.fixture
def guarded():
    made = []

    def make(**options):
        made.append(Guarded(**options))
        return made[-1]

    yield make
    for g in made:
        g.remove()


@pytest.fixture
def two():
    """Two masters that know nothing of each other."""
    servers = [empty_redis(), empty_redis()]
    yield servers
    for s in servers:
        s.remove()


@pytest.fixture
def puppet():
    made = []

    def make(*args, **options):
        made.append(Puppet(*args, **options))
        return made[-1]

    yield make
    for p in made:
        p.end()


def url_of(*puppets):
    return "sentinel://" + ",".join(
        f"127.0.0.1:{p.port}" for p in puppets) + "/main"


def said(driver, text):
    wait_until(lambda: text in driver.log(), what=driver.log)


def follows(g, start, fail, nodes="ab", **options):
    """The nodes find the master that is after fail(), and no call is lost."""
    old, new = g.servers
    fill(old.client)
    nodes = [start(g.url, n, **options) for n in nodes]
    ready(*nodes)
    traffic = traffic_on(*nodes)
    for t in traffic:
        t.more(500)
    fail()
    for d in nodes:
        wait_until(lambda d=d: f"connected to Redis at 127.0.0.1:{new.wire}"
                   in d.log(), 120, what=d.log)
    for t in traffic:
        t.more(500)
    made = sum(t.end() for t in traffic)
    same(nodes, made)
    written(new.client, made)


def test_a_failover_under_traffic_loses_no_count(guarded, start):
    g = guarded()
    follows(g, start, g.kill)


def test_an_ordered_failover_and_the_sentinels_password(
        guarded, start, tmp_path):
    g = guarded(password="watch")
    secret = tmp_path / "secret"
    secret.write_text("watch\n")
    follows(g, start, g.fail_over, "a",
            DRIVER_SENTINEL_PASSWORD_FILE=str(secret))


def test_without_the_sentinels_password(guarded, start):
    g = guarded(password="watch")
    a = start(g.url, "a")
    said(a, "no Sentinel tells where main is: NOAUTH")
    assert not a.connected()


def test_a_switch_is_heard(two, puppet, start):
    p = puppet(two[0].port)
    a = start(url_of(p), "a")
    said(a, f"connected to Redis at 127.0.0.1:{two[0].port}")
    # of another master, and of the one that we are at
    p.switch("other", two[0].port, two[1].port)
    p.switch("main", two[1].port, two[0].port)
    p.port_told, p.epoch = two[1].port, 2
    p.switch("main", two[0].port, two[1].port)
    said(a, f"connected to Redis at 127.0.0.1:{two[1].port}")
    # the first master never hung up, and nobody was asked in vain
    assert a.log().count("names another master") == 1
    assert a.log().count("connected to Redis") == 2


def test_of_several_the_newest_is_believed(two, puppet, start):
    p = [puppet(two[0].port, epoch=3), puppet(two[1].port, epoch=4),
         puppet(two[0].port, epoch=2)]
    a = start(url_of(*p), "a")
    said(a, "connected to Redis")
    assert f"connected to Redis at 127.0.0.1:{two[1].port}" in a.log()


def test_of_those_that_are_as_new_the_one_that_names_another(
        two, puppet, start):
    """Who leads a failover names the old master for a moment longer."""
    leader, other = puppet(two[0].port), puppet(two[0].port)
    a = start(url_of(leader, other), "a")
    said(a, f"connected to Redis at 127.0.0.1:{two[0].port}")
    leader.epoch = other.epoch = 2
    other.port_told = two[1].port
    other.switch("main", two[0].port, two[1].port)
    said(a, f"connected to Redis at 127.0.0.1:{two[1].port}")
    assert a.log().count("connected to Redis") == 2


def test_another_is_asked_when_one_has_gone(two, puppet, start):
    first, second = puppet(two[0].port), puppet(two[0].port)
    first.end()
    a = start(url_of(first, second), "a")
    said(a, f"connected to Redis at 127.0.0.1:{two[0].port}")
    second.port_told, second.epoch = two[1].port, 2
    # nobody tells: found by asking in turn
    said(a, f"connected to Redis at 127.0.0.1:{two[1].port}")


def test_who_is_no_master_is_refused(two, puppet, start):
    two[1].client.replicaof("127.0.0.1", two[0].port)
    p = puppet(two[1].port)
    a = start(url_of(p), "a")
    said(a, f"127.0.0.1:{two[1].port} is a read-only replica")
    assert not a.connected()
    p.port_told = two[0].port
    a.wait_connected()
    assert f"connected to Redis at 127.0.0.1:{two[0].port}" in a.log()
