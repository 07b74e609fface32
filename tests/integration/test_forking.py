# SPDX-License-Identifier: GPL-2.0-or-later
"""Each branch's final reply is counted once: serial and parallel forking,
retransmissions, timeouts, CANCEL and what crosses it."""

import pytest
from harness import plans, view
from harness.plans import Plan, Reply, final
from harness.pools import EAGER, new_callee, new_numbers, write_pool_file
from harness.process import wait_until

COUNT = 24


@pytest.fixture(scope="module")
def peers(make_shared):
    return (make_shared.carrier(name="carrier-a"),
            make_shared.carrier(name="carrier-b"))


def start(make_shared, tmp_path_factory, cfg, peers, **options):
    pools = write_pool_file(tmp_path_factory.mktemp("pools"),
                            {"sales": (new_numbers(COUNT), EAGER)})
    node = make_shared.kamailio(
        cfg, REDIS="", POOL_FILE=pools, CARRIER_A=peers[0].address,
        CARRIER_B=peers[1].address, leak_check=True, **options)
    return node, make_shared.caller(node)


@pytest.fixture(scope="module")
def serial(make_shared, tmp_path_factory, peers):
    return start(make_shared, tmp_path_factory, "outbound.cfg", peers)


@pytest.fixture(scope="module")
def parallel(make_shared, tmp_path_factory, peers):
    return start(make_shared, tmp_path_factory, "functions.cfg", peers)


def both(peers, plan_a, plan_b):
    peers[0].behaviour = lambda seen: plan_a
    peers[1].behaviour = lambda seen: plan_b


def counted(node, number, expected):
    """Exactly `expected`, and still so a moment later."""
    view.wait_counts(node, "sales", number, expected)
    node.rpc("core.uptime")
    assert view.counts(node, "sales", number) == expected


# ----- serial ------------------------------------------------------------------


@pytest.mark.parametrize("plan_a,plan_b,on_a,on_b,status", [
    (plans.failed(), plans.busy(), "failed", "busy", 486),
    (plans.failed(500), plans.blocked(), "failed", "blocked", 603),
    (plans.silent(), plans.declined(), "noanswer", "declined", 603),
    (plans.silent(), plans.silent(), "noanswer", "noanswer", 408),
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


# ----- parallel ----------------------------------------------------------------


def fork(caller, callee, wait=True):
    headers = ["X-Do: fork", "X-Pool: sales"]
    if wait:
        return caller.call(callee, headers)
    return caller.invite(callee, headers)


def test_parallel_busy_and_answered(parallel, peers):
    node, caller = parallel
    both(peers, plans.busy(), plans.answered(bye_after=1.5))
    callee = new_callee()
    call = fork(caller, callee)
    assert call.status == 200
    call.wait_bye()
    counted(node, peers[0].to(callee)[0].number,
            {"busy": 1, "answered": 1})


def test_parallel_one_answers_the_other_is_cancelled(parallel, peers):
    node, caller = parallel
    both(peers, plans.rings(), plans.final(
        200, outcome="answered", provisional=[Reply(180)], delay=0.2,
        bye_after=1.5))
    callee = new_callee()
    call = fork(caller, callee)
    assert call.status == 200
    ringing, = peers[0].to(callee)
    wait_until(lambda: ringing.got("CANCEL"), what="CANCEL of the other")
    call.wait_bye()
    counted(node, ringing.number, {"cancelled": 1, "answered": 1})


def test_parallel_6xx_cancels_the_other(parallel, peers):
    node, caller = parallel
    both(peers, plans.rings(),
         final(603, "Network Blocked", [plans.ANALYTICS],
               provisional=[Reply(180)], delay=0.2, outcome="blocked"))
    callee = new_callee()
    assert fork(caller, callee).status == 603
    counted(node, peers[0].to(callee)[0].number,
            {"cancelled": 1, "blocked": 1})


def test_parallel_both_blocked(parallel, peers):
    node, caller = parallel
    both(peers, plans.blocked(), plans.blocked(608))
    callee = new_callee()
    assert fork(caller, callee).status in (603, 608)
    counted(node, peers[0].to(callee)[0].number, {"blocked": 2})


def test_parallel_cancelled_by_the_caller(parallel, peers):
    node, caller = parallel
    both(peers, plans.rings(), plans.rings())
    callee = new_callee()
    call = fork(caller, callee, wait=False)
    for peer in peers:
        wait_until(lambda p=peer: p.to(callee), what="both ring")
    call.wait_provisional()
    call.cancel()
    assert call.wait_final().status == 487
    counted(node, peers[0].to(callee)[0].number, {"cancelled": 2})


# ----- retransmissions -----------------------------------------------------------


@pytest.mark.parametrize("plan,expected", [
    (final(603, "Network Blocked", [plans.ANALYTICS], copies=4),
     {"blocked": 1}),
    (final(486, copies=4), {"busy": 1}),
    (Plan([Reply(180, copies=3), Reply(183, copies=3),
           Reply(603, "Decline", delay=0.1, copies=3)]), {"declined": 1}),
    (Plan([Reply(200, copies=4)], bye_after=1.5), {"answered": 1}),
    (Plan([Reply(200, copies=4)], bye_after=0.1), {"short": 1}),
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
    node, caller = serial
    both(peers, plans.answered(bye_after=1.2), plans.failed())
    caller.auto_ack = False
    callee = new_callee()
    call = caller.call(callee)
    wait_until(lambda: len(call.finals) >= 2, what="the 200 again")
    call.ack()
    caller.auto_ack = True
    call.wait_bye()
    counted(node, peers[0].to(callee)[0].number, {"answered": 1})


def test_retransmitted_invite(serial, peers):
    node, caller = serial
    both(peers, final(486, delay=0.3), plans.failed())
    callee = new_callee()
    call = caller.invite(callee)
    for _ in range(3):
        caller.send(call.invite, node.address)
    assert call.wait_final().status == 486
    assert len(peers[0].to(callee)) == 1
    counted(node, peers[0].to(callee)[0].number, {"busy": 1})


# ----- CANCEL --------------------------------------------------------------------


def ringing_call(caller, peers, **plan):
    both(peers, Plan([Reply(180)], **plan), plans.failed())
    callee = new_callee()
    call = caller.invite(callee)
    call.wait_provisional()
    return call, peers[0].to(callee)[0]


def test_cancelled(serial, peers):
    node, caller = serial
    call, seen = ringing_call(caller, peers)
    call.cancel()
    assert call.wait_final().status == 487
    assert call.cancel_reply.status == 200
    counted(node, seen.number, {"cancelled": 1})


def test_200_crosses_cancel(serial, peers):
    node, caller = serial
    call, seen = ringing_call(caller, peers, on_cancel="200",
                              bye_after=1.5)
    call.cancel()
    assert call.wait_final().status == 200
    call.wait_bye()
    counted(node, seen.number, {"answered": 1})


def test_cancel_that_nobody_answers(serial, peers):
    node, caller = serial
    call, seen = ringing_call(caller, peers, on_cancel="ignore")
    call.cancel()
    call.wait_final(15)
    counts = wait_until(lambda: view.counts(node, "sales", seen.number))
    assert counts in ({"cancelled": 1}, {"noanswer": 1})


def test_cancel_and_block_at_once(serial, peers):
    """The final was on its way as the CANCEL left."""
    node, caller = serial
    both(peers, final(603, "Network Blocked", [plans.ANALYTICS],
                      provisional=[Reply(180)], delay=0.05,
                      outcome="blocked"), plans.failed())
    callee = new_callee()
    call = caller.invite(callee)
    call.wait_provisional()
    call.cancel()
    call.wait_final()
    seen, = peers[0].to(callee)
    wait_until(lambda: seen.final)
    counted(node, seen.number, peers[0].counts(seen.number))


# ----- local timeouts -------------------------------------------------------------


def test_local_408_after_ringing(serial, peers):
    """It rang: not tried again elsewhere, and counted once."""
    node, caller = serial
    both(peers, plans.rings(), plans.answered())
    callee = new_callee()
    call = caller.invite(callee)
    assert call.wait_final(15).status == 408
    assert not peers[1].to(callee)
    counted(node, peers[0].to(callee)[0].number, {"noanswer": 1})


def test_late_final_after_local_408(serial, peers):
    node, caller = serial
    late = Plan([Reply(603, "Decline", delay=1.5)], send_trying=False,
                on_cancel="ignore", outcome="noanswer")
    both(peers, late, plans.busy())
    callee = new_callee()
    assert caller.call(callee).status == 486
    seen, = peers[0].to(callee)
    wait_until(lambda: seen.final, what="the late 603")
    counted(node, seen.number, {"noanswer": 1, "busy": 1})
