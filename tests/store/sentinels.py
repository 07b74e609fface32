# SPDX-License-Identifier: GPL-2.0-or-later
"""Sentinels: real ones, and one that says what it is told to say."""

import os
import shutil
import socketserver
import tempfile
import threading

import redis

from drivers import empty_redis
from harness.process import PATIENCE, Process, free_port, wait_until
from harness.redis_server import PROGRAM


class Sentinel:
    """A real one that watches a master by the name of "main"."""

    def __init__(self, master, quorum, password=None):
        self.port = free_port()
        self.directory = tempfile.mkdtemp(prefix="rep-sentinel-")
        path = os.path.join(self.directory, "sentinel.conf")
        lines = [f"port {self.port}", "bind 127.0.0.1",
                 f"dir {self.directory}",
                 f"sentinel monitor main 127.0.0.1 {master.port} {quorum}",
                 "sentinel down-after-milliseconds main 1000",
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
    """A master, a replica and three Sentinels."""

    def __init__(self, password=None):
        self.master = empty_redis()
        self.replica = empty_redis(
            "--replicaof", f"127.0.0.1 {self.master.port}")
        self.sentinels = [Sentinel(self.master, 2, password)
                          for _ in range(3)]
        for s in self.sentinels:
            wait_until(lambda s=s: s.sees(1, 3), 120, what=s.process.log)

    @property
    def url(self):
        return "sentinel://" + ",".join(
            f"127.0.0.1:{s.port}" for s in self.sentinels) + "/main"

    def remove(self):
        for s in self.sentinels:
            s.remove()
        self.master.remove()
        self.replica.remove()


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
