# SPDX-License-Identifier: GPL-2.0-or-later
"""SIP messages as test peers need them: parse, read, build. Not a stack."""

import re
import secrets

COMPACT = {"v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact",
           "l": "content-length", "c": "content-type", "k": "supported",
           "y": "identity"}
PHRASES = {100: "Trying", 180: "Ringing", 183: "Session Progress", 200: "OK",
           404: "Not Found", 408: "Request Timeout", 480:
           "Temporarily Unavailable", 481: "Call/Transaction Does Not Exist",
           486: "Busy Here", 487: "Request Terminated", 500:
           "Server Internal Error", 503: "Service Unavailable", 600:
           "Busy Everywhere", 603: "Decline", 607: "Unwanted", 608: "Rejected"}


class Message:
    """`start` line, `headers` as a list of (name, value), `body`."""

    __slots__ = ("start", "headers", "body", "method", "status", "phrase",
                 "uri")

    def __init__(self, start, headers, body=""):
        self.start = start
        self.headers = headers
        self.body = body
        self.method = self.uri = self.phrase = None
        self.status = 0
        if start.startswith("SIP/2.0 "):
            _, status, self.phrase = (start.split(" ", 2) + [""])[:3]
            self.status = int(status)
        else:
            self.method, self.uri, _ = start.split(" ", 2)

    @classmethod
    def parse(cls, data):
        text = data.decode("utf-8", "replace")
        head, _, body = text.partition("\r\n\r\n")
        lines = head.split("\r\n")
        headers = []
        for line in lines[1:]:
            if line[:1] in " \t" and headers:
                name, value = headers[-1]
                headers[-1] = (name, value + " " + line.strip())
                continue
            name, _, value = line.partition(":")
            headers.append((name.strip(), value.strip()))
        return cls(lines[0], headers, body)

    def get_all(self, name):
        name = name.lower()
        return [value for key, value in self.headers
                if COMPACT.get(key.lower(), key.lower()) == name]

    def get(self, name, default=None):
        for key, value in self.headers:
            if COMPACT.get(key.lower(), key.lower()) == name.lower():
                return value
        return default

    @property
    def call_id(self):
        return self.get("call-id")

    @property
    def cseq(self):
        """(number, method)"""
        number, method = self.get("cseq").split()
        return int(number), method

    @property
    def branch(self):
        return parameter(self.get("via"), "branch")

    def encode(self):
        headers = [(n, v) for n, v in self.headers
                   if n.lower() not in ("content-length", "l")]
        body = self.body.encode()
        lines = [self.start] + [f"{n}: {v}" for n, v in headers]
        lines.append(f"Content-Length: {len(body)}")
        return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def parameter(value, name):
    """A header parameter such as tag or branch, or None."""
    found = re.search(rf"[;?]\s*{name}\s*=\s*([^;,>\s]+)", value or "", re.I)
    return found.group(1) if found else None


def uri_of(value):
    """The URI in a name-addr or addr-spec."""
    found = re.search(r"<([^>]*)>", value or "")
    return found.group(1) if found else (value or "").split(";")[0].strip()


def user_of(value):
    """The user part of the URI in a header value or URI, without password."""
    found = re.match(r"(?:sips?:|tel:)([^@;>]*)", uri_of(value))
    return found.group(1).split(":")[0] if found else ""


def address_of(uri):
    """(host, port) at which a URI's host part listens."""
    found = re.match(r"sips?:(?:[^@]*@)?([^:;>?]+)(?::(\d+))?", uri)
    return found.group(1), int(found.group(2) or 5060)


def split_commas(values):
    """Header values of comma-joined name-addrs, one by one."""
    parts = []
    for value in values:
        parts += [p.strip() for p in re.split(r",(?=\s*(?:\"|<))", value)]
    return parts


def token(length=8):
    return secrets.token_hex(length // 2)


def new_branch():
    return "z9hG4bK" + token(16)


def reply_to(request, status, phrase=None, to_tag=None, headers=(), body=""):
    """A reply to `request`. `headers`: raw lines "Name: value"."""
    if phrase is None:
        phrase = PHRASES.get(status, "Reply")
    copied = []
    for name, value in request.headers:
        key = COMPACT.get(name.lower(), name.lower())
        if key in ("via", "from", "call-id", "cseq"):
            copied.append((name, value))
        elif key == "record-route" and status < 300:
            copied.append((name, value))
        elif key == "to":
            if to_tag and parameter(value, "tag") is None and status > 100:
                value += ";tag=" + to_tag
            copied.append((name, value))
    for line in headers:
        name, _, value = line.partition(":")
        copied.append((name, value))
    return Message(f"SIP/2.0 {status} {phrase}", copied, body)
