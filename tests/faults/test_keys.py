# SPDX-License-Identifier: GPL-2.0-or-later
"""A single key is deleted, trimmed or damaged: whole again within half a
minute, without a reconnect."""

import json
import os
import re
import signal
import subprocess

import pytest

from drivers import exchanged
from fleet import MENDED, count_keys, in_redis, lasting, number, own_key
from harness.process import wait_until

quick = pytest.mark.quick
BENCHED = 3
DOCS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..",
                    "docs", "redis.md")


@pytest.fixture(params=["busy", "quiet"])
def pair(request, fleet):
    """Two nodes that agree, with a bench; with or without traffic after."""
    return begun(fleet, request.param == "busy")


def begun(fleet, busy):
    f = fleet(relays=False)
    f.nodes[0].ask("bench", "sales", number(BENCHED), 86400)
    f.all_say(BENCHED, "benched")
    f.more(3)
    f.true()
    wait_until(lambda: f.client.hlen("rep:health:{sales}") == f.numbers)
    f.before = f.reconnects()
    if busy:
        f.go()
        f.more(2)
    return f


def looked_at():
    """The nodes have looked after their keys since."""
    lasting(10)


def keys(client, what):
    if what == "counts":
        return count_keys(client)
    if what in ("rep:health:{sales}", "rep:x:callees", "rep:events"):
        return [what]
    return [own_key(client, what)]


def records(client):
    return client.hgetall(own_key(client, "v"))


def whole(f):
    """All of it is right again: counts in Redis and in each node, the bench
    in Redis and in each node, health."""
    f.true(MENDED)
    f.all_say(BENCHED, "benched", MENDED)
    wait_until(lambda: " benched " in records(f.client)[number(BENCHED)],
               MENDED)
    health = "rep:health:{sales}"
    wait_until(lambda: f.client.hlen(health) == f.numbers, MENDED,
               what=lambda: f.client.hgetall(health))
    assert json.loads(f.client.hget(health, number(BENCHED)))["state"] \
        == "benched"
    assert f.reconnects() == f.before
    # and it goes on
    f.go()
    f.more(2)
    f.true(MENDED)


KINDS = ["feed", "seq", "b", "counts", "v", "rep:health:{sales}"]


@pytest.mark.parametrize("what", [
    pytest.param(k, marks=quick if k in ("b", "counts", "v") else ())
    for k in KINDS])
def test_key_deleted(pair, what):
    if what == "v":
        looked_at()
    pair.client.delete(*keys(pair.client, what))
    whole(pair)


@pytest.mark.parametrize("what", KINDS)
def test_key_of_another_type(pair, what):
    """Somebody's script overwrote it; then it is deleted."""
    if what == "v":
        looked_at()
    for key in keys(pair.client, what):
        with pair.client.pipeline() as p:
            p.delete(key)
            p.set(key, "spoilt") if what != "seq" else p.lpush(key, "spoilt")
            p.execute()
        wait_until(lambda k=key: pair.client.delete(k))
    whole(pair)


def test_all_own_keys_deleted(pair):
    pair.client.delete(*pair.client.scan_iter("rep:x:*{sales}*"))
    whole(pair)


@pytest.mark.parametrize("how", [
    "one deleted", pytest.param("zero", marks=quick), "no count", "half"])
def test_counts_damaged(pair, how):
    """Of every writer a field, and totals where there are such."""
    client = pair.client
    for key in count_keys(client):
        for field, text in client.hgetall(key).items():
            if not field.startswith(number(5)):
                continue
            if how == "one deleted":
                client.hdel(key, field)
            else:
                parts = text.split(",")
                client.hset(key, field, {
                    "zero": ",".join("0" for _ in parts),
                    "no count": "spoilt",
                    "half": ",".join(str(int(p) // 2) for p in parts)}[how])
    whole(pair)


@pytest.mark.parametrize("how", ["spoilt", "deleted", "older"])
def test_verdict_damaged(pair, how):
    looked_at()
    key, field = own_key(pair.client, "v"), number(BENCHED)
    text = pair.client.hget(key, field)
    if how == "deleted":
        pair.client.hdel(key, field)
    elif how == "spoilt":
        pair.client.hset(key, field, "spoilt")
    else:
        turn, rest = text.split(" ", 1)
        pair.client.hset(key, field, f"{int(turn) - 1} "
                         + rest.replace("benched", "active"))
    whole(pair)


@pytest.mark.parametrize("how", ["deleted", "as it was"])
def test_verdict_lost_as_soon_as_written(fleet, how):
    """Before anybody can have looked what there is."""
    f = fleet(relays=False, traffic=False)
    f.nodes[0].ask("bench", "sales", number(BENCHED), 86400)
    wait_until(lambda: records(f.client)[number(BENCHED)])
    key, state = own_key(f.client, "v"), "benched"
    if how == "deleted":
        f.client.delete(key)
    else:
        f.all_say(BENCHED, "benched")
        looked_at()
        before = f.client.hget(key, number(BENCHED))
        f.nodes[0].ask("release", "sales", number(BENCHED))
        wait_until(lambda: records(f.client)[number(BENCHED)] != before)
        f.client.hset(key, number(BENCHED), before)
        state = f.states(BENCHED)[0]
    f.all_say(BENCHED, state, MENDED)
    wait_until(lambda: f" {state} " in records(f.client).get(
        number(BENCHED), ""), MENDED)


# ---- the feed ---------------------------------------------------------------


def pause(f):
    """The second node sees nothing, until SIGCONT."""
    f.nodes[1].signal(signal.SIGSTOP)
    return lambda: f.nodes[1].signal(signal.SIGCONT)


@quick
def test_last_entry_trimmed_then_quiet(fleet):
    """What it told of a bench is known to the others all the same."""
    f = begun(fleet, False)
    go_on = pause(f)
    try:
        f.nodes[0].ask("bench", "sales", number(7), 86400)
        wait_until(lambda: " benched " in records(f.client).get(number(7),
                                                                ""))
        f.client.xtrim(own_key(f.client, "feed"), 0, approximate=False)
    finally:
        go_on()
    f.all_say(7, "benched", MENDED)
    assert f.reconnects() == f.before
    f.true(MENDED)


def test_last_entry_with_counts_trimmed_then_quiet(fleet):
    f = begun(fleet, False)
    go_on = pause(f)
    try:
        f.made += f.nodes[0].ask("spread", "sales", number(0), 20,
                                 200)["counted"]
        wait_until(lambda: sum(in_redis(f.client).values()) == f.made)
        f.client.xtrim(own_key(f.client, "feed"), 0, approximate=False)
    finally:
        go_on()
    f.true(MENDED)
    assert f.reconnects() == f.before


def test_entry_deleted_from_the_middle(fleet):
    f = begun(fleet, False)
    feed = own_key(f.client, "feed")
    go_on = pause(f)
    try:
        last = f.client.xrevrange(feed, count=1)[0][0]
        for i in range(3):
            f.made += f.nodes[0].ask("spread", "sales", number(5 * i), 5,
                                     50)["counted"]
            wait_until(lambda: sum(in_redis(f.client).values()) == f.made)
        entries = [e for e, _ in f.client.xrange(feed, min=f"({last}")]
        f.client.xdel(feed, entries[len(entries) // 2])
    finally:
        go_on()
    f.true(MENDED)
    assert f.reconnects() == f.before


@pytest.mark.parametrize("value", [
    "1", "999999", "-5", "9" * 18, str(2 ** 63 - 1), "spoilt"])
def test_sequence_number_set(pair, value):
    pair.client.set(own_key(pair.client, "seq"), value)
    whole(pair)


def test_entries_of_somebody_else(pair):
    """What was put into the feed by hand is passed over."""
    feed = own_key(pair.client, "feed")
    pair.client.xadd(feed, {"hello": "world"})
    pair.client.xadd(feed, {"w": "x", "s": "nonsense", "1": "2"})
    whole(pair)


# ---- records ----------------------------------------------------------------


@quick
@pytest.mark.parametrize("turn", [2 ** 32 - 1, 2 ** 32 - 2, 2 ** 64 - 1])
def test_record_with_the_last_turn(fleet, turn):
    """Whoever reads it can bench and release the number ever after."""
    f = begun(fleet, False)
    key, field = own_key(f.client, "v"), number(BENCHED)
    _, rest = f.client.hget(key, field).split(" ", 1)
    f.client.hset(key, field, f"{turn} {rest}")
    f.nodes[1].kill()
    f.nodes[1] = f.driver(1)     # reads all records as it starts
    f.ready(f.nodes[1])
    for node in f.nodes:
        node.ask("release", "sales", number(BENCHED))
        wait_until(lambda: "benched" not in f.states(BENCHED), MENDED,
                   what=lambda: f.states(BENCHED))
        node.ask("bench", "sales", number(BENCHED), 86400)
        f.all_say(BENCHED, "benched", MENDED)
    late = f.start(f.server.url, "late")
    f.nodes.append(late)
    f.ready(late)
    f.all_say(BENCHED, "benched", MENDED)
    f.true(MENDED)


def test_record_from_the_future(fleet):
    """Times a year ahead: a bench goes over it."""
    f = begun(fleet, False)
    key, field = own_key(f.client, "v"), number(BENCHED)
    words = f.client.hget(key, field).split(" ")
    ahead = 366 * 86400 * 1000
    words[3:5] = [str(int(w) + ahead) for w in words[3:5]]
    f.client.hset(key, field, " ".join(words))
    late = f.start(f.server.url, "late")
    f.nodes.append(late)
    f.ready(late)
    exchanged(*f.nodes)    # what the new one makes of it is known
    f.nodes[0].ask("release", "sales", number(BENCHED))
    wait_until(lambda: "benched" not in f.states(BENCHED), MENDED,
               what=lambda: f.states(BENCHED))


@quick
def test_history_forgotten_as_documented(fleet):
    """The next bench is announced, as the first one was."""
    f = begun(fleet, False)

    def announced():
        return [e["number"] for _, e in f.client.xrange("rep:events")
                if e["event"] == "benched"].count(number(BENCHED))

    wait_until(lambda: announced() == 1)
    for node in f.nodes:
        node.process.stdin.close()
        node.process.wait(60)
    with open(DOCS, encoding="utf-8") as docs:
        command = re.search(r"stop the proxies, then\s+`([^`]+)`",
                            docs.read())[1]
    subprocess.run(["sh", "-c", command.replace(
        "redis-cli", f"redis-cli -p {f.server.port}")], check=True,
        capture_output=True)
    assert not count_keys(f.client)
    f.made = 0
    f.nodes = [f.driver(0), f.driver(1)]
    for node in f.nodes:
        f.ready(node)
    assert f.states(BENCHED) == ["active", "active"]
    f.nodes[0].ask("bench", "sales", number(BENCHED), 86400)
    f.all_say(BENCHED, "benched")
    wait_until(lambda: announced() == 2, MENDED, what=announced)
    f.true()


# ---- operators' keys --------------------------------------------------------


def told(f, key):
    return all(any(e[0] == key for e in n.status()["errors"])
               for n in f.nodes)


@quick
def test_numbers_lost_while_history_stands(pair):
    """Kept, and told; as the key comes back, it is right again."""
    key = "rep:numbers:{sales}"
    kept = pair.client.hgetall(key)
    pair.client.delete(key)
    wait_until(lambda: told(pair, key), MENDED,
               what=lambda: [n.status() for n in pair.nodes])
    assert all(n.sum("sales")["numbers"] == 20 for n in pair.nodes)
    pair.client.hset(key, mapping=kept)
    wait_until(lambda: not any(n.status()["errors"] for n in pair.nodes),
               MENDED)
    whole(pair)


@quick
def test_pools_lost(pair):
    pair.client.delete("rep:pools")
    wait_until(lambda: told(pair, "rep:pools"), MENDED)
    assert all(n.sum("sales")["numbers"] == 20 for n in pair.nodes)
    pair.client.sadd("rep:pools", "sales")
    wait_until(lambda: not any(n.status()["errors"] for n in pair.nodes),
               MENDED)
    whole(pair)


def test_numbers_lost_for_a_moment(pair):
    """Deleted and written again at once, as by a script that replaces it."""
    key = "rep:numbers:{sales}"
    kept = pair.client.hgetall(key)
    for _ in range(5):
        pair.client.delete(key)
        pair.client.hset(key, mapping=kept)
    whole(pair)


def test_events_and_callees_deleted(pair):
    for key in "rep:events", "rep:x:callees":
        pair.client.delete(key)
    pair.nodes[1].ask("bench", "sales", number(9), 86400)
    pair.all_say(9, "benched")
    wait_until(lambda: number(9) in [
        e["number"] for _, e in pair.client.xrange("rep:events")], MENDED)
    whole(pair)
