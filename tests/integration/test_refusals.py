# SPDX-License-Identifier: GPL-2.0-or-later
"""No refusal in silence: every reason for which a pool refuses calls is
counted, logged and announced once; a pool may be paused; and the dialer hears
when it may try again."""

import time

import pytest
from harness import functions, plans, view
from harness.clock import Clock
from harness.kamailio import Fault
from harness.pools import EAGER, new_callee, new_numbers, write_pool_file
from harness.process import wait_until

CAPPED, RESTS, SHARE, KEPT, BRIEF, LATER = (
    new_numbers(n) for n in (1, 2, 4, 2, 2, 1))
HALF = {**EAGER, "max_benched_share": 0.5, "min_available": 2}
POOLS = {
    "capped": (CAPPED, {**EAGER, "cap_day": 1}),
    "unmatched": (new_numbers(2), {**EAGER, "require_tags": "gold"}),
    "unsigned": (new_numbers(2), {**EAGER, "require_attest": "B"}),
    "unregistered": (new_numbers(2), {**EAGER, "require_registered": 1}),
    "empty": ([], EAGER),
    "paused": (new_numbers(2), {**EAGER, "status": "paused"}),
    "rests": (RESTS, EAGER),
    "share": (SHARE, HALF),
    "kept": (KEPT, EAGER),
    "brief": (BRIEF, EAGER),
    "hand": (new_numbers(2), EAGER),
    "sales": (new_numbers(2), EAGER),
}


@pytest.fixture(scope="module")
def node(make_shared, peers, tmp_path_factory):
    return make_shared.kamailio(
        "functions.cfg", POOL_FILE=write_pool_file(
            tmp_path_factory.mktemp("pools"), POOLS),
        CARRIER_A=peers[0].address, CARRIER_B=peers[1].address,
        leak_check=True)


def pick(caller, pool, **options):
    return functions.call(caller, "pick", pool, callee=new_callee(), **options)


def refused(node, pool):
    """{reason: calls} of a pool, zeros left out."""
    return view.nonzero(view.pools(node)[pool]["refused"])


def refusing(node, pool):
    return {entry["reason"]: entry for entry in
            view.as_list(view.pools(node)[pool]["refusing"])}


def rest(node, numbers, seconds=600):
    for number in numbers:
        node.rpc("reputation.bench", "rests" if number in RESTS else "share",
                 number, seconds)


# ----- every reason -----------------------------------------------------------


@pytest.mark.parametrize("pool,reason", [
    ("capped", "all-capped"), ("unmatched", "no-match"),
    ("unsigned", "no-match"), ("unregistered", "no-match"),
    ("empty", "empty-pool"), ("paused", "pool-paused"),
    ("rests", "all-benched"), ("share", "share-benched")])
def test_each_reason_is_counted_and_announced_once(node, caller, pool, reason):
    if pool == "capped":
        assert pick(caller, pool).code == 1
    if pool == "rests":
        rest(node, RESTS)
    if pool == "share":
        rest(node, SHARE[:3])
    before = view.stats(node)["refused"][reason]
    for _ in range(3):
        got = pick(caller, pool)
        assert (got.code, got.number, got.reason) == (-2, "", reason)
    assert refused(node, pool) == {reason: 3}
    assert view.stats(node)["refused"][reason] == before + 3
    assert len(node.wait_log(rf"EVENT pool-exhausted {pool} {reason} ")) == 1
    assert len(node.wait_log(rf"pool {pool} refuses calls: {reason}$")) == 1
    entry = refusing(node, pool)[reason]
    assert (entry["route"], entry["refused"]) == ("", 3)
    assert abs(entry["since"] - time.time()) < 60
    assert not node.logged(rf"pool {pool} goes on")


def test_a_pool_that_there_is_not(node, caller):
    before = view.stats(node)["refused"]["unknown-pool"]
    for _ in range(3):
        got = pick(caller, "slaes")
        assert (got.code, got.reason, got.retry_after) == (
            -1, "unknown-pool", "")
    assert functions.call(caller, "track", "slaes", number="+12025550101",
                          ).code == -1
    assert view.stats(node)["refused"]["unknown-pool"] == before + 4
    names = {entry["pool"]: entry for entry in
             view.as_list(view.stats(node)["unknown_pools"])}
    assert names["slaes"]["refused"] == 4
    assert len(node.wait_log(
        "EVENT pool-exhausted slaes unknown-pool ")) == 1
    assert len(node.wait_log("pool slaes refuses calls: unknown-pool")) == 1


def test_names_from_the_network_do_not_fill_the_log(make, tmp_path):
    node = make.kamailio("functions.cfg", POOL_FILE=write_pool_file(
        tmp_path, {"sales": (new_numbers(1), EAGER)}))
    caller = make.caller(node)
    for i in range(40):
        assert pick(caller, f"no such {i}").reason == "unknown-pool"
    node.wait_log(r"pool \(others\) refuses calls")
    assert len(node.logged("refuses calls: unknown-pool")) == 16
    assert len(node.logged(r"pool no\?such\?7 refuses")) == 1
    assert view.stats(node)["refused"]["unknown-pool"] == 40
    # a caller's reasons are counted, and that is all
    for _ in range(2):
        got = functions.call(caller, "pick", "sales", callee="12")
        assert got.reason == "bad-callee"
    assert view.stats(node)["refused"]["bad-callee"] == 2
    assert refused(node, "sales") == {}
    assert not node.logged("pool sales refuses")


# ----- over -------------------------------------------------------------------


def test_a_cap_each_minute_is_one_edge(make, tmp_path):
    """Minutes go by in which calls are refused: one line. It is over after
    five minutes without, when others were picked."""
    clock = Clock()
    node = make.kamailio("functions.cfg", clock=clock, POOL_FILE=write_pool_file(
        tmp_path, {"minute": (new_numbers(1), {**EAGER, "cap_minute": 1})}))
    caller = make.caller(node)

    def until_refused():
        got = pick(caller, "minute")
        return got.reason == "all-capped" and got

    for _ in range(4):
        got = wait_until(until_refused)
        assert 1 <= int(got.retry_after) <= 60
        clock.forward(60)
    node.wait_log("EVENT pool-exhausted minute all-capped")
    n = refused(node, "minute")["all-capped"]
    clock.forward(400)
    assert wait_until(lambda: pick(caller, "minute").code == 1)
    node.wait_log("EVENT pool-exhausted-over minute all-capped")
    line, = node.wait_log("pool minute goes on: all-capped refused")
    assert f"refused {n} calls in " in line
    assert len(node.logged("EVENT pool-exhausted minute")) == 1
    assert refusing(node, "minute") == {}
    assert wait_until(until_refused)
    wait_until(lambda: len(node.logged(
        "EVENT pool-exhausted minute all-capped")) == 2)


# ----- a pause ----------------------------------------------------------------


def test_pause_and_resume(node, caller):
    number = POOLS["hand"][0][0]
    functions.call(caller, "report", "hand", number=number, outcome="busy")
    node.rpc("reputation.pause", "hand")
    got = pick(caller, "hand")
    assert (got.code, got.reason, got.retry_after) == (-2, "pool-paused", "")
    pool = view.pools(node)["hand"]
    assert (pool["stopped"], pool["reason"], pool["usable"]) == (
        "yes", "pool-paused", 0)
    assert pool["paused_until"] == 0
    assert view.policy(node, "hand")["status"] == "paused"
    assert node.rpc("reputation.try", "hand",
                    new_callee())["reason"] == "pool-paused"
    # numbers and what is known of them stay
    entry = view.numbers(node, "hand")[number]
    assert (entry["state"], entry["usable"], entry["pool_stopped"]) == (
        "active", "no", "pool-paused")
    assert view.counts(node, "hand", number) == {"busy": 1}
    node.rpc("reputation.resume", "hand")
    assert pick(caller, "hand").code == 1
    pool = view.pools(node)["hand"]
    assert pool["stopped"] == "no" and "paused_until" not in pool
    assert len(node.wait_log(
        "pool hand goes on: pool-paused refused 1 calls")) == 1


def test_a_pause_of_some_seconds(node, caller):
    node.rpc("reputation.pause", "brief", 2)
    got = pick(caller, "brief")
    assert got.reason == "pool-paused"
    assert got.retry_after in ("1", "2")
    until = view.pools(node)["brief"]["paused_until"]
    assert abs(until - time.time()) <= 3
    assert view.policy(node, "brief")["status"] == f"paused until={until}"
    wait_until(lambda: pick(caller, "brief").code == 1)
    assert time.time() >= until
    assert len(node.wait_log("EVENT pool-exhausted-over brief")) == 1


def test_a_pause_stops_failovers(node, caller, peers):
    """A call that has its number already is refused too; what its first
    carrier said counts."""
    peers[0].behaviour = lambda seen: plans.rings()
    call = functions.invite(caller, "kept", next="pick")
    call.wait_provisional()
    node.rpc("reputation.pause", "kept", 60)
    seen, = peers[0].to(call.callee)
    peers[0].reply(seen, plans.Reply(503))
    assert call.wait_final().status == 500  # as tm has it
    assert functions.saw(node, call, "next")[:2] == ["-2", "pool-paused"]
    assert 50 <= int(functions.saw(node, call, "retry")[0]) <= 60
    assert not peers[1].to(call.callee)
    view.settled(node, "kept", seen.number, {"failed": 1})
    assert refused(node, "kept") == {"pool-paused": 1}
    node.rpc("reputation.resume", "kept")
    peers[0].behaviour = lambda seen: plans.failed()
    peers[1].behaviour = lambda seen: plans.busy()
    assert functions.dial(caller, "kept", next="pick").status == 486


@pytest.mark.parametrize("command,arguments,code,word", [
    ("pause", [], 400, "name of a pool"), ("pause", ["nowhere"], 404, "nowhere"),
    ("pause", ["sales", "soon"], 400, "soon"),
    ("pause", ["sales", "-1"], 400, "seconds"),
    ("pause", ["sales", "4294967295"], 400, "seconds"),
    ("pause", ["sales", "5", "6"], 400, "too many"),
    ("resume", ["nowhere"], 404, "nowhere"),
    ("resume", ["sales", "5"], 400, "too many")])
def test_faults(node, caller, command, arguments, code, word):
    with pytest.raises(Fault) as fault:
        node.rpc(f"reputation.{command}", *arguments)
    assert fault.value.code == code and word in fault.value.message
    assert pick(caller, "sales").code == 1


def test_in_memory_until_the_file_is_read_again(make, tmp_path):
    path = write_pool_file(tmp_path, {"sales": (new_numbers(1), EAGER)})
    node = make.kamailio("functions.cfg", POOL_FILE=path)
    caller = make.caller(node)
    node.rpc("reputation.pause", "sales")
    assert pick(caller, "sales").reason == "pool-paused"
    node.rpc("reputation.reload")
    assert pick(caller, "sales").code == 1


# ----- over all proxies -------------------------------------------------------


class Fleet:
    def __init__(self, make, redis, pool, policy=None):
        self.make, self.redis, self.pool = make, redis, pool
        self.numbers = new_numbers(3)
        redis.seed(pool, self.numbers, {**EAGER, **(policy or {})})
        self.nodes = [self.node("one"), self.node("two")]
        self.callers = [make.caller(node) for node in self.nodes]

    def node(self, name, **options):
        node = self.make.kamailio("functions.cfg", REDIS=self.redis.url,
                                  NODE_ID=name, **options)
        view.wait_connected(node)
        view.wait_numbers(node, self.pool, self.numbers)
        return node

    def reasons(self):
        return [pick(caller, self.pool).reason for caller in self.callers]

    def wait(self, *reasons):
        wait_until(lambda: self.reasons() == list(reasons),
                   what=lambda: (self.reasons(), reasons))

    def events(self, *kinds):
        return [event for event in self.redis.events()
                if event["pool"] == self.pool and event["event"] in kinds]

    def policy(self, field):
        return self.redis.client.hget(f"rep:policy:{{{self.pool}}}", field)


@pytest.fixture
def fleet(make, redis, request):
    return Fleet(make, redis, f"p{abs(hash(request.node.name))}")


def test_a_pause_holds_on_all_proxies_and_over_restarts(fleet):
    one, two = fleet.nodes
    fleet.wait("picked", "picked")
    one.rpc("reputation.pause", fleet.pool)
    fleet.wait("pool-paused", "pool-paused")
    assert fleet.policy("status") == "paused"
    # of both, the first refused call on each
    for node in fleet.nodes:
        node.wait_log(f"EVENT pool-exhausted {fleet.pool} pool-paused")
    one.stop()
    again = fleet.node("one")
    caller = fleet.make.caller(again)
    assert pick(caller, fleet.pool).reason == "pool-paused"
    again.wait_log(f"EVENT pool-exhausted {fleet.pool} pool-paused")
    # by another one
    two.rpc("reputation.resume", fleet.pool)
    wait_until(lambda: pick(caller, fleet.pool).code == 1)
    assert fleet.policy("status") == "active"
    for node in (two, again):
        node.wait_log(f"EVENT pool-exhausted-over {fleet.pool} pool-paused")
    wait_until(lambda: fleet.events("pool-exhausted-over"))
    began, = fleet.events("pool-exhausted")
    over, = fleet.events("pool-exhausted-over")
    for event in (began, over):
        assert (event["reason"], event["number"], event["route"]) == (
            "pool-paused", "", "")
    assert int(over["refused"]) > 0
    assert int(over["since"]) <= int(over["until"])


def test_a_pool_may_have_a_mode_of_its_own(fleet):
    """Enforced while the proxies observe, and the other way round; on all of
    them, and over restarts."""
    one, two = fleet.nodes
    for number in fleet.numbers:
        one.rpc("reputation.bench", fleet.pool, number, 600)
    fleet.wait("all-benched", "all-benched")
    for node in fleet.nodes:
        node.rpc("reputation.mode", "observe")
    fleet.wait("picked", "picked")
    assert one.rpc("reputation.mode", fleet.pool, "enforce") == {
        "mode": "enforce"}
    fleet.wait("all-benched", "all-benched")
    assert fleet.policy("mode") == "enforce"
    assert one.rpc("reputation.mode") == {"mode": "observe"}
    assert two.rpc("reputation.mode", fleet.pool) == {"mode": "enforce"}
    assert view.pools(two)[fleet.pool]["mode"] == "enforce"
    for node in fleet.nodes:
        node.rpc("reputation.mode", "enforce")
    two.rpc("reputation.mode", fleet.pool, "observe")
    fleet.wait("picked", "picked")
    one.stop()
    again = fleet.make.caller(fleet.node("one"))
    wait_until(lambda: pick(again, fleet.pool).code == 1)
    two.rpc("reputation.mode", fleet.pool, "proxy")
    wait_until(lambda: pick(again, fleet.pool).reason == "all-benched")
    for args, code, why in (
            (("nobody",), 400, "no such pool, and no mode: nobody"),
            (("nobody", "observe"), 404, "no such pool: nobody"),
            ((fleet.pool, "watch"), 400, "mode: 'watch' is none of enforce,"
             " observe and proxy"),
            ((fleet.pool, "observe", "more"), 400,
             "one argument too many: more")):
        with pytest.raises(Fault) as fault:
            two.rpc("reputation.mode", *args)
        assert (fault.value.code, fault.value.message) == (code, why)


def test_a_pause_of_some_seconds_ends_on_all_by_itself(fleet):
    one, two = fleet.nodes
    one.rpc("reputation.pause", fleet.pool, 3)
    until = int(fleet_status(fleet).split("=")[1])
    wait_until(lambda: pick(fleet.callers[1], fleet.pool).reason
               == "pool-paused")
    fleet.wait("picked", "picked")
    assert time.time() >= until
    # and whoever starts later finds no pause
    late = fleet.make.caller(fleet.node("late"))
    got = wait_until(lambda: [one for one in [pick(late, fleet.pool)]
                              if one.reason != "loading"])
    assert got[0].code == 1
    assert "paused_until" not in view.pools(two)[fleet.pool]


def fleet_status(fleet):
    return wait_until(lambda: (fleet.policy("status") or "").startswith("paused until=")
                      and fleet.policy("status"))


def test_paused_by_redis_cli(fleet):
    fleet.redis.set_policy(fleet.pool, status="paused")
    fleet.wait("pool-paused", "pool-paused")
    one, _ = fleet.nodes
    one.allow_errors.append("status")
    fleet.nodes[1].allow_errors.append("status")
    fleet.redis.set_policy(fleet.pool, status="paused until=noon")
    wait_until(lambda: view.mentions(view.stats(one)["errors"], "status",
                                     "paused until=SECONDS"))
    assert fleet.reasons() == ["pool-paused"] * 2
    fleet.redis.client.hdel(f"rep:policy:{{{fleet.pool}}}", "status")
    fleet.wait("picked", "picked")


def test_a_pause_while_redis_is_away(make, tmp_path):
    """It holds here at once, and is written when Redis is back."""
    redis = make.redis()
    fleet = Fleet(make, redis, "away")
    for node in fleet.nodes:
        node.allow_errors.append("reputation")
    redis.keep_data()
    redis.stop()
    wait_until(lambda: view.store_state(fleet.nodes[0]) == "disconnected")
    fleet.nodes[0].rpc("reputation.pause", "away")
    assert fleet.reasons() == ["pool-paused", "picked"]
    redis.start()
    fleet.wait("pool-paused", "pool-paused")
    assert fleet.policy("status") == "paused"


def test_a_cap_over_all_is_one_event(make, redis):
    fleet = Fleet(make, redis, "capped", {"pool_cap_day": 2})
    wait_until(lambda: fleet.reasons() == ["all-capped"] * 2)
    for node in fleet.nodes:
        node.wait_log("EVENT pool-exhausted capped all-capped")
    wait_until(lambda: fleet.events("pool-exhausted"))
    # whatever was announced is written by the time that a later one is
    fleet.nodes[0].rpc("reputation.bench", "capped", fleet.numbers[0], 60)
    fleet.nodes[1].rpc("reputation.bench", "capped", fleet.numbers[1], 60)
    wait_until(lambda: len(fleet.events("benched")) == 2)
    event, = fleet.events("pool-exhausted")
    assert event["reason"] == "all-capped"
    assert int(event["refused"]) >= 1


# ----- when to try again ------------------------------------------------------


def test_retry_after_a_rest(node, caller):
    rest(node, RESTS, 700)
    got = pick(caller, "rests")
    assert got.reason == "all-benched"
    assert 690 <= int(got.retry_after) <= 701
    # as many as must come back: one of three that rest may not be enough
    for seconds, number in zip((100, 200, 300, 400), SHARE):
        node.rpc("reputation.bench", "share", number, seconds)
    got = pick(caller, "share")
    assert 190 <= int(got.retry_after) <= 201
    for pool in ("unmatched", "empty", "paused"):
        assert pick(caller, pool).retry_after == ""
    assert pick(caller, "sales").retry_after == ""


def test_the_dialer_hears_of_it(make, tmp_path):
    numbers = new_numbers(1)
    node = make.kamailio("outbound.cfg", REDIS="", POOL_FILE=write_pool_file(
        tmp_path, {"sales": (numbers, EAGER), "empty": ([], EAGER)}))
    caller = make.caller(node)
    node.rpc("reputation.bench", "sales", numbers[0], 300)
    call = caller.call(new_callee())
    assert call.status == 503
    assert call.final.get("x-reputation") == "all-benched"
    assert 290 <= int(call.final.get("retry-after")) <= 301
    call = caller.call(new_callee(), ["X-Pool: empty"])
    assert call.status == 503
    assert call.final.get("retry-after") is None
    node.wait_log("pool-exhausted: pool empty: empty-pool")
