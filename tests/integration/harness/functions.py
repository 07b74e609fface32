# SPDX-License-Identifier: GPL-2.0-or-later
"""Calls a script function of the module through cfg/functions.cfg, dials
through it, and reads what its routes saw."""

from dataclasses import dataclass

from .pools import new_callee
from .process import wait_until


@dataclass
class Result:
    code: int
    number: str
    pool: str
    route: str
    state: str
    reason: str
    score: str
    attest: str = ""
    retry_after: str = ""


def call(caller, function, pool="", **arguments):
    """`arguments`: number, callee, route, outcome, seconds."""
    ask = function in ("pick", "track", "apply")
    headers = [f"X-Ask: {function}" if ask else f"X-Do: {function}"]
    if pool:
        headers.append(f"X-Pool: {pool}")
    headers += [f"X-{name.capitalize()}: {value}"
                for name, value in arguments.items()]
    reply = caller.call("+13035550000", headers).final if ask \
        else caller.options(headers)

    def said(name):
        value = reply.get(name) or ""
        return "" if value == "<null>" else value

    return Result(int(said("x-rc") or 0), said("x-rep-number"),
                  said("x-rep-pool"), said("x-rep-route"),
                  said("x-rep-state"), said("x-rep-reason"),
                  said("x-rep-score"), said("x-rep-attest"),
                  said("x-rep-retry-after"))


def wait_picked(caller, pool, number):
    """Pick until it is this number's turn."""
    wait_until(lambda: call(caller, "pick", pool, callee=new_callee()).number
               == number, what=f"{number} is picked")


def invite(caller, pool, *headers, callee=None, **plan):
    """A call through functions.cfg, with a number of `pool`. `do` and `next`:
    what its routes do with it. Does not wait."""
    headers = [f"X-Pool: {pool}", *headers,
               *(f"X-{name.capitalize()}: {value}"
                 for name, value in plan.items())]
    return caller.invite(callee or new_callee(), headers)


def dial(caller, pool, *headers, **options):
    """The same, until its final reply."""
    call = invite(caller, pool, *headers, **options)
    call.wait_final()
    return call


def saw(node, call, what):
    """What the script of this call logged after the word `what`."""
    line, = node.wait_log(rf"SAW \{call.callee}: {what} ")
    return line.split(f"{what} ", 1)[1].split()
