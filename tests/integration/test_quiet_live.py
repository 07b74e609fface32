# SPDX-License-Identifier: GPL-2.0-or-later
"""Quiet hours are edited in Redis while calls come: on two proxies."""

import datetime
import zoneinfo

import pytest
from harness import functions, plans, view
from harness.pools import EAGER, new_numbers
from harness.process import wait_until

TOKYO = "+81312345678"
NEW_YORK = "+12125550100"


def around(zone, *hours):
    """These hours from now, there."""
    now = datetime.datetime.now(zoneinfo.ZoneInfo(zone))
    return "-".join(f"{now + datetime.timedelta(hours=h):%H:%M}"
                    for h in hours)


@pytest.fixture
def fleet(make):
    redis = make.redis()
    carrier = make.carrier(lambda seen: plans.busy())
    numbers = new_numbers(2)
    redis.seed("nights", numbers, EAGER)
    nodes = [make.kamailio("functions.cfg", REDIS=redis.url, NODE_ID=name,
                           CARRIER_A=carrier.address,
                           allow_errors=[r"reputation.*rep:policy"])
             for name in "ab"]
    for node in nodes:
        view.wait_connected(node)
        view.wait_numbers(node, "nights", numbers)
        wait_until(lambda n=node: tried(n, TOKYO)["reason"] == "picked")
    return redis, nodes, [make.caller(node) for node in nodes]


def tried(node, callee):
    return node.rpc("reputation.try", "nights", callee)


def everywhere(nodes, callee, reason):
    for node in nodes:
        wait_until(lambda n=node: tried(n, callee)["reason"] == reason,
                   what=f"{reason} for {callee}")


def call(caller, callee):
    """A call through the proxy: its final status, and why."""
    got = functions.dial(caller, "nights", callee=callee)
    return got.status, got.final.get("x-reputation")


def test_calls_follow_the_edit(fleet):
    redis, nodes, callers = fleet
    for caller in callers:
        assert call(caller, TOKYO)[0] == 486
    redis.set_policy("nights", quiet_hours=around("Asia/Tokyo", -1, 2))
    everywhere(nodes, TOKYO, "quiet-hours")
    for node, caller in zip(nodes, callers):
        shown = tried(node, TOKYO)
        zone, = view.as_list(shown["zones"])
        assert (zone["zone"], zone["quiet"]) == ("Asia/Tokyo", "yes")
        assert 0 < shown["retry_after"] <= 7200
        assert call(caller, TOKYO) == (503, "quiet-hours")
        # 13 or 14 hours away it is another hour
        assert tried(node, NEW_YORK)["reason"] == "picked"
        assert call(caller, NEW_YORK)[0] == 486
    # the night moves to another place while a call to it was refused
    redis.set_policy("nights", quiet_hours=around("America/New_York", -1, 2))
    everywhere(nodes, TOKYO, "picked")
    everywhere(nodes, NEW_YORK, "quiet-hours")
    for node, caller in zip(nodes, callers):
        assert "retry_after" not in tried(node, TOKYO)
        assert call(caller, TOKYO)[0] == 486
        assert call(caller, NEW_YORK) == (503, "quiet-hours")
    redis.client.hdel("rep:policy:{nights}", "quiet_hours")
    everywhere(nodes, NEW_YORK, "picked")
    for caller in callers:
        assert call(caller, NEW_YORK)[0] == 486


def test_what_is_no_time_leaves_the_last_good_one(fleet):
    redis, nodes, callers = fleet
    good = around("Asia/Tokyo", -1, 2)
    redis.set_policy("nights", quiet_hours=good)
    everywhere(nodes, TOKYO, "quiet-hours")
    redis.set_policy("nights", quiet_hours="25:00-8")
    for node, caller in zip(nodes, callers):
        wait_until(lambda n=node: view.mentions(
            view.stats(n), "rep:policy:{nights}", "quiet_hours"))
        assert view.policy(node, "nights")["quiet_hours"] == good
        assert tried(node, TOKYO)["reason"] == "quiet-hours"
        assert call(caller, TOKYO) == (503, "quiet-hours")
        assert call(caller, NEW_YORK)[0] == 486
        assert len(node.logged(r"rep:policy:\{nights\} quiet_hours")) == 1
    # what is good is in force again, and the error gone
    redis.set_policy("nights", quiet_hours=around("America/New_York", -1, 2))
    everywhere(nodes, TOKYO, "picked")
    for node, caller in zip(nodes, callers):
        assert call(caller, NEW_YORK) == (503, "quiet-hours")
        wait_until(lambda n=node: not view.mentions(
            view.stats(n), "quiet_hours"))
