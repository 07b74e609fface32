# SPDX-License-Identifier: GPL-2.0-or-later
"""The number that a callee sees: the same on every proxy, one of its own area
where there is one, and how reputation.try says so."""

import pytest
from harness import functions, view
from harness.pools import EAGER, new_callee, write_pool_file

POLICY = {**EAGER, "sticky": 1}
AREA = [f"+1415555{n:04d}" for n in range(6)]
OTHERS = [f"+1628555{n:04d}" for n in range(6)]
NUMBERS = AREA + OTHERS
LOCAL_CALLEE = "+14157770001"
POOLS = {
    "sticky": (NUMBERS, POLICY),
    "local": (NUMBERS, {**POLICY, "local_digits": 3}),
    "turns": (NUMBERS, {**EAGER, "local_digits": 3}),
    "neither": (NUMBERS, EAGER),
    "default": (NUMBERS, {}),
}


@pytest.fixture(scope="module")
def node(make_shared, tmp_path_factory):
    pools = write_pool_file(tmp_path_factory.mktemp("pools"), POOLS)
    return make_shared.kamailio("functions.cfg", POOL_FILE=pools,
                                leak_check=True)


def pick(caller, pool, callee, **options):
    got = functions.call(caller, "pick", pool, callee=callee, **options)
    assert got.code == 1
    return got


def owns(caller, pool, callees):
    return {c: pick(caller, pool, c).number for c in callees}


@pytest.mark.parametrize("pool,reason,numbers,among", [
    ("neither", "picked", 12, NUMBERS), ("sticky", "sticky", 1, NUMBERS),
    ("turns", "local", 6, AREA), ("local", "local", 1, AREA),
    ("default", "sticky", 1, NUMBERS)])
def test_precedence(caller, pool, reason, numbers, among):
    got = [pick(caller, pool, LOCAL_CALLEE) for _ in range(12)]
    assert {g.reason for g in got} == {reason}
    seen = {g.number for g in got}
    assert len(seen) == numbers and seen <= set(among)


def test_without_a_local_number_the_callees_own(caller):
    got = pick(caller, "local", "+13035550001")
    assert got.reason == "sticky"
    assert pick(caller, "sticky", "+13035550001").number == got.number


def test_a_bench_moves_its_callees_and_back(node, caller):
    callees = [new_callee() for _ in range(60)]
    before = owns(caller, "sticky", callees)
    gone = before[callees[0]]
    node.rpc("reputation.bench", "sticky", gone, 600)
    after = owns(caller, "sticky", callees)
    assert gone not in after.values()
    assert {c for c in callees if after[c] != before[c]} == {
        c for c in callees if before[c] == gone}
    node.rpc("reputation.release", "sticky", gone)
    assert owns(caller, "sticky", callees) == before


def test_two_proxies_agree(make, redis):
    redis.seed("shared", NUMBERS, POLICY)
    callers = []
    for _ in range(2):
        node = make.kamailio("functions.cfg", REDIS=redis.url)
        callers.append(make.caller(node))
        view.wait_connected(node)
        view.wait_numbers(node, "shared", NUMBERS)
    callees = [new_callee() for _ in range(40)]
    for caller in callers:
        for number in NUMBERS:
            functions.wait_picked(caller, "shared", number)
    first = owns(callers[0], "shared", callees)
    assert owns(callers[1], "shared", reversed(callees)) == first
    assert len(set(first.values())) > 6


def test_try_tells_each_step(node, caller):
    own = pick(caller, "local", LOCAL_CALLEE).number
    node.rpc("reputation.bench", "local", own, 600)
    got = node.rpc("reputation.try", "local", LOCAL_CALLEE)
    assert got["reason"] == "local" and got["number"] in AREA
    step, = view.as_list(got["steps"])
    assert (step["local_prefix"], step["by"], step["own"]) == (
        "+1415", "callee", own)
    assert (step["numbers"], step["looked_at"], step["benched"],
            step["taken"]) == (6, 2, 1, got["number"])
    skipped, = view.as_list(got["skipped"])
    assert (skipped["number"], skipped["why"]) == (own, "benched")
    assert pick(caller, "local", LOCAL_CALLEE).number == got["number"]
    node.rpc("reputation.release", "local", own)


def test_try_tells_fallbacks(node, caller):
    for number in AREA:
        node.rpc("reputation.bench", "local", number, 600)
    got = node.rpc("reputation.try", "local", LOCAL_CALLEE)
    assert got["reason"] == "sticky" and got["number"] in OTHERS
    first, second = view.as_list(got["steps"])
    assert (first["local_prefix"], first["benched"]) == ("+1415", 6)
    assert "taken" not in first
    assert "local_prefix" not in second
    assert (second["numbers"], second["taken"]) == (12, got["number"])
    assert pick(caller, "local", LOCAL_CALLEE).number == got["number"]
    for number in AREA:
        node.rpc("reputation.release", "local", number)
