# SPDX-License-Identifier: GPL-2.0-or-later
"""The RPC commands: shape, effect and faults."""

import pathlib
import re
import time

import pytest
from harness import functions, plans, view
from harness.kamailio import Fault
from harness.pools import (EAGER, new_callee, new_numbers, write_pool_file)
from harness.process import free_port

MODULE = pathlib.Path(__file__).parents[2] / "modules" / "reputation"
SALES = new_numbers(4)
BLOCKS = new_numbers(3)
STOPS = new_numbers(4)
UNKNOWN = "+15005550000"


@pytest.fixture(scope="module")
def node(make_shared, carrier, tmp_path_factory):
    numbers = {n: {} for n in SALES[:3]}
    numbers[SALES[3]] = {"status": "paused", "note": "on leave"}
    pools = write_pool_file(tmp_path_factory.mktemp("pools"), {
        "sales": (numbers, EAGER), "blocks": (BLOCKS, EAGER),
        "stops": (STOPS, {"sticky": 0}), "spare": (new_numbers(1), {})})
    return make_shared.kamailio(
        "functions.cfg", POOL_FILE=pools, CARRIER_A=carrier.address,
        leak_check=True,
        allow_errors=[r"reputation.*(malformed|is no|not|bad)",
                      r"jsonrpc_scan.*not a number to auto-convert"])


def report(caller, pool, number, outcome, times=1):
    for _ in range(times):
        assert functions.call(caller, "report", pool, number=number,
                              outcome=outcome).code == 1


def test_pools(node):
    pools = view.pools(node)
    assert set(pools) == {"sales", "blocks", "stops", "spare"}
    assert pools["sales"]["numbers"] == 4
    assert pools["sales"]["usable"] == 3
    assert pools["sales"]["benched"] == 0


def test_numbers(node):
    listed = view.numbers(node, "sales")
    assert set(listed) == set(SALES)
    for entry in listed.values():
        assert {"number", "state", "reason", "score", "calls"} <= set(entry)
    assert listed[SALES[3]]["state"] == "paused"
    assert listed[SALES[0]]["state"] == "active"


def test_numbers_of_a_state(node):
    assert set(view.numbers(node, "sales", "paused")) == {SALES[3]}
    assert set(view.numbers(node, "sales", "active")) == set(SALES[:3])
    assert view.numbers(node, "sales", "retired") == {}


def test_numbers_in_parts(node):
    def part(*arguments):
        return [e["number"] for e in view.as_list(
            node.rpc("reputation.numbers", "sales", *arguments))]

    everything = part("any")
    assert set(everything) == set(SALES)
    assert part("any", 0, 3) + part("any", 3) == everything
    assert part("any", 3, 5) == everything[3:]
    assert part("any", 0, 0) == part("any", 4) == []
    assert part("active", 1, 1) == part("active")[1:2]


def test_rates(node, caller):
    """Of the calls that speak for or against a number."""
    for outcome, times in (("answered", 2), ("declined", 1), ("unwanted", 1),
                           ("blocked", 1), ("failed", 3)):
        report(caller, "sales", SALES[1], outcome, times)
    entry = view.numbers(node, "sales")[SALES[1]]
    assert entry["calls"] == 8
    for rate, share in (("answered_rate", 0.4), ("declined_rate", 0.2),
                        ("rejected_rate", 0.4), ("blocked_rate", 0.2)):
        assert float(entry[rate]) == pytest.approx(share, abs=0.01), rate
    node.rpc("reputation.reset", "sales", SALES[1])


def test_explain_says_why(node, caller):
    number = BLOCKS[0]
    report(caller, "blocks", number, "noanswer", 5)
    report(caller, "blocks", number, "blocked", 12)
    view.wait_state(node, "blocks", number, "benched")
    why = view.explain(node, "blocks", number)
    assert why["pool"] == "blocks"
    assert why["number"] == number
    assert why["reason"] == "blocked"
    assert why["strikes"] == 1
    assert time.time() + 1 >= why["since"] > time.time() - 60
    assert why["until"] > why["since"]
    counts = view.nonzero(why["counts"])
    assert counts["noanswer"] == 5
    assert counts["blocked"] == 12
    assert set(why["counts"]) == set(view.OUTCOMES)
    assert why["calls"] == 17
    charts = view.charts(node, "blocks", number)
    assert set(charts) == {"blocked", "rejected", "labelled"}
    for chart in charts.values():
        assert chart["threshold"] > 0
        assert chart["statistic"] >= 0
    assert charts["blocked"]["statistic"] >= charts["blocked"]["threshold"]
    assert why["score"] >= 1
    assert any("benched" in str(event) for event in
               view.events(node, "blocks", number))


def test_explain_by_route(node, caller, carrier):
    carrier.behaviour = lambda seen: plans.busy()
    number = SALES[0]
    for route, times in (("east", 2), ("west", 1)):
        for _ in range(times):
            caller.call(new_callee(), [
                "X-Do: track", "X-Pool: sales", f"X-Number: {number}",
                f"X-Route: {route}"])
    view.wait_counts(node, "sales", number, {"busy": 3})
    assert view.route_counts(node, "sales", number, "east") == {"busy": 2}
    assert view.route_counts(node, "sales", number, "west") == {"busy": 1}
    for entry in view.routes(node, "sales", number).values():
        assert entry["state"] == "active"
    node.rpc("reputation.reset", "sales", number)


def test_try_changes_nothing(node, caller):
    answers = [node.rpc("reputation.try", "sales", new_callee(), "east")
               for _ in range(3)]
    assert len({a["number"] for a in answers}) == 1
    assert answers[0]["reason"] == "picked"
    picked = functions.call(caller, "pick", "sales", callee=new_callee())
    assert picked.number == answers[0]["number"]


def test_try_says_which_route(node):
    answer = node.rpc("reputation.try", "sales", new_callee(), "east,west")
    assert (answer["reason"], answer["route"]) == ("picked", "east")


def test_a_pool_that_stops(node, caller):
    """What is shown as usable is what a call would get."""
    last = STOPS[3]
    assert functions.call(caller, "pick", "stops", callee=new_callee(),
                          route="east").code == 1
    for number in STOPS[:3]:
        node.rpc("reputation.bench", "stops", number, 600, "east")
    refused = functions.call(caller, "pick", "stops", callee=new_callee(),
                             route="east")
    assert refused.reason == "share-benched"
    # a call without a route is not on that one
    tried = node.rpc("reputation.try", "stops", new_callee())
    plain = functions.call(caller, "pick", "stops", callee=new_callee())
    assert (tried["reason"], tried["number"]) == ("picked", plain.number)
    assert [(r["route"], r["reason"]) for r in view.as_list(tried["routes"])
            ] == [("east", "share-benched")]
    for entry in (view.explain(node, "stops", last),
                  view.numbers(node, "stops")[last]):
        assert entry["state"] == "active"
        assert entry["usable"] == "no"
        assert entry["pool_stopped"] == "share-benched"
    assert view.pools(node)["stops"]["usable"] == 0
    # another label goes on
    answer = node.rpc("reputation.try", "stops", new_callee(), "east,west")
    assert (answer["reason"], answer["route"]) == ("picked", "west")
    for number in STOPS[:3]:
        node.rpc("reputation.release", "stops", number)
    tried = node.rpc("reputation.try", "stops", new_callee())
    assert tried["reason"] == "picked"
    east, = view.as_list(tried["routes"])
    assert east["reason"] == "picked" and east["number"] in STOPS
    entry = view.explain(node, "stops", last)
    assert entry["usable"] == "yes" and "pool_stopped" not in entry


def test_try_says_why_not(node):
    answer = node.rpc("reputation.try", "sales", "12")
    assert answer["reason"] == "bad-callee"


def test_bench_and_release(node):
    number = SALES[1]
    node.rpc("reputation.bench", "sales", number, 120)
    view.wait_state(node, "sales", number, "benched")
    assert view.reason(node, "sales", number) == "manual"
    assert view.pools(node)["sales"]["benched"] == 1
    assert set(view.numbers(node, "sales", "benched")) == {number}
    node.rpc("reputation.release", "sales", number)
    view.wait_state(node, "sales", number, "active", "probation")


def test_bench_and_release_on_a_route(node, caller):
    number = SALES[1]
    node.rpc("reputation.bench", "sales", number, 120, "carrier-x")
    why = view.explain(node, "sales", number)
    assert (why["state"], why["usable"], why["benched_on"]) == (
        "active", "yes", "carrier-x")
    assert view.routes(node, "sales", number)["carrier-x"]["state"] == "benched"
    got = functions.call(caller, "state", "sales", number=number,
                         route="carrier-x")
    assert (got.code, got.reason) == (-2, "manual")
    node.rpc("reputation.release", "sales", number, "carrier-x")
    assert "benched_on" not in view.explain(node, "sales", number)
    got = functions.call(caller, "state", "sales", number=number,
                         route="carrier-x")
    assert got.code == 1


def test_reset_forgets(node, caller):
    number = BLOCKS[1]
    report(caller, "blocks", number, "blocked", 12)
    view.wait_state(node, "blocks", number, "benched")
    node.rpc("reputation.reset", "blocks", number)
    view.wait_state(node, "blocks", number, "active")
    why = view.explain(node, "blocks", number)
    assert view.nonzero(why["counts"]) == {}
    assert why["strikes"] == 0
    assert why["score"] == 0


def test_add_and_remove(node, caller):
    number = new_numbers(1)[0]
    node.rpc("reputation.add", "spare", number)
    view.wait_numbers(node, "spare", {*view.numbers(node, "spare"), number})
    assert functions.call(caller, "state", "spare", number=number).code == 1
    node.rpc("reputation.remove", "spare", number)
    assert number not in view.numbers(node, "spare")
    assert functions.call(caller, "state", "spare", number=number).code == -1


def test_add_with_attributes(node):
    number = new_numbers(1)[0]
    node.rpc("reputation.add", "spare", number, '{"status":"paused"}')
    assert view.numbers(node, "spare")[number]["state"] == "paused"
    node.rpc("reputation.remove", "spare", number)


def test_redress_collects_contacts(node, caller, carrier):
    carrier.behaviour = lambda seen: plans.blocked()
    number = BLOCKS[2]
    caller.call(new_callee(), ["X-Do: track", "X-Pool: blocks",
                               f"X-Number: {number}"])
    view.wait_counts(node, "blocks", number, {"blocked": 1})
    entries = [e for e in view.redress(node) if e["number"] == number]
    assert entries
    assert entries[0]["url"] == "https://block.example.net/redress"
    assert entries[0]["ids"] == "12345"
    assert len(entries[0]["id"]) == 16
    assert [e for e in view.redress(node, "blocks")
            if e["number"] == number]
    assert not [e for e in view.redress(node, "sales")
                if e["number"] == number]


def test_policy_shows_every_field(node):
    fields = {f["field"]: f for f in
              node.rpc("reputation.policy", "sales")["fields"]}
    usual = {f["field"]: f for f in
             node.rpc("reputation.policy", "spare")["fields"]}
    assert set(fields) == set(usual) and "false_bench_every" in fields
    for name, value in EAGER.items():
        assert fields[name]["value"] == str(value), name
    for field in usual.values():
        assert field["value"] == field["default"], field


def test_store_without_redis(node):
    assert view.store_state(node) == "none"


def test_stats(node):
    assert isinstance(view.stats(node), dict)


def test_stats_name_the_version(node):
    header = next(MODULE.rglob("version.h")).read_text()
    version = re.search(r'REPUTATION_VERSION "(\d+\.\d+\.\d+)"', header)
    assert view.stats(node)["version"] == version.group(1)


# ----- faults ----------------------------------------------------------------


@pytest.mark.parametrize("command,arguments", [
    ("numbers", ["nowhere"]),
    ("explain", ["nowhere", SALES[0]]),
    ("explain", ["sales", UNKNOWN]),
    ("try", ["nowhere", "+13035551234"]),
    ("add", ["nowhere", UNKNOWN]),
    ("remove", ["sales", UNKNOWN]),
    ("bench", ["sales", UNKNOWN, 10]),
    ("bench", ["sales", UNKNOWN, 10, "carrier-x"]),
    ("release", ["nowhere", SALES[0]]),
    ("release", ["sales", SALES[0], "never-seen"]),
    ("reset", ["sales", UNKNOWN]),
    ("redress", ["nowhere"]),
    ("redress_set", ["nowhere", "0" * 15 + "a", "status", "sent"]),
    ("redress_set", ["sales", "0" * 15 + "a", "status", "sent"]),
    ("probes", ["nowhere"]),
])
def test_fault_404(node, command, arguments):
    with pytest.raises(Fault) as fault:
        node.rpc("reputation." + command, *arguments)
    assert fault.value.code == 404
    assert " " in fault.value.message


@pytest.mark.parametrize("command,arguments", [
    ("numbers", []),
    ("numbers", ["sales", "sleepy"]),
    ("explain", ["sales"]),
    ("explain", ["sales", "junk"]),
    ("try", ["sales"]),
    ("add", ["sales", "12ab"]),
    ("add", ["sales", "+15005550001", "{not json"]),
    ("add", ["sales", "+15005550001", "[]"]),
    ("add", ["sales", "+15005550001", {"status": "paused"}]),
    ("numbers", ["sales", "any", "x"]),
    ("numbers", ["sales", "any", 0, -1]),
    ("mode", [{}]),
    # one argument too many
    ("pools", ["x"]),
    ("pools", [{}]),
    ("numbers", ["sales", "any", 0, 1, "x"]),
    ("explain", ["sales", SALES[0], "x"]),
    ("try", ["sales", "+13035551234", "east", "x"]),
    ("add", ["sales", "+15005550001", "{}", "x"]),
    ("remove", ["sales", SALES[0], "x"]),
    ("bench", ["sales", SALES[0], 10, "east", "x"]),
    ("release", ["sales", SALES[0], "east", "x"]),
    ("reset", ["sales", SALES[0], "x"]),
    ("mode", ["sales", "watch"]),
    ("redress", ["sales", "x"]),
    ("policy", ["sales", "x"]),
    ("store", ["x"]),
    ("stats", ["x"]),
    ("bench", ["sales", SALES[0], -1]),
    ("bench", ["sales", SALES[0], "soon"]),
    ("bench", ["sales"]),
    ("bench", ["sales", SALES[0], 10, "a,b"]),
    ("bench", ["sales", SALES[0], 10, "x" * 64]),
    ("bench", ["sales", SALES[0], 10, "a", "b"]),
    ("bench", ["sales", SALES[0], 10, "", "b"]),
    ("release", ["sales", SALES[0], "a,b"]),
    ("release", ["sales", SALES[0], "a", "b"]),
    ("reset", []),
])
def test_fault_400(node, command, arguments):
    with pytest.raises(Fault) as fault:
        node.rpc("reputation." + command, *arguments)
    assert fault.value.code == 400
    assert " " in fault.value.message
    assert view.state(node, "sales", SALES[0]) == "active"


def test_no_room_for_an_edit_changes_nothing(make, tmp_path):
    """Proxy and Redis have an edit, or neither has."""
    there, more = new_numbers(1), new_numbers(80)
    node = make.kamailio(
        "functions.cfg", REDIS=f"redis://127.0.0.1:{free_port()}",
        POOL_FILE=write_pool_file(tmp_path, {"sales": (there, {})}),
        allow_errors=[r"edis"])
    view.wait_numbers(node, "sales", there)
    with pytest.raises(Fault) as fault:
        for i, number in enumerate(more):
            node.rpc("reputation.add", "sales", number)
    assert fault.value.code == 500
    added = set(view.numbers(node, "sales"))
    assert added == {*there, *more[:i]}
    with pytest.raises(Fault) as fault:
        node.rpc("reputation.remove", "sales", there[0])
    assert fault.value.code == 500
    with pytest.raises(Fault) as fault:
        node.rpc("reputation.add", "sales", there[0], '{"status":"paused"}')
    assert view.numbers(node, "sales")[there[0]]["state"] == "active"
    assert set(view.numbers(node, "sales")) == added


# ----- kamcmd ----------------------------------------------------------------


def test_kamcmd_prints_it(node):
    status, text = node.kamcmd("reputation.explain", "sales",
                               "s:" + SALES[0])
    assert status == 0, text
    assert SALES[0] in text
    assert "counts" in text


def test_kamcmd_finds_a_number_that_it_cut_down(node):
    _, text = node.kamcmd("reputation.explain", "sales", SALES[0])
    assert SALES[0] in text
    _, text = node.kamcmd("reputation.explain", "sales", UNKNOWN)
    assert "404" in text and "s:+" in text


def test_a_number_may_come_as_an_integer(node):
    answer = node.rpc("reputation.explain", "sales", int(SALES[0][1:]))
    assert answer["number"] == SALES[0]


def test_kamcmd_with_and_without_what_may_be_left_out(node):
    for arguments in (["numbers", "sales"], ["numbers", "sales", "any", "0",
                      "2"], ["pools"], ["mode"], ["stats"], ["redress"],
                      ["try", "sales", "s:+13035551234"]):
        status, text = node.kamcmd("reputation." + arguments[0],
                                   *arguments[1:])
        assert status == 0 and "error" not in text[:20], text
    _, text = node.kamcmd("reputation.pools", "x")
    assert "400" in text


def test_kamcmd_fault(node):
    _, text = node.kamcmd("reputation.explain", "sales", "s:" + UNKNOWN)
    assert "404" in text
