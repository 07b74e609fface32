# SPDX-License-Identifier: GPL-2.0-or-later
"""The link to Redis: ways to reach it, restarts, and what it refuses."""

import json

import pytest
from harness import functions, view
from harness.kamailio import Fault
from harness.pools import EAGER, new_callee, new_numbers
from harness.process import wait_until


def one_pool(redis, count=2):
    numbers = new_numbers(count)
    redis.seed("sales", numbers, EAGER)
    return numbers


def works(node, numbers, redis):
    """Connected, knows the pool, follows an edit, writes health."""
    view.wait_connected(node)
    view.wait_numbers(node, "sales", numbers)
    redis.set_number("sales", numbers[0], status="paused")
    view.wait_state(node, "sales", numbers[0], "paused")
    wait_until(lambda: redis.health("sales", numbers[1]),
               what="rep:health")


def test_unix_socket(make):
    redis = make.redis()
    numbers = one_pool(redis)
    works(make.kamailio("outbound.cfg", REDIS=redis.unix_url), numbers,
          redis)


def test_database(make):
    redis = make.redis()
    numbers = new_numbers(1)
    with redis.connect(db=2) as other:
        other.hset("rep:numbers:{sales}", numbers[0], "{}")
        other.sadd("rep:pools", "sales")
    node = make.kamailio("outbound.cfg", REDIS=redis.url + "/2")
    view.wait_connected(node)
    view.wait_numbers(node, "sales", numbers)


def test_password_in_the_url(make):
    redis = make.redis(password="s3cret")
    numbers = one_pool(redis)
    works(make.kamailio("outbound.cfg",
                        REDIS=f"redis://:s3cret@127.0.0.1:{redis.port}"),
          numbers, redis)


def test_password_from_a_file(make, tmp_path):
    redis = make.redis(password="s3cret")
    numbers = one_pool(redis)
    secret = tmp_path / "secret"
    secret.write_text("s3cret\n")
    works(make.kamailio("outbound.cfg", REDIS=redis.url,
                        REDIS_PASSWORD_FILE=str(secret)), numbers, redis)


USERS = ["user default off", "user admin on >root ~* &* +@all"]


def acl_redis(make, rights):
    return make.redis(admin=("admin", "root"), users=[
        *USERS, f"user kamailio on >s3cret ~rep:* resetchannels {rights}"])


def test_acl_user(make, tmp_path):
    redis = acl_redis(make, "&* +@all")
    numbers = one_pool(redis)
    secret = tmp_path / "secret"
    secret.write_text("s3cret")
    works(make.kamailio("outbound.cfg", REDIS=redis.url,
                        REDIS_USERNAME="kamailio",
                        REDIS_PASSWORD_FILE=str(secret)), numbers, redis)


def test_polling_where_tracking_is_refused(make):
    redis = acl_redis(make, "&* +@all -client|tracking")
    numbers = one_pool(redis)
    node = make.kamailio(
        "outbound.cfg",
        REDIS=f"redis://kamailio:s3cret@127.0.0.1:{redis.port}")
    works(node, numbers, redis)
    new = new_numbers(1)[0]
    redis.client.hset("rep:numbers:{sales}", new, "{}")
    wait_until(lambda: new in view.numbers(node, "sales"))


def test_wrong_password_then_right(make, tmp_path):
    redis = make.redis(password="s3cret")
    node = make.kamailio(
        "outbound.cfg", REDIS=f"redis://:wrong@127.0.0.1:{redis.port}",
        allow_errors=[r"reputation.*(WRONGPASS|password|AUTH|[Rr]edis)"])
    wait_until(lambda: view.store_state(node) == "disconnected")
    node.wait_log(r"reputation.*(WRONGPASS|password|AUTH)")
    redis.client.config_set("requirepass", "wrong")
    redis.password = "wrong"
    redis.client = redis.connect()
    view.wait_connected(node)


def test_key_prefix(make):
    redis = make.redis()
    numbers = new_numbers(1)
    redis.seed("sales", numbers, prefix="acme")
    node = make.kamailio("outbound.cfg", REDIS=redis.url, KEY_PREFIX="acme")
    view.wait_connected(node)
    view.wait_numbers(node, "sales", numbers)
    wait_until(lambda: redis.client.exists("acme:health:{sales}"))
    assert not redis.client.keys("rep:*")


# ----- restarts --------------------------------------------------------------


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_restart_takes_up_history(make, how):
    redis = make.redis()
    number, other = one_pool(redis)
    node = make.kamailio("functions.cfg", REDIS=redis.url, NODE_ID="node-a")
    caller = make.caller(node)
    view.wait_connected(node)
    view.wait_numbers(node, "sales", [number, other])
    for _ in range(14):
        functions.call(caller, "report", "sales", number=number,
                       outcome="blocked")
    functions.call(caller, "report", "sales", number=other, outcome="busy")
    view.wait_state(node, "sales", number, "benched")
    wait_until(lambda: (redis.health("sales", number) or {}).get("state")
               == "benched")
    wait_until(lambda: (redis.health("sales", other) or {}).get("calls")
               == 1)
    before = view.explain(node, "sales", number)
    getattr(node, how)()
    node.start()
    view.wait_connected(node)
    view.wait_numbers(node, "sales", [number, other])
    view.wait_state(node, "sales", number, "benched")
    after = view.explain(node, "sales", number)
    view.wait_counts(node, "sales", number, {"blocked": 14})
    assert after["strikes"] == before["strikes"]
    assert abs(after["until"] - before["until"]) <= 1
    view.wait_counts(node, "sales", other, {"busy": 1})
    # and goes on from there
    functions.call(make.caller(node), "report", "sales", number=other,
                   outcome="busy")
    view.wait_counts(node, "sales", other, {"busy": 2})
    wait_until(lambda: redis.health("sales", other)["calls"] == 2)


def test_restart_takes_up_a_bench_on_a_route(make):
    redis = make.redis()
    number, other = one_pool(redis)
    node = make.kamailio("functions.cfg", REDIS=redis.url, NODE_ID="node-a")
    view.wait_connected(node)
    view.wait_numbers(node, "sales", [number, other])
    node.rpc("reputation.bench", "sales", number, 600, "east")
    wait_until(lambda: (redis.health("sales", number) or {}).get(
        "benched_on") == "east")
    wait_until(lambda: view.store(node)["waiting"] == 0)
    node.stop()
    node.start()
    view.wait_connected(node)
    view.wait_numbers(node, "sales", [number, other])
    wait_until(lambda: view.routes(node, "sales", number).get(
        "east", {}).get("state") == "benched")
    assert view.state(node, "sales", number) == "active"


def test_a_new_node_takes_up_history(make):
    redis = make.redis()
    number, _ = one_pool(redis)
    first = make.kamailio("functions.cfg", REDIS=redis.url, NODE_ID="a")
    view.wait_connected(first)
    view.wait_numbers(first, "sales", _both(redis))
    caller = make.caller(first)
    for _ in range(3):
        functions.call(caller, "report", "sales", number=number,
                       outcome="declined")
    second = make.kamailio("functions.cfg", REDIS=redis.url, NODE_ID="b")
    view.wait_connected(second)
    view.wait_numbers(second, "sales", _both(redis))
    view.wait_counts(second, "sales", number, {"declined": 3})


def _both(redis):
    return redis.client.hkeys("rep:numbers:{sales}")


def test_redis_comes_back_empty(make):
    """Counts are written again, the operator's pools are kept."""
    redis = make.redis()
    number, other = one_pool(redis)
    node = make.kamailio("functions.cfg", REDIS=redis.url,
                         allow_errors=[r"reputation.*"])
    caller = make.caller(node)
    view.wait_connected(node)
    view.wait_numbers(node, "sales", [number, other])
    functions.call(caller, "report", "sales", number=number, outcome="busy")
    wait_until(lambda: (redis.health("sales", number) or {}).get("calls")
               == 1)
    redis.restart_empty()
    wait_until(lambda: (redis.health("sales", number) or {}).get("calls")
               == 1, what=lambda: redis.client.keys("*"))
    assert functions.call(caller, "pick", "sales",
                          callee=new_callee()).code == 1
    assert set(view.numbers(node, "sales")) == {number, other}


# ----- wrong types among the module's own keys -------------------------------


def test_wrong_type_of_health(make):
    redis = make.redis()
    numbers = one_pool(redis)
    redis.client.set("rep:health:{sales}", "not a hash")
    redis.client.set("rep:events", "not a stream")
    node = make.kamailio("functions.cfg", REDIS=redis.url,
                         allow_errors=[r"reputation.*(WRONGTYPE|rep:)"])
    view.wait_connected(node)
    view.wait_numbers(node, "sales", numbers)
    caller = make.caller(node)
    functions.call(caller, "report", "sales", number=numbers[0],
                   outcome="busy")
    view.wait_counts(node, "sales", numbers[0], {"busy": 1})
    assert len(node.logged("WRONGTYPE")) <= 4


def test_pools_of_a_wrong_type(make):
    redis = make.redis()
    redis.client.set("rep:pools", "sales")
    node = make.kamailio("functions.cfg", REDIS=redis.url,
                         allow_errors=[r"reputation.*(WRONGTYPE|rep:pools)"])
    view.wait_connected(node)
    wait_until(lambda: view.mentions(view.stats(node), "rep:pools"))
    redis.client.delete("rep:pools")
    numbers = one_pool(redis)
    view.wait_numbers(node, "sales", numbers)
    assert json.dumps(view.stats(node))


def test_read_anew_by_rpc(make):
    redis = make.redis()
    numbers = one_pool(redis)
    node = make.kamailio("outbound.cfg", REDIS=redis.url)
    works(node, numbers, redis)

    def store():
        return node.rpc("reputation.store")

    wait_until(lambda: store()["pools_behind"] == 0, what=store)
    before = store()
    assert before["address"] == f"127.0.0.1:{redis.port}"
    assert before["mismatches"] == 0
    assert before["pools"] == []
    assert (before["role"], before["masters"], before["masters_up"]) \
        == ("master", 1, 1)
    # an interval of 100 ms or so: some commands each, never thousands
    wait_until(lambda: 0 < float(store()["commands_per_second"]) < 10000,
               what=store)
    for way in "sent", "read":
        wait_until(lambda w=way: 100 < float(
            store()[f"bytes_{w}_per_second"]) < 1000000, what=store)
    node.rpc("reputation.resync", "sales")
    wait_until(lambda: store()["resyncs"] == before["resyncs"] + 1, what=store)
    node.rpc("reputation.resync")
    wait_until(lambda: store()["resyncs"] == before["resyncs"] + 2, what=store)
    with pytest.raises(Fault):
        node.rpc("reputation.resync", "nowhere")
