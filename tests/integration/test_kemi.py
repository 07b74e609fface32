# SPDX-License-Identifier: GPL-2.0-or-later
"""KEMI: kemi.cfg and kemi.lua, and every function from Lua."""

import os
import re

import pytest
from harness import functions, plans, sip, view
from harness.kamailio import ROOT
from harness.pools import EAGER, new_callee, new_numbers, write_pool_file
from harness.process import wait_until

SALES = new_numbers(3)
ALONE = new_numbers(1)

FUNCTIONS_LUA = """
function ksr_request_route()
	local R = KSR.reputation
	local function arg(name)
		return KSR.pv.gete("$hdr(X-" .. name .. ")")
	end
	local what, code = KSR.is_INVITE() and arg("Ask") or arg("Do"), 0
	if KSR.is_ACK() then return 1 end
	if arg("Campaign") ~= "" then
		KSR.pv.sets("$rep(campaign)", arg("Campaign"))
		KSR.pv.sets("$rep(network)", arg("Network"))
	end
	if what == "pick" then code = R.pick(arg("Pool"), arg("Callee"),
		arg("Route"))
	elseif what == "apply" and arg("Options") ~= "" then
		code = R.pick(arg("Pool"), arg("Callee"), "")
		if code > 0 then code = R.apply_options(arg("Options")) end
	elseif what == "apply" then code = R.apply()
	elseif what == "track" then code = R.track(arg("Pool"), arg("Number"),
		arg("Route"))
	elseif arg("Route") ~= "" and what == "report" then
		code = R.report_route(arg("Pool"), arg("Number"), arg("Outcome"),
			arg("Route"))
	elseif arg("Route") ~= "" and what == "bench" then
		code = R.bench_route(arg("Pool"), arg("Number"),
			tonumber(arg("Seconds")), arg("Route"))
	elseif arg("Route") ~= "" and what == "release" then
		code = R.release_route(arg("Pool"), arg("Number"), arg("Route"))
	elseif arg("Route") ~= "" and what == "state" then
		code = R.state_route(arg("Pool"), arg("Number"), arg("Route"))
	elseif what == "report" then code = R.report(arg("Pool"), arg("Number"),
		arg("Outcome"))
	elseif what == "bench" then code = R.bench(arg("Pool"), arg("Number"),
		tonumber(arg("Seconds")))
	elseif what == "release" then code = R.release(arg("Pool"),
		arg("Number"))
	elseif what == "state" then code = R.state(arg("Pool"), arg("Number"))
	elseif what == "suppress" then code = R.suppress(arg("Callee"),
		tonumber(arg("Seconds")))
	elseif what == "unsuppress" then code = R.unsuppress(arg("Callee"))
	end
	KSR.hdr.append_to_reply("X-Rc: " .. code .. "\\r\\n")
	KSR.hdr.append_to_reply("X-Rep-Number: "
		.. KSR.pv.gete("$rep(number)") .. "\\r\\n")
	KSR.hdr.append_to_reply("X-Rep-Route: "
		.. KSR.pv.gete("$rep(route)") .. "\\r\\n")
	KSR.hdr.append_to_reply("X-Rep-State: "
		.. KSR.pv.gete("$rep(state)") .. "\\r\\n")
	KSR.hdr.append_to_reply("X-Rep-Reason: "
		.. KSR.pv.gete("$rep(reason)") .. "\\r\\n")
	KSR.sl.sl_send_reply(KSR.is_INVITE() and 480 or 200, "Called")
	return 1
end

function ksr_reputation_event(event)
	KSR.notice("EVENT " .. event .. " " .. KSR.pv.gete("$rep(number)")
		.. " " .. KSR.pv.gete("$rep(reason)") .. "\\n")
	return 1
end
"""


@pytest.fixture(scope="module")
def pool_file(tmp_path_factory):
    return write_pool_file(tmp_path_factory.mktemp("pools"), {
        "sales": (SALES, EAGER), "alone": (ALONE, EAGER),
        "paused": (new_numbers(1), {"status": "paused until=4294967295"})})


@pytest.fixture(scope="module")
def node(make_shared, pool_file, peers):
    return make_shared.kamailio(
        "kemi.cfg", POOL_FILE=pool_file, CARRIER_A=peers[0].address,
        CARRIER_B=peers[1].address)


def test_a_call_gets_its_number(caller, peers):
    peers[0].behaviour = lambda seen: plans.answered()
    call = caller.call(new_callee())
    assert call.status == 200
    seen = peers[0].calls[-1]
    assert seen.number in SALES
    assert seen.asserted == [seen.number]
    assert sip.user_of(call.final.get("from")) == caller.number
    assert call.bye().status == 200


def test_failover_keeps_the_number(caller, node, peers):
    peers[0].behaviour = lambda seen: plans.failed()
    peers[1].behaviour = lambda seen: plans.busy()
    callee = new_callee()
    assert caller.call(callee).status == 486
    first, second = peers[0].to(callee)[0], peers[1].to(callee)[0]
    assert first.number == second.number
    wait_until(lambda: view.route_counts(
        node, "sales", first.number, "carrier-b").get("busy") == 1)
    assert view.route_counts(node, "sales", first.number,
                             "carrier-a").get("failed") == 1


def test_no_failover_after_6xx(caller, peers):
    peers[0].behaviour = lambda seen: plans.blocked()
    callee = new_callee()
    assert caller.call(callee).status == 603
    assert not peers[1].to(callee)


def test_refusals(caller):
    call = caller.call(new_callee(), ["X-Pool: nowhere"])
    assert (call.status, call.final.get("x-reputation")) == (
        400, "unknown-pool")
    call = caller.call(new_callee(), ["X-Pool: paused"])
    assert (call.status, call.final.get("x-reputation")) == (
        503, "pool-paused")
    assert int(call.final.get("retry-after")) > 1000000


def test_event_callback(caller, node, peers):
    peers[0].behaviour = lambda seen: plans.blocked()
    for _ in range(12):
        call = caller.call(new_callee(), ["X-Pool: alone"])
        if call.status == 503:
            break
    node.wait_log(r"benched \+?" + ALONE[0].lstrip("+") + r".*blocked")


def test_every_function(make, tmp_path, pool_file):
    script = tmp_path / "functions.lua"
    script.write_text(FUNCTIONS_LUA)
    node = make.kamailio("kemi.cfg", POOL_FILE=pool_file,
                         KEMI_SCRIPT=str(script),
                         allow_errors=[r"reputation_\w+: "])
    caller = make.caller(node)

    def call(what, **arguments):
        return functions.call(caller, what, **arguments)

    number = SALES[0]
    known = {"pool": "sales", "number": number}
    got = call("pick", pool="sales", callee=new_callee(), route="east")
    assert (got.code, got.route) == (1, "east")
    assert got.number in SALES
    assert call("pick", pool="nowhere", callee=new_callee()).code == -1
    assert call("apply").code == -1
    for options, code in (("from=tel;name=none", 1), ("from=fax", -1)):
        assert call("apply", pool="sales", callee=new_callee(),
                    options=options).code == code
    assert call("report", outcome="declined", **known).code == 1
    assert call("report", outcome="splendid", **known).code == -1
    view.wait_counts(node, "sales", number, {"declined": 1})
    assert call("state", **known).code == 1
    assert call("bench", seconds=60, **known).code == 1
    got = call("state", **known)
    assert (got.code, got.state, got.reason) == (-2, "benched", "manual")
    node.wait_log(r"EVENT reputation:benched .*manual")
    assert call("release", **known).code == 1
    node.wait_log(r"EVENT reputation:released")
    assert call("bench", seconds=60, route="east", **known).code == 1
    got = call("state", route="east", **known)
    assert (got.code, got.state, got.reason) == (-2, "benched", "manual")
    assert call("state", route="west", **known).code == 1
    assert call("state", **known).code == 1
    assert call("bench", seconds=60, route="east,west", **known).code == -1
    assert call("release", route="east", **known).code == 1
    assert call("state", route="east", **known).code == 1
    assert call("report", outcome="busy", route="east", **known).code == 1
    wait_until(lambda: view.route_counts(node, "sales", number, "east")
               == {"busy": 1})
    assert call("report", outcome="busy", campaign="spring", network="x",
                **known).code == 1
    for kind, label in (("campaign", "spring"), ("network", "x")):
        assert view.by_label(view.explain(node, "sales", number), kind)[
            label] == {"busy": 1}
    assert call("track", pool="sales", number="+15005550000").code == -1


def test_suppress_by_kemi(make, tmp_path, pool_file):
    script = tmp_path / "functions.lua"
    script.write_text(FUNCTIONS_LUA)
    node = make.kamailio("kemi.cfg", POOL_FILE=pool_file,
                         KEMI_SCRIPT=str(script),
                         allow_errors=[r"reputation_\w+: "])
    caller = make.caller(node)
    callee = new_callee()

    def call(what, **arguments):
        return functions.call(caller, what, **arguments)

    def picked():
        got = call("pick", pool="sales", callee=callee)
        return got.code, got.reason

    for seconds in 60, 0:
        assert call("suppress", callee=callee, seconds=seconds).code == 1
        assert picked() == (-3, "callee-dnc")
        shown = node.rpc("reputation.callee", callee)
        assert shown["dnc"] == ("no" if seconds else "yes")
        assert bool(shown["by_hand_until"]) == bool(seconds)
        assert call("unsuppress", callee=callee).code == 1
        assert picked()[0] == 1
    assert call("unsuppress", callee=callee).code == -1
    assert call("suppress", callee=callee, seconds=-1).code == -1
    assert call("suppress", callee="someone", seconds=1).code == -1
    assert call("unsuppress", callee="someone").code == -1
    assert len(node.logged(r"reputation_suppress: seconds: -1 is below 0")) == 1


def script_functions():
    """{name without the prefix: most arguments}, from the module's table."""
    path = os.path.join(ROOT, "modules", "reputation", "kamailio", "module.c")
    with open(path, encoding="utf-8") as source:
        entries = re.findall(r'\{"reputation_(\w+)",\s*[^{}]*?,\s*(\d+),\s',
                             source.read())
    functions = {}
    for name, count in entries:
        functions[name] = max(functions.get(name, 0), int(count))
    return functions


def kemi_functions(node):
    """{name: arguments}, as Kamailio gives them to a script."""
    listed = node.rpc("app_lua.api_list")["methods"]
    return {entry["func"]["name"]: len([p for p in entry["func"][
        "params"].split(",") if p.strip() not in ("", "none")])
        for entry in listed if entry["func"]["module"] == "reputation"}


def test_every_script_function_has_its_twin(node):
    """Of the same name, and with each argument: KEMI knows no optional ones,
    so the function itself has all, or a variant NAME_more does."""
    script, kemi = script_functions(), kemi_functions(node)
    assert len(script) >= 7
    assert set(script) <= set(kemi)
    for name, count in script.items():
        assert count in [n for k, n in kemi.items()
                         if k == name or k.startswith(name + "_")], (name, kemi)
    for name in kemi:
        assert name in script or name.rpartition("_")[0] in script, name
