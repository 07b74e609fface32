# SPDX-License-Identifier: GPL-2.0-or-later
"""Which number is picked: tags, attestation, weights; and no number at all
that fits."""

from collections import Counter

import pytest
from harness import functions, view
from harness.pools import EAGER, new_callee, new_numbers, write_pool_file
from harness.process import wait_until

TAGGED = new_numbers(4)
SIGNED = new_numbers(4)
HEAVY = new_numbers(3)
LIVE = new_numbers(2)
POOLS = {
    "tags": ({TAGGED[0]: {"tags": ["us", "sales"]},
              TAGGED[1]: {"tags": ["us"]},
              TAGGED[2]: {"tags": ["sales", "east", "us"]},
              TAGGED[3]: {}}, {**EAGER, "require_tags": "us,sales"}),
    "attest": ({SIGNED[0]: {"attest": {"east": "A", "west": "C"}},
                SIGNED[1]: {"attest": {"east": "B", "west": "B"}},
                SIGNED[2]: {"attest": {"west": "A"}},
                SIGNED[3]: {}}, {**EAGER, "require_attest": "B"}),
    "weights": ({HEAVY[0]: {"weight": 4}, HEAVY[1]: {},
                 HEAVY[2]: {"weight": 2}}, {**EAGER, "order": "weighted"}),
    "nobody": (new_numbers(2), {**EAGER, "require_tags": "gold"}),
}


@pytest.fixture(scope="module")
def node(make_shared, tmp_path_factory):
    pools = write_pool_file(tmp_path_factory.mktemp("pools"), POOLS)
    return make_shared.kamailio("functions.cfg", POOL_FILE=pools,
                                leak_check=True)


def pick(caller, pool, **options):
    return functions.call(caller, "pick", pool, callee=new_callee(),
                          **options)


def picked(caller, pool, times, **options):
    got = [pick(caller, pool, **options) for _ in range(times)]
    assert {(g.code, g.reason) for g in got} == {(1, "picked")}
    return Counter(g.number for g in got)


def test_all_required_tags(caller):
    assert picked(caller, "tags", 8) == {TAGGED[0]: 4, TAGGED[2]: 4}


@pytest.mark.parametrize("route,fit", [
    ("east", [0, 1]), ("west", [1, 2]), (None, [0, 1, 2])])
def test_attestation_on_the_route(caller, route, fit):
    options = {"route": route} if route else {}
    assert set(picked(caller, "attest", 9, **options)) == {
        SIGNED[i] for i in fit}


def test_no_attestation_on_a_route_that_nobody_has(caller):
    got = pick(caller, "attest", route="north")
    assert (got.code, got.number, got.reason) == (-2, "", "no-match")


def test_calls_by_weight(caller):
    assert picked(caller, "weights", 28) == {
        HEAVY[0]: 16, HEAVY[1]: 4, HEAVY[2]: 8}


def test_no_number_that_fits(node, caller):
    got = pick(caller, "nobody")
    assert (got.code, got.number, got.reason) == (-2, "", "no-match")
    assert node.rpc("reputation.try", "nobody",
                    new_callee())["reason"] == "no-match"
    # the same for a call that would be relayed
    call = functions.dial(caller, "nobody")
    assert (call.status, call.final.get("x-reputation")) == (503, "no-match")
    for number in POOLS["nobody"][0]:
        assert functions.call(caller, "state", "nobody",
                              number=number).state == "active"


def test_attributes_edited_while_calls_run(make, redis):
    first, second = LIVE
    redis.seed("edited", LIVE, {**EAGER, "require_tags": "gold"})
    node = make.kamailio("functions.cfg", REDIS=redis.url)
    caller = make.caller(node)
    view.wait_connected(node)
    view.wait_numbers(node, "edited", LIVE)
    assert pick(caller, "edited").reason == "no-match"
    redis.set_number("edited", second, tags=["gold"], note="fits")
    functions.wait_picked(caller, "edited", second)
    assert set(picked(caller, "edited", 4)) == {second}
    redis.client.hdel("rep:policy:{edited}", "require_tags")
    functions.wait_picked(caller, "edited", first)


# ----- what goes out is what is owned -----------------------------------------

OWNED = new_numbers(4)
OWNERS = {
    "levels": ({OWNED[0]: {"attest": {"east": "A", "west": "C"}}}, EAGER),
    "warned": ({OWNED[1]: {"attest": {"east": "A", "west": "C"}},
                OWNED[2]: {"attest": {"east": "B"}}},
               {**EAGER, "warn_attest_below": "B"}),
    "shown": ({OWNED[3]: {
        "tags": ["us", "new"], "note": "main line", "name": "Acme",
        "attest": {"east": "A"}, "verified": "2026-11-01",
        "registered": {"free-caller": "2026-10-31", "other": "2025-01-02"}}},
        EAGER),
}


@pytest.fixture(scope="module")
def owned(make_shared, tmp_path_factory):
    return make_shared.kamailio("functions.cfg", POOL_FILE=write_pool_file(
        tmp_path_factory.mktemp("owned"), OWNERS), leak_check=True)


@pytest.fixture(scope="module")
def owner(make_shared, owned):
    return make_shared.caller(owned)


@pytest.mark.parametrize("route,level", [
    ("east", "A"), ("west", "C"), ("north", ""), ("north,west", "")])
def test_attest_is_that_on_the_route_of_the_pick(owner, route, level):
    got = pick(owner, "levels", route=route)
    assert (got.number, got.attest) == (OWNED[0], level)


def test_less_than_is_asked_for_is_announced_once(owned, owner):
    for _ in range(4):
        assert pick(owner, "warned", route="east").code == 1
    assert not owned.logged("EVENT attest-below")
    for _ in range(6):
        assert pick(owner, "warned", route="west").code == 1
    # once a minute and pool, whatever number was the first
    line, = owned.wait_log("EVENT attest-below warned")
    number, level = line.split()[-4:-2]
    assert (number, level) in ((OWNED[1], "C"), (OWNED[2], "none"))
    assert line.endswith("on west")
    logged, = owned.logged(r"goes out on route west with attestation (C|none):"
                           " B or better is asked for")
    assert number in logged
    assert owned.rpc("reputation.try", "warned", new_callee(), "west")


def test_what_operators_wrote_is_shown(owned):
    for entry in (view.numbers(owned, "shown")[OWNED[3]],
                  view.explain(owned, "shown", OWNED[3])):
        assert entry["registered"] == {"free-caller": "2026-10-31",
                                       "other": "2025-01-02"}
        assert entry["attest"] == {"east": "A"}
        assert [entry[name] for name in ("tags", "note", "name", "verified")
                ] == ["us,new", "main line", "Acme", "2026-11-01"]
    plain = view.numbers(owned, "levels")[OWNED[0]]
    assert set(plain) & {"tags", "note", "name", "verified", "registered",
                         "attest"} == {"attest"}


def test_registered_numbers_only_live_on_two_nodes(make, redis):
    """By redis-cli, by RPC, and what is malformed."""
    first, second = numbers = new_numbers(2)
    redis.seed("registered", numbers, {**EAGER, "require_registered": 1})
    nodes = [make.kamailio("functions.cfg", REDIS=redis.url, NODE_ID=name,
                           allow_errors=["registered"])
             for name in ("one", "two")]
    callers = [make.caller(node) for node in nodes]
    for node in nodes:
        view.wait_connected(node)
        view.wait_numbers(node, "registered", numbers)
    assert {pick(caller, "registered").reason
            for caller in callers} == {"no-match"}
    redis.set_number("registered", first, registered={"fcr": "2026-11-28"})
    for node, caller in zip(nodes, callers):
        functions.wait_picked(caller, "registered", first)
        assert set(picked(caller, "registered", 3)) == {first}
    redis.set_number("registered", first, registered="yes")
    for node in nodes:
        wait_until(lambda n=node: view.mentions(
            view.stats(n)["errors"], first, "registered is not an object"))
        assert len(node.logged("registered is not an object")) == 1
    # the last good value is in force
    assert set(picked(callers[0], "registered", 3)) == {first}
    nodes[0].rpc("reputation.add", "registered", second,
                 '{"registered":{"fcr":"2026-11-27"}}')
    for caller in callers:
        functions.wait_picked(caller, "registered", second)
    redis.client.hdel("rep:policy:{registered}", "require_registered")
    for number in numbers:
        redis.set_number("registered", number)
    for node, caller in zip(nodes, callers):
        functions.wait_picked(caller, "registered", first)
        wait_until(lambda n=node: not view.as_list(view.stats(n)["errors"]))


def test_attest_below_is_one_event_over_all_proxies(make, redis):
    number, = new_numbers(1)
    redis.seed("below", {number: {"attest": {"east": "C"}}}, {
        **EAGER, "warn_attest_below": "A"})
    for name in ("one", "two"):
        node = make.kamailio("functions.cfg", REDIS=redis.url, NODE_ID=name)
        caller = make.caller(node)
        view.wait_connected(node)
        view.wait_numbers(node, "below", [number])
        functions.wait_picked(caller, "below", number)
        assert pick(caller, "below", route="east").attest == "C"
        node.wait_log(rf"EVENT attest-below below \{number} C")
        # what comes after it is written after it
        node.rpc("reputation.bench", "below", number, 60, f"by-{name}")
        wait_until(lambda: [e for e in redis.events() if e["event"] == "benched"
                            and e["route"] == f"by-{name}"])
    event, = [e for e in redis.events() if e["event"] == "attest-below"]
    assert (event["pool"], event["number"], event["reason"]) == (
        "below", number, "C")
    assert event["detail"] == "A is asked for"
    assert event["state"] == "active"
