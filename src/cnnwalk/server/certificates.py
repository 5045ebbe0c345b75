"""Certificates: made here and kept in the state folder, or the user's own; needs cryptography."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
from collections.abc import Iterable, Set
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from cnnwalk.server.addresses import IPAddress, parse_host
from cnnwalk.server.privatefiles import read_private, write_private

_LIFE = datetime.timedelta(days=30)
_LEAST_LEFT = datetime.timedelta(days=3)  # of one that is used again
_CLOCK_SKEW = datetime.timedelta(hours=1)  # the headset's clock may be behind

Names = Set[IPAddress | str]


class CertificateError(ValueError):
    """A file holds no certificate or key that can be used; the message is a sentence."""


@dataclasses.dataclass(frozen=True)
class Certificate:
    """A certificate with its key.

    Attributes:
        certificates: PEM, the server's own first.
        key: PEM, not encrypted.
        names: of the hosts it is for; ``*.example.org`` for all names one level below.
        fingerprint: SHA-256 of the certificate, as bytes in hexadecimal between colons.
        begins, ends: when it is valid, with time zone.
    """

    certificates: bytes
    key: bytes
    names: frozenset[IPAddress | str]
    fingerprint: str
    begins: datetime.datetime
    ends: datetime.datetime


def keep_certificate(names: Names, folder: Path) -> Certificate:
    """Return the certificate for these hosts from the folder, made where none fits or lasts.

    Where the folder cannot be written the certificate lives in memory only: browsers then ask
    again after a restart.
    """
    told = "\n".join(sorted(map(str, names)))
    path = folder / f"{hashlib.sha256(told.encode()).hexdigest()[:16]}.pem"
    try:
        held = read_private(path)
        kept = None if held is None else _read_kept(held)
        if kept is not None and kept.names == names and _now() + _LEAST_LEFT < kept.ends:
            return kept
        made = _make(names)
        write_private(path, made.key + made.certificates)
    except OSError:
        return _make(names)
    return made


def read_certificate(certificates: bytes, key: bytes) -> Certificate:
    """Return what two PEM files hold.

    Raises:
        CertificateError: one is not PEM, the key is encrypted, or they do not belong together.
    """
    try:
        own = x509.load_pem_x509_certificates(certificates)[0]
    except ValueError:
        raise CertificateError("no certificate in PEM format is in the file of --cert") from None
    try:
        private = serialization.load_pem_private_key(key, password=None)
    except TypeError:
        raise CertificateError(
            "the key is encrypted; write it without a password: openssl pkey -in KEY -out PLAIN_KEY"
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        raise CertificateError("no private key in PEM format is in the file of --key") from None
    if private.public_key() != own.public_key():
        raise CertificateError("the key of --key does not belong to the certificate of --cert")
    return Certificate(
        certificates,
        key,
        _names(own),
        own.fingerprint(hashes.SHA256()).hex(":").upper(),
        own.not_valid_before_utc,
        own.not_valid_after_utc,
    )


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def _read_kept(held: bytes) -> Certificate | None:
    try:
        return read_certificate(held, held)
    except CertificateError:
        return None


def _names(certificate: x509.Certificate) -> frozenset[IPAddress | str]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return frozenset()
    addresses = found.get_values_for_type(x509.IPAddress)
    texts = [*found.get_values_for_type(x509.DNSName), *map(str, addresses)]
    return frozenset(parse_host(text) for text in texts)


def _make(names: Names) -> Certificate:
    """Make a certificate for `names`, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "cnnwalk")])
    begins = _now().replace(microsecond=0) - _CLOCK_SKEW
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + _LIFE)
        .add_extension(x509.SubjectAlternativeName(_general_names(names)), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return read_certificate(certificate.public_bytes(pem), private)


def _general_names(names: Names) -> Iterable[x509.GeneralName]:
    for name in sorted(names, key=str):
        yield x509.DNSName(name) if isinstance(name, str) else x509.IPAddress(name)
