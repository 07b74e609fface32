# SPDX-License-Identifier: GPL-2.0-or-later
"""Network namespaces: a Redis and nodes, each a machine of its own on one
switch, whose cables a test can pull. The kernel's own TCP is between them."""

import os
import subprocess
import uuid

import redis

from drivers import FORGETS
from harness import kinds
from harness.process import PATIENCE
from harness.redis_server import Redis


def ip(*words):
    subprocess.run(["ip", *map(str, words)], check=True, capture_output=True,
                   text=True)


def missing():
    """Why there can be no namespaces here, or None."""
    if os.geteuid() != 0:
        return "network namespaces want root"
    try:
        Network(0).remove()
    except (OSError, subprocess.CalledProcessError) as error:
        return f"no network namespaces here: {error} " \
            f"{getattr(error, 'stderr', '')}"
    return None


class Network:
    """A switch and the server's namespace in one, and `nodes` more."""

    def __init__(self, nodes):
        self.name = f"rep{uuid.uuid4().hex[:8]}"
        self.made = []
        try:
            self._make(nodes)
        except BaseException:
            self.remove()
            raise

    def _make(self, nodes):
        self.hub = self._space("hub")
        ip("-n", self.hub, "link", "add", "name", "sw0", "type", "bridge")
        ip("-n", self.hub, "addr", "add", "10.9.0.1/24", "dev", "sw0")
        ip("-n", self.hub, "link", "set", "sw0", "up")
        for i in range(nodes):
            space = self._space(i)
            ip("-n", self.hub, "link", "add", "name", f"to{i}", "type", "veth",
               "peer", "name", "eth0", "netns", space)
            ip("-n", space, "addr", "add", f"10.9.0.{i + 2}/24", "dev",
               "eth0")
            ip("-n", space, "link", "set", "eth0", "up")
            ip("-n", self.hub, "link", "set", f"to{i}", "up")
            self.mend(i)

    def _space(self, what):
        space = f"{self.name}-{what}"
        ip("netns", "add", space)
        self.made.append(space)
        ip("-n", space, "link", "set", "lo", "up")
        return space

    def pull(self, i):
        """The cable between node and switch is out at the switch's end: what
        is sent is lost, and nobody is told."""
        ip("-n", self.hub, "link", "set", f"to{i}", "nomaster")

    def mend(self, i):
        ip("-n", self.hub, "link", "set", f"to{i}", "master", "sw0")

    def inside(self, i):
        """Words before a command that shall run there."""
        return ["nsenter", f"--net=/run/netns/{self.made[i + 1]}"]

    def remove(self):
        for space in self.made:
            subprocess.run(["ip", "netns", "del", space], check=False,
                           capture_output=True)
        self.made = []


class RedisInside(Redis):
    """In the hub's namespace; the test speaks to it by its Unix socket."""

    def __init__(self, network):
        self.network = network
        super().__init__(**kinds.as_server, options=(
            *FORGETS, "--bind", "10.9.0.1", "--protected-mode", "no"))

    @property
    def url(self):
        return super().url.replace("127.0.0.1", "10.9.0.1")

    def _argv(self):
        return ["nsenter", f"--net=/run/netns/{self.network.hub}",
                *super()._argv()]

    def connect(self, **options):
        return redis.Redis(unix_socket_path=self.socket_path,
                           decode_responses=True, socket_timeout=PATIENCE,
                           **options)
