# SPDX-License-Identifier: GPL-2.0-or-later
"""A bad module parameter stops the start, with one sentence that names it."""

import json
import re
from urllib.request import Request, urlopen

import pytest
from harness.kamailio import CFG
from harness.pools import new_numbers, write_pool_file
from harness.process import PATIENCE, free_port, wait_until

TEMPLATE = """#!KAMAILIO
debug=2
children=1
disable_tcp=yes
listen=LISTEN
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "uac.so"
loadmodule "ctl.so"
loadmodule "jsonrpcs.so"
loadmodule "reputation.so"
modparam("rr", "append_fromtag", 1)
modparam("jsonrpcs", "transport", 4)
{parameters}
request_route {{
	exit;
}}
"""


def modparam(name, value):
    text = f'"{value}"' if isinstance(value, str) else value
    return f'modparam("reputation", "{name}", {text})'


def configured(make, parameters, **options):
    text = TEMPLATE.format(parameters="\n".join(
        modparam(name, value) for name, value in parameters))
    return make.kamailio(text=text, start=False, **options)


@pytest.mark.parametrize("name,value", [
    ("redis", "localhost"),
    ("redis", "http://127.0.0.1:6379"),
    ("redis", "redis://"),
    ("redis", "redis://127.0.0.1:0"),
    ("redis", "redis://127.0.0.1:65536"),
    ("redis", "redis://127.0.0.1:6379/db"),
    ("redis", "unix:"),
    ("key_prefix", ""),
    ("key_prefix", "a b"),
    ("key_prefix", "a{b}"),
    ("sync_interval", 0),
    ("sync_interval", -200),
    ("mode", "sometimes"),
    ("mode", ""),
    ("short_call", -1),
    ("max_numbers", 0),
    ("max_numbers", -5),
    ("max_calls", -1),
    ("pool_file", "/nonexistent/pools.json"),
    ("pool_file", "/"),
    ("redis_password_file", "/nonexistent/secret"),
    ("node_id", "a b"),
    ("node_id", "n" * 200),
])
def test_bad_value(make, name, value):
    parameters = [(name, value)]
    if name == "redis_password_file":
        parameters.append(("redis", "redis://127.0.0.1:1"))
    node = configured(make, parameters)
    status, log = node.run_to_end()
    assert status != 0, log
    said = [line for line in log.splitlines()
            if re.search(r"(ERROR|CRITICAL).*reputation.*\b" + name + r"\b",
                         line)]
    assert len(said) == 1, log


def test_unknown_parameter(make):
    node = configured(make, [("no_such_parameter", 1)])
    status, log = node.run_to_end()
    assert status != 0
    assert "no_such_parameter" in log


def test_defaults_start(make):
    node = configured(make, [])
    node.start()
    assert node.rpc("reputation.store")["state"] == "none"


def test_every_parameter_at_once(make, tmp_path):
    pools = write_pool_file(tmp_path, {"sales": (new_numbers(1), {})})
    secret = tmp_path / "secret"
    secret.write_text("guarded\n")
    node = configured(make, [
        ("redis", "redis://127.0.0.1:1"), ("redis_username", "kamailio"),
        ("redis_password_file", str(secret)), ("key_prefix", "other"),
        ("node_id", "proxy-1.example"), ("pool_file", pools),
        ("sync_interval", 100), ("mode", "observe"), ("short_call", 10),
        ("max_numbers", 1000), ("max_calls", 500)],
        allow_errors=[r"reputation.*127\.0\.0\.1"])
    node.start()
    assert node.rpc("reputation.store")


@pytest.mark.parametrize("cfg", ["minimal.cfg", "outbound.cfg", "kemi.cfg"])
def test_examples_pass_the_check(make, cfg):
    node = make.kamailio(cfg, start=False)
    status, said = node.check_config()
    assert status == 0, said
    assert node.cfg.startswith(CFG)


def test_redis_out_of_reach_is_no_reason_not_to_start(make, tmp_path):
    pools = write_pool_file(tmp_path, {"sales": (new_numbers(1), {})})
    node = make.kamailio(
        "outbound.cfg", REDIS="redis://127.0.0.1:1", POOL_FILE=pools,
        allow_errors=[r"reputation.*(127\.0\.0\.1|[Rr]edis)"])
    wait_until(
        lambda: node.rpc("reputation.store")["state"] == "disconnected")
    wait_until(lambda: node.rpc("reputation.pools"),
               what="the pools of pool_file")


def test_http_rpc(make):
    """JSON-RPC over HTTP, as outbound.cfg offers it."""
    port = free_port()
    node = make.kamailio("outbound.cfg", REDIS="",
                         HTTP=f"tcp:127.0.0.1:{port}")
    assert node.rpc("core.uptime")
    request = Request(f"http://127.0.0.1:{port}/RPC", json.dumps(
        {"jsonrpc": "2.0", "id": 1, "method": "reputation.store"}).encode())
    with urlopen(request, timeout=PATIENCE) as reply:
        assert json.load(reply)["result"]["state"] == "none"


@pytest.mark.parametrize("mode,warned", [("none", 1), ("auto", 0)])
def test_restore_mode_of_uac(make, mode, warned):
    """With none, the caller sees the swapped From: said once, at the start."""
    text = TEMPLATE.format(
        parameters=f'modparam("uac", "restore_mode", "{mode}")')
    node = make.kamailio(text=text)
    assert node.log().count("restore_mode of uac is none") == warned
