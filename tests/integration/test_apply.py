# SPDX-License-Identifier: GPL-2.0-or-later
"""What goes over the wire: From and P-Asserted-Identity, wherever in the
script the number is picked and written."""

import pytest
from harness import functions, plans, sip, view
from harness.plans import final
from harness.pools import (EAGER, new_callee, new_numbers, only,
                           write_pool_file)
from harness.process import wait_until

POOLS = {name: (new_numbers(1), EAGER)
         for name in ("branch", "serial", "late")}


# ----- the example configuration ---------------------------------------------


@pytest.fixture(scope="module")
def outbound(make_shared, carrier, tmp_path_factory):
    pools = write_pool_file(tmp_path_factory.mktemp("pools"),
                            {"sales": (new_numbers(2), EAGER)})
    return make_shared.kamailio("outbound.cfg", REDIS="", POOL_FILE=pools,
                                CARRIER_A=carrier.address)


@pytest.fixture(scope="module")
def dialer(make_shared, outbound):
    return make_shared.caller(outbound)


@pytest.fixture
def answered_call(dialer, carrier):
    carrier.behaviour = lambda seen: plans.answered()
    call = dialer.call(new_callee(), [
        "P-Asserted-Identity: <sip:+19995550001@dialer.example>"],
        from_display="Dialer")
    assert call.status == 200
    seen = carrier.calls[-1]
    yield call, seen
    call.bye()
    wait_until(lambda: seen.got("BYE"), what="BYE at the carrier")


def test_from_and_pai_carry_the_number(answered_call, outbound):
    _, seen = answered_call
    assert seen.number in view.numbers(outbound, "sales")
    # the one that stood there is replaced, not joined by another
    assert seen.asserted == [seen.number]


def test_pai_is_added_where_there_was_none(dialer, carrier):
    carrier.behaviour = lambda seen: plans.busy()
    dialer.call(new_callee())
    seen = carrier.calls[-1]
    assert seen.asserted == [seen.number]


def test_several_pai_are_replaced(dialer, carrier):
    carrier.behaviour = lambda seen: plans.busy()
    dialer.call(new_callee(), [
        "P-Asserted-Identity: <sip:+19995550001@dialer.example>,"
        " <tel:+19995550001>",
        "P-Asserted-Identity: <tel:+19995550002>"])
    seen = carrier.calls[-1]
    assert seen.asserted == [seen.number]


def test_from_is_restored_in_replies(answered_call):
    call, seen = answered_call
    ours = call.invite.get("from")
    for reply in [*call.provisional, call.final]:
        assert sip.user_of(reply.get("from")) == sip.user_of(ours)
        assert sip.parameter(reply.get("from"), "tag") == \
            sip.parameter(ours, "tag")
    assert seen.number != sip.user_of(ours)


def test_from_in_later_requests(answered_call):
    call, seen = answered_call
    reply = call.request("INFO")
    assert reply.status == 200
    info = seen.got("INFO")[0]
    assert sip.user_of(info.get("from")) == seen.number
    assert sip.user_of(reply.get("from")) == sip.user_of(
        call.invite.get("from"))
    ack = wait_until(lambda: seen.got("ACK"))[0]
    assert sip.user_of(ack.get("from")) == seen.number


def test_to_in_requests_from_the_other_side(dialer, carrier):
    carrier.behaviour = lambda seen: plans.answered(bye_after=0.1)
    call = dialer.call(new_callee())
    bye = call.wait_bye()
    assert sip.user_of(bye.get("to")) == sip.user_of(call.invite.get("from"))
    seen = carrier.calls[-1]
    wait_until(lambda: seen.bye_reply, what="reply to BYE")
    assert seen.bye_reply == 200


# ----- in every kind of route ------------------------------------------------


@pytest.fixture(scope="module")
def node(make_shared, peers, tmp_path_factory):
    pools = write_pool_file(tmp_path_factory.mktemp("pools"), POOLS)
    return make_shared.kamailio(
        "functions.cfg", POOL_FILE=pools, CARRIER_A=peers[0].address,
        CARRIER_B=peers[1].address, leak_check=True)


def test_branch_route_applies_to_each_branch(node, caller, peers):
    number = only(POOLS, "branch")
    for peer in peers:
        peer.behaviour = lambda seen: plans.busy()
    call = functions.dial(caller, "branch", do="in-branch")
    for peer in peers:
        seen, = peer.to(call.callee)
        assert seen.number == number
        assert seen.asserted == [number]
    view.settled(node, "branch", number, {"busy": 2})


def test_applied_again_in_each_failure_route(caller, peers):
    number = only(POOLS, "serial")
    peers[0].behaviour = lambda seen: plans.failed()
    call = functions.dial(caller, "serial", do="in-failure")
    first, second, third = peers[0].to(call.callee)
    assert first.number == caller.number
    assert first.asserted == []
    for seen in (second, third):
        assert seen.number == number
        assert seen.asserted == [number]
        assert len(sip.split_commas(seen.invite.get_all("from"))) == 1


def test_first_pick_in_failure_route_leaves_out_what_was_before(
        node, caller, peers):
    number = only(POOLS, "late")
    answers = iter([final(403), plans.failed(), plans.busy()])
    peers[0].behaviour = lambda seen: next(answers)
    functions.dial(caller, "late", do="in-failure")
    view.settled(node, "late", number, {"failed": 1, "busy": 1})
    for route, expected in (("second", {"failed": 1}), ("third", {"busy": 1})):
        assert view.route_counts(node, "late", number, route) == expected


# ----- what From and the identities say ---------------------------------------

NAMED = {"sales": ({number: {} for number in new_numbers(1)}, EAGER),
         "named": ({number: {"name": 'J\u00fcrgen "Joe" \\ Co'}
                    for number in new_numbers(1)}, EAGER)}
QUOTED = '"J\u00fcrgen \\"Joe\\" \\\\ Co" '
DIALER = '"Dialer" <sip:agent@dialer.example:5062>'
ANONYMOUS = '"Anonymous" <sip:anonymous@anonymous.invalid>'
IDENTITIES = ["P-Asserted-Identity: <sip:agent@dialer.example>",
              "P-Preferred-Identity: <sip:agent@dialer.example>",
              "Remote-Party-ID: <sip:agent@dialer.example>;party=calling"]
OURS = "<sip:{n}@dialer.example:5062>"


@pytest.fixture(scope="module")
def writer(make_shared, peers, tmp_path_factory):
    pools = write_pool_file(tmp_path_factory.mktemp("pools"), NAMED)
    return make_shared.kamailio(
        "apply.cfg", POOL_FILE=pools, CARRIER_A=peers[0].address,
        CARRIER_B=peers[1].address, leak_check=True,
        allow_errors=[r"reputation_apply: ", r"uac.*replace_uri",
                      r"rr.*add_rr_param"])


@pytest.fixture(scope="module")
def agent(make_shared, writer):
    return make_shared.caller(writer)


def name_addr(value):
    """A From without its parameters."""
    return value.split(";tag=")[0]


def write(agent, peers, from_value=DIALER, headers=(), pool="sales",
          plan=plans.busy, **asks):
    """A call through apply.cfg; `asks`: before, where, options, again."""
    for peer in peers:
        peer.behaviour = lambda seen: plan()
    return agent.call(
        new_callee(), [f"X-Pool: {pool}", *headers,
                       *(f"X-{key.capitalize()}: {value}"
                         for key, value in asks.items())],
        from_value=from_value)


def sent(peer, call):
    """From without tag, and the values of P-Asserted-Identity, sent."""
    seen, = peer.to(call.callee)
    invite = seen.invite
    tag = sip.parameter(call.invite.get("from"), "tag")
    assert sip.parameter(invite.get("from"), "tag") == tag
    assert len(invite.get_all("from")) == 1
    return (name_addr(invite.get("from")),
            invite.get_all("p-asserted-identity"), invite)


@pytest.mark.parametrize("options, shown, identity", [
    (None, OURS, [OURS]),
    ("", OURS, [OURS]),
    ("from=tel", "<tel:{n}>", [OURS]),
    ("pai=tel", OURS, ["<tel:{n}>"]),
    ("pai=none", OURS, []),
    ("from=tel;pai=none", "<tel:{n}>", []),
    ("from=keep", DIALER, [OURS]),
    ("from=keep;pai=tel", DIALER, ["<tel:{n}>"]),
    ("host=carrier.example", "<sip:{n}@carrier.example>",
     ["<sip:{n}@carrier.example>"]),
    ("host=2001:db8::1", "<sip:{n}@[2001:db8::1]>",
     ["<sip:{n}@[2001:db8::1]>"]),
    ("host=[2001:db8::1]:5070; user=phone",
     "<sip:{n}@[2001:db8::1]:5070;user=phone>",
     ["<sip:{n}@[2001:db8::1]:5070;user=phone>"]),
    ("from=tel;user=phone", "<tel:{n}>",
     ["<sip:{n}@dialer.example:5062;user=phone>"]),
    ("name=keep", '"Dialer" ' + OURS, [OURS]),
    ("name=none", OURS, [OURS]),
], ids=lambda value: value if isinstance(value, str) else "")
def test_options(agent, peers, options, shown, identity):
    asks = {} if options is None else {"options": options}
    call = write(agent, peers, **asks)
    number = only(NAMED, "sales")
    value, identities, _ = sent(peers[0], call)
    assert value == shown.format(n=number)
    assert identities == [text.format(n=number) for text in identity]


@pytest.mark.parametrize("options, shown, identity", [
    ("", QUOTED + OURS, QUOTED + OURS),
    ("name=keep", '"Dialer" ' + OURS, OURS),
    ("name=none", OURS, OURS),
    ("from=tel;pai=tel", QUOTED + "<tel:{n}>", QUOTED + "<tel:{n}>"),
])
def test_display_name_of_the_number(agent, peers, options, shown, identity):
    call = write(agent, peers, pool="named", options=options)
    number = only(NAMED, "named")
    value, identities, _ = sent(peers[0], call)
    assert value == shown.format(n=number)
    assert identities == [identity.format(n=number)]


@pytest.mark.parametrize("from_value, shown", [
    ("sip:agent@dialer.example", "<sip:{n}@dialer.example>"),
    ("Agent  <sip:agent@dialer.example>", "<sip:{n}@dialer.example>"),
    ("<sips:agent@dialer.example>", "<sips:{n}@dialer.example>"),
    ("<sip:agent:secret@[2001:db8::2]:5070;x=y>",
     "<sip:{n}@[2001:db8::2]:5070>"),
    ("<sip:dialer.example>", "<sip:{n}@dialer.example>"),
    ("<tel:+19995550001>", "<sip:{n}@{own}>"),
    ('"A" <tel:0001;phone-context=example.com>', "<sip:{n}@{own}>"),
])
def test_host_is_that_of_from_else_ours(writer, agent, peers, from_value,
                                        shown):
    call = write(agent, peers, from_value)
    text = shown.format(n=only(NAMED, "sales"),
                        own="%s:%d" % writer.address)
    assert sent(peers[0], call)[:2] == (text, [text])


def test_a_long_host(writer, agent, peers):
    host = "h" * 200 + "." + "i" * 100
    call = write(agent, peers, f"<sip:agent@{host}>")
    text = f"<sip:{only(NAMED, 'sales')}@{host}>"
    assert sent(peers[0], call)[:2] == (text, [text])
    call = write(agent, peers, f"<sip:agent@{'h' * 1100}>")
    assert functions.saw(writer, call, "applied") == ["-1"]
    writer.wait_log(r"reputation_apply: From's host is too long")


def test_display_name_live_from_redis_and_rpc(make, redis, peers):
    number, = new_numbers(1)
    redis.seed("live", [number], EAGER)
    node = make.kamailio("apply.cfg", REDIS=redis.url, NODE_ID="names",
                         CARRIER_A=peers[0].address,
                         allow_errors=[r"name holds a control character"])
    caller = make.caller(node)

    def shown():
        value = sent(peers[0], write(caller, peers, pool="live"))[0]
        return value[:value.index("<")].strip()

    view.wait_numbers(node, "live", [number])
    assert shown() == ""
    redis.set_number("live", number, name="Acme")
    wait_until(lambda: shown() == '"Acme"', what="the name from Redis")
    redis.set_number("live", number, name="Acme\r\nVia: x")
    wait_until(lambda: view.mentions(view.stats(node), number))
    assert shown() == '"Acme"'
    node.rpc("reputation.add", "live", number, '{"name":"By RPC"}')
    wait_until(lambda: shown() == '"By RPC"', what="the name by RPC")


@pytest.mark.parametrize("options, kept", [
    ("", []), ("ppi=keep", ["p-preferred-identity"]),
    ("rpid=keep", ["remote-party-id"]),
    ("ppi=keep;rpid=keep", ["p-preferred-identity", "remote-party-id"])])
def test_other_identities_go_unless_kept(agent, peers, options, kept):
    call = write(agent, peers, headers=IDENTITIES, options=options)
    _, identities, invite = sent(peers[0], call)
    assert identities == [OURS.format(n=only(NAMED, "sales"))]
    assert [name for name in ("p-preferred-identity", "remote-party-id")
            if invite.get(name)] == kept


# ----- privacy ------------------------------------------------------------------


@pytest.mark.parametrize("from_value, headers, asks", [
    (ANONYMOUS, [], {}),
    (ANONYMOUS, ["Privacy: id"], {}),
    ("<sip:Anonymous@dialer.example:5062>", [], {}),
    ("sip:c8oqz84zk7z@Anonymous.Invalid", [], {}),
    (DIALER, ["Privacy: id;critical"], {}),
    (DIALER, ["Privacy: session", "Privacy: Header"], {}),
    (DIALER, ["Privacy: user"], {"options": "from=tel"}),
    (DIALER, [], {"before": "privacy"}),
])
def test_who_asks_for_privacy_keeps_from(writer, agent, peers, from_value,
                                         headers, asks):
    call = write(agent, peers, from_value, [*IDENTITIES, *headers], **asks)
    value, identities, invite = sent(peers[0], call)
    own = "%s:%d" % writer.address
    host = own if "invalid" in from_value.lower() else "dialer.example:5062"
    assert value == from_value
    assert identities == [f"<sip:{only(NAMED, 'sales')}@{host}>"]
    assert invite.get("p-preferred-identity") is None
    if headers:
        assert invite.get_all("privacy") == [h[9:] for h in headers]


@pytest.mark.parametrize("from_value, headers, asks", [
    (DIALER, ["Privacy: none"], {}),
    (DIALER, ["Privacy: session;history"], {}),
    (DIALER, ["Privacy: id"], {"before": "no-privacy"}),
    (DIALER, ["Privacy: id"], {"options": "anonymous=show"}),
    ('"Anonymous" <sip:anonymous@dialer.example:5062>', ["Privacy: id"],
     {"options": "anonymous=show"}),
])
def test_who_does_not_shows_the_number(agent, peers, from_value, headers,
                                       asks):
    call = write(agent, peers, from_value, headers, **asks)
    text = OURS.format(n=only(NAMED, "sales"))
    assert sent(peers[0], call)[:2] == (text, [text])


def test_shown_after_all_with_a_host_that_exists(writer, agent, peers):
    call = write(agent, peers, ANONYMOUS, options="anonymous=show")
    text = "<sip:%s@%s:%d>" % (only(NAMED, "sales"), *writer.address)
    assert sent(peers[0], call)[:2] == (text, [text])


# ----- what the script wrote before ----------------------------------------------


@pytest.mark.parametrize("where", ["request", "branch", "failure"])
@pytest.mark.parametrize("before, host", [
    ("fu", "changed.example"), ("fd", "changed.example:5062"),
    ("fU", "dialer.example:5062"), ("fn", "dialer.example:5062"),
    ("parts", "changed.example:5062"), ("uac-name", "dialer.example:5062")])
def test_from_that_the_script_changed(agent, peers, before, host, where):
    call = write(agent, peers, before=before, where=where,
                 plan=plans.failed if where == "failure" else plans.busy)
    text = f"<sip:{only(NAMED, 'sales')}@{host}>"
    for peer in {"request": peers[:1], "branch": peers,
                 "failure": peers[1:]}[where]:
        assert sent(peer, call)[:2] == (text, [text])


def test_name_that_the_script_gave_is_kept(agent, peers):
    call = write(agent, peers, before="parts", options="name=keep")
    text = f"<sip:{only(NAMED, 'sales')}@changed.example:5062>"
    assert sent(peers[0], call)[:2] == ('"Script" ' + text, [text])


@pytest.mark.parametrize("before", ["none", "fn", "fu"])
@pytest.mark.parametrize("from_value", [
    DIALER, "<sip:agent@dialer.example:5062>"])
def test_name_that_the_script_gives_afterwards(agent, peers, from_value,
                                               before):
    call = write(agent, peers, from_value, before=before, after="fn")
    value, _, _ = sent(peers[0], call)
    assert value.startswith('"After"')
    assert sip.user_of(value) == only(NAMED, "sales")


def test_as_before_when_uac_cannot(writer, agent, peers):
    host = "h" * 600
    call = write(agent, peers, f'"A" <sip:agent@{host}>', before="fn")
    assert functions.saw(writer, call, "applied") == ["-1"]
    assert sent(peers[0], call)[:2] == (f'"Script" <sip:agent@{host}>', [])


def test_anonymous_by_the_script_is_anonymous(writer, agent, peers):
    call = write(agent, peers, before="anonymous")
    value, identities, _ = sent(peers[0], call)
    assert sip.uri_of(value) == "sip:anonymous@anonymous.invalid"
    assert identities == ["<sip:%s@%s:%d>" % (only(NAMED, "sales"),
                                              *writer.address)]


@pytest.mark.parametrize("where", ["request", "branch", "failure"])
def test_replaced_by_uac_before(writer, agent, peers, where):
    """uac restores one replacement only: the script's stands, and says so."""
    call = write(agent, peers, headers=IDENTITIES, before="uac", where=where,
                 plan=plans.failed if where == "failure" else plans.busy)
    lines = writer.wait_log(rf"SAW \{call.callee}: applied")
    assert {line.split()[-1] for line in lines} == {"-1"}


def test_the_log_says_by_what_from_is_replaced(make, peers, tmp_path):
    """On a proxy of its own: one line of a kind in a minute."""
    said = r"From is replaced already, by 'sip:\+12025550000@"
    node = make.kamailio(
        "apply.cfg", POOL_FILE=write_pool_file(tmp_path, NAMED),
        CARRIER_A=peers[0].address, CARRIER_B=peers[1].address,
        allow_errors=[said])
    write(make.caller(node), peers, before="uac")
    assert len(node.wait_log(said)) == 1


def test_replaced_by_uac_with_the_same_number(writer, agent, peers):
    call = write(agent, peers, headers=IDENTITIES, before="uac-same")
    text = f"<sip:{only(NAMED, 'sales')}@example.net>"
    assert functions.saw(writer, call, "applied") == ["1"]
    assert sent(peers[0], call)[:2] == (text, [text])


@pytest.mark.parametrize("where", ["request", "branch", "failure"])
@pytest.mark.parametrize("before", ["append", "insert", "remove", "mixed",
                                    "subst"])
def test_identities_that_the_script_added(agent, peers, before, where):
    call = write(agent, peers, headers=IDENTITIES, before=before, where=where,
                 plan=plans.failed if where == "failure" else plans.busy)
    text = OURS.format(n=only(NAMED, "sales"))
    for peer in {"request": peers[:1], "branch": peers,
                 "failure": peers[1:]}[where]:
        _, identities, invite = sent(peer, call)
        assert identities == [text]
        assert invite.get("p-preferred-identity") is None
        assert invite.get("remote-party-id") is None
        assert invite.get("x-before") == before  # which stood behind them
        if before == "mixed":
            assert (invite.get("x-one"), invite.get("x-two")) == ("1", "2")
    if where == "failure":
        # what was sent before is as the script left it
        assert sent(peers[0], call)[1] != [text]


# ----- again ---------------------------------------------------------------------


@pytest.mark.parametrize("options, again, shown, identity", [
    ("", "", OURS, [OURS]),
    ("from=tel;pai=tel", "from=tel;pai=tel", "<tel:{n}>", ["<tel:{n}>"]),
    ("host=a.example", "", "<sip:{n}@a.example>", ["<sip:{n}@a.example>"]),
    ("from=keep", "from=keep", DIALER, [OURS]),
    ("from=keep", "", OURS, [OURS]),
    ("", "from=keep;pai=tel", OURS, ["<tel:{n}>"]),
    ("", "pai=none", OURS, []),
    ("pai=none", "", OURS, [OURS]),
    ("name=keep", "name=none", OURS, [OURS]),
    ("name=keep", "name=keep", '"Dialer" ' + OURS, [OURS]),
])
def test_again_in_the_same_message(writer, agent, peers, options, again, shown,
                                   identity):
    call = write(agent, peers, options=options, again=again or ";")
    number = only(NAMED, "sales")
    assert functions.saw(writer, call, "again") == ["1"]
    value, identities, _ = sent(peers[0], call)
    assert value == shown.format(n=number)
    assert identities == [text.format(n=number) for text in identity]


def test_another_uri_the_second_time(writer, agent, peers):
    call = write(agent, peers, options="pai=tel", again="from=tel;pai=none")
    number = only(NAMED, "sales")
    assert functions.saw(writer, call, "again") == ["-1"]
    assert sent(peers[0], call)[:2] == (OURS.format(n=number),
                                        [f"<tel:{number}>"])


@pytest.mark.parametrize("options", ["", "from=keep", "pai=none"])
def test_again_in_a_failure_route(writer, agent, peers, options):
    call = write(agent, peers, headers=IDENTITIES, where="request-failure",
                 options=options or ";", plan=plans.failed)
    assert sent(peers[0], call)[:2] == sent(peers[1], call)[:2]
    wait_until(lambda: len(writer.logged(rf"SAW \{call.callee}: applied 1"))
               == 2, what="applied twice")


def test_wrong_options_are_named(writer, agent, peers):
    call = write(agent, peers, headers=IDENTITIES, options="from=none;pai=x")
    assert functions.saw(writer, call, "applied") == ["-1"]
    writer.wait_log("reputation_apply: options: from: 'none' is not sip, tel"
                    " or keep")
    value, identities, _ = sent(peers[0], call)
    assert (value, identities) == (DIALER, ["<sip:agent@dialer.example>"])


# ----- restored in replies and later requests ---------------------------------------


@pytest.fixture(scope="module")
def agent_of_dialogs(make_shared, peers, tmp_path_factory):
    pools = write_pool_file(tmp_path_factory.mktemp("pools"), NAMED)
    return make_shared.caller(make_shared.kamailio(
        "apply.cfg", POOL_FILE=pools, CARRIER_A=peers[0].address,
        WITH_DIALOG=1))


@pytest.mark.parametrize("from_value", [DIALER, "<tel:+19995550001>"])
@pytest.mark.parametrize("options", [";", "from=tel"])
@pytest.mark.parametrize("before", ["none", "fu"])
@pytest.mark.parametrize("by", ["agent", "agent_of_dialogs"])
def test_restored(request, peers, by, from_value, options, before):
    agent = request.getfixturevalue(by)
    call = write(agent, peers, from_value, plan=plans.answered,
                 options=options, before=before)
    seen, = peers[0].to(call.callee)
    theirs = sip.uri_of(seen.invite.get("from"))
    assert name_addr(call.final.get("from")) == from_value
    info = call.request("INFO")
    assert info.status == 200
    assert sip.uri_of(seen.got("INFO")[0].get("from")) == theirs
    assert sip.uri_of(info.get("from")) == sip.uri_of(from_value)
    peers[0].hang_up(seen)
    bye = call.wait_bye()
    assert sip.uri_of(bye.get("to")) == sip.uri_of(from_value)
    wait_until(lambda: seen.bye_reply, what="reply to BYE")


def test_example_with_a_tel_uri(dialer, carrier, outbound):
    carrier.behaviour = lambda seen: plans.busy()
    call = dialer.call(new_callee(), from_value="<tel:+19995550001>")
    assert call.status == 486
    assert carrier.calls[-1].number in view.numbers(outbound, "sales")
    assert carrier.calls[-1].asserted == [carrier.calls[-1].number]
