# SPDX-License-Identifier: GPL-2.0-or-later
"""A callee speaks once: what it repeats is counted, and no evidence."""

import pytest
from harness import functions, plans, view
from harness.pools import EAGER, new_callee, new_numbers, write_pool_file
from harness.process import wait_until

FULL = r"reputation.*max_callees"
ENOUGH = 12    # blocked calls that bench a number, each of another callee


@pytest.fixture
def blocking(make):
    return make.carrier(lambda seen: plans.blocked())


def pick(caller, callee):
    caller.call(callee, ["X-Do: pick", "X-Pool: sales"])


def track(number):
    def call(caller, callee):
        caller.call(callee, ["X-Do: track", "X-Pool: sales",
                             f"X-Number: {number}"])
    return call


def repeats(node):
    return view.stats(node)["repeats"]


@pytest.mark.parametrize("how", ["pick", "track"])
def test_one_callee_benches_nobody(make, blocking, tmp_path, how):
    number, = new_numbers(1)
    node = make.kamailio(
        "functions.cfg", CARRIER_A=blocking.address,
        POOL_FILE=write_pool_file(tmp_path, {"sales": ([number], EAGER)}))
    caller = make.caller(node)
    call = pick if how == "pick" else track(number)
    callee = new_callee()
    call(caller, callee)
    view.wait_counts(node, "sales", number, {"blocked": 1})
    once = view.charts(node, "sales", number)["blocked"]["statistic"]
    for _ in range(ENOUGH - 1):
        call(caller, callee)
    view.wait_counts(node, "sales", number, {"blocked": ENOUGH})
    assert repeats(node) == ENOUGH - 1
    assert view.state(node, "sales", number) == "active"
    assert view.charts(node, "sales", number)["blocked"]["statistic"] == once
    # others do
    for _ in range(ENOUGH - 1):
        call(caller, new_callee())
    view.wait_state(node, "sales", number, "benched")
    assert repeats(node) == ENOUGH - 1


def test_reports_name_no_callee(make, tmp_path):
    number, = new_numbers(1)
    node = make.kamailio(
        "functions.cfg",
        POOL_FILE=write_pool_file(tmp_path, {"sales": ([number], EAGER)}))
    caller = make.caller(node)
    for _ in range(ENOUGH):
        functions.call(caller, "report", "sales", number=number,
                       outcome="blocked")
    view.wait_state(node, "sales", number, "benched")
    assert repeats(node) == 0


def proxy(make, redis, carrier, name):
    node = make.kamailio("functions.cfg", REDIS=redis.url, NODE_ID=name,
                         CARRIER_A=carrier.address)
    view.wait_connected(node)
    return node


def test_on_every_proxy(make, blocking):
    redis = make.redis()
    number, = new_numbers(1)
    redis.seed("sales", [number], EAGER)
    nodes = [proxy(make, redis, blocking, name) for name in ("a", "b")]
    for node in nodes:
        view.wait_numbers(node, "sales", [number])
    callers = [make.caller(node) for node in nodes]
    callee = new_callee()
    pick(callers[0], callee)
    # who knows of the call knows of its callee
    view.wait_counts(nodes[1], "sales", number, {"blocked": 1})
    for _ in range(ENOUGH - 1):
        pick(callers[1], callee)
    for node in nodes:
        view.wait_counts(node, "sales", number, {"blocked": ENOUGH})
        assert view.state(node, "sales", number) == "active"
    assert [repeats(node) for node in nodes] == [0, ENOUGH - 1]
    for entry in redis.client.xrange("rep:x:feed:{sales}"):
        assert callee[1:] not in repr(entry)


def test_who_has_another_secret_does_not_know(make, blocking, tmp_path):
    """The fingerprints come from the fleet's secret."""
    redis = make.redis()
    number, = new_numbers(1)
    redis.seed("sales", [number], EAGER)
    nodes = []
    for name in "a", "b":
        secret = tmp_path / name
        secret.write_text(name * 16)
        nodes.append(make.kamailio(
            "functions.cfg", REDIS=redis.url, NODE_ID=name,
            SECRET_FILE=str(secret), CARRIER_A=blocking.address))
    for node in nodes:
        view.wait_connected(node)
        view.wait_numbers(node, "sales", [number])
    callee = new_callee()
    for n, node in enumerate(nodes):
        pick(make.caller(node), callee)
        for other in nodes:
            view.wait_counts(other, "sales", number, {"blocked": n + 1})
    assert [repeats(node) for node in nodes] == [0, 0]


def test_after_a_restart(make):
    redis = make.redis()
    number, = new_numbers(1)
    redis.seed("sales", [number], EAGER)
    node = proxy(make, redis, make.carrier(lambda seen: plans.busy()), "a")
    view.wait_numbers(node, "sales", [number])
    caller = make.caller(node)
    callee, *others = (new_callee() for _ in range(30))
    for other in [callee, *others]:
        pick(caller, other)
    view.wait_counts(node, "sales", number, {"busy": 30})
    node.stop()
    node.start()
    view.wait_connected(node)
    view.wait_numbers(node, "sales", [number])
    caller = make.caller(node)
    asked = iter(others)    # each once: who is called has spoken

    def known():
        pick(caller, next(asked))
        return repeats(node) > 0

    wait_until(known)
    before = repeats(node)
    pick(caller, callee)
    wait_until(lambda: repeats(node) == before + 1)


def test_full(make, blocking, tmp_path):
    numbers = new_numbers(30)
    node = make.kamailio(
        "functions.cfg", MAX_CALLEES=5, CARRIER_A=blocking.address,
        allow_errors=[FULL],
        POOL_FILE=write_pool_file(tmp_path, {"sales": (numbers, EAGER)}))
    caller = make.caller(node)
    callees = [new_callee() for _ in range(20)]
    for callee in callees:
        pick(caller, callee)
    node.wait_log(FULL)
    assert view.stats(node)["full_callees"] == 15
    for callee in callees:
        pick(caller, callee)
    wait_until(lambda: view.stats(node)["full_callees"] > 15)
    assert len(node.logged(FULL)) == 1
