# SPDX-License-Identifier: GPL-2.0-or-later
"""A number goes bad, rests, comes back; a pool that runs out of numbers."""

import re
import time

import pytest
from harness import functions, plans, view
from harness.pools import EAGER, new_callee, new_numbers, write_pool_file
from harness.process import wait_until

POOLS = {
    "wire": (new_numbers(3), EAGER),
    "rest": (new_numbers(3), {**EAGER, "rest_seconds": 2,
                              "rest_factor": 2}),
    "trial": (new_numbers(3), {**EAGER, "rest_seconds": 1,
                               "probation_calls": 10}),
    "life": (new_numbers(3), {**EAGER, "rest_seconds": 1, "rest_factor": 4,
                              "probation_calls": 10}),
    "none": (new_numbers(3), {**EAGER, "rest_seconds": 1,
                              "probation_calls": 0}),
    "share": (new_numbers(4), {**EAGER, "max_benched_share": 0.5}),
    "keep": (new_numbers(3), {**EAGER, "min_available": 2}),
    "least": (new_numbers(2), {**EAGER, "on_exhausted": "least_bad"}),
    "byroute": (new_numbers(2), EAGER),
    "people": (new_numbers(2), EAGER), "quiet": (new_numbers(2), EAGER),
}


@pytest.fixture(scope="module")
def pool_file(tmp_path_factory):
    return write_pool_file(tmp_path_factory.mktemp("pools"), POOLS)


@pytest.fixture(scope="module")
def node(make_shared, carrier, pool_file):
    return make_shared.kamailio("functions.cfg", POOL_FILE=pool_file,
                                CARRIER_A=carrier.address, leak_check=True)


def report(caller, pool, number, outcome, times):
    for _ in range(times):
        functions.call(caller, "report", pool, number=number,
                       outcome=outcome)


def benches(node, pool, number):
    return node.logged(rf"EVENT benched {pool} \{number} ")


def go_bad(caller, node, pool, number, outcome="blocked", times=12):
    """Report until it is benched, `times` at most, and no further: what came
    after a short rest would count against the number again. What the event
    says, for such a rest may be over before anybody looks."""
    before = len(benches(node, pool, number))
    turn = view.explain(node, pool, number)["turn"]
    for _ in range(times):
        report(caller, pool, number, outcome, 1)
        if view.explain(node, pool, number)["turn"] > turn:
            break
    wait_until(lambda: len(benches(node, pool, number)) > before,
               what=lambda: view.explain(node, pool, number))
    return max((event for event in view.events(node, pool, number)
                if event["event"] == "benched"),
               key=lambda event: event["turn"])


def pick(caller, pool):
    return functions.call(caller, "pick", pool, callee=new_callee())


def test_blocks_on_the_wire_bench(node, caller, carrier):
    bad, *good = POOLS["wire"][0]
    carrier.behaviour = lambda seen: plans.blocked() \
        if seen.number == bad else plans.busy()
    for _ in range(40):
        caller.call(new_callee(), ["X-Do: pick", "X-Pool: wire"])
        if view.state(node, "wire", bad) == "benched":
            break
    view.wait_state(node, "wire", bad, "benched")
    assert view.reason(node, "wire", bad) == "blocked"
    event, = node.wait_log(r"EVENT benched wire \+?" + bad[1:])
    assert re.search(r"benched blocked [0-9.]+", event)
    assert {view.state(node, "wire", n) for n in good} == {"active"}
    carrier.forget()
    for _ in range(4):
        caller.call(new_callee(), ["X-Do: pick", "X-Pool: wire"])
    assert {seen.number for seen in carrier.calls} == set(good)


def test_a_route_benches_on_that_route(node, caller, carrier):
    number = POOLS["byroute"][0][0]
    carrier.behaviour = lambda seen: plans.blocked()
    for _ in range(6):
        caller.call(new_callee(), ["X-Do: track", "X-Pool: byroute",
                                   f"X-Number: {number}", "X-Route: east"])
    wait_until(lambda: view.routes(node, "byroute", number)["east"]["state"]
               == "benched", what=lambda: view.routes(node, "byroute",
                                                      number))
    picked = {route: {functions.call(caller, "pick", "byroute", route=route,
                                     callee=new_callee()).number
                      for _ in range(4)} for route in ("east", "west")}
    assert number not in picked["east"]
    assert number in picked["west"]


def test_people_bench(node, caller):
    number = POOLS["people"][0][0]
    go_bad(caller, node, "people", number, "unwanted")
    assert view.reason(node, "people", number) == "rejected"


def test_fewer_answers_bench(node, caller):
    number, other = POOLS["quiet"][0]
    for _ in range(20):
        report(caller, "quiet", other, "answered", 1)
        report(caller, "quiet", other, "noanswer", 2)
    report(caller, "quiet", number, "noanswer", 150)
    view.wait_state(node, "quiet", number, "benched")
    assert view.reason(node, "quiet", number) == "labelled"


def test_rest_ends(node, caller):
    number = POOLS["rest"][0][0]
    told = go_bad(caller, node, "rest", number)
    assert told["until"] - told["at"] == pytest.approx(2, abs=1)
    view.wait_state(node, "rest", number, "probation")
    assert time.time() >= told["until"]
    node.wait_log(r"EVENT released rest \+?" + number[1:])
    assert pick(caller, "rest").code == 1


def test_second_rest_is_longer(node, caller):
    number = POOLS["rest"][0][1]
    go_bad(caller, node, "rest", number)
    view.wait_state(node, "rest", number, "probation")
    told = go_bad(caller, node, "rest", number)
    assert told["strikes"] == 1  # a failed probation is none
    assert told["until"] - told["at"] == pytest.approx(4, abs=1)


def test_probation_passed(node, caller):
    number = POOLS["trial"][0][0]
    go_bad(caller, node, "trial", number)
    view.wait_state(node, "trial", number, "probation")
    report(caller, "trial", number, "answered", 10)
    view.wait_state(node, "trial", number, "active")


def test_probation_failed(node, caller):
    number = POOLS["trial"][0][1]
    go_bad(caller, node, "trial", number)
    view.wait_state(node, "trial", number, "probation")
    assert go_bad(caller, node, "trial", number, times=6)["strikes"] == 1


def test_life_of_a_number(node, caller):
    """Benched, fails its probation twice, passes it, is benched again."""
    number = POOLS["life"][0][0]
    turns = []
    for _ in range(3):
        turns.append(go_bad(caller, node, "life", number))
        view.wait_state(node, "life", number, "probation")
    report(caller, "life", number, "answered", 10)
    view.wait_state(node, "life", number, "active")
    turns.append(go_bad(caller, node, "life", number))
    assert [told["strikes"] for told in turns] == [1, 1, 1, 2]
    assert [told["until"] - told["at"] for told in turns] \
        == pytest.approx([1, 4, 4, 4], abs=1)


def test_no_probation(node, caller):
    number = POOLS["none"][0][0]
    go_bad(caller, node, "none", number)
    view.wait_state(node, "none", number, "active")


def test_share_benched_stops_the_pool(node, caller):
    numbers = POOLS["share"][0]
    for number in numbers[:2]:
        go_bad(caller, node, "share", number)
    assert pick(caller, "share").code == 1
    report(caller, "share", numbers[2], "blocked", 12)
    view.wait_state(node, "share", numbers[2], "benched")
    got = pick(caller, "share")
    assert (got.code, got.reason) == (-2, "share-benched")
    node.wait_log("EVENT pool-(alarm|exhausted) share")


def test_min_available_stops_the_pool(node, caller):
    numbers = POOLS["keep"][0]
    go_bad(caller, node, "keep", numbers[0])
    assert pick(caller, "keep").code == 1
    go_bad(caller, node, "keep", numbers[1])
    got = pick(caller, "keep")
    assert (got.code, got.reason) == (-2, "share-benched")


def test_least_bad_goes_on(node, caller):
    numbers = POOLS["least"][0]
    for number in numbers:
        go_bad(caller, node, "least", number)
    got = pick(caller, "least")
    assert got.code == 1
    assert got.number in numbers


def test_observe_mode_benches_nobody(make, pool_file, carrier):
    node = make.kamailio("functions.cfg", POOL_FILE=pool_file,
                         CARRIER_A=carrier.address, MODE="observe")
    caller = make.caller(node)
    number = POOLS["wire"][0][0]
    report(caller, "wire", number, "blocked", 12)
    node.wait_log(r"EVENT benched wire \+?" + number[1:])
    assert functions.call(caller, "state", "wire", number=number).code == 1
    assert {pick(caller, "wire").number for _ in range(6)} == \
        set(POOLS["wire"][0])


def test_event_is_announced_once(node, caller):
    number = POOLS["wire"][0][1]
    go_bad(caller, node, "wire", number)
    report(caller, "wire", number, "blocked", 30)
    assert len(node.wait_log(r"EVENT benched wire \+?" + number[1:])) == 1
