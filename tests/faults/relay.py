# SPDX-License-Identifier: GPL-2.0-or-later
"""A line between a node and its Redis: slow, cut, silent or late."""

import socket
import threading
import time
from collections import deque

STEP = 0.002    # s between two looks at what a test has set


class _Way:
    """One direction of a connection: reads at once, writes when it is due."""

    def __init__(self, line, source, sink, replies):
        self.line, self.source, self.sink = line, source, sink
        self.replies = replies
        self.waiting, self.over = deque(), False
        for run in (self._read, self._write):
            threading.Thread(target=run, daemon=True).start()

    def _read(self):
        try:
            while data := self.source.recv(65536):
                self.waiting.append(
                    (time.monotonic() + self.line.relay.delay, data))
        except OSError:
            pass
        self.over = True

    def _write(self):
        relay = self.line.relay
        try:
            while not self.line.ended:
                if not self.waiting:
                    if self.over:
                        break
                    time.sleep(STEP)
                    continue
                due, data = self.waiting[0]
                if self.line.held or time.monotonic() < due:
                    time.sleep(STEP)
                    continue
                self.waiting.popleft()
                if self.replies and relay.tears > 0 and len(data) > 1:
                    relay.tears -= 1
                    self.sink.sendall(data[:len(data) // 2])
                    break
                if relay.bandwidth:
                    for i in range(0, len(data), 1460):
                        self.sink.sendall(data[i:i + 1460])
                        time.sleep(min(1460, len(data) - i)
                                   / relay.bandwidth)
                else:
                    self.sink.sendall(data)
                relay.bytes += len(data)
        except OSError:
            pass
        self.line.hang_up()


class _Line:
    """One connection."""

    def __init__(self, relay, client, server):
        self.relay, self.ends = relay, (client, server)
        self.held = relay.held
        self.ended = False
        for s in self.ends:
            s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _Way(self, client, server, False)
        _Way(self, server, client, True)

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
    """`delay`: seconds each way. `bandwidth`: bytes a second, 0 = any.
    `tears`: so many replies still to be cut in the middle. `bytes`: carried
    so far, both ways."""

    def __init__(self, port, delay=0.0):
        self.port_behind, self.delay = port, delay
        self.bandwidth = self.tears = self.bytes = self.accepted = 0
        self.held = self.shut = False
        self.lines = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            try:
                if self.shut:
                    raise ConnectionRefusedError
                server = socket.create_connection(
                    ("127.0.0.1", self.port_behind))
            except OSError:
                client.close()
                continue
            self.accepted += 1
            self.lines.append(_Line(self, client, server))

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

    def end(self):
        self.listener.close()
        self.cut()
