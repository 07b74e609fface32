# SPDX-License-Identifier: GPL-2.0-or-later
"""Quiet hours: no calls then, in the callee's local time."""

import datetime
import time
import zoneinfo

import pytest
from harness import functions, plans, view
from harness.pools import EAGER, new_numbers, write_pool_file
from harness.process import wait_until

NEW_YORK = "+12125550100"
TOKYO = "+81312345678"
TOLL_FREE = "+18005550100"  # anywhere in North America
SATELLITE = "+870773111632"  # nobody's zone

POOLS = {name: new_numbers(2) for name in (
    "none", "quiet", "awake", "unknown", "known", "anywhere", "country")}


def local(zone):
    return datetime.datetime.now(zoneinfo.ZoneInfo(zone))


def hours(zone, start, end):
    """Quiet hours from `start` to `end` hours from now, there."""
    now = local(zone)
    return "-".join(f"{now + datetime.timedelta(hours=h):%H:%M}"
                    for h in (start, end))


@pytest.fixture(scope="module")
def node(make_shared, carrier, tmp_path_factory):
    carrier.behaviour = lambda seen: plans.busy()
    east = "America/New_York"
    policies = {
        "none": {},
        "quiet": {"quiet_hours": hours(east, -1, 2)},
        "awake": {"quiet_hours": hours(east, 2, 5)},
        "unknown": {"quiet_hours": hours(east, 2, 5)},
        "known": {"quiet_hours": hours(east, 2, 5), "quiet_default": "call"},
        # quiet in Honolulu, which no other part of the country is
        "anywhere": {"quiet_hours": hours("Pacific/Honolulu", -0.5, 0.5)},
        "country": {"quiet_hours": hours("Asia/Tokyo", -1, 2),
                    "default_country": "JP"}}
    return make_shared.kamailio(
        "functions.cfg", CARRIER_A=carrier.address, leak_check=True,
        POOL_FILE=write_pool_file(tmp_path_factory.mktemp("pools"), {
            name: (POOLS[name], {**EAGER, **policy})
            for name, policy in policies.items()}))


@pytest.fixture(scope="module")
def caller(make_shared, node):
    return make_shared.caller(node)


def ask(caller, pool, callee):
    got = functions.call(caller, "pick", pool, callee=callee)
    return got.code, got.reason


@pytest.mark.parametrize("pool,callee,refused", [
    ("none", NEW_YORK, False), ("none", SATELLITE, False),
    ("quiet", NEW_YORK, True), ("quiet", TOKYO, False),
    ("awake", NEW_YORK, False),
    ("unknown", SATELLITE, True), ("known", SATELLITE, False),
    ("known", NEW_YORK, False),
    ("anywhere", TOLL_FREE, True), ("anywhere", NEW_YORK, False),
    ("country", "03-1234-5678", True), ("country", NEW_YORK, False)])
def test_by_the_callees_own_clock(node, caller, pool, callee, refused):
    expected = (-3, "quiet-hours") if refused else (1, "picked")
    assert ask(caller, pool, callee) == expected
    assert node.rpc("reputation.try", pool, callee)["reason"] == expected[1]


def test_refused_calls_get_no_number(caller):
    call = functions.dial(caller, "quiet", callee=NEW_YORK)
    assert call.status == 503
    assert call.final.get("x-reputation") == "quiet-hours"
    assert functions.dial(caller, "quiet", callee=TOKYO).status == 486


def test_try_shows_the_callees_time(node):
    shown = node.rpc("reputation.try", "quiet", NEW_YORK)
    zone, = view.as_list(shown["zones"])
    assert zone["zone"] == "America/New_York"
    assert zone["quiet"] == "yes"
    now = local("America/New_York")
    assert zone["time"] in {f"{now - datetime.timedelta(minutes=m):%H:%M}"
                            for m in (0, 1)}
    # two hours from when the pools were written, to the minute
    assert 3600 < shown["quiet_until"] - time.time() <= 7200
    assert shown["quiet_until"] % 60 == 0

    shown = node.rpc("reputation.try", "anywhere", TOLL_FREE)
    quiet = {z["zone"] for z in view.as_list(shown["zones"])
             if z["quiet"] == "yes"}
    assert "Pacific/Honolulu" in quiet and "America/New_York" not in quiet

    shown = node.rpc("reputation.try", "unknown", SATELLITE)
    assert not view.as_list(shown["zones"]) and "quiet_until" not in shown


def test_refusals_are_counted(node, caller):
    def counted():
        text, = (line for line in node.rpc("stats.fetch", "reputation:")
                 .items() if line[0].endswith("refusals_quiet_hours"))
        return int(text[1])

    before = counted()
    assert ask(caller, "quiet", NEW_YORK) == (-3, "quiet-hours")
    assert counted() == before + 1


def test_policy_by_redis(make, redis, carrier):
    """It takes effect at once; a bad value leaves the last good one."""
    node = make.kamailio("functions.cfg", REDIS=redis.url,
                         CARRIER_A=carrier.address,
                         allow_errors=[r"reputation.*rep:policy"])
    caller = make.caller(node)
    numbers = new_numbers(1)
    redis.seed("nights", numbers, EAGER)
    view.wait_connected(node)
    view.wait_numbers(node, "nights", numbers)

    def in_force(value):
        wait_until(lambda: view.policy(node, "nights")["quiet_hours"]
                   == value, what=f"quiet_hours {value}")

    value = hours("Asia/Tokyo", -1, 2)
    redis.set_policy("nights", quiet_hours=value)
    in_force(value)
    assert ask(caller, "nights", TOKYO) == (-3, "quiet-hours")
    for bad in ("25:00-8", "21-8", "21:00", "21:00-24:00", "x"):
        redis.set_policy("nights", quiet_hours=bad)
        wait_until(lambda: view.mentions(view.stats(node), "quiet_hours",
                                         "HH:MM-HH:MM"))
        assert ask(caller, "nights", TOKYO) == (-3, "quiet-hours")
        redis.set_policy("nights", quiet_hours=value)
        wait_until(lambda: not view.mentions(view.stats(node), "quiet_hours"))
    redis.set_policy("nights", quiet_hours="")
    in_force("")
    assert ask(caller, "nights", TOKYO) == (1, "picked")


def test_a_zone_that_this_machine_lacks(make, carrier, tmp_path):
    """One line says so, and its callees are of unknown zone."""
    (tmp_path / "Asia").mkdir()
    (tmp_path / "Asia" / "Tokyo").symlink_to("/usr/share/zoneinfo/Asia/Tokyo")
    pools = write_pool_file(tmp_path, {"sales": (
        new_numbers(1), {**EAGER, "quiet_hours": hours("Asia/Tokyo", 2, 5)})})
    node = make.kamailio("functions.cfg", CARRIER_A=carrier.address,
                         POOL_FILE=pools, environment={
                             "TZDIR": str(tmp_path)})
    assert len(node.logged(r"missing in the tz database")) == 1
    caller = make.caller(node)
    assert ask(caller, "sales", TOKYO) == (1, "picked")
    assert ask(caller, "sales", NEW_YORK) == (-3, "quiet-hours")
    zone, = view.as_list(
        node.rpc("reputation.try", "sales", NEW_YORK)["zones"])
    assert zone == {"zone": "America/New_York", "time": "unknown",
                    "quiet": "unknown"}
