"""A network's copies with several kinds of numbers, each made when it is first used."""

from __future__ import annotations

from collections.abc import Collection

import torch

from cnnwalk.featvis.numerics import EXACT, Numerics
from cnnwalk.featvis.reach import NetworkCopy, Reach
from cnnwalk.graph import Graph
from cnnwalk.networks import Network


class Copies:
    """Copies of a network on a device, and their layers as functions; for one thread at a time.

    Attributes:
        network: what is copied.
        graph: of the network.
        device: where the copies compute.
    """

    def __init__(self, network: Network, graph: Graph, device: torch.device) -> None:
        self.network = network
        self.graph = graph
        self.device = device
        self._copies: dict[Numerics, NetworkCopy] = {}
        self._reaches: dict[tuple[str, Numerics, bool], Reach] = {}

    def reach(
        self, layer_id: str, numerics: Numerics = EXACT, *, before_activation: bool = False
    ) -> Reach:
        """Return a layer as a function, remembered; raises as `NetworkCopy.reach`."""
        name = (layer_id, numerics, before_activation)
        if name not in self._reaches:
            if numerics not in self._copies:
                self._copies[numerics] = NetworkCopy(
                    self.network, self.graph, self.device, numerics
                )
            copy = self._copies[numerics]
            self._reaches[name] = copy.reach(layer_id, before_activation=before_activation)
        return self._reaches[name]

    def keep(self, kinds: Collection[Numerics]) -> None:
        """Let go of the copies with other kinds of numbers, which take memory."""
        self._copies = {kind: copy for kind, copy in self._copies.items() if kind in kinds}
        self._reaches = {name: each for name, each in self._reaches.items() if name[1] in kinds}
