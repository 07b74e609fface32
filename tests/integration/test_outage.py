# SPDX-License-Identifier: GPL-2.0-or-later
"""Redis away for ten seconds in mid-traffic: no call fails, and afterwards
both proxies and Redis have counted exactly what the carriers sent."""

import random
import threading
from collections import Counter

import pytest
from harness import plans, view
from harness.pools import callees, new_numbers
from harness.process import wait_until

pytestmark = pytest.mark.long
NUMBERS = 8
RATE = 30        # calls a second and node
SECONDS = 16     # of traffic
AWAY = 10
SHORT = 5        # s until an answered call is no longer short

# healthy enough that nobody is benched: all numbers stay in use
MIX = [(plans.busy(), 30), (plans.declined(), 5), (plans.short(0.1), 3),
       (plans.answered(bye_after=SHORT + 1.5), 25),
       (plans.rings_out(0.3), 35), (plans.failed(), 2)]
POLICY = {"warmup": "", "window_hours": 24, "bucket_minutes": 60,
          "false_bench_every": 1000000000}


def behaviour(seed):
    rng = random.Random(seed)
    chosen, weights = zip(*MIX)
    return lambda seen: rng.choices(chosen, weights)[0]


def sent_by(carriers):
    total = {}
    for carrier in carriers:
        for number, counter in carrier.sent.items():
            total.setdefault(number, Counter()).update(counter)
    return {number: dict(counter) for number, counter in total.items()}


def health_counts(redis, pool):
    return {number: view.nonzero(health["counts"])
            for number, health in redis.health(pool).items()}


@pytest.mark.parametrize("how", ["freeze", "kill"])
def test_redis_away_in_mid_traffic(make, how):
    redis = make.redis()
    numbers = new_numbers(NUMBERS)
    redis.seed("sales", numbers, POLICY)
    carriers = [make.carrier(behaviour(n), f"carrier-{n}") for n in (1, 2)]
    nodes = [make.kamailio(
        "outbound.cfg", REDIS=redis.url, NODE_ID=name,
        CARRIER_A=carriers[0].address, CARRIER_B=carriers[1].address,
        SHORT_CALL=SHORT,
        allow_errors=[r"reputation.*([Rr]edis|127\.0\.0\.1|store)"])
        for name in ("node-a", "node-b")]
    for node in nodes:
        view.wait_connected(node)
        view.wait_numbers(node, "sales", numbers)
    dialers = [make.sipp(node, callees(RATE * SECONDS), rate=RATE)
               for node in nodes]

    back = threading.Event()
    wait_until(lambda: sum(carriers[0].total().values()) > 2 * RATE)
    getattr(redis, how)()
    threading.Timer(AWAY, back.set).start()
    for node in nodes:
        wait_until(lambda n=node: view.store_state(n) == "disconnected")
    back.wait(AWAY + 1)
    if how == "freeze":
        redis.thaw()
    else:
        redis.start()
    for dialer in dialers:
        assert dialer.wait(120) == 0, dialer.errors()[:2000]
        assert dialer.statistics()["FailedCall(C)"] == "0"
    for node in nodes:
        view.wait_connected(node)
    wait_until(lambda: all(c.final for carrier in carriers
                           for c in carrier.calls))

    expected = sent_by(carriers)
    assert set(expected) == set(numbers)
    for node in nodes:
        wait_until(lambda n=node: view.pool_counts(n, "sales") == expected,
                   interval=0.2, what=lambda n=node: (
                       view.pool_counts(n, "sales"), expected))
    wait_until(lambda: health_counts(redis, "sales") == expected, interval=0.2,
               what=lambda: (health_counts(redis, "sales"), expected))
    for node in nodes:
        # one line on the edge, not one per call
        assert len(node.logged(r"reputation.*(lost|disconnect|unreachable|"
                               r"connect)")) <= 12
