# SPDX-License-Identifier: GPL-2.0-or-later
"""reputation.reload: the pool file read again, without Redis."""

import pathlib

import pytest
from harness import functions, view
from harness.kamailio import Fault
from harness.pools import EAGER, new_callee, new_numbers, write_pool_file

A, B, C, D = new_numbers(4)


@pytest.fixture
def pools(tmp_path):
    return write_pool_file(tmp_path, {"sales": ([A, B], EAGER),
                                      "old": ([C], {})})


@pytest.fixture
def node(make, pools):
    return make.kamailio("functions.cfg", POOL_FILE=pools, leak_check=True,
                         allow_errors=[r"pool_file"])


def rewrite(path, pools):
    write_pool_file(pathlib.Path(path).parent, pools)


def fault_of(node):
    with pytest.raises(Fault) as fault:
        node.rpc("reputation.reload")
    return fault.value


def test_it_says_what_changed(make, node, pools):
    caller = make.caller(node)
    functions.call(caller, "report", "sales", number=A, outcome="busy")
    rewrite(pools, {"sales": ({A: {"weight": 2}, D: {}}, EAGER),
                    "new": ([C], {})})
    assert node.rpc("reputation.reload") == {
        "pools": 2, "pools_added": 1, "pools_removed": 1, "numbers_added": 2,
        "numbers_changed": 1, "numbers_removed": 2}
    assert set(view.pools(node)) == {"sales", "new"}
    assert set(view.numbers(node, "sales")) == {A, D}
    # the history of a number that stays, stays
    assert view.counts(node, "sales", A) == {"busy": 1}
    assert functions.call(caller, "pick", "new", callee=new_callee()).code == 1
    assert node.rpc("reputation.reload") == {
        "pools": 2, "pools_added": 0, "pools_removed": 0, "numbers_added": 0,
        "numbers_changed": 0, "numbers_removed": 0}


def test_a_policy_that_changed_is_in_force(node, pools):
    rewrite(pools, {"sales": ([A, B], {**EAGER, "cap_day": 7}),
                    "old": ([C], {})})
    node.rpc("reputation.reload")
    assert view.policy(node, "sales")["cap_day"] == "7"


def test_a_file_that_is_not_json_changes_nothing(node, pools):
    pathlib.Path(pools).write_text('{"pools":\n{"sales":\n{,}}}')
    fault = fault_of(node)
    assert fault.code == 500
    assert str(pools) in fault.message and "line 3" in fault.message
    assert set(view.numbers(node, "sales")) == {A, B}
    pathlib.Path(pools).unlink()
    fault = fault_of(node)
    assert fault.code == 500 and "No such file" in fault.message
    assert set(view.pools(node)) == {"sales", "old"}


def test_an_entry_that_is_bad_keeps_what_was_good(node, pools):
    rewrite(pools, {"sales": ({A: {"weight": "x"}, D: {}},
                              {**EAGER, "rest_seconds": "soon"}),
                    "old": ([C], {})})
    fault = fault_of(node)
    assert fault.code == 400
    for word in (str(pools), "pool sales", "rest_seconds"):
        assert word in fault.message
    assert set(view.numbers(node, "sales")) == {A, D}
    assert view.policy(node, "sales")["rest_seconds"] == \
        str(EAGER["rest_seconds"])
    assert view.mentions(view.stats(node), "pool sales", A, "weight")
    # and once it is mended nothing is said any more
    rewrite(pools, {"sales": ([A, B], EAGER), "old": ([C], {})})
    node.rpc("reputation.reload")
    assert not view.as_list(view.stats(node)["errors"])


def test_without_a_pool_file(make):
    assert fault_of(make.kamailio("functions.cfg")).code == 400


def test_with_redis(make, redis, pools):
    node = make.kamailio("functions.cfg", POOL_FILE=pools, REDIS=redis.url)
    fault = fault_of(node)
    assert fault.code == 400 and "Redis" in fault.message
