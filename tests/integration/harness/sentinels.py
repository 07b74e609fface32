# SPDX-License-Identifier: GPL-2.0-or-later
"""Sentinels: real ones, and one that says what it is told to say."""

import os
import shutil
import socketserver
import tempfile
import threading

import redis

from .process import PATIENCE, Process, free_port, wait_until
from .redis_server import PROGRAM, Redis


class Sentinel:
    """A real one that watches a master by the name of "main"."""

    def __init__(self, master, quorum, password=None, authority=None,
                 mutual=False):
        self.port = self.wire = free_port()
        self.directory = tempfile.mkdtemp(prefix="rep-sentinel-")
        path = os.path.join(self.directory, "sentinel.conf")
        lines = [f"port {self.port}", "bind 127.0.0.1",
                 f"dir {self.directory}"]
        if authority:
            self.wire = free_port()
            lines += ["tls-replication yes", *(
                f"{name} {value}" for name, value
                in authority.settings(self.wire, mutual=mutual).items())]
        lines += [f"sentinel monitor main 127.0.0.1 {master.wire} {quorum}",
                  "sentinel down-after-milliseconds main 2000",
                  "sentinel failover-timeout main 4000"]
        if password:
            lines += [f"requirepass {password}",
                      f"sentinel sentinel-pass {password}"]
        with open(path, "w", encoding="ascii") as conf:
            conf.write("\n".join(lines) + "\n")
        self.process = Process(
            [PROGRAM, path, "--sentinel"],
            os.path.join(self.directory, "sentinel.log"))
        self.client = redis.Redis(port=self.port, password=password,
                                  decode_responses=True,
                                  socket_timeout=PATIENCE)
        wait_until(self.master, what=self.process.log)

    def master(self):
        """What it says of the master, {} when it does not answer."""
        try:
            words = self.client.execute_command("SENTINEL", "MASTER", "main")
        except redis.exceptions.RedisError:
            return {}
        return words if isinstance(words, dict) \
            else dict(zip(words[::2], words[1::2]))

    def sees(self, replicas, sentinels):
        told = self.master()
        return int(told.get("num-slaves", 0)) == replicas \
            and int(told.get("num-other-sentinels", 0)) == sentinels - 1

    def remove(self):
        self.client.close()
        self.process.kill()
        shutil.rmtree(self.directory, ignore_errors=True)


class Guarded:
    """A master, `replicas` and three Sentinels (with a password of their
    own). What is asked of it is asked of the master of now, what is done to it
    is done to that."""

    def __init__(self, replicas=1, password=None, authority=None,
                 mutual=False, options=("--appendonly", "no")):
        tls = {"authority": authority, "mutual": mutual}
        first = Redis(options=options, **tls)
        # an empty master waits with a copy for more who want one
        first.client.config_set("repl-diskless-sync-delay", 0)
        options = (*options, "--replicaof", f"127.0.0.1 {first.wire}")
        self.servers = [first, *(Redis(options=options, **tls)
                                 for _ in range(replicas))]
        for s in self.servers[1:]:
            wait_until(lambda s=s: s.client.info("replication")[
                "master_link_status"] == "up", what=s.process.log)
        self.sentinels = [Sentinel(first, 2, password, **tls)
                          for _ in range(3)]
        for s in self.sentinels:
            wait_until(lambda s=s: s.sees(replicas, 3), 120,
                       what=s.process.log)
        self.down = None

    @property
    def ports(self):
        return [s.wire for s in (*self.sentinels, *self.servers)]

    @property
    def tellers(self):
        return [s.wire for s in self.sentinels]

    def url_by(self, door):
        return "sentinel://" + ",".join(
            f"127.0.0.1:{door(s.wire)}" for s in self.sentinels) + "/main"

    @property
    def url(self):
        return self.url_by(lambda port: port)

    def master(self):
        """The server whom the newest word of the Sentinels names, if it says
        so, too; None else."""
        told = max((s.master() for s in self.sentinels),
                   key=lambda m: int(m.get("config-epoch", -1)))
        return next((s for s in self.servers if str(s.wire) == told.get("port")
                     and s is not self.down and s.role() == "master"), None)

    def __getattr__(self, name):
        return getattr(wait_until(self.master, what="a master"), name)

    def fail_over(self):
        """In good order, to another one."""
        old = wait_until(self.master)
        wait_until(lambda: self._ordered() or self.master() is not old)
        wait_until(lambda: self.master() not in (old, None))

    def _ordered(self):
        try:
            return self.sentinels[0].client.execute_command(
                "SENTINEL", "FAILOVER", "main")
        except redis.exceptions.ResponseError:
            return False    # one is under way, or no replica is fit

    def promoted(self, how):
        """Do that to the master, and wait for another one: the old one."""
        old = wait_until(self.master)
        getattr(self, how)()
        wait_until(lambda: self.master() not in (old, None))
        return old

    def kill(self):
        self.down = wait_until(self.master)
        self.down.kill()

    def start(self):
        """The one that was killed comes back."""
        back, self.down = self.down, None
        back.start()

    def freeze(self):
        self.down = wait_until(self.master)
        self.down.freeze()

    def thaw(self):
        for s in self.servers:
            s.thaw()
        if self.down and self.down.process.running():
            self.down = None

    def remove(self):
        for s in (*self.sentinels, *self.servers):
            s.remove()


class _Talk(socketserver.StreamRequestHandler):
    def handle(self):
        puppet = self.server.puppet
        while line := self.rfile.readline():
            words = []
            for _ in range(int(line[1:])):
                size = int(self.rfile.readline()[1:])
                words.append(self.rfile.read(size + 2)[:-2].decode())
            if words[0] == "SENTINEL":
                puppet.asked += 1
                self.say("name", "main", "ip", "127.0.0.1", "port",
                         puppet.port_told, "config-epoch", puppet.epoch)
            elif words[0] == "SUBSCRIBE":
                self.say("subscribe", words[1], 1)
                puppet.listeners.append(self)

    def say(self, *words):
        text = f"*{len(words)}\r\n" + "".join(
            f"${len(str(w))}\r\n{w}\r\n" for w in words)
        self.wfile.write(text.encode())


class Puppet(socketserver.ThreadingTCPServer):
    """Says that the master is at `port_told`, and what it is told to say."""

    daemon_threads = True

    def __init__(self, port_told, epoch=1):
        super().__init__(("127.0.0.1", 0), _Talk)
        self.puppet, self.port = self, self.server_address[1]
        self.port_told, self.epoch = port_told, epoch
        self.asked, self.listeners = 0, []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def switch(self, name, old, new):
        for listener in list(self.listeners):
            try:
                listener.say("message", "+switch-master",
                             f"{name} 127.0.0.1 {old} 127.0.0.1 {new}")
            except OSError:
                pass  # one that has gone

    def end(self):
        self.shutdown()
        self.server_close()
