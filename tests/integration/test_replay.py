# SPDX-License-Identifier: GPL-2.0-or-later
"""reputation-replay: logs with known faults, and what it says of them."""

import csv
import datetime
import io
import json
import os
import pathlib
import random
import re
import subprocess

import pytest
from harness import plans
from harness.kamailio import CFG
from harness.pools import new_callee, new_numbers, write_pool_file
from harness.process import wait_until

HERE = os.path.dirname(os.path.abspath(__file__))
MODULE = pathlib.Path(HERE).parents[1] / "modules" / "reputation"
PROGRAM = os.environ.get("REPUTATION_REPLAY") or os.path.join(
    HERE, "..", "..", "build", "reputation-replay")
START = 1_700_000_000
DAY = 86400
NUMBERS = ["+1555123%04d" % i for i in range(20)]
BAD = NUMBERS[7]
BLOCKED = ("SIP;cause=603;text=\"v=analytics1;url=https://example.com/;"
           "tel=+15551239999\"")

# outcome: status, phrase, Reason header, duration
REPLIES = {
    "answered": (200, "OK", "", "75"),
    "short": (200, "OK", "", "3"),
    "declined": (603, "Decline", "", ""),
    "unwanted": (607, "Unwanted", "", ""),
    "blocked": (603, "Network Blocked", BLOCKED, ""),
    "busy": (486, "Busy Here", "Q.850;cause=17", ""),
    "noanswer": (408, "Request Timeout", "", ""),
}
HEALTHY = {"answered": .25, "short": .02, "declined": .08, "unwanted": .003,
           "blocked": .004, "busy": .08, "noanswer": .563}
FIELDS = ["time", "number", "pool", "route", "status", "reason",
          "reason_header", "duration"]
CALM = ["--set", "false_bench_every=1000000"]


def with_share(outcome, share):
    rest = 1 - HEALTHY[outcome]
    mix = {o: p * (1 - share) / rest for o, p in HEALTHY.items()}
    mix[outcome] = share
    return mix


def calls_of(seed=1, days=4, per_day=2000, onset=1.5, bad=None, route="",
             routes=("",)):
    """Calls of a pool in which BAD goes bad, on one route or on all."""
    draw = random.Random(seed)
    n = int(days * per_day)
    calls = []
    for i in range(n):
        at = START + i * DAY / per_day
        number = draw.choice(NUMBERS)
        label = draw.choice(routes)
        mix = HEALTHY
        if (bad and number == BAD and at >= START + onset * DAY
                and (not route or route == label)):
            mix = bad
        outcome = draw.choices(list(mix), list(mix.values()))[0]
        status, phrase, header, duration = REPLIES[outcome]
        calls.append({"time": "%.3f" % at, "number": number, "pool": "sales",
                      "route": label, "status": status, "reason": phrase,
                      "reason_header": header, "duration": duration})
    return calls


def as_csv(calls, fields=None, delimiter=","):
    out = io.StringIO()
    writer = csv.DictWriter(out, fields or FIELDS, delimiter=delimiter,
                            extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(calls)
    return out.getvalue()


def as_jsonl(calls):
    return "".join(json.dumps(c) + "\n" for c in calls)


def as_flat(calls):
    """db_flatstore: its delimiter inside of values is written as %7C."""
    lines = []
    for i, c in enumerate(calls):
        values = ["INVITE", "f%d" % i, "t%d" % i, "call-%d@host" % i,
                  c["status"], c["reason"], c["time"], c["number"], c["pool"],
                  c["route"], c["reason_header"], c["duration"]]
        lines.append("|".join(str(v).replace("|", "%7C") for v in values))
    return "\n".join(lines) + "\n"


def as_log(calls):
    lines = ["Nov 14 22:13:20 sbc kamailio[11]: INFO: something else\n"]
    for i, c in enumerate(calls):
        what = ("transaction answered" if c["status"] == 200
                else "call missed")
        lines.append(
            "Nov 14 22:13:20 sbc kamailio[12]: NOTICE: acc [acc.c:287]: "
            "acc_log_request(): ACC: %s: timestamp=%s;method=INVITE;"
            "from_tag=f%d;to_tag=;call_id=call-%d@host;code=%s;reason=%s;"
            "number=%s;pool=%s;route=%s;duration=%s;reason_header=%s\n"
            % (what, c["time"], i, i, c["status"], c["reason"], c["number"],
               c["pool"], c["route"], c["duration"], c["reason_header"]))
    return "".join(lines)


class Result:
    def __init__(self, done):
        self.status = done.returncode
        self.out = done.stdout.decode("utf-8", "replace")
        self.err = done.stderr.decode("utf-8", "replace")

    @property
    def events(self):
        return [json.loads(line) for line in self.out.splitlines()]

    def of(self, event):
        return [e for e in self.events if e["event"] == event]

    @property
    def summary(self):
        return self.of("summary")[-1]


@pytest.fixture
def replay(tmp_path):
    def run(log, *options, status=0, as_json=True, name="log"):
        path = tmp_path / name
        path.write_bytes(log if isinstance(log, bytes) else log.encode())
        command = [PROGRAM, *(["--json"] if as_json else []), *options,
                   str(path)]
        done = subprocess.run(command, capture_output=True, timeout=120,
                              check=False)
        result = Result(done)
        assert result.status == status, result.err
        return result
    return run


BAD_BLOCKED = calls_of(bad=with_share("blocked", .25))


# ---- verdicts ---------------------------------------------------------------

@pytest.mark.parametrize("reason, bad", [
    ("blocked", with_share("blocked", .25)),
    ("rejected", with_share("unwanted", .2)),
    ("labelled", with_share("answered", .02)),
])
def test_a_number_going_bad_is_found(replay, reason, bad):
    result = replay(as_csv(calls_of(bad=bad)), *CALM)
    benched = result.of("benched")
    assert {e["number"] for e in benched} == {BAD}
    first = benched[0]
    assert first["reason"] == reason
    assert first["pool"] == "sales"
    onset = START + 1.5 * DAY
    assert onset < first["at"] < onset + DAY
    assert first["score"] >= 1
    assert first["chart_" + reason] >= first["threshold_" + reason]
    assert sum(first["counts"].values()) > 5
    assert result.summary["benches_" + reason] == len(
        [e for e in benched if e["reason"] == reason])


def test_it_returns_after_the_rest(replay):
    result = replay(as_csv(BAD_BLOCKED), *CALM, "--set", "rest_seconds=36000",
                    "--set", "rest_jitter=0", "--set", "rest_factor=1")
    benched, released = result.of("benched"), result.of("released")
    assert len(benched) - 1 <= len(released) <= len(benched)
    assert len(released) >= 2
    for out, back in zip(benched, released):
        assert back["number"] == out["number"] == BAD
        assert back["state"] == "probation"
        assert 36000 <= back["at"] - out["at"] < 36002
    # still bad: each probation fails, which is no strike
    assert {e["strikes"] for e in benched} == {1}


def test_calls_during_a_rest_are_withheld(replay):
    result = replay(as_csv(BAD_BLOCKED), *CALM)
    rests = [(e["at"], e["until"]) for e in result.of("benched")]
    fell = [c for c in BAD_BLOCKED if c["number"] == BAD and any(
        a < float(c["time"]) < b - 1 for a, b in rests)]
    assert abs(result.summary["withheld"] - len(fell)) <= 2
    assert result.summary["withheld"] > 10
    # what the log holds of them bears the bench out
    assert result.summary["true"] >= 1
    assert result.summary["false"] == 0


def test_healthy_numbers_are_not_benched(replay):
    result = replay(as_csv(calls_of(seed=3)), *CALM)
    assert result.of("benched") == []
    assert result.summary["withheld"] == 0
    assert result.summary["numbers"] == len(NUMBERS)
    assert result.summary["calls_to_bench"] is None


@pytest.mark.parametrize("callees, column, benched", [
    ("one", "callee", False), ("each", "callee", True),
    ("one", "Dst User", False), ("one", "ignored", True),
    ("name", "to_number", False)])
def test_a_callee_speaks_once(replay, callees, column, benched):
    """One callee who blocks a number is no reason to bench it."""
    calls = calls_of(bad=with_share("blocked", .25))
    for i, c in enumerate(calls):
        c[column] = "+1212%07d" % i
        if c["number"] == BAD and c["reason_header"] == BLOCKED \
                and callees != "each":
            c[column] = {"one": "+12125550000", "name": "alice"}[callees]
    result = replay(as_csv(calls, [*FIELDS, column]), *CALM)
    assert {e["number"] for e in result.of("benched")} \
        == ({BAD} if benched else set())
    assert result.summary["calls"] == len(calls)


def test_bad_on_one_route(replay):
    calls = calls_of(bad=with_share("blocked", .3), route="carrier b",
                     routes=("carrier a", "carrier b"), per_day=4000)
    result = replay(as_csv(calls), *CALM)
    first = result.of("benched")[0]
    assert (first["number"], first["route"]) == (BAD, "carrier b")
    text = replay(as_csv(calls), *CALM, as_json=False).out
    assert " carrier_b " in text


def test_bad_on_one_network(replay):
    """The two networks by turns; only on one of them the number is blocked."""
    draw = random.Random(5)
    calls = calls_of(bad=with_share("blocked", .3), per_day=4000)
    for call in calls:
        call["network"] = "carrier-x" if call["status"] == 603 and \
            call["reason_header"] else draw.choice(["carrier-x", "carrier-y"])
    log = as_csv(calls, FIELDS + ["network"])
    first = replay(log, *CALM).of("benched")[0]
    assert (first["number"], first["detail"]) == (
        BAD, "on network carrier-x only")
    assert "on network carrier-x only" in replay(log, *CALM,
                                                 as_json=False).out


def test_each_campaign_has_its_own_yardstick(replay):
    """A number that works on the cold list alone, and all others on both."""
    draw = random.Random(3)
    mixes = {"warm": with_share("answered", .4),
             "cold": with_share("answered", .1)}
    calls = calls_of(per_day=4000)
    for call in calls:
        call["campaign"] = "cold" if call["number"] == BAD \
            else draw.choice(["warm", "cold"])
        mix = mixes[call["campaign"]]
        outcome = draw.choices(list(mix), list(mix.values()))[0]
        (call["status"], call["reason"], call["reason_header"],
         call["duration"]) = REPLIES[outcome]
        call["network"] = "x" if call["campaign"] == "cold" else ""
    labels = ["campaign", "network"]
    assert BAD in {e["number"] for e in replay(
        as_csv(calls), *CALM).of("benched")}
    for kept in (labels, labels[:1], labels[1:]):
        result = replay(as_csv(calls, FIELDS + kept), *CALM)
        assert not result.of("benched")
    told = {e["campaign"]: e for e in replay(
        as_csv(calls, FIELDS + labels), *CALM).of("label")
        if "campaign" in e}
    assert sum(e["calls"] for e in told.values()) == len(calls)
    cold = sum(1 for c in calls if c["campaign"] == "cold"
               and c["status"] == 200 and int(c["duration"]) > 6)
    assert told["cold"]["outcomes"]["answered"] == cold


def test_a_block_that_goes_bad_is_named(replay):
    others = ["+1555999%04d" % i for i in range(30)]
    draw = random.Random(6)
    calls = calls_of(seed=5, days=4, per_day=2000)
    well = calls_of(seed=6, days=4, per_day=3000)
    for c in well:
        c["number"] = draw.choice(others)
    for c in calls:
        if float(c["time"]) > START + 2 * DAY and draw.random() < .06:
            c["status"], c["reason"], c["reason_header"], c["duration"] = \
                REPLIES["blocked"]
    both = sorted(calls + well, key=lambda c: float(c["time"]))
    benched = replay(as_csv(both)).of("benched")
    named = [e for e in benched if e.get("detail", "").startswith(
        "block +1555123: ")]
    assert {e["number"] for e in benched} <= set(NUMBERS)
    assert len({e["number"] for e in named}) >= 8
    assert named[0]["detail"].endswith(" of 20 numbers")


@pytest.mark.parametrize("minute", [0, 10, 20, 30, 40, 50])
def test_a_shift_of_the_whole_pool_is_an_alarm(replay, minute):
    """Of an hour, whichever minute it starts in; once, and its end too."""
    draw = random.Random(5)
    calls = calls_of(seed=14, days=3, per_day=9600)
    hour = START - START % 3600 + 50 * 3600
    onset = hour + minute * 60
    for c in calls:
        if onset <= float(c["time"]) < onset + 3600 and draw.random() < .3:
            c["status"], c["reason"], c["reason_header"], c["duration"] = \
                REPLIES["declined"]
    result = replay(as_csv(calls), *CALM)
    alarm, = result.of("pool-alarm")
    over, = result.of("pool-alarm-over")
    assert alarm["pool"] == over["pool"] == "sales"
    assert onset < alarm["at"] < onset + 5400
    assert "this pool shifts (rejected): declined" in alarm["detail"]
    assert onset + 7200 < over["at"] < onset + 3 * 3600
    assert over["since"] == int(alarm["at"])
    assert "this pool shifts no more (rejected)" in over["detail"]
    assert result.of("benched") == []
    assert result.summary["alarms"] == 1
    text = replay(as_csv(calls), *CALM, as_json=False).out
    assert re.search(r" pool-alarm-over +sales .* this pool shifts no more",
                     text)


def test_a_long_shift_is_one_alarm(replay):
    draw = random.Random(6)
    calls = calls_of(seed=7, days=4, per_day=4800)
    onset = START + 3 * DAY
    for c in calls:
        if onset <= float(c["time"]) < onset + DAY / 2 and draw.random() < .25:
            c["status"], c["reason"], c["reason_header"], c["duration"] = \
                REPLIES["declined"]
    result = replay(as_csv(calls), *CALM)
    assert len(result.of("pool-alarm")) == 1
    over, = result.of("pool-alarm-over")
    assert over["at"] > onset + DAY / 2


def test_which_pool_comes_first_makes_no_difference(replay, tmp_path):
    """Each is asked with its own policy; one is deaf to declines."""
    draw = random.Random(8)
    calls = calls_of(seed=9, days=3, per_day=9600)
    for i, c in enumerate(calls):
        c["pool"] = ("one", "two")[i % 2]
        c["number"] = c["number"][:-4] + "%04d" % (i % 2 * 100 + i % 10)
        if float(c["time"]) > START + 2.5 * DAY and draw.random() < .3:
            c["status"], c["reason"], c["reason_header"], c["duration"] = \
                REPLIES["declined"]
    deaf = {"weights_rejected": "unwanted:2.5",
            "weights_labelled": "answered:-0.01"}
    for one, two in (({}, deaf), (deaf, {})):
        policy = tmp_path / "pools.json"
        policy.write_text(json.dumps({"pools": {
            "one": {"policy": one}, "two": {"policy": two}}}))
        result = replay(as_csv(calls), *CALM, "--policy", str(policy))
        assert {e["pool"] for e in result.of("pool-alarm")} == {
            "one" if two else "two"}


def test_count_all(replay):
    usual = replay(as_csv(BAD_BLOCKED), *CALM)
    observed = replay(as_csv(BAD_BLOCKED), *CALM, "--count-all")
    assert observed.summary["withheld"] > 0
    first = observed.of("benched")[0]
    assert first.pop("mode") == "observe"
    assert first == {k: v for k, v in usual.of("benched")[0].items()
                     if k != "mode"}


# ---- formats ----------------------------------------------------------------

@pytest.mark.parametrize("options, text", [
    ((), as_jsonl(BAD_BLOCKED)),
    ((), as_flat(BAD_BLOCKED)),
    ((), as_log(BAD_BLOCKED)),
    (("--format=jsonl",), "\n\n" + as_jsonl(BAD_BLOCKED)),
    (("--format=acc",), as_flat(BAD_BLOCKED)),
    ((), as_csv(BAD_BLOCKED, list(reversed(FIELDS)))),
    ((), as_csv(BAD_BLOCKED, delimiter=";")),
    ((), "\ufeff" + as_csv(BAD_BLOCKED)),
    (("--column=status=answer",),
     as_csv(BAD_BLOCKED).replace("status", "answer", 1)),
    ((), as_csv(BAD_BLOCKED).replace(
        "time,number,pool,route,status,reason,reason_header,duration",
        "Start Time,Caller-ID,Pool,Trunk,SIP code,Reason Phrase,"
        "SIP reason header,billsec", 1)),
], ids=["jsonl", "flat", "log", "jsonl forced", "acc forced", "reversed",
        "semicolons", "bom", "column", "synonyms"])
def test_every_format_gives_the_same(replay, options, text):
    assert (replay(text, *CALM, *options).out
            == replay(as_csv(BAD_BLOCKED), *CALM, name="reference").out)


def test_acc_fields(replay):
    lines = []
    for i, c in enumerate(BAD_BLOCKED):
        lines.append(";".join(str(v) for v in [
            c["number"], "x%d" % i, c["status"], c["reason"], c["time"],
            c["reason_header"].replace(";", "%3B"), c["duration"]]))
    result = replay("\n".join(lines), *CALM, "--format=acc",
                    "--acc-fields=number,ignored,status,reason,time,"
                    "reason_header,duration", "--acc-delimiter=;",
                    "--pool=sales")
    assert result.out == replay(as_csv(BAD_BLOCKED), *CALM).out


def test_acc_pairs_byes_and_drops_duplicates(replay):
    def record(method, call_id, status, phrase, at, extra=""):
        return "%s|f|t|%s|%d|%s|%d|%s|sales|%s\n" % (
            method, call_id, status, phrase, at, BAD, extra)

    log = (record("BYE", "a", 200, "OK", START + 4)
           + record("INVITE", "a", 200, "OK", START)
           + record("INVITE", "b", 200, "OK", START + 10)
           + record("ACK", "b", 200, "OK", START + 10)
           + record("BYE", "b", 200, "OK", START + 100)
           + record("INVITE", "c", 603, "Decline", START + 20)
           + record("INVITE", "c", 603, "Decline", START + 20)
           + record("INVITE", "d", 200, "OK", START + 30)
           + record("BYE", "d", 200, "OK", START + 90,
                    '|SIP;cause=607;text="unwanted"'))
    result = replay(log)
    outcomes = {o: n for o, n in result.summary["outcomes"].items() if n}
    assert outcomes == {"short": 1, "answered": 1, "declined": 1,
                        "unwanted": 1}
    assert "1 record told of calls a second time" in result.err \
        or "second time" in result.err


def test_outcome_in_place_of_status(replay):
    log = "time,number,outcome\n%d,%s,blocked\n%d,%s,answered\n" % (
        START, BAD, START + 1, BAD)
    summary = replay(log).summary
    assert summary["pool"] == "default"
    assert summary["outcomes"]["blocked"] == 1
    assert summary["outcomes"]["answered"] == 1


def test_times_in_iso(replay):
    calls = []
    for i, c in enumerate(BAD_BLOCKED):
        hours = i % 3
        at = datetime.datetime.fromtimestamp(
            float(c["time"]),
            datetime.timezone(datetime.timedelta(hours=hours)))
        calls.append({**c, "time": at.isoformat(timespec="milliseconds")})
    assert (replay(as_csv(calls), *CALM).out
            == replay(as_csv(BAD_BLOCKED), *CALM).out)
    local = "time,number,status\n2023-11-15 00:13:20,%s,200\n" % BAD
    assert "no offset" in replay(local, status=1).err
    assert replay(local, "--utc-offset=+02:00").summary["calls"] == 1


# ---- order ------------------------------------------------------------------

def test_any_order_gives_the_same(replay):
    calls = list(BAD_BLOCKED)
    random.Random(2).shuffle(calls)
    result = replay(as_csv(calls), *CALM)
    assert "sorted" in result.err
    assert result.out == replay(as_csv(BAD_BLOCKED), *CALM).out


def test_several_files_and_standard_input(replay, tmp_path):
    half = len(BAD_BLOCKED) // 2
    later = tmp_path / "later.jsonl"
    later.write_text(as_jsonl(BAD_BLOCKED[half:]))
    done = subprocess.run(
        [PROGRAM, "--json", *CALM, str(later), "-"], timeout=60, check=True,
        input=as_csv(BAD_BLOCKED[:half]).encode(), capture_output=True)
    assert done.stdout.decode() == replay(as_csv(BAD_BLOCKED), *CALM).out


# ---- bad input --------------------------------------------------------------

def test_bad_lines_are_told_and_passed_over(replay):
    lines = as_csv(BAD_BLOCKED).split("\r\n")
    lines[5] = "yesterday,%s,sales,,200,OK,,60" % BAD
    lines[9] = "%d,5551230001,sales,,200,OK,,60" % START
    lines[12] = "%d,%s,sales,,180,Ringing,," % (START, BAD)
    lines[14] = '%d,%s,sales,,603,"open,,' % (START, BAD)
    result = replay("\r\n".join(lines))
    assert ":6: the time is" in result.err
    assert ":10: the number has no plus" in result.err
    assert ":13: the status is provisional" in result.err
    assert ":15: a quote is not closed" in result.err
    assert "4 bad lines" in result.err
    assert result.summary["calls"] == len(BAD_BLOCKED) - 4


def test_only_some_bad_lines_are_shown(replay):
    text = as_csv(BAD_BLOCKED[:10]) + "nonsense\r\n" * 50
    result = replay(text, "--max-errors=3")
    assert result.err.count(": there is no") + result.err.count(
        ": the time") == 3
    assert "47 more bad lines" in result.err
    assert result.summary["calls"] == 10


@pytest.mark.parametrize("text, what", [
    (b"", "is empty"),
    (b"\n\n\n", "no call"),
    (b"time,number,status\n", "no call"),
    (b"number,status\n+15551230001,200\n", "no column time"),
    (b"time,number\n1,2\n", "no column status or outcome"),
    (b"{}\n{\n[1]\n\"x\"\n{} {}\n{\"time\":[]}\n", "7: ".replace("7", "6")),
    (b"\x00\xff\xfe" * 1000, "no column"),
])
def test_nothing_usable(replay, text, what):
    assert what in replay(text, status=1).err


def test_noise_of_any_kind(replay):
    draw = random.Random(9)
    good = as_csv(BAD_BLOCKED[:200])
    for fmt, text in (("csv", good), ("jsonl", as_jsonl(BAD_BLOCKED[:200])),
                      ("acc", as_flat(BAD_BLOCKED[:200])),
                      ("acc", as_log(BAD_BLOCKED[:200]))):
        for _ in range(10):
            data = bytearray(text.encode())
            first = data.index(b"\n") + 1
            for _ in range(draw.randrange(1, 200)):
                data[draw.randrange(first, len(data))] = draw.randrange(256)
            result = replay(bytes(data), "--format=" + fmt, "--max-errors=0")
            assert result.summary["calls"] > 0


def test_huge_fields(replay):
    text = as_csv(BAD_BLOCKED[:50])
    text += "%d,%s,sales,,603,%s,,\r\n" % (START, BAD, "x" * 500_000)
    text += "%d,%s,sales,,603,%s,,\r\n" % (START, BAD, "x" * 3_000_000)
    text += "%d,%s,%s,,603,,,\r\n" % (START, BAD, "p" * 100)
    text += "%d,%s,sales,%s,603,,,\r\n" % (START, BAD, "r" * 100)
    result = replay(text)
    assert result.summary["calls"] == 51
    assert ":53: the line is longer than a megabyte" in result.err
    assert ":54: the pool's name" in result.err
    assert ":55: a label is longer" in result.err


# ---- policies ---------------------------------------------------------------

def test_pool_file(replay, tmp_path):
    path = tmp_path / "pools.json"
    path.write_text(json.dumps({"pools": {"sales": {
        "policy": {"rest_seconds": 7200, "rest_jitter": 0,
                   "false_bench_every": 1000000},
        "numbers": NUMBERS + ["+15559990000"]}}}))
    calls = [{**c, "pool": ""} for c in BAD_BLOCKED]
    result = replay(as_csv(calls), "--policy", str(path))
    first = result.of("benched")[0]
    assert first["pool"] == "sales"
    assert result.of("released")[0]["at"] - first["at"] == pytest.approx(
        7200, abs=2)
    assert result.summary["numbers"] == len(NUMBERS) + 1


@pytest.mark.parametrize("text", [
    '{"rest_seconds": 7200, "rest_jitter": "0"}',
    "# comment\nrest_seconds 7200\n\nrest_jitter = 0\n",
])
def test_flat_policy(replay, tmp_path, text):
    path = tmp_path / "policy"
    path.write_text(text)
    result = replay(as_csv(BAD_BLOCKED), "--policy", str(path), *CALM)
    assert result.of("released")[0]["at"] - result.of("benched")[0][
        "at"] == pytest.approx(7200, abs=2)


def test_sweep(replay):
    result = replay(as_csv(calls_of(days=6, per_day=4000,
                                    bad=with_share("blocked", .1))),
                    "--policy-sweep=false_bench_every=300,3000,300000",
                    "--policy-sweep=rest_seconds=3600,86400")
    points = {(e["policy"]["false_bench_every"], e["policy"]["rest_seconds"]):
              e for e in result.of("sweep")}
    assert len(points) == 6
    for rest in ("3600", "86400"):
        benches = [points[every, rest]["benches"]
                   for every in ("300", "3000", "300000")]
        assert benches == sorted(benches, reverse=True)
        assert benches[0] > benches[-1] >= 1
    for every in ("3000", "300000"):
        assert (points[every, "86400"]["withheld"]
                > points[every, "3600"]["withheld"])
    assert points["300", "3600"]["false"] > 0
    table = replay(as_csv(BAD_BLOCKED), "--policy-sweep",
                   "false_bench_every=1000,10000", as_json=False).out
    assert len(table.splitlines()) == 3


def test_a_sweep_of_the_value_in_force_is_the_replay(replay):
    once = replay(as_csv(BAD_BLOCKED)).summary
    swept = replay(as_csv(BAD_BLOCKED),
                   "--policy-sweep=false_bench_every=10000").of("sweep")[0]
    for key in ("benches", "returns", "withheld", "calls_to_bench"):
        assert once[key] == swept[key]


def those_that_differ(concentration, days=10, per_day=2000):
    """Each number has a mix of its own."""
    draw = random.Random(5)
    own = {n: {o: draw.gammavariate(concentration * p, 1)
               for o, p in HEALTHY.items()} for n in NUMBERS}
    calls = []
    for i in range(days * per_day):
        number = draw.choice(NUMBERS)
        mix = own[number]
        calls.append({"time": START + i * DAY // per_day, "number": number,
                      "outcome": draw.choices(list(mix), mix.values())[0]})
    return as_csv(calls, ["time", "number", "outcome"])


def test_fit_tells_how_much_numbers_differ(replay):
    found = [replay(those_that_differ(c), "--fit", "--fit-calls", "1",
                    "--policy-sweep", "false_bench_every=10000"
                    ).of("spread")[0]["between"] for c in (50, 200, 1e6)]
    assert 25 < found[0] < 100 < found[1] < 400
    assert found[2] > 1500


def test_fit(replay):
    """Healthy traffic like the log's, without its bad number."""
    log = as_csv(calls_of(days=6, per_day=4000, bad=with_share("blocked", .3)))
    fit = ["--fit", "--policy-sweep", "false_bench_every=300,100000",
           "--fit-calls"]
    result = replay(log, *fit, "50000")
    assert [e["pool"] for e in result.of("spread")] == ["sales"]
    present, often, seldom = result.of("fit")
    assert present["policy"] == {}
    assert often["policy"] == {"false_bench_every": "300"}
    for line in present, often, seldom:
        judged = sum(line["outcomes"].values())
        assert 50000 < judged == line["calls"] <= 75000
        assert line["numbers"] == len(NUMBERS)
        assert .002 < line["outcomes"]["blocked"] / judged < .008
        assert .23 < line["outcomes"]["answered"] / judged < .27
    assert 200 < often["calls_between"] < 1200
    assert often["calls_between"] < present["calls_between"]
    assert often["withheld_percent"] > present["withheld_percent"]
    assert present["withheld_percent"] >= seldom["withheld_percent"]
    tables = [replay(log, *fit, "1", as_json=False).out for _ in range(2)]
    assert tables[0] == tables[1]
    table = tables[0].splitlines()
    assert len(table) == 7
    assert table[3].split()[0] == "false_bench_every"
    assert table[4].split()[0] == "present"


# ---- the command line -------------------------------------------------------

def test_help():
    done = subprocess.run([PROGRAM, "--help"], capture_output=True, text=True,
                          check=True)
    for word in ("--policy-sweep", "--fit", "--count-all", "--acc-fields", "--json",
                 "reason_header", "Exit status", "--max-calls"):
        assert word in done.stdout


@pytest.mark.parametrize("options", [
    ["--nonsense"], ["--set", "nonsense=1"], ["--set", "rest_seconds=x"],
    ["--policy", "/nonexistent"], ["--policy-sweep", "rest_seconds=1,x"],
    ["--format", "xml"], ["--short-call", "long"], ["--utc-offset", "2"],
    ["--column", "nonsense=x"], ["--default-country", "XX"],
])
def test_wrong_use(replay, options):
    assert replay(as_csv(BAD_BLOCKED[:2]), *options, status=2).err


def test_version():
    done = subprocess.run([PROGRAM, "--version"], capture_output=True,
                          text=True, check=True)
    header = next(MODULE.rglob("version.h")).read_text()
    version = re.search(r'REPUTATION_VERSION "(.+)"', header).group(1)
    assert done.stdout == f"reputation-replay {version}\n"


@pytest.mark.parametrize("header, field", [
    ("when,number,status", "time"),
    ("time,who,status", "number"),
    ("time,number,what", "status"),
])
def test_a_missing_column_names_the_columns_and_the_option(
        replay, header, field):
    log = header + "\n%d,%s,486\n" % (START, BAD)
    err = replay(log, status=1).err
    assert header.replace(",", ", ") in err
    assert "--column %s=NAME" % field in err
    name = next(h for h in header.split(",")
                if h not in ("time", "number", "status"))
    result = replay(log, "--column", "%s=%s" % (field, name))
    assert result.summary["outcomes"]["busy"] == 1


def test_labels_that_are_no_text(replay):
    """JSON all the same, with what is not UTF-8 replaced."""
    calls = calls_of(bad=with_share("blocked", .3), route="ctl",
                     routes=("ctl", "ok"), per_day=4000)
    log = as_csv(calls).encode().replace(b",ctl,", b",c\x01\x7f\x08\xff/\xc3\xa9,")
    assert (replay(log, *CALM).of("benched")[0]["route"]
            == "c\x01\x7f\b\ufffd/\u00e9")


def test_no_log_is_wrong_use():
    done = subprocess.run([PROGRAM], capture_output=True, check=False)
    assert done.returncode == 2


def test_a_file_that_is_not_there(replay):
    result = replay(as_csv(BAD_BLOCKED[:5]), "/nonexistent/log")
    assert "/nonexistent/log" in result.err
    assert result.summary["calls"] == 5


def test_text_for_people(replay):
    text = replay(as_csv(BAD_BLOCKED), *CALM, as_json=False).out
    line = next(li for li in text.splitlines() if " benched " in li).split()
    assert line[0].endswith("Z") and line[0].startswith("2023-11-")
    assert line[1:6] == ["benched", "sales", BAD, "-", "blocked"]
    assert "blocked=" in line[7]
    assert "calls/bench" in text
    quiet = replay(as_csv(BAD_BLOCKED), *CALM, "-q", as_json=False).out
    assert " benched " not in quiet and "calls/bench" in quiet


# ---- acc of a real Kamailio -------------------------------------------------

ACC_MODULES = """loadmodule "acc.so"
loadmodule "db_flatstore.so"
modparam("acc", "log_flag", 1)
modparam("acc", "failed_transaction_flag", 2)
modparam("acc", "db_flag", 1)
modparam("acc", "db_url", "flatstore:%s")
modparam("acc", "db_extra", "number=$rep(number);pool=$rep(pool);\
route=$rep(route);reason_header=$T_rpl($hdr(Reason))")
modparam("acc", "log_extra", "number=$rep(number);pool=$rep(pool);\
route=$rep(route);reason_header=$T_rpl($hdr(Reason))")
"""


@pytest.fixture(scope="module")
def acc(make_shared, tmp_path_factory):
    """The files of a proxy that accounted four calls."""
    directory = tmp_path_factory.mktemp("acc")
    with open(os.path.join(CFG, "minimal.cfg"), encoding="utf-8") as file:
        text = file.read()
    text = text.replace('modparam("tm", "fr_timer"', ACC_MODULES % directory
                        + 'modparam("tm", "fr_timer"', 1)
    text = text.replace("	record_route();",
                        "	record_route();\n	setflag(1); setflag(2);", 1)
    text = text.replace(
        "	if (has_totag()) {", "	if (has_totag()) {\n"
        '		if (is_method("BYE")) setflag(1);', 1)
    carrier = make_shared.carrier()
    pools = write_pool_file(directory, {"sales": (new_numbers(1), {})})
    node = make_shared.kamailio(text=text, POOL_FILE=pools,
                                CARRIER_A=carrier.address)
    caller = make_shared.caller(node)
    for plan, status in ((plans.blocked(), 603), (plans.busy(), 486),
                         (plans.declined(), 603), (plans.answered(), 200)):
        carrier.behaviour = lambda seen, plan=plan: plan
        call = caller.call(new_callee())
        assert call.status == status
    call.bye()
    wait_until(lambda: node.log().count("ACC: ") >= 5)
    flat = b"".join(p.read_bytes() for p in sorted(directory.glob("acc_*")))
    return flat, node.log()


@pytest.mark.parametrize("which", [0, 1], ids=["flat", "log"])
def test_acc_of_a_real_proxy(replay, acc, which):
    result = replay(acc[which], "--format=acc")
    outcomes = {o: n for o, n in result.summary["outcomes"].items() if n}
    assert result.summary["pool"] == "sales", acc[which]
    assert outcomes == {"blocked": 1, "busy": 1, "declined": 1,
                        "short": 1}, acc[which]
