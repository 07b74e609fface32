# SPDX-License-Identifier: GPL-2.0-or-later
"""sipp as a dialer: load from a list of callees."""

import os
import re
import shutil
import subprocess
import tempfile

from .process import Process, free_port

FINALS = (400, 401, 402, 403, 404, 407, 408, 410, 428, 433, 436, 437, 438,
          480, 484, 485, 486, 487, 488, 500, 503, 504, 600, 603, 604, 607,
          608)

INVITE = """  <send retrans="500" start_rtd="1">
    <![CDATA[
      INVITE sip:[field0]@[remote_ip]:[remote_port] SIP/2.0
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      Max-Forwards: 70
      From: <sip:dialer@[local_ip]:[local_port]>;tag=[call_number]x[pid]
      To: <sip:[field0]@[remote_ip]:[remote_port]>
      Call-ID: [call_id]
      CSeq: 1 INVITE
      Contact: <sip:dialer@[local_ip]:[local_port]>
{headers}      Content-Length: 0

    ]]>
  </send>
  <recv response="100" optional="true"/>
  <recv response="180" optional="true"/>
  <recv response="183" optional="true"/>
"""

ANSWERED = """  <recv response="200" rrs="true" rtd="1"/>
  <send>
    <![CDATA[
      ACK [next_url] SIP/2.0
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      Max-Forwards: 70
      [routes]
      From: <sip:dialer@[local_ip]:[local_port]>;tag=[call_number]x[pid]
      To: <sip:[field0]@[remote_ip]:[remote_port]>[peer_tag_param]
      Call-ID: [call_id]
      CSeq: 1 ACK
      Content-Length: 0

    ]]>
  </send>
"""

PEER_HANGS_UP = """  <recv request="BYE" timeout="30000"/>
  <send next="end">
    <![CDATA[
      SIP/2.0 200 OK
      [last_Via:]
      [last_From:]
      [last_To:]
      [last_Call-ID:]
      [last_CSeq:]
      Content-Length: 0

    ]]>
  </send>
"""

WE_HANG_UP = """  <pause milliseconds="{talk_ms}"/>
  <send retrans="500">
    <![CDATA[
      BYE [next_url] SIP/2.0
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      Max-Forwards: 70
      [routes]
      From: <sip:dialer@[local_ip]:[local_port]>;tag=[call_number]x[pid]
      To: <sip:[field0]@[remote_ip]:[remote_port]>[peer_tag_param]
      Call-ID: [call_id]
      CSeq: 2 BYE
      Content-Length: 0

    ]]>
  </send>
  <recv response="200" next="end"/>
"""

REFUSED = """  <label id="refused"/>
  <send>
    <![CDATA[
      ACK sip:[field0]@[remote_ip]:[remote_port] SIP/2.0
      [last_Via:]
      Max-Forwards: 70
      [last_From:]
      [last_To:]
      Call-ID: [call_id]
      CSeq: 1 ACK
      Content-Length: 0

    ]]>
  </send>
  <label id="end"/>
"""


def scenario(talk_ms=None, headers=()):
    """A call that ends with any final of FINALS, or is answered: then we
    hang up after `talk_ms`, or the other side does (None)."""
    lines = "".join(f"      {header}\n" for header in headers)
    text = '<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="dialer">\n'
    text += INVITE.format(headers=lines)
    for status in FINALS:
        text += (f'  <recv response="{status}" optional="true" '
                 'next="refused"/>\n')
    text += ANSWERED
    text += PEER_HANGS_UP if talk_ms is None else \
        WE_HANG_UP.format(talk_ms=int(talk_ms))
    return text + REFUSED + "</scenario>\n"


class Sipp:
    """One run of sipp in the background. `callees` are dialled in order."""

    def __init__(self, proxy, callees, rate=20, talk_ms=None, headers=(),
                 limit=2000, timeout=120):
        self.directory = tempfile.mkdtemp(prefix="rep-sipp-")
        callees = list(callees)
        self.port = free_port()
        self.count = len(callees)
        xml = self._write("dialer.xml", scenario(talk_ms, headers))
        csv = self._write("callees.csv", "SEQUENTIAL\n" + "".join(
            f"{callee};\n" for callee in callees))
        self._errors = os.path.join(self.directory, "errors.log")
        self.stat_path = os.path.join(self.directory, "stat.csv")
        self.process = Process(
            ["sipp", f"{proxy[0]}:{proxy[1]}", "-sf", xml, "-inf", csv,
             "-i", "127.0.0.1", "-p", self.port, "-r", rate, "-m",
             self.count, "-l", limit, "-nostdin", "-trace_err",
             "-error_file", self._errors, "-timeout", f"{timeout}s",
             # a provisional reply that is sent again is no reason to give up
             "-default_behaviors", "all,-abortunexp",
             "-timeout_error", "-trace_stat", "-stf", self.stat_path,
             "-fd", "1s", "-trace_counts", "-recv_timeout", "40000"],
            os.path.join(self.directory, "sipp.log"),
            env={**os.environ, "TERM": "dumb"}, cwd=self.directory)

    def _write(self, name, text):
        path = os.path.join(self.directory, name)
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)
        return path

    def wait(self, timeout=130):
        """Its exit status: 0 = each call ended as the scenario has it."""
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.stop()
            return -1

    def running(self):
        return self.process.running()

    def errors(self):
        try:
            with open(self._errors, encoding="utf-8",
                      errors="replace") as errors:
                return errors.read()
        except FileNotFoundError:
            return ""

    def statistics(self):
        """The last line of its statistics: {column: text}."""
        try:
            with open(self.stat_path, encoding="utf-8") as stat:
                lines = stat.read().strip().splitlines()
        except FileNotFoundError:
            return {}
        if len(lines) < 2:
            return {}
        return dict(zip(re.split(";", lines[0]), re.split(";", lines[-1])))

    def finals(self):
        """{status: how many of it came}, what was sent again left out."""
        name = f"dialer_{self.process.pid}_counts.csv"
        with open(os.path.join(self.directory, name), encoding="utf-8") as out:
            lines = out.read().strip().splitlines()
        counts = dict(zip(lines[0].split(";"), lines[-1].split(";")))
        found = {re.fullmatch(r"\d+_([2-6]\d\d)_Recv", name): int(n)
                 for name, n in counts.items() if n.isdigit()}
        return {int(match[1]): n for match, n in found.items() if match and n}

    def stop(self):
        self.process.stop(3)
        shutil.rmtree(self.directory, ignore_errors=True)
