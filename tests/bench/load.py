#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""CPU time per call of a stateful proxy with and without the module, by the
same sipp load, in turns. Prints tables, and writes JSON."""

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "integration"))
# pylint: disable=wrong-import-position
from harness.kamailio import Kamailio                      # noqa: E402
from harness.process import Process, free_port, wait_until # noqa: E402
from harness.redis_server import Redis                     # noqa: E402
from harness.sipp import Sipp                              # noqa: E402
from harness import view                                   # noqa: E402

# name, defines, what it shows
VARIANTS = (
    ("plain", {}, "plain stateful proxy"),
    ("uac", {"WITH_UAC": True}, "uac writes From and P-Asserted-Identity"),
    ("pick", {"WITH_PICK": True}, "reputation_pick"),
    ("unmarked", {"WITH_PICK": True, "LATE_BYE": 0},
     "reputation_pick, late_bye 0"),
    ("apply", {"WITH_APPLY": True}, "reputation_pick, reputation_apply"),
    ("htable", {"WITH_HTABLE": True}, "script: htable, uac"),
    ("ndb", {"WITH_NDB": True}, "script: ndb_redis, uac"),
)
# each has a pool of its own: calls of one are none of the others'
OURS = ("pick", "unmarked", "apply")
# with the module against the same without: (numerator, denominator)
RATIOS = (("pick", "plain"), ("unmarked", "plain"), ("apply", "plain"),
          ("apply", "uac"), ("uac", "plain"), ("apply", "htable"),
          ("apply", "ndb"))

SHORT_CALL = 1          # s
TALK_MS = 1200          # longer than that: "answered"
# replies of the carrier: chance of each that no one before it got
REPLIES = (("0.50", 480, "Temporarily Unavailable"), ("0.20", 486, "Busy Here"),
           ("0.20", 603, "Decline"), (None, 200, "OK"))

REPLY = """  <label id="{label}"/>
  <send{retrans}>
    <![CDATA[
      SIP/2.0 {status} {phrase}
      [last_Via:]
      [last_Record-Route:]
      [last_From:]
      [last_To:];tag=[call_number]
      [last_Call-ID:]
      [last_CSeq:]
      Contact: <sip:[local_ip]:[local_port]>
      Content-Length: 0

    ]]>
  </send>
  <recv request="ACK"{next}/>
"""

RINGING = """  <recv request="INVITE">{action}</recv>
  <send>
    <![CDATA[
      SIP/2.0 180 Ringing
      [last_Via:]
      [last_Record-Route:]
      [last_From:]
      [last_To:];tag=[call_number]
      [last_Call-ID:]
      [last_CSeq:]
      Content-Length: 0

    ]]>
  </send>
"""

BYE = """  <recv request="BYE"/>
  <send>
    <![CDATA[
      SIP/2.0 200 OK
      [last_Via:]
      [last_From:]
      [last_To:]
      [last_Call-ID:]
      [last_CSeq:]
      Content-Length: 0

    ]]>
  </send>
"""


def carrier_scenario(replies=REPLIES, ring_ms=0, by_digit=False):
    """The chance of a reply is a share of calls, or with `by_digit` the last
    digits of the callees who get it ("[0-4]"): the same each time."""
    action = "<action>" + "".join(
        f'<ereg regexp="INVITE sip:[^@]*{digits}@" search_in="msg"'
        f' assign_to="is{status}"/>'
        for digits, status, _ in replies if digits) + "</action>"
    text = '<?xml version="1.0"?>\n<scenario name="carrier">\n' \
        + RINGING.replace("{action}", action if by_digit else "")
    if ring_ms:
        text += f'  <pause milliseconds="{ring_ms}"/>\n'
    for chance, status, _ in replies:
        when = f'test="is{status}"' if by_digit else f'chance="{chance}"'
        if chance:
            text += f'  <nop next="r{status}" {when}/>\n'
    for chance, status, phrase in reversed(replies):
        text += REPLY.format(label=f"r{status}", status=status, phrase=phrase,
                             retrans=' retrans="500"',
                             next=' next="end"' if chance else "")
        if not chance:
            text += BYE + '  <nop next="end"/>\n'
    return text + '  <label id="end"/>\n</scenario>\n'


def carrier_start(directory, scenario):
    port = free_port()
    path = os.path.join(directory, "carrier.xml")
    with open(path, "w", encoding="utf-8") as out:
        out.write(scenario)
    process = Process(
        ["sipp", "-sf", path, "-i", "127.0.0.1", "-p", port, "-nostdin",
         "-timeout", "3600s", "-recv_timeout", "30000"],
        os.path.join(directory, "carrier.log"), cwd=directory,
        env={**os.environ, "TERM": "dumb"})
    return process, port


def children_of(pid):
    path = f"/proc/{pid}/task/{pid}/children"
    with open(path, encoding="ascii") as listing:
        return [int(child) for child in listing.read().split()]


def pids_of(node):
    """All processes of a node, and those of them that are the module's."""
    listed = node.rpc("core.ps")
    named = dict(zip(listed[::2], listed[1::2]))
    pids = [node.process.pid, *children_of(node.process.pid)]
    return pids, [pid for pid in pids
                  if str(named.get(pid, "")).startswith("REPUTATION")]


def cpu_seconds(pids):
    """utime and stime of processes together. schedstat has their sum in ns,
    stat in ticks of 10 ms."""
    total = 0.0
    for one in pids:
        try:
            with open(f"/proc/{one}/schedstat", encoding="ascii") as stat:
                total += int(stat.read().split()[0]) / 1e9
        except FileNotFoundError:
            with open(f"/proc/{one}/stat", encoding="ascii") as stat:
                fields = stat.read().rpartition(")")[2].split()
            total += (int(fields[11]) + int(fields[12])) \
                / os.sysconf("SC_CLK_TCK")
    return total


def seed(redis, numbers):
    """The pools of ours, and what the script with ndb_redis reads."""
    for name in OURS:
        redis.seed(name, numbers, {"max_benched_share": 1, "min_available": 0})
    redis.client.sadd("numbers", *numbers)


def settings(redis, name, numbers):
    """What proxy.cfg takes from outside, the carrier aside."""
    return {"REDIS": redis.url, "POOL": name, "SHORT_CALL": SHORT_CALL,
            "MAX_NUMBERS": 10000, "NUMBERS": len(numbers),
            "NDB": f"name=script;addr=127.0.0.1;port={redis.port}"}


def wait_loaded(node, name, numbers, patience):
    if name in OURS:
        wait_until(lambda: int(view.pools(node).get(name, {}).get(
            "numbers", 0)) == len(numbers), patience, what="numbers")


def numbered(redis, node, name):
    """How many calls got a caller ID, as whoever chose it has counted them."""
    if name in OURS:
        return int(view.pools(node)[name]["picks"])
    if name == "ndb":
        return sum(map(int, redis.client.hvals("calls")))
    if name == "htable":
        return sum(int(slot["value"]) for entry in
                   node.rpc("htable.dump", "calls") for slot in entry["slot"])
    return None


def check(name, dialer, status):
    """A call or two may go wrong where the machine is busy, not more."""
    if status == 0:
        return
    said = dialer.statistics()
    failed = int(said.get("FailedCall(C)") or dialer.count)
    if failed > dialer.count / 100:
        raise RuntimeError(f"{name}: {failed} of {dialer.count} calls failed\n"
                           + dialer.errors()[:2000])


class Bench:
    def __init__(self, options):
        self.options = options
        self.directory = tempfile.mkdtemp(prefix="rep-bench-")
        self.redis = None
        self.carrier = None
        self.nodes = {}
        self.dialled = {}
        self.numbers = [f"+1202{n:07d}" for n in range(2000000,
                                                       2000000 + 1000)]

    def __enter__(self):
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _start(self):
        self.redis = Redis()
        seed(self.redis, self.numbers)
        self.carrier, port = carrier_start(self.directory,
                                           carrier_scenario())
        for name, defines, _ in VARIANTS:
            self.nodes[name] = Kamailio(
                os.path.join(HERE, "proxy.cfg"), CARRIER=f"127.0.0.1:{port}",
                extra_argv=["-x", self.options.malloc, "-X",
                            self.options.malloc],
                **defines, **settings(self.redis, name, self.numbers))
            wait_loaded(self.nodes[name], name, self.numbers, 20)

    def __exit__(self, *_):
        for node in self.nodes.values():
            node.stop(check=False)
            node.remove()
        if self.carrier:
            self.carrier.stop(3)
        if self.redis:
            self.redis.remove()
        shutil.rmtree(self.directory, ignore_errors=True)

    def _sipp(self, name, rate, seconds):
        """Nobody is called twice: who declined is not to be called again."""
        first = self.dialled.get(name, 0)
        self.dialled[name] = first + rate * seconds
        callees = [f"+1303{n % 10000000:07d}"
                   for n in range(first, self.dialled[name])]
        return Sipp(self.nodes[name].address, callees, rate=rate,
                    talk_ms=TALK_MS, limit=rate * 10, timeout=seconds + 60)

    def run(self, names, rate, seconds):
        """One round of the same load to each of these at the same time: CPU
        seconds per call of each, and of its module's own processes."""
        pids = [pids_of(self.nodes[name]) for name in names]
        before = [tuple(map(cpu_seconds, both)) for both in pids]
        dialers = [self._sipp(name, rate, seconds) for name in names]
        try:
            for name, dialer in zip(names, dialers):
                check(name, dialer, dialer.wait(seconds + 70))
            time.sleep(0.3)             # counts are pushed
            return [tuple((cpu_seconds(some) - was) / (rate * seconds)
                          for some, was in zip(both, past))
                    for both, past in zip(pids, before)]
        finally:
            for dialer in dialers:
                dialer.stop()

    def commands(self):
        """{command: calls} since the last reset, the bench's own left out."""
        stats = self.redis.client.info("commandstats")
        return {name.removeprefix("cmdstat_"): entry["calls"]
                for name, entry in stats.items()
                if name not in ("cmdstat_info", "cmdstat_config|resetstat",
                                "cmdstat_monitor")}

    def redis_round(self, rate, seconds):
        """Redis commands per call and second by the node `apply`."""
        self.nodes["pick"].stop(check=False)
        time.sleep(1)
        self.redis.client.config_resetstat()
        watcher = Watcher(self.redis)
        begun = time.monotonic()
        self.run(["apply"], rate, seconds)
        lasted = time.monotonic() - begun
        watcher.end(self.redis)
        commands = self.commands()
        ran, sent = sum(commands.values()), watcher.sent
        return {"rate": rate, "seconds": round(lasted, 1),
                "commands": commands, "ran": ran, "sent": sent,
                "sent_per_call": sent / (rate * seconds),
                "ran_per_call": ran / (rate * seconds)}


class Watcher(threading.Thread):
    """Counts the commands that come from outside: those that a script runs
    are no round trips."""

    def __init__(self, redis):
        super().__init__(daemon=True)
        self.sent = 0
        self.going = True
        self.monitor = redis.connect().monitor()
        self.start()

    def run(self):
        with self.monitor as monitor:
            for command in monitor.listen():
                if not self.going:
                    return
                self.sent += command["client_type"] != "lua"

    def end(self, redis):
        self.going = False
        redis.client.ping()     # wakes it
        self.join(10)


def summary(values):
    return {"median": statistics.median(values), "min": min(values),
            "max": max(values)}


def report(cpu, own, redis, options):
    result = {"rate": options.rate, "seconds": options.seconds,
              "rounds": options.rounds, "together": options.together,
              "malloc": options.malloc, "cpu_us_per_call": {}, "own_us_per_call": {}, "ratio": {},
              "redis": redis}
    how = "all at the same time" if options.together else "in turns"
    print(f"\nCPU of Kamailio per call, us ({options.rounds} rounds of "
          f"{options.seconds} s at {options.rate} calls/s each, {how}; memory manager {options.malloc})")
    print(f"{'':<44}{'median':>8}{'min':>8}{'max':>8}   of it the module's "
          "own processes")
    for name, _, text in VARIANTS:
        s = summary([v * 1e6 for v in cpu[name]])
        result["cpu_us_per_call"][name] = {**s, "rounds": [
            v * 1e6 for v in cpu[name]]}
        mine = statistics.median(own[name]) * 1e6
        result["own_us_per_call"][name] = mine
        print(f"{text:<44}{s['median']:>8.1f}{s['min']:>8.1f}{s['max']:>8.1f}"
              f"{mine:>10.1f}")
    print("\nratio, round by round")
    for over, under in RATIOS:
        ratios = [a / b for a, b in zip(cpu[over], cpu[under])]
        s = summary(ratios)
        result["ratio"][f"{over}/{under}"] = {**s, "rounds": ratios}
        print(f"{over + ' / ' + under:<44}{s['median']:>8.3f}{s['min']:>8.3f}"
              f"{s['max']:>8.3f}")
    for r in redis:
        print(f"\nRedis at {r['rate']} calls/s for {r['seconds']} s: "
              f"{r['sent']} commands sent, {r['sent_per_call']:.4f} a call; "
              f"{r['ran']} run, those inside\nscripts among them, "
              f"{r['ran_per_call']:.4f} a call:")
        print("  " + ", ".join(f"{c} {n}" for c, n in sorted(
            r["commands"].items(), key=lambda x: -x[1])))
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=300)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--together", action="store_true",
                        help="all proxies at the same time, not in turns: "
                        "what else the machine does hits all alike")
    parser.add_argument("--malloc", default="qm",
                        choices=("qm", "fm", "tlsf"),
                        help="Kamailio's memory manager (qm is its default); "
                        "the time that qm takes depends on how its memory "
                        "happens to be cut up")
    parser.add_argument("--redis-rates", type=int, nargs="*",
                        default=[1000])
    parser.add_argument("json", nargs="?")
    options = parser.parse_args()
    names = [name for name, _, _ in VARIANTS]
    cpu = {name: [] for name in names}
    own = {name: [] for name in names}
    with Bench(options) as bench:
        for name in names:
            bench.run([name], options.rate, 2)    # warm
        for number in range(options.rounds):
            # there and back, so that what drifts favours none
            order = names if number % 2 == 0 else names[::-1]
            groups = [order] if options.together else [[n] for n in order]
            for group in groups:
                used = bench.run(group, options.rate, options.seconds)
                for name, (seconds, of_own) in zip(group, used):
                    cpu[name].append(seconds)
                    own[name].append(of_own)
            print(f"  {number + 1}/{options.rounds}  " + "".join(
                f"{name} {cpu[name][-1] * 1e6:.1f}  " for name in names),
                flush=True)
        redis = [bench.redis_round(rate, options.seconds)
                 for rate in options.redis_rates]
    result = report(cpu, own, redis, options)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as out:
            json.dump(result, out, indent=1)
            out.write("\n")


if __name__ == "__main__":
    main()
