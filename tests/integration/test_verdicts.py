# SPDX-License-Identifier: GPL-2.0-or-later
"""Verdicts through a real proxy: a pool's day and its warm-up, observe mode
switched on the fly, one bad route, a carrier that shifts as a whole, rests
that end to the second, and the evidence that is shown for it."""

import datetime
import json
import time

import pytest
from harness import functions, plans, view
from harness.clock import Clock
from harness.plans import final
from harness.pools import EAGER, new_callee, new_numbers, write_pool_file
from harness.process import wait_until

pytestmark = pytest.mark.long
UTC = datetime.timezone.utc
POOLS = {
    "observed": (new_numbers(3), EAGER),
    "two-routes": (new_numbers(3), EAGER),
}


@pytest.fixture(scope="module")
def node(make_shared, carrier, tmp_path_factory):
    pools = write_pool_file(tmp_path_factory.mktemp("pools"), POOLS)
    return make_shared.kamailio("functions.cfg", POOL_FILE=pools,
                                CARRIER_A=carrier.address, leak_check=True)


def dial(caller, pool, *headers):
    return caller.call(new_callee(), ["X-Do: pick", f"X-Pool: {pool}",
                                      *headers])


def report(caller, pool, number, outcome, times=1):
    for _ in range(times):
        assert functions.call(caller, "report", pool, number=number,
                              outcome=outcome).code == 1


# ----- days ------------------------------------------------------------------

RAMP = {**EAGER, "warmup": "2x7,4x7"}
DAY = {**EAGER, "warmup": "1x1"}
# days ago that the one number of a pool was taken into use
SINCE = {"first": 0, "eighth": 7, "last": 13, "grown": 14}
ONLY = {pool: new_numbers(1)[0] for pool in (*SINCE, "ahead", "behind")}


def pools_by_day():
    """Of today, by the day that each pool has. In "ahead" the date is one
    more than in "behind"."""
    now = datetime.datetime.now(UTC)
    zone = {"time_zone": "Etc/GMT+12"}
    ahead, behind, later = {}, zone, now.date()
    if now.hour >= 11:
        zone = {"time_zone": "Pacific/Kiritimati"}
        ahead, behind = zone, {}
        later += datetime.timedelta(days=1)

    def pool(name, today, ago, policy):
        since = str(today - datetime.timedelta(days=ago))
        return {ONLY[name]: {"since": since}}, policy

    return {**{name: pool(name, now.date(), ago, RAMP)
               for name, ago in SINCE.items()},
            # the second day where the date is ahead, else the first
            "ahead": pool("ahead", later, 1, {**DAY, **ahead}),
            "behind": pool("behind", later, 1, {**DAY, **behind})}


@pytest.fixture(scope="module")
def today(make_shared, carrier, tmp_path_factory):
    """A proxy with these pools, and its dialer. The day does not end soon."""
    wait_until(lambda: time.time() % 86400 < 86400 - 120, 130, 1)
    node = make_shared.kamailio(
        "functions.cfg", CARRIER_A=carrier.address, leak_check=True,
        POOL_FILE=write_pool_file(tmp_path_factory.mktemp("pools"),
                                  pools_by_day()))
    return node, make_shared.caller(node)


def accepted(caller, pool, at_most):
    """Calls that go through until one is refused."""
    for n in range(at_most):
        call = dial(caller, pool)
        if call.status == 503:
            assert call.final.get("x-reputation") == "all-capped"
            return n
        assert call.status == 486
    return at_most


@pytest.mark.parametrize("pool,state,calls", [
    ("first", "warming", 2), ("eighth", "warming", 4),
    ("last", "warming", 4), ("grown", "active", 8)])
def test_warmup_ramp(today, carrier, pool, state, calls):
    node, caller = today
    carrier.behaviour = lambda seen: plans.busy()
    entry = view.numbers(node, pool)[ONLY[pool]]
    assert entry["state"] == state
    assert entry["cap_day"] == (calls if state == "warming" else 0)
    assert accepted(caller, pool, 8) == calls
    assert view.numbers(node, pool)[ONLY[pool]]["used_today"] == calls


def test_day_of_a_pool_is_its_time_zones(today, carrier):
    """In the zone that is ahead the first day is over, so the ramp is; the
    other pool is a day behind."""
    node, caller = today
    carrier.behaviour = lambda seen: plans.busy()
    view.wait_state(node, "ahead", ONLY["ahead"], "active")
    view.wait_state(node, "behind", ONLY["behind"], "warming")
    assert accepted(caller, "ahead", 4) == 4
    assert accepted(caller, "behind", 4) == 1


# ----- observe ---------------------------------------------------------------


def test_mode_is_switched_while_calls_run(node, caller, carrier):
    carrier.behaviour = lambda seen: plans.busy()
    bad, *good = POOLS["observed"][0]

    def shown():
        carrier.forget()
        for _ in range(6):
            assert dial(caller, "observed").status == 486
        return {seen.number for seen in carrier.calls}

    report(caller, "observed", bad, "blocked", 12)
    view.wait_state(node, "observed", bad, "benched")
    assert shown() == set(good)
    try:
        node.rpc("reputation.mode", "observe")
        assert node.rpc("reputation.mode")["mode"] == "observe"
        wait_until(lambda: shown() == {bad, *good}, interval=0.1,
                   what="the benched one among them")
        report(caller, "observed", good[0], "blocked", 12)
        node.wait_log(rf"EVENT benched observed \{good[0]}")
        assert functions.call(caller, "state", "observed",
                              number=good[0]).code == 1
        assert shown() == {bad, *good}
    finally:
        node.rpc("reputation.mode", "enforce")
    assert shown() == {good[1]}


# ----- routes ----------------------------------------------------------------


def test_bad_on_one_route_is_used_on_the_other(node, caller, carrier):
    bad, *good = POOLS["two-routes"][0]

    def behave(seen):
        if seen.number == bad and seen.invite.get("x-route") == "east":
            return plans.blocked()
        return plans.busy()

    def shown(route):
        carrier.forget()
        for _ in range(6):
            dial(caller, "two-routes", f"X-Route: {route}")
        return {seen.number for seen in carrier.calls}

    carrier.behaviour = behave
    for _ in range(20):
        assert bad in shown("west")
        if bad not in shown("east"):
            break
    routes = view.routes(node, "two-routes", bad)
    assert routes["east"]["state"] == "benched"
    assert view.reason_of(routes["east"]) == "blocked"
    assert routes["west"]["state"] == "active"
    assert view.state(node, "two-routes", bad) == "active"
    assert shown("east") == set(good)
    assert shown("west") == {bad, *good}
    event, = node.wait_log(rf"EVENT benched two-routes \{bad}")
    assert event.endswith("on east")


# ----- a carrier as a whole --------------------------------------------------


# declined, busy, noanswer: of each bucket and number, on each route
HISTORY = "0,0,2,0,0,0,5,18,0,0,0,0"


def write_history(redis, pool, numbers, routes):
    """Two days of healthy calls, as a proxy left them that is gone."""
    pipe = redis.client.pipeline()
    hour = int(time.time() // 3600) * 60
    for bucket in range(hour - 48 * 60, hour - 3 * 60, 60):
        pipe.hset(f"rep:x:b2:{{{pool}}}", str(bucket),
                  25 * len(numbers) * len(routes))
        pipe.hset(f"rep:x:c2:{{{pool}}}:{bucket}", mapping={
            f"{number}|0|gone|{route}": HISTORY for number in numbers
            for route in routes})
    pipe.execute()


class Minutes:
    """Lets the module's time pass. A number of another pool is benched for so
    long: when it is back, the module has looked at everything."""

    def __init__(self, node, clock, number):
        self.node, self.clock, self.number = node, clock, number

    def pass_by(self, minutes):
        pattern = rf"EVENT released other \{self.number}"
        before = len(self.node.logged(pattern))
        self.node.rpc("reputation.bench", "other", self.number, minutes * 60)
        self.clock.forward(minutes * 60 + 1)
        wait_until(lambda: len(self.node.logged(pattern)) > before,
                   what=self.node.log)


def test_carrier_that_shifts_alarms_and_benches_nobody(make, redis, carrier):
    """From its begin, which is told when there was time to tell what it is,
    to its end."""
    numbers, others, clock = new_numbers(10), new_numbers(4), Clock()
    redis.seed("carriers", numbers, {"warmup": ""})
    redis.seed("other", others, {"warmup": ""})
    write_history(redis, "carriers", numbers, ("east", "west"))
    node = make.kamailio("functions.cfg", REDIS=redis.url, clock=clock,
                         CARRIER_A=carrier.address, leak_check=True)
    caller = make.caller(node)
    view.wait_connected(node)
    view.wait_numbers(node, "carriers", numbers)
    wait_until(lambda: view.route_counts(
        node, "carriers", numbers[9], "west").get("noanswer") == 45 * 18,
        what=lambda: view.explain(node, "carriers", numbers[9]))
    view.wait_numbers(node, "other", others)
    minutes = Minutes(node, clock, others[0])

    declines = final(603, outcome="declined")
    usual = [declines] * 2 + [plans.busy()] * 5 + \
        [final(408, outcome="noanswer")] * 18
    shifted = [declines] * 6 + usual[2:-4]
    mix = {"east": iter(shifted * 16), "west": iter(usual * 8)}
    carrier.behaviour = lambda seen: next(mix[seen.invite.get("x-route")])

    def call(count, routes=("east", "east", "west")):
        """Many at once."""
        calls = []
        for n in range(count):
            calls.append(caller.invite(new_callee(), [
                "X-Do: track", "X-Pool: carriers",
                f"X-Route: {routes[n % len(routes)]}",
                f"X-Number: {numbers[n % len(numbers)]}"]))
            if n % 30 == 29:
                for one in calls[-30:]:
                    one.wait_final()
        for one in calls:
            one.wait_final()

    def written(event):
        return [e for e in redis.events()
                if e["event"] == event and e["pool"] == "carriers"]

    call(600)
    for _ in range(12):
        minutes.pass_by(1)
    event, = node.wait_log("EVENT pool-alarm carriers")
    assert "route east shifts (rejected): declined" in event
    assert event.endswith("on east")
    assert not node.logged("EVENT benched carriers")
    for number in numbers:
        assert view.state(node, "carriers", number) == "active"
        assert {r["state"] for r in view.routes(
            node, "carriers", number).values()} == {"active"}
    begin, = wait_until(lambda: written("pool-alarm"))
    assert begin["route"] == "east"
    assert begin["detail"] in event
    assert view.nonzero(json.loads(begin["counts"])) == \
        {"declined": 96, "busy": 80, "noanswer": 224}

    minutes.pass_by(50)  # the shift leaves the hour
    mix["east"] = iter(usual * 16)
    for _ in range(4):
        call(50, ("east",))
        minutes.pass_by(20)
    event, = node.wait_log("EVENT pool-alarm-over carriers")
    assert "route east shifts no more (rejected): declined" in event
    assert event.endswith("on east")
    node.wait_log(r"pool carriers: route east shifts no more \(rejected\)")
    end, = wait_until(lambda: written("pool-alarm-over"))
    assert end["detail"] in event
    assert float(end["since"]) == int(float(begin["at"]))
    assert len(written("pool-alarm")) == 1
    counters = node.rpc("stats.fetch", "reputation:")
    assert counters["reputation.pool_alarms"] == "1"
    assert counters["reputation.pool_alarms_over"] == "1"


# ----- rests -----------------------------------------------------------------


def came_back(node, pool, number, until):
    """In use again from the second on that the verdict said, however late
    anybody looks."""
    view.wait_state(node, pool, number, "probation")
    assert time.time() >= until
    assert view.explain(node, pool, number)["since"] == until


def test_rest_ends_to_the_second(node, caller):
    number = POOLS["observed"][0][2]
    node.rpc("reputation.bench", "observed", number, 3)
    until = max(event["until"] for event in view.events(
        node, "observed", number) if event["event"] == "benched")
    came_back(node, "observed", number, until)
    assert functions.call(caller, "state", "observed",
                          number=number).code == 1


def test_rest_ends_to_the_second_over_restarts(make, redis):
    """One number comes back while the proxy runs again, the other's time
    passes while there is none."""
    numbers = new_numbers(3)
    redis.seed("restart", numbers, {**EAGER, "rest_seconds": 30})
    node = make.kamailio("functions.cfg", REDIS=redis.url, leak_check=True)
    caller = make.caller(node)
    view.wait_connected(node)
    view.wait_numbers(node, "restart", numbers)
    report(caller, "restart", numbers[0], "blocked", 12)
    view.wait_state(node, "restart", numbers[0], "benched")
    node.rpc("reputation.bench", "restart", numbers[1], 8)
    before = [view.explain(node, "restart", number) for number in numbers]
    for number in numbers[:2]:
        wait_until(lambda n=number: (redis.health("restart", n) or {}).get(
            "state") == "benched", what=lambda: redis.health("restart"))
    node.stop()
    wait_until(lambda: time.time() > before[1]["until"] + 1)
    node.start()
    view.wait_connected(node)
    view.wait_state(node, "restart", numbers[0], "benched")
    view.wait_state(node, "restart", numbers[1], "probation")
    assert view.explain(node, "restart",
                        numbers[1])["since"] == before[1]["until"]
    why = view.explain(node, "restart", numbers[0])
    for member in ("since", "until", "strikes", "reason", "turn"):
        assert why[member] == before[0][member], member
    came_back(node, "restart", numbers[0], before[0]["until"])
    assert view.explain(node, "restart", numbers[0])["strikes"] == 1


# ----- what is shown for it --------------------------------------------------


def same_charts(listed, event):
    for chart in listed:
        for field, part in (("chart_", "statistic"),
                            ("threshold_", "threshold")):
            assert float(event[field + chart["chart"]]) == \
                pytest.approx(float(chart[part]), abs=0.001)


def test_explain_and_events_show_the_same_evidence(make, redis, carrier):
    numbers = new_numbers(3)
    redis.seed("shown", numbers, EAGER)
    node = make.kamailio("functions.cfg", REDIS=redis.url,
                         CARRIER_A=carrier.address, leak_check=True)
    caller = make.caller(node)
    view.wait_connected(node)
    view.wait_numbers(node, "shown", numbers)
    carrier.behaviour = lambda seen: plans.busy()
    for _ in range(5):
        caller.call(new_callee(), ["X-Do: track", "X-Pool: shown",
                                   f"X-Number: {numbers[0]}",
                                   "X-Route: east"])
    view.wait_counts(node, "shown", numbers[0], {"busy": 5})
    report(caller, "shown", numbers[1], "noanswer", 20)
    report(caller, "shown", numbers[0], "blocked", 14)
    view.wait_state(node, "shown", numbers[0], "benched")

    why = view.explain(node, "shown", numbers[0])
    assert {"state", "reason", "since", "until", "strikes", "turn", "score",
            "counts", "since_turn", "charts", "yardstick", "pool_counts",
            "routes", "buckets", "events"} <= set(why)
    charts = {chart["chart"]: chart for chart in why["charts"]}
    assert set(charts) == {"blocked", "rejected", "labelled"}
    assert charts["blocked"]["statistic"] >= charts["blocked"]["threshold"]
    assert sum(why["yardstick"].values()) == pytest.approx(1, abs=0.001)
    assert view.nonzero(why["pool_counts"])["noanswer"] == 20
    routes = {r["route"]: view.nonzero(r["counts"]) for r in why["routes"]}
    assert routes["east"] == {"busy": 5}
    cells = [(b["route"], view.nonzero(b["counts"])) for b in why["buckets"]]
    assert ("east", {"busy": 5}) in cells
    assert sum(c.get("blocked", 0) for _, c in cells) == 14
    for bucket in why["buckets"]:
        assert bucket["start"] % 3600 == 0
        assert abs(time.time() - bucket["start"]) < 7300

    told, = (e for e in view.as_list(why["events"])
             if e["event"] == "benched")
    written, = wait_until(lambda: [
        e for e in redis.events() if e["event"] == "benched"
        and e["number"] == numbers[0]], what=redis.events)
    assert written["pool"] == "shown"
    for field in ("route", "state", "reason"):
        assert written[field] == told[field]
    for field in ("until", "strikes"):
        assert int(written[field]) == told[field]
    assert int(float(written["at"])) == told["at"]
    assert float(written["score"]) == pytest.approx(told["score"], abs=0.001)
    assert float(written["score"]) == pytest.approx(why["score"], abs=0.001)
    same_charts(told["charts"], written)
    for field in ("counts", "pool_counts"):
        assert view.nonzero(json.loads(written[field])) == \
            view.nonzero(told[field])
    mix = json.loads(written["yardstick"])
    for outcome, share in told["yardstick"].items():
        assert mix[outcome] == pytest.approx(share, abs=0.001)
    counts = {}
    for bucket in json.loads(written["buckets"]):
        for outcome, n in bucket["counts"].items():
            counts[outcome] = counts.get(outcome, 0) + n
    assert counts == view.nonzero(told["counts"])
