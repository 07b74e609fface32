# SPDX-License-Identifier: GPL-2.0-or-later
"""Real servers and SIP peers on loopback, for the integration tests and the
demo. docs/testing.md says what each class is."""

import os

# kamailio and kamcmd are there, but not in the PATH of a Debian user
os.environ["PATH"] = os.environ.get("PATH", "/usr/bin:/bin") + \
    ":/usr/local/sbin:/usr/sbin:/sbin"
