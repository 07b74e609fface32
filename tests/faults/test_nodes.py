# SPDX-License-Identifier: GPL-2.0-or-later
"""A node is killed, stopped, restarted, has a wrong clock."""

import signal

import pytest

from drivers import exchanged
from fleet import fill, in_redis, lasting, number
from harness.process import wait_until

quick = pytest.mark.quick


@quick
def test_killed_when_all_is_written(fleet):
    f = fleet()
    f.more()
    f.true()
    f.nodes[0].kill()
    f.nodes[0] = f.driver(0)
    f.ready(f.nodes[0])
    f.go()
    f.more()
    f.true()


def test_killed_in_mid_traffic(fleet):
    """At most what was made since two exchanges ago is gone, and all others
    agree on what is left."""
    f = fleet(nodes=3)
    f.more()
    doomed, calls = f.nodes[0], f.traffic[0]
    for _ in range(3):
        exchanged(doomed)
        safe = calls.made
        exchanged(doomed)
    before = calls.end()
    # no more than one batch after this
    doomed.kill()
    others = sum(t.end() for t in f.traffic[1:])
    f.traffic, f.nodes = [], f.nodes[1:]
    exchanged(*f.nodes)
    wait_until(lambda: sum(in_redis(f.client).values()) >= others + safe)
    f.made = sum(in_redis(f.client).values())
    assert others + safe <= f.made <= others + before
    f.true()


@quick
def test_restarted_in_good_order_under_traffic(fleet):
    f = fleet(nodes=3)
    for i in (0, 1, 2):
        f.more(2)
        f.quiet()
        f.nodes[i].process.stdin.close()
        f.nodes[i].process.wait(60)
        f.nodes[i] = f.driver(i)
        f.ready(f.nodes[i])
        f.go()
    f.more(2)
    f.true()


@pytest.mark.kinds("plain", "tls", why="Sentinels find another one, and what "
                   "is told to that, or not, is a matter of time")
def test_ends_while_redis_is_away(fleet, server):
    """It does not hang in its end; what it could not tell is lost, and the
    others agree."""
    f = fleet()
    f.more()
    f.true()
    server.kill()
    f.nodes[0].ask("spread", "sales", number(0), 20, 20)
    f.nodes[0].process.stdin.close()
    f.nodes[0].process.wait(30)
    server.start()
    f.nodes[1].wait_connected()
    f.nodes[0] = f.driver(0)
    fill(server.client)
    f.ready(f.nodes[0])
    f.true()


@pytest.mark.parametrize("seconds", [pytest.param(3, marks=quick), 30])
def test_stopped_for_a_while(fleet, seconds):
    """A virtual machine that was paused."""
    f = fleet(nodes=3)
    f.more()
    f.nodes[0].signal(signal.SIGSTOP)
    f.nodes[1].ask("bench", "sales", number(3), 86400)
    lasting(seconds)
    f.nodes[0].signal(signal.SIGCONT)
    f.more()
    f.all_say(3, "benched")
    f.true()


@quick
@pytest.mark.parametrize("seconds", [60, -60, 3600])
def test_clock_off(fleet, seconds):
    """Whatever it says, each call is counted once. What is counted ahead
    counts with all when its time comes: looked at with clocks set right, and
    all clocks past the bucket that it may have fallen into."""
    f = fleet(nodes=3)
    f.more(2)
    f.nodes[0].ask("clock", seconds)
    f.more(3)
    f.nodes[0].ask("clock", 0)
    f.more(2)
    f.quiet()
    if seconds > 0:
        for node in f.nodes:
            node.ask("clock", 2 * 3600)
    f.true()


def test_bench_by_a_wrong_clock(fleet):
    """Its full length on every node."""
    f = fleet()
    f.nodes[0].ask("clock", 3600)
    f.nodes[0].ask("bench", "sales", number(3), 1800)
    wait_until(lambda: f.nodes[1].view("sales", number(3))["state"]
               == "benched")
    f.nodes[0].ask("clock", 0)
    f.all_say(3, "benched")


@quick
def test_two_nodes_of_one_name(fleet):
    """An operator copied a configuration: their counts are still told
    apart."""
    f = fleet(traffic=False)
    f.nodes.append(f.start(f.server.url, "a"))
    f.ready(f.nodes[2])
    f.go()
    f.more()
    f.true()


def test_starts_under_traffic(fleet):
    """Six more nodes, one after the other, each right within a moment."""
    f = fleet()
    for i in range(6):
        f.more(1)
        late = f.start(f.server.url, f"late{i}")
        f.ready(late)
        f.nodes.append(late)
        f.quiet()
        f.go()
        if len(f.nodes) > 3:
            f.quiet()
            f.nodes.pop().process.stdin.close()
            f.go()
    f.true()


def test_number_removed_and_back_under_traffic(fleet, server):
    f = fleet(interval=1000)
    for i in range(5):
        f.more(1)
        server.client.hdel("rep:numbers:{sales}", number(i))
        wait_until(lambda: all(n.sum("sales")["numbers"] == 19
                               for n in f.nodes))
        server.client.hset("rep:numbers:{sales}", number(i), "{}")
        for node in f.nodes:
            f.ready(node)
    f.more(1)
    f.true()


def test_pool_removed_and_back_under_traffic(fleet, server):
    f = fleet(interval=1000)
    f.more()
    server.client.sadd("rep:pools", "other")
    server.client.srem("rep:pools", "sales")
    wait_until(lambda: all(n.sum("sales")["pool"] == -1 for n in f.nodes))
    server.client.sadd("rep:pools", "sales")
    for node in f.nodes:
        f.ready(node)
    f.more()
    f.true()
