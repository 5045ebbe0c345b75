"""Where visitors have put the panels, kept beyond the walk: a file for each view of a network."""

from __future__ import annotations

import hashlib
import json
import logging
import threading
from http import HTTPStatus
from pathlib import Path

from pydantic import ValidationError

from cnnwalk.collapse import collapse
from cnnwalk.server.halls import View
from cnnwalk.server.messages import Placements
from cnnwalk.server.privatefiles import read_private, write_private
from cnnwalk.server.problems import ProblemError
from cnnwalk.server.served import ServedNetwork

_LOG = logging.getLogger(__name__)

_MOST_FILES = 256
_BROKEN = ".broken"
_NOTHING = Placements(revision=0, placements={})


class PlacementStore:
    """How the panels of every view stand. For use by several threads and several servers.

    A network is known by its name and its layers: new weights and a new version of cnnwalk leave
    its panels where they are. Of more than `_MOST_FILES` views those that nobody has changed for
    longest are forgotten.
    """

    def __init__(self, folder: Path) -> None:
        """Keep what is written in files of this folder; it is made when it is needed."""
        self._folder = folder
        # What could not be written lives as long as this walk.
        self._unwritten: dict[str, Placements] = {}
        self._lock = threading.Lock()

    def read(self, served: ServedNetwork, view: View) -> Placements:
        """Return how the panels of a view stand, as far as their layers are in it."""
        with self._lock:
            return self._read(served, view)

    def write(self, served: ServedNetwork, view: View, asked: Placements) -> Placements:
        """Keep how the panels of a view stand, and return it with its new revision.

        Args:
            served: the network.
            view: of this network.
            asked: all that were moved; `revision` is the one that was changed. Layers that the
                view does not have are left out.

        Raises:
            ProblemError: 409, another revision is kept: read that, and change it.
        """
        with self._lock:
            kept = self._read(served, view)
            if asked.revision != kept.revision:
                raise ProblemError(
                    HTTPStatus.CONFLICT,
                    f"The panels of {served.network.name} were changed as of revision "
                    f"{asked.revision}, but revision {kept.revision} is kept: another window "
                    "moved panels meanwhile, so read what is kept and change that.",
                )
            changed = _of_view(asked, served, view).model_copy(
                update={"revision": kept.revision + 1}
            )
            self._keep(_name(served, view), changed)
            return changed

    def _read(self, served: ServedNetwork, view: View) -> Placements:
        name = _name(served, view)
        kept = self._unwritten.get(name) or self._load(name)
        return _of_view(kept, served, view)

    def _load(self, name: str) -> Placements:
        path = self._folder / name
        try:
            data = read_private(path)
            return _NOTHING if data is None else Placements.model_validate_json(data)
        except OSError as error:
            _LOG.warning("Where panels were put cannot be read: %s", error)
        except ValidationError:
            _set_aside(path)
        return _NOTHING

    def _keep(self, name: str, placements: Placements) -> None:
        try:
            self._forget_oldest(name)
            write_private(self._folder / name, placements.model_dump_json().encode())
        except OSError as error:
            _LOG.warning(
                "Where panels are put is kept only until this walk ends, since it cannot be "
                "written: %s",
                error,
            )
            self._unwritten.pop(name, None)
            self._unwritten[name] = placements
            if len(self._unwritten) > _MOST_FILES:
                del self._unwritten[next(iter(self._unwritten))]
        else:
            self._unwritten.pop(name, None)

    def _forget_oldest(self, name: str) -> None:
        """Make room for one more file; raises OSError."""
        files = list(self._folder.glob("*.json"))
        if len(files) < _MOST_FILES or self._folder / name in files:
            return
        files.sort(key=lambda path: path.stat().st_mtime)
        for path in files[: len(files) - _MOST_FILES + 1]:
            path.unlink()


def _name(served: ServedNetwork, view: View) -> str:
    """Return the name of the file that keeps this view of this network."""
    layers = [layer.id for layer in served.graph.layers]
    told = json.dumps([served.network.name, layers, view.course, view.collapsed])
    return f"{hashlib.sha256(told.encode()).hexdigest()[:32]}.json"


def _of_view(kept: Placements, served: ServedNetwork, view: View) -> Placements:
    """Return what is about layers that the view has."""
    layers = {layer.id for layer in collapse(served.graph, view.collapsed).layers}
    known = {layer: place for layer, place in kept.placements.items() if layer in layers}
    return kept.model_copy(update={"placements": known})


def _set_aside(path: Path) -> None:
    """Give a file another name, under which nobody looks for it."""
    broken = path.with_name(path.name + _BROKEN)
    _LOG.warning(
        "%s does not say where panels were put, so it is now called %s, and the panels stand as "
        "the layout has them.",
        path,
        broken.name,
    )
    try:
        path.replace(broken)
    except OSError as error:
        _LOG.warning("It cannot be moved: %s", error)
