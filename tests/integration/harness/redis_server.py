# SPDX-License-Identifier: GPL-2.0-or-later
"""A Redis server of our own: free port, temporary directory."""

import json
import os
import shutil
import signal
import tempfile
import time
from collections import Counter

import redis

from .process import PATIENCE, Process, Timeout, free_port, wait_until

# another server of the same kind: valkey-server, a newer Redis
PROGRAM = os.environ.get("REDIS_SERVER") or "redis-server"


class Redis:
    """`password`: of the default user. `users`: lines of an ACL file, for
    instance "user kamailio on >secret ~rep:* +@all"; `admin` names the one
    (user, password) with which the tests themselves connect. `authority`:
    proxies speak TLS, to a certificate of it for `names`, which they are to
    have, too, if `mutual`; replicas likewise. The tests do not."""

    tellers = ()    # ports where it is told where other servers are

    def __init__(self, password=None, users=None, admin=None, options=(),
                 authority=None, names="IP:127.0.0.1", mutual=False):
        self.port = self.wire = free_port()
        self.directory = tempfile.mkdtemp(prefix="rep-redis-")
        self.socket_path = os.path.join(self.directory, "redis.sock")
        self.password = password
        self.admin = admin
        self.options = list(options)
        self.scheme = "redis"
        if authority:
            self.scheme, self.wire = "rediss", free_port()
            self.options += ["--tls-replication", "yes"]
            for name, value in authority.settings(self.wire, names,
                                                  mutual).items():
                self.options += [f"--{name}", value]
        self.users = users
        self.process = None
        self.client = None
        self.start()

    @property
    def ports(self):
        """Those that a proxy connects to."""
        return [self.wire]

    def url_by(self, door):
        """The URL when `door(port)` stands for each of our ports."""
        return f"{self.scheme}://127.0.0.1:{door(self.wire)}"

    @property
    def url(self):
        return self.url_by(lambda port: port)

    @property
    def unix_url(self):
        return f"unix:{self.socket_path}"

    def _argv(self):
        argv = [PROGRAM, "--port", self.port, "--bind", "127.0.0.1",
                "--unixsocket", self.socket_path, "--dir", self.directory,
                "--save", "", "--appendonly", "yes", "--appendfsync",
                "everysec", "--databases", "4", "--daemonize", "no"]
        if self.password:
            argv += ["--requirepass", self.password]
        if self.users:
            path = os.path.join(self.directory, "users.acl")
            with open(path, "w", encoding="utf-8") as acl:
                acl.write("\n".join(self.users) + "\n")
            argv += ["--aclfile", path]
        return argv + self.options

    def connect(self, **options):
        user, password = self.admin or (None, self.password)
        return redis.Redis(port=self.port, username=user, password=password,
                           decode_responses=True, socket_timeout=PATIENCE,
                           **options)

    def start(self):
        self.process = Process(self._argv(),
                               os.path.join(self.directory, "redis.log"))
        self.client = self.connect()
        wait_until(self._answers, what=self.process.log)
        return self

    def _answers(self):
        if not self.process.running():
            raise RuntimeError("redis-server ended: " + self.process.log())
        try:
            return self.client.ping()
        except redis.exceptions.RedisError:
            return False

    def stop(self):
        """End it in an orderly way, keeping its data on disk."""
        self.client.close()
        self.process.stop()

    def kill(self):
        self.client.close()
        self.process.kill()

    def role(self):
        """master or slave, "" when it does not answer."""
        try:
            return self.client.info("replication")["role"]
        except redis.exceptions.RedisError:
            return ""

    def keep_data(self):
        """From now on, whatever it was started with."""
        self.client.config_set("appendonly", "yes")
        self.options += ["--appendonly", "yes"]

    def restart_empty(self):
        """The server comes back without any data."""
        self.kill()
        shutil.rmtree(os.path.join(self.directory, "appendonlydir"),
                      ignore_errors=True)
        return self.start()

    def freeze(self):
        """It hangs: connections stay, nothing is answered."""
        self.process.signal(signal.SIGSTOP)

    def thaw(self):
        self.process.signal(signal.SIGCONT)

    def remove(self):
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    # ----- what an operator types ------------------------------------------

    def seed(self, pool, numbers, policy=None, prefix="rep"):
        """Put a pool into the operator's keys. `numbers`: a list, or a
        mapping to attributes."""
        if not isinstance(numbers, dict):
            numbers = {number: {} for number in numbers}
        # a cluster takes no transaction on several slots
        pipe = self.client.pipeline("--cluster-enabled" not in self.options)
        pipe.delete(f"{prefix}:numbers:{{{pool}}}",
                    f"{prefix}:policy:{{{pool}}}")
        if numbers:
            pipe.hset(f"{prefix}:numbers:{{{pool}}}", mapping={
                number: json.dumps(attributes)
                for number, attributes in numbers.items()})
        if policy:
            pipe.hset(f"{prefix}:policy:{{{pool}}}", mapping={
                field: str(value) for field, value in policy.items()})
        pipe.sadd(f"{prefix}:pools", pool)
        pipe.execute()

    def set_policy(self, pool, **fields):
        self.client.hset(f"rep:policy:{{{pool}}}", mapping={
            field: str(value) for field, value in fields.items()})

    def set_number(self, pool, number, **attributes):
        self.client.hset(f"rep:numbers:{{{pool}}}", number,
                         json.dumps(attributes))

    # ----- what the module wrote -------------------------------------------

    def health(self, pool, number=None):
        """rep:health of one number (None when absent), or of all."""
        key = f"rep:health:{{{pool}}}"
        if number is not None:
            text = self.client.hget(key, number)
            return json.loads(text) if text else None
        return {n: json.loads(text)
                for n, text in self.client.hgetall(key).items()}

    def wait_asked(self, command, connections):
        """Until so many connections have sent this command twice from now on:
        by the second time the first one's reply has been taken in."""
        deadline = time.monotonic() + PATIENCE
        asked = Counter()
        with self.client.monitor() as monitor:
            for seen in monitor.listen():
                if seen["command"] == command:
                    asked[seen["client_port"]] += 1
                if sum(n > 1 for n in asked.values()) >= connections:
                    return
                if time.monotonic() > deadline:
                    raise Timeout(f"{command} came from {asked}")

    def events(self):
        """The entries of rep:events, oldest first."""
        return [fields for _, fields in self.client.xrange("rep:events")]
