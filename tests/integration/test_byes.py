# SPDX-License-Identifier: GPL-2.0-or-later
"""A BYE with Reason SIP 607 long after the answer: of which dialog, pool and
route it is, whichever proxy of the fleet it comes to."""

import pytest
from harness import plans, sip, view
from harness.functions import dial
from harness.pools import EAGER, new_numbers, write_pool_file
from harness.process import wait_until

SHARED = new_numbers(1)
NAMES = ("tags", "tampered", "declined", "pick", "branch", "failure",
         "suspended", "failover", "labels", "off", "restart", "first")
POOLS = {name: (new_numbers(1), EAGER) for name in NAMES}
POOLS["one"] = POOLS["two"] = (SHARED, EAGER)
FLEET = "0123456789abcdef, or what a fleet shares\n"


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    path = tmp_path_factory.mktemp("byes")
    (path / "secret").write_text(FLEET)
    return {"POOL_FILE": write_pool_file(path, POOLS),
            "SECRET_FILE": str(path / "secret")}


@pytest.fixture(scope="module")
def node(make_shared, peers, files):
    return begin(make_shared, peers, files)


def begin(make, peers, files, **options):
    return make.kamailio("functions.cfg", CARRIER_A=peers[0].address,
                         CARRIER_B=peers[1].address, leak_check=True,
                         **{**files, **options})


def answered(node, caller, carrier, pool, *headers, **plan):
    """A call that is no longer short: (call, the carrier's side)."""
    carrier.behaviour = lambda seen: plans.answered()
    call = dial(caller, pool, *headers, **plan)
    assert call.status == 200
    seen = carrier.to(call.callee)[-1]
    view.wait_counts(node, pool, seen.number, {"answered": 1})
    return call, seen


def unwanted(carrier, seen, status=200):
    seen.bye_reply = None
    carrier.hang_up(seen, headers=[plans.REASON_607])
    assert wait_until(lambda: seen.bye_reply, what="reply to the BYE") == status


def mark(seen):
    return [sip.parameter(route.strip("<>"), "rep")
            for route in seen.invite.get_all("record-route")]


def edit(seen, old, new):
    """Another text in what the callee saw of the INVITE."""
    seen.invite.headers = [(name, value.replace(old, new))
                           for name, value in seen.invite.headers]


def at(node):
    return f"{node.address[0]}:{node.address[1]}"


def by_route(node, pool, number, outcome="unwanted"):
    return {route: n for route in ("", "first", "second")
            if (n := view.route_counts(node, pool, number, route)
                .get(outcome))} if outcome else {}


# ----- one dialog says it once ------------------------------------------------


def test_fresh_tags_count_nothing(node, caller, peers):
    call, seen = answered(node, caller, peers[0], "tags")
    own = seen.to_tag
    for _ in range(30):
        seen.to_tag = sip.token()
        peers[0].hang_up(seen, headers=[plans.REASON_607])
    seen.to_tag = own
    unwanted(peers[0], seen)
    view.settled(node, "tags", seen.number, {"answered": 1, "unwanted": 1})


def test_mark_of_a_call_that_was_declined(node, caller, peers):
    peers[0].behaviour = lambda seen: plans.final(603)
    call = dial(caller, "declined")
    assert call.status == 603
    seen, = peers[0].to(call.callee)
    assert mark(seen)
    peers[0].hang_up(seen, headers=[plans.REASON_607])
    wait_until(lambda: seen.bye_reply, what="reply to the BYE")
    view.settled(node, "declined", seen.number, {"declined": 1})


def test_of_the_pool_that_was_picked_from(node, caller, peers):
    call, seen = answered(node, caller, peers[0], "one", "X-Route: a")
    unwanted(peers[0], seen)
    view.settled(node, "one", seen.number, {"answered": 1, "unwanted": 1})
    assert view.counts(node, "two", seen.number) == {}


# ----- another proxy, or another start ----------------------------------------


@pytest.fixture(scope="module")
def partner(make_shared, peers, files):
    return begin(make_shared, peers, files)


def at_partner(node, partner, carrier, seen):
    edit(seen, at(node), at(partner))
    unwanted(carrier, seen)


@pytest.mark.parametrize("pool,do", [
    ("pick", "apply"), ("branch", "pick-in-branch"),
    ("failure", "in-failure"), ("suspended", "suspended")])
def test_at_the_partner(node, partner, caller, peers, pool, do):
    if do == "in-failure":
        replies = iter([plans.busy(), plans.answered()])
        peers[0].behaviour = lambda seen: next(replies)
        call = dial(caller, pool, do=do)
        assert call.status == 200
        seen = peers[0].to(call.callee)[-1]
    else:
        call, seen = answered(node, caller, peers[0], pool, do=do)
    assert mark(seen)
    at_partner(node, partner, peers[0], seen)
    view.settled(partner, pool, seen.number, {"unwanted": 1})
    # and once, although the callee says it again
    peers[0].hang_up(seen, headers=[plans.REASON_607])
    wait_until(lambda: seen.bye_reply, what="reply to the BYE")
    view.settled(partner, pool, seen.number, {"unwanted": 1})


def test_on_the_route_that_answered(node, partner, caller, peers):
    peers[0].behaviour = lambda seen: plans.final(503)
    peers[1].behaviour = lambda seen: plans.answered()
    call = dial(caller, "failover", "X-Route: first", next="pick")
    assert call.status == 200
    seen, = peers[1].to(call.callee)
    # the partner knows the routes
    peers[0].behaviour = lambda seen: plans.busy()
    for route in ("first", "second"):
        assert dial(make_caller(caller, partner), "failover",
                    f"X-Route: {route}").status == 486
    at_partner(node, partner, peers[1], seen)
    view.settled(partner, "failover", seen.number, {"busy": 2, "unwanted": 1})
    assert by_route(partner, "failover", seen.number) == {"second": 1}


def test_under_the_labels_of_the_pick(node, partner, caller, peers):
    labels = ("X-Route: first", "X-Campaign: spring", "X-Network: x")
    call, seen = answered(node, caller, peers[0], "labels", *labels)
    # the partner knows them, and others
    peers[0].behaviour = lambda seen: plans.busy()
    for known in (labels[:2], labels[1:], labels, labels[:1]):
        assert dial(make_caller(caller, partner), "labels",
                    *known).status == 486
    at_partner(node, partner, peers[0], seen)
    view.settled(partner, "labels", seen.number, {"busy": 4, "unwanted": 1})
    assert by_route(partner, "labels", seen.number) == {"first": 1}
    explained = view.explain(partner, "labels", seen.number)
    for kind, label in (("campaign", "spring"), ("network", "x")):
        assert {name: counts.get("unwanted", 0) for name, counts in
                view.by_label(explained, kind).items()} == {label: 1, "": 0}


def make_caller(caller, node):
    class Other:
        @staticmethod
        def invite(callee, headers):
            return caller.invite(callee, headers, proxy=node.address)
    return Other


def test_tampered(node, partner, caller, peers):
    call, seen = answered(node, caller, peers[0], "tampered")
    text, = set(mark(seen))
    for i in (0, 3, 8, 13, 20, 39):
        wrong = text[:i] + ("A" if text[i] != "A" else "B") + text[i + 1:]
        edit(seen, text, wrong)
        edit(seen, at(node), at(partner))
        peers[0].hang_up(seen, headers=[plans.REASON_607])
        wait_until(lambda: seen.bye_reply, what="reply to the BYE")
        seen.bye_reply = None
        edit(seen, wrong, text)
    view.settled(partner, "tampered", seen.number, {})


def test_late_bye_0(make, partner, caller, peers, files):
    node = begin(make, peers, files, LATE_BYE=0)
    call, seen = answered(node, make.caller(node), peers[0], "off")
    assert not any(mark(seen))


def test_after_a_restart(make, peers, files):
    node = begin(make, peers, files)
    caller = make.caller(node)
    call, seen = answered(node, caller, peers[0], "restart")
    again = begin(make, peers, files)
    node.stop()
    edit(seen, at(node), at(again))
    unwanted(peers[0], seen)
    view.settled(again, "restart", seen.number, {"unwanted": 1})


@pytest.mark.parametrize("again", [False, True])
def test_the_secret_is_asked_for_first(make, redis, peers, files, again):
    """Before pools and numbers: no call is signed without it."""
    node = make.kamailio("functions.cfg", CARRIER_A=peers[0].address,
                         REDIS=redis.url, NODE_ID="first", start=again)
    if again:
        view.wait_connected(node)
    with redis.client.monitor() as monitor:
        if again:
            for one in redis.client.client_list():
                if one["name"].startswith("reputation"):
                    redis.client.client_kill_filter(_id=one["id"])
        else:
            node.start()
        commands = (seen["command"] for seen in monitor.listen())
        assert next(c for c in commands
                    if c in ("GET rep:x:secret", "SMEMBERS rep:pools")) \
            == "GET rep:x:secret"


def test_the_secret_is_shared_through_redis(make, redis, peers, files):
    nodes = [make.kamailio("functions.cfg", CARRIER_A=peers[0].address,
                           POOL_FILE=files["POOL_FILE"], REDIS=redis.url,
                           NODE_ID=name) for name in ("n1", "n2")]
    for node in nodes:
        view.wait_numbers(node, "first", POOLS["first"][0])
    secret = wait_until(lambda: redis.client.get("rep:x:secret"))
    redis.wait_asked("GET rep:x:secret", len(nodes))
    redis.client.delete("rep:x:secret")
    # who finds it gone writes what all of them have
    assert wait_until(lambda: redis.client.get("rep:x:secret")) == secret
    _, seen = answered(nodes[0], make.caller(nodes[0]), peers[0], "first")
    at_partner(nodes[0], nodes[1], peers[0], seen)
    wait_until(lambda: view.counts(nodes[1], "first", seen.number)
               .get("unwanted") == 1, what="the late BYE is counted")


def test_its_callee_is_reported(make, redis, peers, files):
    """By the proxy to which the late BYE comes, once."""
    carrier, numbers = peers[0], new_numbers(1)
    redis.seed("reported", numbers,
               {**EAGER, "report_callees": "baddest,unwanted"})
    nodes = [make.kamailio("functions.cfg", CARRIER_A=carrier.address,
                           SECRET_FILE=files["SECRET_FILE"], REDIS=redis.url,
                           NODE_ID=name) for name in ("r1", "r2")]
    first, second = (make.caller(node) for node in nodes)
    for node in nodes:
        view.wait_numbers(node, "reported", numbers)

    def reported(outcome):
        return [entry for _, entry in
                redis.client.xrange("rep:callees:{reported}")
                if entry["outcome"] == outcome]

    # a proxy takes the policy over within a second
    carrier.behaviour = lambda seen: plans.final(404)
    wait_until(lambda: dial(second, "reported") and reported("baddest"))
    carrier.behaviour = lambda seen: plans.answered()
    call = dial(first, "reported", "X-Campaign: spring")
    seen = carrier.to(call.callee)[-1]
    # the other one knows the campaign
    wait_until(lambda: view.by_label(view.explain(
        nodes[1], "reported", numbers[0]), "campaign")["spring"])
    for _ in range(2):
        at_partner(nodes[0], nodes[1], carrier, seen)
    entry, = wait_until(lambda: reported("unwanted"))
    entry.pop("at")
    assert entry == {
        "callee": f"+{call.callee.lstrip('+')}", "number": numbers[0],
        "outcome": "unwanted", "status": "0", "campaign": "spring"}
