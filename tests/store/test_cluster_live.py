# SPDX-License-Identifier: GPL-2.0-or-later
"""Pools spread over the masters of a Redis Cluster."""

import re
import socket
import threading

import pytest
import redis

from drivers import Traffic
from harness.process import wait_until
from harness.redis_cluster import Cluster
from test_store_live import (FIRST, counted, fill, number, ready, same)


@pytest.fixture
def cluster():
    made = []

    def make(*args, **options):
        made.append(Cluster(*args, **options))
        return made[-1]

    yield make
    for c in made:
        c.remove()


class Gate:
    """Stands before a node, which announces it: the next command that
    matches is held until it may go on."""

    def __init__(self, node, everybody):
        self.node, self.pattern = node, None
        self.reached, self.opened = threading.Event(), threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        node.client.config_set("cluster-announce-port", self.port)
        for other in everybody:
            wait_until(lambda o=other: str(self.port) in repr(
                o.client.execute_command("CLUSTER SLOTS")), 60)

    def hold(self, pattern):
        self.pattern = re.compile(pattern, re.DOTALL)

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.node.port))
            for ends in ((client, server, True), (server, client, False)):
                threading.Thread(target=self._carry, args=ends,
                                 daemon=True).start()

    def _carry(self, source, sink, commands):
        try:
            while data := source.recv(65536):
                if commands and self.pattern and self.pattern.search(data):
                    self.pattern = None
                    self.reached.set()
                    self.opened.wait(120)
                sink.sendall(data)
        except OSError:
            pass
        for s in (source, sink):
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def end(self):
        self.opened.set()
        self.listener.close()


def said(driver, text):
    wait_until(lambda: text in driver.log(), 60, what=driver.log)


def written(cluster, node, pool, calls):
    """So many calls of the pool stand at this node."""
    wait_until(lambda: counted(node.client, pool) == calls,
               what=lambda: f"{counted(node.client, pool)} of {calls} calls")


def test_twelve_pools_over_three_masters(cluster, start):
    c = cluster()
    pools = [p for m in c.masters for p in c.pools_of(m, 4)]
    for p in pools:
        fill(c.client, p)
    drivers = [start(c.url, n) for n in "abc"]
    for p in pools:
        ready(*drivers, pool=p)
    want = {p: 0 for p in pools}
    for i in range(10):
        for k, p in enumerate(pools):
            d = drivers[(i + k) % 3]
            want[p] += d.ask("spread", p, FIRST, 20, 20 + k)["counted"]
    for p in pools:
        same(drivers, want[p], p)
        written(c, c.master_of(p), p, want[p])
    for m in c.masters:
        assert {k.split("{")[1].split("}")[0]
                for k in m.client.keys("rep:x:c2:*")} \
            == {p for p in pools if c.master_of(p) is m}
    # verdicts, and edits of any master's keys
    for p in pools:
        drivers[0].ask("bench", p, number(3), 3600)
    for p in pools:
        wait_until(lambda p=p: drivers[2].view(p, number(3))["state"]
                   == "benched")
        c.client.hset(f"rep:numbers:{{{p}}}", number(20), "{}")
    for p in pools:
        for d in drivers:
            wait_until(lambda p=p, d=d: d.sum(p)["numbers"] == 21)
    for d in drivers:
        assert d.status()["follow"] == "tracking"
        assert d.status()["errors"] == []
        assert d.log().count("connected to Redis") == 1, d.log()
        assert "WARN" not in d.log() and "ERR" not in d.log(), d.log()


def test_a_slot_moves_under_traffic(cluster, start):
    c = cluster()
    pool = c.pools_of(c.masters[0], 1)[0]
    other = c.pools_of(c.masters[2], 1)[0]
    fill(c.client, pool)
    fill(c.client, other)
    a, b = start(c.url, "a"), start(c.url, "b")
    for p in (pool, other):
        ready(a, b, pool=p)
    traffic = {p: [Traffic(d, FIRST, pool=p) for d in (a, b)]
               for p in (pool, other)}
    for ts in traffic.values():
        for t in ts:
            t.more(500)

    def between():
        # the other pool does not notice
        before = counted(c.masters[2].client, other)
        for t in traffic[pool]:
            t.more(200)
        wait_until(lambda: counted(c.masters[2].client, other) > before + 200)

    c.migrate(c.slot(pool), c.masters[0], c.masters[1], between)
    for ts in traffic.values():
        for t in ts:
            t.more(500)
    for p, m in ((pool, c.masters[1]), (other, c.masters[2])):
        made = sum(t.end() for t in traffic[p])
        same([a, b], made, p)
        written(c, m, p, made)
    assert not c.masters[0].client.keys(f"*{{{pool}}}*")
    for d in (a, b):
        assert d.sum(pool)["numbers"] == 20
        assert d.status()["errors"] == [], d.status()
        assert "WARN" not in d.log() and "ERR" not in d.log(), d.log()
        # no link was given up for it
        assert d.log().count("connected to Redis") == 1, d.log()
        # and its edits are followed where it is now
        assert d.status()["follow"] == "tracking"
    c.masters[1].client.hset(f"rep:numbers:{{{pool}}}", number(20), "{}")
    for d in (a, b):
        wait_until(lambda d=d: d.sum(pool)["numbers"] == 21)


def test_a_key_that_has_moved_already_is_asked_for(cluster, start):
    c = cluster()
    pool = c.pools_of(c.masters[0], 1)[0]
    fill(c.client, pool)
    early = []

    def half_way():
        a = start(c.url, "a")
        early.append(a)
        with pytest.raises(redis.exceptions.ResponseError,
                           match=r"\d+ 127\.0\.0\.1:\d+"):
            c.masters[0].client.hlen(f"rep:numbers:{{{pool}}}")
        wait_until(lambda: a.sum(pool)["numbers"] == 20, what=a.log)
        assert c.masters[0].client.get(f"rep:x:other:{{{pool}}}")

    c.client.set(f"rep:x:other:{{{pool}}}", "stays behind")
    c.migrate(c.slot(pool), c.masters[0], c.masters[1], half_way,
              first=[f"rep:numbers:{{{pool}}}"])
    a, b = early[0], start(c.url, "b")
    ready(a, b, pool=pool)
    a.count(pool, number(1), "answered", 3)
    same([a, b], 3, pool)
    for d in (a, b):
        assert "WARN" not in d.log() and "ERR" not in d.log(), d.log()


def test_a_master_dies_and_its_replica_takes_over(cluster, start):
    c = cluster(replicas=1)
    pools = [c.pools_of(m, 1)[0] for m in c.masters]
    for p in pools:
        fill(c.client, p)
    a, b = start(c.url, "a"), start(c.url, "b")
    for p in pools:
        ready(a, b, pool=p)
    lost, heir = c.masters[1], c.replica_of(c.masters[1])
    traffic = {p: [Traffic(d, FIRST, pool=p) for d in (a, b)] for p in pools}
    for ts in traffic.values():
        for t in ts:
            t.more(500)
    lost.kill()
    for d in (a, b):
        said(d, f"connected to Redis master 127.0.0.1:{heir.port}, of 1 pools")
    for ts in traffic.values():
        for t in ts:
            t.more(500)
    for i, p in enumerate(pools):
        made = sum(t.end() for t in traffic[p])
        same([a, b], made, p)
        written(c, heir if i == 1 else c.masters[i], p, made)
    for d in (a, b):
        assert d.log().count(f"Redis master 127.0.0.1:{lost.port}: ") == 1, \
            d.log()
        assert d.log().count("connected to Redis at") == 1, d.log()
        assert d.sum(pools[1])["numbers"] == 20


def test_an_ordered_failover_under_traffic(cluster, start):
    """The old master stays, as a replica, and says where to go."""
    c = cluster(replicas=1)
    pool = c.pools_of(c.masters[0], 1)[0]
    heir = c.replica_of(c.masters[0])
    fill(c.client, pool)
    a, b = start(c.url, "a"), start(c.url, "b")
    ready(a, b, pool=pool)
    traffic = [Traffic(d, FIRST, pool=pool) for d in (a, b)]
    for t in traffic:
        t.more(500)
    heir.client.execute_command("CLUSTER FAILOVER")
    for d in (a, b):
        said(d, f"connected to Redis master 127.0.0.1:{heir.port}, of 1 pools")
    for t in traffic:
        t.more(500)
    made = sum(t.end() for t in traffic)
    same([a, b], made, pool)
    written(c, heir, pool, made)
    heir.client.hset(f"rep:numbers:{{{pool}}}", number(20), "{}")
    for d in (a, b):
        wait_until(lambda d=d: d.sum(pool)["numbers"] == 21, what=d.log)
        assert d.status()["follow"] == "tracking"
        assert "WARN" not in d.log() and "ERR" not in d.log(), d.log()


def test_a_master_dies_and_nobody_takes_over(cluster, start):
    c = cluster()
    pools = [c.pools_of(m, 1)[0] for m in c.masters]
    for p in pools:
        fill(c.client, p)
    a, b = start(c.url, "a"), start(c.url, "b")
    for p in pools:
        ready(a, b, pool=p)
    lost = c.masters[1]
    lost.kill()
    for d in (a, b):
        said(d, f"Redis master 127.0.0.1:{lost.port}: ")
        assert d.connected()
    # the others go on: counts, verdicts, edits
    made = {p: a.ask("spread", p, FIRST, 20, 300)["counted"] for p in pools}
    for i in (0, 2):
        same([a, b], made[pools[i]], pools[i])
        a.ask("bench", pools[i], number(3), 3600)
        c.masters[i].client.hset(f"rep:numbers:{{{pools[i]}}}", number(20),
                                 "{}")
        wait_until(lambda i=i: b.view(pools[i], number(3))["state"]
                   == "benched", what=b.log)
        for d in (a, b):
            wait_until(lambda i=i, d=d: d.sum(pools[i])["numbers"] == 21,
                       what=d.log)
    # by RPC too, behind one of the lost master's pool
    for p in pools:
        assert a.ask("edit", p, number(21), "{}") == 1
    for i in (0, 2):
        wait_until(lambda i=i: c.masters[i].client.hexists(
            f"rep:numbers:{{{pools[i]}}}", number(21)), what=a.log)
    # those of the lost one know what they know
    assert a.sum(pools[1])["calls"] == made[pools[1]]
    assert a.ask("pick", pools[1], 20)["numbers"]
    assert a.status()["away"] == 1
    lost.start()
    for d in (a, b):
        said(d, f"connected to Redis master 127.0.0.1:{lost.port}, of 1 pools")
        wait_until(lambda d=d: d.status()["away"] == 0)
    # it kept nothing
    for p in pools[1:2]:
        same([a, b], made[p], p)
        written(c, lost, p, made[p])
    for d in (a, b):
        assert d.log().count(f"Redis master 127.0.0.1:{lost.port}: ") == 1
    # the edit was not lost with it
    wait_until(lambda: lost.client.hkeys(f"rep:numbers:{{{pools[1]}}}")
               == [number(21)])


def test_all_masters_die_and_come_back(cluster, start):
    c = cluster()
    pools = [c.pools_of(m, 1)[0] for m in c.masters]
    for p in pools:
        fill(c.client, p)
    a = start(c.url, "a")
    for p in pools:
        ready(a, pool=p)
    for m in c.masters:
        m.kill()
    wait_until(lambda: not a.connected())
    for p in pools:
        assert a.ask("spread", p, FIRST, 20, 100)["counted"] == 100
    for m in c.masters:
        m.start()
    wait_until(a.connected, 60, what=a.log)
    for p in pools:
        written(c, c.master_of(p), p, 100)


def test_a_server_that_is_no_cluster(server, start):
    a = start(f"cluster://127.0.0.1:{server.port}", "a")
    said(a, f"Redis at 127.0.0.1:{server.port}: no node of a cluster: "
         f"127.0.0.1:{server.port}: ERR This instance has cluster support "
         "disabled")
    before = server.client.info()["total_connections_received"]
    wait_until(lambda: server.client.info()["total_connections_received"]
               > before + 3)
    assert a.log().count("no node of a cluster") == 1
    assert not a.connected()


def test_a_node_of_a_cluster_as_a_single_server(cluster, start):
    c = cluster()
    a = start(f"redis://127.0.0.1:{c.masters[0].port}", "a")
    said(a, "is part of a cluster")
    assert not a.connected()


def test_one_of_the_hosts_is_enough(cluster, start):
    c = cluster()
    pool = c.pools_of(c.masters[2], 1)[0]
    fill(c.client, pool)
    for m in c.masters:
        m.client.config_set("requirepass", "p@ss")
    a = start(f"cluster://:p%40ss@127.0.0.1:1,127.0.0.1:{c.masters[1].port}",
              "a")
    ready(a, pool=pool)
    assert a.connected()
    b = start(f"cluster://127.0.0.1:{c.masters[1].port}", "b")
    said(b, "NOAUTH")
    for m in c.masters:
        m.client.config_set("requirepass", "")
    b.wait_connected()


def test_a_master_hangs(cluster, start):
    c = cluster()
    pools = [c.pools_of(m, 1)[0] for m in c.masters]
    for p in pools:
        fill(c.client, p)
    a, b = start(c.url, "a"), start(c.url, "b")
    for p in pools:
        ready(a, b, pool=p)
    c.masters[0].freeze()
    traffic = {p: [Traffic(d, FIRST, pool=p) for d in (a, b)] for p in pools}
    for d in (a, b):
        said(d, f"Redis master 127.0.0.1:{c.masters[0].port}: does not answer")
    for i in (1, 2):
        before = counted(c.masters[i].client, pools[i])
        for t in traffic[pools[i]]:
            t.more(300)
        wait_until(lambda i=i, n=before:
                   counted(c.masters[i].client, pools[i]) > n + 500)
    c.masters[0].thaw()
    for i, p in enumerate(pools):
        made = sum(t.end() for t in traffic[p])
        same([a, b], made, p)
        written(c, c.masters[i], p, made)


def scans(node):
    return node.client.info("commandstats").get(
        "cmdstat_hscan", {"calls": 0})["calls"]


@pytest.mark.parametrize("follow", ["tracking", "polling"])
def test_a_pool_moves_while_it_is_read(cluster, start, follow):
    """A cursor of one master means nothing to the next: no number is taken
    for removed, whether or not anybody tells that the key has moved."""
    c = cluster()
    for node in c.masters if follow == "polling" else ():
        node.client.execute_command("ACL SETUSER", "default",
                                    "-client|tracking")
    source, target = c.masters[:2]
    pool = c.pools_of(source, 1)[0]
    key = f"rep:numbers:{{{pool}}}"
    fill(c.client, pool, 5000)
    gate = Gate(source, c.masters)
    a = start(c.url, "a")
    ready(a, numbers=5000, pool=pool)
    assert a.status()["follow"] == follow
    # an edit has all of it read anew, a page after the other
    gate.hold(rb"HSCAN\r\n\$\d+\r\nrep:numbers[^\r]*\r\n\$\d+\r\n[1-9]")
    source.client.hset(key, number(0), '{"weight":2}')
    assert gate.reached.wait(60)
    least = []

    def half_way():
        gate.opened.set()
        before = scans(target)
        # as often as it begins anew
        for n in range(1, 6):
            wait_until(lambda n=n: scans(target) >= before + n)
            least.append(a.sum(pool)["numbers"])

    c.migrate(c.slot(pool), source, target, half_way, first=[key])
    target.client.hset(key, number(5000), "{}")
    wait_until(lambda: least.append(a.sum(pool)["numbers"])
               or least[-1] == 5001, 60, what=a.log)
    assert min(least) == 5000
    assert a.status()["errors"] == []
    gate.end()


def test_caps_hold_while_a_slot_moves(cluster, start):
    c = cluster(replicas=1)
    pool = c.pools_of(c.masters[0], 1)[0]
    fill(c.client, pool, 4)
    c.client.hset(f"rep:policy:{{{pool}}}",
                  mapping={"cap_day": 50, "warmup": ""})
    a, b = start(c.url, "a"), start(c.url, "b")
    ready(a, b, numbers=4, pool=pool)
    picked = [0]

    def pick(upto):
        for d in (a, b):
            picked[0] += sum(d.ask("pick", pool, 3)["numbers"].values())
        return picked[0] >= upto

    wait_until(lambda: pick(60), 60, what=a.log)
    c.migrate(c.slot(pool), c.masters[0], c.masters[1], lambda: pick(60))
    wait_until(lambda: pick(100), 60, what=a.log)
    heir = c.replica_of(c.masters[1])
    c.masters[1].kill()
    for d in (a, b):
        said(d, f"connected to Redis master 127.0.0.1:{heir.port}, of 1 pools")
    wait_until(lambda: pick(200), 60, what=a.log)
    for _ in range(50):
        pick(0)
    assert picked[0] == 200


def test_a_cluster_that_serves_nothing(cluster, start):
    """With cluster-require-full-coverage all masters refuse when one is
    lost."""
    c = cluster(covered="yes")
    pools = [c.pools_of(m, 1)[0] for m in c.masters]
    for p in pools:
        fill(c.client, p)
    a = start(c.url, "a")
    for p in pools:
        ready(a, pool=p)
    c.masters[1].kill()
    wait_until(lambda: c.masters[0].client.execute_command("CLUSTER INFO")
               ["cluster_state"] == "fail", 60)
    for p in pools:
        assert a.ask("spread", p, FIRST, 20, 100)["counted"] == 100
    # the two that are left hear of it one after the other, and the line is
    # written at the first
    wait_until(lambda: re.search(
        "the cluster does not serve [12] pools, they go on with what is "
        "known: CLUSTERDOWN", a.log()), 60, what=a.log)
    wait_until(lambda: a.status()["away"] == 3, what=a.status)
    c.masters[1].start()
    said(a, "the cluster serves all pools again")
    for p in pools:
        written(c, c.master_of(p), p, 100)
    assert a.log().count("the cluster does not") == 1


def test_a_proxy_ends_while_a_slot_is_moved(cluster, start):
    c = cluster()
    pool = c.pools_of(c.masters[0], 1)[0]
    fill(c.client, pool)
    a = start(c.url, "a")
    ready(a, pool=pool)
    a.ask("spread", pool, FIRST, 20, 100)
    written(c, c.masters[0], pool, 100)

    def half_way():
        a.ask("spread", pool, FIRST, 20, 50)
        a.process.stdin.close()

    # little is left to be done then: it waits for five seconds at most
    keys = c.masters[0].client.keys(f"*{{{pool}}}*")
    c.migrate(c.slot(pool), c.masters[0], c.masters[1], half_way, keys[1:])
    a.process.wait(60)
    written(c, c.masters[1], pool, 150)


def test_of_several_the_newest_is_believed(cluster, start):
    """By its epoch, whichever is asked first or later: a node that was cut
    off tells what was right once."""
    old, new = cluster(masters=1), cluster()
    pool = new.pools_of(new.masters[1], 1)[0]
    fill(new.client, pool)
    for nodes in (old.masters + new.masters[:1],
                  new.masters[:1] + old.masters):
        a = start("cluster://" + ",".join(
            f"127.0.0.1:{n.port}" for n in nodes), f"a{len(nodes)}")
        ready(a, pool=pool)
        a.count(pool, number(1), "answered", 3)
        lost, asked = new.masters[0], old.masters[0].client
        # without it one is asked after the other, in haste
        lost.kill()
        said(a, f"Redis master 127.0.0.1:{lost.port}: ")
        before = asked.info()["total_connections_received"]
        wait_until(lambda n=before: asked.info()["total_connections_received"]
                   > n + 1, 60)
        a.count(pool, number(1), "answered", 3)
        lost.start()
        wait_until(lambda: a.status()["away"] == 0, 60, what=a.log)
        assert f"127.0.0.1:{old.masters[0].port}" not in a.log()
    written(new, new.masters[1], pool, 12)
