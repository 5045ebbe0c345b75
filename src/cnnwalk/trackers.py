"""The explicit interface: modules in a network's own code that say what is to be shown.

They are `nn.Identity` and change nothing: not the result, not the `state_dict`, not training.
Capture sees when they are called; see `cnnwalk.capture` for what becomes of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import Any

from torch import Tensor, nn

Position = tuple[float, float]
"""(row, column) on the trackers' grid, row 0 at the input; column 0 is the trunk."""


def as_position(value: object) -> Position:
    """Return a pair of numbers as a position; raises ValueError for anything else."""
    if isinstance(value, Sequence) and len(value) == 2:
        row, column = value
        if isinstance(row, int | float) and isinstance(column, int | float):
            return float(row), float(column)
    raise ValueError(f"{value!r:.80} is no position: give a pair of numbers, (row, column).")


class TrackerModule(nn.Identity):
    """Shows as a layer what passes through it. Its result may be used or discarded.

    Attributes:
        pos: where the layer stands; None where the layout is free.
        layer_name: what the layer is called; None for what capture makes of it.
        tracked_module: the module whose weights are shown with the layer. The tracker does
            not own it: it is no child.
        precursors: the trackers before this one, themselves or by their positions; None or
            empty: what the data says.
        ignore_activation: whether this is a landmark with `layer_name` as its text, and no layer.
    """

    # What is behind them is not for TorchScript.
    __jit_unused_properties__ = ("meta",)

    def __init__(
        self,
        pos: Sequence[float] | None = None,
        layer_name: str | None = None,
        tracked_module: nn.Module | None = None,
        precursors: Sequence[TrackerModule | Sequence[float]] | None = None,
        ignore_activation: bool = False,
    ) -> None:
        """Raises ValueError for a position that is no pair of numbers."""
        super().__init__()
        if pos is not None:
            as_position(pos)
        for precursor in precursors or ():
            if not isinstance(precursor, TrackerModule):
                as_position(precursor)
        self.pos = pos
        self.layer_name = layer_name
        self.tracked_module = tracked_module
        self.precursors = precursors
        self.ignore_activation = ignore_activation

    def __setattr__(self, name: str, value: Any) -> None:  # noqa: ANN401  # as in nn.Module
        """Keep the tracked module out of the children, whose weights a state dict would hold."""
        if name == "tracked_module":
            object.__setattr__(self, name, value)
        else:
            super().__setattr__(name, value)

    @property
    def meta(self) -> dict[str, Any]:
        """All that the tracker was given, by name."""
        names = ("pos", "layer_name", "tracked_module", "precursors", "ignore_activation")
        return {name: getattr(self, name) for name in names}


class Marker(nn.Identity):
    """A landmark: its text stands before the layer that comes next.

    Attributes:
        text: None for the class of the module that calls the marker.
    """

    def __init__(self, text: str | None = None) -> None:
        super().__init__()
        self.text = text


class ActivationTracker:
    """Collects what passes through trackers, for networks that do so in their own code."""

    def collect_stats(
        self, model: nn.Module, batch: object, module: nn.Module | None = None
    ) -> tuple[Any, list[dict[str, Any]]]:
        """Run the model; return its output and a record for each call of a tracker.

        Args:
            model: called with `batch`.
            batch: its argument.
            module: if given, the calls of this module are collected in place of the trackers'.

        Returns:
            The output, and in order of the calls `TrackerModule.meta` with the keys ``module``
            and, unless activations are ignored, ``activation``.
        """
        watched = [module] if module is not None else list(_trackers(model))
        records: list[dict[str, Any]] = []

        def note(called: nn.Module, args: object, result: Tensor) -> None:
            del args
            record = called.meta if isinstance(called, TrackerModule) else {}
            record["module"] = called
            if not record.get("ignore_activation"):
                record["activation"] = result
            records.append(record)

        with ExitStack() as hooks:
            for each in watched:
                hooks.enter_context(each.register_forward_hook(note))
            output = model(batch)
        return output, records


def _trackers(model: nn.Module) -> Iterator[TrackerModule]:
    return (module for module in model.modules() if isinstance(module, TrackerModule))
