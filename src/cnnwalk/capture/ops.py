"""Granularity ``ops``: every operation on the image is a layer; nothing is fused or hidden."""

from __future__ import annotations

from cnnwalk.capture.assemble import Group, Grouping
from cnnwalk.capture.flow import Flow


def keep_operations(flow: Flow) -> Grouping:
    """Return one group per operation."""
    groups = tuple(Group(main=operation, members=(operation,)) for operation in flow.operations)
    return Grouping(groups, hidden={})
