# SPDX-License-Identifier: GPL-2.0-or-later
"""The module's RPC replies as tests read them. The names of its fields stand
here and nowhere else."""

from .process import PATIENCE, wait_until

OUTCOMES = ("answered", "short", "declined", "unwanted", "blocked",
            "ambiguous", "busy", "noanswer", "cancelled", "baddest",
            "refused", "failed")


def nonzero(counts):
    return {outcome: int(n) for outcome, n in (counts or {}).items()
            if int(n)}


def as_list(value):
    """RPC lists may come as {} when empty, or a struct when alone."""
    if not value:
        return []
    return value if isinstance(value, list) else [value]


def explain(node, pool, number):
    return node.rpc("reputation.explain", pool, number)


def counts(node, pool, number):
    """{outcome: n} of one number, zeros left out."""
    return nonzero(explain(node, pool, number).get("counts"))


def route_counts(node, pool, number, route):
    """The same on one route."""
    for entry in as_list(explain(node, pool, number).get("routes")):
        if entry["route"] == route:
            return nonzero(entry.get("counts"))
    return {}


def by_label(entry, kind):
    """{label: {outcome: n}} of an explanation or of a pool, by "campaign" or
    "network"."""
    return {one[kind]: nonzero(one["counts"])
            for one in as_list(entry.get(kind + "s"))}


def routes(node, pool, number):
    return {entry["route"]: entry for entry in
            as_list(explain(node, pool, number).get("routes"))}


def state(node, pool, number):
    return explain(node, pool, number)["state"]


def reason(node, pool, number):
    return reason_of(explain(node, pool, number))


def reason_of(entry):
    """"" where there is none."""
    said = entry.get("reason") or ""
    return "" if said == "none" else said


def charts(node, pool, number):
    return {entry["chart"]: entry for entry in
            as_list(explain(node, pool, number).get("charts"))}


def events(node, pool, number):
    return as_list(explain(node, pool, number).get("events"))


def numbers(node, pool, wanted=None):
    """{number: entry} of reputation.numbers."""
    arguments = (pool,) if wanted is None else (pool, wanted)
    listed = node.rpc("reputation.numbers", *arguments)
    return {entry["number"]: entry for entry in as_list(listed)}


def pools(node):
    return {entry["pool"]: entry
            for entry in as_list(node.rpc("reputation.pools"))}


def pool_counts(node, pool):
    """{number: {outcome: n}} over the whole pool."""
    return {number: counts(node, pool, number)
            for number in numbers(node, pool)}


def store(node):
    return node.rpc("reputation.store")


def store_state(node):
    """connected, disconnected or none"""
    return store(node)["state"]


def policy(node, pool):
    """{field: value in force}"""
    fields = node.rpc("reputation.policy", pool)["fields"]
    return {entry["field"]: entry["value"] for entry in fields}


def stats(node):
    return node.rpc("reputation.stats")


def mentions(struct, *words):
    """Whether all words stand somewhere in a reply (stats' errors)."""
    text = repr(struct)
    return all(word in text for word in words)


def redress(node, *pool):
    return as_list(node.rpc("reputation.redress", *pool))


def probes(node, pool):
    """{(number, network): {outcome: n}} of test calls"""
    listed = node.rpc("reputation.probes", pool)
    return {(entry["number"], entry["network"]): nonzero(entry["counts"])
            for entry in as_list(listed)}


# ----- waiting ---------------------------------------------------------------


def wait_counts(node, pool, number, expected, timeout=PATIENCE):
    """Wait until the counts are exactly `expected`, and return them."""
    last = {}

    def equal():
        last["seen"] = counts(node, pool, number)
        return last["seen"] == expected

    wait_until(equal, timeout, 0.05,
               what=lambda: f"{number}: counts {last['seen']}, not "
               f"{expected}")
    return last["seen"]


def settled(node, pool, number, expected, timeout=PATIENCE):
    """The counts are exactly `expected`, also once no call is watched any
    more: nothing can come after that."""
    wait_counts(node, pool, number, expected, timeout)
    wait_idle(node, timeout)
    seen = counts(node, pool, number)
    assert seen == expected, f"{number}: first {expected}, then {seen}"


def wait_idle(node, timeout=PATIENCE):
    """Until tm has let go of all transactions, and no answered call may
    still be short."""
    wait_until(lambda: (s := stats(node))["calls"] == 0
               and s["answered_calls"] == 0, timeout, 0.05,
               what=lambda: f"no call any more: {stats(node)}")


def in_flight(node, pool, number):
    """Of the number, and of its pool."""
    return (numbers(node, pool)[number]["in_flight"],
            pools(node)[pool]["in_flight"])


def wait_in_flight(node, pool, number, n, timeout=PATIENCE):
    wait_until(lambda: in_flight(node, pool, number) == (n, n), timeout, 0.05,
               what=lambda: "in flight, of the number and of its pool: "
               f"{in_flight(node, pool, number)}, not {n}")


def wait_state(node, pool, number, *wanted, timeout=PATIENCE):
    return wait_until(lambda: state(node, pool, number) in wanted, timeout,
                      0.05, what=lambda: f"{number} is "
                      f"{state(node, pool, number)}, not {wanted}")


def wait_connected(node, timeout=PATIENCE):
    return wait_until(lambda: store_state(node) == "connected", timeout,
                      0.05, what=lambda: f"store: {store(node)}")


def wait_numbers(node, pool, expected, timeout=PATIENCE):
    """Wait until the pool has exactly these numbers."""
    def equal():
        try:
            return set(numbers(node, pool)) == set(expected)
        except LookupError:
            return not expected

    wait_until(equal, timeout, 0.05, what=f"pool {pool} = {expected}")
