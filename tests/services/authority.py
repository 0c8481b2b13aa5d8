"""Certificates made for a test: an authority of the site's own, and servers that have theirs of it, or should not."""

from __future__ import annotations

import ssl
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate and its key, each in a file."""

    file: Path
    key: Path

    @property
    def serving(self) -> ssl.SSLContext:
        """What a server in Python speaks TLS by."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file, self.key)
        return context


@dataclass(frozen=True, slots=True)
class Authority:
    """`ca_file` is what a site trusts; `other_ca_file` belongs to somebody else.

    `ours` is a certificate for 127.0.0.1, `elsewhere` one of the same authority for another host.
    """

    ca_file: Path
    other_ca_file: Path
    ours: Certificate
    elsewhere: Certificate

    @classmethod
    def made(cls, openssl: Path, directory: Path) -> Authority:
        """Make all of them."""
        maker = _Maker(openssl, directory)
        authority, other = maker.authority("ca"), maker.authority("other")
        ours = maker.certificate("ours", authority, "IP:127.0.0.1,DNS:localhost")
        elsewhere = maker.certificate("elsewhere", authority, "DNS:elsewhere.example.org,IP:192.0.2.1")
        return cls(authority.file, other.file, ours, elsewhere)


@dataclass(frozen=True, slots=True)
class _Maker:
    openssl: Path
    directory: Path

    def authority(self, name: str) -> Certificate:
        return self._made(name, "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=keyCertSign")

    def certificate(self, name: str, authority: Certificate, names: str) -> Certificate:
        signed = ("-CA", str(authority.file), "-CAkey", str(authority.key))
        return self._made(
            name, *signed, "-addext", f"subjectAltName={names}", "-addext", "basicConstraints=critical,CA:FALSE"
        )

    def _made(self, name: str, *arguments: str) -> Certificate:
        made = Certificate(self.directory / f"{name}.pem", self.directory / f"{name}.key")
        command = [str(self.openssl), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
        command += ["-nodes", "-keyout", str(made.key), "-out", str(made.file), "-days", "2", "-subj", f"/CN={name}"]
        subprocess.run([*command, *arguments], check=True, capture_output=True)
        return made
