# SPDX-License-Identifier: GPL-2.0-or-later
"""When a callee that is left alone may be called: $rep(retry_after), and what
reputation.try says."""

import datetime
import zoneinfo

import pytest
from harness import functions, plans
from harness.pools import EAGER, new_callee, new_numbers, write_pool_file
from harness.process import wait_until

DAY = 86400
NEARLY = 60  # s that a test takes
SATELLITE = "+870773111632"  # nobody's zone
TOKYO = "+81312345678"


def tokyo(*hours):
    """These hours from now, there."""
    now = datetime.datetime.now(zoneinfo.ZoneInfo("Asia/Tokyo"))
    return "-".join(f"{now + datetime.timedelta(hours=h):%H:%M}"
                    for h in hours)


@pytest.fixture(scope="module")
def node(make_shared, carrier, tmp_path_factory):
    def pool(**policy):
        return new_numbers(3), {**EAGER, **policy}

    return make_shared.kamailio(
        "functions.cfg", CARRIER_A=carrier.address, leak_check=True,
        POOL_FILE=write_pool_file(tmp_path_factory.mktemp("pools"), {
            "sales": pool(),
            "brief": pool(callee_declined_rest=300,
                          callee_unwanted_rest=7200),
            "daily": pool(callee_attempts_day=2),
            "spaced": pool(callee_redial_seconds=900),
            "both": pool(callee_attempts_day=1, callee_redial_seconds=900,
                         callee_declined_rest=300),
            "night": pool(quiet_hours=tokyo(-1, 2)),
            "soon": pool(quiet_hours=tokyo(1, 3))}))


@pytest.fixture(scope="module")
def caller(make_shared, node):
    return make_shared.caller(node)


def refused(node, caller, pool, callee, reason):
    """For how long, as the script and as the RPC command say; None: nobody
    knows."""
    got = functions.call(caller, "pick", pool, callee=callee)
    assert (got.code, got.reason) == (-3, reason)
    shown = node.rpc("reputation.try", pool, callee)
    assert shown["reason"] == reason
    if not got.retry_after:
        assert "retry_after" not in shown
        return None
    assert 0 <= int(got.retry_after) - shown["retry_after"] <= 2
    return int(got.retry_after)


def about(seconds, wanted):
    return wanted - NEARLY <= seconds <= wanted


def dial(caller, pool, callee):
    functions.dial(caller, pool, callee=callee, do="pick")


@pytest.mark.parametrize("plan, reason, rest", [
    (plans.declined, "callee-declined", 300),
    (plans.unwanted, "callee-unwanted", 7200)])
def test_what_the_callee_said(node, caller, carrier, plan, reason, rest):
    carrier.behaviour = lambda seen: plan()
    callee = new_callee()
    dial(caller, "brief", callee)
    wait_until(lambda: node.rpc("reputation.try", "brief", callee)["reason"]
               == reason)
    assert about(refused(node, caller, "brief", callee, reason), rest)


def test_attempts_of_the_day(node, caller, carrier):
    carrier.behaviour = lambda seen: plans.busy()
    callee = new_callee()
    dial(caller, "daily", callee)
    assert "retry_after" not in node.rpc("reputation.try", "daily", callee)
    dial(caller, "daily", callee)
    assert about(
        refused(node, caller, "daily", callee, "callee-attempts"), DAY)


def test_spacing(node, caller, carrier):
    carrier.behaviour = lambda seen: plans.busy()
    callee = new_callee()
    dial(caller, "spaced", callee)
    assert about(
        refused(node, caller, "spaced", callee, "callee-redial"), 900)


def test_the_last_of_all_that_holds(node, caller, carrier):
    """The reason is the decline's, the end that of the day."""
    carrier.behaviour = lambda seen: plans.declined()
    callee = new_callee()
    dial(caller, "both", callee)
    wait_until(lambda: node.rpc("reputation.try", "both", callee)["reason"]
               == "callee-declined")
    assert about(
        refused(node, caller, "both", callee, "callee-declined"), DAY)


def test_by_hand(node, caller):
    callee = new_callee()
    node.rpc("reputation.suppress", callee, "600")
    assert about(refused(node, caller, "sales", callee, "callee-dnc"), 600)
    node.rpc("reputation.suppress", callee, "0")
    assert refused(node, caller, "sales", callee, "callee-dnc") is None


def test_quiet_hours(node, caller):
    night = refused(node, caller, "night", TOKYO, "quiet-hours")
    assert about(night, 7200)
    assert refused(node, caller, "night", SATELLITE, "quiet-hours") is None
    # the guard ends in the quiet hours: so do they
    node.rpc("reputation.suppress", TOKYO, "5400")
    end = refused(node, caller, "soon", TOKYO, "callee-dnc")
    assert 3 * 3600 - 60 - NEARLY <= end <= 3 * 3600
    node.rpc("reputation.unsuppress", TOKYO)
    assert functions.call(caller, "pick", "soon", callee=TOKYO).code == 1
