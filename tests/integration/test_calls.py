# SPDX-License-Identifier: GPL-2.0-or-later
"""Answered calls: short or not, BYE with Reason, and the caps."""

import time

import pytest
from harness import functions, plans, view
from harness.pools import EAGER, new_callee, new_numbers, write_pool_file
from harness.process import wait_until

LONG = 1.4    # s, beyond SHORT_CALL
POOLS = {"sales": (new_numbers(16), EAGER)}
for _cap in ("cap_minute", "cap_hour", "cap_day", "cap_concurrent"):
    POOLS[_cap] = (new_numbers(1), {**EAGER, _cap: 3})
POOLS["two"] = (new_numbers(2), {**EAGER, "cap_day": 2})
POOLS["talking"] = (new_numbers(1), {**EAGER, "cap_concurrent": 1})
POOLS["failing"] = (new_numbers(1), {**EAGER, "cap_concurrent": 1})
POOLS["own"] = ({new_numbers(1)[0]: {"cap_day": 2}}, EAGER)
POOLS["whole"] = (new_numbers(3), {**EAGER, "pool_cap_day": 4})


@pytest.fixture(scope="module")
def carrier(make_shared):
    return make_shared.carrier()


@pytest.fixture(scope="module")
def node(make_shared, carrier, tmp_path_factory):
    pools = write_pool_file(tmp_path_factory.mktemp("pools"), POOLS)
    return make_shared.kamailio("functions.cfg", POOL_FILE=pools,
                                CARRIER_A=carrier.address, SHORT_CALL=1,
                                leak_check=True)


@pytest.fixture(scope="module")
def caller(make_shared, node):
    return make_shared.caller(node)


def dial(caller, pool="sales"):
    return caller.call(new_callee(), ["X-Do: pick", f"X-Pool: {pool}"])


def settled(node, number, expected):
    """Counts as expected, also after `short_call` has passed."""
    view.wait_counts(node, "sales", number, expected)
    started = time.monotonic()
    wait_until(lambda: time.monotonic() - started > LONG, 3)
    assert view.counts(node, "sales", number) == expected


def test_short_by_the_caller(node, caller, carrier):
    carrier.behaviour = lambda seen: plans.answered()
    call = dial(caller)
    assert call.status == 200
    assert call.bye().status == 200
    settled(node, carrier.calls[-1].number, {"short": 1})


def test_short_by_the_callee(node, caller, carrier):
    carrier.behaviour = lambda seen: plans.short()
    call = dial(caller)
    call.wait_bye()
    settled(node, carrier.calls[-1].number, {"short": 1})


def test_answered_is_counted_while_the_call_lasts(node, caller, carrier):
    carrier.behaviour = lambda seen: plans.answered()
    call = dial(caller)
    number = carrier.calls[-1].number
    assert view.counts(node, "sales", number) == {}
    view.wait_counts(node, "sales", number, {"answered": 1})
    call.bye()
    settled(node, number, {"answered": 1})


def test_long_by_the_callee(node, caller, carrier):
    carrier.behaviour = lambda seen: plans.answered(bye_after=LONG)
    call = dial(caller)
    call.wait_bye()
    settled(node, carrier.calls[-1].number, {"answered": 1})


def test_bye_607_late(node, caller, carrier):
    carrier.behaviour = lambda seen: plans.answered(
        bye_after=LONG, bye_headers=[plans.REASON_607],
        bye_outcome="unwanted")
    call = dial(caller)
    bye = call.wait_bye()
    assert "607" in bye.get("reason")
    number = carrier.calls[-1].number
    wait_until(lambda: view.counts(node, "sales",
                                   number).get("unwanted") == 1)
    counts = view.counts(node, "sales", number)
    assert counts.pop("unwanted") == 1
    assert counts in ({"answered": 1}, {})


def test_bye_607_early(node, caller, carrier):
    carrier.behaviour = lambda seen: plans.answered(
        bye_after=0.1, bye_headers=[plans.REASON_607],
        bye_outcome="unwanted")
    dial(caller).wait_bye()
    number = carrier.calls[-1].number
    wait_until(lambda: view.counts(node, "sales",
                                   number).get("unwanted") == 1)
    counts = view.counts(node, "sales", number)
    assert counts.pop("unwanted") == 1
    assert counts in ({"short": 1}, {})


@pytest.mark.parametrize("reason", [
    'Reason: Q.850;cause=16;text="Normal call clearing"',
    "Reason: SIP;cause=200", 'Reason: Q.850;cause=607'])
def test_bye_with_another_reason(node, caller, carrier, reason):
    carrier.behaviour = lambda seen: plans.answered(
        bye_after=LONG, bye_headers=[reason])
    dial(caller).wait_bye()
    settled(node, carrier.calls[-1].number, {"answered": 1})


def test_bye_607_joined_with_q850(node, caller, carrier):
    carrier.behaviour = lambda seen: plans.answered(
        bye_after=LONG, bye_headers=[
            'Reason: Q.850;cause=16;text="a, b",SIP ;cause=607'])
    dial(caller).wait_bye()
    number = carrier.calls[-1].number
    wait_until(lambda: view.counts(node, "sales",
                                   number).get("unwanted") == 1)


def test_retransmitted_bye_607_counts_once(node, caller, carrier):
    carrier.behaviour = lambda seen: plans.answered()
    call = dial(caller)
    seen = carrier.calls[-1]
    view.wait_counts(node, "sales", seen.number, {"answered": 1})
    carrier.hang_up(seen, headers=[plans.REASON_607])
    call.wait_bye()
    wait_until(lambda: view.counts(node, "sales",
                                   seen.number).get("unwanted"))
    assert view.counts(node, "sales", seen.number)["unwanted"] == 1


# ----- caps ------------------------------------------------------------------


def pick(caller, pool):
    return functions.call(caller, "pick", pool, callee=new_callee())


@pytest.mark.parametrize("cap", ["cap_minute", "cap_hour", "cap_day"])
def test_cap(caller, carrier, cap):
    carrier.behaviour = lambda seen: plans.busy()
    if cap == "cap_minute":  # not across the turn of a minute
        wait_until(lambda: time.time() % 60 < 55, 10)
    for _ in range(3):
        assert dial(caller, cap).status == 486
    refused = dial(caller, cap)
    assert refused.status == 503
    assert refused.final.get("x-reputation") == "all-capped"


def test_cap_turns_to_the_next_number(caller, carrier):
    carrier.behaviour = lambda seen: plans.busy()
    carrier.forget()
    assert [dial(caller, "two").status for _ in range(5)] == [486] * 4 + [503]
    shown = [seen.number for seen in carrier.calls]
    assert [shown.count(number) for number in POOLS["two"][0]] == [2, 2]


def test_cap_of_the_numbers_own(caller, carrier):
    carrier.behaviour = lambda seen: plans.busy()
    assert [dial(caller, "own").status for _ in range(3)] == [486, 486, 503]


def test_pool_cap(caller, carrier):
    carrier.behaviour = lambda seen: plans.busy()
    assert [dial(caller, "whole").status for _ in range(5)] == \
        [486] * 4 + [503]


def test_cap_concurrent(caller, carrier):
    carrier.behaviour = lambda seen: plans.rings()
    calls = []
    for _ in range(3):
        call = caller.invite(new_callee(), ["X-Do: pick",
                                            "X-Pool: cap_concurrent"])
        call.wait_provisional()
        calls.append(call)
    refused = dial(caller, "cap_concurrent")
    assert refused.final.get("x-reputation") == "all-capped"
    calls[0].cancel()
    calls[0].wait_final()
    carrier.behaviour = lambda seen: plans.busy()
    wait_until(lambda: dial(caller, "cap_concurrent").status == 486,
               what="room for another call")
    for call in calls[1:]:
        call.cancel()
        call.wait_final()


def test_cap_concurrent_is_given_back_by_a_failed_call(caller, carrier):
    """Not when tm lets go of the transaction, seconds later."""
    carrier.behaviour = lambda seen: plans.busy()
    assert [dial(caller, "failing").status for _ in range(4)] == [486] * 4


def test_cap_concurrent_holds_until_the_bye(caller, carrier):
    carrier.behaviour = lambda seen: plans.answered()
    call = dial(caller, "talking")
    assert call.status == 200
    started = time.monotonic()
    wait_until(lambda: time.monotonic() - started > LONG, 3)
    assert dial(caller, "talking").final.get("x-reputation") == "all-capped"
    call.bye()
    carrier.behaviour = lambda seen: plans.busy()
    wait_until(lambda: dial(caller, "talking").status == 486,
               what="room for another call")
