# SPDX-License-Identifier: GPL-2.0-or-later
"""INVITEs to several proxies at the same times, which relay them to a carrier
of ours that is busy: how long the proxies take."""

import select
import socket
import struct
import threading
import time

from harness.process import PATIENCE, wait_until

SO_TIMESTAMPNS = 35     # Linux'; Python has no name for it
STAMP = struct.Struct("@ll")
COPIED = (b"via:", b"record-route:", b"from:", b"call-id:", b"cseq:")
QUANTILES = [0.5, 0.9, 0.99, 0.999]


def stamped():
    """A socket whose messages say when the kernel took them in: however late
    we read them does not matter."""
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("127.0.0.1", 0))
    s.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
    s.setblocking(False)
    return s


def messages(s):
    """What has come: (text, s since 1970, from where)."""
    while True:
        try:
            text, more, _, address = s.recvmsg(65535, 64)
        except BlockingIOError:
            return
        seconds, rest = STAMP.unpack(more[0][2][:STAMP.size])
        yield text, seconds + rest / 1e9, address


def header(text, name):
    for line in text.split(b"\r\n"):
        if line.lower().startswith(name):
            return line.partition(b":")[2].strip()
    return b""


class Abreast(threading.Thread):
    """`rate` calls a second to each of `proxies` {name: address}; those of a
    number go out one after the other, each proxy the first in turn. `took`
    says of each proxy how long it had the INVITE, and then the final reply,
    in s, by the number of the call."""

    def __init__(self, carrier, proxies, rate=100):
        super().__init__(daemon=True)
        self.carrier, self.dialer = carrier, stamped()
        self.proxies, self.rate = proxies, rate
        self.took = {name: {} for name in proxies}
        self.sent, self.made = {}, 0
        self.error, self.over = None, threading.Event()
        self.start()

    # ----- SIP -----------------------------------------------------------------

    def invite(self, name, number):
        host, port = self.proxies[name]
        callee = f"sip:+1303{number:07d}@{host}:{port}"
        here = "%s:%d" % self.dialer.getsockname()
        return (f"INVITE {callee} SIP/2.0\r\n"
                f"Via: SIP/2.0/UDP {here};branch=z9hG4bK{name}{number}\r\n"
                f"Max-Forwards: 70\r\nFrom: <sip:+12025559999@{here}>;tag=1\r\n"
                f"To: <{callee}>\r\nCall-ID: {name}.{number}\r\n"
                f"CSeq: 1 INVITE\r\nContact: <sip:{here}>\r\n"
                "Content-Length: 0\r\n\r\n")

    def dial(self, number):
        names = list(self.proxies)
        first = number % len(names)
        for name in names[first:] + names[:first]:
            text = self.invite(name, number).encode()
            self.sent[name, number] = [time.time(), 0.0]
            self.dialer.sendto(text, self.proxies[name])

    def call_of(self, text):
        name, _, number = header(text, b"call-id:").decode().partition(".")
        return name, int(number)

    def is_busy(self, text, came, address):
        """The carrier's part."""
        if not text.startswith(b"INVITE"):
            return
        lines = [line for line in text.split(b"\r\n")
                 if line.lower().startswith(COPIED)]
        lines.append(b"To: " + header(text, b"to:") + b";tag=2")
        legs = self.sent.get(self.call_of(text))
        if legs and not legs[1]:
            legs[1] = came - legs[0]
            legs[0] = time.time()
        self.carrier.sendto(b"SIP/2.0 486 Busy Here\r\n" + b"\r\n".join(lines)
                            + b"\r\nContent-Length: 0\r\n\r\n", address)

    def take_reply(self, text, came, address):
        if text.startswith(b"SIP/2.0 1"):
            return
        name, number = self.call_of(text)
        ack = self.invite(name, number).replace("INVITE", "ACK")
        ack = ack.replace(f"To: <sip:+1303{number:07d}@%s:%d>"
                          % self.proxies[name],
                          "To: " + header(text, b"to:").decode())
        self.dialer.sendto(ack.encode(), address)
        legs = self.sent.pop((name, number), None)
        if legs and not text.startswith(b"SIP/2.0 486"):
            raise AssertionError(f"{name}: {text.decode()}")
        if legs:
            self.took[name][number] = legs[1] + came - legs[0]

    # ----- all the while -------------------------------------------------------

    def run(self):
        try:
            self.go_on()
        except Exception as error:      # pylint: disable=broad-except
            self.error = error

    def go_on(self):
        due = time.monotonic()
        while self.sent or not self.over.is_set():
            if not self.over.is_set() and time.monotonic() >= due:
                due = max(due, time.monotonic() - 0.1) + 1 / self.rate
                self.made += 1
                self.dial(self.made)
            ready, _, _ = select.select(
                [self.carrier, self.dialer], [], [],
                max(0, due - time.monotonic()) if not self.over.is_set()
                else 0.1)
            for s in ready:
                take = self.is_busy if s is self.carrier else self.take_reply
                for message in messages(s):
                    take(*message)

    def more(self, seconds):
        """Until it has made so many seconds' calls more."""
        until = self.made + int(seconds * self.rate)
        wait_until(lambda: self.error or self.made >= until, seconds + PATIENCE)

    def end(self):
        """All that was sent is answered."""
        self.over.set()
        self.join(PATIENCE)
        self.dialer.close()
        if self.error:
            raise self.error
        assert not self.sent, sorted(self.sent)[:10]

    def quantiles(self, name, first, last):
        """ms, of the calls from `first` to `last`."""
        took = sorted(v for n, v in self.took[name].items()
                      if first < n <= last)
        return [1000 * took[min(len(took) - 1, int(len(took) * q))]
                for q in QUANTILES]
