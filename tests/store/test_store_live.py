# SPDX-License-Identifier: GPL-2.0-or-later
"""The store against a real Redis: what is shared, and that it stays exact."""

import contextlib
import json
import random
import signal
import threading
import time

import pytest
import redis

from drivers import Traffic, empty_redis, exchanged
from harness.process import wait_until
from harness.relay import Relay

FIRST = "+15551230000"


def number(i):
    return f"+{15551230000 + i}"


def fill(client, pool="sales", numbers=20, prefix="rep"):
    client.hset(f"{prefix}:numbers:{{{pool}}}",
                mapping={number(i): "{}" for i in range(numbers)})
    client.sadd(f"{prefix}:pools", pool)


def has(driver, numbers, pool="sales"):
    """the driver knows so many numbers"""
    return driver.sum(pool)["numbers"] == numbers


def wait_for(check):
    return wait_until(check)


def ready(*drivers, numbers=20, pool="sales"):
    for d in drivers:
        wait_until(lambda d=d: has(d, numbers, pool), 120)
        wait_until(lambda d=d: d.status()["resyncs"] > 0, 120)


def same(drivers, want, pool="sales"):
    """Every driver arrives at `want` calls in sum, and stays there."""
    def sums():
        return [d.sum(pool)["calls"] for d in drivers]

    wait_until(lambda: sums() == [want] * len(drivers), what=lambda:
               f"want {want}, got {sums()}\n"
               + "\n".join(d.log() for d in drivers))
    exchanged(*drivers)
    assert sums() == [want] * len(drivers)


def traffic_on(*drivers, **options):
    return [Traffic(d, FIRST, **options) for d in drivers]


def refusals(client):
    """How often Redis had no memory for a command."""
    stat = client.info("errorstats").get("errorstat_OOM", {"count": 0})
    # newer clients take "count=3" apart
    return int(stat["count"] if isinstance(stat, dict)
               else stat.partition("=")[2])


def counted(client, pool="sales"):
    """All calls that stand in Redis."""
    return sum(sum(map(int, text.split(",")))
               for key in client.scan_iter(f"rep:x:c2:{{{pool}}}:*")
               for text in client.hvals(key) if text[0].isdigit())


def written(client, calls):
    """Until so many calls stand in Redis."""
    wait_until(lambda: counted(client) == calls,
               what=lambda: f"{counted(client)} of {calls} calls in Redis")


# as docs/redis.md has it
ACL = """+ping +role +info +time +select +client|setname +client|id +client|tracking
    +subscribe +script|load +eval +evalsha +exists +del +expire +set +get
    +incr +smembers +sadd +hlen +hgetall +hget +hmget +hset +hsetnx +hdel
    +hkeys +hvals +hincrby +hscan +scan +sismember +ttl +scard +sscan
    +srem
    +zadd +zrem +zscore +zcard +zscan +zrevrange +zrangebyscore
    +zremrangebyscore +zremrangebyrank +expireat
    +xadd +xread +xrange +xrevrange +xtrim +xdel"""

# ---- sharing -------------------------------------------------------------


def test_counts_are_shared(server, start):
    fill(server.client)
    a, b = start(server.url, "a"), start(server.url, "b")
    ready(a, b)
    a.count("sales", number(1), "answered", 3)
    b.count("sales", number(1), "declined", 2, route="trunk|1")
    b.count("sales", number(1), "answered", 4, route="trunk|1")
    want = {"answered": 7, "declined": 2}
    wait_for(lambda: a.counts("sales", number(1)) == want)
    wait_for(lambda: b.counts("sales", number(1)) == want)
    assert counted(server.client) == 9


def test_two_writers_at_once(server, start):
    fill(server.client)
    a, b = start(server.url, "a"), start(server.url, "b")
    ready(a, b)
    traffic = traffic_on(a, b, pause=0)
    for t in traffic:
        t.more(3000)
    made = sum(t.end() for t in traffic)
    same([a, b], made)
    written(server.client, made)


def test_restarted_proxy_takes_up_the_history(server, start):
    fill(server.client)
    a, b = start(server.url, "a"), start(server.url, "b")
    ready(a, b)
    a.ask("spread", "sales", FIRST, 20, 200)
    a.ask("bench", "sales", number(3), 3600)
    same([a, b], 200)
    a.kill()
    b.ask("spread", "sales", FIRST, 20, 100)
    again = start(server.url, "a")
    ready(again)
    same([again, b], 300)
    assert again.view("sales", number(3))["state"] == "benched"
    again.ask("spread", "sales", FIRST, 20, 50)
    same([again, b], 350)


def test_last_counts_are_written_at_the_end(server, start):
    fill(server.client)
    a = start(server.url, "a", interval=3600 * 1000)
    ready(a)
    a.ask("spread", "sales", FIRST, 20, 77)
    assert counted(server.client) == 0
    a.process.stdin.close()
    a.process.wait(60)
    assert counted(server.client) == 77


def test_late_proxy_with_many_buckets(server, start):
    server.client.hset("rep:policy:{sales}", "bucket_minutes", "1")
    fill(server.client, numbers=500)
    a = start(server.url, "a")
    ready(a, numbers=500)
    a.ask("spread", "sales", FIRST, 500, 5000)
    same([a], 5000)
    b = start(server.url, "b")
    ready(b, numbers=500)
    same([b], 5000)


def test_command_budget(server, start):
    fill(server.client)
    a, b = start(server.url, "a", interval=200), start(server.url, "b",
                                                       interval=200)
    ready(a, b)
    exchanged(a, b, commands=2)
    before, begin = a.status()["commands"], time.monotonic()
    traffic = traffic_on(a, b, batch=10, pause=0.01)
    for t in traffic:
        t.more(3000)
    made = [t.end() for t in traffic]
    used = a.status()["commands"] - before
    # at 1000 calls/s: 0.02 a call
    assert used / (time.monotonic() - begin) <= 20, used
    same([a, b], sum(made))


# ---- Redis in trouble ------------------------------------------------------


def test_redis_hangs(server, start):
    fill(server.client)
    a, b = start(server.url, "a"), start(server.url, "b")
    ready(a, b)
    traffic = traffic_on(a, b)
    traffic[1].more(200)
    server.freeze()
    wait_for(lambda: a.status()["link"] != "connected")
    wait_for(lambda: a.status()["waiting"] > 0)
    server.thaw()
    a.wait_connected()
    b.wait_connected()
    traffic[1].more(200)
    made = sum(t.end() for t in traffic)
    same([a, b], made)
    written(server.client, made)
    downs = [l for l in a.log().splitlines() if l.startswith("WARN")]
    assert len(downs) <= 2, downs


def test_connections_cut_at_random(server, start):
    fill(server.client)
    a = start(server.url, "a", interval=10)
    b = start(server.url, "b", interval=10)
    ready(a, b)
    traffic = traffic_on(a, b)
    for _ in range(6):
        a.wait_connected()
        b.wait_connected()
        traffic[0].more(random.randrange(100, 500))
        server.client.client_kill_filter(_type="normal", skipme=True)
        wait_for(lambda: not a.connected())
    a.wait_connected()
    made = sum(t.end() for t in traffic)
    same([a, b], made)
    written(server.client, made)
    assert a.status()["reconnects"] >= 5


def test_replies_stolen(server, start):
    """A push whose reply never came was done; a verdict offered so, too."""
    fill(server.client)
    thief = Relay(server)
    a, b = [start(thief.url, n, interval=10) for n in "ab"]
    ready(a, b)
    traffic = traffic_on(a, b)
    thief.one_in = 25
    for i in range(20):
        (a, b)[i % 2].ask("bench", "sales", number(i), 3600)
        wait_for(lambda i=i: thief.stolen > i / 3)
    thief.one_in = 0
    made = sum(t.end() for t in traffic)
    same([a, b], made)
    written(server.client, made)

    def all_there():
        """every bench has its event"""
        return len(events(server.client, "benched")) >= 20

    wait_for(all_there)
    benched = [e["number"] for e in events(server.client, "benched")
               if e["reason"] == "manual"]
    assert sorted(benched) == [number(i) for i in range(20)]
    for i in range(20):
        assert a.view("sales", number(i))["until"] \
            == b.view("sales", number(i))["until"]
    thief.end()


def test_lost_acknowledged_writes(server, start):
    """As after a failover to a replica that lagged behind."""
    server.client.config_set("save", "3600 1")
    fill(server.client)
    a, b = start(server.url, "a"), start(server.url, "b")
    ready(a, b)
    traffic = traffic_on(a, b)
    traffic[0].more(200)
    server.client.save()
    saved = counted(server.client)
    wait_for(lambda: counted(server.client) > saved + 100)
    server.kill()
    traffic[0].more(200)
    server.start()
    a.wait_connected()
    b.wait_connected()
    made = sum(t.end() for t in traffic)
    same([a, b], made)
    written(server.client, made)


def test_redis_comes_back_empty(server, start):
    fill(server.client)
    a, b = start(server.url, "a"), start(server.url, "b")
    ready(a, b)
    traffic = traffic_on(a, b)
    traffic[0].more(200)
    server.kill()
    server.start()
    a.wait_connected()
    b.wait_connected()
    made = sum(t.end() for t in traffic)
    same([a, b], made)
    written(server.client, made)
    assert has(a, 20) and has(b, 20)
    wait_for(lambda: ["rep:pools", ""] in [e[:2]
                                           for e in a.status()["errors"]])
    assert a.log().count("the key is missing") == 1
    fill(server.client, numbers=21)
    wait_for(lambda: has(a, 21))
    wait_for(lambda: not a.status()["errors"])
    same([a, b], made)


@pytest.mark.parametrize("polling", [False, True])
def test_flush_while_connected(server, start, polling):
    user = {}
    if polling:
        server.client.execute_command(
            "ACL", "SETUSER", "default", "-client|tracking")
    fill(server.client)
    a, b = start(server.url, "a", **user), start(server.url, "b", **user)
    ready(a, b)
    assert a.status()["follow"] == ("polling" if polling else "tracking")
    traffic = traffic_on(a, b)
    traffic[0].more(200)
    server.client.flushall()
    traffic[0].more(200)
    made = sum(t.end() for t in traffic)
    same([a, b], made)
    assert has(a, 20) and has(b, 20)
    written(server.client, made)


@pytest.mark.parametrize("what", ["delete", "seq"])
def test_feed_that_begins_anew(server, start, what):
    fill(server.client)
    a, b = start(server.url, "a"), start(server.url, "b")
    ready(a, b)
    a.ask("spread", "sales", FIRST, 20, 100)
    same([a, b], 100)
    b.signal(signal.SIGSTOP)
    for i in range(2, 5):
        a.ask("spread", "sales", FIRST, 20, 100)
        written(server.client, 100 * i)
    if what == "delete":
        server.client.delete("rep:x:feed:{sales}", "rep:x:seq:{sales}")
    else:
        server.client.delete("rep:x:seq:{sales}")
    b.signal(signal.SIGCONT)
    a.ask("spread", "sales", FIRST, 20, 100)
    same([a, b], 500)
    b.ask("spread", "sales", FIRST, 20, 100)
    same([a, b], 600)


def test_counts_that_are_lost_while_nobody_reads(server, start):
    """A proxy that finds the feed begun anew writes its counts again."""
    fill(server.client)
    a, b = start(server.url, "a"), start(server.url, "b")
    ready(a, b)
    for driver, first in ((a, FIRST), (b, number(5))):
        for _ in range(3):
            driver.ask("spread", "sales", first, 5, 100)
            exchanged(driver)
    same([a, b], 600)
    b.signal(signal.SIGSTOP)
    for key in server.client.scan_iter("rep:x:*"):
        server.client.delete(key)
    # its own, and what it knows of the other's
    wait_for(lambda: counted(server.client) == 600)
    assert int(server.client.get("rep:x:seq:{sales}")) < 6
    b.signal(signal.SIGCONT)
    wait_for(lambda: counted(server.client) == 600)
    same([a, b], 600)


def test_entries_of_the_feed_that_are_gone(server, start):
    """What was missed is read again, though nothing happens on those cells
    any more: later traffic is on other numbers."""
    fill(server.client)
    a, b = start(server.url, "a"), start(server.url, "b")
    ready(a, b)
    a.ask("spread", "sales", FIRST, 5, 100)
    same([a, b], 100)
    b.signal(signal.SIGSTOP)
    for i in range(2, 5):
        a.ask("spread", "sales", FIRST, 5, 100)
        written(server.client, 100 * i)
    server.client.xtrim("rep:x:feed:{sales}", 0, approximate=False)
    a.ask("spread", "sales", number(10), 5, 50)
    written(server.client, 450)
    b.signal(signal.SIGCONT)
    same([a, b], 450)
    assert "moved on without us" in b.log()
    for i in range(5):
        assert b.counts("sales", number(i)) == a.counts("sales", number(i))


def test_deleted_feed_is_noticed_without_traffic(server, start):
    fill(server.client)
    a, b = start(server.url, "a"), start(server.url, "b")
    ready(a, b)
    a.ask("spread", "sales", FIRST, 20, 100)
    same([a, b], 100)
    for key in server.client.scan_iter("rep:x:*"):
        server.client.delete(key)
    wait_for(lambda: counted(server.client) == 100)
    same([a, b], 100)


def test_full_redis(server, start):
    fill(server.client)
    a, b = start(server.url, "a"), start(server.url, "b")
    ready(a, b)
    server.client.config_set("maxmemory", 1)
    a.ask("spread", "sales", FIRST, 20, 100)
    # told once, however often it is tried
    before = refusals(server.client)
    wait_for(lambda: refusals(server.client) >= before + 2)
    assert a.status()["link"] == "connected"
    log = a.log()
    assert log.count("no memory left") == 1, log
    assert b.sum("sales")["calls"] == 0
    server.client.config_set("maxmemory", 0)
    same([a, b], 100)
    assert "takes writes again" in a.log()


def test_verdict_in_a_full_redis(server, start):
    """It comes before the counts, which then are not even tried."""
    fill(server.client)
    a, b = start(server.url, "a"), start(server.url, "b")
    ready(a, b)
    server.client.config_set("maxmemory", 1)
    before = refusals(server.client)
    a.ask("bench", "sales", number(3), 1000)
    wait_for(lambda: refusals(server.client) >= before + 2)
    assert b.view("sales", number(3))["state"] == "active"
    server.client.config_set("maxmemory", 0)
    wait_for(lambda: b.view("sales", number(3))["state"] == "benched")


def test_script_cache_emptied(server, start):
    fill(server.client)
    a, b = start(server.url, "a"), start(server.url, "b")
    ready(a, b)
    for i in range(1, 6):
        server.client.script_flush()
        a.ask("spread", "sales", FIRST, 20, 100)
        a.ask("bench", "sales", number(1), 60)
        written(server.client, 100 * i)
    same([a, b], 500)


def test_replica_is_refused(server, start):
    fill(server.client)
    replica = empty_redis("--replicaof", "127.0.0.1", str(server.port))
    try:
        a = start(replica.url, "a")
        wait_for(lambda: "read-only replica" in a.log())
        wait_for(lambda: replica.client.exists("rep:pools"))
        replica.client.execute_command("REPLICAOF", "NO", "ONE")
        wait_for(lambda: has(a, 20))
        # made a replica again under our feet
        replica.client.execute_command(
            "REPLICAOF", "127.0.0.1", str(server.port))
        a.ask("spread", "sales", FIRST, 20, 100)
        wait_for(lambda: a.status()["link"] != "connected")
        replica.client.execute_command("REPLICAOF", "NO", "ONE")
        wait_for(lambda: counted(replica.client) == 100)
    finally:
        replica.remove()


def test_starts_before_redis(start, tmp_path):
    file = tmp_path / "pools.json"
    file.write_text(json.dumps(
        {"pools": {"sales": {"numbers": [number(i) for i in range(3)]}}}))
    server = empty_redis()
    server.kill()
    try:
        a = start(server.url, "a", pool_file=str(file))
        wait_for(lambda: has(a, 3))
        a.ask("spread", "sales", FIRST, 3, 30)
        server.start()
        fill(server.client)
        wait_for(lambda: has(a, 20))
        same([a], 30)
        wait_for(lambda: counted(server.client) == 30)
    finally:
        server.remove()


# ---- numbers that go and come -----------------------------------------------


def test_number_removed_and_added_again(server, start):
    fill(server.client)
    a, b = start(server.url, "a"), start(server.url, "b")
    ready(a, b)
    for i in range(1, 4):
        a.count("sales", number(1), "answered", 5)
        b.count("sales", number(1), "busy", 1)
        wait_for(lambda: a.counts("sales", number(1))
                 == {"answered": 5 * i, "busy": i})
        wait_for(lambda: b.counts("sales", number(1))
                 == {"answered": 5 * i, "busy": i})
        server.client.hdel("rep:numbers:{sales}", number(1))
        wait_for(lambda: has(a, 19) and has(b, 19))
        wait_for(lambda: not server.client.hexists("rep:health:{sales}",
                                                   number(1)))
        server.client.hset("rep:numbers:{sales}", number(1), "{}")
        wait_for(lambda: has(a, 20) and has(b, 20))
        wait_for(lambda: a.counts("sales", number(1))
                 == {"answered": 5 * i, "busy": i})


def test_number_removed_behind_the_store(server, start):
    fill(server.client)
    a, b = start(server.url, "a"), start(server.url, "b")
    ready(a, b)
    a.count("sales", number(1), "answered", 5)
    wait_for(lambda: b.counts("sales", number(1)) == {"answered": 5})
    assert a.ask("remove", "sales", number(1))
    server.client.hset("rep:numbers:{sales}", number(19), '{"weight":2}')
    wait_for(lambda: has(a, 20))
    wait_for(lambda: counted(server.client) == 5)
    a.count("sales", number(1), "answered", 2)
    wait_for(lambda: b.counts("sales", number(1)) == {"answered": 7})
    assert counted(server.client) == 7


def test_edits_by_rpc(server, start):
    fill(server.client)
    a, b = start(server.url, "a"), start(server.url, "b")
    ready(a, b)
    a.count("sales", number(1), "answered", 5)
    wait_for(lambda: b.counts("sales", number(1)) == {"answered": 5})
    for i in range(1, 4):  # five again each time: no less than before
        a.ask("edit", "sales", number(1), "-")
        wait_for(lambda: has(b, 19) and has(a, 19))
        wait_for(lambda: not server.client.hexists("rep:health:{sales}",
                                                   number(1)))
        a.ask("edit", "sales", number(1), '{"weight":2}')
        wait_for(lambda: has(b, 20) and has(a, 20))
        a.count("sales", number(1), "answered", 5)
        want = {"answered": 5 * i + 5}
        wait_for(lambda: a.counts("sales", number(1)) == want)
        wait_for(lambda: b.counts("sales", number(1)) == want)
    assert server.client.hget("rep:numbers:{sales}",
                              number(1)) == '{"weight":2}'
    server.client.config_set("maxmemory", 1)
    a.ask("edit", "sales", "+15559990001", "{}")
    a.ask("edit", "sales", "+15559990001", "-")
    a.ask("edit", "sales", "+15559990002", "{}")
    before = refusals(server.client)
    wait_for(lambda: refusals(server.client) > before)
    server.client.config_set("maxmemory", 0)
    wait_for(lambda: has(b, 21))
    assert server.client.hexists("rep:numbers:{sales}", "+15559990002")


def test_edits_of_a_policy_by_rpc(server, start):
    """A pause is written as an operator would have; once Redis takes it."""
    fill(server.client)
    a, b = start(server.url, "a"), start(server.url, "b")
    ready(a, b)
    server.client.hset("rep:policy:{sales}", "cap_day", 9)
    wait_for(lambda: b.ask("policy", "sales")["cap_day"] == "9")
    for status in ("paused", "active", "paused"):
        a.ask("pause", "sales", status)
        assert a.ask("policy", "sales")["status"] == status
        wait_for(lambda: b.ask("policy", "sales")["status"] == status)
    assert server.client.hgetall("rep:policy:{sales}") == {
        "cap_day": "9", "status": "paused"}
    server.client.config_set("maxmemory", 1)
    before = refusals(server.client)
    a.ask("pause", "sales", "active")
    wait_for(lambda: refusals(server.client) > before)
    assert a.ask("policy", "sales")["status"] == "active"
    assert b.ask("policy", "sales")["status"] == "paused"
    server.client.config_set("maxmemory", 0)
    wait_for(lambda: b.ask("policy", "sales")["status"] == "active")


def test_pool_removed_and_added_again(server, start):
    fill(server.client)
    fill(server.client, "other", 3)
    a, b = start(server.url, "a"), start(server.url, "b")
    ready(a, b)
    a.ask("spread", "sales", FIRST, 20, 100)
    same([a, b], 100)
    wait_for(lambda: server.client.hlen("rep:health:{sales}") == 20)
    server.client.srem("rep:pools", "sales")
    wait_for(lambda: a.sum("sales")["pool"] == -1)
    wait_for(lambda: b.sum("sales")["pool"] == -1)
    wait_for(lambda: not server.client.exists("rep:health:{sales}"))
    assert has(a, 3, "other")
    server.client.sadd("rep:pools", "sales")
    ready(a, b)
    same([a, b], 100)
    a.ask("spread", "sales", FIRST, 20, 10)
    same([a, b], 110)
    assert counted(server.client) == 110


def test_health_of_numbers_gone_while_away(server, start):
    fill(server.client)
    server.client.hset("rep:health:{sales}", "+15550000001", "{}")
    a = start(server.url, "a")
    ready(a)
    wait_for(lambda: set(server.client.hkeys("rep:health:{sales}"))
             == {number(i) for i in range(20)})


# ---- verdicts and events ----------------------------------------------------


def events(client, kind):
    return [f for _, f in client.xrange("rep:events") if f["event"] == kind]


def test_verdicts_are_shared(server, start):
    fill(server.client)
    a, b = start(server.url, "a"), start(server.url, "b")
    ready(a, b)
    a.ask("bench", "sales", number(1), 3600)
    wait_for(lambda: b.view("sales", number(1))["state"] == "benched")
    b.ask("release", "sales", number(1))
    wait_for(lambda: a.view("sales", number(1))["state"] == "active")
    exchanged(a, b)
    benched = events(server.client, "benched")
    released = events(server.client, "released")
    assert [(e["number"], e["node"]) for e in benched] == [(number(1), "a")]
    assert [(e["number"], e["node"]) for e in released] == [(number(1), "b")]
    a.ask("bench", "sales", number(1), 3600)  # the next turn is news again
    wait_for(lambda: len(events(server.client, "benched")) == 2)


def test_clock_that_is_days_ahead(server, start):
    """What it counts is not taken for this hour's; its bench is; the buckets
    of the others stay in the list; right again it counts as before."""
    fill(server.client)
    a, b = start(server.url, "a"), start(server.url, "b")
    ready(a, b)
    b.count("sales", number(1), "answered", 3)
    wait_for(lambda: a.counts("sales", number(1)) == {"answered": 3})
    buckets = server.client.hkeys("rep:x:b2:{sales}")
    a.ask("clock", 60 * 86400)
    a.count("sales", number(1), "declined", 2)
    a.ask("bench", "sales", number(2), 3600)
    wait_for(lambda: b.view("sales", number(2))["state"] == "benched")
    wait_for(lambda: server.client.hlen("rep:x:b2:{sales}") > len(buckets))
    assert set(buckets) <= set(server.client.hkeys("rep:x:b2:{sales}"))
    assert b.counts("sales", number(1)) == {"answered": 3}
    a.ask("clock", 0)
    a.count("sales", number(1), "busy", 4)
    want = {"answered": 3, "busy": 4}
    wait_for(lambda: b.counts("sales", number(1)) == want)


def test_verdicts_that_collide(server, start):
    """Both bench the same numbers before they hear of each other."""
    fill(server.client)
    a, b = start(server.url, "a"), start(server.url, "b")
    ready(a, b)
    server.freeze()
    for i in range(20):
        a.ask("bench", "sales", number(i), 1000 + i)
        b.ask("bench", "sales", number(i), 5000 + i)
    server.thaw()

    def verdicts(driver):
        seen = [driver.view("sales", number(i)) for i in range(20)]
        return [(v["state"], v["until"], v["turn"]) for v in seen]

    wait_for(lambda: verdicts(a) == verdicts(b))
    exchanged(a, b)
    assert verdicts(a) == verdicts(b)
    assert {state for state, _, _ in verdicts(a)} == {"benched"}
    numbers = [e["number"] for e in events(server.client, "benched")]
    assert sorted(numbers) == sorted(number(i) for i in range(20))


def test_events_once_over_an_outage(server, start):
    fill(server.client)
    a, b = start(server.url, "a"), start(server.url, "b")
    ready(a, b)
    server.freeze()
    wait_for(lambda: a.status()["link"] != "connected")
    wait_for(lambda: b.status()["link"] != "connected")
    for i in range(5):
        a.ask("bench", "sales", number(i), 1000)
        b.ask("bench", "sales", number(i), 2000)
    server.thaw()
    a.wait_connected()
    b.wait_connected()
    wait_for(lambda: len(events(server.client, "benched")) == 5)
    exchanged(a, b)
    assert len(events(server.client, "benched")) == 5
    for i in range(5):
        assert a.view("sales", number(i))["until"] \
            == b.view("sales", number(i))["until"]


def test_reset_is_for_all(server, start):
    fill(server.client)
    a, b = start(server.url, "a"), start(server.url, "b")
    ready(a, b)
    a.count("sales", number(1), "answered", 4)
    b.count("sales", number(1), "busy", 5)
    want = {"answered": 4, "busy": 5}
    wait_for(lambda: a.counts("sales", number(1)) == want)
    wait_for(lambda: b.counts("sales", number(1)) == want)
    a.ask("reset", "sales", number(1))
    wait_for(lambda: b.counts("sales", number(1)) == {})
    b.count("sales", number(1), "busy", 2)
    for d in (a, b, start(server.url, "late")):
        wait_for(lambda: d.sum("sales")["numbers"]
                 and d.counts("sales", number(1)) == {"busy": 2})


def test_a_burnt_number_is_benched_everywhere(server, start):
    fill(server.client)
    a, b = start(server.url, "a"), start(server.url, "b")
    ready(a, b)
    for d in (a, b):
        d.ask("spread", "sales", FIRST, 20, 2000)
    for _ in range(20):
        a.count("sales", number(7), "blocked", 2)
        b.count("sales", number(7), "blocked", 2)
        exchanged(a, b, commands=2)
    for d in (a, b):
        wait_for(lambda: d.view("sales", number(7))["state"] == "benched")
        assert d.view("sales", number(7))["reason"] == "blocked"
    exchanged(a, b)
    benched = events(server.client, "benched")
    assert [e["number"] for e in benched if not e["route"]] == [number(7)]
    assert json.loads(benched[0]["counts"])["blocked"] > 0


def test_health(server, start):
    fill(server.client)
    a = start(server.url, "a")
    ready(a)
    a.count("sales", number(1), "answered", 6)
    a.count("sales", number(1), "declined", 2)
    a.count("sales", number(1), "cancelled", 3)
    wait_for(lambda: json.loads(server.client.hget(
        "rep:health:{sales}", number(1)) or '{"calls":0}')["calls"] == 11)
    health = json.loads(server.client.hget("rep:health:{sales}", number(1)))
    assert health["state"] == "active" and len(health["counts"]) == 12
    assert health["rates"]["declined"] == 0.25
    server.client.delete("rep:health:{sales}")
    server.client.set("rep:health:{sales}", "spoilt")
    a.count("sales", number(1), "answered")
    wait_for(lambda: "rep:health:{sales}" in [e[0]
                                              for e in a.status()["errors"]])
    assert a.status()["link"] == "connected"
    same([a], 12)
    server.client.delete("rep:health:{sales}")  # and it is written after all
    wait_for(lambda: json.loads(server.client.hget(
        "rep:health:{sales}", number(1)) or '{"calls":0}')["calls"] == 12)


def health_writes(client, seen):
    """(address, numbers) of each HSET of the pool's health, from now on."""
    with contextlib.suppress(redis.ConnectionError), \
            client.monitor() as monitor:
        for told in monitor.listen():
            words = told["command"].split(" ")
            if words[0] == "HSET" and words[1] == "rep:health:{sales}":
                seen.append((f"{told['client_address']}:"
                             f"{told['client_port']}",
                             [w for w in words if w.startswith("+")]))


def test_health_is_written_by_who_counted(server, start):
    """The numbers are new to both nodes, the calls to one; where both count,
    what stands in the end is the truth."""
    fill(server.client)
    seen = []
    threading.Thread(target=health_writes, args=(server.client, seen),
                     daemon=True).start()
    wait_for(lambda: any("monitor" in c["cmd"]
                         for c in server.client.client_list()))
    others = {c["addr"] for c in server.client.client_list()}
    a = start(server.url, "a")
    ready(a)
    of_a = {c["addr"] for c in server.client.client_list()} - others
    b = start(server.url, "b")
    ready(a, b)

    def told(by_a):
        return {n for address, numbers in list(seen)
                if (address in of_a) == by_a for n in numbers}

    wait_for(lambda: len(told(True)) == len(told(False)) == 20)
    del seen[:]
    a.count("sales", number(1), "answered", 6)
    assert a.ask("bench", "sales", number(2), 3600) == 1
    wait_for(lambda: told(True) >= {number(1), number(2)})
    exchanged(a, b)
    assert told(True) == {number(1), number(2)} and not told(False), seen
    for _ in range(20):
        for node in (a, b):
            node.count("sales", number(3), "declined", 5)
    wait_for(lambda: json.loads(server.client.hget(
        "rep:health:{sales}", number(3)))["calls"] == 200)
    exchanged(a, b)
    assert json.loads(server.client.hget(
        "rep:health:{sales}", number(3)))["calls"] == 200


def test_health_is_right_after_cuts(server, start):
    """What a node writes as soon as its line is back was reckoned without
    what others had counted meanwhile."""
    fill(server.client)
    a, b = start(server.url, "a", interval=500), \
        start(server.url, "b", interval=500)
    ready(a, b)
    for _ in range(4):
        for _ in range(10):
            for node in (a, b):
                node.count("sales", number(3), "declined")
            exchanged(a, commands=1)
        server.client.client_kill_filter(_type="normal", skipme=True)
        for node in (a, b):
            node.wait_connected()
    wait_for(lambda: json.loads(server.client.hget(
        "rep:health:{sales}", number(3)) or '{"calls":0}')["calls"] == 80)


# ---- operators --------------------------------------------------------------


def test_edits_are_live_under_load(server, start):
    fill(server.client, numbers=5000)
    a, b = start(server.url, "a"), start(server.url, "b")
    ready(a, b, numbers=5000)
    traffic, = traffic_on(a, batch=2000, numbers=5000, pause=0)
    took = []
    for i in range(10):
        traffic.more(2000)
        server.client.hset("rep:numbers:{sales}", number(3),
                           json.dumps({"cap_day": 100 + i}))
        begin = time.monotonic()
        wait_for(lambda: b.view("sales", number(3))["cap_day"] == 100 + i)
        wait_for(lambda: a.view("sales", number(3))["cap_day"] == 100 + i)
        took.append(time.monotonic() - begin)
    made = traffic.end()
    # a loaded machine delays some of them; what waits for the traffic of the
    # pool, or for a poll, delays all
    assert min(took) < 1, took
    same([a, b], made)


@pytest.mark.parametrize("polling", [False, True])
def test_edits(server, start, polling):
    client = server.client
    if polling:
        client.execute_command("ACL", "SETUSER", "default",
                               "-client|tracking")
    fill(client)
    a = start(server.url, "a")
    ready(a)
    assert a.status()["follow"] == ("polling" if polling else "tracking")
    assert a.log().count("polling") == polling

    client.hset("rep:policy:{sales}", "cap_day", "7")
    wait_for(lambda: a.ask("policy", "sales")["cap_day"] == "7")
    client.hdel("rep:policy:{sales}", "cap_day")
    wait_for(lambda: a.ask("policy", "sales")["cap_day"] == "0")
    client.hset("rep:numbers:{sales}", number(1), '{"status":"paused"}')
    wait_for(lambda: a.view("sales", number(1))["state"] == "paused")
    client.hset("rep:numbers:{sales}", "+4930123456", "{}")
    wait_for(lambda: has(a, 21))
    client.hdel("rep:numbers:{sales}", "+4930123456", number(2))
    wait_for(lambda: has(a, 19))
    fill(client, "more", 5)
    wait_for(lambda: has(a, 5, "more"))
    client.srem("rep:pools", "more")
    wait_for(lambda: a.sum("more")["pool"] == -1)
    client.hdel("rep:numbers:{sales}", *[number(i) for i in range(3, 20)])
    wait_for(lambda: has(a, 2))
    client.hdel("rep:numbers:{sales}", number(0))
    wait_for(lambda: has(a, 1))
    client.hdel("rep:numbers:{sales}", number(1))  # the key goes with it
    wait_for(lambda: has(a, 0))


def test_numbers_alone_are_lost(server, start):
    fill(server.client)
    fill(server.client, "other", 3)
    a = start(server.url, "a")
    ready(a)
    a.ask("spread", "sales", FIRST, 20, 100)
    server.client.delete("rep:numbers:{sales}")
    wait_for(lambda: ["rep:numbers:{sales}", ""]
             in [e[:2] for e in a.status()["errors"]])
    server.client.hset("rep:numbers:{other}", number(3), "{}")
    wait_for(lambda: has(a, 4, "other"))
    assert has(a, 20)
    fill(server.client, numbers=19)
    wait_for(lambda: has(a, 19) and not a.status()["errors"])
    server.client.client_kill_filter(_type="normal", skipme=True)
    wait_for(lambda: a.status()["reconnects"])
    same([a], 95)
    assert a.log().count("numbers are known") == 1


def test_subscriber_is_cut(server, start):
    fill(server.client)
    a = start(server.url, "a")
    ready(a)
    for i in range(3):
        server.client.client_kill_filter(_type="pubsub")
        server.client.hset("rep:policy:{sales}", "cap_day", str(i + 1))
        wait_for(lambda: a.ask("policy", "sales")["cap_day"] == str(i + 1))
        wait_for(lambda: a.status()["follow"] == "tracking")


def test_malformed_values(server, start):
    client = server.client
    fill(client)
    a = start(server.url, "a")
    ready(a)
    client.hset("rep:numbers:{sales}", number(1), '{"cap_day":5}')
    client.hset("rep:policy:{sales}", "cap_day", "50")
    wait_for(lambda: a.view("sales", number(1))["cap_day"] == 5)
    wait_for(lambda: a.view("sales", number(2))["cap_day"] == 50)
    client.hset("rep:numbers:{sales}", mapping={
        number(1): '{"cap_day":"many"}', "no number": "{}",
        "+15550001111": "{", number(4): '{"colour":"red","cap_day":9}',
        number(5): '{"cap_day":11}'})
    client.hset("rep:policy:{sales}", mapping={
        "cap_day": "lots", "cap_hour": "12", "frobnicate": "1"})
    wait_for(lambda: a.view("sales", number(5))["cap_day"] == 11)
    wait_for(lambda: a.ask("policy", "sales")["cap_hour"] == "12")
    assert a.view("sales", number(1))["cap_day"] == 5  # last good value
    assert a.view("sales", number(4))["cap_day"] == 9  # the rest applies
    assert a.view("sales", "+15550001111") is None
    assert a.ask("policy", "sales")["cap_day"] == "50"
    assert has(a, 20)
    listed = {tuple(e[:2]) for e in a.status()["errors"]}
    assert listed == {
        ("rep:numbers:{sales}", number(1)),
        ("rep:numbers:{sales}", "no number"),
        ("rep:numbers:{sales}", "+15550001111"),
        ("rep:numbers:{sales}", number(4)),
        ("rep:policy:{sales}", "cap_day"),
        ("rep:policy:{sales}", "frobnicate")}
    # edited again elsewhere: told once, listed still
    client.hset("rep:numbers:{sales}", number(6), '{"cap_day":12}')
    wait_for(lambda: a.view("sales", number(6))["cap_day"] == 12)
    assert {tuple(e[:2]) for e in a.status()["errors"]} == listed
    errors = [l for l in a.log().splitlines() if l.startswith("ERR")]
    assert len(errors) == 6, errors
    # "from before" is said where there can be such a value
    kept = [l for l in errors if "good value from before" in l]
    assert len(kept) == 4 and not any("no number" in l for l in kept), errors
    assert not [l for l in errors if "no attribute" in l and "before" in l]
    # mended
    client.hset("rep:numbers:{sales}", mapping={
        number(1): '{"cap_day":6}', number(4): "{}"})
    client.hdel("rep:numbers:{sales}", "no number", "+15550001111")
    client.hdel("rep:policy:{sales}", "cap_day", "frobnicate")
    wait_for(lambda: not a.status()["errors"])
    assert a.view("sales", number(1))["cap_day"] == 6
    assert a.ask("policy", "sales")["cap_day"] == "0"


@pytest.mark.parametrize("polling", [False, True])
def test_keys_of_no_pool_at_connect(server, start, polling):
    """They are looked for in slices, behind other keys, and whatever stands
    in the prefix; rep:pools itself need not be there."""
    client = server.client
    if polling:
        client.execute_command("ACL", "SETUSER", "default",
                               "-client|tracking")
    with client.pipeline() as p:
        for i in range(5000):
            p.set(f"other:{i}", "1")
        p.hset("r*p:policy:{sales}", "cap_day", "5")
        p.hset("rep:policy:{sales}", "cap_day", "5")
        p.execute()
    a = start(server.url, "a", prefix="r*p")
    wait_for(lambda: [e[:2] for e in a.status()["errors"]]
             == [["r*p:policy:{sales}", ""]])
    client.sadd("r*p:pools", "sales")
    wait_for(lambda: not a.status()["errors"])
    assert a.log().count("no such pool") == 1


def test_keys_of_no_pool_unseen_without_the_right(server, start):
    client = server.client
    client.execute_command("ACL", "SETUSER", "default", "-scan")
    fill(client)
    client.hset("rep:policy:{other}", "cap_day", "5")
    a = start(server.url, "a")
    ready(a)
    wait_for(lambda: [e[0] for e in a.status()["errors"]]
             == ["rep:numbers:*"])
    assert a.status()["link"] == "connected"
    assert a.log().count("NOPERM") == 1


def test_what_was_malformed_goes_with_its_pool(server, start):
    client = server.client
    fill(client)
    fill(client, "more", 5)
    client.hset("rep:policy:{more}", "cap_day", "lots")
    client.hset("rep:numbers:{more}", "no number", "{}")
    a = start(server.url, "a")
    ready(a)
    wait_for(lambda: len(a.status()["errors"]) == 2)
    with client.pipeline() as p:
        p.srem("rep:pools", "more")
        p.delete("rep:policy:{more}", "rep:numbers:{more}")
        p.execute()
    wait_for(lambda: not a.status()["errors"])


def test_wrong_types(server, start):
    client = server.client
    fill(client)
    client.hset("rep:policy:{sales}", "cap_day", "50")
    a, b = start(server.url, "a"), start(server.url, "b")
    ready(a, b)
    for key in ("rep:policy:{sales}", "rep:numbers:{sales}", "rep:pools"):
        with client.pipeline() as p:
            p.delete(key)
            p.set(key, "spoilt")
            p.execute()
    wait_for(lambda: len(a.status()["errors"]) == 3)
    assert has(a, 20)
    assert a.ask("policy", "sales")["cap_day"] == "50"
    a.ask("spread", "sales", FIRST, 20, 100)
    same([a, b], 100)
    for key in ("rep:policy:{sales}", "rep:numbers:{sales}", "rep:pools"):
        client.delete(key)
    fill(client, numbers=22)
    wait_for(lambda: has(a, 22))
    wait_for(lambda: not a.status()["errors"])
    errors = [l for l in a.log().splitlines() if l.startswith("ERR")]
    assert len([l for l in errors if "WRONGTYPE" in l]) == 3, errors


@pytest.mark.parametrize("kind", ["x:feed", "x:seq", "x:v1", "x:b2", "x:c2",
                                  "events"])
def test_wrong_types_of_our_own_keys(server, start, kind):
    client = server.client
    fill(client)
    a, b = start(server.url, "a"), start(server.url, "b")
    ready(a, b)
    a.ask("spread", "sales", FIRST, 20, 100)
    same([a, b], 100)
    if kind == "x:c2":
        key = next(client.scan_iter("rep:x:c2:*"))
    elif kind == "events":
        key = "rep:events"
    else:
        key = f"rep:{kind}:{{sales}}"
    with client.pipeline() as p:
        p.delete(key)
        if kind == "x:feed":
            p.hset(key, "spoilt", "1")
        else:
            p.lpush(key, "spoilt")
        p.execute()
    a.ask("spread", "sales", FIRST, 20, 100)
    a.ask("bench", "sales", number(3), 100)
    # what a wrote, b has read, as far as the key lets it
    exchanged(a, commands=3)
    exchanged(b, commands=3)
    assert a.status()["link"] == "connected"
    assert a.sum("sales")["calls"] == 200
    client.hset("rep:policy:{sales}", "cap_day", "50")
    wait_for(lambda: a.ask("policy", "sales")["cap_day"] == "50")
    errors = [l for l in a.log().splitlines() if l.startswith("ERR")]
    assert len(errors) <= 3, errors
    client.delete(key)
    # a new connection writes everything again
    client.client_kill_filter(_type="normal", skipme=True)
    same([a, b], 200)
    wait_for(lambda: b.view("sales", number(3))["state"] == "benched")


# ---- ways to get there ------------------------------------------------------


def test_password_user_socket_database(start, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("s%cret\n")
    server = empty_redis(password="main")
    try:
        main = redis.Redis(port=server.port, password="main",
                           decode_responses=True)
        main.execute_command(
            "ACL", "SETUSER", "proxy", "on", ">s%cret", "resetkeys",
            "resetchannels", "~rep:*", "&__redis__:invalidate",
            "-@all", *ACL.split())
        fill(main)
        a = start(server.url, "a", DRIVER_USER="proxy",
                  DRIVER_PASSWORD_FILE=str(secret))
        b = start(f"redis://proxy:s%25cret@127.0.0.1:{server.port}/0", "b")
        c = start(f"unix:{server.socket_path}", "c", DRIVER_USER="default",
                  DRIVER_PASSWORD_FILE=str(tmp_path / "main"))
        ready(a, b)
        assert a.status()["follow"] == "tracking"
        a.ask("spread", "sales", FIRST, 20, 100)
        same([a, b], 100)
        assert c.process.wait(60) == 1  # no such password file
        c.process.returncode = 0
        wrong = start(f"redis://:wrong@127.0.0.1:{server.port}", "d")
        wait_for(lambda: "refuses the user or password" in wrong.log())
        (tmp_path / "main").write_text("main")
        other = redis.Redis(port=server.port, password="main", db=3,
                            decode_responses=True)
        fill(other, numbers=7)
        d = start(f"unix:{server.socket_path}?db=3", "d",
                  DRIVER_PASSWORD_FILE=str(tmp_path / "main"))
        ready(d, numbers=7)
        assert has(a, 20)
    finally:
        server.remove()


def test_key_prefix(server, start):
    fill(server.client, prefix="acme:rep")
    a = start(server.url, "a", prefix="acme:rep")
    b = start(server.url, "b", prefix="acme:rep")
    ready(a, b)
    a.ask("spread", "sales", FIRST, 20, 100)
    same([a, b], 100)
    assert all(k.startswith("acme:rep:") for k in server.client.keys("*"))


def test_bad_url_is_refused(start):
    for url, word in (("rediss://", "host"), ("redis://h:0", "port"),
                      ("sentinel://a,b", "name is missing"),
                      ("cluster://a/1", "no databases"), ("http://h", "redis://")):
        d = start(url, "a")
        assert d.process.wait(60) == 1
        lines = d.log().splitlines()
        assert len(lines) == 1 and word in lines[0]
        d.process.returncode = 0


def test_a_server_that_evicts_is_told(start):
    server = empty_redis("--maxmemory-policy", "allkeys-lru")
    a = start(server.url, "a")
    wait_for(lambda: "maxmemory-policy is allkeys-lru, should be noeviction" in a.log())
    server.client.config_set("maxmemory-policy", "noeviction")
    b = start(server.url, "b")
    wait_for(lambda: "no pools yet" in b.log())
    assert "maxmemory-policy" not in b.log()
    server.remove()


# ---- the pool file ----------------------------------------------------------


def test_seeding_an_empty_redis(server, start, tmp_path):
    file = tmp_path / "pools.json"
    file.write_text(json.dumps({"pools": {
        "sales": {"policy": {"cap_day": 9, "order": "upside down"},
                  "numbers": {number(i): {"weight": 2} for i in range(900)}},
        "more": {"numbers": [number(1), "5551", number(2)]},
        "bad name": {}}}))
    by_hand = '{"weight": 5}'  # what an operator wrote already
    server.client.hset("rep:numbers:{sales}", number(7), by_hand)
    drivers = [start(server.url, f"n{i}", pool_file=str(file))
               for i in range(4)]
    ready(*drivers, numbers=900)
    ready(*drivers, numbers=2, pool="more")
    assert server.client.smembers("rep:pools") == {"sales", "more"}
    assert server.client.hlen("rep:numbers:{sales}") == 900
    assert server.client.hget("rep:numbers:{sales}", number(7)) == by_hand
    assert server.client.hgetall("rep:policy:{sales}") == {"cap_day": "9"}
    assert not server.client.exists("rep:x:seed")
    logs = [d.log() for d in drivers]
    assert sum("filled from" in log for log in logs) == 1
    # from here on Redis is right, not the file
    server.client.hdel("rep:numbers:{sales}", number(5))
    late = start(server.url, "late", pool_file=str(file))
    ready(late, numbers=899)


def test_big_pool(server, start):
    n = 100000
    with server.client.pipeline(transaction=False) as p:
        for i in range(n):
            p.hset("rep:numbers:{sales}", number(i), '{"weight":1.5}')
        p.sadd("rep:pools", "sales")
        p.execute()
    a = start(server.url, "a", DRIVER_NUMBERS=str(n + 10))
    wait_until(lambda: has(a, n), 300, 0.2)
    server.client.hset("rep:numbers:{sales}", number(5), '{"cap_day":3}')
    wait_for(lambda: a.view("sales", number(5))["cap_day"] == 3)
