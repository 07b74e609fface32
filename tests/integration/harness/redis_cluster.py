# SPDX-License-Identifier: GPL-2.0-or-later
"""A Redis Cluster of real servers."""

from redis.cluster import RedisCluster

from .process import PATIENCE, free_port, wait_until
from .redis_server import Redis

SLOTS = 16384


class Cluster:
    """`masters` that share the slots, each with so many `replicas`. `tls`: as
    of Redis; they speak it among themselves, too, and tell of those ports who
    asks by it."""

    def __init__(self, masters=3, replicas=0, covered="no", options=(),
                 **tls):
        if tls:
            options = (*options, "--tls-cluster", "yes")
        self.nodes = []
        for _ in range(masters * (1 + replicas)):
            bus = free_port()
            node = Redis(options=(
                "--appendonly", "no", "--databases", "1",
                "--cluster-enabled", "yes",
                "--cluster-port", str(bus), "--cluster-node-timeout", "1500",
                "--cluster-require-full-coverage", covered,
                "--cluster-allow-replica-migration", "no",
                "--repl-diskless-sync-delay", "0", *options), **tls)
            node.bus = bus
            node.id = self._cluster(node, "MYID")
            self.nodes.append(node)
        self.masters = self.nodes[:masters]
        self._meet(masters)
        self.client = RedisCluster(
            "127.0.0.1", self.masters[0].port, decode_responses=True,
            socket_timeout=PATIENCE)

    @staticmethod
    def _cluster(node, *words):
        return node.client.execute_command("CLUSTER " + str(words[0]),
                                           *words[1:])

    def _meet(self, masters):
        for i, node in enumerate(self.nodes):
            self._cluster(node, "SET-CONFIG-EPOCH", i + 1)
        for i, node in enumerate(self.masters):
            self._cluster(node, "ADDSLOTSRANGE", SLOTS * i // masters,
                          SLOTS * (i + 1) // masters - 1)
        for node in self.nodes[1:]:
            self._cluster(node, "MEET", "127.0.0.1", self.nodes[0].wire,
                          self.nodes[0].bus)
        for node in self.nodes:
            wait_until(lambda n=node: self._known(n) == len(self.nodes), 120)
        for i, node in enumerate(self.nodes[masters:]):
            self._cluster(node, "REPLICATE", self.masters[i % masters].id)
        for node in self.nodes:
            wait_until(lambda n=node: self.settled(n), 120,
                       what=node.process.log)

    @staticmethod
    def _known(node):
        return int(node.client.execute_command(
            "CLUSTER INFO")["cluster_known_nodes"])

    def settled(self, node):
        """It knows all, and those that are replicas are in step."""
        info = node.client.execute_command("CLUSTER INFO")
        role = node.client.execute_command("ROLE")
        return info["cluster_state"] == "ok" \
            and int(info["cluster_slots_ok"]) == SLOTS \
            and int(info["cluster_size"]) == len(self.masters) \
            and (node in self.masters or b"connected" in role
                 or "connected" in role)

    @property
    def url(self):
        return "cluster://" + ",".join(
            f"127.0.0.1:{n.wire}" for n in self.nodes)

    def slot(self, pool):
        return self.masters[0].client.execute_command(
            "CLUSTER KEYSLOT", f"{{{pool}}}")

    def master_of(self, pool):
        """As the slots were given out."""
        return self.masters[self.slot(pool) * len(self.masters) // SLOTS]

    def pools_of(self, node, count, head="pool"):
        """Names of pools that this master serves."""
        names = (f"{head}{i}" for i in range(100000))
        return [n for n, _ in zip(
            (n for n in names if self.master_of(n) is node), range(count))]

    def replica_of(self, node):
        at = self.masters.index(node)
        return self.nodes[len(self.masters) + at]

    def migrate(self, slot, source, target, half_way=lambda: None, first=()):
        """Move a slot as redis-cli --cluster reshard does, key by key, those
        of `first` first. `half_way` is called when these, or one, have
        gone."""
        self._cluster(target, "SETSLOT", slot, "IMPORTING", source.id)
        self._cluster(source, "SETSLOT", slot, "MIGRATING", target.id)

        def move(keys):
            for key in keys:
                source.client.execute_command(
                    "MIGRATE", "127.0.0.1", target.wire, key, 0, 5000)
            return keys

        def some(count):
            return source.client.execute_command(
                "CLUSTER GETKEYSINSLOT", slot, count)

        move(first or some(1))
        half_way()
        while move(some(10)):
            pass
        for node in (target, source,
                     *(n for n in self.masters if n not in (source, target))):
            self._cluster(node, "SETSLOT", slot, "NODE", target.id)

    def remove(self):
        self.client.close()
        for n in self.nodes:
            n.remove()


class Alone:
    """A cluster of one master, which serves all slots. What is asked of it, or
    done to it, is so of that."""

    def __init__(self, options=()):
        self.cluster = Cluster(masters=1, options=options)
        self.cluster.client.close()     # it is asked by the master's own

    @property
    def tellers(self):
        return self.ports

    def url_by(self, door):
        return f"cluster://127.0.0.1:{door(self.wire)}"

    @property
    def url(self):
        return self.url_by(lambda port: port)

    def start(self):
        """It is back once it takes writes: masters wait for two seconds."""
        node = self.cluster.masters[0].start()
        wait_until(lambda: self.cluster.settled(node), what=node.process.log)

    def __getattr__(self, name):
        return getattr(self.cluster.masters[0], name)
