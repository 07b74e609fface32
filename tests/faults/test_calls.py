# SPDX-License-Identifier: GPL-2.0-or-later
"""What a fault does to calls: through real proxies, with SIP on the wire."""

import threading
import time

import pytest
from harness import functions, kinds, plans, view
from harness.pools import EAGER, new_callee, new_numbers
from harness.process import wait_until
from harness.relay import Relay

from fleet import in_redis, lasting

quick = pytest.mark.quick
STORE_ERRORS = [r"reputation.*([Rr]edis|127\.0\.0\.1|store|rep:)"]
CALLS = 20


def proxy(make, redis, carrier, name="a", **options):
    options.setdefault("allow_errors", STORE_ERRORS)
    return make.kamailio("functions.cfg", REDIS=getattr(redis, "url", redis),
                         NODE_ID=name, CARRIER_A=carrier.address,
                         **kinds.as_node("REDIS_"), **options)


def ready(node):
    """It is connected, and knows who rests: it refuses calls before."""
    view.wait_connected(node)
    wait_until(lambda: int(view.store(node)["resyncs"]) > 0)


def site(make, pool, count=3, **options):
    """Redis with a pool, a carrier that takes calls, a proxy and a dialer."""
    redis, carrier = make.redis(kinds.server), make.carrier()
    numbers = new_numbers(count)
    redis.seed(pool, numbers, EAGER)
    carrier.behaviour = lambda seen: plans.answered()
    node = proxy(make, redis, carrier, **options)
    ready(node)
    view.wait_numbers(node, pool, numbers)
    return redis, carrier, numbers, node, make.caller(node)


def talking(caller, pool, calls=CALLS):
    """Calls that are answered and go on."""
    made = [functions.dial(caller, pool) for _ in range(calls)]
    assert all(c.status == 200 for c in made)
    return made


def counts(redis, pool):
    return sum(in_redis(redis.client, pool).values())


@quick
def test_ends_in_good_order_with_calls_up(make):
    """Answered, and not yet known to be short or not: told as it ends."""
    redis, _, _, node, caller = site(make, "sales", SHORT_CALL=600)
    talking(caller, "sales")
    node.stop()
    wait_until(lambda: counts(redis, "sales") == CALLS, 10,
               what=lambda: counts(redis, "sales"))


@quick
def test_killed_with_calls_up(make):
    """They were told as begun, an interval after they were answered; the
    proxy that is started in its place counts them."""
    redis, carrier, numbers, node, caller = site(
        make, "sales", SHORT_CALL=600)
    other = proxy(make, redis, carrier, "b", SHORT_CALL=600)
    talking(caller, "sales")
    # some exchanges have gone by, each of a command at least
    until = view.store(node)["commands"] + 8
    wait_until(lambda: view.store(node)["commands"] >= until)
    node.kill()
    again = proxy(make, redis, carrier, "a", SHORT_CALL=600)

    def counted(proxy):
        return sum(sum(view.counts(proxy, "sales", n).values())
                   for n in numbers)

    for one in (other, again):
        view.wait_connected(one)
        wait_until(lambda n=one: counted(n) == CALLS, what=lambda n=one: (
            counted(n), redis.client.keys("rep:x:*")))
    assert counts(redis, "sales") == CALLS


def resting(make, pool, count):
    """A Redis in which each third of a pool's numbers rests."""
    redis, carrier, numbers, node, _ = site(make, pool, count)
    bad = numbers[::3]
    for number in bad:
        node.rpc("reputation.bench", pool, number, 86400)
    wait_until(lambda: sum(
        h["state"] == "benched" for h in redis.health(pool).values())
        == len(bad), what=lambda: redis.health(pool))
    node.stop()
    return redis, carrier, set(bad)


@quick
@pytest.mark.parametrize("delay", [0.0, 0.05])
def test_starts_under_traffic(make, delay):
    """No call goes out from a number that rests."""
    redis, carrier, bad = resting(make, "sales", 60)
    relay = Relay(redis, delay)
    try:
        node = proxy(make, relay.url, carrier)
        caller, picked = make.caller(node), []

        def calls():
            got = functions.call(caller, "pick", "sales", callee=new_callee())
            if got.number:
                picked.append(got.number)
            return len(picked) >= 120

        wait_until(calls, 60, 0.001)
        assert not bad & set(picked), sorted(bad & set(picked))
    finally:
        relay.end()


def test_redis_behind_a_start_is_hung(make):
    """It is not known who rests: nobody who does is picked, however long."""
    redis, carrier, bad = resting(make, "sales", 30)
    relay = Relay(redis)
    try:
        node = proxy(make, relay.url, carrier)
        # the numbers come, then nothing more
        wait_until(lambda: relay.bytes > 0)
        relay.hold()
        caller, end, picked = make.caller(node), time.monotonic() + 6, set()
        while time.monotonic() < end:
            picked.add(functions.call(caller, "pick", "sales",
                                      callee=new_callee()).number)
        relay.release()
        view.wait_connected(node)
        for _ in range(60):
            picked.add(functions.call(caller, "pick", "sales",
                                      callee=new_callee()).number)
        assert not bad & picked, sorted(bad & picked)
    finally:
        relay.end()


@quick
def test_no_call_refused_as_numbers_are_lost(make):
    redis, _, numbers, node, caller = site(make, "sales")
    redis.client.delete("rep:numbers:{sales}")
    end = time.monotonic() + 4
    while time.monotonic() < end:
        call = functions.dial(caller, "sales")
        assert call.status == 200, call.final.get("x-reputation")
    assert set(view.numbers(node, "sales")) == set(numbers)
    assert view.mentions(view.stats(node), "rep:numbers")


def test_calls_while_redis_fails(make):
    """None is refused, and all are counted, through hang, loss, cut."""
    redis, carrier, numbers, node, caller = site(make, "sales", 5)
    carrier.behaviour = lambda seen: plans.busy()
    made, over = [0], threading.Event()

    def dial():
        while not over.is_set():
            assert functions.dial(caller, "sales").status == 486
            made[0] += 1

    dialer = threading.Thread(target=dial)
    dialer.start()
    try:
        for fault in ("hang", "cut", "empty"):
            if fault == "hang":
                redis.freeze()
                lasting(3)
                redis.thaw()
            elif fault == "cut":
                redis.client.client_kill_filter(_type="normal", skipme=True)
            else:
                redis.client.flushall()
            view.wait_connected(node)
            until = made[0] + 10
            wait_until(lambda n=until: made[0] >= n)
    finally:
        over.set()
        dialer.join()
    wait_until(lambda: counts(redis, "sales") == made[0],
               what=lambda: (counts(redis, "sales"), made[0]))
    wait_until(lambda: sum(
        sum(view.counts(node, "sales", n).values())
        for n in numbers) == made[0])
