# SPDX-License-Identifier: GPL-2.0-or-later
"""What is in flight: each call counts from its pick to its end, and no end of
a call leaves anything behind."""

import pytest
from harness import functions, plans, view
from harness.marks import RINGING_ENDS, SILENCE_ENDS
from harness.plans import Plan, Reply
from harness.pools import EAGER, new_callee, new_numbers, write_pool_file
from harness.process import wait_until

NUMBERS = new_numbers(1)
NUMBER = NUMBERS[0]
POOLS = {"held": (NUMBERS, {**EAGER, "cap_concurrent": 9}),
         "free": (NUMBERS, EAGER)}


def start(make, peers, directory, **options):
    node = make.kamailio(
        "functions.cfg", POOL_FILE=write_pool_file(directory, POOLS),
        CARRIER_A=peers[0].address, CARRIER_B=peers[1].address,
        leak_check=True, **options)
    return node, make.caller(node)


@pytest.fixture
def lingering(request, proxies, make_shared, peers, tmp_path_factory):
    """Its transactions stay: what is given back is so before tm lets go of
    them."""
    return proxies(request, lambda **defines: start(
        make_shared, peers, tmp_path_factory.mktemp("pools"), WT_TIMER=60000,
        **defines))


@pytest.fixture
def quick(request, proxies, make_shared, peers, tmp_path_factory):
    """Its transactions go at once, and a call that nobody answers ends
    without a reply."""
    return proxies(request, lambda **defines: start(
        make_shared, peers, tmp_path_factory.mktemp("pools"), WT_TIMER=300,
        settings='modparam("tm", "noisy_ctimer", 0)\n', **defines))


@pytest.fixture(autouse=True)
def nothing_left(request):
    """Before each test, and after it."""
    names = {"lingering", "quick"} & set(request.fixturenames)
    nodes = [request.getfixturevalue(name)[0] for name in names]
    for node in nodes:
        for pool in POOLS:
            assert view.in_flight(node, pool, NUMBER) == (0, 0)
    yield
    for node in nodes:
        for pool in POOLS:
            view.wait_in_flight(node, pool, NUMBER, 0)


def both(peers, plan_a, plan_b=None):
    peers[0].behaviour = lambda seen: plan_a
    peers[1].behaviour = lambda seen: plan_b or plan_a


def holds(node, n, pool="held"):
    assert view.in_flight(node, pool, NUMBER) == (n, n)


def ringing(caller, peers, pool="held", **options):
    both(peers, plans.rings())
    call = functions.invite(caller, pool, **options)
    call.wait_provisional()
    return call, peers[0].to(call.callee)[0]


# ----- calls that are not answered -------------------------------------------


@pytest.mark.parametrize("reply", [
    Reply(603, "Decline"), Reply(603, "Network Blocked", [plans.ANALYTICS]),
    Reply(607), Reply(486), Reply(503), Reply(404)],
    ids=["declined", "blocked", "unwanted", "busy", "failed", "baddest"])
def test_refused(lingering, peers, reply):
    node, caller = lingering
    call, seen = ringing(caller, peers)
    holds(node, 1)
    peers[0].reply(seen, reply)
    call.wait_final()
    view.wait_in_flight(node, "held", NUMBER, 0)
    assert view.stats(node)["calls"] > 0  # the transaction is still there


def test_cancelled(lingering, peers):
    node, caller = lingering
    call, _ = ringing(caller, peers)
    holds(node, 1)
    call.cancel()
    assert call.wait_final().status == 487
    view.wait_in_flight(node, "held", NUMBER, 0)


@RINGING_ENDS
def test_rings_until_the_proxy_gives_up(lingering, peers):
    node, caller = lingering
    node.rpc("reputation.reset", "held", NUMBER)
    call, _ = ringing(caller, peers)
    holds(node, 1)
    assert call.wait_final().status == 408
    view.wait_in_flight(node, "held", NUMBER, 0)
    # counted at once, too
    view.wait_counts(node, "held", NUMBER, {"noanswer": 1})


def test_several_calls_at_once(lingering, peers):
    node, caller = lingering
    calls = [ringing(caller, peers)[0] for _ in range(3)]
    holds(node, 3)
    for left, call in ((2, calls[1]), (1, calls[0]), (0, calls[2])):
        call.cancel()
        call.wait_final()
        view.wait_in_flight(node, "held", NUMBER, left)


def test_each_branch_of_a_fork_is_one_call(lingering, peers):
    node, caller = lingering
    call, _ = ringing(caller, peers, do="fork")
    holds(node, 1)
    call.cancel()
    call.wait_final()
    view.wait_in_flight(node, "held", NUMBER, 0)


def test_failover(lingering, peers):
    node, caller = lingering
    both(peers, plans.failed(), plans.rings())
    call = functions.invite(caller, "held", next="pick")
    call.wait_provisional()
    holds(node, 1)
    peers[1].reply(peers[1].to(call.callee)[0], Reply(486))
    call.wait_final()
    view.wait_in_flight(node, "held", NUMBER, 0)


@SILENCE_ENDS
def test_transaction_gone_without_a_reply(quick, peers):
    node, caller = quick
    both(peers, plans.silent())
    call = functions.invite(caller, "held")
    wait_until(lambda: peers[0].to(call.callee))
    holds(node, 1)
    view.wait_in_flight(node, "held", NUMBER, 0)
    assert not call.final


def test_picked_and_not_relayed(quick, peers):
    """With and without a transaction."""
    node, caller = quick
    assert functions.call(caller, "pick", "held",
                          callee=new_callee()).code == 1
    assert functions.dial(caller, "held", do="unused").status == 480
    view.wait_in_flight(node, "held", NUMBER, 0)


# ----- calls that are --------------------------------------------------------


def answered(caller, peers, pool="held", **options):
    both(peers, plans.answered())
    call = functions.dial(caller, pool, **options)
    assert call.status == 200
    return call


def test_answered_until_the_bye(lingering, peers):
    node, caller = lingering
    node.rpc("reputation.reset", "held", NUMBER)
    call = answered(caller, peers)
    holds(node, 1)
    view.wait_counts(node, "held", NUMBER, {"answered": 1})
    holds(node, 1)  # it is counted, and goes on
    call.bye()
    view.wait_in_flight(node, "held", NUMBER, 0)


def test_hung_up_by_the_callee(lingering, peers):
    node, caller = lingering
    call = answered(caller, peers)
    holds(node, 1)
    peers[0].hang_up(peers[0].to(call.callee)[0],
                     headers=[plans.REASON_607])
    view.wait_in_flight(node, "held", NUMBER, 0)


def test_answered_after_failover(lingering, peers):
    node, caller = lingering
    both(peers, plans.failed(), plans.answered())
    call = functions.dial(caller, "held", next="pick")
    assert call.status == 200
    holds(node, 1)
    call.bye()
    view.wait_in_flight(node, "held", NUMBER, 0)


def test_short_while_the_table_remembers_it(make, peers, tmp_path):
    node, caller = start(make, peers, tmp_path, SHORT_CALL=600)
    for pool in POOLS:
        call = answered(caller, peers, pool)
        wait_until(lambda: view.stats(node)["calls"] == 0)
        holds(node, 1, pool)
        call.bye()
        view.wait_in_flight(node, pool, NUMBER, 0)


def test_longer_than_the_table_remembers_it(quick, peers):
    """Where nothing limits calls at once, a call that is no longer short is
    forgotten."""
    node, caller = quick
    call, seen = ringing(caller, peers, "free")
    holds(node, 1, "free")
    peers[0].reply(seen, Reply(200))
    assert call.wait_final().status == 200
    view.wait_in_flight(node, "free", NUMBER, 0)
    assert view.stats(node)["answered_calls"] == 0
    assert call.bye().status == 200
    holds(node, 0, "free")


def test_200_that_comes_twice(quick, peers):
    """The other branch answers as well."""
    node, caller = quick
    both(peers, Plan([Reply(200, copies=2)]))
    call = functions.dial(caller, "held", do="fork")
    assert call.status == 200
    wait_until(lambda: view.stats(node)["calls"] == 0)
    call.bye()
    wait_until(lambda: view.stats(node)["answered_calls"] <= 1)
    peers[1].hang_up(peers[1].to(call.callee)[0])
    view.wait_in_flight(node, "held", NUMBER, 0)


# ----- full tables, and numbers that go --------------------------------------


def test_full_table(make, peers, tmp_path):
    """Calls that are not watched are not in flight; and an answered call that
    finds no place is hung up at once."""
    node, caller = start(make, peers, tmp_path, MAX_CALLS=1, WT_TIMER=300,
                         allow_errors=[r"reputation.*(full|max_calls)"])
    first, seen = ringing(caller, peers)
    second, _ = ringing(caller, peers)
    holds(node, 1)
    second.cancel()
    second.wait_final()
    holds(node, 1)
    peers[0].reply(seen, Reply(200))
    first.wait_final()
    wait_until(lambda: view.stats(node)["calls"] == 0)
    holds(node, 1)
    third = answered(caller, peers)  # the one place is the first's
    holds(node, 1)
    third.bye()
    first.bye()
    view.wait_in_flight(node, "held", NUMBER, 0)


def test_number_removed_in_mid_call(make, peers, tmp_path):
    node, caller = start(make, peers, tmp_path)
    call = answered(caller, peers)
    ring, _ = ringing(caller, peers)
    holds(node, 2)
    node.rpc("reputation.remove", "held", NUMBER)
    assert view.pools(node)["held"]["in_flight"] == 0
    node.rpc("reputation.add", "held", NUMBER)
    call.bye()
    ring.cancel()
    ring.wait_final()
    view.wait_idle(node)
    holds(node, 0)


def test_cap_is_given_back_by_a_failed_call(make, peers, tmp_path):
    """Not when tm lets go of the transaction, seconds later."""
    node = make.kamailio(
        "functions.cfg", CARRIER_A=peers[0].address, WT_TIMER=60000,
        POOL_FILE=write_pool_file(tmp_path, {
            "one": (NUMBERS, {**EAGER, "cap_concurrent": 1})}))
    caller = make.caller(node)
    both(peers, plans.busy())
    assert [functions.dial(caller, "one").status
            for _ in range(4)] == [486] * 4
