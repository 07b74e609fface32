# SPDX-License-Identifier: GPL-2.0-or-later
"""What a carrier does with a call: scripted replies, and the outcome that
they stand for."""

from dataclasses import dataclass, field

ANALYTICS = ('Reason: SIP;cause=603;text="v=analytics1;'
             'url=https://block.example.net/redress;id=12345";location=LN')
JWSCARD = ("Call-Info: <https://block.example.net/complaint-jws>"
           ";purpose=jwscard")
REASON_607 = 'Reason: SIP;cause=607;text="Unwanted"'


@dataclass
class Reply:
    """One reply, `delay` s after the one before. `copies` is how often it is
    sent at once: more than one = retransmitted on purpose."""
    status: int
    phrase: str = None
    headers: list = field(default_factory=list)
    delay: float = 0.0
    copies: int = 1


@dataclass
class Plan:
    """The whole of a call. `outcome` is what the carrier counts once the
    final reply is sent (with no final: once the INVITE came)."""
    replies: list
    outcome: str = None
    bye_after: float = None        # s after the ACK of a 2xx
    bye_headers: list = field(default_factory=list)
    bye_outcome: str = None        # counted as the BYE is sent
    on_cancel: str = "487"         # or "final" (it crosses), or "ignore"
    send_trying: bool = True


def final(status, phrase=None, headers=(), outcome=None, provisional=(),
          delay=0.0, copies=1, **plan):
    """A call that ends with this final reply. `provisional`: Replies that go
    before it."""
    return Plan([*provisional,
                 Reply(status, phrase, list(headers), delay, copies)],
                outcome=outcome, **plan)


def answered(bye_after=None, ring=True, **plan):
    """Picked up. Unless told `bye_after`, the caller hangs up."""
    # not at once: two workers of a proxy may relay them in either order
    replies = [Reply(180), Reply(200, delay=0.03)] if ring else [Reply(200)]
    plan.setdefault("outcome", "answered")
    return Plan(replies, bye_after=bye_after, **plan)


def short(bye_after=0.1):
    return answered(bye_after=bye_after, outcome="short")


def blocked(status=603):
    """603+ after ATIS-1000099, or 608 with its redress contact."""
    if status == 608:
        return final(608, "Rejected", [JWSCARD], "blocked")
    return final(603, "Network Blocked", [ANALYTICS], "blocked")


def declined():
    return final(603, "Decline", outcome="declined",
                 provisional=[Reply(180)], delay=0.03)


def unwanted():
    return final(607, "Unwanted", outcome="unwanted",
                 provisional=[Reply(180)], delay=0.03)


def ambiguous():
    return final(603, "Decline",
                 ['Reason: Q.850;cause=21;text="Call Rejected";location=U'],
                 "ambiguous")


def busy():
    return final(486, outcome="busy")


def failed(status=503):
    return final(status, outcome="failed")


def rings_out(delay):
    """Rings, and the carrier itself gives up after `delay` s."""
    return final(408, outcome="noanswer", provisional=[Reply(180)],
                 delay=delay)


def rings():
    """Rings until the caller cancels, or for ever."""
    return Plan([Reply(180)])


def silent():
    """Not one reply: the proxy makes its own 408."""
    return Plan([], outcome="noanswer", on_cancel="ignore",
                send_trying=False)
