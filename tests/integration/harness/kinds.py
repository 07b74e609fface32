# SPDX-License-Identifier: GPL-2.0-or-later
"""The kind of Redis that tests go to which go to any: FAULT_KIND says which.

    plain     one server
    tls       one server, by TLS: each side shows a certificate
    sentinel  a master and two replicas, watched by three Sentinels
    cluster   a cluster whose one master serves all slots; how pools are spread
              over several is in tests/store/test_cluster_live.py
"""

import atexit
import os
import shutil
import tempfile

from .authority import Authority
from .redis_cluster import Alone
from .redis_server import Redis
from .sentinels import Guarded

KIND = os.environ.get("FAULT_KIND") or "plain"
KINDS = ("plain", "tls", "sentinel", "cluster")
assert KIND in KINDS, f"FAULT_KIND is {KIND}, not one of {KINDS}"

as_server = {}    # how a Redis of this kind is made
_as_node = {}     # what nodes are told besides its URL


def _by_tls():
    folder = tempfile.mkdtemp(prefix="rep-tls-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    ours = Authority(folder, "ours")
    cert, key = ours.issue("node", "DNS:node")
    as_server.update(authority=ours, mutual=True,
                     names="IP:127.0.0.1,IP:10.9.0.1")
    _as_node.update(TLS_CA=ours.cert, TLS_CERT=cert, TLS_KEY=key)


if KIND == "tls":
    _by_tls()


def one_server(**options):
    return Redis(**as_server, **options)


def server(**options):
    if KIND == "sentinel":
        return Guarded(replicas=2, **options)
    return Alone(**options) if KIND == "cluster" else one_server(**options)


def as_node(prefix):
    """Options of a node, whose names begin so."""
    return {prefix + name: value for name, value in _as_node.items()}
