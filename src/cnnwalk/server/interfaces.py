"""At which addresses other machines reach this one; found without sending anything."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import sys
from collections.abc import Iterator

_ANYWHERE = ("198.51.100.1", 9)  # an address for documentation (RFC 5737), the port for discarding
_GET_ADDRESS = 0x8915  # SIOCGIFADDR of Linux, see man 7 netdevice
_REQUEST_BYTES = 40  # of its struct ifreq; the address begins after the name's 16 and 4 more


def lan_addresses() -> list[str]:
    """Return this machine's IPv4 addresses in networks, that of its way out first."""
    found = [*_way_out(), *_all()]
    return [address for address in dict.fromkeys(found) if _is_in_network(address)]


def _way_out() -> Iterator[str]:
    with (
        contextlib.suppress(OSError),
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking,
    ):
        asking.connect(_ANYWHERE)  # of a datagram socket: it looks up the route, no more
        yield asking.getsockname()[0]


def _all() -> Iterator[str]:
    if sys.platform == "linux":  # where a machine's own name often means the loopback alone
        import fcntl

        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            for _, name in socket.if_nameindex():
                request = name.encode()[:15].ljust(_REQUEST_BYTES, b"\0")
                with contextlib.suppress(OSError):  # it has no IPv4 address
                    answer = fcntl.ioctl(asking.fileno(), _GET_ADDRESS, request)
                    yield socket.inet_ntoa(answer[20:24])
    else:
        with contextlib.suppress(OSError):
            yield from socket.gethostbyname_ex(socket.gethostname())[2]


def _is_in_network(address: str) -> bool:
    parsed = ipaddress.IPv4Address(address)
    return not (parsed.is_loopback or parsed.is_link_local or parsed.is_unspecified)
