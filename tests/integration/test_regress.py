# SPDX-License-Identifier: GPL-2.0-or-later
"""Faults that the module once had on the wire: each test fails on the code
that had it. cfg/regress.cfg has the scripts."""

from collections import Counter

import pytest
from harness import plans, sip, view
from harness.plans import Plan, Reply, final
from harness.pools import EAGER, new_callee, new_numbers, write_pool_file
from harness.process import free_port, wait_until

NAMES = ("branch", "serial", "late", "forged", "repeated", "refused", "ring",
         "redress", "many", "asks", "reinvite", "replaced")
# one number a pool: no test counts on another's
POOLS = {name: (new_numbers(1), EAGER) for name in NAMES}
POOLS["asks"] = (new_numbers(2), EAGER)
POOLS["full"] = (new_numbers(4), EAGER)
POOLS["talking"] = (new_numbers(1), {**EAGER, "cap_concurrent": 1})


@pytest.fixture(scope="module")
def peers(make_shared):
    return (make_shared.carrier(name="carrier-a"),
            make_shared.carrier(name="carrier-b"))


@pytest.fixture(scope="module")
def pool_file(tmp_path_factory):
    return write_pool_file(tmp_path_factory.mktemp("pools"), POOLS)


def start(make, peers, pool_file, **options):
    options.setdefault("FR_INV_TIMER", 1500)
    node = make.kamailio(
        "regress.cfg", POOL_FILE=pool_file, CARRIER_A=peers[0].address,
        CARRIER_B=peers[1].address, leak_check=True, **options)
    return node, make.caller(node)


@pytest.fixture(scope="module")
def shared(make_shared, peers, pool_file):
    """A proxy for all tests that need no parameters of their own."""
    return start(make_shared, peers, pool_file, allow_errors=[
        r"reputation_pick: this INVITE is of a call that is up",
        r"reputation_apply: From is replaced already"])


@pytest.fixture(name="node")
def _node(shared):
    return shared[0]


@pytest.fixture(name="caller")
def _caller(shared):
    return shared[1]


def only(pool):
    return POOLS[pool][0][0]


def dial(caller, pool, case="plain", *headers, wait=True, callee=None):
    callee = callee or new_callee()
    headers = [f"X-Case: {case}", f"X-Pool: {pool}", *headers]
    if wait:
        return caller.call(callee, headers)
    return caller.invite(callee, headers)


def callee_of(call):
    return sip.user_of(call.invite.uri)


def both(peers, plan_a, plan_b=None):
    peers[0].behaviour = lambda seen: plan_a
    peers[1].behaviour = lambda seen: plan_b or plan_a


def saw(node, call, what):
    """What the script of this call logged."""
    line, = node.wait_log(rf"SAW \{callee_of(call)}: {what}")
    return line.split(f"{what} ", 1)[1].split()


def counted(node, pool, number, expected):
    """Exactly this, also once the transactions are gone."""
    view.wait_counts(node, pool, number, expected)
    wait_until(lambda: view.stats(node)["calls"] == 0, 8, 0.1,
               what=lambda: view.stats(node))
    assert view.counts(node, pool, number) == expected


def outcomes_on(node, pool, number, route):
    return view.route_counts(node, pool, number, route)


# ----- the number on the wire ------------------------------------------------


def test_branch_route_applies_to_each_branch(node, caller, peers):
    both(peers, plans.busy())
    call = dial(caller, "branch", "branch")
    for peer in peers:
        seen, = peer.to(callee_of(call))
        assert seen.number == only("branch")
        assert seen.asserted == [only("branch")]
    counted(node, "branch", only("branch"), {"busy": 2})


def test_applied_again_in_each_failure_route(node, caller, peers):
    peers[0].behaviour = lambda seen: plans.failed()
    call = dial(caller, "serial", "late")
    first, second, third = peers[0].to(callee_of(call))
    assert first.number == caller.number
    assert first.asserted == []
    for seen in (second, third):
        assert seen.number == only("serial")
        assert seen.asserted == [only("serial")]
        assert len(sip.split_commas(seen.invite.get_all("from"))) == 1


def test_first_pick_in_failure_route_leaves_out_what_was_before(
        node, caller, peers):
    answers = iter([final(403), plans.failed(), plans.busy()])
    peers[0].behaviour = lambda seen: next(answers)
    dial(caller, "late", "late")
    counted(node, "late", only("late"), {"failed": 1, "busy": 1})
    assert outcomes_on(node, "late", only("late"), "second") == {"failed": 1}
    assert outcomes_on(node, "late", only("late"), "third") == {"busy": 1}


def test_apply_says_no_when_the_script_replaced_from_itself(
        node, caller, peers):
    both(peers, plans.busy())
    call = dial(caller, "replaced", "replaced")
    assert saw(node, call, "applied") == ["-1"]
    seen, = peers[0].to(callee_of(call))
    assert seen.number == "+12025550000"
    assert seen.asserted == []


# ----- the table of calls is full --------------------------------------------


@pytest.fixture
def full(make, peers, pool_file):
    """A proxy with room for one call, and that call."""
    node, caller = start(make, peers, pool_file, MAX_CALLS=1,
                         FR_INV_TIMER=8000)
    both(peers, plans.rings())
    first = dial(caller, "full", wait=False)
    first.wait_provisional()
    yield node, caller, first
    if not first.final:
        first.cancel()
        first.wait_final()


def test_full_table_failover_keeps_from_and_one_identity(full, peers):
    node, caller, _ = full
    both(peers, plans.failed(), plans.busy())
    call = dial(caller, "full", "plain", "X-Next: pick")
    assert call.status == 486
    first, = peers[0].to(callee_of(call))
    second, = peers[1].to(callee_of(call))
    assert first.number in POOLS["full"][0]
    assert first.asserted == [first.number]
    assert second.number == first.number
    assert second.asserted == [first.number]
    assert saw(node, call, "next") == ["1", "picked", first.number]
    assert view.pools(node)["full"]["used_today"] == 2  # with the first call


def test_full_table_does_not_try_again_after_6xx(full, peers):
    node, caller, _ = full
    both(peers, plans.declined(), plans.answered())
    call = dial(caller, "full", "plain", "X-Next: pick")
    assert call.status == 603
    assert saw(node, call, "next")[:2] == ["-3", "call-rejected"]
    assert not peers[1].to(callee_of(call))


def test_room_at_failover_counts_on_the_number_that_is_shown(full, peers):
    """The call was not watched at first; now it is."""
    node, caller, first = full
    both(peers, final(503, delay=2.5), plans.busy())
    call = dial(caller, "full", "plain", "X-Next: pick", wait=False)
    wait_until(lambda: peers[0].to(callee_of(call)))
    first.cancel()
    first.wait_final()
    wait_until(lambda: view.stats(node)["calls"] == 0, 8, 0.05)
    assert not peers[0].to(callee_of(call))[0].final, "too late to tell"
    assert call.wait_final().status == 486
    shown = peers[1].to(callee_of(call))[0].number
    wait_until(lambda: view.stats(node)["calls"] == 0, 8, 0.1)
    counts = view.pool_counts(node, "full")
    assert counts.pop(shown) == {"busy": 1}
    assert sum(map(len, counts.values())) == 1, counts  # the first's CANCEL
    assert view.pools(node)["full"]["used_today"] == 2


# ----- BYE -------------------------------------------------------------------


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


def test_forged_byes_count_nothing(node, caller, peers):
    both(peers, plans.answered())
    call = dial(caller, "forged")
    view.wait_counts(node, "forged", only("forged"), {"answered": 1})
    for mark in (None, "0" * 16, "f" * 16, "", "0"):
        for call_id in (sip.token(12), call.call_id):
            forged_bye(caller, node, peers[0], only("forged"), call_id, mark)
    wait_until(lambda: call.request("OPTIONS"), what="those before it")
    assert call.bye().status == 200
    counted(node, "forged", only("forged"), {"answered": 1})


def test_late_bye_607_counts_once_however_often_it_comes(node, caller, peers):
    both(peers, plans.answered())
    call = dial(caller, "repeated")
    seen, = peers[0].to(callee_of(call))
    view.wait_counts(node, "repeated", only("repeated"), {"answered": 1})
    for _ in range(3):
        seen.bye_reply = None
        peers[0].hang_up(seen, headers=[plans.REASON_607])
        wait_until(lambda: seen.bye_reply, what="reply to the BYE")
    counted(node, "repeated", only("repeated"),
            {"answered": 1, "unwanted": 1})


# ----- finals of the proxy's own ---------------------------------------------


def test_branch_that_cannot_be_sent_is_failed(make, peers, pool_file):
    node, caller = start(
        make, peers, pool_file, allow_errors=[r"<core>|tm |sl "],
        LISTEN_TCP=f"tcp:127.0.0.1:{free_port()}")
    call = dial(caller, "refused", "refused")
    assert call.status >= 400
    counted(node, "refused", only("refused"), {"failed": 1})


@pytest.mark.parametrize("case,plan_b", [
    ("plain", final(486, provisional=[Reply(180)], delay=0.6)),
    ("fork", Plan([Reply(180, delay=0.8), Reply(486, delay=1.3)],
                  send_trying=False))], ids=["serial", "parallel"])
def test_rings_out_and_487_to_our_cancel_is_noanswer_once(
        node, caller, peers, case, plan_b):
    node.rpc("reputation.reset", "ring", only("ring"))
    both(peers, plans.rings(), plan_b)
    call = dial(caller, "ring", case, "X-Next: relay")
    ringing, = peers[0].to(callee_of(call))
    assert ringing.got("CANCEL")
    wait_until(lambda: ringing.final == 487, what="the carrier's 487")
    tried = len(peers[1].to(callee_of(call)))  # again after a fork
    counted(node, "ring", only("ring"), {"noanswer": 1, "busy": tried})


def test_short_call_0_holds_a_call_until_its_end(make, peers, pool_file):
    node, caller = start(make, peers, pool_file, SHORT_CALL=0)
    both(peers, plans.answered())
    call = dial(caller, "talking")
    assert call.status == 200
    assert dial(caller, "talking").final.get("x-reputation") == "all-capped"
    # the transaction is gone, the call is not
    counted(node, "talking", only("talking"), {"answered": 1})
    assert dial(caller, "talking").final.get("x-reputation") == "all-capped"
    call.bye()
    both(peers, plans.busy())
    wait_until(lambda: dial(caller, "talking").status == 486,
               what="room for another call")


# ----- contacts --------------------------------------------------------------


def analytics(block):
    return ('Reason: SIP;cause=603;text="v=analytics1;'
            f'url=https://block.example.net/r;id={block}";location=LN')


def test_redress_is_kept_once_a_call_with_its_own_id(node, caller, peers):
    first = final(603, "Network Blocked", [analytics("one")], "blocked", [
        Reply(183, headers=[analytics("one")], copies=2)], 0.5, 4)
    second = final(603, "Network Blocked", [analytics("two")], "blocked")
    both(peers, first)
    slow = dial(caller, "redress", wait=False)
    slow.wait_provisional(183)
    kept, = view.redress(node, "redress")
    assert kept["blocks"] == 1
    both(peers, second)
    quick = dial(caller, "redress")
    assert slow.wait_final().status == 603
    assert saw(node, slow, "failed")[-1] == "one"
    assert saw(node, quick, "failed")[-1] == "two"
    counted(node, "redress", only("redress"), {"blocked": 2})
    kept, = view.redress(node, "redress")
    assert kept["blocks"] == 2


# ----- branches --------------------------------------------------------------


def test_more_branches_than_sixteen(node, caller, peers):
    """The index in the branch is hexadecimal, its lowest digit first."""
    def behave(seen):
        index = int(seen.branch.rsplit(".", 1)[1][::-1], 16)
        if index < 16:
            return final(486, delay=0.1)
        return final(403, headers=["Reason: Q.850;cause=21"], delay=0.1)

    peers[0].behaviour = behave
    call = dial(caller, "many", "many")
    sent = Counter(seen.final for seen in peers[0].to(callee_of(call)))
    assert sent == {486: 16, 403: 3}
    counted(node, "many", only("many"), {"busy": 16, "ambiguous": 3})


# ----- what the script sees --------------------------------------------------


def test_state_of_another_number_leaves_the_calls_own(node, caller, peers):
    both(peers, plans.busy())
    picked, other = POOLS["asks"][0]
    call = dial(caller, "asks", "asks", f"X-Number: {other}")
    assert peers[0].to(callee_of(call))[0].number == picked
    assert saw(node, call, "picked") == [picked, "still", picked]
    assert saw(node, call, "reply") == [picked, "first"]
    assert saw(node, call, "failed")[:3] == [picked, "first", "busy"]


def test_reinvite_is_not_picked_for(node, caller, peers):
    both(peers, plans.answered())
    call = dial(caller, "reinvite")
    number = only("reinvite")
    view.wait_counts(node, "reinvite", number, {"answered": 1})
    used = view.pools(node)["reinvite"]["used_today"]
    reply = call.request("INVITE", ["X-Pool: reinvite"])
    assert reply.status == 488
    assert node.wait_log("SAW .*: re-invite -1")
    assert call.bye().status == 200
    counted(node, "reinvite", number, {"answered": 1})
    assert view.pools(node)["reinvite"]["used_today"] == used
