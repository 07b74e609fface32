# SPDX-License-Identifier: GPL-2.0-or-later
"""A dialer for single calls: a SIP UAC that a test drives step by step."""

import time

from . import sip
from .endpoint import TIMER_B, Endpoint, Retransmission
from .process import PATIENCE, wait_until


class Call:
    """One INVITE and what follows. Methods may be called from the test."""

    def __init__(self, caller, invite, proxy):
        self.caller = caller
        self.invite = invite
        self.proxy = proxy
        self.provisional = []
        self.final = None           # the first final reply (Message)
        self.finals = []            # each final that came, copies included
        self.requests = []          # from the other side (BYE ...)
        self.cancel_reply = None
        self.ended_by_peer = None   # its BYE
        self.replies = {}           # branch of our request -> final reply
        self.answered_at = None
        self._cseq = 1
        self._acks = {}
        self.retransmission = None

    @property
    def status(self):
        return self.final.status if self.final else None

    @property
    def call_id(self):
        return self.invite.call_id

    @property
    def callee(self):
        return sip.user_of(self.invite.uri)

    def wait_final(self, timeout=PATIENCE):
        wait_until(lambda: self.final, timeout,
                   what=lambda: f"final reply to {self.invite.start}")
        return self.final

    def wait_provisional(self, status=180, timeout=PATIENCE):
        return wait_until(
            lambda: next((r for r in list(self.provisional)
                          if r.status == status), None), timeout,
            what=f"provisional reply {status}")

    def wait_bye(self, timeout=PATIENCE):
        return wait_until(lambda: self.ended_by_peer, timeout,
                          what="BYE from the other side")

    def cancel(self):
        with self.caller.lock:
            invite = self.invite
            headers = [(n, v) for n, v in invite.headers if n.lower() in
                       ("via", "from", "to", "call-id", "max-forwards")]
            headers.append(("CSeq", f"{invite.cseq[0]} CANCEL"))
            self.retransmission.stop()
            self.caller.send(sip.Message(
                f"CANCEL {invite.uri} SIP/2.0", headers), self.proxy)

    def request(self, method, headers=(), wait=True, timeout=PATIENCE):
        """A request in the dialog (BYE, INFO, re-INVITE without body); the
        final reply when `wait`."""
        with self.caller.lock:
            if method != "ACK":
                self._cseq += 1
            message = self._in_dialog(method, self._cseq, headers)
            hop = message.get("route")
            address = sip.address_of(sip.uri_of(hop) if hop else message.uri)
            self.caller.pending[message.branch] = (
                self, Retransmission(self.caller, message, address))
        if not wait:
            return None
        return wait_until(lambda: self.replies.get(message.branch), timeout,
                          what=f"reply to {method}")

    def bye(self, headers=(), wait=True):
        return self.request("BYE", headers, wait)

    def _in_dialog(self, method, cseq, headers=()):
        final = self.final
        routes = sip.split_commas(final.get_all("record-route"))[::-1]
        target = sip.uri_of(final.get("contact")) or self.invite.uri
        lines = [("Via", self.caller.via(sip.new_branch())),
                 *[("Route", route) for route in routes],
                 ("Max-Forwards", "70"), ("From", self.invite.get("from")),
                 ("To", final.get("to")), ("Call-ID", self.call_id),
                 ("CSeq", f"{cseq} {method}")]
        for line in headers:
            name, _, value = line.partition(":")
            lines.append((name, value.strip()))
        return sip.Message(f"{method} {target} SIP/2.0", lines)

    # ----- called in the endpoint's thread -----------------------------------

    def on_reply(self, reply):
        if reply.status < 200:
            self.retransmission.stop()
            self.provisional.append(reply)
            return
        self.retransmission.stop()
        self.finals.append(reply)
        if self.final is None:
            self.final = reply
            self.answered_at = time.monotonic()
        if reply.status >= 300:
            invite = self.invite
            headers = [(n, v) for n, v in invite.headers if n.lower() in
                       ("via", "from", "call-id", "max-forwards")]
            headers += [("To", reply.get("to")),
                        ("CSeq", f"{invite.cseq[0]} ACK")]
            self.caller.send(sip.Message(f"ACK {invite.uri} SIP/2.0",
                                         headers), self.proxy)
        elif self.caller.auto_ack:
            self.ack()

    def ack(self):
        with self.caller.lock:
            message = self._acks.get("ack") or self._in_dialog(
                "ACK", self.invite.cseq[0])
            self._acks["ack"] = message
            hop = message.get("route")
            self.caller.send(message, sip.address_of(
                sip.uri_of(hop) if hop else message.uri))


class Caller(Endpoint):
    """`auto_ack` False = the test calls Call.ack() itself."""

    def __init__(self, proxy=None, number="+12025559999", name="caller",
                 transport="udp"):
        self.proxy = proxy              # (host, port)
        self.number = number
        self.auto_ack = True
        self.calls = {}
        self.pending = {}
        super().__init__(name, transport)

    def invite(self, callee, headers=(), proxy=None, number=None,
               from_display="", from_value=None):
        """Send an INVITE; returns the Call at once. `from_value`: all of
        From but the tag."""
        proxy = proxy or self.proxy
        number = number or self.number
        call_id = sip.token(24)
        display = f'"{from_display}" ' if from_display else ""
        from_value = from_value or f"{display}<sip:{number}@{self.address}>"
        lines = [("Via", self.via(sip.new_branch())),
                 ("Max-Forwards", "70"),
                 ("From", f"{from_value};tag={sip.token()}"),
                 ("To", f"<sip:{callee}@{proxy[0]}:{proxy[1]}>"),
                 ("Call-ID", call_id), ("CSeq", "1 INVITE"),
                 ("Contact", f"<sip:{number}@{self.target}>")]
        for line in headers:
            name, _, value = line.partition(":")
            lines.append((name, value.strip()))
        message = sip.Message(
            f"INVITE sip:{callee}@{proxy[0]}:{proxy[1]} SIP/2.0", lines)
        with self.lock:
            call = Call(self, message, proxy)
            self.calls[call_id] = call
            call.retransmission = Retransmission(self, message, proxy,
                                                 cap=TIMER_B)
        return call

    def call(self, callee, headers=(), timeout=PATIENCE, **options):
        """INVITE, and wait for the final reply."""
        call = self.invite(callee, headers, **options)
        call.wait_final(timeout)
        return call

    def options(self, headers=(), user="test", proxy=None, timeout=PATIENCE):
        """OPTIONS outside a dialog, sent once: a proxy that answers without
        a transaction does again what it is asked to; the final reply."""
        proxy = proxy or self.proxy
        call_id = sip.token(24)
        branch = sip.new_branch()
        lines = [("Via", self.via(branch)),
                 ("Max-Forwards", "70"),
                 ("From", f"<sip:{self.number}@{self.address}>;tag="
                  + sip.token()),
                 ("To", f"<sip:{user}@{proxy[0]}:{proxy[1]}>"),
                 ("Call-ID", call_id), ("CSeq", "1 OPTIONS")]
        for line in headers:
            name, _, value = line.partition(":")
            lines.append((name, value.strip()))
        message = sip.Message(
            f"OPTIONS sip:{user}@{proxy[0]}:{proxy[1]} SIP/2.0", lines)
        with self.lock:
            call = Call(self, message, proxy)
            self.calls[call_id] = call
            self.pending[branch] = (call, Retransmission(
                self, message, proxy, limit=0))
        return wait_until(lambda: call.replies.get(branch), timeout,
                          what="reply to OPTIONS")

    def on_message(self, message, address):
        call = self.calls.get(message.call_id)
        if message.status:
            self._on_reply(call, message)
            return
        if call is not None:
            call.requests.append(message)
            if message.method == "BYE":
                call.ended_by_peer = message
        if message.method != "ACK":
            self.send(sip.reply_to(message, 200 if call else 481), address)

    def _on_reply(self, call, reply):
        method = reply.cseq[1]
        if call is None:
            return
        if method == "CANCEL":
            call.cancel_reply = reply
        elif reply.branch in self.pending:
            if reply.status < 200:
                return
            _, retransmission = self.pending.pop(reply.branch)
            retransmission.stop()
            call.replies[reply.branch] = reply
        elif method == "INVITE":
            call.on_reply(reply)
