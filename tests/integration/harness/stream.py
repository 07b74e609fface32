# SPDX-License-Identifier: GPL-2.0-or-later
"""SIP over streams: TCP, TLS and, for a dialer, WebSocket with and without
TLS (RFC 7118)."""

import base64
import hashlib
import os
import re
import select
import socket
import ssl
import struct
import subprocess
import tempfile

TIMEOUT = 10        # s: to connect, to shake hands, to get rid of a message
LENGTH = re.compile(rb"^(?:Content-Length|l)[ \t]*:[ \t]*(\d+)", re.I | re.M)
WEBSOCKET_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


class Closed(Exception):
    """The other side has ended the connection."""


def certificate(directory):
    """A key and a certificate for 127.0.0.1 that nobody signed: (certificate,
    key), paths in `directory`, made when they are not there."""
    cert = os.path.join(str(directory), "cert.pem")
    key = os.path.join(str(directory), "key.pem")
    if not os.path.exists(cert):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
             "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
             "-subj", "/CN=127.0.0.1", "-addext",
             "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert],
            check=True, capture_output=True, timeout=60)
    return cert, key


def _server_context():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory(prefix="rep-tls-") as directory:
        context.load_cert_chain(*certificate(directory))
    return context


def _client_context():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


class LengthFraming:
    """A message ends where its Content-Length says (RFC 3261 18.3)."""

    def __init__(self):
        self._data = b""

    @staticmethod
    def wrap(message):
        return message

    def take(self, data):
        """What came -> (whole messages, answers to send at once)."""
        self._data += data
        messages = []
        while True:
            self._data = self._data.lstrip(b"\r\n")     # keepalives
            head, found, rest = self._data.partition(b"\r\n\r\n")
            length = LENGTH.search(head)
            length = int(length.group(1)) if length else 0
            if not found or len(rest) < length:
                return messages, []
            messages.append(head + found + rest[:length])
            self._data = rest[length:]


class WebSocketFraming:
    """A message is a frame (RFC 6455); a client's are masked."""

    def __init__(self):
        self._data = b""

    @staticmethod
    def wrap(payload, opcode=TEXT):
        mask = os.urandom(4)
        size = len(payload)
        head = bytes([0x80 | opcode])
        if size < 126:
            head += bytes([0x80 | size])
        else:
            head += bytes([0x80 | 126]) + struct.pack("!H", size)
        pad = mask * (size // 4 + 1)
        return head + mask + bytes(a ^ b for a, b in zip(payload, pad))

    def take(self, data):
        self._data += data
        messages, answers = [], []
        while len(self._data) >= 2:
            opcode, size, at = self._data[0] & 15, self._data[1] & 127, 2
            if size == 126:
                at, size = 4, int.from_bytes(self._data[2:4], "big")
            elif size == 127:
                at, size = 10, int.from_bytes(self._data[2:10], "big")
            if len(self._data) < at + size:
                break
            payload, self._data = (self._data[at:at + size],
                                   self._data[at + size:])
            if opcode == CLOSE:
                raise Closed
            if opcode == PING:
                answers.append(self.wrap(payload, PONG))
            elif opcode != PONG:
                messages.append(payload)
        return messages, answers


class Connection:
    """One connection to `address`. Not for two threads at once: whoever uses
    it holds the endpoint's lock."""

    def __init__(self, sock, address, framing):
        sock.setblocking(False)
        self.socket = sock
        self.address = address
        self._framing = framing

    def send(self, message):
        self._write(self._framing.wrap(message))

    def _write(self, data):
        while data:
            try:
                data = data[self.socket.send(data):]
            except (BlockingIOError, ssl.SSLWantWriteError):
                if not select.select([], [self.socket], [], TIMEOUT)[1]:
                    raise OSError("nothing is taken any more") from None
            except ssl.SSLWantReadError:
                select.select([self.socket], [], [], TIMEOUT)

    def read(self):
        """The messages that came. Raises Closed, or OSError."""
        messages = []
        while True:
            try:
                data = self.socket.recv(65536)
            except (BlockingIOError, ssl.SSLWantReadError,
                    ssl.SSLWantWriteError):
                return messages
            if not data:
                if messages:
                    return messages
                raise Closed
            whole, answers = self._framing.take(data)
            messages += whole
            for answer in answers:
                self._write(answer)

    def close(self):
        self.socket.close()


class Streams:
    """The connections of an endpoint: those that it opens, and those that
    come to its listening socket. `kind`: tcp, tls, or ws and wss (opens only).
    """

    def __init__(self, kind, port=0):
        self.kind = kind
        self.listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", port))
        self.listener.listen(64)
        self.port = self.listener.getsockname()[1]
        self._server = _server_context() if kind == "tls" else None
        self._by_address = {}

    def sockets(self):
        return [self.listener,
                *(c.socket for c in list(self._by_address.values()))]

    def find(self, sock):
        return next((c for c in self._by_address.values()
                     if c.socket is sock), None)

    def accept(self):
        sock, address = self.listener.accept()
        sock.settimeout(TIMEOUT)
        if self._server:
            sock = self._server.wrap_socket(sock, server_side=True)
        self._by_address[address] = Connection(sock, address, LengthFraming())

    def to(self, address):
        """(the connection to `address`, whether it is new)"""
        found = self._by_address.get(address)
        if found:
            return found, False
        sock = socket.create_connection(address, TIMEOUT)
        framing = LengthFraming()
        if self.kind in ("tls", "wss"):
            sock = _client_context().wrap_socket(sock)
        if self.kind in ("ws", "wss"):
            _handshake(sock, address)
            framing = WebSocketFraming()
        found = self._by_address[address] = Connection(sock, address, framing)
        return found, True

    def drop(self, connection):
        self._by_address.pop(connection.address, None)
        connection.close()

    def close(self):
        for connection in list(self._by_address.values()):
            self.drop(connection)
        self.listener.close()


def _handshake(sock, address):
    """RFC 6455 4.1, subprotocol sip."""
    key = base64.b64encode(os.urandom(16))
    sock.sendall(b"GET / HTTP/1.1\r\nHost: %s:%d\r\nUpgrade: websocket\r\n"
                 b"Connection: Upgrade\r\nSec-WebSocket-Key: %s\r\n"
                 b"Origin: http://127.0.0.1\r\nSec-WebSocket-Protocol: sip\r\n"
                 b"Sec-WebSocket-Version: 13\r\n\r\n"
                 % (address[0].encode(), address[1], key))
    answer = b""
    while b"\r\n\r\n" not in answer:
        # byte by byte: what follows the head is a frame
        more = sock.recv(1)
        if not more:
            raise OSError(f"no WebSocket: {answer!r}")
        answer += more
    accept = base64.b64encode(hashlib.sha1(key + WEBSOCKET_GUID).digest())
    if not answer.startswith(b"HTTP/1.1 101") or accept not in answer:
        raise OSError(f"no WebSocket: {answer!r}")
