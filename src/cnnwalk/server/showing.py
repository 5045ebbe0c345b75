"""How a walk shows its networks on arrival."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from cnnwalk.collapse import blocks_at, main_blocks
from cnnwalk.graph import Granularity, Graph, TrackerMode
from cnnwalk.layout.places import Course

if TYPE_CHECKING:
    from cnnwalk.capture import Recording
    from cnnwalk.networks import Network


def failure_text(recording: Recording) -> str:
    """Return the sentences on a network that fails on its way, with what to do."""
    return (
        f"{recording.name} fails {recording.failure}. Give the size it is made for with "
        "--input-size HxW, or let your code return a cnnwalk.Network with its own input "
        "specification."
    )


@dataclasses.dataclass(frozen=True, slots=True)
class Showing:
    """What is recorded of every network of a walk, and how it is shown on arrival.

    Attributes:
        granularity: how fine the layers are. `blocks` is `layers` with the main blocks
            collapsed, so that a visitor can expand them.
        trackers: what becomes of trackers and markers where not only trackers are shown.
        depth: levels of blocks that are open, 0 for none; at None, all are, or what
            `granularity` says.
        course: how the walk runs.
    """

    granularity: Granularity = "layers"
    trackers: TrackerMode = "merge"
    depth: int | None = None
    course: Course = "straight"

    def record(self, network: Network) -> Graph:
        """Return `graph` of a network that runs to its end.

        Raises:
            CaptureError: nothing of the network can be recorded.
            NetworkError: it fails on its way.
        """
        from cnnwalk.capture import record
        from cnnwalk.networks import NetworkError

        arguments = network.arguments(network.example_input())
        recording = record(network.module, arguments, name=network.name)
        if recording.failure is not None:
            raise NetworkError(
                f"{failure_text(recording)} “cnnwalk graph” prints the part that runs."
            )
        return self.graph(recording)

    def graph(self, recording: Recording) -> Graph:
        """Return the graph of which all that can be shown is a view: nothing is collapsed.

        Raises:
            CaptureError: the recording has nothing of this granularity.
        """
        finest: Granularity = "layers" if self.granularity == "blocks" else self.granularity
        return recording.graph(finest, trackers=self.trackers)

    def collapsed(self, graph: Graph) -> tuple[str, ...]:
        """Return the ids of the blocks that are collapsed on arrival."""
        if self.depth is not None:
            return blocks_at(graph, self.depth)
        return main_blocks(graph) if self.granularity == "blocks" else ()
