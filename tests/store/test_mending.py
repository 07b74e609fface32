# SPDX-License-Identifier: GPL-2.0-or-later
"""Whatever becomes of a key of ours, or of what was under way: Redis and each
proxy arrive at the same counts, those that were made."""

import signal
import time

import pytest

from drivers import exchanged
from harness.process import wait_until
from harness.relay import Relay
from test_store_live import (FIRST, counted, events, fill, number, ready, same,
                             traffic_on, wait_for, written)

MENDED = 30  # seconds


def test_what_comes_late_changes_nothing(server, start):
    fill(server.client)
    relay = Relay(server)
    relay.said = []
    try:
        a = start(relay.url, "a")
        b = start(server.url, "b")
        ready(a, b)
        for i in range(1, 5):
            a.ask("spread", "sales", FIRST, 20, 100)
            written(server.client, 100 * i)
        b.ask("spread", "sales", FIRST, 20, 50)
        same([a, b], 450)
        relay.say_again()
        exchanged(a, b)
        same([a, b], 450)
        assert counted(server.client) == 450
    finally:
        relay.end()


def test_what_a_writer_counted_that_does_not_run_any_more(server, start):
    """Everything is lost: those who knew write it back under its name."""
    fill(server.client)
    a, b, c = [start(server.url, n) for n in "abc"]
    ready(a, b, c)
    for d in (a, b, c):
        d.ask("spread", "sales", FIRST, 20, 100)
    same([a, b, c], 300)
    c.kill()
    server.client.flushall()
    fill(server.client)
    a.ask("spread", "sales", FIRST, 20, 50)
    wait_until(lambda: counted(server.client) == 350, MENDED,
               what=lambda: counted(server.client))
    same([a, b], 350)
    late = start(server.url, "late")
    ready(late)
    same([a, b, late], 350)


def test_a_number_that_was_removed_keeps_its_history(server, start):
    fill(server.client)
    a, b = start(server.url, "a"), start(server.url, "b")
    ready(a, b)
    a.count("sales", number(1), "answered", 5)
    wait_for(lambda: b.counts("sales", number(1)) == {"answered": 5})
    b.kill()
    server.client.hdel("rep:numbers:{sales}", number(1))
    wait_for(lambda: a.sum("sales")["numbers"] == 19)
    for key in server.client.scan_iter("rep:x:*"):
        server.client.delete(key)
    wait_until(lambda: counted(server.client) == 5, MENDED)
    server.client.hset("rep:numbers:{sales}", number(1), "{}")
    wait_for(lambda: a.counts("sales", number(1)) == {"answered": 5})


def bucket_key(client):
    return max(client.scan_iter("rep:x:c2:*"))


def halve(client):
    """Someone writes over a count."""
    key = bucket_key(client)
    field = sorted(client.hkeys(key))[0]
    client.hset(key, field, "1")


def spoil(client):
    key = bucket_key(client)
    client.hset(key, sorted(client.hkeys(key))[0], "nonsense")


def lose_field(client):
    key = bucket_key(client)
    client.hdel(key, sorted(client.hkeys(key))[0])


@pytest.mark.parametrize("harm", [
    lambda c: c.delete("rep:x:b2:{sales}"),
    lambda c: c.set("rep:x:b2:{sales}", "spoilt"),
    lambda c: c.hset("rep:x:b2:{sales}", max(c.hkeys("rep:x:b2:{sales}")), 1),
    lambda c: c.delete(bucket_key(c)),
    halve, spoil, lose_field,
], ids=["index", "index-type", "index-sum", "bucket", "count", "nonsense",
        "field"])
def test_counts_are_whole_again(server, start, harm):
    """Nobody counts meanwhile, nobody connects again; the one who counted the
    most does not run any more."""
    fill(server.client)
    gone = start(server.url, "gone")
    a, b = start(server.url, "a"), start(server.url, "b")
    ready(gone, a, b)
    gone.ask("spread", "sales", FIRST, 20, 400)
    a.ask("spread", "sales", FIRST, 20, 100)
    b.ask("spread", "sales", FIRST, 20, 50)
    same([a, b], 550)
    gone.kill()
    harm(server.client)
    if server.client.type("rep:x:b2:{sales}") == "string":
        wait_for(lambda: any(e[0] == "rep:x:b2:{sales}"
                             for e in a.status()["errors"]))
        server.client.delete("rep:x:b2:{sales}")

    def whole():
        return counted(server.client) == 550 and sum(map(int, (
            server.client.hvals("rep:x:b2:{sales}")))) == 550

    wait_until(whole, MENDED, what=lambda: server.client.hgetall(
        "rep:x:b2:{sales}"))
    same([a, b], 550)
    assert a.status()["mismatches"] + b.status()["mismatches"] > 0
    assert "Redis is not what it was" in a.log() + b.log()
    late = start(server.url, "late")
    ready(late)
    same([late], 550)
    assert a.status()["reconnects"] + b.status()["reconnects"] == 0
    # it stays so: nothing is mended for ever
    before = a.status()["mismatches"]
    server.client.config_resetstat()
    wait_until(lambda: server.client.info("commandstats").get(
        "cmdstat_xrevrange", {"calls": 0})["calls"] >= 6, MENDED)
    assert a.status()["mismatches"] == before


@pytest.mark.parametrize("harm", [
    lambda c: c.delete("rep:x:v1:{sales}"),
    lambda c: c.hdel("rep:x:v1:{sales}", number(3)),
    lambda c: c.hset("rep:x:v1:{sales}", number(3),
                     "0 active - 0 0 0 0 0 0 x"),
], ids=["all", "one", "older"])
def test_verdicts_are_whole_again(server, start, harm):
    fill(server.client)
    a, b = start(server.url, "a"), start(server.url, "b")
    ready(a, b)
    for i in (3, 4):
        a.ask("bench", "sales", number(i), 3600)
        wait_for(lambda: b.view("sales", number(i))["state"] == "benched")
    # it was looked at as it was
    server.client.config_resetstat()
    wait_until(lambda: server.client.info("commandstats").get(
        "cmdstat_xrevrange", {"calls": 0})["calls"] >= 6, MENDED)
    harm(server.client)
    wait_until(lambda: "benched" in (server.client.hget(
        "rep:x:v1:{sales}", number(3)) or ""), MENDED)
    assert server.client.hlen("rep:x:v1:{sales}") == 2
    late = start(server.url, "late")
    ready(late)
    wait_for(lambda: late.view("sales", number(3))["state"] == "benched")


@pytest.mark.parametrize("text", [
    "4294967295 benched manual 1 9 1 1 0 0 x",
    "1000000001 active - 1 9 1 1 0 0 x", "nonsense"])
def test_a_record_that_no_proxy_wrote(server, start, text):
    fill(server.client)
    a = start(server.url, "a")
    ready(a)
    server.client.hset("rep:x:v1:{sales}", number(3), text)
    a.ask("bench", "sales", number(3), 3600)
    b = start(server.url, "b")
    ready(b)
    wait_for(lambda: b.view("sales", number(3))["state"] == "benched")
    wait_for(lambda: len(events(server.client, "benched")) == 1)
    b.ask("release", "sales", number(3))
    wait_for(lambda: a.view("sales", number(3))["state"] == "active")


def test_the_last_entry_of_the_feed_is_gone_and_it_is_quiet(server, start):
    fill(server.client)
    a, b = start(server.url, "a"), start(server.url, "b")
    ready(a, b)
    a.ask("spread", "sales", FIRST, 20, 100)
    same([a, b], 100)
    b.signal(signal.SIGSTOP)
    a.ask("bench", "sales", number(3), 3600)
    a.ask("spread", "sales", FIRST, 20, 100)
    written(server.client, 200)
    wait_for(lambda: server.client.hlen("rep:x:v1:{sales}") == 1)
    server.client.xtrim("rep:x:feed:{sales}", 0, approximate=False)
    b.signal(signal.SIGCONT)
    wait_until(lambda: b.view("sales", number(3))["state"] == "benched",
               MENDED)
    same([a, b], 200)


def test_a_short_cut_costs_what_was_missed(server, start):
    """Neither is everything written again, nor read."""
    fill(server.client, numbers=2000)
    a, b = start(server.url, "a"), start(server.url, "b")
    ready(a, b, numbers=2000)
    a.ask("spread", "sales", FIRST, 2000, 8000)
    b.ask("spread", "sales", FIRST, 2000, 8000)
    same([a, b], 16000)
    before = [(s["pushes"], s["pulls"], s["resyncs"])
              for s in (a.status(), b.status())]
    server.client.client_kill_filter(_type="normal", skipme=True)
    wait_for(lambda: a.status()["reconnects"] and b.status()["reconnects"])
    a.ask("spread", "sales", FIRST, 10, 10)
    same([a, b], 16010)
    for d, (pushes, pulls, resyncs) in zip((a, b), before):
        s = d.status()
        assert s["pushes"] - pushes <= 10, d.log()
        assert s["pulls"] - pulls <= 10, d.log()
        assert s["resyncs"] == resyncs


def test_traffic_while_it_is_mended(server, start):
    fill(server.client)
    a, b = start(server.url, "a"), start(server.url, "b")
    ready(a, b)
    traffic = traffic_on(a, b)
    for harm in (lambda: server.client.delete("rep:x:b2:{sales}"),
                 lambda: server.client.delete(bucket_key(server.client)),
                 lambda: server.client.delete("rep:x:feed:{sales}")):
        traffic[0].more(200)
        harm()
    began = time.monotonic()
    traffic[0].more(200)
    made = sum(t.end() for t in traffic)
    wait_until(lambda: counted(server.client) == made,
               MENDED - (time.monotonic() - began))
    same([a, b], made)


def test_read_anew_by_order(server, start):
    fill(server.client)
    fill(server.client, "other", 3)
    a, b = start(server.url, "a"), start(server.url, "b")
    ready(a, b)
    ready(a, b, numbers=3, pool="other")
    a.ask("spread", "sales", FIRST, 20, 100)
    same([a, b], 100)
    wait_for(lambda: b.status()["resyncs"] == 2)
    b.ask("resync", "sales")
    wait_for(lambda: b.status()["resyncs"] == 3)
    b.ask("resync", "none")  # all of them
    wait_for(lambda: b.status()["resyncs"] == 5)
    same([a, b], 100)
    assert "moved on" not in b.log()
    assert b.log().count("pool sales: resynchronised") == 3
    assert b.status()["mismatches"] == 0


def test_health_is_whole_again(server, start):
    fill(server.client)
    a = start(server.url, "a")
    ready(a)
    wait_for(lambda: server.client.hlen("rep:health:{sales}") == 20)
    # it was looked at as it was
    server.client.config_resetstat()
    wait_until(lambda: server.client.info("commandstats").get(
        "cmdstat_xrevrange", {"calls": 0})["calls"] >= 2, MENDED)
    server.client.delete("rep:health:{sales}")
    wait_until(lambda: server.client.hlen("rep:health:{sales}") == 20, MENDED)
    assert a.status()["reconnects"] == 0


def test_pools_with_something_to_tell(server, start):
    """Those that are not as they should be come first, and 32 at most."""
    pools = [f"pool{i}" for i in range(36)]
    for p in pools:
        fill(server.client, p)
    a = start(server.url, "a")
    for p in pools:
        ready(a, pool=p)
        a.ask("spread", p, FIRST, 20, 100)
    wait_until(lambda: a.status()["waiting"] == 0)
    for p in pools:
        wait_until(lambda p=p: counted(server.client, p) == 100)
    assert a.status()["uneven"] == []
    for p in pools[:33]:
        server.client.delete(f"rep:x:b2:{{{p}}}")
    wait_until(lambda: a.status()["mismatches"] == 33, MENDED)
    wait_until(lambda: all(server.client.exists(f"rep:x:b2:{{{p}}}")
                           for p in pools), MENDED)
    mended = a.status()["uneven"]
    assert len(mended) == 32 and {u[0] for u in mended} < set(pools[:33])
    assert {tuple(u[1:]) for u in mended} == {(0, False, False, 1)}
    assert a.status()["role"] == "master"
    assert a.status()["masters"] == [1, 1]
    server.freeze()
    for p in pools[34:]:
        a.ask("spread", p, FIRST, 20, 40)
    wait_until(lambda: a.status()["role"] == "")
    assert a.status()["masters"] == [0, 1]

    def told():
        uneven = a.status()["uneven"]
        return sorted(u[:2] for u in uneven[:2]), uneven[2:]

    wait_until(lambda: told() == (
        [[pools[34], 20], [pools[35], 20]], mended[:30]), what=told)
    server.thaw()
    wait_until(lambda: a.status()["uneven"] == mended,
               what=lambda: a.status()["uneven"])
