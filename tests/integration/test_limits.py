# SPDX-License-Identifier: GPL-2.0-or-later
"""Full tables: refused, counted, said once; calls go on."""

from collections import Counter

import pytest
from harness import functions, plans, view
from harness.plans import Reply
from harness.pools import EAGER, new_callee, new_numbers, write_pool_file
from harness.process import wait_until

FULL = r"reputation.*(full|max_numbers|max_calls)"


def test_max_numbers(make, tmp_path):
    numbers = new_numbers(50)
    node = make.kamailio(
        "functions.cfg", MAX_NUMBERS=20, allow_errors=[FULL],
        POOL_FILE=write_pool_file(tmp_path, {"sales": (numbers, EAGER)}))
    known = view.numbers(node, "sales")
    assert 0 < len(known) <= 20
    assert set(known) < set(numbers)
    caller = make.caller(node)
    assert functions.call(caller, "pick", "sales",
                          callee=new_callee()).number in known
    # of the file, and of the table
    assert len(node.logged("no room for all its numbers")) == 1
    assert len(node.wait_log("max_numbers is reached")) == 1


def test_max_numbers_from_redis(make):
    redis = make.redis()
    numbers = new_numbers(50)
    redis.seed("sales", numbers, EAGER)
    node = make.kamailio("functions.cfg", MAX_NUMBERS=20, REDIS=redis.url,
                         allow_errors=[FULL])
    node.wait_log(FULL)  # all have been read
    known = set(view.numbers(node, "sales"))
    assert 0 < len(known) <= 20
    # room again: the next edit finds its place
    redis.client.hdel("rep:numbers:{sales}", *known)
    wait_until(lambda: view.numbers(node, "sales") and
               not known & set(view.numbers(node, "sales")))


def test_max_calls(make, tmp_path):
    """More calls at once than the table holds: all go through, those that
    found no place are not watched."""
    numbers = new_numbers(10)
    carrier = make.carrier(lambda seen: plans.answered(bye_after=1.5))
    node = make.kamailio(
        "functions.cfg", MAX_CALLS=5, CARRIER_A=carrier.address,
        allow_errors=[FULL],
        POOL_FILE=write_pool_file(tmp_path, {"sales": (numbers, EAGER)}))
    caller = make.caller(node)
    calls = [caller.invite(new_callee(), ["X-Do: pick", "X-Pool: sales"])
             for _ in range(20)]
    for call in calls:
        assert call.wait_final().status == 200
    for call in calls:
        call.wait_bye()
    assert len(node.wait_log(FULL)) == 1

    def answered():
        return sum(counts.get("answered", 0) for counts in
                   view.pool_counts(node, "sales").values())

    # and there is room again, once tm has let go of the transactions
    view.wait_idle(node)
    assert 5 <= answered() <= 20
    before = answered()
    call = caller.call(new_callee(), ["X-Do: pick", "X-Pool: sales"])
    assert call.status == 200
    call.wait_bye()
    wait_until(lambda: answered() == before + 1)


# ----- a call that found no place --------------------------------------------


@pytest.fixture
def full(make, peers, tmp_path):
    """A proxy with room for one call, and that call; both carriers."""
    numbers = new_numbers(4)
    node = make.kamailio(
        "functions.cfg", MAX_CALLS=1, FR_INV_TIMER=60000, allow_errors=[FULL],
        POOL_FILE=write_pool_file(tmp_path, {"full": (numbers, EAGER)}),
        CARRIER_A=peers[0].address, CARRIER_B=peers[1].address)
    caller = make.caller(node)
    both(peers, plans.rings())
    first = functions.invite(caller, "full", next="look")
    first.wait_provisional()
    yield node, caller, first, numbers
    if not first.final:
        first.cancel()
        first.wait_final()


def both(peers, plan_a, plan_b=None):
    peers[0].behaviour = lambda seen: plan_a
    peers[1].behaviour = lambda seen: plan_b or plan_a


def test_unwatched_call_keeps_from_and_one_identity_at_failover(full, peers):
    node, caller, _, numbers = full
    both(peers, plans.failed(), plans.busy())
    call = functions.dial(caller, "full", next="pick")
    assert call.status == 486
    first, = peers[0].to(call.callee)
    second, = peers[1].to(call.callee)
    assert first.number in numbers
    assert first.asserted == [first.number]
    assert second.number == first.number
    assert second.asserted == [first.number]
    assert functions.saw(node, call, "next") == ["1", "picked", first.number]
    assert view.pools(node)["full"]["used_today"] == 2  # with the first call


def test_a_question_does_not_change_the_pick_of_an_unwatched_call(full, peers):
    node, caller, first, numbers = full
    both(peers, plans.busy())
    other = next(n for n in numbers if n != peers[0].to(first.callee)[0].number)
    call = functions.dial(caller, "full", f"X-Number: {other}",
                          do="state-first")
    assert call.status == 486
    assert functions.saw(node, call, "applied") == ["1"]
    assert peers[0].to(call.callee)[0].number in numbers


def test_unwatched_call_is_not_tried_again_after_6xx(full, peers):
    node, caller, _, _ = full
    both(peers, plans.declined(), plans.answered())
    call = functions.dial(caller, "full", next="pick")
    assert call.status == 603
    assert functions.saw(node, call, "next")[:2] == ["-3", "call-rejected"]
    assert not peers[1].to(call.callee)


def test_room_at_failover_counts_on_the_number_that_is_shown(full, peers):
    """The call was not watched at first; now it is."""
    node, caller, first, _ = full
    both(peers, plans.rings(), plans.busy())
    call = functions.invite(caller, "full", next="pick")
    call.wait_provisional()
    first.cancel()
    first.wait_final()
    wait_until(lambda: view.stats(node)["calls"] == 0)
    peers[0].reply(peers[0].to(call.callee)[0], Reply(503))
    assert call.wait_final().status == 486
    shown = peers[1].to(call.callee)[0].number
    view.wait_idle(node)
    counts = view.pool_counts(node, "full")
    assert counts.pop(shown) == {"busy": 1}
    assert Counter(o for c in counts.values() for o in c) == {"cancelled": 1}
    assert view.pools(node)["full"]["used_today"] == 2


# ----- many edits, and what is no callee -------------------------------------


def test_many_benches_and_releases(make, tmp_path):
    numbers = new_numbers(200)
    node = make.kamailio(
        "functions.cfg", leak_check=True,
        POOL_FILE=write_pool_file(tmp_path, {"sales": (numbers, EAGER)}))
    for _ in range(3):
        for number in numbers:
            node.rpc("reputation.bench", "sales", number, 600)
        assert view.pools(node)["sales"]["usable"] == 0
        for number in numbers:
            node.rpc("reputation.release", "sales", number)
    assert view.pools(node)["sales"]["benched"] == 0


@pytest.mark.parametrize("callee", ["+" + "1" * 100, "+1" + "a" * 3000,
                                    "%00", "+1303555%31000"])
def test_hostile_callees(make, tmp_path, callee):
    carrier = make.carrier(lambda seen: plans.busy())
    node = make.kamailio(
        "outbound.cfg", REDIS="", CARRIER_A=carrier.address,
        allow_errors=[r"<core>|sanity|parse"],
        POOL_FILE=write_pool_file(tmp_path, {"sales": (new_numbers(1),
                                                       EAGER)}))
    call = make.caller(node).call(callee)
    assert call.status >= 400
    assert node.rpc("core.uptime")
