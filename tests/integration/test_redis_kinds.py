# SPDX-License-Identifier: GPL-2.0-or-later
"""Redis by TLS, behind Sentinels, as a cluster: calls of real proxies are counted to the
call, and verdicts stay, whoever is the master."""

import threading
from collections import Counter

import pytest
from harness import functions, plans, view
from harness.authority import Authority
from harness.kamailio import has_tls
from harness.pools import EAGER, new_numbers
from harness.process import free_port, wait_until
from harness.redis_cluster import Cluster
from harness.redis_server import Redis
from harness.sentinels import Guarded
from harness.stream import certificate

tls = pytest.mark.skipif(not has_tls(), reason="hiredis is older than 1.0")
STORE_ERRORS = [r"reputation.*([Rr]edis|Sentinel|127\.0\.0\.1|edits are)"]


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("tls"), "ours")


@pytest.fixture(scope="module")
def proof(ours):
    """What a proxy shows and trusts."""
    cert, key = ours.issue("proxy", "DNS:proxy")
    return {"REDIS_TLS_CA": ours.cert, "REDIS_TLS_CERT": cert,
            "REDIS_TLS_KEY": key}


def listeners():
    return {f"LISTEN_{kind.upper()}": f"{kind}:127.0.0.1:{free_port()}"
            for kind in ("tcp", "tls")}


class Site:
    """Two proxies with traffic, on a pool of which one number rests."""

    def __init__(self, make, redis, url=None, sip_tls=False, **options):
        self.redis = redis
        self.numbers = new_numbers(6)
        redis.seed("sales", self.numbers, {**EAGER, "false_bench_every":
                                           10 ** 9})
        self.carrier = make.carrier(lambda seen: plans.busy())
        self.nodes = [make.kamailio(
            "functions.cfg", REDIS=url or redis.url, NODE_ID=name,
            CARRIER_A=self.carrier.address, allow_errors=STORE_ERRORS,
            **options, **(listeners() if sip_tls else {})) for name in "ab"]
        for node in self.nodes:
            view.wait_connected(node)
            view.wait_numbers(node, "sales", self.numbers)
        self.resting = self.numbers[0]
        self.nodes[0].rpc("reputation.bench", "sales", self.resting, 86400)
        self.all_rest()
        self.made, self.statuses = Counter(), Counter()
        self.ending = threading.Event()
        self.dialers = [threading.Thread(target=self._dial, args=(
            i, make.caller(node))) for i, node in enumerate(self.nodes)]
        for dialer in self.dialers:
            dialer.start()

    def _dial(self, i, caller):
        while not self.ending.wait(0.02):
            self.statuses[functions.dial(caller, "sales").status] += 1
            self.made[i] += 1

    def more(self, calls=30):
        """Until each proxy has carried so many more."""
        until = {i: self.made[i] + calls for i in range(2)}
        wait_until(lambda: all(self.made[i] >= n for i, n in until.items()))

    def all_rest(self):
        for node in self.nodes:
            view.wait_state(node, "sales", self.resting, "benched")
        wait_until(lambda: (self.redis.health("sales", self.resting) or {})
                   .get("state") == "benched")

    def end(self):
        self.ending.set()
        for dialer in self.dialers:
            dialer.join()

    def true(self):
        """What the carrier sent = Redis = each proxy, by number."""
        self.end()
        want = {n: dict(c) for n, c in self.carrier.sent.items()}
        assert self.resting not in want
        assert self.statuses == {486: sum(self.made.values())}

        def in_redis():
            return {n: view.nonzero(h["counts"]) for n, h in
                    self.redis.health("sales").items() if h["calls"]}

        wait_until(lambda: in_redis() == want,
                   what=lambda: (in_redis(), want))
        for node in self.nodes:
            for n in self.numbers:
                view.wait_counts(node, "sales", n, want.get(n, {}))
        self.all_rest()


@pytest.fixture
def site(make):
    made = []

    def build(*args, **options):
        made.append(Site(make, *args, **options))
        return made[-1]

    yield build
    for s in made:
        s.end()


@pytest.fixture
def server():
    """server(class, …), ended after the test."""
    made = []

    def build(kind, **options):
        made.append(kind(**options))
        return made[-1]

    yield build
    for s in made:
        s.remove()


# ---- TLS --------------------------------------------------------------------


@tls
@pytest.mark.parametrize("host,names", [
    ("localhost", "DNS:localhost"), ("127.0.0.1", "IP:127.0.0.1")])
def test_by_tls_as_both_show_who_they_are(server, site, ours, proof, host,
                                          names):
    redis = server(Redis, authority=ours, names=names, mutual=True)
    s = site(redis, url=f"rediss://{host}:{redis.wire}", **proof)
    s.more()
    redis.client.client_kill_filter(_type="normal", skipme=True)
    s.more()
    # an edit is told, not found by polling
    redis.set_policy("sales", rest_seconds=7777)
    for node in s.nodes:
        wait_until(lambda n=node: view.policy(n, "sales")[
            "rest_seconds"] == "7777")
    s.true()


@pytest.mark.parametrize("by_tls", [False, pytest.param(True, marks=tls)])
def test_beside_sip_over_tls(server, site, ours, proof, tmp_path, by_tls):
    """Kamailio's tls module gives OpenSSL shared memory: no process may clean
    up what is all processes'."""
    cert, key = certificate(tmp_path)
    redis = server(Redis, **({"authority": ours, "mutual": True}
                             if by_tls else {}))
    s = site(redis, sip_tls=True, leak_check=True, CERTIFICATE=cert, KEY=key,
             **(proof if by_tls else {}))
    for _ in range(5):
        s.more(10)
        redis.client.client_kill_filter(_type="normal", skipme=True)
        for node in s.nodes:
            view.wait_connected(node)
    s.true()


@tls
@pytest.mark.parametrize("wrong", ["name", "authority", "no certificate"])
def test_tls_is_refused(make, server, ours, proof, tmp_path, wrong):
    redis = server(Redis, authority=ours, mutual=True, names="DNS:localhost")
    proof, host = dict(proof), "localhost"
    if wrong == "name":
        host, said = "127.0.0.1", "IP address mismatch"
    elif wrong == "authority":
        proof["REDIS_TLS_CA"] = Authority(tmp_path, "other").cert
        said = "certificate"
    else:
        proof = {"REDIS_TLS_CA": ours.cert}
        said = "Redis at"
    node = make.kamailio("functions.cfg", allow_errors=STORE_ERRORS,
                         REDIS=f"rediss://{host}:{redis.wire}", **proof)
    node.wait_log(rf"reputation.*{said}")
    assert view.store_state(node) == "disconnected"


# ---- Sentinels --------------------------------------------------------------


def follows(s, guarded, how):
    """The master goes, and calls do not."""
    s.more()
    old = guarded.master()
    getattr(guarded, how)()
    new = wait_until(lambda: (m := guarded.master()) is not old and m)
    for node in s.nodes:
        node.wait_log(rf"connected to Redis at 127\.0\.0\.1:{new.wire}\b")
    s.more()
    if how == "kill":
        guarded.start()
    s.true()
    for node in s.nodes:
        assert len(node.logged("connected to Redis at")) == 2, node.log()


@pytest.mark.parametrize("how", ["kill", "fail_over"])
def test_a_failover(server, site, tmp_path, how):
    secret = tmp_path / "secret"
    secret.write_text("watch\n")
    guarded = server(Guarded, password="watch", replicas=2)
    follows(site(guarded, SENTINEL_PASSWORD_FILE=str(secret)), guarded, how)


@tls
@pytest.mark.parametrize("how", ["kill", "fail_over"])
def test_a_failover_by_tls(server, site, ours, proof, how):
    guarded = server(Guarded, authority=ours, mutual=True)
    follows(site(guarded, **proof), guarded, how)


# ---- a cluster --------------------------------------------------------------


class Spread:
    """A cluster as Site takes it: `serves` is who has the pool."""

    def __init__(self, cluster, pool):
        self.cluster, self.url = cluster, cluster.url
        self.serves = cluster.master_of(pool)

    def seed(self, pool, numbers, policy):
        client = self.cluster.client
        client.hset(f"rep:numbers:{{{pool}}}",
                    mapping={number: "{}" for number in numbers})
        client.hset(f"rep:policy:{{{pool}}}", mapping=policy)
        client.sadd("rep:pools", pool)

    def health(self, *which):
        return self.serves.health(*which)


@pytest.mark.parametrize("by_tls", [False, pytest.param(True, marks=tls)])
def test_a_master_of_a_cluster_dies(server, site, ours, proof, by_tls):
    cluster = server(Cluster, replicas=1, **(
        {"authority": ours, "mutual": True} if by_tls else {}))
    spread = Spread(cluster, "sales")
    s = site(spread, **(proof if by_tls else {}))
    s.more()
    lost, spread.serves = spread.serves, cluster.replica_of(spread.serves)
    lost.kill()
    for node in s.nodes:
        node.wait_log(r"connected to Redis master 127\.0\.0\.1:"
                      rf"{spread.serves.wire}\b")
    s.more()
    s.true()
    for node in s.nodes:
        assert len(node.logged(r"Redis master .* go on with")) == 1, node.log()
