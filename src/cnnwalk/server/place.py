"""Where a walk is asked to be served, and over what."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from cnnwalk.server.listen import DEFAULT_HOST, Listener, listen
from cnnwalk.server.tls import CertificateFiles, TlsError, listen_lan


@dataclasses.dataclass(frozen=True)
class Place:
    """What the user asked for; None leaves the choice to cnnwalk.

    Attributes:
        host: address or name to listen at.
        port: 0 is any free one, None the default port or the next free one.
        lan: whether headsets in the network come in, over TLS.
        cert, key: PEM files of the user's own, which ask for TLS, too.
    """

    host: str | None = None
    port: int | None = None
    lan: bool = False
    cert: Path | None = None
    key: Path | None = None

    def listen(self) -> Listener:
        """Listen there.

        Raises:
            ListenError: that is not possible; a TlsError when it is for the sake of TLS.
        """
        if self.cert is None and self.key is None:
            if self.lan:
                return listen_lan(self.host, self.port)
            return listen(self.host or DEFAULT_HOST, self.port)
        if self.cert is None or self.key is None:
            raise TlsError("a certificate of your own needs both --cert FILE and --key FILE")
        return listen_lan(self.host, self.port, CertificateFiles(self.cert, self.key))
