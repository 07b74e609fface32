# SPDX-License-Identifier: GPL-2.0-or-later
"""The callee guard: whom the pool leaves alone, on every proxy."""

import time

import pytest
from harness import functions, plans, view
from harness.kamailio import Absent, Fault
from harness.pools import EAGER, new_callee, new_numbers, write_pool_file
from harness.process import wait_until

SYNC = 0.2           # s between exchanges
TWICE = 2 * SYNC + 0.6   # two of them, on a machine that does other things
POLICY = dict(EAGER, callee_attempts_day=3)


def reason(node, callee, pool="sales"):
    return node.rpc("reputation.try", pool, callee)["reason"]


def known(node, callee):
    found = node.rpc("reputation.callee", callee)
    found["pools"] = {pool["pool"]: pool
                      for pool in view.as_list(found["pools"])}
    return found


def soon(node, callee, wanted, within=None):
    began = time.monotonic()
    wait_until(lambda: reason(node, callee) == wanted,
               what=f"{wanted} for {callee}")
    if within:
        assert time.monotonic() - began < within


def proxy(make, redis, name, carrier=None, **options):
    node = make.kamailio(
        "functions.cfg", REDIS=redis.url, NODE_ID=name,
        CARRIER_A=carrier.address if carrier else "127.0.0.1:9", **options)
    view.wait_connected(node)
    return node


@pytest.fixture
def fleet(make):
    """Two proxies with one Redis, and a carrier whose callees decline."""
    redis = make.redis()
    redis.seed("sales", new_numbers(3), POLICY)
    carrier = make.carrier(lambda seen: plans.declined())
    nodes = [proxy(make, redis, name, carrier,
                   allow_errors=[r"the key is missing"]) for name in ("a", "b")]
    for node in nodes:
        soon(node, new_callee(), "picked")
    return redis, carrier, nodes


# ----- each reason, through SIP ----------------------------------------------

@pytest.fixture
def alone(make, tmp_path):
    """One without Redis."""
    carrier = make.carrier(lambda seen: plans.busy())
    node = make.kamailio(
        "functions.cfg", CARRIER_A=carrier.address,
        POOL_FILE=write_pool_file(tmp_path, {
            "sales": (new_numbers(3), POLICY),
            "other": (new_numbers(3), EAGER),
            "spaced": (new_numbers(3),
                       dict(EAGER, callee_redial_seconds=3600))}))
    return node, carrier, make.caller(node)


def ask(caller, callee, pool="sales"):
    """A pick that does not go out; what it returns, and why."""
    got = functions.call(caller, "pick", pool, callee=callee)
    return got.code, got.reason


@pytest.mark.parametrize("plan, why", [
    (plans.declined, "callee-declined"), (plans.unwanted, "callee-unwanted")])
def test_what_the_callee_said(alone, plan, why):
    node, carrier, caller = alone
    carrier.behaviour = lambda seen: plan()
    callee = new_callee()
    functions.dial(caller, "sales", callee=callee, do="pick")
    soon(node, callee, why)
    assert ask(caller, callee) == (-3, why)
    assert reason(node, callee, "other") == "picked"
    shown = known(node, callee)["pools"]["sales"]
    end = shown["unwanted_until"] or shown["declined_until"]
    rest = 31536000 if why == "callee-unwanted" else 86400
    assert abs(end - time.time() - rest) < 30
    assert shown["attempts_day"] == 1


def test_a_bye_with_607(alone):
    node, carrier, caller = alone
    carrier.behaviour = lambda seen: plans.answered(
        bye_after=0.1, bye_headers=[plans.REASON_607], bye_outcome="unwanted")
    callee = new_callee()
    functions.dial(caller, "sales", callee=callee, do="pick")
    soon(node, callee, "callee-unwanted")


def test_attempts_and_redial(alone):
    node, _, caller = alone
    callee = new_callee()
    for _ in range(3):
        functions.dial(caller, "sales", callee=callee, do="pick")
    assert reason(node, callee) == "callee-attempts"
    assert ask(caller, callee) == (-3, "callee-attempts")
    functions.dial(caller, "spaced", callee=callee, do="pick")
    assert ask(caller, callee, "spaced") == (-3, "callee-redial")
    assert known(node, callee)["pools"]["sales"]["attempts_day"] == 3


def test_answered_clears_the_declines(alone):
    node, carrier, caller = alone
    carrier.behaviour = lambda seen: plans.declined()
    callee = new_callee()
    functions.dial(caller, "sales", callee=callee, do="pick")
    soon(node, callee, "callee-declined")
    carrier.behaviour = lambda seen: plans.answered()
    number = node.rpc("reputation.try", "sales", new_callee())["number"]
    call = functions.dial(caller, "sales", f"X-Number: {number}",
                          callee=callee, do="track")
    assert call.status == 200
    soon(node, callee, "picked")
    call.bye()


@pytest.mark.parametrize("how", ["script", "rpc"])
def test_by_hand(alone, how):
    node, _, caller = alone
    callee = new_callee()

    def do(what, **arguments):
        if how == "script":
            return functions.call(caller, what, callee=callee,
                                  **arguments).code
        node.rpc(f"reputation.{what}", callee, *arguments.values())
        return 1

    for seconds in 60, 0:
        assert do("suppress", seconds=seconds) == 1
        assert ask(caller, callee) == (-3, "callee-dnc")
        assert ask(caller, callee, "other") == (-3, "callee-dnc")
        shown = known(node, callee)
        assert shown["dnc"] == ("no" if seconds else "yes")
        assert bool(shown["by_hand_until"]) == bool(seconds)
        assert do("unsuppress") == 1
        assert reason(node, callee) == "picked"
    if how == "script":
        assert do("unsuppress") == -1
    else:
        with pytest.raises(Absent):
            do("unsuppress")


@pytest.mark.parametrize("how", ["script", "rpc"])
@pytest.mark.parametrize("countries", [("US",), ("US", "")])
def test_by_hand_as_it_is_dialled(make, tmp_path, countries, how):
    """A callee is completed as picks complete it, unless pools differ."""
    node = make.kamailio(
        "functions.cfg", CARRIER_A="127.0.0.1:9",
        allow_errors=[r"reputation_suppress: callee"],
        POOL_FILE=write_pool_file(tmp_path, {
            "sales" + country: (new_numbers(3),
                                dict(EAGER, default_country=country))
            for country in countries}))
    caller = make.caller(node)

    def suppress(callee):
        if how == "script":
            return functions.call(caller, "suppress", callee=callee,
                                  seconds=60).code == 1
        try:
            node.rpc("reputation.suppress", callee, "60")
        except Fault as fault:
            assert fault.code == 400
            return False
        return True

    def why(callee):
        return reason(node, callee, "salesUS")

    alike = len(countries) == 1
    assert suppress("3035550123") == alike
    assert why("+13035550123") == ("callee-dnc" if alike else "picked")
    assert suppress("011493012345678")      # of one pool only a number
    assert why("+493012345678") == "callee-dnc"
    assert suppress("+13035550124")
    assert why("3035550124") == "callee-dnc"


def test_bad_arguments(alone):
    node, _, _ = alone
    for method, *arguments in (
            ("suppress",), ("suppress", "+12025550101"),
            ("suppress", "someone", "1"), ("suppress", "+12025550101", "-1"),
            ("suppress", "+12025550101", "1", "2"), ("unsuppress", "x"),
            ("callee",), ("callee", "12"), ("forget", "+1")):
        with pytest.raises(Fault) as fault:
            node.rpc(f"reputation.{method}", *arguments)
        assert fault.value.code == 400


def test_forget(alone):
    node, carrier, caller = alone
    carrier.behaviour = lambda seen: plans.unwanted()
    callee = new_callee()
    functions.dial(caller, "sales", callee=callee, do="pick")
    soon(node, callee, "callee-unwanted")
    assert view.stats(node)["guarded_unwanted"] == 1
    assert node.rpc("reputation.forget", callee)["forgotten"] == 2
    assert reason(node, callee) == "picked"
    assert view.stats(node)["guarded"] == 0


# ----- over all proxies ---------------------------------------------------------

def test_in_force_on_the_other_proxy(make, fleet):
    _, _, (a, b) = fleet
    callee = new_callee()
    functions.dial(make.caller(a), "sales", callee=callee, do="pick")
    soon(a, callee, "callee-declined")
    soon(b, callee, "callee-declined", within=TWICE)
    assert known(b, callee)["pools"]["sales"]["attempts_day"] == 1
    b.rpc("reputation.forget", callee)
    soon(a, callee, "picked", within=TWICE)


def test_suppressed_on_the_other_proxy(fleet):
    redis, _, (a, b) = fleet
    for seconds in "60", "0":
        callee = new_callee()
        a.rpc("reputation.suppress", callee, seconds)
        soon(b, callee, "callee-dnc", within=TWICE)
        assert redis.client.sismember("rep:dnc", callee) == (seconds == "0")
        b.rpc("reputation.unsuppress", callee)
        soon(a, callee, "picked", within=TWICE)
        wait_until(lambda: not redis.client.sismember("rep:dnc", callee))


def test_after_a_restart(make, fleet):
    redis, _, (a, b) = fleet
    callee, by_hand, listed = (new_callee() for _ in range(3))
    functions.dial(make.caller(a), "sales", callee=callee, do="pick")
    a.rpc("reputation.suppress", by_hand, "600")
    a.rpc("reputation.suppress", listed, "0")
    soon(b, callee, "callee-declined")
    soon(b, listed, "callee-dnc")
    for node in a, b:
        node.stop()
    assert 0 < redis.client.ttl("rep:x:g1:{sales}")
    a.start()
    soon(a, new_callee(), "picked")
    # from the first pick on
    assert reason(a, callee) == "callee-declined"
    assert reason(a, by_hand) == "callee-dnc"
    assert reason(a, listed) == "callee-dnc"
    shown = known(a, callee)["pools"]["sales"]
    assert (shown["declines"], shown["attempts_day"]) == (1, 1)


@pytest.mark.parametrize("how", ["flush", "restart"])
def test_redis_comes_back_empty(make, fleet, how):
    redis, _, (a, b) = fleet
    callee = new_callee()
    functions.dial(make.caller(a), "sales", callee=callee, do="pick")
    soon(b, callee, "callee-declined")
    numbers = redis.client.hgetall("rep:numbers:{sales}")
    if how == "flush":
        redis.client.flushall()
    else:
        redis.restart_empty()
    redis.seed("sales", list(numbers), POLICY)
    wait_until(lambda: redis.client.zscore(
        "rep:x:g1:{sales}", f"d{callee[1:]}"), 60)
    assert reason(a, callee) == reason(b, callee) == "callee-declined"
    c = proxy(make, redis, "c")
    soon(c, new_callee(), "picked")
    assert reason(c, callee) == "callee-declined"


def test_its_key_is_deleted(make, fleet):
    redis, _, (a, b) = fleet
    callee = new_callee()
    functions.dial(make.caller(a), "sales", callee=callee, do="pick")
    soon(b, callee, "callee-declined")
    key = "rep:x:g1:{sales}"
    # it was seen
    time_of_check = time.monotonic() + 9
    wait_until(lambda: time.monotonic() > time_of_check, 30)
    redis.client.delete(key)
    wait_until(lambda: redis.client.zscore(key, f"d{callee[1:]}"), 60)


# ----- rep:dnc --------------------------------------------------------------------

def test_the_list_is_followed_live(fleet):
    redis, _, nodes = fleet
    callees = [new_callee() for _ in range(5)]
    redis.client.sadd("rep:dnc", *callees)
    for node in nodes:
        for callee in callees:
            soon(node, callee, "callee-dnc", within=1)
    redis.client.srem("rep:dnc", callees[0])
    for node in nodes:
        soon(node, callees[0], "picked", within=1)
        assert reason(node, callees[1]) == "callee-dnc"
        wait_until(lambda n=node: view.stats(n)["dnc"] == 4)


def test_a_long_list(make):
    redis = make.redis()
    redis.seed("sales", new_numbers(3), EAGER)
    first = 13036000000
    redis.client.sadd("rep:dnc", *(f"+{first + i}" for i in range(300000)))
    node = proxy(make, redis, "a")
    soon(node, new_callee(), "picked")     # all was read before
    assert view.stats(node)["dnc"] == 300000
    assert view.stats(node)["dnc_memory"] < 16 * 300000
    assert reason(node, f"+{first + 299999}") == "callee-dnc"
    callee = new_callee()
    redis.client.sadd("rep:dnc", callee)
    soon(node, callee, "callee-dnc", within=10)  # 1 where nothing else runs


def test_malformed_entries(make):
    redis = make.redis()
    redis.seed("sales", new_numbers(3), EAGER)
    callee = new_callee()
    redis.client.sadd("rep:dnc", callee, "someone", callee[1:])
    node = proxy(make, redis, "a", allow_errors=[r"rep:dnc"])
    soon(node, new_callee(), "picked")
    assert reason(node, callee) == "callee-dnc"

    def errors():
        return {error["field"] for error in
                view.as_list(view.stats(node)["errors"])
                if error["key"] == "rep:dnc"}

    assert errors() == {"someone", callee[1:]}
    assert len(node.logged(r"rep:dnc someone")) == 1
    redis.client.srem("rep:dnc", "someone", callee[1:])
    wait_until(lambda: not errors())
    assert reason(node, callee) == "callee-dnc"


@pytest.mark.parametrize("what", ["gone", "a string"])
def test_the_list_is_lost(make, what):
    redis = make.redis()
    redis.seed("sales", new_numbers(3), EAGER)
    callees = [new_callee() for _ in range(3)]
    redis.client.sadd("rep:dnc", *callees)
    node = proxy(make, redis, "a", allow_errors=[r"rep:dnc"])
    soon(node, callees[0], "callee-dnc")
    redis.client.delete("rep:dnc")
    if what == "a string":
        redis.client.set("rep:dnc", "x")
    node.wait_log(r"ERROR.*rep:dnc")
    assert reason(node, callees[0]) == "callee-dnc"
    redis.client.delete("rep:dnc")
    redis.client.sadd("rep:dnc", callees[1])
    soon(node, callees[0], "picked")
    assert reason(node, callees[1]) == "callee-dnc"
    wait_until(lambda: not view.as_list(view.stats(node)["errors"]))
