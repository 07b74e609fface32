# SPDX-License-Identifier: GPL-2.0-or-later
"""The same calls over each transport: what is written and counted does not
depend on how a message came or goes."""

from collections import Counter

import pytest
from harness import plans, sip, view
from harness.marks import ALL_SHORT
from harness.pools import EAGER, new_callee, new_numbers, write_pool_file
from harness.process import free_port, wait_until
from harness.stream import certificate

pytestmark = pytest.mark.long

DIALERS = ("udp", "tcp", "tls", "ws", "wss")
CARRIERS = ("udp", "tcp", "tls")
# nobody is benched by the calls of these tests
CALM = {**EAGER, "false_bench_every": 10 ** 9}
POOLS = {f"{dialer}-{carrier}": (new_numbers(20), CALM)
         for dialer in DIALERS for carrier in CARRIERS}


@pytest.fixture(scope="module")
def nodes():
    """All proxies of the file."""
    return []


@pytest.fixture
def node(request, proxies, nodes, make_shared, tmp_path_factory):
    def start(**defines):
        directory = tmp_path_factory.mktemp("transports")
        cert, key = certificate(directory)
        node = make_shared.kamailio(
            "transports.cfg", start=False, leak_check=True,
            POOL_FILE=write_pool_file(directory, POOLS), CERTIFICATE=cert,
            KEY=key, **defines)
        node.tls_port = free_port()
        node.defines["LISTEN_TCP"] = f"tcp:127.0.0.1:{node.port}"
        node.defines["LISTEN_TLS"] = f"tls:127.0.0.1:{node.tls_port}"
        node.dialers = {}
        nodes.append(node)
        return node.start()

    return proxies(request, start)


@pytest.fixture(scope="module", params=DIALERS)
def transport(request):
    return request.param


@pytest.fixture
def dialer(transport, make_shared, node):
    port = node.tls_port if transport in ("tls", "wss") else node.port
    if transport not in node.dialers:
        node.dialers[transport] = make_shared.caller(
            node, proxy=("127.0.0.1", port), transport=transport)
    return node.dialers[transport]


@pytest.fixture(scope="module", params=CARRIERS)
def peers(request, make_shared):
    """Two carriers of that transport."""
    return [make_shared.carrier(name=f"carrier-{name}",
                                transport=request.param) for name in "ab"]


class Line:
    """Calls from a dialer to the first of two carriers, from a pool of their
    own."""

    def __init__(self, node, dialer, peers):
        self.node, self.dialer, self.peers = node, dialer, peers
        self.pool = f"{dialer.transport}-{peers[0].transport}"

    def invite(self, first, second=None):
        """`first`, `second`: what the carriers do."""
        self.peers[0].behaviour = lambda seen: first
        headers = [f"X-Pool: {self.pool}", f"X-A: {self.peers[0].target}"]
        if second:
            self.peers[1].behaviour = lambda seen: second
            headers.append(f"X-B: {self.peers[1].target}")
        return self.dialer.invite(new_callee(), headers)

    def dial(self, *plans_):
        call = self.invite(*plans_)
        call.wait_final()
        return call

    def seen(self, call, carrier=0):
        """The carrier's side of a call."""
        return wait_until(lambda: self.peers[carrier].to(call.callee),
                          what="the carrier's INVITE")[0]

    def counts(self, call, carrier=0):
        """What the call is counted as, on the carrier's route."""
        return view.route_counts(self.node, self.pool,
                                 self.seen(call, carrier).number,
                                 "ab"[carrier])

    def wait_counts(self, call, expected, carrier=0):
        wait_until(lambda: self.counts(call, carrier) == expected,
                   what=lambda: f"{expected}, not "
                   f"{self.counts(call, carrier)}")


def once(seen, method):
    """One request of the kind; it may have come again."""
    return len({request.branch for request in seen.got(method)}) == 1


@pytest.fixture
def line(node, dialer, peers):
    """There are more numbers than calls, so each call has one that had none
    before it."""
    return Line(node, dialer, peers)


def test_a_call_gets_its_number(line):
    call = line.dial(plans.answered())
    assert call.status == 200
    seen = line.seen(call)
    assert seen.number in POOLS[line.pool][0]
    assert seen.asserted == [seen.number]
    # newest first: the proxy's, the dialer's
    assert [via.split()[0] for via in seen.invite.get_all("via")] == [
        f"SIP/2.0/{peer.transport.upper()}"
        for peer in (line.peers[0], line.dialer)]
    assert sip.user_of(call.final.get("from")) == line.dialer.number
    line.wait_counts(call, {"answered": 1})
    assert call.bye().status == 200
    wait_until(lambda: seen.got("ACK"), what="ACK")
    assert once(seen, "ACK") and once(seen, "BYE")
    assert sip.user_of(seen.got("BYE")[0].get("from")) == seen.number


def test_what_is_refused(line):
    """603 and 603+, 607, 608, and what is no judgement."""
    for plan in (plans.declined(), plans.blocked(), plans.blocked(608),
                 plans.unwanted(), plans.ambiguous(), plans.busy()):
        call = line.dial(plan)
        assert call.status == plan.replies[-1].status
        assert sip.user_of(call.final.get("from")) == line.dialer.number
        line.wait_counts(call, {plan.outcome: 1})


@ALL_SHORT
def test_a_short_call(line):
    call = line.dial(plans.short(0.05))
    call.wait_bye()
    line.wait_counts(call, {"short": 1})
    wait_until(lambda: line.seen(call).bye_reply == 200,
               what="reply to the BYE")


def test_a_late_bye_that_says_unwanted(line):
    call = line.dial(plans.answered())
    line.wait_counts(call, {"answered": 1})
    seen = line.seen(call)
    line.peers[0].hang_up(seen, headers=[plans.REASON_607],
                          outcome="unwanted")
    bye = call.wait_bye()
    assert bye.get("reason") == plans.REASON_607.partition(": ")[2]
    wait_until(lambda: seen.bye_reply == 200, what="reply to the BYE")
    view.wait_counts(line.node, line.pool, seen.number,
                     {"answered": 1, "unwanted": 1})


def test_the_caller_hangs_up(line):
    call = line.invite(plans.rings())
    call.wait_provisional()
    call.cancel()
    assert call.wait_final().status == 487
    line.wait_counts(call, {"cancelled": 1})
    assert once(line.seen(call), "CANCEL")


def test_failover(line):
    call = line.dial(plans.failed(), plans.busy())
    assert call.status == 486
    assert line.seen(call, 0).number == line.seen(call, 1).number
    line.wait_counts(call, {"failed": 1}, carrier=0)
    line.wait_counts(call, {"busy": 1}, carrier=1)


@pytest.mark.proxy(FR_TIMER=2000, FR_INV_TIMER=2000)
def test_timeouts(line):
    """A carrier that says nothing, and a phone that rings out."""
    silent = line.invite(plans.silent())
    line.seen(silent)
    # the carrier gives its final only when the proxy cancels
    rings = line.invite(plans.Plan(
        [plans.Reply(180), plans.Reply(487, delay=60)], outcome="noanswer",
        on_cancel="final"))
    for call in (silent, rings):
        assert call.wait_final().status == 408
        line.wait_counts(call, {"noanswer": 1})


def test_each_number_has_what_the_carriers_sent(line, nodes):
    line.dial(plans.busy())
    counted = {number: Counter() for number in POOLS[line.pool][0]}
    for node in nodes:
        view.wait_idle(node)
        for number, counts in view.pool_counts(node, line.pool).items():
            counted[number] += counts
    assert counted == {number: Counter(line.peers[0].counts(number))
                       + Counter(line.peers[1].counts(number))
                       for number in counted}
    for carrier in line.peers:
        assert not carrier.others
