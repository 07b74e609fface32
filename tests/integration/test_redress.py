# SPDX-License-Identifier: GPL-2.0-or-later
"""The contact that comes with a block: kept for people, and shown to the
script."""

import pytest
from harness import functions, plans, view
from harness.plans import Reply, final
from harness.pools import EAGER, new_numbers, only, write_pool_file

NAMES = ("twice", "web", "card", "none")
PATIENT = {**EAGER, "false_bench_every": 1000000}
POOLS = {name: (new_numbers(1), PATIENT) for name in NAMES}


@pytest.fixture(scope="module")
def node(make_shared, carrier, tmp_path_factory):
    pools = write_pool_file(tmp_path_factory.mktemp("pools"), POOLS)
    return make_shared.kamailio("functions.cfg", POOL_FILE=pools,
                                CARRIER_A=carrier.address, leak_check=True)


def analytics(block):
    return ('Reason: SIP;cause=603;text="v=analytics1;'
            f'url=https://block.example.net/r;id={block}";location=LN')


def redress_of(node, call):
    """What $rep(redress_*) held in the call's failure route: url, tel, email
    and id."""
    return [value.strip("'").replace("<null>", "")
            for value in functions.saw(node, call, "redress")]


def test_kept_once_a_call_with_its_own_id(node, caller, carrier):
    first = final(603, "Network Blocked", [analytics("one")], provisional=[
        Reply(183, headers=[analytics("one")], copies=2)], delay=600,
        copies=4)
    second = final(603, "Network Blocked", [analytics("two")])
    carrier.behaviour = lambda seen: first
    slow = functions.invite(caller, "twice", next="look")
    slow.wait_provisional(183)
    kept, = view.redress(node, "twice")
    assert kept["blocks"] == 1
    carrier.behaviour = lambda seen: second
    quick = functions.dial(caller, "twice", next="look")
    carrier.reply(carrier.to(slow.callee)[0], first.replies[-1])
    assert slow.wait_final().status == 603
    assert redress_of(node, slow)[-1] == "one"
    assert redress_of(node, quick)[-1] == "two"
    view.settled(node, "twice", only(POOLS, "twice"), {"blocked": 2})
    kept, = view.redress(node, "twice")
    assert kept["blocks"] == 2


def test_url_and_id_of_a_603_plus(node, caller, carrier):
    carrier.behaviour = lambda seen: plans.blocked()
    call = functions.dial(caller, "web", next="look")
    assert redress_of(node, call) == [
        "https://block.example.net/redress", "", "", "12345"]
    kept, = view.redress(node, "web")
    assert kept["url"] == "https://block.example.net/redress"
    assert kept["number"] == only(POOLS, "web")


@pytest.mark.parametrize("text,expected", [
    ("tel=+18005550100", ["", "+18005550100", "", ""]),
    ("email=redress@block.example.net",
     ["", "", "redress@block.example.net", ""])], ids=["tel", "email"])
def test_other_ways_to_reach_them(node, caller, carrier, text, expected):
    reason = f'Reason: SIP;cause=603;text="v=analytics1;{text}"'
    carrier.behaviour = lambda seen: final(603, "Network Blocked", [reason])
    call = functions.dial(caller, "card", next="look")
    assert redress_of(node, call) == expected


def test_card_of_a_608(node, caller, carrier):
    carrier.behaviour = lambda seen: plans.blocked(608)
    call = functions.dial(caller, "card", next="look")
    assert redress_of(node, call) == [
        "https://block.example.net/complaint-jws", "", "", ""]


def test_no_contact_without_a_block(node, caller, carrier):
    carrier.behaviour = lambda seen: plans.declined()
    call = functions.dial(caller, "none", next="look")
    assert redress_of(node, call) == ["", "", "", ""]
    assert view.redress(node, "none") == []
