# SPDX-License-Identifier: GPL-2.0-or-later
"""A socket, or connections, with one thread and timers: what a SIP peer
stands on."""

import heapq
import itertools
import select
import socket
import threading
import time
import traceback

from . import sip
from .stream import Closed, Streams

T1 = 0.5
T2 = 4.0
TIMER_B = 64 * T1


class Endpoint:
    """Subclasses implement on_message(message, address), which runs in the
    endpoint's thread with `lock` held. `transport`: udp, tcp, tls, or ws and
    wss (a dialer's only)."""

    BIND_PORT = 0   # any that is free

    def __init__(self, name="peer", transport="udp"):
        self.name = name
        self.transport = transport
        self.streams = self.socket = None
        if transport == "udp":
            self.socket = self._bind()
            self.port = self.socket.getsockname()[1]
        else:
            self.streams = Streams(transport, self.BIND_PORT)
            self.port = self.streams.port
        self.lock = threading.RLock()
        self.errors = []
        self._timers = []
        self._order = itertools.count()
        self._wake_read, self._wake_write = socket.socketpair()
        self._wake_read.setblocking(False)
        self._closing = False
        self._thread = threading.Thread(target=self._run, name=name,
                                        daemon=True)
        self._thread.start()

    def _bind(self):
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        sock.bind(("127.0.0.1", self.BIND_PORT))
        sock.setblocking(False)
        return sock

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    @property
    def target(self):
        """What follows the @ in a URI by which we are reached."""
        if self.transport == "udp":
            return self.address
        kind = "ws" if self.transport == "wss" else self.transport
        return f"{self.address};transport={kind}"

    def via(self, branch):
        return f"SIP/2.0/{self.transport.upper()} {self.address}" \
            f";branch={branch}"

    def call_later(self, delay, function, *arguments):
        """Run in the endpoint's thread. Returns a timer for cancel()."""
        timer = [time.monotonic() + delay, next(self._order), function,
                 arguments]
        with self.lock:
            heapq.heappush(self._timers, timer)
        if threading.current_thread() is not self._thread:
            self._wake_write.send(b"x")
        return timer

    @staticmethod
    def cancel(timer):
        if timer is not None:
            timer[2] = None

    def send(self, message, address):
        data = message if isinstance(message, bytes) else message.encode()
        try:
            if self.streams:
                self._send_on_stream(data, address)
            else:
                self.socket.sendto(data, address)
        except OSError as error:
            self.errors.append(f"send: {error}")

    def _send_on_stream(self, data, address):
        with self.lock:
            connection, new = self.streams.to(address)
            connection.send(data)
        if new:
            self._wake_write.send(b"x")

    def on_message(self, message, address):
        raise NotImplementedError

    def close(self):
        self._closing = True
        self._wake_write.send(b"x")
        self._thread.join(5)
        for sock in (self.streams or self.socket, self._wake_read,
                     self._wake_write):
            sock.close()

    def _run(self):
        while not self._closing:
            with self.lock:
                timeout = 1.0
                if self._timers:
                    timeout = max(0, self._timers[0][0] - time.monotonic())
                ours = self.streams.sockets() if self.streams \
                    else [self.socket]
            ready, _, _ = select.select([*ours, self._wake_read], [],
                                        [], min(timeout, 1.0))
            if self._wake_read in ready:
                self._wake_read.recv(4096)
                ready.remove(self._wake_read)
            for sock in ready:
                if self.streams:
                    self._guard(self._read_stream, sock)
                else:
                    self._read()
            self._run_timers()

    def _read_stream(self, sock):
        if sock is self.streams.listener:
            self.streams.accept()
            return
        connection = self.streams.find(sock)
        if connection is None:
            return
        try:
            messages = connection.read()
        except (Closed, ConnectionError):
            self.streams.drop(connection)
            return
        for message in messages:
            self._guard(self._take, message, connection.address)

    def _read(self):
        for _ in range(64):  # then the timers have their turn
            try:
                data, address = self.socket.recvfrom(65535)
            except (BlockingIOError, ConnectionError):
                return
            if len(data) < 16:  # keepalive
                continue
            self._guard(self._take, data, address)

    def _take(self, data, address):
        self.on_message(sip.Message.parse(data), address)

    def _run_timers(self):
        while True:
            with self.lock:
                if not self._timers or \
                        self._timers[0][0] > time.monotonic():
                    return
                timer = heapq.heappop(self._timers)
            if timer[2] is not None:
                self._guard(timer[2], *timer[3])

    def _guard(self, function, *arguments):
        """An exception in a peer must not end its thread unnoticed."""
        try:
            with self.lock:
                function(*arguments)
        except Exception:  # noqa: BLE001 - kept for the test to see
            self.errors.append(traceback.format_exc())


class Retransmission:
    """Send a message again at T1, 2 T1 ... up to T2, until stopped; on a
    stream only a 2xx, which a proxy does not repeat (RFC 3261 13.3.1.4)."""

    def __init__(self, endpoint, message, address, cap=T2, limit=TIMER_B):
        self.endpoint = endpoint
        self.data = message.encode()
        self.address = address
        self.interval = T1
        self.cap = cap
        self.until = time.monotonic() + limit
        if endpoint.streams and message.status // 100 != 2:
            self.until = 0
        self.sent = 0
        self.timer = None
        self._send()

    def _send(self):
        self.endpoint.send(self.data, self.address)
        self.sent += 1
        if time.monotonic() < self.until:
            self.timer = self.endpoint.call_later(self.interval, self._send)
            self.interval = min(self.interval * 2, self.cap)

    def stop(self):
        self.endpoint.cancel(self.timer)
        self.timer = None
