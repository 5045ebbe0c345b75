"""How a thread tells tasks of event loops that there is something new."""

from __future__ import annotations

import asyncio
import contextlib


class Listener:
    """Waits in an event loop for what other threads make; make it inside that loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()

    def forget_news(self) -> None:
        """To be called before one reads, so that nothing that comes later is missed."""
        self._news.clear()

    async def news(self) -> None:
        """Wait until something was told."""
        await self._news.wait()

    def tell(self) -> None:
        """Wake the listener, from any thread."""
        # A loop may have closed while its listeners still stand here.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._news.set)
