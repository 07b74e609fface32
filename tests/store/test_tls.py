# SPDX-License-Identifier: GPL-2.0-or-later
"""TLS to Redis, where the build has it; elsewhere the sentence that says why
not."""

import pytest

from drivers import TLS, empty_redis
from harness.authority import Authority
from harness.process import wait_until
from harness.sentinels import Guarded, Puppet
from test_sentinel import follows
from test_store_live import fill, ready, same, written

tls = pytest.mark.skipif(not TLS, reason="hiredis is older than 1.0")


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("tls"), "ours")


@pytest.fixture
def secured(ours):
    """secured(names, mutual): a server with a certificate for `names`."""
    made = []

    def make(names, mutual=False):
        made.append(empty_redis(authority=ours, names=names, mutual=mutual))
        return made[-1]

    yield make
    for server in made:
        server.remove()


def refused(driver, text):
    wait_until(lambda: text in driver.log(), what=driver.log)
    assert not driver.connected()


@tls
@pytest.mark.parametrize("host, names", [
    ("localhost", "DNS:localhost"), ("127.0.0.1", "IP:127.0.0.1")])
def test_counts_go_over_tls(secured, start, ours, host, names):
    server = secured(names)
    fill(server.client, numbers=2000)
    url = f"rediss://{host}:{server.wire}"
    a = start(url, "a", DRIVER_TLS_CA=ours.cert)
    b = start(url, "b", DRIVER_TLS_CA=ours.cert)
    ready(a, b, numbers=2000)
    a.ask("spread", "sales", "+15551230000", 2000, 20000)
    same([a, b], 20000)
    written(server.client, 20000)
    assert a.status()["follow"] == "tracking"


@tls
def test_another_name_is_refused(secured, start, ours):
    server = secured("DNS:redis.example.com,IP:127.0.0.2")
    for host, word in (("localhost", "ostname mismatch"),
                       ("127.0.0.1", "IP address mismatch")):
        refused(start(f"rediss://{host}:{server.wire}", "a",
                      DRIVER_TLS_CA=ours.cert), word)


@tls
def test_another_authority_is_refused(secured, start, tmp_path):
    server = secured("DNS:localhost")
    other = Authority(tmp_path, "other")
    url = f"rediss://localhost:{server.wire}"
    refused(start(url, "a", DRIVER_TLS_CA=other.cert), "certificate")
    refused(start(url, "b"), "certificate")


@tls
def test_both_sides_show_who_they_are(secured, start, ours, tmp_path):
    server = secured("DNS:localhost", mutual=True)
    fill(server.client)
    url = f"rediss://localhost:{server.wire}"
    refused(start(url, "a", DRIVER_TLS_CA=ours.cert), "Redis at")
    cert, key = ours.issue("client", "DNS:proxy")
    b = start(url, "b", DRIVER_TLS_CA=ours.cert, DRIVER_TLS_CERT=cert,
              DRIVER_TLS_KEY=key)
    ready(b)
    other = Authority(tmp_path, "other")
    c = start(url, "c", DRIVER_TLS_CA=ours.cert, DRIVER_TLS_CERT=cert,
              DRIVER_TLS_KEY=other.key)
    refused(c, "redis_tls_key cannot be used")


@tls
def test_files_are_read_at_each_connect(secured, start, ours, tmp_path):
    server = secured("DNS:localhost")
    ca = tmp_path / "ca.pem"
    ca.write_text(open(Authority(tmp_path, "other").cert).read())
    a = start(f"rediss://localhost:{server.wire}", "a",
              DRIVER_TLS_CA=str(ca))
    refused(a, "certificate")
    ca.write_text(open(ours.cert).read())
    a.wait_connected()


@tls
def test_a_plain_server_is_no_tls_server(server, start):
    refused(start(f"rediss://localhost:{server.port}", "a"), "TLS")


@tls
@pytest.mark.parametrize("how", ["kill", "fail_over"])
def test_sentinels_and_those_whom_they_watch(start, ours, how):
    g = Guarded(authority=ours)
    try:
        follows(g, start, getattr(g, how), DRIVER_TLS_CA=ours.cert)
    finally:
        g.remove()


@tls
def test_a_plain_sentinel_is_no_tls_sentinel(server, start, ours):
    puppet = Puppet(server.port)  # a plain one
    a = start(f"sentinel://127.0.0.1:{puppet.port}/main", "a",
              DRIVER_TLS_CA=ours.cert)
    refused(a, "no Sentinel tells where main is: TLS")
    puppet.end()


@pytest.mark.skipif(TLS, reason="this build has TLS")
def test_a_build_without_says_so(start):
    for url, ca in (("rediss://localhost", ""),
                    ("sentinel://localhost/main", "/etc/ca.pem")):
        d = start(url, "a", DRIVER_TLS_CA=ca)
        assert d.process.wait(60) == 1
        assert d.log() == ("ERR redis: TLS needs hiredis 1.0 or newer with "
                           "hiredis_ssl, and this was built without: build "
                           "it with HIREDIS=dir\n")
        d.process.returncode = 0
