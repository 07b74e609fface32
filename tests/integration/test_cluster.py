# SPDX-License-Identifier: GPL-2.0-or-later
"""Two proxies and a Redis Cluster: pools spread over its masters, one of
which dies."""

import pytest
from harness import functions, view
from harness.pools import EAGER, new_callee, new_numbers
from harness.process import wait_until
from harness.redis_cluster import Cluster


@pytest.fixture
def cluster(request):
    made = Cluster(replicas=getattr(request, "param", 1))
    yield made
    made.remove()


def seed(cluster, pool):
    numbers = new_numbers(3)
    for field, value in EAGER.items():
        cluster.client.hset(f"rep:policy:{{{pool}}}", field, str(value))
    for number in numbers:
        cluster.client.hset(f"rep:numbers:{{{pool}}}", number, "{}")
    cluster.client.sadd("rep:pools", pool)
    return numbers


def report(caller, pool, number, outcome, times):
    for _ in range(times):
        assert functions.call(caller, "report", pool, number=number,
                              outcome=outcome).code == 1


def test_a_master_dies_and_its_pool_goes_on(make, cluster):
    carrier = make.carrier()
    pools = {cluster.pools_of(m, 1)[0]: None for m in cluster.masters}
    for p in pools:
        pools[p] = seed(cluster, p)
    nodes = [make.kamailio(
        "functions.cfg", REDIS=cluster.url, NODE_ID=name,
        CARRIER_A=carrier.address,
        allow_errors=[r"reputation.*(Redis master|edits are found)"])
        for name in ("node-a", "node-b")]
    callers = [make.caller(n) for n in nodes]
    for node in nodes:
        view.wait_connected(node)
        for p, numbers in pools.items():
            view.wait_numbers(node, p, numbers)

    def both(pool, number, want):
        for node in nodes:
            view.wait_counts(node, pool, number, want)

    for p, numbers in pools.items():
        report(callers[0], p, numbers[0], "answered", 3)
        report(callers[1], p, numbers[0], "noanswer", 2)
        both(p, numbers[0], {"answered": 3, "noanswer": 2})
    lost = list(pools)[1]
    heir = cluster.replica_of(cluster.masters[1])
    cluster.masters[1].kill()
    for p, numbers in pools.items():
        report(callers[0], p, numbers[0], "answered", 2)
        assert functions.call(callers[1], "pick", p,
                              callee=new_callee()).code == 1
        if p != lost:
            # a bench by one is one by all, an edit is seen by all
            report(callers[0], p, numbers[1], "blocked", 40)
            cluster.master_of(p).set_number(p, numbers[2], status="paused")
            for node in nodes:
                view.wait_state(node, p, numbers[1], "benched")
                view.wait_state(node, p, numbers[2], "paused")
    wait_until(lambda: heir.client.execute_command("ROLE")[0] == "master",
               60, what=heir.process.log)
    for p, numbers in pools.items():
        both(p, numbers[0], {"answered": 5, "noanswer": 2})
    for node in nodes:
        wait_until(lambda n=node: view.store(n)["pools_away"] == 0)
        assert view.store_state(node) == "connected"
    heir.set_number(lost, pools[lost][1], status="paused")
    for node in nodes:
        view.wait_state(node, lost, pools[lost][1], "paused")


@pytest.mark.parametrize("cluster", [0], indirect=True)
def test_a_number_that_is_new_while_its_master_is_away(make, cluster):
    """Nobody can tell its verdict: it is used by what is known."""
    pools = [cluster.pools_of(m, 1)[0] for m in cluster.masters]
    numbers = {p: seed(cluster, p) for p in pools}
    node = make.kamailio(
        "functions.cfg", REDIS=cluster.url, NODE_ID="node-a",
        CARRIER_A=make.carrier().address,
        allow_errors=[r"reputation.*(Redis master|edits are found)"])
    caller = make.caller(node)
    view.wait_connected(node)
    for p in pools:
        view.wait_numbers(node, p, numbers[p])
        functions.wait_picked(caller, p, numbers[p][0])
    cluster.masters[1].kill()
    wait_until(lambda: view.store(node)["pools_away"] == 1)
    told = view.store(node)
    assert (told["role"], told["masters_up"], told["masters"]) \
        == ("cluster", 2, 3)
    assert [p["pool"] for p in told["pools"] if p["away"] == "yes"] \
        == [pools[1]]
    (new,) = new_numbers(1)
    node.rpc("reputation.add", pools[1], new)
    functions.wait_picked(caller, pools[1], new)
