# SPDX-License-Identifier: GPL-2.0-or-later
"""Which number is picked: tags, attestation, weights; and no number at all
that fits."""

from collections import Counter

import pytest
from harness import functions, view
from harness.pools import EAGER, new_callee, new_numbers, write_pool_file

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
