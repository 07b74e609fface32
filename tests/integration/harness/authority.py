# SPDX-License-Identifier: GPL-2.0-or-later
"""Certificates of an authority of our own."""

import subprocess

CURVE = ("ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


def openssl(*words):
    subprocess.run(["openssl", *words], check=True, capture_output=True)


class Authority:
    def __init__(self, folder, name):
        self.folder, self.name = folder, name
        self.cert, self.key = f"{folder}/{name}.pem", f"{folder}/{name}.key"
        openssl("req", "-x509", "-newkey", *CURVE, "-days", "2", "-subj",
                f"/CN={name}", "-keyout", self.key, "-out", self.cert)

    def issue(self, name, names):
        """A certificate for `names`: (certificate, key)."""
        base = f"{self.folder}/{self.name}-{name}"
        openssl("req", "-newkey", *CURVE, "-subj", f"/CN={name}", "-keyout",
                base + ".key", "-out", base + ".csr")
        with open(base + ".ext", "w", encoding="ascii") as ext:
            ext.write(f"subjectAltName={names}\n")
        openssl("x509", "-req", "-in", base + ".csr", "-CA", self.cert,
                "-CAkey", self.key, "-CAcreateserial", "-days", "2",
                "-extfile", base + ".ext", "-out", base + ".pem")
        return base + ".pem", base + ".key"

    def settings(self, port, names="IP:127.0.0.1", mutual=False):
        """Of a server, as pairs: it listens at `port` with a certificate for
        `names`, and shows it where it is a client itself."""
        cert, key = self.issue(f"server{port}", names)
        return {"tls-port": port, "tls-cert-file": cert, "tls-key-file": key,
                "tls-ca-cert-file": self.cert,
                "tls-auth-clients": "yes" if mutual else "no"}
