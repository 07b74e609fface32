# SPDX-License-Identifier: GPL-2.0-or-later
"""Each branch's final reply is counted once: serial and parallel forking,
retransmissions, timeouts, CANCEL and what crosses it."""

from collections import Counter

import pytest
from harness import functions, plans, view
from harness.marks import ALL_SHORT, RINGING_ENDS, SILENCE_ENDS
from harness.plans import Plan, Reply, final
from harness.pools import EAGER, new_callee, new_numbers, write_pool_file
from harness.process import free_port, wait_until

COUNT = 60
# ms that a transaction outlives its end: each test waits for that
SHORT_WAIT = 500


def start(make, tmp_path_factory, cfg, peers, **options):
    pools = write_pool_file(tmp_path_factory.mktemp("pools"),
                            {"sales": (new_numbers(COUNT), EAGER)})
    node = make.kamailio(
        cfg, POOL_FILE=pools, CARRIER_A=peers[0].address,
        CARRIER_B=peers[1].address, leak_check=True, settings=(
            f'modparam("tm", "wt_timer", {SHORT_WAIT})\n'
            # a call that nobody answers ends without a reply
            'modparam("tm", "noisy_ctimer", 0)\n'), **options)
    return node, make.caller(node)


@pytest.fixture
def serial(request, proxies, make_shared, tmp_path_factory, peers):
    return proxies(request, lambda **defines: start(
        make_shared, tmp_path_factory, "outbound.cfg", peers, REDIS="",
        **defines))


@pytest.fixture
def parallel(request, proxies, make_shared, tmp_path_factory, peers):
    return proxies(request, lambda **defines: start(
        make_shared, tmp_path_factory, "functions.cfg", peers, **defines))


def both(peers, plan_a, plan_b=None):
    peers[0].behaviour = lambda seen: plan_a
    peers[1].behaviour = lambda seen: plan_b or plan_a


def counted(node, number, expected):
    view.settled(node, "sales", number, expected)


def at(peer, callee):
    """The INVITE that this carrier got."""
    return wait_until(lambda: peer.to(callee), what="INVITE")[0]


def wait_ringing(call, times):
    """Until the caller has seen so many 180."""
    wait_until(lambda: [reply.status for reply in list(call.provisional)]
               .count(180) >= times, what=f"180, {times} times")


# ----- serial ----------------------------------------------------------------


@pytest.mark.parametrize("plan_a,plan_b,on_a,on_b,status", [
    (plans.failed(), plans.busy(), "failed", "busy", 486),
    (plans.failed(500), plans.blocked(), "failed", "blocked", 603),
    pytest.param(plans.silent(), plans.declined(), "noanswer", "declined",
                 603, marks=SILENCE_ENDS),
    pytest.param(plans.silent(), plans.silent(), "noanswer", "noanswer", 408,
                 marks=SILENCE_ENDS),
], ids=["503-486", "500-603+", "408-603", "408-408"])
def test_serial(serial, peers, plan_a, plan_b, on_a, on_b, status):
    node, caller = serial
    both(peers, plan_a, plan_b)
    callee = new_callee()
    assert caller.call(callee).status == status
    first, = peers[0].to(callee)
    second, = peers[1].to(callee)
    assert first.number == second.number
    expected = {on_a: 1, on_b: 1} if on_a != on_b else {on_a: 2}
    counted(node, first.number, expected)
    by_route = view.routes(node, "sales", first.number)
    assert view.nonzero(by_route["carrier-a"]["counts"]) == {on_a: 1}
    assert view.nonzero(by_route["carrier-b"]["counts"]) == {on_b: 1}


@ALL_SHORT
def test_serial_then_answered(serial, peers):
    node, caller = serial
    both(peers, plans.failed(), plans.answered())
    callee = new_callee()
    call = caller.call(callee)
    assert call.status == 200
    call.bye()
    number = peers[1].to(callee)[0].number
    counted(node, number, {"failed": 1, "short": 1})


@pytest.mark.parametrize("plan,outcome", [
    (plans.blocked(), "blocked"), (plans.blocked(608), "blocked"),
    (plans.unwanted(), "unwanted"), (plans.declined(), "declined"),
    (final(600), "busy")], ids=["603+", "608", "607", "603", "600"])
def test_no_second_try_after_6xx(serial, peers, plan, outcome):
    node, caller = serial
    both(peers, plan, plans.answered())
    callee = new_callee()
    assert caller.call(callee).status >= 600
    assert not peers[1].to(callee)
    counted(node, peers[0].to(callee)[0].number, {outcome: 1})


# ----- parallel --------------------------------------------------------------


def fork(caller, **options):
    return functions.dial(caller, "sales", do="fork", **options)


def test_parallel_busy_and_answered(parallel, peers):
    node, caller = parallel
    both(peers, plans.busy(), plans.answered(bye_after=1.5))
    call = fork(caller)
    assert call.status == 200
    call.wait_bye()
    counted(node, at(peers[0], call.callee).number,
            {"busy": 1, "answered": 1})


def test_parallel_one_answers_the_other_is_cancelled(parallel, peers):
    node, caller = parallel
    both(peers, plans.rings(), Plan([Reply(180)], bye_after=1.5))
    call = functions.invite(caller, "sales", do="fork")
    ringing, answers = (at(peer, call.callee) for peer in peers)
    wait_ringing(call, 2)
    peers[1].reply(answers, Reply(200))
    assert call.wait_final().status == 200
    wait_until(lambda: ringing.got("CANCEL"), what="CANCEL of the other")
    call.wait_bye()
    counted(node, ringing.number, {"cancelled": 1, "answered": 1})


@SILENCE_ENDS
def test_parallel_one_answers_the_other_was_silent(parallel, peers):
    node, caller = parallel
    both(peers, plans.silent(), plans.answered(bye_after=1.5))
    call = fork(caller)
    assert call.status == 200
    call.wait_bye()
    counted(node, at(peers[0], call.callee).number,
            {"cancelled": 1, "answered": 1})


BLOCKED_SOON = final(603, "Network Blocked", [plans.ANALYTICS],
                     provisional=[Reply(180)], delay=0.2, outcome="blocked")


@pytest.mark.parametrize("other", [
    plans.rings(), pytest.param(plans.silent(), marks=SILENCE_ENDS),
    pytest.param(Plan([Reply(180)], on_cancel="ignore"),
                 marks=RINGING_ENDS)],
    ids=["rings", "silent", "deaf"])
def test_parallel_6xx_cancels_the_other(parallel, peers, other):
    """Whether the other then says 487, or nothing until it times out."""
    node, caller = parallel
    both(peers, other, BLOCKED_SOON)
    call = fork(caller)
    assert call.status == 603
    counted(node, at(peers[0], call.callee).number,
            {"cancelled": 1, "blocked": 1})


@SILENCE_ENDS
def test_parallel_silent_one_timed_out_before_the_6xx(parallel, peers):
    node, caller = parallel
    both(peers, plans.silent(), plans.rings())
    call = functions.invite(caller, "sales", do="fork")
    silent, ringing = (at(peer, call.callee) for peer in peers)
    # the timeout shows nowhere while the other rings: tm's takes two seconds
    peers[1].call_later(6, peers[1].reply, ringing, Reply(603, "Decline"))
    assert call.wait_final().status == 603
    counted(node, silent.number, {"noanswer": 1, "declined": 1})


@SILENCE_ENDS
def test_parallel_6xx_that_cancels_nobody(parallel, peers):
    node, caller = parallel
    both(peers, plans.silent(), plans.declined())
    call = functions.dial(caller, "sales", do="fork-to-the-end")
    counted(node, at(peers[0], call.callee).number,
            {"noanswer": 1, "declined": 1})


def test_parallel_both_blocked(parallel, peers):
    node, caller = parallel
    both(peers, plans.blocked(), plans.blocked(608))
    call = fork(caller)
    assert call.status == 603  # the lower of the two
    counted(node, at(peers[0], call.callee).number, {"blocked": 2})


def test_parallel_cancelled_by_the_caller(parallel, peers):
    node, caller = parallel
    both(peers, plans.rings())
    call = functions.invite(caller, "sales", do="fork")
    ringing = [at(peer, call.callee) for peer in peers]
    wait_ringing(call, 2)
    call.cancel()
    assert call.wait_final().status == 487
    counted(node, ringing[0].number, {"cancelled": 2})


# ----- retransmissions -------------------------------------------------------


@pytest.mark.parametrize("plan,expected", [
    (final(603, "Network Blocked", [plans.ANALYTICS], copies=4),
     {"blocked": 1}),
    (final(486, copies=4), {"busy": 1}),
    (Plan([Reply(180, copies=3), Reply(183, copies=3),
           Reply(603, "Decline", delay=0.1, copies=3)]), {"declined": 1}),
    (Plan([Reply(200, copies=4)], bye_after=1.5), {"answered": 1}),
    pytest.param(Plan([Reply(200, copies=4)], bye_after=0.1), {"short": 1},
                 marks=ALL_SHORT),
], ids=["603+", "486", "provisional", "200", "200-short"])
def test_retransmitted_replies(serial, peers, plan, expected):
    node, caller = serial
    both(peers, plan, plans.failed())
    callee = new_callee()
    call = caller.call(callee)
    if call.status == 200:
        call.wait_bye()
    counted(node, peers[0].to(callee)[0].number, expected)


def test_retransmitted_200_without_ack(serial, peers):
    """Copies that meet the transaction, and later ones that do not."""
    node, caller = serial
    both(peers, Plan([Reply(180), Reply(200, delay=0.03, copies=2)],
                     bye_after=1.2), plans.failed())
    caller.auto_ack = False
    callee = new_callee()
    call = caller.call(callee)
    wait_until(lambda: len(call.finals) >= 4, what="the 200 again")
    call.ack()
    caller.auto_ack = True
    call.wait_bye()
    counted(node, peers[0].to(callee)[0].number, {"answered": 1})


def test_retransmitted_invite(serial, peers):
    node, caller = serial
    call, seen = ringing_call(caller, peers)
    for _ in range(3):
        caller.send(call.invite, node.address)
    wait_ringing(call, 4)  # each copy is answered with the 180 again
    peers[0].reply(seen, Reply(486))
    assert call.wait_final().status == 486
    assert len(peers[0].to(call.callee)) == 1
    counted(node, seen.number, {"busy": 1})


# ----- CANCEL ----------------------------------------------------------------


def ringing_call(caller, peers, **plan):
    both(peers, Plan([Reply(180)], **plan), plans.failed())
    callee = new_callee()
    call = caller.invite(callee)
    call.wait_provisional()
    return call, at(peers[0], callee)


def test_cancelled(serial, peers):
    node, caller = serial
    call, seen = ringing_call(caller, peers)
    call.cancel()
    assert call.wait_final().status == 487
    assert call.cancel_reply.status == 200
    counted(node, seen.number, {"cancelled": 1})


def test_200_crosses_cancel(serial, peers):
    node, caller = serial
    both(peers, Plan([Reply(180), Reply(200, delay=600)], on_cancel="final",
                     bye_after=1.5), plans.failed())
    callee = new_callee()
    call = caller.invite(callee)
    call.wait_provisional()
    call.cancel()
    assert call.wait_final().status == 200
    call.wait_bye()
    counted(node, at(peers[0], callee).number, {"answered": 1})


def test_block_crosses_cancel(serial, peers):
    """The final was on its way as the CANCEL left."""
    node, caller = serial
    both(peers, final(603, "Network Blocked", [plans.ANALYTICS],
                      provisional=[Reply(180)], delay=600,
                      on_cancel="final"), plans.failed())
    callee = new_callee()
    call = caller.invite(callee)
    call.wait_provisional()
    call.cancel()
    assert call.wait_final().status == 603
    counted(node, at(peers[0], callee).number, {"blocked": 1})


@RINGING_ENDS
def test_cancel_that_nobody_answers(serial, peers):
    """The proxy's own timer ends the branch, as it would without CANCEL."""
    node, caller = serial
    call, seen = ringing_call(caller, peers, on_cancel="ignore")
    call.cancel()
    assert call.wait_final().status == 487
    counted(node, seen.number, {"cancelled": 1})


@SILENCE_ENDS
def test_cancel_before_any_reply(serial, peers):
    node, caller = serial
    both(peers, plans.silent(), plans.failed())
    callee = new_callee()
    call = caller.invite(callee)
    seen = at(peers[0], callee)
    call.cancel()
    assert call.wait_final().status == 487
    assert not peers[1].to(callee)
    counted(node, seen.number, {"cancelled": 1})


@SILENCE_ENDS
def test_cancel_before_any_reply_without_a_failure_route(parallel, peers):
    """Nobody asks for the timeout: tm drops the transaction silently."""
    node, caller = parallel
    both(peers, plans.silent())
    call = functions.invite(caller, "sales")
    seen = at(peers[0], call.callee)
    call.cancel()
    counted(node, seen.number, {"cancelled": 1})
    assert not call.final


@SILENCE_ENDS
def test_cancel_after_the_first_carrier_timed_out(serial, peers):
    node, caller = serial
    both(peers, plans.silent(), plans.rings())
    callee = new_callee()
    call = caller.invite(callee)
    call.wait_provisional()
    call.cancel()
    assert call.wait_final().status == 487
    seen = at(peers[1], callee)
    counted(node, seen.number, {"noanswer": 1, "cancelled": 1})
    by_route = view.routes(node, "sales", seen.number)
    assert view.nonzero(by_route["carrier-a"]["counts"]) == {"noanswer": 1}


# ----- finals of the proxy's own ---------------------------------------------


# says nothing until the test does
MUTE = Plan([], send_trying=False, on_cancel="ignore")


@RINGING_ENDS
def test_local_408_after_ringing(serial, peers):
    """It rang: not tried again elsewhere, and counted once."""
    node, caller = serial
    both(peers, plans.rings(), plans.answered())
    callee = new_callee()
    call = caller.invite(callee)
    assert call.wait_final().status == 408
    assert not peers[1].to(callee)
    counted(node, peers[0].to(callee)[0].number, {"noanswer": 1})


@SILENCE_ENDS
def test_silent_call_without_a_failure_route(parallel, peers):
    node, caller = parallel
    both(peers, plans.silent())
    call = functions.invite(caller, "sales")
    seen = at(peers[0], call.callee)
    counted(node, seen.number, {"noanswer": 1})
    assert not call.final


@SILENCE_ENDS
def test_late_final_after_local_408(serial, peers):
    """It comes while the second carrier is still being waited for."""
    node, caller = serial
    both(peers, MUTE, plans.rings())
    callee = new_callee()
    call = caller.invite(callee)
    call.wait_provisional()
    silent, ringing = (at(peer, callee) for peer in peers)
    peers[0].reply(silent, Reply(603, "Decline"))
    wait_until(lambda: silent.acked, what="ACK of the late 603")
    peers[1].reply(ringing, Reply(486))
    assert call.wait_final().status == 486
    counted(node, silent.number, {"noanswer": 1, "busy": 1})


@SILENCE_ENDS
@RINGING_ENDS
def test_late_6xx_after_local_408_ends_no_other_branch(serial, peers):
    node, caller = serial
    both(peers, MUTE, plans.rings())
    callee = new_callee()
    call = caller.invite(callee)
    call.wait_provisional()
    silent = at(peers[0], callee)
    peers[0].reply(silent, Reply(603, "Decline"))
    assert call.wait_final().status == 408
    counted(node, silent.number, {"noanswer": 2})


@RINGING_ENDS
def test_487_to_our_own_cancel_is_noanswer_once(parallel, peers):
    """The first carrier rings for too long; its 487 comes while the second
    one is still being waited for."""
    node, caller = parallel
    both(peers, plans.rings(), MUTE)
    call = functions.invite(caller, "sales", next="relay")
    ringing = at(peers[0], call.callee)
    second = at(peers[1], call.callee)
    wait_until(lambda: ringing.final == 487, what="the carrier's 487")
    wait_until(lambda: ringing.acked, what="its ACK")
    peers[1].reply(second, Reply(486))
    assert call.wait_final().status == 486
    counted(node, ringing.number, {"noanswer": 1, "busy": 1})


@RINGING_ENDS
def test_487_to_our_own_cancel_is_noanswer_once_in_parallel(parallel, peers):
    node, caller = parallel
    both(peers, plans.rings(), MUTE)
    call = functions.invite(caller, "sales", do="fork")
    first, second = (at(peer, call.callee) for peer in peers)
    wait_until(lambda: first.final == 487, what="the carrier's 487")
    wait_until(lambda: first.acked, what="its ACK")
    peers[1].reply(second, Reply(486))
    assert call.wait_final().status == 408
    counted(node, first.number, {"noanswer": 1, "busy": 1})


def test_branch_that_cannot_be_sent_is_failed(make, peers, tmp_path_factory):
    node, caller = start(
        make, tmp_path_factory, "functions.cfg", peers,
        allow_errors=[r"<core>|tm |sl "],
        LISTEN_TCP=f"tcp:127.0.0.1:{free_port()}")
    call = functions.dial(caller, "sales", do="unreachable")
    assert call.status >= 400
    number, = (n for n, entry in view.numbers(node, "sales").items()
               if entry["used_today"])
    counted(node, number, {"failed": 1})


# ----- many branches ---------------------------------------------------------


def test_more_branches_than_sixteen(parallel, peers):
    """The index in the branch is hexadecimal, its lowest digit first."""
    def behave(seen):
        index = int(seen.branch.rsplit(".", 1)[1][::-1], 16)
        if index < 16:
            return final(486, delay=0.1)
        return final(403, headers=["Reason: Q.850;cause=21"], delay=0.1)

    node, caller = parallel
    peers[0].behaviour = behave
    call = functions.dial(caller, "sales", do="many")
    seen = peers[0].to(call.callee)
    assert Counter(s.final for s in seen) == {486: 16, 403: 3}
    counted(node, seen[0].number, {"busy": 16, "ambiguous": 3})
