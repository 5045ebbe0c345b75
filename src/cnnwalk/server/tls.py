"""Serving over TLS, without which a headset's browser has no WebXR but on localhost."""

from __future__ import annotations

import dataclasses
import datetime
import re
import socket
import ssl
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from cnnwalk.server.addresses import IPAddress, parse_host
from cnnwalk.server.interfaces import lan_addresses
from cnnwalk.server.listen import Listener, ListenError, listen
from cnnwalk.userfolders import state_folder

if TYPE_CHECKING:
    from cnnwalk.server.certificates import Certificate

_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")


class TlsError(ListenError):
    """The server cannot serve over TLS as asked; the message is a sentence for people."""


@dataclasses.dataclass(frozen=True)
class CertificateFiles:
    """PEM files of the user's own."""

    certificate: Path
    key: Path


@dataclasses.dataclass(frozen=True)
class Tls:
    """What a server shows to prove who it is.

    Attributes:
        context: for the server's sockets.
        names: hosts that the certificate is for; patterns are left out.
        fingerprint: SHA-256, as browsers show it: bytes in hexadecimal between colons.
        ends: when the certificate ends.
        made_here: whether it is signed by itself, so that browsers warn.
        warning: what is wrong with it, as a sentence; None when nothing is.
    """

    context: ssl.SSLContext
    names: frozenset[IPAddress | str]
    fingerprint: str
    ends: datetime.datetime
    made_here: bool
    warning: str | None = None


def listen_lan(
    host: str | None = None, port: int | None = None, files: CertificateFiles | None = None
) -> Listener:
    """Listen over TLS at an address that other machines reach.

    Args:
        host: None for this machine's address in its network.
        port: as `listen` takes it.
        files: None for a certificate that is made here, kept and used again.

    Raises:
        TlsError: no such address, the certificate cannot be used, or a package is missing.
        ListenError: the server cannot listen there.
    """
    listener = listen(host or _own_address(), port)
    try:
        return dataclasses.replace(listener, tls=_tls_for(listener, files))
    except BaseException:
        listener.socket.close()
        raise


def _own_address() -> str:
    addresses = lan_addresses()
    if not addresses:
        raise TlsError(
            "this machine has no address in a network; connect it to the headset's, or name "
            "the address to listen at with --host"
        )
    return addresses[0]


def _tls_for(listener: Listener, files: CertificateFiles | None) -> Tls:
    bound = parse_host(listener.socket.getsockname()[0])
    if not isinstance(bound, str) and bound.is_unspecified:
        raise TlsError(
            f"--lan serves at one address, and {listener.host} stands for all; name one with "
            f"--host, such as {' or '.join(lan_addresses()) or '192.168.1.5'}"
        )
    try:
        from cnnwalk.server import certificates
    except ModuleNotFoundError as error:
        raise TlsError(
            f"--lan needs the package {error.name}; install it with: pip install 'cnnwalk[lan]'"
        ) from None
    named = parse_host(listener.host)
    if files is None:
        kept = certificates.keep_certificate(
            {bound, named, *_own_names()}, state_folder() / "certificates"
        )
        return _serve_with(kept, made_here=True)
    try:
        own = certificates.read_certificate(_read(files.certificate), _read(files.key))
    except certificates.CertificateError as error:
        raise TlsError(f"{error} ({files.certificate}, {files.key})") from None
    _check_dates(own, files.certificate)
    tls = _serve_with(own, made_here=False)
    return dataclasses.replace(tls, warning=_mismatch(own, named))


def _own_names() -> set[str]:
    """Return the machine's name, and that by which its network finds it (RFC 6762)."""
    name = socket.gethostname().lower()
    if not _NAME.fullmatch(name) or name == "localhost":
        return set()
    return {name} if "." in name else {name, f"{name}.local"}


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise TlsError(
            f"{path} cannot be read ({error.strerror}); check --cert and --key"
        ) from None


def _check_dates(certificate: Certificate, path: Path) -> None:
    now = datetime.datetime.now(datetime.UTC)
    if certificate.ends <= now:
        raise TlsError(
            f"the certificate in {path} has expired on {certificate.ends:%d %B %Y}; renew it, or "
            "leave out --cert and --key to have one made"
        )
    if certificate.begins > now:
        raise TlsError(
            f"the certificate in {path} is valid from {certificate.begins:%d %B %Y %H:%M} UTC on; "
            "check this machine's clock, or leave out --cert and --key to have one made"
        )


def _mismatch(certificate: Certificate, host: IPAddress | str) -> str | None:
    names = certificate.names
    above = f"*.{host.partition('.')[2]}" if isinstance(host, str) else host
    if host in names or above in names:
        return None
    listed = ", ".join(sorted(map(str, names))) or "no host at all"
    return f"the certificate is not for {host} but for {listed}: browsers warn; use --host NAME"


def _serve_with(certificate: Certificate, *, made_here: bool) -> Tls:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["http/1.1"])
    # OpenSSL reads files only.
    with tempfile.TemporaryDirectory() as folder:  # made with mode 0700
        path = Path(folder) / "certificate.pem"
        path.write_bytes(certificate.key + b"\n" + certificate.certificates)
        try:
            context.load_cert_chain(path)
        except ssl.SSLError as error:
            raise TlsError(f"the certificate cannot be used: {error.reason}") from None
    exact = frozenset(name for name in certificate.names if "*" not in str(name))
    return Tls(context, exact, certificate.fingerprint, certificate.ends, made_here)
