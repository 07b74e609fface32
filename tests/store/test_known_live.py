# SPDX-License-Identifier: GPL-2.0-or-later
"""A proxy that starts under traffic picks no number that rests."""

import redis

from harness.process import wait_until
from test_store_live import fill, number, ready


def pick(driver, times=20, pool="sales"):
    return driver.ask("pick", pool, times)


def rest_every_third(client, start, server, numbers):
    """A third of the numbers rests, by another proxy's word."""
    a = start(server.url, "a")
    ready(a, numbers=numbers)
    bad = {number(i) for i in range(0, numbers, 3)}
    for n in bad:
        assert a.ask("bench", "sales", n, 3600) == 1
    wait_until(lambda: client.hlen("rep:x:v1:{sales}") == len(bad))
    return bad


def picks_until_all(driver, wanted):
    """Picks without a pause until each of `wanted` was picked; what was
    picked, and why else nothing was."""
    numbers, reasons = set(), set()

    def done():
        got = pick(driver)
        numbers.update(got.pop("numbers"))
        reasons.update(got)
        return wanted <= numbers
    wait_until(done, 60, interval=0)
    return numbers, reasons


def test_none_that_rests_is_picked(server, start):
    client = redis.Redis(port=server.port, decode_responses=True)
    fill(client, numbers=1500)
    bad = rest_every_third(client, start, server, 1500)
    good = {number(i) for i in range(1500)} - bad
    b = start(server.url, "b")
    numbers, reasons = picks_until_all(b, good)
    assert numbers == good
    assert reasons <= {"picked", "unknown-pool", "loading"}


def test_a_number_that_comes_back(server, start):
    """One that is removed and added again still rests."""
    client = redis.Redis(port=server.port, decode_responses=True)
    fill(client, numbers=6)
    bad = rest_every_third(client, start, server, 6)
    b = start(server.url, "b")
    good = {number(i) for i in range(6)} - bad
    picks_until_all(b, good)
    client.hdel("rep:numbers:{sales}", number(0))
    wait_until(lambda: b.sum("sales")["numbers"] == 5)
    client.hset("rep:numbers:{sales}", mapping={
        number(0): "{}", number(9): "{}"})
    numbers, _ = picks_until_all(b, good | {number(9)})
    assert numbers == good | {number(9)}


def test_verdicts_that_cannot_be_read(server, start):
    """A key of another type is told, and is no reason to refuse calls."""
    client = redis.Redis(port=server.port, decode_responses=True)
    client.set("rep:x:v1:{sales}", "spoilt")
    fill(client, numbers=6)
    b = start(server.url, "b")
    picks_until_all(b, {number(i) for i in range(6)})
    assert "rep:x:v1:{sales}" in str(b.status()["errors"])


def test_redis_out_of_reach(start, tmp_path):
    """The pool file's numbers are used as soon as nothing answers."""
    file = tmp_path / "pools.json"
    file.write_text('{"pools":{"sales":{"numbers":{"+15551230000":{}}}}}')
    b = start("redis://127.0.0.1:1", "b", pool_file=str(file))
    numbers, reasons = picks_until_all(b, {number(0)})
    assert numbers == {number(0)}
    assert reasons <= {"picked", "unknown-pool", "empty-pool"}
