# SPDX-License-Identifier: GPL-2.0-or-later
"""Who has spoken, over a real Redis: the same on every proxy."""

import base64
import struct
import time

from drivers import empty_redis, exchanged
from harness.process import wait_until
from harness.relay import Relay
from test_store_live import FIRST, fill, ready, refusals

CALLEE = "+12125550000"


def call(driver, callees, number=FIRST, outcome="declined", callee=CALLEE):
    """One call to each; how many of them had spoken."""
    got = driver.ask("call", "sales", number, outcome, callee, callees)
    assert got["counted"] == callees
    return got["repeats"]


def heard(driver, callees):
    """It has heard of the last of them. Each is asked for once only: who is
    asked for has spoken."""
    last = iter(range(callees - 1, 0, -1))
    wait_until(lambda: call(driver, 1, callee=f"+{int(CALLEE) + next(last)}"),
               60, what="what others heard")


def entries(client):
    return [fields for _, fields in client.xrange("rep:x:callees")]


def kept(client):
    """How many stand in the stream."""
    return sum(len(e["b"]) // 16 for e in entries(client))


def test_the_other_proxy_knows(server, start):
    fill(server.client)
    a, b = start(server.url, "a"), start(server.url, "b")
    ready(a, b)
    assert call(a, 100) == 0
    assert call(a, 100) == 100
    exchanged(a, commands=2)
    exchanged(b, commands=2)
    assert call(b, 101) == 100
    assert call(b, 100, outcome="busy") == 0
    exchanged(b, commands=2)
    exchanged(a, commands=2)
    assert call(a, 101) == 101
    assert call(a, 100, outcome="busy") == 100


def test_more_than_one_telling(server, start):
    fill(server.client)
    a, b = start(server.url, "a"), start(server.url, "b")
    ready(a, b)
    assert call(a, 5000) == 0
    # the counts are one cell, written once: the rest goes by the stream
    heard(b, 5000)
    assert call(b, 3000) == 3000


def test_a_proxy_that_starts_later(server, start):
    fill(server.client)
    a = start(server.url, "a")
    ready(a)
    assert call(a, 3000) == 0
    a.process.stdin.close()  # writes what is waiting
    a.process.wait(60)
    assert kept(server.client) == 3000
    assert 0 < server.client.ttl("rep:x:callees") <= 32 * 86400
    b = start(server.url, "b")
    ready(b)
    heard(b, 3000)
    assert call(b, 2000) == 2000


def test_no_number_in_redis(server, start):
    """Neither as text nor as an integer."""
    fill(server.client)
    a = start(server.url, "a")
    ready(a)
    call(a, 20)
    a.process.stdin.close()
    a.process.wait(60)
    feed = server.client.xrange("rep:x:feed:{sales}")
    told = [e["b"] for e in entries(server.client)] \
        + [e["c"] for _, e in feed if "c" in e]
    assert [len(text) for text in told] == [20 * 16] * 2
    for i in range(20):
        number = int(CALLEE[1:]) + i
        for text in told:
            assert str(number) not in text
            for form in "<Q", ">Q":
                assert struct.pack(form, number).strip(b"\0") \
                    not in base64.urlsafe_b64decode(text)


def test_redis_comes_back_empty(server, start):
    fill(server.client)
    a, b = start(server.url, "a"), start(server.url, "b")
    ready(a, b)
    call(a, 500)
    exchanged(a, b)
    server.client.flushall()
    fill(server.client)
    assert call(a, 500) == 500 and call(b, 500) == 500
    # what is at hand is written again by who finds the stream gone
    server.client.client_kill_filter(_type="normal", skipme=True)
    wait_until(lambda: kept(server.client) >= 500, 60)
    c = start(server.url, "c")
    ready(c)
    heard(c, 500)
    assert call(c, 400) == 400


def told(client):
    """In the feed."""
    return {e["c"][i:i + 16] for _, e in client.xrange("rep:x:feed:{sales}")
            for i in range(0, len(e.get("c", "")), 16)}


def test_full_redis(server, start):
    """What could not be told is told when it can be."""
    fill(server.client)
    a = start(server.url, "a")
    ready(a)
    call(a, 10)
    wait_until(lambda: len(told(server.client)) == 10, 60)
    server.client.config_set("maxmemory", 1)
    assert call(a, 30) == 10
    wait_until(lambda: refusals(server.client) > 2, 60)
    server.client.config_set("maxmemory", 0)
    wait_until(lambda: len(told(server.client)) == 30, 60)


def test_replies_stolen(server, start):
    """What is told twice is as told once, and nothing is passed over."""
    fill(server.client)
    thief = Relay(server)
    a, b = start(thief.url, "a"), start(server.url, "b")
    ready(a, b)
    thief.one_in = 25
    called = 0
    while thief.stolen < 6 or called < 200:
        assert call(a, 20, callee=f"+{int(CALLEE) + called}") == 0
        called += 20
        exchanged(a, commands=2)
    thief.one_in = 0
    wait_until(a.connected, 60)
    call(a, 1, outcome="busy")  # something to be written
    heard(b, called)
    assert call(b, called // 2) == called // 2
    thief.end()


def test_wrong_type(server, start):
    fill(server.client)
    server.client.lpush("rep:x:callees", "spoilt")
    a, b = start(server.url, "a"), start(server.url, "b")
    ready(a, b)
    call(a, 10)
    exchanged(a, commands=2)
    exchanged(b, commands=2)
    assert call(b, 10) == 10
    errors = [l for l in a.log().splitlines() if l.startswith("ERR")]
    assert len(errors) == 1 and "rep:x:callees" in errors[0]


def test_the_stream_is_bounded(start):
    """Its length follows the room in the tables, not the traffic."""
    server = empty_redis()
    try:
        fill(server.client)
        a = start(server.url, "a")
        ready(a)
        for i in range(300):
            call(a, 1024, callee=f"+1212{i * 1024:07d}")
            if i % 20 == 0:
                exchanged(a, commands=3)
        wait_until(lambda: (exchanged(a), True)[1], 60)
        a.process.stdin.close()
        a.process.wait(60)
        # MAXLEN ~ trims whole nodes of the stream, of up to 100 entries
        assert kept(server.client) <= 100000 + (64 + 100) * 1024
        assert server.client.memory_usage("rep:x:callees") < 6e6
    finally:
        server.stop()


def test_command_budget(server, start):
    fill(server.client)
    a, b = start(server.url, "a", interval=200), start(server.url, "b",
                                                       interval=200)
    ready(a, b)
    exchanged(a, b, commands=2)
    before, begin, i = a.status()["commands"], time.monotonic(), 0
    while time.monotonic() - begin < 15:
        for d in a, b:
            call(d, 20, callee=f"+1213{i:07d}")
            i += 20
        time.sleep(0.02)
    used = a.status()["commands"] - before
    # at 1000 calls/s: 0.02 a call
    assert used / (time.monotonic() - begin) <= 20, used
