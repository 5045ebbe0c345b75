"""The networks of a walk: recorded, told apart, and named by all that the page keeps of them."""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import json
from collections.abc import Iterable

from cnnwalk.collapse import collapse
from cnnwalk.featvis.scoring import gives_scores
from cnnwalk.graph import Graph, Layer, maps_shape
from cnnwalk.layout.arrange import arrange
from cnnwalk.networks import Network
from cnnwalk.server.halls import View, view_of
from cnnwalk.server.messages import Classes, InputSpecification, NetworkSummary
from cnnwalk.server.problems import not_found
from cnnwalk.server.showing import Showing
from cnnwalk.version import __version__


@dataclasses.dataclass(frozen=True)
class ServedNetwork:
    """A network of the walk.

    Attributes:
        id: names the network, its graph and how it stands.
        network: as it was given, with a name that no other network of the walk has.
        graph: with nothing collapsed.
        arrival: how it is shown at first.
    """

    id: str
    network: Network
    graph: Graph
    arrival: View

    def layer(self, layer: str) -> Layer:
        """Return the layer with this id; raises the 404 problem when there is none."""
        try:
            return self.graph.layer(layer)
        except KeyError:
            others = f"{self.graph.name} has {len(self.graph.layers)} others"
            raise not_found("layer", layer, others) from None

    def summary(self) -> NetworkSummary:
        """Return what the page is told of it."""
        spec, classes = self.network.input, self.network.classes
        return NetworkSummary(
            id=self.id,
            name=self.network.name,
            description=self.network.description,
            input=InputSpecification(
                channels=spec.channels,
                height=spec.height,
                width=spec.width,
                mean=list(spec.mean),
                std=list(spec.std),
            ),
            classes=None if classes is None else len(classes),
            warnings=list(self.graph.warnings),
            collapsed=list(self.arrival.collapsed),
            course=self.arrival.course,
        )

    def classes(self) -> Classes:
        """Return what its classes are called."""
        names = self.network.classes or ()
        scores = [
            layer.id
            for layer in self.graph.layers
            if gives_scores(self.network, self.graph, layer)
            and maps_shape(layer.shape)[0] == len(names)
        ]
        return Classes(names=list(names), layers=scores)


def told_apart(networks: Iterable[Network]) -> list[Network]:
    """Return the networks with names that are all different: the second `a` is ``a (2)``."""
    taken: set[str] = set()
    named = []
    for network in networks:
        numbers = itertools.count(2)
        name = network.name
        while name in taken:
            name = f"{network.name} ({next(numbers)})"
        taken.add(name)
        named.append(network if name == network.name else dataclasses.replace(network, name=name))
    return named


def serve(network: Network, showing: Showing) -> ServedNetwork:
    """Record a network and arrange it as it is shown on arrival.

    Raises:
        CaptureError: nothing of the network can be recorded.
        NetworkError: it fails on its way.
    """
    graph = showing.record(network)
    arrival = view_of(graph, showing.collapsed(graph), course=showing.course)
    arrangement = arrange(collapse(graph, arrival.collapsed), course=arrival.course)
    # Browsers keep what is under this id forever, so it names the version of the code, too.
    content = json.dumps(
        [__version__, network.id, graph.to_json(), dataclasses.asdict(arrangement)]
    )
    return ServedNetwork(hashlib.sha256(content.encode()).hexdigest()[:16], network, graph, arrival)
