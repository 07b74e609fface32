# SPDX-License-Identifier: GPL-2.0-or-later
"""Replies that are not what a parser hopes for: a 603+ whose sign stands
behind something that is no header, or in what is none."""

import re

import pytest
from harness import view
from harness.carrier import Carrier
from harness.plans import ANALYTICS, final
from harness.pools import EAGER, new_callee, new_numbers, write_pool_file


class RawCarrier(Carrier):
    """Sends bytes that no list of headers can hold: a header Raw stands for
    them where it stands itself, Raw-First for what comes right behind the
    status line, Raw-Body for a body. All as hexadecimal digits."""

    def send(self, message, address):
        data = message if isinstance(message, bytes) else message.encode()
        def take(name):
            nonlocal data
            found = re.search(rb"\r\n%s: ([0-9a-f]*)(?=\r\n)" % name, data)
            if not found:
                return b""
            data = data.replace(found[0], b"", 1)
            return bytes.fromhex(found[1].decode())

        first, body = take(b"Raw-First"), take(b"Raw-Body")
        data = re.sub(rb"\r\nRaw: ([0-9a-f]*)(?=\r\n)",
                      lambda m: b"\r\n" + bytes.fromhex(m[1].decode()), data)
        if first:
            status, rest = data.split(b"\r\n", 1)
            data = status + b"\r\n" + first + b"\r\n" + rest
        if body:
            data = data.replace(b"Content-Length: 0\r\n",
                                b"Content-Length: %d\r\n" % len(body)) + body
        super().send(data, address)


def raw(name, data):
    return f"{name}:{data.hex()}"


def behind(data):
    """603+ by its Reason alone, with these lines before it."""
    return final(603, "Decline", [raw("Raw", data), ANALYTICS])


def at_the_top(data):
    return final(603, "Decline", [raw("Raw-First", data), ANALYTICS])


def with_body(body, kind="multipart/mixed;boundary=b"):
    return final(603, "Decline", [f"Content-Type: {kind}",
                                  raw("Raw-Body", body)])


def instead(data):
    """Only these lines, no sign behind them."""
    return final(603, "Decline", [raw("Raw", data)])


SIGN = ANALYTICS.encode()
PART = b"--b\r\n" + SIGN + b"\r\nX-Twilio-Error: 32203\r\n\r\nx\r\n--b--\r\n"

TABLE = [
    # behind what Kamailio cannot parse, once it has what it needs
    ("no colon", "blocked", behind(b"this is no header")),
    ("no colon, folded", "blocked", behind(b"this is no header\r\n at: all")),
    ("binary", "blocked", behind(b"\x01\xff\xfe\x80")),
    ("binary name", "blocked", behind(b"\x01\xff\xfe\x80: x")),
    ("zero in a name", "blocked", behind(b"X\0Y: x")),
    ("zero in a value", "blocked", behind(b"X-Y: \0x")),
    ("zero alone", "blocked", behind(b"\0")),
    ("empty name", "blocked", behind(b": x")),
    ("spaces in a name", "blocked", behind(b"a b c: x")),
    ("empty value", "blocked", behind(b"X-Y:")),
    ("second To", "blocked", behind(b'To: "open')),
    ("second From", "blocked", behind(b"From: <<>>")),
    ("second Via", "blocked", behind(b"Via: SIP/2.0/UDP ;;;=")),
    ("second CSeq", "blocked", behind(b"CSeq: INVITE one")),
    ("second Call-ID", "blocked", behind(b"Call-ID:")),
    ("second Contact", "blocked", behind(b"Contact: <sip:")),
    ("second Max-Forwards", "blocked", behind(b"Max-Forwards: many")),
    ("Content-Length", "blocked", behind(b"Content-Length: -1")),
    ("Expires", "blocked", behind(b"Expires: \xff")),
    ("Record-Route", "blocked", behind(b"Record-Route: <sip:")),
    ("Authorization", "blocked", behind(b'Authorization: Digest "')),
    ("open quotes", "blocked", behind(b'X-Y: "open')),
    ("folds of blanks", "blocked", behind(b"X-Y: 1\r\n \r\n\t\r\n 2")),
    ("lone LF", "blocked", behind(b"X-Y: 1\nno header\nX-Z: 2")),
    ("8 KB in one header", "blocked", behind(b"X-Y: " + b"y" * 8192)),
    ("8 KB without a colon", "blocked", behind(b"y" * 8192)),
    ("200 headers", "blocked",
     behind(b"\r\n".join(b"X-%d: y" % i for i in range(200)))),
    ("200 lines", "blocked",
     behind(b"\r\n".join(b"no header %d" % i for i in range(200)))),
    ("top: unknown header", "blocked", at_the_top(b"X-Y: \xff")),
    ("top: From", "blocked", at_the_top(b"From: <<>>")),
    # TM does not see these replies: its own headers are behind the bad one,
    # and so the branch ends by its timer
    ("top: no colon", "noanswer", at_the_top(b"this is no header")),
    ("top: binary", "noanswer", at_the_top(b"\x01\xff\xfe")),
    ("top: bad Via", "noanswer", at_the_top(b"Via: SIP/2.0/UDP ;;;=")),
    ("top: bad To", "noanswer", at_the_top(b'To: "open')),
    ("top: bad Content-Length", "noanswer", at_the_top(b"Content-Length: -1")),
    ("top: folded status", "noanswer", at_the_top(b" x")),
    # the sign itself
    ("LF only", "blocked", instead(b"no header\n" + SIGN + b"\nX-Y: z")),
    ("folded", "blocked", instead(
        b"bad\r\nReason\t:\r\n SIP;cause=603\r\n\t;text=\"v=analytics1\"")),
    ("Twilio behind", "failed",
     instead(b"bad\r\nX-Twilio-Error: 32203 Blocked")),
    ("jwscard behind", "ambiguous", instead(
        b"bad\r\nCALL-INFO : <https://a.example/x>;purpose=jwscard")),
    ("Q.850 behind", "ambiguous",
     instead(b"bad\r\nReason: Q.850;cause=21")),
    # what is no header of the message says nothing
    ("multipart body", "declined", with_body(PART)),
    ("sipfrag body", "declined",
     with_body(b"SIP/2.0 603 x\r\n" + SIGN + b"\r\n\r\n", "message/sipfrag")),
    ("in a fold", "declined", instead(b"X-Y: z\r\n " + SIGN)),
    ("in a name", "declined", instead(b"X-" + SIGN)),
]


@pytest.fixture(scope="module")
def carrier():
    peer = RawCarrier()
    yield peer
    peer.close()
    assert not peer.errors, peer.errors[0]


@pytest.fixture(scope="module")
def results(carrier, make_shared, tmp_path_factory):
    """All calls of the table at once; {name: (node, number)}."""
    numbers = new_numbers(len(TABLE))
    pools = write_pool_file(tmp_path_factory.mktemp("pools"),
                            {"sales": (numbers, EAGER)})
    node = make_shared.kamailio(
        "minimal.cfg", POOL_FILE=pools, CARRIER_A=carrier.address,
        FR_INV_TIMER=5000, leak_check=True, allow_errors=[r"pars|bad|invalid"])
    caller = make_shared.caller(node)
    rows = {new_callee(): row for row in TABLE}
    carrier.behaviour = lambda seen: rows[seen.callee][2]
    calls = [caller.invite(callee) for callee in rows]
    for call in calls:
        call.wait_final()
    return node, {name: carrier.to(callee)[0].number
                  for callee, (name, _, _) in rows.items()}


@pytest.mark.parametrize("name,outcome", [row[:2] for row in TABLE],
                         ids=[row[0] for row in TABLE])
def test_outcome(results, name, outcome):
    node, shown = results
    view.wait_counts(node, "sales", shown[name], {outcome: 1})
