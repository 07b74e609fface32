# SPDX-License-Identifier: GPL-2.0-or-later
"""Caps hold over all proxies, whatever happens, and are used up when nothing
does."""

import random
import threading
import time
from collections import Counter

import pytest
import redis

from drivers import exchanged
from harness.process import wait_until
from harness.relay import Relay
from test_store_live import fill, number


def guard(client):
    return client.hgetall("rep:x:l1:{sales}")


def client_of(server):
    return redis.Redis(port=server.port, decode_responses=True)


def pool(client, numbers, **policy):
    if policy:
        client.hset("rep:policy:{sales}", mapping=policy)
    fill(client, numbers=numbers)


def use_up(drivers, calls, used=None, timeout=60):
    """Picks on all of them in turn until `calls` were picked in all."""
    used = Counter() if used is None else used

    def done():
        for d in drivers:
            used.update(d.ask("pick", "sales", 3)["numbers"])
        return sum(used.values()) >= calls
    wait_until(done, timeout, what=lambda: str(used))
    return used


def nothing_more(drivers, used, rounds=40):
    """However often they are asked."""
    for _ in range(rounds):
        for d in drivers:
            got = d.ask("pick", "sales", 5)
            assert not got["numbers"], (got, used)
            assert set(got) <= {"numbers", "all-capped"}


def test_two_share_a_day(server, start):
    pool(client_of(server), 5, cap_day=10)
    two = [start(server.url, "a"), start(server.url, "b")]
    used = use_up(two, 50)
    assert used == {number(i): 10 for i in range(5)}
    nothing_more(two, used)


def test_two_share_a_pools_day(server, start):
    pool(client_of(server), 5, pool_cap_day=25)
    two = [start(server.url, "a"), start(server.url, "b")]
    used = use_up(two, 25)
    assert sum(used.values()) == 25
    nothing_more(two, used)


def test_what_an_idle_proxy_holds_comes_back(server, start):
    pool(client_of(server), 2, cap_day=4)
    a, b = start(server.url, "a"), start(server.url, "b")
    used = use_up([b], 1)
    use_up([a], 8, used)
    assert used == {number(0): 4, number(1): 4}


def dial(held, calls, *drivers):
    """Calls that go on, until there are so many and no more to be had."""
    def done():
        for d in drivers:
            held[d] += d.ask("hold", "sales", 2)
        return sum(held.values()) >= calls
    wait_until(done, what=lambda: str(held))
    for _ in range(20):
        assert not any(d.ask("hold", "sales", 2) for d in drivers)
    assert sum(held.values()) == calls


def test_calls_at_once(server, start):
    """Two proxies together; then one ends its calls, the other may more."""
    pool(client_of(server), 3, cap_concurrent=4)
    a, b = start(server.url, "a"), start(server.url, "b")
    held = Counter()

    dial(held, 12, a, b)
    a.ask("drop")
    held[a] = 0
    dial(held, 12, b)


def probation(server, start, nodes, urls=None, **policy):
    """Five numbers on probation, on so many proxies."""
    pool(client_of(server), 5, min_available=0, max_benched_share=1, **policy)
    ds = [start(urls[i] if urls else server.url, f"n{i}")
          for i in range(nodes)]
    wait_until(lambda: all(d.sum("sales")["numbers"] == 5 for d in ds))
    for i in range(5):
        ds[0].ask("bench", "sales", number(i), 1)
    wait_until(lambda: all(
        d.view("sales", number(i))["state"] == "probation"
        for i in range(5) for d in ds), what="probation")
    return ds


def test_the_budget_of_a_probation(server, start):
    """Three proxies make as many test calls as one would."""
    ds = probation(server, start, 3, probation_calls=12)
    used = Counter()

    def done():
        for d in ds:
            used.update(d.ask("try", "sales", 2, "noanswer")["numbers"])
        return all(d.view("sales", number(i))["state"] == "active"
                   for i in range(5) for d in ds)
    wait_until(done, what=lambda: str(used))
    assert used == {number(i): 12 for i in range(5)}


def test_calls_on_probation_at_once(server, start):
    """Those of a proxy that is killed are not made again."""
    ds = probation(server, start, 3, probation_calls=8)
    held = Counter()

    dial(held, 40, *ds)
    ds[0].ask("drop")
    ds[2].kill()
    held[ds[0]] = 0
    dial(held, 40, ds[1])


class Dialer(threading.Thread):
    """Picks on one proxy, `pause` s apart; `made` says when, from and to."""

    def __init__(self, driver, pause):
        super().__init__(daemon=True)
        self.driver, self.pause = driver, pause
        self.made, self.ending = [], threading.Event()
        self.start()

    def run(self):
        while not self.ending.wait(self.pause):
            begin = time.monotonic()
            if self.driver.ask("pick", "sales", 1)["numbers"]:
                self.made.append((begin, time.monotonic()))


@pytest.mark.parametrize("pauses", [
    (0.005,), (0.5, 0.1, 0.005), (0.01, 0.01, 0.01)])
def test_calls_a_second(server, start, pauses):
    """Never more than the cap in any second, and soon nearly as many."""
    cap, seconds = 40, 4
    pool(client_of(server), 5, pool_cap_second=cap)
    dialers = [Dialer(start(server.url, f"n{i}"), pause)
               for i, pause in enumerate(pauses)]

    def made():
        return sorted(m for d in dialers for m in list(d.made))

    def lately():
        now = time.monotonic()
        return sum(m[1] > now - seconds for m in made())
    try:
        wait_until(lambda: lately() >= 0.9 * cap * seconds, what=lambda: (
            lately(), [len(d.made) for d in dialers]))
    finally:
        for d in dialers:
            d.ending.set()
        for d in dialers:
            d.join()
    calls = made()
    assert all(last[1] - first[0] >= 1
               for first, last in zip(calls, calls[cap:]))


def test_calls_a_second_of_one_that_ended(server, start):
    """It leaves its share to the other, soon."""
    client = client_of(server)
    pool(client, 5, pool_cap_second=8)
    a, b = start(server.url, "a"), start(server.url, "b")
    first = Dialer(a, 0.01)
    wait_until(lambda: len(first.made) > 20)
    first.ending.set()
    first.join()
    a.process.stdin.close()
    a.process.wait(60)
    second = Dialer(b, 0.01)
    try:
        wait_until(lambda: sum(m[1] > time.monotonic() - 2
                               for m in list(second.made)) >= 14)
    finally:
        second.ending.set()
        second.join()


def test_a_restart_spends_nothing_twice(server, start):
    """One that ends returns what it did not use; one that is killed does
    not, and is not replaced either."""
    pool(client_of(server), 3, cap_day=100)
    used = Counter()
    for i in range(4):
        d = start(server.url, f"n{i % 2}")
        use_up([d], sum(used.values()) + 10, used)
        if i % 2:
            d.process.stdin.close()
            d.process.wait(60)
        else:
            d.kill()
    last = start(server.url, "n0")
    end = time.monotonic() + 3
    while time.monotonic() < end:
        used.update(last.ask("pick", "sales", 5)["numbers"])
    assert all(n <= 100 for n in used.values()), used


def test_no_lease_no_pick(start, tmp_path):
    """Without Redis a capped number is not picked, but with `caps` = `soft`,
    up to a share."""
    file = tmp_path / "pools.json"
    for caps, most in (("hard", 0), ("soft", 10)):
        file.write_text('{"pools":{"sales":{"policy":{"cap_day":10,"caps":"%s"},'
                        '"numbers":{"+15551230000":{}}}}}' % caps)
        d = start("redis://127.0.0.1:1", caps, pool_file=str(file))
        wait_until(lambda d=d: d.sum("sales")["numbers"] == 1)
        got = d.ask("pick", "sales", 12)
        assert got.get("picked", 0) == most and got["all-capped"] == 12 - most


def test_pools_without_caps_cost_nothing(server, start):
    client = client_of(server)
    pool(client, 5)
    d = start(server.url, "a")
    use_up([d], 50)
    assert client.keys("rep:x:l1:*") == ["rep:x:l1:{sales}"]
    before = guard(client)
    use_up([d], 500)
    exchanged(d)
    assert guard(client) == before


def test_a_cap_newly_set_waits_for_no_guard(server, start):
    """It is there, and old enough, before there is a cap."""
    client = client_of(server)
    pool(client, 5)
    two = [start(server.url, "a"), start(server.url, "b")]
    use_up(two, 50)
    wait_until(lambda: guard(client))
    wait_until(lambda: time.time() * 1000
               > int(guard(client)["since"]) + int(guard(client)["grace"]))
    epoch = guard(client)["epoch"]
    client.hset("rep:policy:{sales}", "cap_day", 60)
    wait_until(lambda: len(client.keys("rep:x:l1:*")) > 1)
    use_up(two, 250, Counter({number(0): 50}))
    assert guard(client)["epoch"] == epoch
    # whoever comes to an emptied Redis makes it anew
    client.delete("rep:x:l1:{sales}")
    client.delete("rep:x:feed:{sales}", "rep:x:seq:{sales}")
    wait_until(lambda: guard(client).get("epoch", epoch) != epoch)


@pytest.mark.parametrize("expired", [True, False])
def test_a_hash_that_is_gone(server, start, expired):
    """As it expires nothing was lost; else nothing is granted for a while."""
    client = client_of(server)
    pool(client, 3, cap_concurrent=4)
    a = start(server.url, "a")
    assert use_up([a], 3)
    assert client.ttl("rep:x:l1:{sales}:c1") > 31 * 86400
    at, ends = guard(client)["kc1"].split()
    assert at == "1" and int(ends) > time.time() * 1000 + 31 * 86400000
    epoch = guard(client)["epoch"]
    with client.pipeline() as p:
        if expired:
            p.hset("rep:x:l1:{sales}", "kc1", f"1 {int(time.time()) * 1000}")
        p.delete("rep:x:l1:{sales}:c1")
        p.execute()
    wait_until(lambda: a.ask("pick", "sales", 3)
               and client.exists("rep:x:l1:{sales}:c1"))
    assert (guard(client)["epoch"] == epoch) is expired


class Faults(threading.Thread):
    """One thing after the other goes wrong."""

    def __init__(self, server, drivers, seed):
        super().__init__(daemon=True)
        self.server, self.drivers = server, drivers
        self.random = random.Random(seed)
        self.ending = threading.Event()
        self.done = Counter()
        self.numbers = 3
        self.policy = {"cap_day": 200, "cap_minute": 100000}

    def flush(self, client):
        client.flushall()
        pool(client, self.numbers, **self.policy)

    def kill_connections(self, client):
        client.client_kill_filter(_type="normal", skipme=True)

    def lose_a_key(self, client):
        keys = client.keys("rep:x:l1:*")
        if keys:
            client.delete(self.random.choice(keys))

    def hang(self, _client):
        self.server.freeze()
        self.ending.wait(0.7)
        self.server.thaw()

    def run(self):
        client = client_of(self.server)
        kinds = (self.kill_connections, self.hang)
        losses = (self.flush, self.lose_a_key)
        step = 0
        while not self.ending.wait(self.random.uniform(0.3, 1)):
            step += 1
            kind = self.random.choice(kinds if step % 10 else losses)
            kind(client)
            self.done[kind.__name__] += 1


@pytest.mark.parametrize("seed", (1, 2))
def test_probation_never_exceeded(server, start, seed):
    """Likewise, and its calls are judged."""
    thieves = [Relay(server) for _ in range(2)]
    for t in thieves:
        t.one_in = 40
    urls = [server.url] + [t.url for t in thieves]
    drivers = probation(server, start, 3, urls, probation_calls=40)
    faults = Faults(server, drivers, seed)
    faults.numbers = 5
    faults.policy = {"probation_calls": 40, "min_available": 0,
                     "max_benched_share": 1}
    faults.start()
    used, end = Counter(), time.monotonic() + 20
    while time.monotonic() < end:
        for d in drivers:
            used.update(d.ask("try", "sales", 1, "noanswer")["numbers"])
    faults.ending.set()
    faults.join()
    for t in thieves:
        t.end()
    assert sum(faults.done.values()) > 10 and sum(t.stolen for t in thieves)
    assert sum(used.values()) > 60, used
    assert all(n <= 40 for n in used.values()), used


@pytest.mark.parametrize("seed", (1, 2))
def test_never_exceeded(server, start, seed):
    """Three proxies, of which two lose replies, under random faults."""
    client = client_of(server)
    pool(client, 3, cap_day=200, cap_minute=100000)
    thieves = [Relay(server) for _ in range(2)]
    for t in thieves:
        t.one_in = 40
    urls = [server.url] + [t.url for t in thieves]
    drivers = [start(u, f"n{i}") for i, u in enumerate(urls)]
    faults = Faults(server, drivers, seed)
    faults.start()
    used, end = Counter(), time.monotonic() + 30
    while time.monotonic() < end:
        for d in drivers:
            used.update(d.ask("pick", "sales", 2)["numbers"])
    faults.ending.set()
    faults.join()
    for t in thieves:
        t.end()
    assert sum(faults.done.values()) > 10 and sum(t.stolen for t in thieves)
    assert sum(used.values()) > 60, used
    assert all(n <= 200 for n in used.values()), used
