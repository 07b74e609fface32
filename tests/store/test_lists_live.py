# SPDX-License-Identifier: GPL-2.0-or-later
"""The lists of the store against a real Redis: redress, test calls, callees."""

import json
import time

from harness.process import wait_until
from harness.relay import Relay

NUMBER = "+15551230001"
KEYS = {name: f"rep:{name}:{{sales}}"
        for name in ("redress", "probes", "callees")}


def begin(server, start, *urls, **options):
    server.client.hset("rep:numbers:{sales}", mapping={NUMBER: "{}"})
    server.client.sadd("rep:pools", "sales")
    made = [start(url, name, **options) for url, name in zip(urls, "abc")]
    for driver in made:
        wait_until(lambda d=driver: d.sum("sales")["numbers"] == 1)
    return made


def blocks(driver):
    return sum(count for count, _, _ in
               driver.ask("redress", "sales").values())


def kept(client, name="redress"):
    return {field: json.loads(text)
            for field, text in client.hgetall(KEYS[name]).items()}


def written(client):
    return sum(entry["count"] for entry in kept(client).values())


def wait_blocks(client, drivers, want):
    wait_until(lambda: written(client) == want, what=lambda:
               f"{written(client)} of {want} in Redis: {kept(client)}")
    for driver in drivers:
        wait_until(lambda d=driver: blocks(d) == want,
                   what=lambda d=driver: d.ask("redress", "sales"))


def test_nothing_is_added_twice(server, start):
    """A batch whose reply never came was taken over; sent again, it is not."""
    thief = Relay(server)
    drivers = begin(server, start, thief.url, thief.url, interval=10)
    thief.one_in = 10
    made = 0
    while thief.stolen < 5:
        for i, driver in enumerate(drivers):
            driver.ask("block", "sales", NUMBER, f"https://b{i}.example/", 1)
            driver.ask("block", "sales", NUMBER, "https://c.example/", 1)
            driver.ask("probe", "sales", NUMBER, "x", 2)
            driver.ask("wrong", "sales", NUMBER, f"+1303555{made:04}", 1)
            made += 1
        time.sleep(0.01)    # so that there are many batches
    thief.one_in = 0
    wait_blocks(server.client, drivers, 2 * made)
    for driver in drivers:
        wait_until(lambda d=driver: d.ask("probes", "sales")
                   == {"entries": 1, "busy": 2 * made})
    probe, = kept(server.client, "probes").values()
    assert probe["counts"]["busy"] == 2 * made
    wait_until(lambda: server.client.xlen(KEYS["callees"]) == made)
    reported = [e["callee"] for _, e in server.client.xrange(KEYS["callees"])]
    assert sorted(reported) == [f"+1303555{i:04}" for i in range(made)]
    thief.end()


def test_what_is_lost_is_written_again(server, start):
    drivers = begin(server, start, server.url, server.url)
    for i, driver in enumerate(drivers):
        driver.ask("block", "sales", NUMBER, f"https://b{i}.example/", 3)
        driver.ask("probe", "sales", NUMBER, "x", 2)
    wait_blocks(server.client, drivers, 6)
    for driver in drivers:
        wait_until(lambda d=driver: d.ask("probes", "sales")["busy"] == 4)
    name = next(iter(kept(server.client)))
    drivers[0].ask("set", "sales", name, "note", "asked")
    wait_until(lambda: drivers[1].ask("redress", "sales")[name][2] == "asked")
    before, probes = kept(server.client), kept(server.client, "probes")
    server.client.flushall()
    wait_until(lambda: kept(server.client) == before,
               what=lambda: kept(server.client))
    wait_until(lambda: kept(server.client, "probes") == probes)
    drivers[1].ask("block", "sales", NUMBER, "https://b1.example/", 1)
    wait_blocks(server.client, drivers, 7)


def test_what_waits_while_redis_is_away(server, start):
    line = Relay(server)
    driver, = begin(server, start, line.url)
    driver.ask("block", "sales", NUMBER, "https://b.example/", 1)
    wait_blocks(server.client, [driver], 1)
    line.hold()
    driver.ask("block", "sales", NUMBER, "https://b.example/", 1000)
    driver.ask("wrong", "sales", NUMBER, "+13035550000", 5000)
    line.release()
    wait_blocks(server.client, [driver], 1001)
    # as many as there is room for while nobody takes them
    wait_until(lambda: server.client.xlen(KEYS["callees"]) >= 4096)
    assert server.client.xlen(KEYS["callees"]) <= 5000
    line.end()


def test_deleted_by_a_person(server, start):
    drivers = begin(server, start, server.url, server.url)
    for i in range(3):
        drivers[0].ask("block", "sales", NUMBER, f"https://b{i}.example/", 1)
    wait_blocks(server.client, drivers, 3)
    server.client.hdel(KEYS["redress"], next(iter(kept(server.client))))
    wait_blocks(server.client, drivers, 2)


def test_bounds(server, start):
    """Closed entries go first, then those blocked longest ago; those closed
    long ago go as soon as somebody looks."""
    now = int(time.time())

    def entry(i, status="open", age=0):
        return json.dumps({"number": f"+1555124{i:04}", "party": "p",
                           "count": 1, "first": 1, "last": now - i - age,
                           "status": status})

    fields = {f"{i:016x}": entry(i, "closed" if i < 20 else "open")
              for i in range(1000)}
    old = {f"{i:016x}": entry(i, "closed", 91 * 86400)
           for i in range(1000, 1003)}
    server.client.hset(KEYS["redress"], mapping={**fields, **old})
    driver, = begin(server, start, server.url)
    wait_until(lambda: server.client.hlen(KEYS["redress"]) == 1000)
    driver.ask("block", "sales", NUMBER, "https://new.example/", 1)
    wait_until(lambda: server.client.hlen(KEYS["redress"]) == 900)
    left = kept(server.client)
    assert not [e for e in left.values() if e["status"] == "closed"]
    assert [e for e in left.values() if e["party"] == "new.example"]
    gone = {f for f in fields if f not in left}
    assert gone == {f"{i:016x}" for i in (*range(20), *range(919, 1000))}


def test_keys_of_another_type(server, start):
    for name in ("redress", "callees"):
        server.client.set(KEYS[name], "x")
    driver, = begin(server, start, server.url)
    driver.ask("block", "sales", NUMBER, "https://b.example/", 2)
    driver.ask("probe", "sales", NUMBER, "x", 1)
    wait_until(lambda: kept(server.client, "probes"))
    wait_until(lambda: {key for key, _, _ in driver.status()["errors"]}
               >= {KEYS["redress"]}, what=driver.status)
    server.client.delete(KEYS["redress"])
    driver.ask("block", "sales", NUMBER, "https://b.example/", 1)
    wait_blocks(server.client, [driver], 3)


def test_malformed_entries_are_named(server, start):
    server.client.hset(KEYS["redress"], mapping={
        "ticket-1": "{}", "0" * 16: '{"status":"sent"}',
        "1" * 16: json.dumps({"number": NUMBER, "status": "done"})})
    driver, = begin(server, start, server.url)
    wait_until(lambda: {field for key, field, _ in driver.status()["errors"]
                        if key == KEYS["redress"]}
               == {"ticket-1", "0" * 16, "1" * 16}, what=driver.status)
    assert driver.ask("redress", "sales") == {"1" * 16: [0, "open", ""]}
    server.client.hdel(KEYS["redress"], "ticket-1", "0" * 16)
    wait_until(lambda: [field for _, field, _ in driver.status()["errors"]]
               == ["1" * 16], what=driver.status)
