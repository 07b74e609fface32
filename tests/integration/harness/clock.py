# SPDX-License-Identifier: GPL-2.0-or-later
"""A wall clock for the module that a test sets ahead."""

import os
import struct
import subprocess
import tempfile

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "clock.c")


class Clock:
    def __init__(self):
        self.directory = tempfile.mkdtemp(prefix="rep-clock-")
        self.library = os.path.join(self.directory, "clock.so")
        self.path = os.path.join(self.directory, "ahead")
        self.ahead = 0
        with open(self.path, "wb") as out:
            out.write(struct.pack("=q", 0))
        subprocess.run([os.environ.get("CC", "cc"), "-shared", "-fPIC", "-O1",
                        "-o", self.library, SOURCE, "-ldl"], check=True)

    def forward(self, seconds):
        """In place: the proxies have the file mapped."""
        self.ahead += seconds
        with open(self.path, "r+b") as out:
            out.write(struct.pack("=q", self.ahead))
