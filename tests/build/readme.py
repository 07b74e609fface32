# SPDX-License-Identifier: GPL-2.0-or-later
"""README's configuration as it stands there, the commands below it, and one
call. It uses the ports that README uses, installs the module, and leaves
servers running: for a network namespace of a system that is thrown away."""

import os
import re
import subprocess
import sys

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(ROOT, "tests", "integration"))

# pylint: disable=wrong-import-position
from harness.caller import Caller  # noqa: E402
from harness.carrier import Carrier  # noqa: E402
from harness.process import wait_until  # noqa: E402

SUDO = "" if os.getuid() == 0 else "sudo "


class ReadmesCarrier(Carrier):
    BIND_PORT = 5070


def read_readme():
    """(configuration, commands below it)"""
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as readme:
        _, config, below = readme.read().split("```\n", 2)
    commands = re.findall(r"^    (\S.*)$", below, re.MULTILINE)
    return config, commands


def run(command):
    print("$", SUDO + command, flush=True)
    done = subprocess.run(SUDO + command, shell=True, cwd=ROOT, timeout=300,
                          text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    print(done.stdout, flush=True)
    assert done.returncode == 0, f"exit status {done.returncode}"
    return done.stdout


def reaches_redis():
    return subprocess.run(["redis-cli", "ping"], check=False, text=True,
                          capture_output=True).stdout.strip() == "PONG"


def call_count(command):
    """The sum of the numbers' calls, by README's kamcmd command."""
    return sum(map(int, re.findall(r"^\s*calls: (\d+)", run(command),
                                   re.MULTILINE)))


def call(numbers):
    """One answered call through the proxy, from one of `numbers`."""
    carrier, caller = ReadmesCarrier(), Caller(("127.0.0.1", 5060))
    dialled = caller.call("+12025550199")
    assert dialled.status == 200, dialled.final
    assert dialled.bye().status == 200
    seen, = carrier.calls
    assert seen.number in numbers and seen.asserted == [seen.number], \
        (seen.number, seen.asserted)
    for peer in (caller, carrier):
        peer.close()
        assert not peer.errors, peer.errors
    print(f"called from {seen.number}")


def main():
    config, commands = read_readme()
    numbers = re.findall(r"\+\d{11}", "\n".join(commands))
    assert "loadmodule" in config and len(numbers) == 2, (config, commands)
    with open(os.path.join(ROOT, "reputation.cfg"), "w",
              encoding="utf-8") as out:
        out.write(config)
    for command in commands:
        run(command)
        if command.startswith("redis-server"):
            wait_until(reaches_redis, what="Redis answers")
    show = commands[-1]
    wait_until(lambda: all(n in run(show) for n in numbers), interval=0.5,
               what="the numbers in the pool")
    call(numbers)
    wait_until(lambda: call_count(show) == 1, interval=0.5,
               what="the call is counted")
    print("README's configuration works: 1 passed")


if __name__ == "__main__":
    main()
