# SPDX-License-Identifier: GPL-2.0-or-later
"""The Redis server dies, hangs, forgets, is full, is another one."""

import os

import pytest
import redis

from fleet import Fleet, fill, in_redis, lasting, number
from harness.process import wait_until

quick = pytest.mark.quick
by_hand = pytest.mark.kinds("plain", "tls", why="Sentinels promote, nobody "
                            "does it by hand behind their backs")


# ---- it is away -------------------------------------------------------------


@quick
def test_killed_and_back_empty(fleet, server):
    f = fleet()
    f.more()
    server.kill()
    f.more()
    server.start()
    f.connected()
    f.more()
    f.true()


def test_killed_and_back_with_its_data(fleet, server):
    server.keep_data()
    f = fleet(nodes=3)
    f.more()
    server.kill()
    f.more()
    server.start()
    f.connected()
    f.more()
    f.true()


def test_killed_again_and_again(fleet, server):
    f = fleet(nodes=3)
    for _ in range(5):
        f.more(2)
        server.kill()
        server.start()
        f.connected()
    f.true()


@pytest.mark.parametrize("seconds", [pytest.param(5, marks=quick), 45])
def test_hung(fleet, server, seconds):
    f = fleet()
    f.more()
    server.freeze()
    lasting(seconds)
    server.thaw()
    f.connected()
    f.more()
    f.true()


def test_hangs_a_moment_each_second(fleet, server):
    """Shorter than the limit on a reply: the connection stays."""
    f = fleet(nodes=3)
    for _ in range(10):
        server.freeze()
        lasting(0.8)
        server.thaw()
        f.more(1)
    f.true()


def test_starts_after_the_nodes(start, server, fleet):
    """Counts of before the first connection are none that may be lost."""
    f = fleet(nodes=2)
    server.kill()
    f.more(10)
    server.start()
    fill(server.client)
    f.connected()
    f.true()


def test_benched_while_it_is_away(fleet, server):
    f = fleet()
    server.kill()
    f.nodes[0].ask("bench", "sales", number(3), 3600)
    f.nodes[1].ask("bench", "sales", number(4), 3600)
    f.more(2)
    server.start()
    f.connected()
    f.all_say(3, "benched")
    f.all_say(4, "benched")
    f.true()


# ---- it forgets -------------------------------------------------------------


@quick
def test_emptied(fleet, server):
    f = fleet(nodes=3)
    f.nodes[0].ask("bench", "sales", number(3), 3600)
    f.all_say(3, "benched")
    f.more()
    server.client.flushall()
    f.more()
    f.true()
    f.all_say(3, "benched")


def test_emptied_when_quiet(fleet, server):
    f = fleet()
    f.more()
    f.true()
    server.client.flushall()
    f.true()


@quick
def test_emptied_after_an_earlier_restart_of_a_node(fleet, server):
    """What a writer counted that runs no more is known to those that do."""
    f = fleet()
    f.more()
    f.true()
    f.nodes[0].process.stdin.close()
    f.nodes[0].process.wait(60)
    f.nodes[0] = f.driver(0)
    f.ready(f.nodes[0])
    f.go()
    f.more()
    server.client.flushall()
    f.more()
    f.true()


def test_emptied_twice_as_nodes_go_and_come(fleet, server):
    f = fleet(nodes=3)
    for i in range(3):
        f.more(3)
        f.true()
        f.nodes[i].kill()
        f.nodes[i] = f.driver(i)
        server.client.flushall()
        fill(server.client)
        f.ready(f.nodes[i])
        f.go()
    f.more(3)
    f.true()


@quick
@by_hand
def test_failover_that_loses_writes(fleet, server, another):
    """A replica that lagged behind is promoted; the nodes come to it."""
    f = fleet()
    f.more()
    behind = another("--replicaof", "127.0.0.1", str(server.wire))
    wait_until(lambda: behind.client.exists("rep:pools"))
    wait_until(lambda: in_redis(behind.client))
    behind.client.execute_command("REPLICAOF", "NO", "ONE")
    had = sum(in_redis(behind.client).values())
    wait_until(lambda: sum(in_redis(server.client).values()) > had + 100)
    server.kill()
    for relay in f.relays:
        relay.lead_to(behind)
        relay.cut()
    f.server = behind
    f.connected()
    f.more()
    f.true()


@by_hand
def test_failover_and_back(fleet, server, another):
    """The old master comes back with what it had, older than what is."""
    f = fleet()
    other = another("--replicaof", "127.0.0.1", str(server.wire))
    f.more()
    wait_until(lambda: in_redis(other.client))
    for old, new in ((server, other), (other, server)):
        f.nodes[0].ask("bench", "sales", number(3), 3600)
        new.client.execute_command("REPLICAOF", "NO", "ONE")
        for relay in f.relays:
            relay.lead_to(new)
            relay.cut()
        f.server = new
        f.connected()
        f.more()
        old.client.ping()
    f.true()
    f.all_say(3, "benched")


@by_hand
def test_split_brain(fleet, server, another):
    """One node writes to the old master, the other to the new one; the old
    one's data go."""
    f = fleet()
    f.more()
    other = another("--replicaof", "127.0.0.1", str(server.wire))
    wait_until(lambda: in_redis(other.client))
    other.client.execute_command("REPLICAOF", "NO", "ONE")
    f.relays[1].lead_to(other)
    f.relays[1].cut()
    f.nodes[1].wait_connected()
    f.more()
    f.relays[0].lead_to(other)
    f.relays[0].cut()
    f.server = other
    f.connected()
    f.more()
    f.true()


# ---- Sentinels --------------------------------------------------------------


@quick
@pytest.mark.kinds("sentinel", why="there are no Sentinels")
@pytest.mark.parametrize("how", ["kill", "freeze", "fail_over"])
def test_sentinels_promote_again_and_again(fleet, server, how):
    """Who was the master comes back, when another one is, with what it had or
    with nothing."""
    f = fleet(nodes=3)
    f.nodes[0].ask("bench", "sales", number(3), 3600)
    f.all_say(3, "benched")
    for _ in range(3):
        f.more()
        old = server.promoted(how)
        f.more(1)
        {"kill": server.start, "freeze": server.thaw,
         "fail_over": lambda: None}[how]()
        wait_until(lambda old=old: old.role() == "slave",
                   what=old.process.log)
    f.connected()
    f.more()
    f.true()
    f.all_say(3, "benched")


@pytest.mark.kinds("sentinel", why="there are no Sentinels")
def test_a_node_cut_off_from_the_sentinels(fleet, server):
    """It stays with the master that it has, and finds the next one when that
    goes: then by the Sentinels that it can reach again."""
    f = fleet()
    f.more()
    before = f.reconnects()
    f.relays[0].shut = True
    for line in list(f.relays[0].lines):
        if line.tells:
            line.hang_up()
    f.more()
    assert f.reconnects() == before
    server.promoted("kill")
    server.start()
    f.nodes[1].wait_connected()
    f.more()
    f.relays[0].shut = False
    f.connected()
    f.more()
    f.true()


# ---- it refuses -------------------------------------------------------------


@quick
def test_full(fleet, server):
    f = fleet()
    f.more()
    server.client.config_set("maxmemory", 1)
    f.nodes[0].ask("bench", "sales", number(3), 3600)
    f.more()
    server.client.config_set("maxmemory", 0)
    f.true()
    f.all_say(3, "benched")
    for node in f.nodes:
        assert node.log().count("no memory left") <= 1


def test_evicts(fleet, server):
    """It throws keys away, ours too: the running nodes know what was there."""
    f = fleet()
    f.more()
    server.client.config_set("maxmemory-policy", "volatile-random")
    used = server.client.info("memory")["used_memory"]
    server.client.config_set("maxmemory", used - 20000)
    f.more()
    server.client.config_set("maxmemory", 0)
    f.true()


@quick
@pytest.mark.kinds("plain", "tls", "sentinel", why="a node of a cluster obeys "
                   "no REPLICAOF")
def test_read_only(fleet, server, another):
    """It is made a replica under the nodes' feet, and a master again."""
    f = fleet()
    f.more()
    other, client = another(), server.client
    client.config_set("replica-read-only", "yes")
    client.replicaof("127.0.0.1", other.wire)
    f.more()
    client.replicaof("NO", "ONE")
    f.connected()
    f.more()
    f.true()


def test_cannot_persist(fleet, server):
    """MISCONF: it stops writes because it cannot save."""
    f = fleet()
    f.more()
    client = server.client
    client.config_set("save", "3600 1")
    client.config_set("stop-writes-on-bgsave-error", "yes")
    taken = os.path.join(server.directory, "dump.rdb")
    os.mkdir(taken)
    client.bgsave()
    wait_until(lambda: client.info("persistence")[
        "rdb_last_bgsave_status"] == "err")
    f.more()
    os.rmdir(taken)
    client.bgsave()
    wait_until(lambda: client.info("persistence")[
        "rdb_last_bgsave_status"] == "ok")
    f.true()


@pytest.mark.kinds("plain", "tls", why="a master that does not let its "
                   "Sentinels in is down for them")
def test_passwords_rotated(start, another, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("one\n")
    server = another(password="one")
    fill(server.client)
    f = Fleet(start, server, DRIVER_PASSWORD_FILE=str(secret))
    try:
        for word in ("two", "three"):
            f.more()
            server.client.config_set("requirepass", word)
            server.client.client_kill_filter(_type="normal", skipme=True)
            wait_until(lambda: not any(n.connected() for n in f.nodes))
            f.more(2)
            server.password = word
            server.client = server.connect()
            secret.write_text(word + "\n")
            f.connected()
        f.more()
        f.true()
    finally:
        f.end()


def test_rights_taken_and_given(fleet, server):
    """Somebody forbids the scripts for a while."""
    f = fleet()
    f.more()
    server.client.execute_command("ACL", "SETUSER", "default", "-evalsha",
                                  "-eval")
    f.more()
    server.client.execute_command("ACL", "SETUSER", "default", "+@all")
    f.more()
    f.true()


@quick
def test_scripts_forgotten(fleet, server):
    f = fleet()
    for _ in range(5):
        server.client.script_flush()
        f.more(1)
    f.true()


def test_a_client_blocks_it(fleet, server):
    """A script of somebody else keeps it busy."""
    f = fleet()
    f.more()
    server.client.config_set("lua-time-limit", 100)
    try:
        server.connect().eval(
            "local t = redis.call('TIME')[1] + 4 "
            "while tonumber(redis.call('TIME')[1]) < t do end", 0)
    except redis.exceptions.RedisError:
        pass    # Sentinels end it
    f.connected()
    f.more()
    f.true()
