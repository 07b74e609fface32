# SPDX-License-Identifier: GPL-2.0-or-later
"""The script functions: what they return, and what $rep(...) holds then."""

import pytest
from harness import functions, plans, view
from harness.pools import EAGER, new_callee, new_numbers, write_pool_file

SALES = new_numbers(4)
SINGLE = new_numbers(1)
PAUSED = new_numbers(1)
HANDS = new_numbers(2)
TRACKED = new_numbers(2)
COUNTRY = new_numbers(1)
ASKS = new_numbers(2)
REINVITE = new_numbers(1)
ROUTES = new_numbers(2)


@pytest.fixture(scope="module")
def node(make_shared, carrier, tmp_path_factory):
    pools = write_pool_file(tmp_path_factory.mktemp("pools"), {
        "sales": (SALES, EAGER), "single": (SINGLE, EAGER),
        "paused": ({PAUSED[0]: {"status": "paused"}}, EAGER),
        "hands": (HANDS, EAGER), "tracked": (TRACKED, EAGER),
        "country": (COUNTRY, {**EAGER, "default_country": "US"}),
        "asks": (ASKS, EAGER), "reinvite": (REINVITE, EAGER),
        "routes": (ROUTES, {**EAGER, "min_available": "1"}),
        "empty": ([], {})})
    return make_shared.kamailio("functions.cfg", POOL_FILE=pools,
                                CARRIER_A=carrier.address, SHORT_CALL=1,
                                leak_check=True, allow_errors=[
                                    r"reputation_\w+: (number|no such|only|"
                                    r"this|nothing|no |route)"])


def test_pick_gives_a_number_of_the_pool(caller):
    got = functions.call(caller, "pick", "sales", callee=new_callee(),
                         route="carrier-a")
    assert got.code == 1
    assert got.number in SALES
    assert got.pool == "sales"
    assert got.route == "carrier-a"
    assert got.reason == "picked"


def test_pick_takes_the_least_recently_used(caller):
    picked = [functions.call(caller, "pick", "sales",
                             callee=new_callee()).number for _ in range(8)]
    assert set(picked[:4]) == set(SALES)
    assert picked[4:] == picked[:4]


def test_pick_from_an_unknown_pool(caller):
    got = functions.call(caller, "pick", "nowhere", callee=new_callee())
    assert (got.code, got.reason) == (-1, "unknown-pool")


def test_pick_without_a_pool(caller):
    assert functions.call(caller, "pick", callee=new_callee()).code == -1


@pytest.mark.parametrize("callee", ["12", "anonymous", "+0123456789",
                                    "+12345678901234567"])
def test_pick_for_what_is_no_number(caller, callee):
    got = functions.call(caller, "pick", "sales", callee=callee)
    assert got.code == -1
    assert got.reason == "bad-callee"


def test_pick_for_a_callee_without_plus(caller):
    assert functions.call(caller, "pick", "sales",
                          callee="13035551234").code == 1


@pytest.mark.parametrize("callee", ["3035551234", "13035551234",
                                    "011442071838750", "+442071838750"])
def test_pick_completes_by_default_country(caller, callee):
    assert functions.call(caller, "pick", "country", callee=callee).code == 1


def test_pick_from_an_empty_pool(caller):
    got = functions.call(caller, "pick", "empty", callee=new_callee())
    assert (got.code, got.reason) == (-2, "empty-pool")


def test_pick_where_the_only_number_is_paused(caller):
    got = functions.call(caller, "pick", "paused", callee=new_callee())
    assert got.code == -2
    assert got.reason


def test_state_of_a_usable_number(caller):
    got = functions.call(caller, "state", "single", number=SINGLE[0])
    assert got.code == 1
    assert got.state == "active"
    assert float(got.score) == 0


def test_state_of_unknown_ones(caller):
    assert functions.call(caller, "state", "single",
                          number="+15005550000").code == -1
    assert functions.call(caller, "state", "nowhere",
                          number=SINGLE[0]).code == -1
    assert functions.call(caller, "state", "single", number="nine").code == -1


def test_state_of_a_paused_number(caller):
    got = functions.call(caller, "state", "paused", number=PAUSED[0])
    assert (got.code, got.state) == (-2, "paused")


def test_bench_and_release_by_hand(caller, node):
    first, second = HANDS
    assert functions.call(caller, "bench", "hands", number=first,
                          seconds=300).code == 1
    got = functions.call(caller, "state", "hands", number=first)
    assert (got.code, got.state, got.reason) == (-2, "benched", "manual")
    explained = view.explain(node, "hands", first)
    assert 290 <= explained["until"] - explained["since"] <= 310
    picked = {functions.call(caller, "pick", "hands",
                             callee=new_callee()).number for _ in range(3)}
    assert picked == {second}

    assert functions.call(caller, "release", "hands", number=first).code == 1
    got = functions.call(caller, "state", "hands", number=first)
    assert got.code == 1
    assert got.state in ("active", "probation")


def test_bench_for_the_policys_rest(caller, node):
    number = HANDS[0]
    assert functions.call(caller, "bench", "hands", number=number,
                          seconds=0).code == 1
    explained = view.explain(node, "hands", number)
    assert explained["until"] - explained["since"] == pytest.approx(
        EAGER["rest_seconds"], abs=2)
    functions.call(caller, "release", "hands", number=number)


def test_all_benched(caller):
    for number in HANDS:
        functions.call(caller, "bench", "hands", number=number, seconds=60)
    got = functions.call(caller, "pick", "hands", callee=new_callee())
    assert (got.code, got.reason) == (-2, "all-benched")
    for number in HANDS:
        functions.call(caller, "release", "hands", number=number)


def test_bench_and_release_on_a_route(caller, node):
    first, second = ROUTES

    def state(**route):
        return functions.call(caller, "state", "routes", number=first, **route)

    def picked(route):
        return {functions.call(caller, "pick", "routes", callee=new_callee(),
                               route=route).number for _ in range(3)}

    assert functions.call(caller, "bench", "routes", number=first,
                          seconds=300, route="east").code == 1
    got = state(route="east")
    assert (got.code, got.state, got.reason, got.route) == (
        -2, "benched", "manual", "east")
    for elsewhere in ({"route": "west"}, {}):
        got = state(**elsewhere)
        assert (got.code, got.state, got.reason) == (1, "active", "")
    assert picked("east") == {second}
    assert picked("west") == {first, second}
    entry = view.routes(node, "routes", first)["east"]
    assert entry["state"] == "benched"
    node.wait_log(rf"EVENT benched routes \{first} .* on east")

    assert functions.call(caller, "release", "routes", number=first,
                          route="west").code == 1
    assert state(route="east").code == -2
    assert functions.call(caller, "release", "routes", number=first,
                          route="east").code == 1
    got = state(route="east")
    assert (got.code, got.state) == (1, "active")


def test_release_without_a_route_is_of_all(caller):
    number = ROUTES[0]
    for route in ("east", "west"):
        functions.call(caller, "bench", "routes", number=number, seconds=300,
                       route=route)
    assert functions.call(caller, "release", "routes", number=number).code == 1
    for route in ("east", "west"):
        assert functions.call(caller, "state", "routes", number=number,
                              route=route).code == 1


def test_report_on_a_route(caller, node):
    number = ROUTES[1]
    assert functions.call(caller, "report", "routes", number=number,
                          outcome="declined", route="east").code == 1
    assert functions.call(caller, "report", "routes", number=number,
                          outcome="busy").code == 1
    view.wait_counts(node, "routes", number, {"declined": 1, "busy": 1})
    assert view.route_counts(node, "routes", number, "east") == {"declined": 1}


@pytest.mark.parametrize("function", ["bench", "release", "report", "state"])
@pytest.mark.parametrize("route", ["east,west", ",", "x" * 64])
def test_what_is_no_route_is_not_everywhere(caller, node, function, route):
    number = ROUTES[0]
    before = view.explain(node, "routes", number)
    got = functions.call(caller, function, "routes", number=number,
                         seconds=300, outcome="blocked", route=route)
    assert got.code == -1
    after = view.explain(node, "routes", number)
    assert after["state"] == before["state"] == "active"
    assert after["counts"] == before["counts"]


@pytest.mark.parametrize("route,said", [
    ("east,west", "reputation_release: route 'east,west' is no label"),
    ("misspelt", "reputation_release: no such route in this pool: 'misspelt'")])
def test_the_log_names_function_and_route(make, tmp_path, route, said):
    """On a proxy of its own: one line of a kind in a minute."""
    number, = new_numbers(1)
    node = make.kamailio("functions.cfg", allow_errors=[said],
                         POOL_FILE=write_pool_file(
                             tmp_path, {"sales": ([number], EAGER)}))
    assert functions.call(make.caller(node), "release", "sales",
                          number=number, route=route).code == -1
    assert len(node.wait_log(said)) == 1


@pytest.mark.parametrize("function", ["bench", "release", "report", "track"])
@pytest.mark.parametrize("pool,number", [("nowhere", SALES[0]),
                                         ("sales", "+15005550000"),
                                         ("sales", "junk")])
def test_unknown_names_are_errors(caller, function, pool, number):
    got = functions.call(caller, function, pool, number=number, seconds=1,
                         outcome="blocked")
    assert got.code == -1


@pytest.mark.parametrize("outcome", view.OUTCOMES)
def test_report_counts(caller, node, outcome):
    node.rpc("reputation.reset", "sales", SALES[3])
    assert functions.call(caller, "report", "sales", number=SALES[3],
                          outcome=outcome).code == 1
    view.wait_counts(node, "sales", SALES[3], {outcome: 1})
    node.rpc("reputation.reset", "sales", SALES[3])


def test_report_of_no_outcome(caller, node):
    before = view.counts(node, "sales", SALES[2])
    assert functions.call(caller, "report", "sales", number=SALES[2],
                          outcome="splendid").code == -1
    assert view.counts(node, "sales", SALES[2]) == before


def test_apply_without_a_pick(caller):
    assert functions.call(caller, "apply").code == -1


def test_track_counts_a_call_chosen_elsewhere(caller, carrier, node):
    carrier.behaviour = lambda seen: plans.blocked()
    call = caller.call(new_callee(), ["X-Do: track", "X-Pool: tracked",
                                      f"X-Number: {TRACKED[0]}",
                                      "X-Route: trunk-7"])
    assert call.status == 603
    # track alone leaves From as it was
    assert carrier.calls[-1].number == caller.number
    view.wait_counts(node, "tracked", TRACKED[0], {"blocked": 1})
    assert view.route_counts(node, "tracked", TRACKED[0],
                             "trunk-7") == {"blocked": 1}


def test_track_without_route(caller, carrier, node):
    carrier.behaviour = lambda seen: plans.declined()
    caller.call(new_callee(), ["X-Do: track", "X-Pool: tracked",
                               f"X-Number: {TRACKED[1]}"])
    view.wait_counts(node, "tracked", TRACKED[1], {"declined": 1})


def test_calls_without_pick_count_nothing(caller, carrier, node):
    carrier.behaviour = lambda seen: plans.blocked()
    before = view.pool_counts(node, "sales")
    assert caller.call(new_callee(), ["X-Do: relay"]).status == 603
    assert view.pool_counts(node, "sales") == before


# ----- in the routes of a call -----------------------------------------------


def test_state_of_another_number_leaves_the_calls_own(node, caller, carrier):
    carrier.behaviour = lambda seen: plans.busy()
    picked, other = ASKS
    call = functions.dial(caller, "asks", f"X-Number: {other}",
                          do="state", route="first", next="look")
    assert carrier.to(call.callee)[0].number == picked
    assert functions.saw(node, call, "picked") == [picked, "still", picked]
    assert functions.saw(node, call, "reply") == [picked, "first"]
    assert functions.saw(node, call, "failed") == [picked, "first", "busy"]


def test_reinvite_is_not_picked_for(node, caller, carrier):
    carrier.behaviour = lambda seen: plans.answered()
    call = functions.dial(caller, "reinvite")
    number, = REINVITE
    view.wait_counts(node, "reinvite", number, {"answered": 1})
    used = view.pools(node)["reinvite"]["used_today"]
    reply = call.request("INVITE", ["X-Pool: reinvite"])
    assert reply.status == 488
    assert functions.saw(node, call, "re-invite") == ["-1"]
    assert call.bye().status == 200
    view.settled(node, "reinvite", number, {"answered": 1})
    assert view.pools(node)["reinvite"]["used_today"] == used
