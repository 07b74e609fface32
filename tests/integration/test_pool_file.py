# SPDX-License-Identifier: GPL-2.0-or-later
"""Pools from a JSON file: without Redis, malformed, and to seed Redis."""

import json

import pytest
from harness import functions, view
from harness.pools import new_callee, new_numbers, write_pool_file
from harness.process import wait_until


def write(path, content):
    path.write_text(content if isinstance(content, str)
                    else json.dumps(content))
    return str(path)


def test_the_example_file(make):
    node = make.kamailio("minimal.cfg")
    pools = view.pools(node)
    assert set(pools) == {"sales", "support"}
    assert pools["sales"]["numbers"] == 5
    assert pools["support"]["numbers"] == 3
    assert view.numbers(node, "sales")["+12025550105"]["state"] == "paused"


def test_numbers_as_list_and_as_object(make, tmp_path):
    listed, mapped = new_numbers(2), new_numbers(2)
    pools = write(tmp_path / "p.json", {"pools": {
        "listed": {"numbers": listed},
        "mapped": {"numbers": {mapped[0]: {}, mapped[1]: {"weight": 2}},
                   "policy": {"cap_day": "7", "warmup": ""}}}})
    node = make.kamailio("functions.cfg", POOL_FILE=pools)
    assert set(view.numbers(node, "listed")) == set(listed)
    assert set(view.numbers(node, "mapped")) == set(mapped)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pools": []}', "null"],
                         ids=["empty", "torn", "array", "pools-array",
                              "null"])
def test_no_pool_file_at_all_stops_the_start(make, tmp_path, content):
    node = make.kamailio("functions.cfg", start=False,
                         POOL_FILE=write(tmp_path / "p.json", content))
    status, log = node.run_to_end()
    assert status != 0
    assert any("pool_file" in line for line in log.splitlines())


def test_missing_file_stops_the_start(make, tmp_path):
    node = make.kamailio("functions.cfg", start=False,
                         POOL_FILE=str(tmp_path / "absent.json"))
    status, log = node.run_to_end()
    assert status != 0
    assert "pool_file" in log


def test_malformed_parts_leave_the_rest(make, tmp_path):
    good = new_numbers(2)
    pools = write(tmp_path / "p.json", {"pools": {
        "sales": {"policy": {"cap_day": "many", "no_such_field": 1,
                             "cap_hour": 5},
                  "numbers": {good[0]: {}, "12ab": {}, "+0123": {},
                              good[1]: {}}},
        "bad name!": {"numbers": new_numbers(1)}}})
    node = make.kamailio(
        "functions.cfg", POOL_FILE=pools,
        allow_errors=[r"reputation.*(cap_day|no_such_field|12ab|\+0123|"
                      r"bad name)"])
    assert set(view.numbers(node, "sales")) == set(good)
    assert set(view.pools(node)) == {"sales"}
    assert functions.call(make.caller(node), "pick", "sales",
                          callee=new_callee()).code == 1
    for word in ("cap_day", "no_such_field", "12ab", "+0123"):
        assert node.logged(r"reputation.*" + word.replace("+", r"\+")), word


def test_evidence_is_in_memory_only(make, tmp_path):
    numbers = new_numbers(1)
    pools = write_pool_file(tmp_path, {"sales": (numbers, {})})
    node = make.kamailio("functions.cfg", POOL_FILE=pools)
    functions.call(make.caller(node), "report", "sales", number=numbers[0],
                   outcome="busy")
    view.wait_counts(node, "sales", numbers[0], {"busy": 1})
    node.stop()
    node.start()
    assert view.counts(node, "sales", numbers[0]) == {}


def test_seeds_an_empty_redis(make, tmp_path):
    redis = make.redis()
    numbers = new_numbers(2)
    pools = write_pool_file(tmp_path, {"sales": (numbers, {"cap_day": 9})})
    node = make.kamailio("outbound.cfg", REDIS=redis.url, POOL_FILE=pools)
    view.wait_connected(node)
    wait_until(lambda: redis.client.smembers("rep:pools") == {"sales"})
    assert set(redis.client.hkeys("rep:numbers:{sales}")) == set(numbers)
    assert redis.client.hget("rep:policy:{sales}", "cap_day") == "9"


def test_does_not_touch_a_redis_with_pools(make, tmp_path):
    redis = make.redis()
    ours, other = new_numbers(1), new_numbers(1)
    redis.seed("support", ours)
    pools = write_pool_file(tmp_path, {"sales": (other, {})})
    node = make.kamailio("outbound.cfg", REDIS=redis.url, POOL_FILE=pools)
    view.wait_connected(node)
    wait_until(lambda: set(view.pools(node)) == {"support"})
    assert redis.client.smembers("rep:pools") == {"support"}
