"""Parsed addresses: which Host a request may name.

A page of a foreign site can point its own name at this machine (DNS rebinding) and then
read our answers as its own. Its requests carry that name in their Host header, so names
are allowed only where they cannot be a stranger's; texts are parsed before they are compared.
"""

from __future__ import annotations

import dataclasses
import ipaddress
import re

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_AUTHORITY = re.compile(
    r"(?:\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<name>[A-Za-z0-9._-]+))(?::(?P<port>[0-9]{1,5}))?"
)
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclasses.dataclass(frozen=True, slots=True)
class Authority:
    """A host, as an IP address or a lower-case name, and a port."""

    host: IPAddress | str
    port: int


def default_port(scheme: str) -> int:
    """Return the port that an address with this scheme, http or https, need not name."""
    return _DEFAULT_PORTS[scheme]


def parse_authority(text: str, usual_port: int = _DEFAULT_PORTS["http"]) -> Authority | None:
    """Parse ``host``, ``host:port``, ``1.2.3.4:port`` or ``[::1]:port``; None when it is neither.

    IPv4 addresses are decimal with four parts; other spellings of numbers are names.
    """
    match = _AUTHORITY.fullmatch(text)
    if match is None:
        return None
    try:
        host = parse_host(match["v6"] or match["name"])
    except ValueError:
        return None
    if match["v6"] and isinstance(host, str):
        return None
    return Authority(host, int(match["port"] or usual_port))


def parse_origin(text: str, scheme: str = "http") -> Authority | None:
    """Parse an Origin header such as ``http://127.0.0.1:8765``.

    None for ``null`` and the like, and for an origin of another scheme.
    """
    found, separator, rest = text.partition("://")
    if not separator or found.lower() != scheme:
        return None
    return parse_authority(rest, default_port(scheme))


def parse_host(text: str) -> IPAddress | str:
    """Return the IP address that `text` spells, or the name in lower case without a final dot."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text.lower().removesuffix(".")
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped if isinstance(mapped, ipaddress.IPv4Address) else address


def is_loopback(host: IPAddress | str) -> bool:
    """Whether this name or address is always this machine itself."""
    return host == "localhost" if isinstance(host, str) else host.is_loopback
