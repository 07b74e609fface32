# SPDX-License-Identifier: GPL-2.0-or-later
"""Kamailio's own counters: the group `reputation`."""

import urllib.request

import pytest
from harness import functions, view
from harness.pools import EAGER, new_callee, new_numbers, write_pool_file
from harness.process import PATIENCE

NUMBERS = new_numbers(4)


@pytest.fixture
def node(make, tmp_path):
    node = make.kamailio(
        "functions.cfg", start=False, leak_check=True, PROMETHEUS=1,
        POOL_FILE=write_pool_file(tmp_path, {"sales": (NUMBERS, EAGER)}))
    node.defines["LISTEN_TCP"] = f"tcp:127.0.0.1:{node.port}"
    node.start()
    return node


def counters(node):
    text = node.rpc("stats.fetch", "reputation:")
    return {name.partition(".")[2]: int(value) for name, value in text.items()}


def test_counters(make, node):
    caller = make.caller(node)
    before = counters(node)
    assert before["numbers"] == before["numbers_active"] == 4
    assert before["picks"] == before["counted"] == before["benched"] == 0
    assert {f"counted_{outcome}" for outcome in view.OUTCOMES} <= set(before)
    for outcome in view.OUTCOMES:
        functions.call(caller, "report", "sales", number=NUMBERS[0],
                       outcome=outcome)
    after = counters(node)
    for outcome in view.OUTCOMES:
        assert after[f"counted_{outcome}"] == 1, outcome
    assert after["counted"] == len(view.OUTCOMES)
    for number in NUMBERS:
        node.rpc("reputation.bench", "sales", number, 600)
    functions.call(caller, "pick", "sales", callee=new_callee())
    node.rpc("reputation.release", "sales", NUMBERS[0])
    after = counters(node)
    assert after["benched"] == 4 and after["released"] == 1
    assert after["numbers_benched"] == 3 and after["numbers_active"] == 1
    assert after["refusals"] == after["refusals_all_benched"] == 1
    stats = view.stats(node)
    for name in ("picks", "refusals", "counted", "lost", "full_memory"):
        assert after[name] == stats[name], name


def test_kamcmd_and_prometheus(node):
    _, text = node.kamcmd("stats.fetch", "reputation:")
    assert "reputation.counted_answered" in text
    listed = view.as_list(node.rpc("stats.get_statistics", "reputation:"))
    assert "reputation:numbers = 4" in listed
    url = f"http://127.0.0.1:{node.port}/metrics"
    with urllib.request.urlopen(url, timeout=PATIENCE) as reply:
        lines = reply.read().decode().splitlines()
    assert any(line.split()[:2] == ["kamailio_reputation_numbers", "4"]
               for line in lines), lines
