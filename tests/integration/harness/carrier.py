# SPDX-License-Identifier: GPL-2.0-or-later
"""A terminating carrier: a SIP UAS that does what a plan says, keeps the
rules of RFC 3261 for retransmissions, and counts what it really sent."""

import time
from collections import Counter, defaultdict

from . import plans, sip
from .endpoint import T1, T2, TIMER_B, Endpoint, Retransmission


class Seen:
    """An INVITE as it came in, and what has become of the call."""

    def __init__(self, carrier, invite, address):
        self.carrier = carrier
        self.invite = invite
        self.address = address
        self.received_at = time.monotonic()
        self.callee = sip.user_of(invite.uri)
        self.number = sip.user_of(invite.get("from"))
        self.asserted = [sip.user_of(v) for v in sip.split_commas(
            invite.get_all("p-asserted-identity"))]
        self.branch = invite.branch
        self.to_tag = sip.token()
        self.plan = None
        self.requests = []          # ACK, CANCEL, BYE ... as they came
        self.final = None           # status of the final reply sent
        self.counted = False        # its outcome is in `sent`
        self.last_reply = None
        self.acked = False
        self.over = False
        self.bye_reply = None       # status of the reply to our BYE
        self.retransmission = None
        self.timers = []

    def got(self, method):
        return [r for r in self.requests if r.method == method]


class Carrier(Endpoint):
    """`behaviour(seen)` returns the Plan of each call; `name` is free."""

    def __init__(self, behaviour=None, name="carrier", transport="udp"):
        self.behaviour = behaviour or (lambda seen: plans.answered())
        self.calls = []                       # Seen, in order of arrival
        self.others = []                      # requests of no call of ours
        self.sent = defaultdict(Counter)      # number -> outcome -> n
        self.keep_calls = True
        self._by_branch = {}
        self._by_call = defaultdict(list)     # Call-ID -> Seen
        self._byes = {}                       # our BYE's branch -> its state
        super().__init__(name, transport)

    # ----- what tests ask ----------------------------------------------------

    def total(self):
        """What was sent, over all numbers."""
        with self.lock:
            return sum(self.sent.values(), Counter())

    def counts(self, number):
        with self.lock:
            return dict(self.sent[number])

    def to(self, callee):
        with self.lock:
            return [c for c in self.calls if c.callee == callee]

    def strays(self, method):
        """Requests that came for no call that there is."""
        with self.lock:
            return [r for r in self.others if r.method == method]

    def forget(self):
        with self.lock:
            self.calls.clear()
            self.sent.clear()

    def reply(self, seen, reply):
        """A reply that the plan left to the test."""
        with self.lock:
            self._reply(seen, reply)

    # ----- requests ----------------------------------------------------------

    def on_message(self, message, address):
        if message.status:
            self._on_reply(message)
        elif message.method == "INVITE":
            self._on_invite(message, address)
        elif message.method == "CANCEL":
            self._on_cancel(message, address)
        elif message.method == "ACK":
            self._on_ack(message)
        else:
            self._on_other(message, address)

    def _on_invite(self, invite, address):
        key = (invite.branch, invite.call_id)
        seen = self._by_branch.get(key)
        if seen is not None:  # retransmitted
            if seen.last_reply is not None:
                self.send(seen.last_reply, address)
            return
        if sip.parameter(invite.get("to"), "tag"):  # re-INVITE
            self.send(sip.reply_to(invite, 488, "Not Acceptable Here"),
                      address)
            return
        seen = Seen(self, invite, address)
        self._by_branch[key] = seen
        self._by_call[invite.call_id].append(seen)
        if self.keep_calls:
            self.calls.append(seen)
        plan = seen.plan = self.behaviour(seen)
        if plan.send_trying:
            self._reply(seen, plans.Reply(100))
        if not any(reply.status >= 200 for reply in plan.replies):
            self._count(seen, plan.outcome)
            if not plan.send_trying:
                self.call_later(TIMER_B + 2, self._forget_call, seen)
        at = 0.0
        for reply in plan.replies:
            at += reply.delay
            if at == 0:
                self._reply(seen, reply)
            else:
                seen.timers.append(
                    self.call_later(at, self._reply, seen, reply))

    def _reply(self, seen, reply):
        if seen.final:
            return
        headers = [f"Contact: <sip:{seen.callee}@{self.target}>",
                   *reply.headers]
        message = sip.reply_to(seen.invite, reply.status, reply.phrase,
                               seen.to_tag, headers)
        seen.last_reply = message.encode()
        if reply.status < 200:
            for _ in range(reply.copies):
                self.send(seen.last_reply, seen.address)
            return
        seen.final = reply.status
        for _ in range(reply.copies - 1):
            self.send(seen.last_reply, seen.address)
        seen.retransmission = Retransmission(self, message, seen.address)
        if not seen.counted:
            self._count(seen, seen.plan.outcome)

    def _on_cancel(self, cancel, address):
        seen = self._by_branch.get((cancel.branch, cancel.call_id))
        if seen is None:
            self.send(sip.reply_to(cancel, 481), address)
            return
        seen.requests.append(cancel)
        if seen.plan.on_cancel == "ignore":
            return
        self.send(sip.reply_to(cancel, 200, to_tag=seen.to_tag), address)
        if seen.final:
            return
        for timer in seen.timers:
            Endpoint.cancel(timer)
        if seen.plan.on_cancel == "final":  # the plan's own crosses it
            self._reply(seen, seen.plan.replies[-1])
        else:
            self._count(seen, "cancelled")
            self._reply(seen, plans.Reply(487))

    def _on_ack(self, ack):
        tag = sip.parameter(ack.get("to"), "tag")
        for seen in self._by_call.get(ack.call_id, ()):
            if seen.to_tag != tag:
                continue
            seen.requests.append(ack)
            if seen.retransmission:
                seen.retransmission.stop()
            if seen.acked:
                return
            seen.acked = True
            if seen.final < 300:
                if seen.plan.bye_after is not None:
                    self.call_later(seen.plan.bye_after, self._send_bye,
                                    seen, ack)
            else:
                self.call_later(T2, self._forget_call, seen)

    def _on_other(self, request, address):
        tag = sip.parameter(request.get("to"), "tag")
        for seen in self._by_call.get(request.call_id, ()):
            if seen.to_tag == tag:
                seen.requests.append(request)
                if request.method == "BYE":
                    seen.over = True
                    self.call_later(T2, self._forget_call, seen)
                self.send(sip.reply_to(request, 200), address)
                return
        self.others.append(request)
        status = 200 if request.method == "OPTIONS" else 481
        self.send(sip.reply_to(request, status), address)

    # ----- our own BYE -------------------------------------------------------

    def _send_bye(self, seen, ack):
        if seen.over:
            return
        seen.over = True
        self.hang_up(seen, ack, seen.plan.bye_headers, seen.plan.bye_outcome)

    def hang_up(self, seen, ack=None, headers=(), outcome=None):
        """BYE from the callee's side, along the route set of the INVITE."""
        with self.lock:
            invite = seen.invite
            routes = sip.split_commas(invite.get_all("record-route"))
            target = sip.uri_of(invite.get("contact"))
            to_ours = invite.get("to")
            if sip.parameter(to_ours, "tag") is None:
                to_ours += ";tag=" + seen.to_tag
            branch = sip.new_branch()
            lines = [("Via", self.via(branch)),
                     *[("Route", route) for route in routes],
                     ("Max-Forwards", "70"), ("From", to_ours),
                     ("To", invite.get("from")), ("Call-ID", invite.call_id),
                     ("CSeq", "1 BYE")]
            for line in headers:
                name, _, value = line.partition(":")
                lines.append((name, value.strip()))
            bye = sip.Message(f"BYE {target} SIP/2.0", lines)
            hop = sip.uri_of(routes[0]) if routes else target
            seen.over = True
            if outcome:
                self._count(seen, outcome)
            self._byes[branch] = (seen, Retransmission(
                self, bye, sip.address_of(hop)))

    def _on_reply(self, reply):
        state = self._byes.get(reply.branch)
        if state is None or reply.status < 200:
            return
        seen, retransmission = state
        retransmission.stop()
        seen.bye_reply = reply.status
        del self._byes[reply.branch]
        self.call_later(T1, self._forget_call, seen)

    # ----- book-keeping ------------------------------------------------------

    def _count(self, seen, outcome):
        if outcome:
            seen.counted = True
            self.sent[seen.number][outcome] += 1

    def _forget_call(self, seen):
        """Its messages can no longer come: free what finds them."""
        self._by_branch.pop((seen.branch, seen.invite.call_id), None)
        others = self._by_call.get(seen.invite.call_id)
        if others and seen in others:
            others.remove(seen)
            if not others:
                del self._by_call[seen.invite.call_id]
