# SPDX-License-Identifier: GPL-2.0-or-later
"""Some nodes with traffic on one Redis, and what must be true of them."""

import time
from collections import Counter

from drivers import Traffic, exchanged
from harness.process import wait_until
from harness.relay import Relay

FIRST = 15551230000
RECOVERED = 60.0    # s after a fault within which all must be right again
MENDED = 30.0       # s for a key of ours to be whole again without a reconnect


def number(i):
    return f"+{FIRST + i}"


def lasting(seconds):
    """How long a fault takes is what the test is about."""
    end = time.monotonic() + seconds
    wait_until(lambda: time.monotonic() >= end, seconds + 60)


def fill(client, pool="sales", numbers=20, **policy):
    """What an operator writes."""
    with client.pipeline(transaction=False) as p:
        p.hset(f"rep:numbers:{{{pool}}}",
               mapping={number(i): "{}" for i in range(numbers)})
        if policy:
            p.hset(f"rep:policy:{{{pool}}}", mapping=policy)
        p.sadd("rep:pools", pool)
        p.execute()


def calls(text):
    """A count's text as a sum; what is no count is none."""
    parts = text.split(",")
    return sum(map(int, parts)) if all(p.isdigit() for p in parts) else 0


def count_keys(client, pool="sales"):
    return list(client.scan_iter(f"rep:x:c[0-9]:{{{pool}}}:*"))


def in_redis(client, pool="sales"):
    """Calls by number, as the writers' own counts say. A total that is there
    beside them must say the same."""
    own, total = Counter(), Counter()
    for key in count_keys(client, pool):
        for field, text in client.hgetall(key).items():
            words = field.split("|")
            (total if words[2] == "*" else own)[words[0]] += calls(text)
    return dict(own) if not total or own == total else \
        {"writers": dict(own), "totals": dict(total)}


def own_key(client, what, pool="sales"):
    """The key of ours of that kind, whatever the layout's version: "v" for
    rep:x:v1:{sales}."""
    for key in client.scan_iter(f"rep:x:{what}*:{{{pool}}}*"):
        return key
    raise LookupError(f"no key {what} of pool {pool}")


class Fleet:
    """`names` nodes, each behind a relay of its own. `made`: calls of nodes
    that are gone."""

    def __init__(self, start, server, nodes=2, numbers=20, delay=0.0,
                 traffic=True, relays=True, **options):
        self.start, self.server, self.numbers = start, server, numbers
        self.relays = [Relay(server, delay) if relays else None
                       for _ in range(nodes)]
        self.options, self.nodes, self.traffic = options, [], []
        self.made = 0
        for i in range(nodes):
            self.nodes.append(self.driver(i))
        for node in self.nodes:
            self.ready(node)
        if traffic:
            self.go()

    @property
    def client(self):
        return self.server.client

    def driver(self, i):
        relay = self.relays[i]
        return self.start(relay.url if relay else self.server.url,
                          "abc"[i], **self.options)

    def ready(self, node):
        wait_until(lambda: node.sum("sales")["numbers"] == self.numbers)
        wait_until(lambda: node.status()["resyncs"] > 0)

    def go(self, batch=0):
        """Calls on every node, each fifth of a second so many, or one of each
        number: some hundreds a second in all."""
        self.traffic = [Traffic(n, number(0), batch=batch or self.numbers,
                                numbers=self.numbers, pause=0.2)
                        for n in self.nodes]

    def more(self, batches=5):
        """Until each node has had more calls."""
        for t in self.traffic:
            t.more(batches * self.numbers)

    def quiet(self):
        """No more calls: how many there were."""
        self.made += sum(t.end() for t in self.traffic)
        self.traffic = []
        return self.made

    def in_node(self, node):
        found = {}
        for i in range(self.numbers):
            view = node.view("sales", number(i))
            if view and sum(view["counts"].values()):
                found[number(i)] = sum(view["counts"].values())
        return found

    def true(self, within=RECOVERED):
        """truth = Redis = each node, by number and to the call, and it stays
        so. Returns the seconds that it took."""
        truth, begin = self.quiet(), time.monotonic()

        def sums():
            return [sum(v for v in in_redis(self.client).values()
                        if isinstance(v, int)),
                    *(n.sum("sales")["calls"] for n in self.nodes)]

        def same():
            return sums() == [truth] * (1 + len(self.nodes))

        wait_until(same, within, 0.1, what=lambda: (
            f"truth {truth}; Redis and nodes {sums()}\n" + "\n".join(
                n.log()[-1500:] for n in self.nodes)))
        took = time.monotonic() - begin
        exchanged(*self.nodes)
        want = in_redis(self.client)
        assert sum(want.values()) == truth, want
        for node in self.nodes:
            assert self.in_node(node) == want
        return took

    def states(self, i):
        return [n.view("sales", number(i))["state"] for n in self.nodes]

    def all_say(self, i, state, within=RECOVERED):
        """Every node holds the number for that."""
        wait_until(lambda: set(self.states(i)) == {state}, within,
                   what=lambda: f"{number(i)} {self.states(i)}\n" + "\n".join(
                       n.log()[-1500:] for n in self.nodes))

    def connected(self):
        for node in self.nodes:
            node.wait_connected()

    def reconnects(self):
        return [n.status()["reconnects"] for n in self.nodes]

    def end(self):
        for t in self.traffic:
            t.ending.set()
        for t in self.traffic:
            t.join(5)
        for relay in filter(None, self.relays):
            relay.end()
