# SPDX-License-Identifier: GPL-2.0-or-later
"""The line between node and Redis is cut, silent, slow, late or thin."""

import json
import random
import threading
import time

import pytest

from fleet import RECOVERED, Fleet, fill, in_redis, lasting, number
from harness.process import wait_until
from harness.relay import Relay
from spaces import Network, RedisInside, missing

quick = pytest.mark.quick
one_server = pytest.mark.kinds(
    "plain", "tls", why="what the kernel does is the same with Sentinels")


# ---- cut --------------------------------------------------------------------


@quick
def test_cut_at_random(fleet):
    f, rng = fleet(nodes=3, interval=10), random.Random(1)
    for _ in range(8):
        f.more(1)
        rng.choice(f.relays).cut()
    f.connected()
    f.true()


@quick
def test_replies_cut_in_the_middle(fleet):
    f = fleet(interval=10)
    for _ in range(10):
        f.relays[0].tears = f.relays[1].tears = 1
        wait_until(lambda: not any(r.tears for r in f.relays))
        f.more(1)
    f.connected()
    f.true()


def test_verdict_whose_reply_is_cut(fleet):
    f = fleet(interval=10)
    for i in range(10):
        node, relay = f.nodes[i % 2], f.relays[i % 2]
        node.wait_connected()
        relay.tears = 1
        node.ask("bench", "sales", number(i), 86400)
    f.connected()
    for i in range(10):
        f.all_say(i, "benched")
    benched = [e["number"] for _, e in f.client.xrange("rep:events")
               if e["event"] == "benched"]
    assert sorted(set(benched)) == sorted(benched)
    f.true()


@pytest.mark.parametrize("seconds", [pytest.param(6, marks=quick), 60])
def test_one_node_cut_off(fleet, seconds):
    """Nothing gets through, nobody is told; a bench in the meantime on
    either side."""
    f = fleet(nodes=3)
    f.more()
    f.relays[0].hold()
    f.nodes[0].ask("bench", "sales", number(3), 86400)
    f.nodes[1].ask("bench", "sales", number(4), 86400)
    lasting(seconds)
    f.relays[0].release()
    f.connected()
    f.more()
    f.all_say(3, "benched")
    f.all_say(4, "benched")
    f.true()


def test_all_nodes_cut_off(fleet):
    f = fleet(nodes=3)
    f.more()
    for relay in f.relays:
        relay.hold()
    lasting(8)
    for relay in f.relays:
        relay.release()
    f.connected()
    f.more()
    f.true()


def test_refused_for_a_while(fleet):
    f = fleet()
    f.more()
    for relay in f.relays:
        relay.shut = True
        relay.cut()
    f.more(10)
    for relay in f.relays:
        relay.shut = False
    f.connected()
    f.true()


# ---- late -------------------------------------------------------------------


@quick
@pytest.mark.parametrize("rounds", [1, 4])
def test_old_connection_delivers_late(fleet, rounds):
    """What was sent on a connection that was given up comes after what was
    sent on the next one, and is smaller."""
    f = fleet()
    f.more()
    kept = []
    for _ in range(rounds):
        kept.append(f.relays[0].strand())
        wait_until(lambda: f.nodes[0].status()["link"] != "connected")
        f.nodes[0].wait_connected()
        f.more()
    had = sum(in_redis(f.client).values())
    wait_until(lambda: sum(in_redis(f.client).values()) > had)
    for lines in kept:
        f.relays[0].release(lines)
    f.more()
    f.true()


def test_verdict_delivered_late(fleet):
    """A bench of before, after its release."""
    f = fleet()
    f.more(2)
    kept = f.relays[0].strand()
    f.nodes[0].ask("bench", "sales", number(3), 86400)
    wait_until(lambda: f.nodes[0].status()["link"] != "connected")
    f.nodes[0].wait_connected()
    f.all_say(3, "benched")
    f.nodes[1].ask("release", "sales", number(3))
    wait_until(lambda: "benched" not in f.states(3))
    f.relays[0].release(kept)
    f.more(3)
    f.true()
    assert "benched" not in f.states(3)


@pytest.fixture
def network():
    why = missing()
    if why:
        pytest.skip(why)
    made = []

    def make(nodes):
        made.append(Network(nodes))
        return made[-1]

    yield make
    for n in made:
        n.remove()


@pytest.fixture
def inside(network, start):
    """Nodes and Redis, each in a namespace of its own, with traffic."""
    made = []

    def make(nodes=2):
        net = network(nodes)
        server = RedisInside(net)
        made.append(server)
        fill(server.client)
        f = Fleet(start, server, nodes=0, traffic=False)
        for i in range(nodes):
            f.nodes.append(start(server.url, "abc"[i],
                                 before=net.inside(i)))
        for node in f.nodes:
            f.ready(node)
        f.go()
        return net, f

    yield make
    for server in made:
        server.remove()


@one_server
@pytest.mark.parametrize("seconds", [pytest.param(8, marks=quick), 15, 40])
def test_segments_of_a_closed_socket(inside, seconds):
    """A cable is pulled: the kernel goes on sending what the node gave up,
    and that arrives after what the node sent on its next connection."""
    net, f = inside()
    f.more()
    net.pull(0)
    lasting(seconds)
    net.mend(0)
    f.connected()
    # as long as the kernel can still be waiting with a segment
    lasting(2 * seconds)
    f.true()


@one_server
def test_cables_pulled_in_turn(inside):
    net, f = inside(3)
    for i in (0, 1, 2, 0):
        f.more(1)
        net.pull(i)
        lasting(6)
        net.mend(i)
    f.connected()
    f.more()
    f.true()


# ---- slow -------------------------------------------------------------------


def fill_pools(client, pools):
    for i in range(pools):
        fill(client, f"p{i}", 4)


def fastest(tries, does, shows):
    """s from doing to showing: of some tries the fastest, as a machine with
    other work delays some of them."""
    took = []
    for i in range(tries):
        does(i)
        begin = time.monotonic()
        wait_until(lambda i=i: shows(i), 30, 0.005)
        took.append(time.monotonic() - begin)
    return min(took)


@pytest.mark.parametrize("pools,delay", [
    pytest.param(50, 0.010, marks=quick), (50, 0.020), (300, 0.0005)])
def test_many_pools_far_away(start, server, pools, delay):
    """Edits in force in 1 s, benches in 1.5 s; also right after a
    reconnect."""
    fill_pools(server.client, pools)
    relays = [Relay(server, delay) for _ in range(2)]
    nodes = [start(r.url, name, interval=200)
             for r, name in zip(relays, "ab")]
    last = f"p{pools - 1}"
    for node in nodes:
        wait_until(lambda n=node: all(n.sum(f"p{p}")["numbers"] == 4
                                      for p in range(pools)))
    made = 0

    def busy():
        """a call on each pool of the first node: all have news"""
        nonlocal made
        for p in range(pools):
            got = nodes[0].ask("spread", f"p{p}", number(0), 4, 4)
            assert got["counted"] == 4
        made += 4

    def everywhere(node):
        return all(node.sum(f"p{p}")["calls"] == made for p in range(pools))

    def edits(i):
        busy()
        server.client.hset(f"rep:policy:{{{last}}}", "cap_day", 10 + i)

    def in_force(i):
        return all(n.ask("policy", last)["cap_day"] == str(10 + i)
                   for n in nodes)

    turn = [0]

    def benches(_):
        busy()
        turn[0] += 1
        nodes[0].ask("bench" if turn[0] % 2 else "release", last, number(1),
                     *([86400] if turn[0] % 2 else []))

    def shown(_):
        benched = nodes[1].view(last, number(1))["state"] == "benched"
        return benched == bool(turn[0] % 2)

    wait_until(lambda: everywhere(nodes[1]))
    figures = {}
    for when in ("settled", "reconnected"):
        if when == "reconnected":
            for relay in relays:
                relay.cut()
            for node in nodes:
                wait_until(lambda n=node: n.status()["reconnects"] > 0)
                node.wait_connected()
        figures[when] = (fastest(3, edits, in_force),
                         fastest(3, benches, shown))
        wait_until(lambda: all(map(everywhere, nodes)), RECOVERED, 0.2,
                   what=lambda: (when, figures, made, [
                       [n.sum(f"p{p}")["calls"] for p in range(pools)]
                       for n in nodes]))
    print(figures)
    for relay in relays:
        relay.end()
    assert all(e <= 1.0 and b <= 1.5 for e, b in figures.values()), figures


@pytest.mark.kinds("plain", "tls", "sentinel", why="a node of a cluster that "
                   "is connected to has 0.3 s for each reply")
def test_far_away(fleet):
    """A round trip below the limit of a reply: shared all the while."""
    f = fleet(traffic=False)
    for relay in f.relays:
        relay.delay = 0.8
    f.go()
    f.more()
    f.true()


def test_two_seconds_each_way(fleet):
    """Longer than any reply is waited for: nothing is lost meanwhile, nor by
    what is answered late."""
    f = fleet()
    f.more()
    for relay in f.relays:
        relay.delay = 2.0
    lasting(15)
    for relay in f.relays:
        relay.delay = 0.0
    f.connected()
    f.more()
    f.true()


def test_thin_line(fleet):
    """A reply takes longer than the limit, but does get on."""
    f = fleet(numbers=3000, nodes=1)
    f.more(1)
    f.true()
    thin = f.relays[0]
    thin.bandwidth = 20000
    thin.cut()
    f.go()
    f.more(1)
    f.true(120)


# ---- what a reconnect costs -------------------------------------------------


def with_history(fleet, numbers, hours, **options):
    """Nodes at rest that have counted a call of each number in each hour."""
    f = fleet(numbers=numbers, traffic=False, **options)
    for hour in reversed(range(hours)):
        for node in f.nodes:
            node.ask("clock", -3600 * hour)
        for node in f.nodes:
            f.made += node.ask("spread", "sales", number(0), numbers,
                               numbers)["counted"]
        f.true()
    return f


def health_is_told(f):
    """Of many numbers some each second, for 16 s: all of them, and nobody
    writes any more."""
    def shown():
        return sum(json.loads(text)["calls"] for text in
                   f.client.hvals("rep:health:{sales}"))

    def writes():
        return f.client.info("commandstats")["cmdstat_hset"]["calls"]

    def still():
        had = writes()
        lasting(2.5)
        return writes() == had

    wait_until(lambda: shown() == f.made, RECOVERED, 0.5, what=shown)
    wait_until(still)


def test_reconnect_costs_what_was_missed(fleet):
    """A blip of an idle line: not a full push and read of 5,000 numbers,
    which is some 1,000 bytes each; their names are read, 30 bytes each."""
    f = with_history(fleet, 5000, 4)
    health_is_told(f)
    before = [r.bytes for r in f.relays]
    for relay, node in zip(f.relays, f.nodes):
        relay.cut()
    for node in f.nodes:
        wait_until(lambda n=node: n.status()["reconnects"] > 0)
        node.wait_connected()
    begin = time.monotonic()
    for node in f.nodes:
        node.ask("bench", "sales", number(3), 86400)
    f.all_say(3, "benched")
    # a number's count told after it, and what was owed before it
    f.made += f.nodes[0].ask("spread", "sales", number(0), 20, 20)["counted"]
    took = f.true()
    cost = [r.bytes - b for r, b in zip(f.relays, before)]
    print("bytes", cost, "s", time.monotonic() - begin, took)
    assert max(cost) < 300 * 1000, cost


class Cuts(threading.Thread):
    """Every line is cut each five seconds, whatever goes on."""

    def __init__(self, relays):
        super().__init__(daemon=True)
        self.relays, self.n, self.over = relays, 0, threading.Event()
        self.start()

    def run(self):
        while not self.over.wait(5):
            for relay in self.relays:
                relay.cut()
            self.n += 1

    def end(self):
        self.over.set()
        self.join()


def test_reconnect_each_five_seconds(fleet):
    """What is said here is known there all the while, and the history is not
    read anew, which would not come to an end between two cuts."""
    f = with_history(fleet, 2000, 3, nodes=3)
    before = [n.status()["resyncs"] for n in f.nodes]
    f.go(batch=20)
    cuts = Cuts(f.relays)
    try:
        for turn in range(6):
            wait_until(lambda n=turn: cuts.n > n)
            f.nodes[turn % 3].ask("bench", "sales", number(turn), 86400)
            f.all_say(turn, "benched")
    finally:
        cuts.end()
    f.connected()
    f.true()
    assert [n.status()["resyncs"] for n in f.nodes] == before


# ---- anything ---------------------------------------------------------------


class Chaos:
    """Faults drawn from a seed, each healed, while calls go on."""

    def __init__(self, f, server, seed):
        self.f, self.server, self.rng = f, server, random.Random(seed)
        self.done = []

    def kill(self):
        self.server.kill()
        self.f.more(1)
        self.server.start()
        fill(self.server.client)

    def hang(self):
        self.server.freeze()
        lasting(self.rng.choice((0.5, 3)))
        self.server.thaw()

    def empty(self):
        self.server.client.flushall()
        fill(self.server.client)

    def delete(self):
        keys = sorted(self.server.client.scan_iter("rep:[xh]*"))
        if keys:
            self.server.client.delete(self.rng.choice(keys))

    def full(self):
        self.server.client.config_set("maxmemory", 1)
        self.f.more(1)
        self.server.client.config_set("maxmemory", 0)

    def cut(self):
        self.rng.choice(self.f.relays).cut()

    def tear(self):
        self.rng.choice(self.f.relays).tears += 1

    def late(self):
        relay = self.rng.choice(self.f.relays)
        kept = relay.strand()
        lasting(3)
        relay.release(kept)

    def away(self):
        relay = self.rng.choice(self.f.relays)
        relay.hold()
        lasting(self.rng.choice((1, 4)))
        relay.release()

    def forget_scripts(self):
        self.server.client.script_flush()

    def trim(self):
        for key in self.server.client.scan_iter("rep:x:feed:*"):
            self.server.client.xtrim(key, 0, approximate=False)

    def restart(self):
        """A node ends in good order and begins anew."""
        f, i = self.f, self.rng.randrange(3)
        f.connected()
        f.true()
        f.nodes[i].process.stdin.close()
        f.nodes[i].process.wait(60)
        f.nodes[i] = f.driver(i)
        f.ready(f.nodes[i])
        f.go()

    def bench(self):
        self.rng.choice(self.f.nodes).ask(
            "bench", "sales", number(self.rng.randrange(10)), 86400)

    def step(self):
        kind = self.rng.choice((
            self.kill, self.hang, self.empty, self.delete, self.full,
            self.cut, self.tear, self.late, self.away, self.forget_scripts,
            self.trim, self.restart, self.bench))
        self.done.append(kind.__name__)
        kind()
        self.f.more(1)


@pytest.mark.parametrize("seed,steps", [
    pytest.param(1, 12, marks=quick), (2, 33), (3, 33), (4, 33)])
def test_random_faults(fleet, server, seed, steps):
    f = fleet(nodes=3)
    chaos = Chaos(f, server, seed)
    try:
        for _ in range(steps):
            chaos.step()
        f.connected()
        f.true()
        for i in range(10):
            wait_until(lambda i=i: len(set(f.states(i))) == 1,
                       what=lambda i=i: (i, f.states(i)))
        states = {number(i): f.states(i)[0] for i in range(20)}

        def health():
            return {n: json.loads(t)["state"] for n, t in
                    f.client.hgetall("rep:health:{sales}").items()}

        wait_until(lambda: health() == states, what=health)
    finally:
        print(chaos.done)
