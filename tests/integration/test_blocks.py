# SPDX-License-Identifier: GPL-2.0-or-later
"""A block of numbers that goes bad together, through a real proxy."""

import pytest
from harness import functions, view
from harness.pools import new_numbers, write_pool_file
from harness.process import wait_until

BAD = new_numbers(20)
WELL = new_numbers(30)
# a pool that knows what is healthy from its first call on
POLICY = {"rest_seconds": 3600, "max_benched_share": 1,
          "healthy_blocked": 0.004, "ceiling_blocked": 0.004}


@pytest.fixture(scope="module")
def node(make_shared, carrier, tmp_path_factory):
    pools = write_pool_file(tmp_path_factory.mktemp("pools"), {
        "calm": (BAD + WELL, POLICY)})
    return make_shared.kamailio(
        "functions.cfg", POOL_FILE=pools, CARRIER_A=carrier.address,
        leak_check=True)


def report(caller, number, outcomes):
    for outcome in outcomes:
        assert functions.call(caller, "report", "calm", number=number,
                              outcome=outcome).code == 1


def benched(node):
    return {n for n, entry in view.numbers(node, "calm", "benched").items()}


def test_a_block_goes_blocked(node, caller):
    name = f"block {BAD[0][:-4]}"
    for number in WELL:
        report(caller, number, ["noanswer"] * 5 + ["answered"] * 3)
    # too little for a verdict on one number, and nothing on four of them
    for number in BAD[4:]:
        report(caller, number, ["blocked"] + ["noanswer"] * 4 + ["blocked"])
    for number in BAD[:4]:
        report(caller, number, ["noanswer"] * 5 + ["answered"])
    assert benched(node) == set()
    wait_until(lambda: benched(node) == set(BAD[4:]), timeout=130,
               interval=0.5, what=lambda: sorted(benched(node)))
    why = view.explain(node, "calm", BAD[4])
    assert why["reason"] == "blocked"
    assert why["score"] < 1
    assert why["block"].startswith(f"{name}: ")
    assert why["block"].endswith(" of 20 numbers")
    events = [e for e in view.events(node, "calm", BAD[4])
              if e["event"] == "benched"]
    assert events[0]["detail"] == f"{name}: 16 of 20 numbers"
    # those that show nothing go on; their block is told of all the same
    assert view.explain(node, "calm", BAD[0])["state"] == "active"
    assert view.explain(node, "calm", BAD[0])["block"].startswith(name)
    assert "block" not in view.explain(node, "calm", WELL[0])
