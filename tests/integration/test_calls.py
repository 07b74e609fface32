# SPDX-License-Identifier: GPL-2.0-or-later
"""Answered calls: short or not, BYE with Reason, and the caps."""

import time

import pytest
from harness import functions, plans, sip, view
from harness.functions import dial
from harness.pools import EAGER, new_numbers, only, write_pool_file
from harness.process import wait_until

POOLS = {"sales": (new_numbers(16), EAGER)}
for _name in ("forged", "repeated"):
    POOLS[_name] = (new_numbers(1), EAGER)
for _name in ("cap_minute", "cap_hour", "cap_day", "cap_concurrent"):
    POOLS[_name] = (new_numbers(1), {**EAGER, _name: 3})
POOLS["talking"] = (new_numbers(1), {**EAGER, "cap_concurrent": 1})
POOLS["two"] = (new_numbers(2), {**EAGER, "cap_day": 2})
POOLS["own"] = ({new_numbers(1)[0]: {"cap_day": 2}}, EAGER)
POOLS["whole"] = (new_numbers(3), {**EAGER, "pool_cap_day": 4})
POOLS["paced"] = (new_numbers(3), {**EAGER, "pool_cap_second": 5})


def start(make, carrier, tmp_path_factory, short_call):
    pools = write_pool_file(tmp_path_factory.mktemp("pools"), POOLS)
    return make.kamailio("functions.cfg", POOL_FILE=pools,
                         CARRIER_A=carrier.address, SHORT_CALL=short_call,
                         leak_check=True)


@pytest.fixture(scope="module")
def node(make_shared, carrier, tmp_path_factory):
    """A call is soon no longer short: the tests wait for its count."""
    return start(make_shared, carrier, tmp_path_factory, 1)


@pytest.fixture(scope="module")
def patient(make_shared, carrier, tmp_path_factory):
    """A proxy on which each call of the tests is short, and its dialer."""
    slow = start(make_shared, carrier, tmp_path_factory, 600)
    return slow, make_shared.caller(slow)


def answered(caller, carrier, pool="sales"):
    """A call that is answered, and goes on: (call, the carrier's side)."""
    carrier.behaviour = lambda seen: plans.answered()
    call = dial(caller, pool)
    assert call.status == 200
    return call, carrier.to(call.callee)[0]


def long_one(node, caller, carrier, pool="sales"):
    """The same, and it is no longer short."""
    call, seen = answered(caller, carrier, pool)
    view.wait_counts(node, pool, seen.number, {"answered": 1})
    return call, seen


def hang_up(carrier, seen, *headers):
    """BYE from the callee, until it is answered."""
    seen.bye_reply = None
    carrier.hang_up(seen, headers=headers)
    wait_until(lambda: seen.bye_reply, what="reply to the BYE")


# ----- short or not ----------------------------------------------------------


def test_short_by_the_caller(patient, carrier):
    call, seen = answered(patient[1], carrier)
    assert call.bye().status == 200
    view.settled(patient[0], "sales", seen.number, {"short": 1})


def test_short_by_the_callee(patient, carrier):
    _, seen = answered(patient[1], carrier)
    hang_up(carrier, seen)
    view.settled(patient[0], "sales", seen.number, {"short": 1})


def test_not_counted_while_it_may_be_short(patient, carrier):
    node, caller = patient
    call, seen = answered(caller, carrier)
    # the transaction is gone, and the call has not been counted
    wait_until(lambda: view.stats(node)["calls"] == 0)
    assert view.stats(node)["answered_calls"] == 1
    assert view.counts(node, "sales", seen.number) == {}
    call.bye()
    view.settled(node, "sales", seen.number, {"short": 1})


def test_answered_is_counted_while_the_call_lasts(node, caller, carrier):
    call, seen = long_one(node, caller, carrier)
    call.bye()
    view.settled(node, "sales", seen.number, {"answered": 1})


def test_long_by_the_callee(node, caller, carrier):
    _, seen = long_one(node, caller, carrier)
    hang_up(carrier, seen)
    view.settled(node, "sales", seen.number, {"answered": 1})


# ----- BYE with Reason -------------------------------------------------------


def test_bye_607_late(node, caller, carrier):
    call, seen = long_one(node, caller, carrier)
    hang_up(carrier, seen, plans.REASON_607)
    assert "607" in call.wait_bye().get("reason")
    view.settled(node, "sales", seen.number, {"answered": 1, "unwanted": 1})


def test_bye_607_early(patient, carrier):
    """It says more than that the call was short."""
    _, seen = answered(patient[1], carrier)
    hang_up(carrier, seen, plans.REASON_607)
    view.settled(patient[0], "sales", seen.number, {"unwanted": 1})


@pytest.mark.parametrize("reason", [
    'Reason: Q.850;cause=16;text="Normal call clearing"',
    "Reason: SIP;cause=200", 'Reason: Q.850;cause=607'])
def test_bye_with_another_reason(patient, carrier, reason):
    _, seen = answered(patient[1], carrier)
    hang_up(carrier, seen, reason)
    view.settled(patient[0], "sales", seen.number, {"short": 1})


def test_bye_607_joined_with_q850(patient, carrier):
    _, seen = answered(patient[1], carrier)
    hang_up(carrier, seen,
            'Reason: Q.850;cause=16;text="a, b",SIP ;cause=607')
    view.settled(patient[0], "sales", seen.number, {"unwanted": 1})


def forged_bye(caller, node, carrier, number, call_id, mark=None):
    route = f"<sip:{node.address[0]}:{node.address[1]};lr"
    route += f";rep={mark}>" if mark else ">"
    caller.send(sip.Message(f"BYE sip:x@{carrier.address} SIP/2.0", [
        ("Via", f"SIP/2.0/UDP {caller.address};branch={sip.new_branch()}"),
        ("Route", route), ("Max-Forwards", "70"),
        ("From", f"<sip:x@example.net>;tag={sip.token()}"),
        ("To", f"<sip:{number}@example.net>;tag={sip.token()}"),
        ("Call-ID", call_id), ("CSeq", "1 BYE"),
        ("Reason", "SIP;cause=607")]), node.address)


def test_forged_byes_count_nothing(node, caller, carrier):
    number = only(POOLS, "forged")
    call, _ = long_one(node, caller, carrier, "forged")
    for mark in (None, "0" * 16, "f" * 16, "", "0"):
        for call_id in (sip.token(12), call.call_id):
            forged_bye(caller, node, carrier, number, call_id, mark)
    # each of them was carried on to the carrier, so it was looked at
    wait_until(lambda: len(carrier.strays("BYE")) >= 10,
               what="the BYEs at the carrier")
    assert call.bye().status == 200
    view.settled(node, "forged", number, {"answered": 1})


def test_late_bye_607_counts_once_however_often_it_comes(node, caller,
                                                         carrier):
    call, seen = long_one(node, caller, carrier, "repeated")
    for _ in range(3):
        hang_up(carrier, seen, plans.REASON_607)
    assert call.ended_by_peer
    view.settled(node, "repeated", seen.number,
                 {"answered": 1, "unwanted": 1})


# ----- caps ------------------------------------------------------------------


@pytest.mark.parametrize("cap", ["cap_minute", "cap_hour", "cap_day"])
def test_cap(caller, carrier, cap):
    carrier.behaviour = lambda seen: plans.busy()
    # not across the turn of a minute, of an hour, of a day
    period = {"cap_minute": 60, "cap_hour": 3600, "cap_day": 86400}[cap]
    wait_until(lambda: time.time() % period < period - 20)
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


def test_pool_cap_second(caller, carrier):
    """Calls one after the other, as fast as they are answered."""
    carrier.behaviour = lambda seen: plans.busy()
    made, refused = [], 0

    def enough():
        nonlocal refused
        begin = time.monotonic()
        call = dial(caller, "paced")
        if call.status == 486:
            made.append((begin, time.monotonic()))
        else:
            assert call.final.get("x-reputation") == "all-capped"
            refused += 1
        return len(made) >= 15
    wait_until(enough, interval=0)
    assert refused
    assert all(last[1] - first[0] >= 1
               for first, last in zip(made, made[5:]))


def test_cap_concurrent(caller, carrier):
    carrier.behaviour = lambda seen: plans.rings()
    calls = [functions.invite(caller, "cap_concurrent") for _ in range(3)]
    for call in calls:
        call.wait_provisional()
    refused = dial(caller, "cap_concurrent")
    assert refused.final.get("x-reputation") == "all-capped"
    calls[0].cancel()
    assert calls[0].wait_final().status == 487
    carrier.behaviour = lambda seen: plans.busy()
    wait_until(lambda: dial(caller, "cap_concurrent").status == 486,
               what="room for another call")
    for call in calls[1:]:
        call.cancel()
        call.wait_final()


def test_cap_concurrent_holds_until_the_bye(node, caller, carrier):
    call, seen = long_one(node, caller, carrier, "talking")
    assert dial(caller, "talking").final.get("x-reputation") == "all-capped"
    call.bye()
    carrier.behaviour = lambda seen: plans.busy()
    wait_until(lambda: dial(caller, "talking").status == 486,
               what="room for another call")


def test_short_call_0_holds_a_call_until_its_end(make, carrier,
                                                 tmp_path_factory):
    node = start(make, carrier, tmp_path_factory, 0)
    caller = make.caller(node)
    call, seen = answered(caller, carrier, "talking")
    assert dial(caller, "talking").final.get("x-reputation") == "all-capped"
    wait_until(lambda: view.stats(node)["calls"] == 0)
    # the transaction is gone, the call is not
    assert view.counts(node, "talking", seen.number) == {"answered": 1}
    assert dial(caller, "talking").final.get("x-reputation") == "all-capped"
    call.bye()
    carrier.behaviour = lambda seen: plans.busy()
    wait_until(lambda: dial(caller, "talking").status == 486,
               what="room for another call")
