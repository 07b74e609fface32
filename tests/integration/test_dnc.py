# SPDX-License-Identifier: GPL-2.0-or-later
"""The do-not-call list: rep:dnc, and the parts it may stand in."""

import pytest
from harness import functions, view
from harness.kamailio import Absent
from harness.pools import EAGER, new_callee, new_numbers
from harness.process import wait_until
from harness.redis_cluster import Cluster
from test_guard import fleet, proxy, reason, soon  # noqa: F401

MISSING = r"rep:dnc: the key is missing"


@pytest.fixture
def server(make):
    redis = make.redis()
    redis.seed("sales", new_numbers(3), EAGER)
    return redis


def part(callee):
    return f"rep:dnc:{callee[-2:]}"


def elsewhere(callee):
    """A part in which nobody would look for it."""
    return f"rep:dnc:{(int(callee[-2:]) + 50) % 100:02}"


def errors(node):
    return {(error["key"], error["field"])
            for error in view.as_list(view.stats(node)["errors"])
            if error["key"].startswith("rep:dnc")}


def test_parts_are_followed_live(fleet):
    redis, _, nodes = fleet
    callees = [new_callee() for _ in range(4)]

    def everywhere(callee, wanted):
        for node in nodes:
            soon(node, callee, wanted, within=1)

    for callee in callees:
        redis.client.sadd(part(callee), callee)
        everywhere(callee, "callee-dnc")
    # a set that is not its own counts as well; and each for itself
    redis.client.sadd(elsewhere(callees[0]), callees[0])
    redis.client.sadd("rep:dnc", callees[0])
    for key in part(callees[0]), "rep:dnc":
        redis.client.delete(key)
        redis.client.sadd("rep:dnc", mark := new_callee())
        everywhere(mark, "callee-dnc")      # the deletion was read before
        everywhere(callees[0], "callee-dnc")
    redis.client.srem(elsewhere(callees[0]), callees[0])
    everywhere(callees[0], "picked")
    # a part is deleted, another replaced
    redis.client.delete(part(callees[1]))
    everywhere(callees[1], "picked")
    redis.client.sadd("another", callees[1])
    redis.client.rename("another", part(callees[2]))
    everywhere(callees[2], "picked")
    everywhere(callees[1], "callee-dnc")
    everywhere(callees[3], "callee-dnc")
    for node in nodes:
        wait_until(lambda n=node: view.stats(n)["dnc"] == 3)


def test_taken_off_a_part_by_hand(fleet):
    redis, _, (a, b) = fleet
    callee = new_callee()
    for key in part(callee), elsewhere(callee), "rep:dnc":
        redis.client.sadd(key, callee)
    wait_until(lambda: redis.client.scard("rep:dnc"))
    soon(a, callee, "callee-dnc")
    # all of them were read
    redis.client.sadd("rep:dnc", mark := new_callee())
    soon(a, mark, "callee-dnc")
    a.rpc("reputation.unsuppress", callee)
    for node in a, b:
        soon(node, callee, "picked")
    wait_until(lambda: not any(redis.client.sismember(key, callee) for key in
                               (part(callee), elsewhere(callee), "rep:dnc")))
    with pytest.raises(Absent):
        a.rpc("reputation.unsuppress", callee)


def test_read_before_the_first_pick(make, server):
    callees = [new_callee() for _ in range(200)]
    for callee in callees:
        server.client.sadd(part(callee), callee)
    node = proxy(make, server, "a")
    soon(node, new_callee(), "picked")
    assert {reason(node, callee) for callee in callees} == {"callee-dnc"}


def test_a_long_list_in_parts(make, server):
    first = 13036000000
    for digits in range(100):
        server.client.sadd(f"rep:dnc:{digits:02}", *(
            f"+{first + i}" for i in range(digits, 300000, 100)))
    node = proxy(make, server, "a")
    soon(node, new_callee(), "picked")     # all was read before
    assert view.stats(node)["dnc"] == 300000
    assert view.stats(node)["dnc_memory"] < 16 * 300000
    before = server.client.info("commandstats")["cmdstat_sscan"]["calls"]
    callee = new_callee()
    server.client.sadd(part(callee), callee)
    soon(node, callee, "callee-dnc", within=1)
    after = server.client.info("commandstats")["cmdstat_sscan"]["calls"]
    assert 1 <= after - before <= 3        # that part alone
    server.client.delete("rep:dnc:17")
    soon(node, f"+{first + 17}", "picked", within=1)
    wait_until(lambda: view.stats(node)["dnc"] == 300001 - 3000)


def test_all_of_it_is_lost(make, server):
    callees = [new_callee() for _ in range(4)]
    for callee in callees:
        server.client.sadd(part(callee), callee)
    node = proxy(make, server, "a", allow_errors=[MISSING])
    soon(node, new_callee(), "picked")
    server.client.delete(*(part(callee) for callee in callees))
    node.wait_log(r"ERROR.*" + MISSING)
    assert errors(node) == {("rep:dnc", "")}
    assert {reason(node, callee) for callee in callees} == {"callee-dnc"}
    # as soon as one exists the others are missing by intent
    server.client.sadd(part(callees[0]), callees[0])
    soon(node, callees[1], "picked")
    soon(node, callees[2], "picked")
    assert reason(node, callees[0]) == "callee-dnc"
    wait_until(lambda: not errors(node))
    assert len(node.logged(MISSING)) == 1


def test_malformed(make, server):
    callee = new_callee()
    server.client.sadd(part(callee), callee, "someone")
    server.client.sadd("rep:dnc:100", new_callee())
    server.client.set("rep:dnc:00", "a string")
    node = proxy(make, server, "a", allow_errors=[r"rep:dnc:"])
    soon(node, new_callee(), "picked")
    assert reason(node, callee) == "callee-dnc"
    wait_until(lambda: errors(node) == {
        (part(callee), "someone"), ("rep:dnc:00", ""), ("rep:dnc:100", "")})
    assert len(node.logged("rep:dnc:100: it is not read: parts of the list "
                           "end in :00 to :99")) == 1
    server.client.srem(part(callee), "someone")
    server.client.delete("rep:dnc:100", "rep:dnc:00")
    wait_until(lambda: not errors(node))


@pytest.mark.parametrize("lacks", ["client|tracking", "scard"])
def test_with_fewer_rights(make, lacks):
    """Edits are found by polling; without SCARD all parts are read."""
    redis = make.redis()
    redis.client.execute_command("ACL", "SETUSER", "default", f"-{lacks}")
    redis.seed("sales", new_numbers(3), EAGER)
    callees = [new_callee() for _ in range(3)]
    for callee in callees[:2]:
        redis.client.sadd(part(callee), callee)
    node = proxy(make, redis, "a")
    soon(node, new_callee(), "picked")
    assert reason(node, callees[0]) == "callee-dnc"
    redis.client.sadd(part(callees[2]), callees[2])
    soon(node, callees[2], "callee-dnc", within=3)
    redis.client.delete(part(callees[0]))
    soon(node, callees[0], "picked", within=3)
    # as many members as before
    with redis.client.pipeline() as both:
        both.srem(part(callees[1]), callees[1])
        both.sadd(part(callees[1]), callees[0])
        both.execute()
    soon(node, callees[1], "picked")
    soon(node, callees[0], "callee-dnc")


# ----- a cluster ------------------------------------------------------------------

@pytest.fixture
def cluster():
    made = Cluster()
    yield made
    made.remove()


def owner(cluster, key):
    slot = cluster.masters[0].client.execute_command("CLUSTER KEYSLOT", key)
    return slot, cluster.masters[slot * 3 // 16384]


def test_parts_on_all_masters(make, cluster):
    pool = cluster.pools_of(cluster.masters[0], 1)[0]
    for number in new_numbers(3):
        cluster.client.hset(f"rep:numbers:{{{pool}}}", number, "{}")
    for field, value in EAGER.items():
        cluster.client.hset(f"rep:policy:{{{pool}}}", field, str(value))
    cluster.client.sadd("rep:pools", pool)
    callees = [f"+1303555{i:04}" for i in range(4000, 4100)]
    for callee in callees:
        cluster.client.sadd(part(callee), callee)
    node = make.kamailio(
        "functions.cfg", REDIS=cluster.url, NODE_ID="a",
        CARRIER_A="127.0.0.1:9",
        allow_errors=[r"reputation.*(Redis master|edits are found)"])

    def found(callee):
        try:
            return reason(node, callee, pool)
        except Absent:
            return None

    wait_until(lambda: found("+13035559999") == "picked")
    assert {reason(node, callee, pool) for callee in callees} == {"callee-dnc"}
    more = [f"+1303555{i:04}" for i in range(4100, 4200)]
    for callee in more:
        cluster.client.sadd(part(callee), callee)
    for callee in more:
        wait_until(lambda c=callee: found(c) == "callee-dnc")
    # a part that moves stays in force, and is followed where it is
    slot, source = owner(cluster, part(callees[7]))
    target = next(m for m in cluster.masters if m is not source)
    cluster.migrate(slot, source, target)
    wait_until(lambda: target.client.scard(part(callees[7])) == 2)
    assert found(callees[7]) == "callee-dnc"
    target.client.srem(part(callees[7]), callees[7])
    wait_until(lambda: found(callees[7]) == "picked")
    assert found(more[7]) == "callee-dnc"
    # a master is away: what it has stays; who starts now uses what is known
    away = cluster.masters[2]
    gone = [c for c in callees if owner(cluster, part(c))[1] is away]
    away.kill()
    here = next(c for c in callees if owner(cluster, part(c))[1] is source)
    cluster.client.srem(part(here), here)
    wait_until(lambda: found(here) == "picked")
    assert {found(callee) for callee in gone} == {"callee-dnc"}
    node.stop()
    node.start()
    wait_until(lambda: found("+13035559999") == "picked")
    assert found(more[7]) == "callee-dnc"
