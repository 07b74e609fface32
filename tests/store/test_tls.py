# SPDX-License-Identifier: GPL-2.0-or-later
"""TLS to Redis, where the build has it; elsewhere the sentence that says why
not."""

import pytest

from drivers import TLS, Traffic, empty_redis
from harness.authority import Authority
from harness.process import wait_until
from harness.redis_cluster import Cluster
from harness.sentinels import Guarded, Puppet
from test_sentinel import follows
from test_cluster_live import said, written as stands
from test_store_live import FIRST, fill, ready, same, written

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


@pytest.fixture
def cluster(ours):
    """cluster(names, …): its nodes have certificates for `names`."""
    made = []

    def make(**options):
        made.append(Cluster(authority=ours, mutual=True, **options))
        return made[-1]

    yield make
    for c in made:
        c.remove()


@tls
def test_a_cluster_moves_a_slot_and_loses_a_master(cluster, start, ours):
    """All nodes by TLS, whom the table, a redirection and a failover name."""
    c = cluster(replicas=1)
    moves, dies = (c.pools_of(m, 1)[0] for m in c.masters[:2])
    cert, key = ours.issue("node", "DNS:proxy")
    nodes = []
    for p in (moves, dies):
        fill(c.client, p)
    for name in "ab":
        nodes.append(start(c.url, name, DRIVER_TLS_CA=ours.cert,
                           DRIVER_TLS_CERT=cert, DRIVER_TLS_KEY=key))
    calls = {}
    for p in (moves, dies):
        ready(*nodes, pool=p)
        calls[p] = [Traffic(n, FIRST, pool=p) for n in nodes]

    def more():
        for t in (*calls[moves], *calls[dies]):
            t.more(300)

    more()
    c.migrate(c.slot(moves), c.masters[0], c.masters[2], more)
    more()
    heir = c.replica_of(c.masters[1])
    c.masters[1].kill()
    for n in nodes:
        said(n, f"connected to Redis master 127.0.0.1:{heir.wire}, of 1 pools")
    more()
    for p, master in ((moves, c.masters[2]), (dies, heir)):
        made = sum(t.end() for t in calls[p])
        same(nodes, made, p)
        stands(c, master, p, made)
    for n in nodes:
        assert n.status()["follow"] == "tracking"
    # nobody came by a port without TLS
    for node in c.nodes:
        for client in node.client.client_list() if node is not c.masters[1] \
                else ():
            assert not client["name"].startswith("reputation") \
                or client["laddr"].endswith(f":{node.wire}"), client


@tls
@pytest.mark.parametrize("wrong", ["name", "no certificate", "plain"])
def test_a_cluster_refuses_and_is_refused(cluster, start, ours, wrong):
    c = cluster(masters=1, names="IP:127.0.0.2" if wrong == "name"
                else "IP:127.0.0.1")
    cert, key = ours.issue("node", "DNS:proxy")
    shows = {} if wrong == "no certificate" else {
        "DRIVER_TLS_CERT": cert, "DRIVER_TLS_KEY": key}
    port = c.masters[0].port if wrong == "plain" else c.masters[0].wire
    refused(start(f"cluster://127.0.0.1:{port}", "a",
                  DRIVER_TLS_CA=ours.cert, **shows),
            f"no node of a cluster: 127.0.0.1:{port}: " + {
                "name": "TLS: IP address mismatch",
                "no certificate": "",
                "plain": "TLS"}[wrong])


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
