# SPDX-License-Identifier: GPL-2.0-or-later
"""What a reply means: each one really sent by a carrier, through a real
proxy, and counted for the number that was shown to the callee."""

import pytest
from harness import view
from harness.plans import (ANALYTICS, JWSCARD, Plan, Reply, answered, final,
                           rings, short, silent)
from harness.pools import EAGER, new_callee, new_numbers, write_pool_file

Q21 = 'Reason: Q.850;cause=21;text="Call Rejected"'
BARE_603 = "Reason: SIP;cause=603"
SPACED = ('reason :  sip ; Cause = 603 ; TEXT = "v=analytics1;'
          'tel=+18005550100" ; Location = LN')
LOOSE = ("Reason: SIP;cause=603;v=analytics1;url=https://example.net;id=7;"
         "location=LN")
JOINED_480 = ('Reason: Q.850;cause=31;text="Normal, unspecified",'
              "SIP;cause=480")
JOINED_603 = ('Reason: Q.850;cause=21;text="a, \\"quoted\\"; text",'
              'SIP;cause=603;text="v=analytics1;email=a@example.net"')
Q850_ANALYTICS = ('Reason: Q.850;cause=21;text="v=analytics1;'
                  'url=https://example.net";location=RPN')
STIR_436 = 'Reason: STIR ;cause=436 ;text="Bad Identity Info"'


# until the proxy gives a carrier up, in ms, and until an answered call is no
# longer short, in s: more than all calls of the table at once may need
SILENCE = 5000
SHORT = 5


def q850(cause):
    return f'Reason: Q.850;cause={cause};text="x"'


def on_183(header):
    return [Reply(183, "Session Progress", [header])]


# (name, outcome, plan): standards.md sections 1 to 6
TABLE = [
    # 603+
    ("603+ complete", "blocked", final(603, "Network Blocked", [ANALYTICS])),
    ("603+ phrase reset", "blocked", final(603, "Decline", [ANALYTICS])),
    ("603+ no Reason", "blocked", final(603, "Network Blocked")),
    ("603+ phrase in capitals", "blocked", final(603, "NETWORK BLOCKED")),
    ("603+ bare Reason", "blocked",
     final(603, "Network Blocked", [BARE_603])),
    ("603+ Q.850 only", "blocked", final(603, "Network Blocked", [Q21])),
    ("603+ Q.850 conforms", "blocked",
     final(603, "Decline", [Q850_ANALYTICS])),
    ("603+ joined values", "blocked", final(603, "Decline", [JOINED_603])),
    ("603+ two headers", "blocked", final(603, "Decline", [Q21, ANALYTICS])),
    ("603+ Reason on 183", "blocked",
     final(603, "Decline", provisional=on_183(ANALYTICS), delay=0.1)),
    ("603+ after 180", "blocked", final(
        603, "Network Blocked", [ANALYTICS], provisional=[Reply(180)])),
    ("603+ spacing and case", "blocked", final(603, "Decline", [SPACED])),
    ("603+ loose attributes", "blocked", final(603, "Decline", [LOOSE])),
    # not 603+ by the letter: a status with a meaning of its own keeps it
    ("486 with analytics", "busy", final(486, None, [ANALYTICS])),
    # 608
    ("608", "blocked", final(608, "Rejected")),
    ("608 jwscard", "blocked", final(608, "Rejected", [JWSCARD])),
    ("608 Reason", "blocked",
     final(608, "Rejected", ["Reason: SIP;cause=608"])),
    ("608 after announcement", "blocked",
     final(608, "Rejected", provisional=[Reply(183)], delay=0.2)),
    # people
    ("607", "unwanted", final(607, "Unwanted")),
    ("607 after 180", "unwanted",
     final(607, "Unwanted", provisional=[Reply(180)])),
    ("603", "declined", final(603, "Decline")),
    ("603 bare Reason", "declined", final(603, "Decline", [BARE_603])),
    ("603 text without version", "declined", final(
        603, "Decline", ['Reason: SIP;cause=603;text="busy, go away"'])),
    # either
    ("603 Q.850 21", "ambiguous", final(603, "Decline", [Q21])),
    ("403 Q.850 21", "ambiguous", final(403, "Forbidden", [Q21])),
    ("603 Q.850 21 user", "ambiguous",
     final(603, "Decline", [Q21 + ";location=U"])),
    # busy, unavailable
    ("486", "busy", final(486)),
    ("600", "busy", final(600)),
    ("480", "busy", final(480)),
    ("480 Q.850 31", "busy", final(480, None, [q850(31)])),
    ("480 joined", "busy", final(480, None, [JOINED_480])),
    ("486 Q.850 17", "busy", final(486, None, [q850(17)])),
    ("480 Q.850 18", "busy", final(480, None, [q850(18)])),
    ("480 Q.850 19", "busy", final(480, None, [q850(19)])),
    ("480 Q.850 20", "busy", final(480, None, [q850(20)])),
    # no answer
    ("408 received", "noanswer", final(408, provisional=[Reply(180)])),
    ("no reply", "noanswer", silent()),
    ("rings for ever", "noanswer", rings()),
    # bad destination
    ("404", "baddest", final(404)),
    ("404 Q.850 1", "baddest", final(404, None, [q850(1)])),
    ("410", "baddest", final(410, "Gone")),
    ("410 Q.850 22", "baddest", final(410, "Gone", [q850(22)])),
    ("484", "baddest", final(484, "Address Incomplete")),
    ("484 Q.850 28", "baddest",
     final(484, "Address Incomplete", [q850(28)])),
    ("485", "baddest", final(485, "Ambiguous")),
    ("604", "baddest", final(604, "Does Not Exist Anywhere")),
    # the caller ID or its signature
    ("433", "refused", final(433, "Anonymity Disallowed")),
    ("428", "refused", final(428, "Use Identity Header")),
    ("436", "refused", final(436, "Bad Identity Info")),
    ("437", "refused", final(437, "Unsupported Credential")),
    ("438", "refused", final(438, "Invalid Identity Header")),
    ("403 Stale Date", "refused", final(403, "Stale Date")),
    ("403 caller ID", "refused", final(403, "Invalid Caller ID")),
    # the route or the account
    ("500", "failed", final(500)),
    ("502", "failed", final(502, "Bad Gateway")),
    ("503", "failed", final(503)),
    ("504", "failed", final(504, "Server Time-out")),
    ("503 Q.850 34", "failed", final(503, None, [q850(34)])),
    ("503 Q.850 38", "failed", final(503, None, [q850(38)])),
    ("503 Q.850 41", "failed", final(503, None, [q850(41)])),
    ("503 Q.850 42", "failed", final(503, None, [q850(42)])),
    ("503 Q.850 47", "failed", final(503, None, [q850(47)])),
    ("603 of the account", "failed",
     final(603, "Decline", ["X-Twilio-Error: 32203 Blocked by policy"])),
    ("402", "failed", final(402, "Payment Required")),
    # answered
    ("200 long", "answered", answered(bye_after=SHORT + 0.6)),
    ("200 short", "short", short()),
    ("200 after STIR 1xx", "answered", Plan(
        [Reply(183, None, [STIR_436]), Reply(200, delay=0.1)],
        bye_after=SHORT + 0.6)),
    # hostile headers
    ("603 broken Reason", "declined", final(
        603, "Decline", ['Reason: SIP;cause=603;text="v=ana', "Reason: ;;",
                         "Reason: SIP;cause=99999999999999999999"])),
    ("486 long Reason", "busy",
     final(486, None, ["Reason: SIP;text=\"" + "x;" * 2000 + "\""])),
]


@pytest.fixture(scope="module")
def results(make_shared, tmp_path_factory):
    """All calls of the table at once; {name: (node, number)}."""
    numbers = new_numbers(len(TABLE))
    pools = write_pool_file(tmp_path_factory.mktemp("pools"),
                            {"sales": (numbers, EAGER)})
    carrier = make_shared.carrier()
    # minimal.cfg has one carrier, so each row is counted once. One worker: a
    # provisional reply stays before the final one
    node = make_shared.kamailio(
        "minimal.cfg", POOL_FILE=pools, CARRIER_A=carrier.address,
        FR_TIMER=SILENCE, FR_INV_TIMER=SILENCE, SHORT_CALL=SHORT,
        children=1, leak_check=True,
        allow_errors=[r"parse|invalid|bad .*(reason|header)"])
    caller = make_shared.caller(node)
    rows = {new_callee(): row for row in TABLE}
    carrier.behaviour = lambda seen: rows[seen.callee][2]
    calls = [caller.invite(callee) for callee in rows]
    for call in calls:
        call.wait_final()
    shown = {}
    for callee, (name, _, _) in rows.items():
        seen = carrier.to(callee)
        assert len(seen) == 1, name
        shown[name] = seen[0].number
    assert len(set(shown.values())) == len(TABLE)
    return node, shown


@pytest.mark.parametrize("name,outcome", [row[:2] for row in TABLE],
                         ids=[row[0] for row in TABLE])
def test_outcome(results, name, outcome):
    node, shown = results
    view.wait_counts(node, "sales", shown[name], {outcome: 1})


def test_cancelled(make, tmp_path):
    numbers = new_numbers(1)
    carrier = make.carrier(lambda seen: rings())
    node = make.kamailio("minimal.cfg", CARRIER_A=carrier.address,
                         POOL_FILE=write_pool_file(
                             tmp_path, {"sales": (numbers, EAGER)}))
    call = make.caller(node).invite(new_callee())
    call.wait_provisional()
    call.cancel()
    assert call.wait_final().status == 487
    view.wait_counts(node, "sales", numbers[0], {"cancelled": 1})


def test_caller_id_refused_event(make, tmp_path):
    numbers = new_numbers(1)
    carrier = make.carrier(lambda seen: final(438,
                                              "Invalid Identity Header"))
    node = make.kamailio("outbound.cfg", REDIS="", CARRIER_A=carrier.address,
                         POOL_FILE=write_pool_file(
                             tmp_path, {"sales": (numbers, EAGER)}))
    make.caller(node).call(new_callee())
    node.wait_log(r"caller-id-refused: \+?" + numbers[0].lstrip("+"))


@pytest.mark.parametrize("status", [183, 200])
def test_signature_refused_though_the_call_goes_on(make, tmp_path, status):
    """RFC 9410: the callee's side says so in a reply that is no error."""
    number, = new_numbers(1)
    replies = [Reply(183), Reply(200, delay=0.1)]
    for reply in replies:
        if reply.status == status:
            reply.headers = ['Reason: STIR;cause=438;text="Invalid Identity"']
    carrier = make.carrier(lambda seen: Plan(replies))
    node = make.kamailio("outbound.cfg", REDIS="", CARRIER_A=carrier.address,
                         children=1,  # the 183 is taken before the 200
                         POOL_FILE=write_pool_file(
                             tmp_path, {"sales": ([number], EAGER)}))
    call = make.caller(node).call(new_callee())
    node.wait_log(rf"caller-id-refused: \{number}")
    view.wait_counts(node, "sales", number, {"answered": 1})
    call.bye()
