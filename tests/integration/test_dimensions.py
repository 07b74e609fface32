# SPDX-License-Identifier: GPL-2.0-or-later
"""Campaign and terminating network, as a script writes them: counted under,
shared by two nodes, shown by RPC and in rep:health, judged apart."""

import itertools
import json

import pytest
from harness import functions, plans, view
from harness.plans import final
from harness.pools import EAGER, new_numbers
from harness.process import wait_until

SPRING = ("X-Campaign: spring-list", "X-Network: carrier-x")


@pytest.fixture(scope="module")
def nodes(make_shared, redis, carrier):
    return [make_shared.kamailio(
        "functions.cfg", REDIS=redis.url, NODE_ID=name,
        CARRIER_A=carrier.address, CARRIER_B=carrier.address,
        leak_check=True, allow_errors=[r"\$rep\(campaign\): no text",
                                       r"lvalue\.c.*(pvar|assign)"]) for name in ("node-a", "node-b")]


@pytest.fixture(scope="module")
def callers(make_shared, nodes):
    return [make_shared.caller(node) for node in nodes]


def seed(redis, nodes, pool, count=3, policy=None):
    numbers = new_numbers(count)
    redis.seed(pool, numbers, {**EAGER, **(policy or {})})
    for node in nodes:
        view.wait_connected(node)
        view.wait_numbers(node, pool, numbers)
    return numbers


def track(caller, pool, number, *headers, **plan):
    return functions.dial(caller, pool, f"X-Number: {number}", *headers,
                          do="track", **plan)


def report(caller, pool, number, outcome, times=1, **labels):
    for _ in range(times):
        assert functions.call(caller, "report", pool, number=number,
                              outcome=outcome, **labels).code == 1


def wait_labels(node, pool, number, kind, expected):
    seen = {}

    def equal():
        seen["now"] = view.by_label(view.explain(node, pool, number), kind)
        return seen["now"] == expected

    wait_until(equal, 15, 0.05, what=lambda: f"{seen['now']}, not {expected}")


def test_calls_are_counted_under_their_labels(redis, nodes, callers, carrier):
    number, = seed(redis, nodes, "labels", 1)
    carrier.behaviour = lambda seen: plans.busy()
    for caller in callers:
        track(caller, "labels", number, *SPRING)
        track(caller, "labels", number, "X-Network: carrier-x")
        track(caller, "labels", number)
    for node in nodes:
        wait_labels(node, "labels", number, "campaign",
                    {"spring-list": {"busy": 2}, "": {"busy": 4}})
        wait_labels(node, "labels", number, "network",
                    {"carrier-x": {"busy": 4}, "": {"busy": 2}})
        view.wait_counts(node, "labels", number, {"busy": 6})
        entry = view.pools(node)["labels"]
        assert view.by_label(entry, "network") == {
            "carrier-x": {"busy": 4}, "": {"busy": 2}}
    marked = [(b.get("campaign", ""), b.get("network", "")) for b in
              view.as_list(view.explain(nodes[0], "labels",
                                        number)["buckets"])]
    assert sorted(marked) == [("", ""), ("", "carrier-x"),
                              ("spring-list", "carrier-x")]


def test_labels_stay_through_failover_and_answer(redis, nodes, callers,
                                                 carrier):
    """The first branch fails, the second is answered and hung up late: both
    count under what the script wrote before the pick."""
    number, = seed(redis, nodes, "kept", 1)
    plan = iter([final(503, outcome="failed"), plans.answered()])
    carrier.behaviour = lambda seen: next(plan)
    call = functions.dial(callers[0], "kept", *SPRING, next="pick")
    assert functions.saw(nodes[0], call, "labels") == \
        ["spring-list", "carrier-x"]
    wait_labels(nodes[1], "kept", number, "campaign",
                {"spring-list": {"failed": 1, "answered": 1}})
    assert view.routes(nodes[1], "kept", number).keys() == {"", "second"}


def test_a_restart_takes_labels_up_again(redis, nodes, callers, make):
    number, = seed(redis, nodes, "restarted", 1)
    report(callers[0], "restarted", number, "busy", 3, route="a|b",
           campaign="50%|x", network="carrier-x")
    report(callers[0], "restarted", number, "busy", 1)
    wait_labels(nodes[1], "restarted", number, "campaign",
                {"50%|x": {"busy": 3}, "": {"busy": 1}})
    late = make.kamailio("functions.cfg", REDIS=redis.url, NODE_ID="late")
    view.wait_connected(late)
    view.wait_numbers(late, "restarted", [number])
    wait_labels(late, "restarted", number, "campaign",
                {"50%|x": {"busy": 3}, "": {"busy": 1}})
    assert view.route_counts(late, "restarted", number, "a|b") == {"busy": 3}


def test_health_has_them_where_there_are_any(redis, nodes, callers):
    number, other, _ = seed(redis, nodes, "health")
    report(callers[0], "health", number, "answered", 3, campaign="spring")
    report(callers[0], "health", number, "blocked", 1, campaign="spring")
    report(callers[0], "health", other, "busy", 1)

    def of(which):
        return json.loads(redis.client.hget("rep:health:{health}", which)
                          or "{}")

    wait_until(lambda: of(number).get("campaigns") == {
        "spring": {"calls": 4, "answered": .75, "rejected": 0,
                   "blocked": .25}}, what=lambda: of(number))
    wait_until(lambda: of(other).get("calls") == 1, what="the other's health")
    assert "campaigns" not in of(other) and "networks" not in of(number)


def test_a_bad_network_is_held_against_nobody(redis, nodes, callers):
    """Each network's calls are held against that network's: a number that
    mostly calls one where calls are seldom answered is as good as the
    others. Without the label it is the odd one out."""
    for pool, label in (("apart", "rural"), ("mixed", "")):
        numbers = seed(redis, nodes, pool, 4,
                       {"false_bench_every": "1000"})
        odd, *others = numbers
        for number in others:
            report(callers[0], pool, number, "answered", 30)
            report(callers[0], pool, number, "noanswer", 30)
            report(callers[0], pool, number, "noanswer", 60, network=label)
        report(callers[0], pool, odd, "noanswer", 60, network=label)
        node = nodes[0]
        view.wait_counts(node, pool, odd, {"noanswer": 60})
    score = {pool: float(view.explain(nodes[0], pool,
                                      number_of(nodes[0], pool))["score"])
             for pool in ("apart", "mixed")}
    assert score["apart"] < score["mixed"] / 2


def test_a_bench_says_on_which_network(redis, nodes, callers):
    bad, *others = seed(redis, nodes, "one-network", 4,
                        {"false_bench_every": "1000"})
    for number, network in [*itertools.product(others, "xy"), (bad, "y")]:
        for outcome in 10 * ["answered", *3 * ["noanswer"]]:
            report(callers[0], "one-network", number, outcome,
                   network=network)
    for _ in range(40):
        if view.state(nodes[0], "one-network", bad) == "benched":
            break
        report(callers[0], "one-network", bad, "blocked", network="x")
    event, = view.events(nodes[0], "one-network", bad)
    assert (event["event"], event["detail"]) == ("benched",
                                                 "on network x only")
    nodes[0].wait_log(rf"benched \{bad} .* on network x only")


def number_of(node, pool):
    """The one with the fewest calls."""
    counts = view.pool_counts(node, pool)
    return min(counts, key=lambda number: sum(counts[number].values()))


def test_too_long_a_label_is_refused(nodes, callers):
    functions.call(callers[0], "state", campaign="x" * 64)
    nodes[0].wait_log(r"\$rep\(campaign\): no text of up to 63 bytes")
