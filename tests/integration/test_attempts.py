# SPDX-License-Identifier: GPL-2.0-or-later
"""What belongs to one call attempt keeps one caller ID and spends it once:
retransmissions, retries after 401 and 407, spirals, failover."""

import pytest
from harness import plans, sip, view
from harness.endpoint import TIMER_B, Retransmission
from harness.caller import Call
from harness.marks import ALL_SHORT, SILENCE_ENDS
from harness.plans import Reply, final
from harness.pools import EAGER, new_callee, new_numbers, write_pool_file
from harness.process import wait_until

PLAIN = ("retransmitted", "slowly", "challenged", "challenged-here", "elsewhere",
         "declined", "spiral", "answered-spiral", "cancel", "cancel-pick", "sent", "listed", "benched-route",
         "labels", "status", "suspend", "outcome", "told", "told-after", "bye",
         "bye-late", "acc", "recancel", "told-answered", "told-407", "race",
         "late", "lingers", "spiral-failover", "tracked")
POOLS = {name: (new_numbers(3), {**EAGER, "cap_day": 100}) for name in PLAIN}
POOLS["capped"] = (new_numbers(1), {**EAGER, "cap_day": 1})
POOLS["attested"] = (
    {number: {"attest": {"carrier-a": "A", "carrier-b": "C"}}
     for number in new_numbers(2)}, {**EAGER, "require_attest": "B"})
POOLS["attributes"] = (
    {new_numbers(1)[0]: {"attest": {"carrier-a": "B", "carrier-b": "A"},
                         "tags": ["east", "new"], "note": "moved",
                         "name": "Acme"}}, EAGER)


@pytest.fixture
def proxy(request, proxies, make_shared, peers, tmp_path_factory):
    def start(**defines):
        node = make_shared.kamailio(
            "attempts.cfg", children=4, leak_check=True,
            allow_errors=["reputation_cancel: the call went out already"],
            POOL_FILE=write_pool_file(tmp_path_factory.mktemp("pools"),
                                      POOLS),
            CARRIER_A=peers[0].address, CARRIER_B=peers[1].address, **defines)
        return node, make_shared.caller(node)

    return proxies(request, start)


@pytest.fixture
def node(proxy):
    return proxy[0]


@pytest.fixture
def caller(proxy):
    return proxy[1]


def invite(caller, pool, *, callee=None, route="", do="", headers=(), **more):
    """An INVITE with what is to be done with it. Does not wait."""
    lines = [f"X-Pool: {pool}", f"X-Route: {route}", f"X-Do: {do}", *headers]
    lines += [f"X-{name.capitalize()}: {value}"
              for name, value in more.items()]
    return caller.invite(callee or new_callee(), lines)


def invite_again(caller, call, *headers, do=None):
    """The same Call-ID, From and To; another transaction."""
    lines = []
    for name, value in call.invite.headers:
        if name == "X-Do" and do is not None:
            value = do
        if name.lower() == "via":
            value = (f"SIP/2.0/UDP {caller.address};"
                     f"branch={sip.new_branch()}")
        elif name.lower() == "cseq":
            value = f"{int(value.split()[0]) + 1} INVITE"
        lines.append((name, value))
    for line in headers:
        name, _, value = line.partition(":")
        lines.append((name, value.strip()))
    message = sip.Message(call.invite.start, lines)
    with caller.lock:
        again = Call(caller, message, call.proxy)
        again._cseq = int(message.cseq[0])
        caller.calls[call.call_id] = again
        again.retransmission = Retransmission(caller, message, call.proxy,
                                              cap=TIMER_B)
    return again


def saw(node, call, what):
    """What the script logged of this call after the word `what`, a list of
    words each time."""
    lines = node.logged(rf"SAW \{call.callee}: {what} ")
    return [line.split(f": {what} ", 1)[1].split() for line in lines]


def spent(node, pool):
    entry = view.pools(node)[pool]
    return entry["picks"], entry["used_today"], entry["in_flight"]


def behave(peers, plan_a, plan_b=None):
    peers[0].behaviour = lambda seen: plan_a
    peers[1].behaviour = lambda seen: plan_b or plans.busy()


CHALLENGE = 'Proxy-Authenticate: Digest realm="x", nonce="y"'


# ----- retransmissions -------------------------------------------------------

# a copy that a process has for long still meets its transaction
LINGERS = pytest.mark.proxy(WT_TIMER=4000)


@LINGERS
def test_four_copies_of_an_invite_are_one_pick(node, caller, peers):
    behave(peers, plans.rings())
    call = invite(caller, "retransmitted")
    call.wait_provisional()
    data = call.invite.encode()
    with caller.lock:
        for _ in range(3):
            caller.send(data, call.proxy)
    wait_until(lambda: len(saw(node, call, "pick")) >= 4)
    seen, = peers[0].to(call.callee)
    peers[0].reply(seen, Reply(486))
    assert call.wait_final().status == 486
    assert len(peers[0].to(call.callee)) == 1
    view.settled(node, "retransmitted", seen.number, {"busy": 1})
    assert spent(node, "retransmitted") == (1, 1, 0)


@LINGERS
def test_copies_that_come_while_the_script_runs(node, caller, peers):
    """Each may be the one that makes the transaction."""
    behave(peers, plans.rings())
    call = invite(caller, "slowly", do="slowly")
    data = call.invite.encode()
    with caller.lock:
        for _ in range(3):
            caller.send(data, call.proxy)
    wait_until(lambda: len(saw(node, call, "pick")) >= 4)
    call.wait_provisional()
    seen, = peers[0].to(call.callee)
    peers[0].reply(seen, Reply(486))
    assert call.wait_final().status == 486
    assert {said[2] for said in saw(node, call, "pick")} == {seen.number}
    view.settled(node, "slowly", seen.number, {"busy": 1})
    assert spent(node, "slowly") == (1, 1, 0)


# ----- a question, not an outcome ---------------------------------------------


@pytest.mark.parametrize("status", [401, 407])
def test_a_challenge_of_the_carrier(node, caller, peers, status):
    pool = "challenged"
    before = spent(node, pool)
    behave(peers, final(status, "Who Are You", [CHALLENGE]))
    call = invite(caller, pool)
    assert call.wait_final().status == status
    first, = peers[0].to(call.callee)
    behave(peers, plans.busy())
    again = invite_again(caller, call, "Proxy-Authorization: Digest x=y")
    assert again.wait_final().status == 486
    second = peers[0].to(call.callee)[1]
    assert second.number == first.number
    view.settled(node, pool, first.number, {"busy": 1}, timeout=60)
    assert spent(node, pool) == (before[0] + 1, before[1] + 1, 0)
    # another call has another number
    behave(peers, plans.busy())
    other = invite(caller, pool)
    other.wait_final()
    assert peers[0].to(other.callee)[0].number != first.number


def test_a_challenge_of_the_proxy_itself(node, caller, peers):
    pool = "challenged-here"
    behave(peers, plans.busy())
    call = invite(caller, pool, do="challenge")
    assert call.wait_final().status == 407
    again = invite_again(caller, call, "Proxy-Authorization: Digest x=y")
    assert again.wait_final().status == 486
    assert {said[2] for said in saw(node, call, "pick")} == \
        {peers[0].to(call.callee)[0].number}
    assert spent(node, pool) == (1, 1, 0)


def test_the_retry_is_not_refused_by_the_cap_it_spent(node, caller, peers):
    behave(peers, plans.busy())
    call = invite(caller, "capped", do="challenge")
    assert call.wait_final().status == 407
    again = invite_again(caller, call, "Proxy-Authorization: Digest x=y")
    assert again.wait_final().status == 486
    other = invite(caller, "capped")
    assert other.wait_final().status == 503
    assert saw(node, other, "pick")[0][1] == "all-capped"


def test_the_retry_may_come_at_once(node, caller, peers):
    """Before the proxy has noted what it sent: each retry counts."""
    def behaviour(seen):
        if seen.invite.get("proxy-authorization"):
            return plans.busy()
        return final(407, "Who Are You", [CHALLENGE])

    peers[0].behaviour = behaviour
    calls = 200
    for _ in range(calls):
        call = invite(caller, "race")
        call.wait_final()
        again = invite_again(caller, call, "Proxy-Authorization: Digest x=y")
        assert again.wait_final().status == 486
    view.wait_idle(node)
    counts = view.pool_counts(node, "race").values()
    assert sum(c.get("busy", 0) for c in counts) == calls


def test_the_same_invite_after_its_transaction_is_a_retry(node, caller,
                                                          peers):
    behave(peers, final(407, "Who Are You", [CHALLENGE]))
    call = invite(caller, "lingers")
    assert call.wait_final().status == 407
    number = peers[0].to(call.callee)[0].number
    view.wait_idle(node)
    behave(peers, plans.busy())
    # to the other carrier: for this one it would be a retransmission
    copy = call.invite.encode().replace(b"X-Do: \r\n", b"X-Do: b\r\n")
    with caller.lock:
        caller.send(copy, call.proxy)
    view.settled(node, "lingers", number, {"busy": 1})
    assert [seen.number for seen in peers[1].to(call.callee)] == [number]


def test_calls_that_linger_make_room(make, peers, tmp_path):
    numbers = new_numbers(1)
    node = make.kamailio(
        "attempts.cfg", MAX_CALLS=4, CARRIER_A=peers[0].address,
        POOL_FILE=write_pool_file(tmp_path, {"sales": (numbers, EAGER)}))
    caller = make.caller(node)
    behave(peers, final(407, "Who Are You", [CHALLENGE]))
    for _ in range(4):
        assert invite(caller, "sales").wait_final().status == 407
    view.wait_idle(node)
    behave(peers, plans.busy())
    assert invite(caller, "sales").wait_final().status == 486
    view.settled(node, "sales", numbers[0], {"busy": 1})
    assert view.stats(node)["full_calls"] == 0


# ----- the dialer's own failover, and spirals ----------------------------------


def test_the_same_call_id_after_a_failure_keeps_the_number(node, caller,
                                                           peers):
    pool = "elsewhere"
    behave(peers, plans.failed(502))
    call = invite(caller, pool)
    assert call.wait_final().status == 502
    number = peers[0].to(call.callee)[0].number
    behave(peers, plans.busy())
    again = invite_again(caller, call)
    assert again.wait_final().status == 486
    assert peers[0].to(call.callee)[1].number == number
    view.settled(node, pool, number, {"failed": 1, "busy": 1})
    assert spent(node, pool) == (1, 1, 0)


def test_the_same_call_id_after_a_6xx_is_refused(node, caller, peers):
    behave(peers, plans.declined())
    call = invite(caller, "declined")
    assert call.wait_final().status == 603
    again = invite_again(caller, call)
    assert again.wait_final().status == 503
    assert again.final.get("x-reputation") == "call-rejected"
    assert len(peers[0].to(call.callee)) == 1


def test_a_spiral_is_one_call(node, caller, peers):
    behave(peers, plans.busy())
    call = invite(caller, "spiral", do="spiral")
    assert call.wait_final().status == 486
    seen, = peers[0].to(call.callee)
    assert [said[2] for said in saw(node, call, "pick")] == [seen.number] * 2
    view.settled(node, "spiral", seen.number, {"busy": 1})
    assert spent(node, "spiral") == (1, 1, 0)


def test_a_spiral_that_fails_over_is_one_call(make, peers, tmp_path):
    """One process: what the inner transaction shows is not the outer's."""
    numbers = new_numbers(1)
    node = make.kamailio(
        "attempts.cfg", children=1, CARRIER_A=peers[0].address,
        CARRIER_B=peers[1].address,
        POOL_FILE=write_pool_file(tmp_path, {"sales": (numbers, EAGER)}))
    behave(peers, plans.failed(502), plans.busy())
    call = invite(make.caller(node), "sales", do="spiral", route="carrier-a",
                  next="carrier-b")
    call.wait_final()
    assert saw(node, call, "next")[-1][0] == "1"
    # the outer transaction saw the inner one's end, and one branch of its own
    view.settled(node, "sales", numbers[0], {"busy": 2})


def test_a_tracked_spiral_is_one_call(node, caller, peers):
    number = POOLS["tracked"][0][0]
    behave(peers, plans.busy())
    call = invite(caller, "tracked", do="spiral", track=number)
    assert call.wait_final().status == 486
    view.settled(node, "tracked", number, {"busy": 1})


def test_a_pick_in_a_failure_route_of_a_known_call(node, caller, peers):
    """What went out before the pick is not the number's."""
    behave(peers, plans.failed(502))
    call = invite(caller, "late")
    assert call.wait_final().status == 502
    number = peers[0].to(call.callee)[0].number
    behave(peers, plans.failed(502), plans.busy())
    again = invite_again(caller, call, "X-Next: carrier-b", do="late")
    assert again.wait_final().status == 486
    view.settled(node, "late", number, {"failed": 1, "busy": 1})


def test_an_answered_spiral_is_no_full_table(node, caller, peers):
    behave(peers, plans.answered())
    before = view.stats(node)["full_calls"]
    call = invite(caller, "answered-spiral", do="spiral")
    assert call.wait_final().status == 200
    seen, = peers[0].to(call.callee)
    view.wait_counts(node, "answered-spiral", seen.number, {"answered": 1})
    call.bye()
    view.settled(node, "answered-spiral", seen.number, {"answered": 1})
    assert view.stats(node)["full_calls"] == before


# ----- the pick was not used ---------------------------------------------------


def test_cancel_gives_back_caps_and_place(node, caller):
    call = invite(caller, "cancel", do="cancel")
    call.retransmission.stop()  # there is no reply
    wait_until(lambda: saw(node, call, "cancel"))
    first, cancelled, twice, shown = saw(node, call, "cancel")[0]
    assert first in POOLS["cancel"][0]
    assert (cancelled, twice, shown) == ("1", "-1", "<null>")
    assert spent(node, "cancel") == (0, 0, 0)
    # the number has its place back: it is first again
    other = invite(caller, "cancel", do="cancel")
    other.retransmission.stop()
    wait_until(lambda: saw(node, other, "cancel"))
    assert saw(node, other, "cancel")[0][0] == first


def test_pick_after_cancel_is_watched(node, caller, peers):
    behave(peers, plans.busy())
    call = invite(caller, "cancel-pick", do="cancel-and-pick")
    assert call.wait_final().status == 486
    number, = saw(node, call, "again")[0]
    view.settled(node, "cancel-pick", number, {"busy": 1})
    assert spent(node, "cancel-pick") == (1, 1, 0)


def test_what_went_out_cannot_be_cancelled(node, caller, peers):
    behave(peers, plans.failed(502))
    call = invite(caller, "sent", next="cancel")
    assert call.wait_final().status == 502
    assert saw(node, call, "cancel") == [["-1"]]
    view.settled(node, "sent", peers[0].to(call.callee)[0].number,
                 {"failed": 1})
    assert spent(node, "sent") == (1, 1, 0)


def test_a_retransmission_cannot_cancel(node, caller, peers):
    """The call of which it is a copy may be under way."""
    behave(peers, plans.rings())
    call = invite(caller, "recancel")
    call.wait_provisional()
    copy = call.invite.encode().replace(b"X-Do: \r\n", b"X-Do: cancel\r\n")
    with caller.lock:
        caller.send(copy, call.proxy)
    wait_until(lambda: saw(node, call, "cancel"))
    seen, = peers[0].to(call.callee)
    peers[0].reply(seen, Reply(486))
    assert call.wait_final().status == 486
    view.settled(node, "recancel", seen.number, {"busy": 1})
    assert spent(node, "recancel") == (1, 1, 0)


# ----- number and route together -------------------------------------------------


def test_the_first_route_on_which_a_number_may_be_used(node, caller, peers):
    pool = "listed"
    behave(peers, plans.busy())
    call = invite(caller, pool, route="carrier-a, carrier-b")
    call.wait_final()
    assert saw(node, call, "pick")[0][3] == "carrier-a"
    for number in POOLS[pool][0]:
        node.rpc("reputation.bench", pool, number, 600, "carrier-a")
    call = invite(caller, pool, route="carrier-a,carrier-b")
    call.wait_final()
    code, reason, number, route = saw(node, call, "pick")[0]
    assert (code, reason, route) == ("1", "picked", "carrier-b")
    view.wait_idle(node)
    assert view.route_counts(node, pool, number, "carrier-b") == {"busy": 1}


def test_failover_keeps_off_a_route_where_the_number_rests(node, caller,
                                                           peers):
    pool = "benched-route"
    for number in POOLS[pool][0]:
        node.rpc("reputation.bench", pool, number, 600, "carrier-b")
    behave(peers, plans.failed(502))
    call = invite(caller, pool, route="carrier-a", next="carrier-b")
    assert call.wait_final().status == 502
    code, reason, number, _ = saw(node, call, "next")[0]
    assert (code, reason) == ("-2", "all-benched")
    assert number == peers[0].to(call.callee)[0].number
    assert not peers[1].to(call.callee)
    # but the next in the list will do
    call = invite(caller, pool, route="carrier-a",
                  next="carrier-b,carrier-c")
    assert call.wait_final().status == 486
    code, _, number, route = saw(node, call, "next")[0]
    assert (code, route) == ("1", "carrier-c")
    view.wait_idle(node)
    assert view.route_counts(node, pool, number, "carrier-c") == {"busy": 1}


def test_failover_asks_for_the_attestation_of_the_new_route(node, caller,
                                                            peers):
    behave(peers, plans.failed(502))
    call = invite(caller, "attested", route="carrier-a", next="carrier-b")
    assert call.wait_final().status == 502
    assert saw(node, call, "next")[0][:2] == ["-2", "no-match"]
    assert not peers[1].to(call.callee)


# ----- what $rep(...) says ----------------------------------------------------------


def test_labels_of_the_call(node, caller, peers):
    behave(peers, plans.busy())
    call = invite(caller, "labels", do="labels")
    call.wait_final()
    assert saw(node, call, "labels") == [["spring", "mobile-1", "1"]]
    call = invite(caller, "labels")
    call.wait_final()
    assert saw(node, call, "labels") == [["<null>", "<null>", "0"]]


@pytest.mark.parametrize("route,attest", [("carrier-a", "B"), ("", "A")])
def test_attributes_of_the_number(node, caller, peers, route, attest):
    behave(peers, plans.busy())
    call = invite(caller, "attributes", route=route)
    call.wait_final()
    assert saw(node, call, "attributes") == [
        [attest, "east,new", "moved", "Acme"]]


@pytest.mark.parametrize("plan,said", [
    (plans.busy(), ["486", "busy", "100", "<null>", "<null>"]),
    (plans.blocked(), ["603", "blocked", "100", "LN", "<null>"]),
    (final(503, None, ["Retry-After: 120 (soon);duration=60"]),
     ["503", "failed", "90", "<null>", "120"]),
    (final(407, None, [CHALLENGE]), ["407", "<null>", "<null>", "<null>",
                                     "<null>"]),
    pytest.param(plans.silent(), ["408", "noanswer", "100", "<null>",
                                  "<null>"], marks=SILENCE_ENDS),
], ids=["486", "603+", "503", "407", "silent"])
def test_the_newest_final(node, caller, peers, plan, said):
    behave(peers, plan)
    call = invite(caller, "status")
    call.wait_final()
    assert saw(node, call, "final") == [said]


def test_over_a_suspended_transaction(node, caller, peers):
    behave(peers, plans.busy())
    call = invite(caller, "suspend", do="suspend", route="carrier-a")
    assert call.wait_final().status == 486
    seen, = peers[0].to(call.callee)
    assert saw(node, call, "resumed") == [
        [seen.number, "suspend", "carrier-a", "picked", "active"]]
    view.settled(node, "suspend", seen.number, {"busy": 1})


@SILENCE_ENDS
def test_extra_fields_of_accounting(node, caller, peers):
    for plan, status, outcome in (
            (plans.busy(), 486, "busy"),
            (plans.answered(), 200, "answered"),
            (plans.silent(), 408, "noanswer")):
        behave(peers, plan)
        call = invite(caller, "acc", do="account", route="carrier-a")
        assert call.wait_final().status == status
        number = peers[0].to(call.callee)[0].number
        node.wait_log(rf"ACC: .*{call.call_id}.*number=\{number}.*"
                      rf"route=carrier-a.*outcome={outcome}.*"
                      rf"status={status}.*campaign=spring")
        if status == 200:
            call.bye()


# ----- an outcome learnt elsewhere -----------------------------------------------------


def test_outcome_told_before_the_final_replaces_it(node, caller, peers):
    behave(peers, plans.busy())
    call = invite(caller, "told", do="outcome", outcome="blocked")
    assert call.wait_final().status == 486
    assert saw(node, call, "outcome") == [["1"]]
    view.settled(node, "told", peers[0].to(call.callee)[0].number,
                 {"blocked": 1})


def test_outcome_told_of_an_answered_call(node, caller, peers):
    """The call is held to its end all the same."""
    behave(peers, plans.answered())
    call = invite(caller, "told-answered", do="outcome", outcome="declined")
    assert call.wait_final().status == 200
    number = peers[0].to(call.callee)[0].number
    view.wait_counts(node, "told-answered", number, {"declined": 1})
    call.bye()
    view.settled(node, "told-answered", number, {"declined": 1})


def test_outcome_told_is_not_that_of_a_challenge(node, caller, peers):
    behave(peers, final(407, "Who Are You", [CHALLENGE]))
    call = invite(caller, "told-407", do="outcome", outcome="declined")
    assert call.wait_final().status == 407
    number = peers[0].to(call.callee)[0].number
    behave(peers, plans.busy())
    again = invite_again(caller, call, "Proxy-Authorization: Digest x=y")
    assert again.wait_final().status == 486
    view.settled(node, "told-407", number, {"declined": 1})


def test_outcome_told_after_the_final_is_added(node, caller, peers):
    behave(peers, plans.busy())
    call = invite(caller, "told-after", next="outcome", outcome="blocked")
    assert call.wait_final().status == 486
    view.settled(node, "told-after", peers[0].to(call.callee)[0].number,
                 {"busy": 1, "blocked": 1})


def test_no_such_outcome(node, caller, peers):
    behave(peers, plans.busy())
    node.allow_errors.append("reputation_outcome: no such outcome: 'nice'")
    call = invite(caller, "outcome", do="outcome", outcome="nice")
    assert call.wait_final().status == 486
    assert saw(node, call, "outcome") == [["-1"]]


@ALL_SHORT
def test_disposition_in_a_bye(node, caller, peers):
    """Of a call that may be short yet: instead of `short`."""
    behave(peers, plans.answered())
    call = invite(caller, "bye")
    assert call.wait_final().status == 200
    number = peers[0].to(call.callee)[0].number
    call.bye(["X-Outcome: unwanted"])
    view.settled(node, "bye", number, {"unwanted": 1})


def test_disposition_in_a_late_bye(node, caller, peers):
    behave(peers, plans.answered())
    call = invite(caller, "bye-late")
    assert call.wait_final().status == 200
    number = peers[0].to(call.callee)[0].number
    view.wait_counts(node, "bye-late", number, {"answered": 1})
    call.bye(["X-Outcome: unwanted"])
    view.settled(node, "bye-late", number, {"answered": 1, "unwanted": 1})
