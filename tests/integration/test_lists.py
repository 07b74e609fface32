# SPDX-License-Identifier: GPL-2.0-or-later
"""Lists that two proxies share by Redis: redress, test calls, callees to clean
up."""

import json

import pytest
from harness import functions, plans, view
from harness.plans import final
from harness.pools import EAGER, new_callee, new_numbers
from harness.process import wait_until
from harness.redis_server import Redis

PATIENT = {**EAGER, "false_bench_every": 1000000}


@pytest.fixture(scope="module")
def start(make_shared, redis, carrier):
    def start(name, **more):
        return make_shared.kamailio(
            "functions.cfg", REDIS=more.pop("redis", redis).url, NODE_ID=name,
            CARRIER_A=carrier.address, leak_check=True,
            allow_errors=[r"reputation.*a contact that came",
                          r"reputation.*contacts that are refused",
                          r"reputation.*rep:(pools|numbers|redress)"], **more)
    return start


@pytest.fixture(scope="module")
def nodes(start):
    return [start(name) for name in ("node-a", "node-b")]


@pytest.fixture(scope="module")
def callers(make_shared, nodes):
    return [make_shared.caller(node) for node in nodes]


def seed(redis, nodes, pool, count=1, **policy):
    numbers = new_numbers(count)
    redis.seed(pool, numbers, {field: str(value) for field, value
                               in {**PATIENT, **policy}.items()})
    for node in nodes:
        view.wait_connected(node)
        view.wait_numbers(node, pool, numbers)
        wait_until(lambda n=node: all(
            view.policy(n, pool)[field] == str(value)
            for field, value in policy.items()))
        if "cap_day" not in policy:
            wait_until(lambda n=node: int(view.pools(n)[pool]["usable"])
                       == count)
    return numbers


def blocked(block, url="https://block.example.net/r"):
    return final(603, "Network Blocked", [
        f'Reason: SIP;cause=603;text="v=analytics1;url={url};id={block}"'])


def dial_blocked(carrier, caller, pool, block, **more):
    carrier.behaviour = lambda seen: blocked(block, **more)
    call = functions.dial(caller, pool, "X-Campaign: spring")
    assert call.wait_final().status == 603


def entry(redis, pool):
    """The only one: its id and what it holds."""
    (name, text), = redis.client.hgetall(f"rep:redress:{{{pool}}}").items()
    return name, json.loads(text)


def wait_entries(node, pool, check):
    wait_until(lambda: check(view.redress(node, pool)),
               what=lambda: view.redress(node, pool))
    return view.redress(node, pool)


def wait_count(nodes, pool, count):
    for node in nodes:
        wait_entries(node, pool,
                     lambda seen: [e["count"] for e in seen] == [count])


def wait_written(redis, pool, count):
    """So many blocks stand in the only entry that Redis has."""
    key = f"rep:redress:{{{pool}}}"
    wait_until(lambda: [json.loads(text).get("count") for text
                        in redis.client.hvals(key)] == [count],
               what=lambda: redis.client.hgetall(key))


# ----- redress ---------------------------------------------------------------


def test_one_list_of_both(redis, nodes, callers, carrier):
    number, = seed(redis, nodes, "both")
    for i, caller in enumerate(callers * 3):
        dial_blocked(carrier, caller, "both", f"b{i}")
    wait_count(nodes, "both", 6)
    wait_written(redis, "both", 6)
    assert view.redress(nodes[0], "both") == view.redress(nodes[1], "both")
    name, kept = entry(redis, "both")
    seen, = view.redress(nodes[0], "both")
    assert seen["id"] == name
    assert kept["number"] == seen["number"] == number
    assert kept["party"] == "block.example.net"
    assert kept["url"] == "https://block.example.net/r"
    assert kept["count"] == 6
    assert sorted(kept["ids"]) == [f"b{i}" for i in range(6)]
    assert kept["status"] == "open"
    assert kept["campaign"] == "spring"
    assert 0 < kept["first"] <= kept["last"]


def test_what_people_write_stays_and_is_seen(redis, nodes, callers, carrier):
    seed(redis, nodes, "people")
    dial_blocked(carrier, callers[0], "people", "one")
    wait_written(redis, "people", 1)
    name, kept = entry(redis, "people")
    kept.update(status="sent", ticket="T-1", note="asked by mail", mine=[1])
    redis.client.hset("rep:redress:{people}", name, json.dumps(kept))
    for node in nodes:
        wait_entries(node, "people", lambda e: e[0]["ticket"] == "T-1")
    dial_blocked(carrier, callers[0], "people", "two")
    dial_blocked(carrier, callers[1], "people", "three")
    wait_count(nodes, "people", 3)
    wait_written(redis, "people", 3)
    nodes[1].rpc("reputation.redress_set", "people", name, "note", "again")
    for node in nodes:
        wait_entries(node, "people", lambda e: e[0]["note"] == "again")
    _, kept = entry(redis, "people")
    assert (kept["status"], kept["ticket"], kept["note"], kept["mine"],
            kept["count"]) == ("sent", "T-1", "again", [1], 3)


def test_closed_is_open_again(redis, nodes, callers, carrier):
    seed(redis, nodes, "closed")
    dial_blocked(carrier, callers[0], "closed", "one")
    wait_written(redis, "closed", 1)
    name, _ = entry(redis, "closed")
    nodes[0].rpc("reputation.redress_set", "closed", name, "status", "closed")
    for node in nodes:
        wait_entries(node, "closed", lambda e: e[0]["status"] == "closed")
    dial_blocked(carrier, callers[1], "closed", "two")
    wait_count(nodes, "closed", 2)
    for node in nodes:
        wait_entries(node, "closed", lambda e: e[0]["status"] == "open")
    wait_written(redis, "closed", 2)
    assert entry(redis, "closed")[1]["status"] == "open"


@pytest.mark.parametrize("arguments,code,word", [
    (("nowhere", "0" * 16, "status", "sent"), 404, "pool"),
    (("args", "0" * 15 + "a", "status", "sent"), 404, "entry"),
    (("args", "none", "status", "sent"), 400, "hexadecimal"),
    (("args", None, "count", "1"), 400, "status, ticket, note"),
    (("args", None, "status", "done"), 400, "answered"),
    (("args", None, "status"), 400, "missing"),
    (("args", None, "ticket", "x" * 65), 400, "64 bytes"),
    (("args", None, "note", "a", "b"), 400, "")])
def test_arguments_of_redress_set(redis, nodes, callers, carrier, arguments,
                                  code, word):
    if "args" not in view.pools(nodes[0]):
        seed(redis, nodes, "args")
        dial_blocked(carrier, callers[0], "args", "one")
        wait_written(redis, "args", 1)
    name, before = entry(redis, "args")
    with pytest.raises(Exception, match=word) as fault:
        nodes[0].rpc("reputation.redress_set",
                     *(name if a is None else a for a in arguments))
    assert str(code) in str(fault.value)
    assert entry(redis, "args")[1] == before


def test_pages(redis, nodes, callers, carrier):
    seed(redis, nodes, "pages")
    for i in range(4):
        dial_blocked(carrier, callers[0], "pages", "x",
                     url=f"https://b{i}.example/")
    for node in nodes:
        wait_entries(node, "pages", lambda e: len(e) == 4)
    whole = view.redress(nodes[0], "pages")
    assert view.redress(nodes[1], "pages") == whole
    assert view.redress(nodes[1], "pages", 1, 2) == whole[1:3]


def test_written_over_by_hand_is_whole_again(redis, nodes, callers, carrier):
    seed(redis, nodes, "over")
    for block in ("one", "two"):
        dial_blocked(carrier, callers[0], "over", block)
    wait_written(redis, "over", 2)
    name, before = entry(redis, "over")
    redis.client.hset("rep:redress:{over}", name, '{"status":"answered"}')
    wait_until(lambda: entry(redis, "over")[1]
               == {**before, "status": "answered"},
               what=lambda: entry(redis, "over"))


@pytest.mark.parametrize("url", [
    "javascript:alert(1)", "https://a@b.example/", "https://b.example/\x1b[2J",
    "https://" + "x" * 300])
def test_hostile_contacts(redis, nodes, callers, carrier, url):
    if "hostile" not in view.pools(nodes[0]):
        seed(redis, nodes, "hostile")
    before = int(view.stats(nodes[0])["redress_refused"])
    dial_blocked(carrier, callers[0], "hostile", "x", url=url)
    wait_until(lambda: int(view.stats(nodes[0])["redress_refused"])
               == before + 1)
    assert view.redress(nodes[0], "hostile") == []
    assert not redis.client.exists("rep:redress:{hostile}")


def test_bench_tells_whom_to_ask(redis, nodes, callers, carrier):
    number = seed(redis, nodes, "told", 3, **EAGER)[0]
    carrier.behaviour = lambda seen: blocked("b7")

    def benched():
        callers[0].call(new_callee(), ["X-Do: track", "X-Pool: told",
                                       f"X-Number: {number}"])
        return view.state(nodes[0], "told", number) == "benched"

    wait_until(benched)
    nodes[0].wait_log(rf"EVENT blocked-by \{number} "
                      "https://block.example.net/r b7")
    wait_until(lambda: [e for _, e in redis.client.xrange("rep:events")
                        if e["number"] == number
                        and e.get("redress_url")
                        == "https://block.example.net/r"
                        and e.get("redress_id") == "b7"])


def test_survives_restarts(make, start, carrier):
    own = make.redis(Redis)
    node = start("restart", redis=own)
    caller = make.caller(node)
    seed(own, [node], "restart")
    for block in ("one", "two"):
        dial_blocked(carrier, caller, "restart", block)
    wait_written(own, "restart", 2)
    name, _ = entry(own, "restart")
    node.rpc("reputation.redress_set", "restart", name, "ticket", "T-9")
    wait_until(lambda: entry(own, "restart")[1].get("ticket") == "T-9")
    node.stop()
    node.start()
    view.wait_connected(node)
    wait_count([node], "restart", 2)
    assert view.redress(node, "restart")[0]["ticket"] == "T-9"
    dial_blocked(carrier, caller, "restart", "three")
    wait_count([node], "restart", 3)
    wait_written(own, "restart", 3)
    before = entry(own, "restart")
    own.client.flushall()
    wait_until(lambda: own.client.exists("rep:redress:{restart}"))
    wait_until(lambda: entry(own, "restart") == before,
               what=lambda: entry(own, "restart"))


# ----- test calls ------------------------------------------------------------


def test_probes_of_both_are_counted_apart(redis, nodes, callers, carrier):
    number, = seed(redis, nodes, "probes", 1, cap_day=1)
    carrier.behaviour = lambda seen: blocked("probe")
    for caller in callers * 10:
        caller.call(new_callee(), [
            "X-Do: track", "X-Pool: probes", f"X-Number: {number}",
            "X-Network: mobile", "X-Probe: 1"])
    carrier.behaviour = lambda seen: plans.busy()
    callers[1].call(new_callee(), ["X-Do: track", "X-Pool: probes",
                                   f"X-Number: {number}", "X-Probe: 1"])
    want = {(number, "mobile"): {"blocked": 20}, (number, ""): {"busy": 1}}
    for node in nodes:
        wait_until(lambda n=node: view.probes(n, "probes") == want,
                   what=lambda n=node: view.probes(n, "probes"))
        assert view.counts(node, "probes", number) == {}
        assert view.state(node, "probes", number) == "active"
    kept = redis.client.hgetall("rep:probes:{probes}")
    assert set(kept) == {f"{number}|mobile", f"{number}|"}
    kept = json.loads(kept[f"{number}|mobile"])
    assert kept["counts"]["blocked"] == 20
    assert kept["outcome"] == "blocked"
    assert redis.client.ttl("rep:probes:{probes}") > 0
    # the cap of one call a day is unspent
    wait_until(lambda: any(
        functions.call(caller, "pick", "probes", callee=new_callee()).code == 1
        for caller in callers))


def test_answered_probe_is_no_call(redis, nodes, callers, carrier):
    number, = seed(redis, nodes, "short")
    carrier.behaviour = lambda seen: plans.answered()
    call = functions.dial(callers[0], "short", "X-Probe: 1")
    call.bye()
    for node in nodes:
        wait_until(lambda n=node: view.probes(n, "short")
                   == {(number, ""): {"short": 1}},
                   what=lambda n=node: view.probes(n, "short"))
        assert view.counts(node, "short", number) == {}


# ----- callees ---------------------------------------------------------------


def reported(redis, pool):
    return [e for _, e in redis.client.xrange(f"rep:callees:{{{pool}}}")]


def declined(redis, pool):
    return [e["callee"].lstrip("+") for e in reported(redis, pool)
            if e["outcome"] == "declined"]


def test_callees_to_clean_up(redis, nodes, callers, carrier):
    numbers = seed(redis, nodes, "clean", 2,
                   report_callees="declined,baddest", report_days=2,
                   callee_declined_rest=0)  # else nobody declines twice
    bad, rude, once = (new_callee() for _ in range(3))

    def go(caller, callee, plan):
        carrier.behaviour = lambda seen: plan
        functions.dial(caller, "clean", "X-Campaign: spring", callee=callee)

    # the timer takes the policy over within a second
    wait_until(lambda: go(callers[0], bad, final(404, "Not Found"))
               or reported(redis, "clean"))
    first = reported(redis, "clean")[0]
    assert first["callee"].lstrip("+") == bad.lstrip("+")
    assert first["number"] in numbers
    assert first["outcome"] == "baddest"
    assert first["status"] == "404"
    assert first["campaign"] == "spring"
    assert int(first["at"]) > 0
    go(callers[0], once, plans.declined())
    go(callers[0], rude, plans.declined())
    view.wait_idle(nodes[0])
    go(callers[0], rude, plans.declined())
    wait_until(lambda: declined(redis, "clean"))
    assert declined(redis, "clean") == [rude.lstrip("+")]
    # what is older than two days goes with the next
    redis.client.xtrim("rep:callees:{clean}", maxlen=0, approximate=False)
    redis.client.delete("rep:callees:{clean}")
    redis.client.xadd("rep:callees:{clean}", {"callee": "old"}, id="1-1")
    wait_until(lambda: go(callers[1], bad, final(404, "Not Found"))
               or [e for e in reported(redis, "clean") if "number" in e])
    assert not [e for e in reported(redis, "clean")
                if e["callee"] == "old"]
    assert 0 < redis.client.ttl("rep:callees:{clean}") <= 2 * 86400


def test_nothing_without_a_word(redis, nodes, callers, carrier):
    seed(redis, nodes, "silent")
    carrier.behaviour = lambda seen: final(404, "Not Found")
    functions.dial(callers[0], "silent")
    dial_blocked(carrier, callers[0], "silent", "later")
    wait_count(nodes, "silent", 1)
    assert not redis.client.exists("rep:callees:{silent}")


def test_counters(redis, nodes, callers, carrier):
    """Kamailio's own say what reputation.stats says."""
    seed(redis, nodes, "counted", report_callees="baddest")
    number, = view.numbers(nodes[0], "counted")

    def counters():
        listed = nodes[0].rpc("stats.fetch", "reputation:")
        return {name.partition(".")[2]: int(n) for name, n in listed.items()}

    before = counters()
    functions.call(callers[0], "report", "counted", number=number,
                   outcome="busy", probe=1)
    dial_blocked(carrier, callers[0], "counted", "c")
    dial_blocked(carrier, callers[0], "counted", "c",
                 url="javascript:alert(1)")
    carrier.behaviour = lambda seen: final(404, "Not Found")
    # the timer takes the policy over within a second
    wait_until(lambda: functions.dial(callers[0], "counted")
               and counters()["reported"] > before["reported"])
    after, stats = counters(), view.stats(nodes[0])
    for name in "redress", "redress_refused", "probes", "probe_entries":
        assert after[name] == before[name] + 1, name
    for name in ("redress", "redress_refused", "full_redress",
                 "lost_redress", "probes", "probe_entries", "full_probes",
                 "lost_probes", "reported", "full_reported"):
        assert after[name] == stats[name], name
