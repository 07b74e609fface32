# SPDX-License-Identifier: GPL-2.0-or-later
"""What becomes of the key of the callee guard in Redis: it is whole again."""

import pytest
from harness import view
from harness.pools import EAGER, new_callee, new_numbers
from harness.process import wait_until

FACTS = "rep:x:g1:{sales}"
COUNT = "rep:x:gn1:{sales}"
MENDED = 30  # s
KEPT = 12    # callees


def proxy(make, redis, name):
    node = make.kamailio(
        "functions.cfg", REDIS=redis.url, NODE_ID=name,
        CARRIER_A="127.0.0.1:9",
        allow_errors=[r"the key is missing", r"WRONGTYPE"])
    view.wait_connected(node)
    view.wait_numbers(node, "sales", redis.numbers)
    return node


def suppressed(node, n):
    callees = [new_callee() for _ in range(n)]
    for callee in callees:
        node.rpc("reputation.suppress", callee, "86400")
    return {f"h{callee[1:]}" for callee in callees}


def members(redis):
    return set(redis.client.zrange(FACTS, 0, -1))


def agreed(redis):
    """As many as there should be."""
    return redis.client.zcard(FACTS) == int(redis.client.get(COUNT) or -1)


@pytest.fixture
def fleet(make):
    """Two proxies, of which each has suppressed some."""
    redis = make.redis()
    redis.numbers = new_numbers(3)
    redis.seed("sales", redis.numbers, EAGER)
    nodes = [proxy(make, redis, name) for name in "ab"]
    wanted = set()
    for node in nodes:
        wanted |= suppressed(node, KEPT // 2)
    wait_until(lambda: members(redis) == wanted)
    assert agreed(redis)
    for node in nodes:
        wait_until(lambda: view.stats(node)["guarded"] == KEPT)
    return redis, nodes, wanted


def trimmed(client):
    client.zremrangebyrank(FACTS, 0, KEPT // 2)


def deleted(client):
    client.delete(FACTS)


def of_another_type(client):
    client.delete(FACTS)
    client.set(FACTS, "spoilt")
    client.delete(FACTS)


@pytest.mark.parametrize("harm", [trimmed, deleted, of_another_type])
def test_it_is_whole_again(make, fleet, harm):
    """What a proxy that does not run any more had written, too."""
    redis, (a, b), wanted = fleet
    b.stop()
    harm(redis.client)
    assert members(redis) < wanted
    # and what comes meanwhile does not hide it
    wanted |= suppressed(a, 1)
    wait_until(lambda: members(redis) == wanted, MENDED)
    wait_until(lambda: agreed(redis), MENDED)
    late = proxy(make, redis, "c")
    wait_until(lambda: view.stats(late)["guarded"] == len(wanted))


@pytest.mark.parametrize("count", ["3", "nan", "a list"])
def test_the_count_is_wrong(fleet, count):
    redis, nodes, wanted = fleet
    redis.client.delete(COUNT)
    if count == "a list":
        redis.client.rpush(COUNT, "x")
    else:
        redis.client.set(COUNT, count)
    wanted |= suppressed(nodes[0], 1)
    wait_until(lambda: redis.client.type(COUNT) == "string"
               and redis.client.get(COUNT) == str(len(wanted)), MENDED)
    assert members(redis) == wanted
    trimmed(redis.client)
    wait_until(lambda: members(redis) == wanted, MENDED)


def test_what_nobody_knows_is_given_up(fleet):
    """It is not missed for ever."""
    redis, nodes, wanted = fleet
    redis.client.incrby(COUNT, 5)
    wait_until(lambda: agreed(redis), MENDED)
    assert members(redis) == wanted
    found = [node.rpc("reputation.store")["mismatches"] for node in nodes]
    assert 2 <= sum(found) <= 4
    for node in nodes:
        assert node.logged("Redis is not what it was: .*the callee guard")


def test_what_goes_by_itself_is_not_missed(fleet):
    redis, nodes, wanted = fleet
    for member in list(wanted)[:3]:
        nodes[0].rpc("reputation.unsuppress", f"+{member[1:]}")
        wanted.discard(member)
    nodes[1].rpc("reputation.suppress", new_callee(), "3")
    wait_until(lambda: len(members(redis)) == len(wanted) + 1)

    def gone():
        """What is over goes with the next one."""
        added = suppressed(nodes[1], 1)
        wanted.update(added)
        wait_until(lambda: added <= members(redis))
        return members(redis) == wanted

    wait_until(gone)
    assert agreed(redis)
    assert redis.client.ttl(COUNT) == redis.client.ttl(FACTS) > 0
    checks = redis.client.info("commandstats")["cmdstat_xrevrange"]["calls"]
    wait_until(lambda: redis.client.info("commandstats")[
        "cmdstat_xrevrange"]["calls"] >= checks + 6, MENDED)
    for node in nodes:
        assert node.rpc("reputation.store")["mismatches"] == 0
