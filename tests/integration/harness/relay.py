# SPDX-License-Identifier: GPL-2.0-or-later
"""A line between a node and its Redis: slow, cut, silent, late, or one that
loses replies."""

import queue
import random
import re
import socket
import threading
import time

STEP = 0.002    # s between two looks at what a test has set


class _Way:
    """One direction of a connection: reads at once, writes when it is due."""

    def __init__(self, line, source, sink, replies):
        self.line, self.source, self.sink = line, source, sink
        self.replies = replies
        self.waiting = queue.SimpleQueue()
        for run in (self._read, self._write):
            threading.Thread(target=run, daemon=True).start()

    def _read(self):
        relay = self.line.relay
        try:
            while data := self.source.recv(65536):
                if not self.replies and relay.said is not None:
                    relay.said.append(data)
                self.waiting.put((time.monotonic() + relay.delay, data))
        except OSError:
            pass
        self.waiting.put((0, b""))

    def _write(self):
        try:
            while data := self._next():
                if self.replies and self.line.loses(data):
                    break
                self._deliver(data)
        except OSError:
            pass
        self.line.hang_up()

    def _next(self):
        """What is to be written now, b"" when there will be no more."""
        due, data = self.waiting.get()
        while not self.line.ended and (
                self.line.held or time.monotonic() < due):
            time.sleep(STEP)
        return b"" if self.line.ended else data

    def _deliver(self, data):
        relay = self.line.relay
        if self.line.tells:
            data = relay.with_doors(data)
        if self.line.serves:
            relay.bytes += len(data)
        if not relay.bandwidth:
            self.sink.sendall(data)
            return
        for i in range(0, len(data), 1460):
            self.sink.sendall(data[i:i + 1460])
            time.sleep(min(1460, len(data) - i) / relay.bandwidth)


class _Line:
    """One connection. `tells`: of where servers are; `serves`: keys."""

    def __init__(self, relay, client, server, port):
        self.relay, self.ends = relay, (client, server)
        self.tells = port in relay.server.tellers
        self.serves = not self.tells or relay.server.url.startswith("cluster")
        self.held = relay.held
        self.ended = False
        for s in self.ends:
            s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _Way(self, client, server, False)
        _Way(self, server, client, True)

    def loses(self, data):
        """The client is not to have this reply, or no more than half of it,
        and cannot know that the command was carried out."""
        relay = self.relay
        if not self.serves:
            return False
        if relay.tears > 0 and len(data) > 1:
            relay.tears -= 1
            self.ends[0].sendall(data[:len(data) // 2])
            return True
        if relay.one_in and random.randrange(relay.one_in) == 0:
            relay.stolen += 1
            return True
        return False

    def hang_up(self):
        self.ended = True
        for s in self.ends:
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        if self in self.relay.lines:
            self.relay.lines.remove(self)


class Relay:
    """Doors to every port of a server (of several, where Sentinels are, who
    then tell of our doors). `delay`: seconds each way. `bandwidth`: bytes a
    second, 0 = any. `tears`: so many replies still to be cut in the middle.
    `one_in`: of so many replies one is swallowed, 0 = none; `stolen` counts
    them. `bytes`: carried so far between nodes and Redis, both ways. `said`:
    what nodes said so far, when set to a list."""

    def __init__(self, server, delay=0.0):
        self.server, self.delay = server, delay
        self.bandwidth = self.tears = self.one_in = 0
        self.bytes = self.stolen = 0
        self.said = None
        self.held = self.shut = False
        self.lines = []
        self.listeners = {port: socket.create_server(("127.0.0.1", 0))
                          for port in server.ports}
        self.behind = {port: port for port in server.ports}
        for port in server.ports:
            threading.Thread(target=self._accept, args=(port,),
                             daemon=True).start()

    def door(self, port):
        """Where we listen for this port."""
        return self.listeners[port].getsockname()[1]

    @property
    def url(self):
        return self.server.url_by(self.door)

    def with_doors(self, text):
        """A server's words with our doors for the ports in it, all of which
        have five digits."""
        return re.sub(rb"\b\d{5}\b", lambda found: str(self.door(
            int(found[0]))).encode() if int(found[0]) in self.listeners
            else found[0], text)

    def _accept(self, port):
        while True:
            try:
                client, _ = self.listeners[port].accept()
            except OSError:
                return
            try:
                if self.shut:
                    raise ConnectionRefusedError
                server = socket.create_connection(
                    ("127.0.0.1", self.behind[port]))
            except OSError:
                client.close()
                continue
            self.lines.append(_Line(self, client, server, port))

    def lead_to(self, server):
        """New connections go there."""
        self.behind = dict(zip(self.behind, server.ports))

    def cut(self):
        """Every connection ends now; new ones are taken."""
        for line in list(self.lines):
            line.hang_up()

    def hold(self):
        """Nothing gets through any more, and nobody is told; what is sent is
        kept."""
        self.held = True
        for line in list(self.lines):
            line.held = True

    def strand(self):
        """What is sent on the connections of now is kept until release();
        new connections are carried."""
        stranded = list(self.lines)
        for line in stranded:
            line.held = True
        return stranded

    def release(self, lines=None):
        """All that was kept is delivered, however late."""
        self.held = False
        for line in list(lines if lines is not None else self.lines):
            line.held = False

    def say_again(self):
        """What nodes said, as segments that come late do, all of them."""
        port, = self.behind.values()
        with socket.create_connection(("127.0.0.1", port)) as s:
            s.sendall(b"".join(self.said) + b"PING\r\n")
            s.shutdown(socket.SHUT_WR)
            while s.recv(65536):
                pass

    def end(self):
        for listener in self.listeners.values():
            listener.close()
        self.cut()
