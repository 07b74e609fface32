# SPDX-License-Identifier: GPL-2.0-or-later
"""How long INVITEs take, in every fault: as long as without the module."""

import os

import pytest
from harness import kinds, view
from harness.pools import EAGER, new_numbers
from harness.process import wait_until
from harness.relay import Relay

from abreast import QUANTILES, Abreast, stamped

PROXY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..",
                     "bench", "proxy.cfg")
POOL = "bench"     # from which that picks
HOURS = 20         # of history, where there is much to read
LATE = 0.14        # s each way to Redis
WITHIN = 5         # s before a fault, in it, and after it

# What the machine's other work delays, by quantile: so many times, and ms more.
# A wait for one reply of Redis is 280 ms, and by then 28 calls have come, of
# some thousand.
NOISE = {0.5: (2, 25), 0.9: (2, 25), 0.99: (3, 50), 0.999: (4, 150)}
# Reading is work under the pool's lock. Where there are more who want to run
# than processors, who reads is now and then put aside while it holds that: a
# wait for Redis would be seen in one call of ten at the latest.
READING = {0.5: (2, 25), 0.9: (2, 50), 0.99: (3, 250)}
assert list(NOISE) == QUANTILES


class Beside:
    """A proxy with the module and one without, which writes the same caller ID
    for all calls, and Redis at the end of a long line."""

    def __init__(self, make, numbers):
        self.redis, self.carrier = make.redis(kinds.server), stamped()
        self.numbers = new_numbers(numbers)
        self.redis.seed(POOL, self.numbers, EAGER)
        self.relay = Relay(self.redis, LATE)
        at = "%s:%d" % self.carrier.getsockname()
        self.plain = make.kamailio(PROXY, CARRIER=at, WITH_UAC=True)
        tls = "".join(f'modparam("reputation", "{name.lower()}", "{value}")\n'
                      for name, value in kinds.as_node("REDIS_").items())
        self.node = make.kamailio(
            PROXY, CARRIER=at, WITH_APPLY=True, REDIS=self.relay.url,
            SHORT_CALL=6, MAX_NUMBERS=10000, settings=tls,
            allow_errors=[r"reputation.*([Rr]edis|127\.0\.0\.1|store|rep:)"])
        self.begun = 0
        wait_until(lambda: int(view.pools(self.node)[POOL]["numbers"])
                   == numbers)
        wait_until(lambda: self.resyncs() > 0)    # it knows who rests

    def resyncs(self):
        return int(view.store(self.node)["resyncs"])

    def call(self):
        """INVITEs to both, from now on."""
        self.calls = Abreast(self.carrier, {
            "plain": self.plain.address, "module": self.node.address})

    def end(self):
        self.relay.end()
        self.carrier.close()

    # ----- faults: made, and how they are healed --------------------------------

    def hang(self):
        self.redis.freeze()
        return self.redis.thaw

    def kill(self):
        self.redis.kill()
        return self.redis.start

    def full(self):
        self.redis.client.config_set("maxmemory", 1)
        return lambda: self.redis.client.config_set("maxmemory", 0)

    def empty(self):
        self.redis.client.flushall()
        return lambda: self.redis.seed(POOL, self.numbers, EAGER)

    def slow(self):
        self.relay.delay = 1.0
        return lambda: setattr(self.relay, "delay", LATE)

    def reconnect(self, other):
        """Others went on, and the feed was cut off meanwhile: the counts of
        each number in each hour are to be read, once the line is there."""
        had = self.resyncs()
        self.relay.shut = True
        self.relay.cut()
        count_each_hour(other, self.numbers)
        self.redis.client.xtrim(f"rep:x:feed:{{{POOL}}}", 0,
                                approximate=False)
        self.begun = self.calls.made

        def heal():
            self.relay.shut = False
            wait_until(lambda: self.resyncs() > had)

        return heal


def count_each_hour(other, numbers):
    for hour in range(HOURS):
        other.ask("clock", -3600 * hour)
        assert other.ask("spread", POOL, numbers[0], len(numbers),
                         len(numbers))["counted"] == len(numbers)
    wait_until(lambda: other.status()["waiting"] == 0)


def another(both, start):
    """A node that has counted in each hour, which is known to both."""
    other = start(both.redis.url, "b")
    wait_until(lambda: other.sum(POOL)["numbers"] == len(both.numbers))
    count_each_hour(other, both.numbers)
    wait_until(lambda: sum(view.counts(both.node, POOL, both.numbers[-1])
                           .values()) == HOURS)
    return other


@pytest.mark.parametrize("fault", [
    pytest.param("hang", marks=pytest.mark.quick), "kill", "full", "empty",
    "slow", "reconnect"])
def test_answer_times(make, start, fault):
    """A worker never waits for Redis: INVITEs take no longer than through a
    proxy without the module, at the same times, while the fault is made, lasts,
    and is healed. They go on whether those before were answered or not."""
    much = fault == "reconnect"
    both, heal = Beside(make, 500 if much else 10), None
    try:
        others = [another(both, start)] if much else []
        both.call()
        both.calls.more(WITHIN)
        before = both.begun = both.calls.made
        heal = getattr(both, fault)(*others)
        both.calls.more(WITHIN)
        heal()
        heal = None
        view.wait_connected(both.node)
        both.calls.more(WITHIN)
        after = both.calls.made
        both.calls.end()
        for when, a, b in (("before", 0, before), (fault, both.begun, after)):
            times = [both.calls.quantiles(name, a, b) for name in
                     ("plain", "module")]
            print(when, b - a, "calls; ms at", QUANTILES, *(
                f"{p:.1f} : {m:.1f}" for p, m in zip(*times)))
        assert all(m < p * many + more for p, m, (many, more) in zip(
            *times, (READING if much else NOISE).values())), times
    finally:
        if heal:
            heal()
        both.end()
