# SPDX-License-Identifier: GPL-2.0-or-later
"""Redis: two proxies share, operators edit, restarts take up history."""

import json
import re
import time

import pytest
from harness import functions, plans, view
from harness.pools import EAGER, new_callee, new_numbers
from harness.process import wait_until

LIVE = 1.0    # s within which an edit is in force


@pytest.fixture(scope="module")
def nodes(make_shared, redis, carrier):
    return [make_shared.kamailio(
        "functions.cfg", REDIS=redis.url, NODE_ID=name,
        CARRIER_A=carrier.address, leak_check=True,
        allow_errors=[r"reputation.*rep:(numbers|policy|pools)",
                      r"reputation.*(malformed|wrong type|WRONGTYPE)"])
        for name in ("node-a", "node-b")]


@pytest.fixture(scope="module")
def callers(make_shared, nodes):
    return [make_shared.caller(node) for node in nodes]


def seed(redis, nodes, pool, count=3, policy=None):
    """A pool as all nodes have it; there may have been one of its name."""
    numbers = new_numbers(count)
    policy = {field: str(value)
              for field, value in {**EAGER, **(policy or {})}.items()}
    redis.seed(pool, numbers, policy)
    for node in nodes:
        view.wait_connected(node)
        view.wait_numbers(node, pool, numbers)
        wait_until(lambda n=node: policy.items()
                   <= view.policy(n, pool).items(),
                   what=lambda n=node: view.policy(n, pool))
    return numbers


def report(caller, pool, number, outcome, times=1):
    for _ in range(times):
        assert functions.call(caller, "report", pool, number=number,
                              outcome=outcome).code == 1


def use_up(callers, pool, calls):
    """Picks in turn until there were so many, and then no more."""
    picked = []

    def pick(caller):
        answer = functions.call(caller, "pick", pool, callee=new_callee())
        if answer.code == 1:
            picked.append(answer.number)
        else:
            assert (answer.code, answer.reason) == (-2, "all-capped")

    def done():
        for caller in callers:
            pick(caller)
        return len(picked) >= calls

    wait_until(done, what=lambda: picked)
    for caller in callers * 10:
        pick(caller)
    assert len(picked) == calls
    return picked


# ----- two nodes -------------------------------------------------------------


@pytest.mark.parametrize("policy,calls", [
    ({"cap_day": 10}, 20), ({"pool_cap_day": 15}, 15)])
def test_a_cap_holds_over_both(redis, nodes, callers, policy, calls):
    name = next(iter(policy))
    numbers = seed(redis, nodes, name, 2, policy)
    picked = use_up(callers, name, calls)
    if "cap_day" in policy:
        assert all(picked.count(n) == 10 for n in numbers)


def test_counts_are_shared(redis, nodes, callers):
    first, second, _ = seed(redis, nodes, "shared")
    report(callers[0], "shared", first, "busy", 3)
    report(callers[1], "shared", first, "busy", 2)
    report(callers[1], "shared", second, "declined", 1)
    for node in nodes:
        view.wait_counts(node, "shared", first, {"busy": 5})
        view.wait_counts(node, "shared", second, {"declined": 1})


def test_calls_through_both_nodes(redis, nodes, callers, carrier):
    number, = seed(redis, nodes, "calls", 1)
    carrier.behaviour = lambda seen: plans.busy()
    for caller in callers * 2:
        caller.call(new_callee(), ["X-Do: track", "X-Pool: calls",
                                   f"X-Number: {number}", "X-Route: east"])
    for node in nodes:
        view.wait_counts(node, "calls", number, {"busy": 4})
        assert view.route_counts(node, "calls", number,
                                 "east") == {"busy": 4}


def test_verdict_of_both_from_half_the_evidence_each(redis, nodes, callers):
    number, _, _ = seed(redis, nodes, "verdict")
    for _ in range(8):
        for caller in callers:
            report(caller, "verdict", number, "blocked")
    for node in nodes:
        view.wait_state(node, "verdict", number, "benched")
        assert view.reason(node, "verdict", number) == "blocked"

    def verdicts():
        return [(why["strikes"], why["until"]) for why in (
            view.explain(node, "verdict", number) for node in nodes)]

    # each may have come to its own before it had the other's
    wait_until(lambda: len(set(verdicts())) == 1, what=verdicts)
    assert verdicts()[0][0] == 1


def test_bench_by_hand_is_shared(redis, nodes):
    number, _, _ = seed(redis, nodes, "hand")
    nodes[0].rpc("reputation.bench", "hand", number, 60)
    view.wait_state(nodes[1], "hand", number, "benched")
    assert view.reason(nodes[1], "hand", number) == "manual"
    nodes[1].rpc("reputation.release", "hand", number)
    view.wait_state(nodes[0], "hand", number, "active", "probation")


def test_bench_by_hand_on_a_route_is_shared(redis, nodes, callers):
    number, _, _ = seed(redis, nodes, "hand-route")

    def states(route):
        return [functions.call(caller, "state", "hand-route", number=number,
                               route=route).code for caller in callers]

    nodes[0].rpc("reputation.bench", "hand-route", number, 600, "east")
    wait_until(lambda: states("east") == [-2, -2])
    assert states("west") == [1, 1]
    assert view.routes(nodes[1], "hand-route", number)["east"]["state"] \
        == "benched"
    nodes[1].rpc("reputation.release", "hand-route", number, "east")
    wait_until(lambda: states("east") == [1, 1])


def test_events_run_on_both(redis, nodes, callers):
    number, _, _ = seed(redis, nodes, "events")
    report(callers[0], "events", number, "blocked", 12)
    for node in nodes:
        node.wait_log(r"EVENT benched events \+?" + number[1:])
        assert len(node.logged(
            r"EVENT benched events \+?" + number[1:])) == 1


# ----- what the module writes ------------------------------------------------


def test_health(redis, nodes, callers):
    number, _, _ = seed(redis, nodes, "health")
    report(callers[0], "health", number, "answered", 3)
    report(callers[1], "health", number, "declined", 1)
    health = wait_until(
        lambda: (h := redis.health("health", number)) and
        view.nonzero(h["counts"]) == {"answered": 3, "declined": 1} and h,
        what=lambda: redis.health("health"))
    assert {"state", "since", "until", "strikes", "reason", "score",
            "counts", "rates", "calls"} <= set(health)
    assert health["state"] == "active"
    assert health["calls"] == 4
    assert health["rates"]["declined"] == pytest.approx(0.25, abs=0.01)
    assert health["rates"]["answered"] == pytest.approx(0.75, abs=0.01)

    report(callers[0], "health", number, "blocked", 14)
    wait_until(lambda: redis.health("health", number)["state"] == "benched",
               what=lambda: redis.health("health", number))
    health = redis.health("health", number)
    assert health["reason"] == "blocked"
    assert health["until"] > health["since"]


def test_event_stream(redis, nodes, callers):
    number, _, _ = seed(redis, nodes, "stream")
    report(callers[0], "stream", number, "blocked", 14)
    told = wait_until(lambda: [e for e in redis.events()
                               if {number, "benched"} <= set(e.values())])
    assert any("blocked" in " ".join(e.values()) for e in told)


def test_own_keys_expire(redis, nodes, callers):
    number, _, _ = seed(redis, nodes, "ageing")
    report(callers[0], "ageing", number, "busy")
    view.wait_counts(nodes[1], "ageing", number, {"busy": 1})
    keys = list(redis.client.scan_iter("rep:x:*"))
    assert keys
    # what holds counts ages; single keys of the layout may stay
    assert any(redis.client.ttl(key) > 0 for key in keys)


# ----- what an operator edits ------------------------------------------------


def test_number_added_and_removed_live(redis, nodes, callers):
    first, *_ = seed(redis, nodes, "edit")
    new = new_numbers(1)[0]
    redis.client.hset("rep:numbers:{edit}", new, "{}")
    for node in nodes:
        wait_until(lambda n=node: new in view.numbers(n, "edit"))
    redis.client.hdel("rep:numbers:{edit}", first)
    for node in nodes:
        wait_until(lambda n=node: first not in view.numbers(n, "edit"))
    got = functions.call(callers[0], "state", "edit", number=first)
    assert got.code == -1


def test_pause_and_resume_live(redis, nodes, callers):
    number, _, _ = seed(redis, nodes, "pause")
    redis.set_number("pause", number, status="paused")
    for node in nodes:
        view.wait_state(node, "pause", number, "paused")
    picked = {functions.call(callers[0], "pick", "pause",
                             callee=new_callee()).number for _ in range(4)}
    assert number not in picked
    redis.set_number("pause", number, status="active")
    for node in nodes:
        view.wait_state(node, "pause", number, "active")


def test_policy_live(redis, nodes, callers):
    seed(redis, nodes, "policy", 1)
    assert all(functions.call(callers[0], "pick", "policy",
                              callee=new_callee()).code == 1
               for _ in range(3))
    redis.set_policy("policy", cap_day=1)
    wait_until(lambda: functions.call(
        callers[0], "pick", "policy", callee=new_callee()).reason ==
        "all-capped")
    redis.client.hdel("rep:policy:{policy}", "cap_day")
    wait_until(lambda: functions.call(
        callers[0], "pick", "policy", callee=new_callee()).code == 1)


def test_pool_added_and_removed_live(redis, nodes, callers):
    numbers = new_numbers(2)
    redis.seed("brandnew", numbers)
    for node in nodes:
        wait_until(lambda n=node: "brandnew" in view.pools(n))
        view.wait_numbers(node, "brandnew", numbers)
    redis.client.srem("rep:pools", "brandnew")
    for node in nodes:
        wait_until(lambda n=node: "brandnew" not in view.pools(n))
    assert functions.call(callers[0], "pick", "brandnew",
                          callee=new_callee()).reason == "unknown-pool"


def test_edit_is_in_force_within_a_second(redis, nodes):
    """At the best of some tries: a loaded machine delays some, a wait that is
    built in delays all."""
    number, = seed(redis, nodes, "prompt", 1)
    took = []
    for cap in range(1, 6):
        begin = time.monotonic()
        redis.set_number("prompt", number, cap_day=cap)
        for node in nodes:
            wait_until(lambda n=node, c=cap: view.numbers(
                n, "prompt")[number]["cap_day"] == c)
        took.append(time.monotonic() - begin)
    assert min(took) < LIVE, took


def test_rpc_add_reaches_redis_and_the_other_node(redis, nodes):
    seed(redis, nodes, "byrpc", 1)
    number = new_numbers(1)[0]
    nodes[0].rpc("reputation.add", "byrpc", number, '{"weight":2}')
    wait_until(lambda: redis.client.hexists("rep:numbers:{byrpc}", number))
    assert json.loads(redis.client.hget("rep:numbers:{byrpc}",
                                        number))["weight"] == 2
    wait_until(lambda: number in view.numbers(nodes[1], "byrpc"))
    nodes[1].rpc("reputation.remove", "byrpc", number)
    wait_until(lambda: not redis.client.hexists("rep:numbers:{byrpc}",
                                                number))
    wait_until(lambda: number not in view.numbers(nodes[0], "byrpc"))


# ----- malformed values ------------------------------------------------------


@pytest.mark.parametrize("field,value", [
    ("12ab", "{}"), ("+0123", "{}"), ("", "{}")])
def test_bad_number_leaves_the_rest(redis, nodes, field, value):
    pool = "badnumber" + str(len(field))
    numbers = seed(redis, nodes, pool)
    redis.client.hset(f"rep:numbers:{{{pool}}}", field, value)
    for node in nodes:
        wait_until(lambda n=node: view.mentions(view.stats(n), pool))
        assert set(view.numbers(node, pool)) == set(numbers)
    redis.client.hdel(f"rep:numbers:{{{pool}}}", field)
    wait_until(lambda: not view.mentions(view.stats(nodes[0]), pool))


@pytest.mark.parametrize("value", [
    "", "{", "[]", "junk", '{"cap_day": "x"}', '{"status": "asleep"}',
    '{"cap_day": -1}', "\x00\xff"])
def test_bad_attributes_leave_the_last_good_ones(redis, nodes, value):
    number, _ = seed(redis, nodes, "badjson", 2)
    redis.set_number("badjson", number, status="paused")
    view.wait_state(nodes[0], "badjson", number, "paused")
    redis.client.hset("rep:numbers:{badjson}", number, value)
    wait_until(lambda: view.mentions(view.stats(nodes[0]), number))
    assert view.state(nodes[0], "badjson", number) == "paused"


@pytest.mark.parametrize("field,value", [
    ("cap_day", "many"), ("cap_day", "-1"), ("rest_factor", "0.1"),
    ("on_exhausted", "panic"), ("weights_blocked", "blocked"),
    ("weights_blocked", "nobody:3"), ("no_such_field", "1"),
    ("warmup", "10y7"),
    ("time_zone", "Mars/Base")])
def test_bad_policy_leaves_the_last_good_one(redis, nodes, callers, field,
                                             value):
    seed(redis, nodes, "badpolicy", 1, {"cap_day": 2})
    redis.set_policy("badpolicy", **{field: value})
    wait_until(lambda: view.mentions(view.stats(nodes[0]), field))
    use_up(callers[:1], "badpolicy", 2)
    redis.client.hdel("rep:policy:{badpolicy}", field)


@pytest.mark.parametrize("key", ["rep:numbers:{wrong}",
                                 "rep:policy:{wrong}"])
def test_wrong_type_leaves_the_last_good_one(redis, nodes, key):
    numbers = seed(redis, nodes, "wrong")
    with redis.client.pipeline() as edit:  # in one: a gap is a deletion
        edit.delete(key)
        edit.set(key, "not a hash")
        edit.execute()
    wait_until(lambda: view.mentions(view.stats(nodes[0]), key))
    if "numbers" in key:
        assert set(view.numbers(nodes[0], "wrong")) == set(numbers)
    assert "wrong" in view.pools(nodes[0])
    redis.client.delete(key)
    redis.seed("wrong", numbers, EAGER)
    wait_until(lambda: not view.mentions(view.stats(nodes[0]), key))


def test_logged_once(redis, nodes):
    seed(redis, nodes, "once")
    redis.client.hset("rep:numbers:{once}", "77oops", "{}")
    nodes[0].wait_log("77oops")
    for _ in range(3):
        redis.client.hset("rep:numbers:{once}", new_numbers(1)[0], "{}")
    wait_until(lambda: len(view.numbers(nodes[0], "once")) == 6)
    assert len(nodes[0].logged("77oops")) == 1
    redis.client.hdel("rep:numbers:{once}", "77oops")


@pytest.mark.parametrize("key,why", [
    ("rep:numbers:{astray}", "no such pool in rep:pools"),
    ("rep:policy:{astray}", "no such pool in rep:pools"),
    ("rep:policy:astray", "goes in braces")])
@pytest.mark.parametrize("added", [False, True])
def test_key_of_no_pool(redis, nodes, key, why, added):
    """Told once, and no longer when the key goes or its pool comes."""
    def listed():
        return [e for e in view.stats(nodes[0])["errors"] if e["key"] == key]

    seed(redis, nodes, "known", 1)
    line = re.escape(key) + ".*" + why
    before = len(nodes[0].logged(line))
    redis.client.hset(key, "cap_day" if "policy" in key
                      else new_numbers(1)[0], "{}" if "numbers" in key else 5)
    wait_until(lambda: [why in e["error"] for e in listed()] == [True])
    looks = len(nodes[0].logged("alsoastray.*no such pool"))
    redis.client.hset("rep:policy:{alsoastray}", "cap_day", 5)  # another look
    wait_until(lambda: len(nodes[0].logged("alsoastray.*no such pool"))
               > looks)
    assert len(nodes[0].logged(line)) == before + 1
    assert not any("known" in e["key"]
                   for e in view.stats(nodes[0])["errors"])
    if added and "{" in key:
        redis.client.sadd("rep:pools", "astray")
        wait_until(lambda: not listed())
        redis.client.srem("rep:pools", "astray")
        wait_until(lambda: "astray" not in view.pools(nodes[0]))
    redis.client.delete(key)
    redis.client.delete("rep:policy:{alsoastray}")
    wait_until(lambda: not view.mentions(view.stats(nodes[0]), "astray"))
