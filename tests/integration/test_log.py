# SPDX-License-Identifier: GPL-2.0-or-later
"""What the log says, and how often."""

import os
import re
import time

import pytest
from harness import functions, plans, view
from harness.kamailio import CFG
from harness.pools import EAGER, new_callee, new_numbers, write_pool_file
from harness.process import wait_until

UNCOUNTED = r"pool (\S+) limits calls at once .*call record_route\(\)"


def minimal(make, directory, carrier, pools, without=(), **defines):
    """A proxy as minimal.cfg has it, but for some lines; and a dialer."""
    with open(os.path.join(CFG, "minimal.cfg"), encoding="utf-8") as cfg:
        lines = cfg.readlines()
    kept = [line for line in lines if line.strip() not in without]
    assert len(kept) == len(lines) - len(without)
    node = make.kamailio(text="".join(kept), CARRIER_A=carrier.address,
                         POOL_FILE=write_pool_file(directory, pools),
                         **defines)
    return node, make.caller(node)


# ----- a limit that cannot be kept -------------------------------------------


def answered(caller, carrier, *headers):
    """A call that is hung up by the callee. `headers`: of the 200."""
    carrier.behaviour = lambda seen: plans.Plan(
        [plans.Reply(200, headers=list(headers))], "answered", bye_after=0.1)
    call = caller.call(new_callee())
    assert call.status == 200
    call.wait_bye()


@pytest.mark.parametrize("limit,others", [(0, False), (5, False), (5, True)])
def test_limit_without_record_route(make, tmp_path, carrier, limit, others):
    """Also where another proxy recorded its route."""
    headers = [f"Record-Route: <sip:{carrier.address};lr>"] if others else []
    node, caller = minimal(
        make, tmp_path, carrier, without=["record_route();"], POOL="held",
        pools={"held": (new_numbers(9), {**EAGER, "cap_concurrent": limit})})
    for _ in range(3):
        answered(caller, carrier, *headers)
    # the line comes before the answer is relayed: no need to wait for it
    assert len(node.logged(UNCOUNTED)) == (1 if limit else 0)
    assert len(node.logged("WARNING.*pool held limits")) == \
        (1 if limit else 0)


def test_limit_with_record_route(make, tmp_path, carrier):
    node, caller = minimal(
        make, tmp_path, carrier, POOL="held",
        pools={"held": (new_numbers(9), {**EAGER, "cap_concurrent": 5})})
    answered(caller, carrier)
    assert not node.logged(UNCOUNTED)


@pytest.mark.parametrize("as_list", [False, True])
def test_limit_with_record_routes_above_ours(make, tmp_path, carrier, as_list):
    """A proxy behind us puts its own first, into a header or into ours."""
    node, caller = minimal(
        make, tmp_path, carrier, without=["record_route();"], POOL="held",
        pools={"held": (new_numbers(9), {**EAGER, "cap_concurrent": 5})})
    routes = [f"<sip:{carrier.address};lr>",
              f"<sip:127.0.0.1:{node.port};lr>"]
    if as_list:
        routes = [", ".join(routes)]
    answered(caller, carrier, *[f"Record-Route: {r}" for r in routes])
    assert not node.logged(UNCOUNTED)


# ----- what is seen without `debug` ------------------------------------------


def test_benches_at_the_default_level(make, tmp_path, carrier):
    number, = new_numbers(1)
    node, caller = minimal(make, tmp_path, carrier, without=["debug=2"],
                           pools={"sales": ([number], EAGER)})
    carrier.behaviour = lambda seen: plans.blocked()
    for _ in range(14):
        caller.call(new_callee())
    view.wait_state(node, "sales", number, "benched")
    line, = node.wait_log(r"benched \+?" + number[1:])
    assert "pool sales" in line and "blocked" in line
    node.rpc("reputation.release", "sales", number)
    node.wait_log(r"released \+?" + number[1:])


# ----- a flood ---------------------------------------------------------------


@pytest.mark.long
def test_flood_is_one_line_a_minute(make, tmp_path):
    """And no count of it is lost."""
    node = make.kamailio(
        "functions.cfg", allow_errors=["not-a-number", "more of arguments"],
        POOL_FILE=write_pool_file(tmp_path, {"f": (new_numbers(1), EAGER)}))
    caller = make.caller(node)
    began = time.monotonic()
    for _ in range(500):
        assert functions.call(caller, "report", "f", number="not-a-number",
                              outcome="busy").code == -1
    lines = node.logged("not-a-number|more of arguments")
    assert 1 <= len(lines) <= 1 + 2 * int((time.monotonic() - began) // 60)

    def told():
        """One for each line of its own, and what lines count."""
        counts = re.findall(r"(\d+) more of arguments", node.log())
        return len(node.logged("not-a-number")) + sum(map(int, counts))

    wait_until(lambda: told() == 500, 90, 0.5, what=lambda: f"{told()} told")
