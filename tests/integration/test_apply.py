# SPDX-License-Identifier: GPL-2.0-or-later
"""What goes over the wire: From and P-Asserted-Identity, wherever in the
script the number is picked and written."""

import pytest
from harness import functions, plans, sip, view
from harness.plans import final
from harness.pools import (EAGER, new_callee, new_numbers, only,
                           write_pool_file)
from harness.process import wait_until

POOLS = {name: (new_numbers(1), EAGER)
         for name in ("branch", "serial", "late", "replaced")}


# ----- the example configuration ---------------------------------------------


@pytest.fixture(scope="module")
def outbound(make_shared, carrier, tmp_path_factory):
    pools = write_pool_file(tmp_path_factory.mktemp("pools"),
                            {"sales": (new_numbers(2), EAGER)})
    return make_shared.kamailio("outbound.cfg", REDIS="", POOL_FILE=pools,
                                CARRIER_A=carrier.address)


@pytest.fixture(scope="module")
def dialer(make_shared, outbound):
    return make_shared.caller(outbound)


@pytest.fixture
def answered_call(dialer, carrier):
    carrier.behaviour = lambda seen: plans.answered()
    call = dialer.call(new_callee(), [
        "P-Asserted-Identity: <sip:+19995550001@dialer.example>"],
        from_display="Dialer")
    assert call.status == 200
    seen = carrier.calls[-1]
    yield call, seen
    call.bye()
    wait_until(lambda: seen.got("BYE"), what="BYE at the carrier")


def test_from_and_pai_carry_the_number(answered_call, outbound):
    _, seen = answered_call
    assert seen.number in view.numbers(outbound, "sales")
    # the one that stood there is replaced, not joined by another
    assert seen.asserted == [seen.number]


def test_pai_is_added_where_there_was_none(dialer, carrier):
    carrier.behaviour = lambda seen: plans.busy()
    dialer.call(new_callee())
    seen = carrier.calls[-1]
    assert seen.asserted == [seen.number]


def test_several_pai_are_replaced(dialer, carrier):
    carrier.behaviour = lambda seen: plans.busy()
    dialer.call(new_callee(), [
        "P-Asserted-Identity: <sip:+19995550001@dialer.example>,"
        " <tel:+19995550001>",
        "P-Asserted-Identity: <tel:+19995550002>"])
    seen = carrier.calls[-1]
    assert seen.asserted == [seen.number]


def test_from_is_restored_in_replies(answered_call):
    call, seen = answered_call
    ours = call.invite.get("from")
    for reply in [*call.provisional, call.final]:
        assert sip.user_of(reply.get("from")) == sip.user_of(ours)
        assert sip.parameter(reply.get("from"), "tag") == \
            sip.parameter(ours, "tag")
    assert seen.number != sip.user_of(ours)


def test_from_in_later_requests(answered_call):
    call, seen = answered_call
    reply = call.request("INFO")
    assert reply.status == 200
    info = seen.got("INFO")[0]
    assert sip.user_of(info.get("from")) == seen.number
    assert sip.user_of(reply.get("from")) == sip.user_of(
        call.invite.get("from"))
    ack = wait_until(lambda: seen.got("ACK"))[0]
    assert sip.user_of(ack.get("from")) == seen.number


def test_to_in_requests_from_the_other_side(dialer, carrier):
    carrier.behaviour = lambda seen: plans.answered(bye_after=0.1)
    call = dialer.call(new_callee())
    bye = call.wait_bye()
    assert sip.user_of(bye.get("to")) == sip.user_of(call.invite.get("from"))
    seen = carrier.calls[-1]
    wait_until(lambda: seen.bye_reply, what="reply to BYE")
    assert seen.bye_reply == 200


# ----- in every kind of route ------------------------------------------------


@pytest.fixture(scope="module")
def node(make_shared, peers, tmp_path_factory):
    pools = write_pool_file(tmp_path_factory.mktemp("pools"), POOLS)
    return make_shared.kamailio(
        "functions.cfg", POOL_FILE=pools, CARRIER_A=peers[0].address,
        CARRIER_B=peers[1].address, leak_check=True,
        allow_errors=[r"reputation_apply: From is replaced already"])


def test_branch_route_applies_to_each_branch(node, caller, peers):
    number = only(POOLS, "branch")
    for peer in peers:
        peer.behaviour = lambda seen: plans.busy()
    call = functions.dial(caller, "branch", do="in-branch")
    for peer in peers:
        seen, = peer.to(call.callee)
        assert seen.number == number
        assert seen.asserted == [number]
    view.settled(node, "branch", number, {"busy": 2})


def test_applied_again_in_each_failure_route(caller, peers):
    number = only(POOLS, "serial")
    peers[0].behaviour = lambda seen: plans.failed()
    call = functions.dial(caller, "serial", do="in-failure")
    first, second, third = peers[0].to(call.callee)
    assert first.number == caller.number
    assert first.asserted == []
    for seen in (second, third):
        assert seen.number == number
        assert seen.asserted == [number]
        assert len(sip.split_commas(seen.invite.get_all("from"))) == 1


def test_first_pick_in_failure_route_leaves_out_what_was_before(
        node, caller, peers):
    number = only(POOLS, "late")
    answers = iter([final(403), plans.failed(), plans.busy()])
    peers[0].behaviour = lambda seen: next(answers)
    functions.dial(caller, "late", do="in-failure")
    view.settled(node, "late", number, {"failed": 1, "busy": 1})
    for route, expected in (("second", {"failed": 1}), ("third", {"busy": 1})):
        assert view.route_counts(node, "late", number, route) == expected


def test_apply_says_no_when_the_script_replaced_from_itself(
        node, caller, peers):
    peers[0].behaviour = lambda seen: plans.busy()
    call = functions.dial(caller, "replaced", do="replaced")
    assert functions.saw(node, call, "applied") == ["-1"]
    seen, = peers[0].to(call.callee)
    assert seen.number == "+12025550000"
    assert seen.asserted == []
