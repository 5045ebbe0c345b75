"""A job: what was asked for, what is done, what forms, and how long the rest may take.

It knows neither threads nor clocks: the desk changes it, one thread at a time.
"""

from __future__ import annotations

import collections
import threading
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from cnnwalk.featvis.jobs.batch import Batch
from cnnwalk.featvis.jobs.errors import JobError
from cnnwalk.featvis.jobs.request import Work
from cnnwalk.featvis.jobs.state import JobState, Phase, Preview
from cnnwalk.featvis.picture import Picture, Silence

_PREVIEWS = 4
"""How many of the newest are held: a page asks for one while the next is made."""


class Job:
    """The pictures of one layer under one set of settings.

    Attributes:
        work: what names it.
        number: jobs with lower numbers come first.
        seen: the channels that somebody looks at, to be made first.
        seen_number: higher than that of all jobs that were looked at before.
        shelf: to be held by who writes or deletes its pictures.
    """

    def __init__(self, work: Work, number: int) -> None:
        self.work = work
        self.number = number
        self.id = work.id
        self.seen: frozenset[int] = frozenset()
        self.seen_number = 0
        self.shelf = threading.Lock()
        self._asked: dict[int, None] = {}
        self._unchecked: set[int] = set()
        self._done: dict[int, Silence | None] = {}
        self._unsaved: dict[int, Picture] = {}
        self._batches: list[Batch] = []
        self._previews: collections.deque[Preview] = collections.deque(maxlen=_PREVIEWS)
        self._revision = 0
        self._paused = False
        self._end: Phase | None = None
        self._failure: str | None = None
        self._problem: str | None = None
        self._keys: dict[int, str] = {}
        self._seconds = 0.0
        self._channel_steps = 0

    @property
    def phase(self) -> Phase:
        """Where it stands."""
        if self._end is not None:
            return self._end
        if self._paused:
            return "paused"
        return "running" if self._batches else "waiting"

    @property
    def asked(self) -> tuple[int, ...]:
        """The channels that were asked for and not given up, in this order."""
        return tuple(self._asked)

    @property
    def unchecked(self) -> tuple[int, ...]:
        """Channels of which it is not known yet whether the cache has them."""
        return tuple(self._unchecked)

    @property
    def saved(self) -> tuple[int, ...]:
        """The channels that are done, and in the cache unless it has dropped them."""
        return tuple(channel for channel in self._done if channel not in self._unsaved)

    def is_done(self, channel: int) -> bool:
        """Say whether a channel's picture is there, or there will be none."""
        return channel in self._done

    @property
    def batches(self) -> tuple[Batch, ...]:
        """What forms now."""
        return tuple(self._batches)

    def key(self, channel: int) -> str:
        """Return under what name a channel's picture is cached."""
        if channel not in self._keys:
            self._keys[channel] = self.work.key(channel)
        return self._keys[channel]

    def ask(self, channels: Iterable[int], *, anew: bool = False) -> None:
        """Add channels; a job that has ended or is paused goes on."""
        for channel in channels:
            self._asked.setdefault(channel)
            if anew:
                self._drop(channel)
            if channel not in self._done:
                self._unchecked.add(channel)
        self._paused = False
        self._end = None
        self._failure = None

    def check(self, found: Mapping[int, Silence | None], checked: Iterable[int]) -> None:
        """Note which of some channels have pictures already."""
        self._unchecked.difference_update(checked)
        self._done.update(found)
        self._settle()

    def pending(self) -> list[int]:
        """Return the channels that may be made now, those that are seen first."""
        if self._end is not None or self._paused:
            return []
        taken = {channel for batch in self._batches for channel in batch.channels}
        free = [c for c in self._asked if c not in self._done and c not in taken]
        free = [channel for channel in free if channel not in self._unchecked]
        return sorted(free, key=lambda channel: channel not in self.seen)

    def urgency(self, channels: Sequence[int]) -> int:
        """Return 0 where nobody looks at any of these channels; more, the later somebody came."""
        return self.seen_number if any(channel in self.seen for channel in channels) else 0

    def claim(self, count: int, now: float) -> Batch | None:
        """Take the next channels to make them; None when there are none."""
        channels = tuple(self.pending()[:count])
        if not channels:
            return None
        batch = Batch(channels, now)
        self._batches.append(batch)
        return batch

    def show(self, revision: int) -> None:
        """Make a preview of what the batches show; without any there is none."""
        shown = [batch.shown for batch in self._batches if batch.shown is not None]
        self._revision = revision if shown else 0
        if shown:
            channels = tuple(channel for part, _ in shown for channel in part)
            pixels = np.concatenate([pictures for _, pictures in shown])
            self._previews.append(Preview(revision, channels, pixels))

    def preview(self, revision: int) -> Preview | None:
        """Return a preview that is held, or None."""
        return next((each for each in self._previews if each.revision == revision), None)

    def finish(self, batch: Batch, pictures: Mapping[int, Picture], now: float) -> None:
        """Take what came of a batch; channels without a picture are asked for no more."""
        self._batches.remove(batch)
        for channel in batch.channels:
            if channel in pictures:
                self._done[channel] = pictures[channel].silence
            else:
                self._asked.pop(channel, None)
        self._seconds += now - batch.since
        self._channel_steps += len(batch.channels) * self.work.settings.steps
        self._settle()

    def keep_in_memory(self, channel: int, picture: Picture) -> None:
        """Hold a picture that the disk does not take."""
        self._unsaved[channel] = picture

    def unsaved(self, channel: int) -> Picture | None:
        """Return a picture that the disk did not take."""
        return self._unsaved.get(channel)

    def lose(self, channel: int) -> None:
        """Note that the picture of a channel is no longer there."""
        self._drop(channel)
        self._asked.pop(channel, None)

    def tell(self, problem: str | None) -> None:
        """Note what a job that goes on has to say."""
        self._problem = problem

    def trouble(self, sentence: str) -> None:
        """Note what will make the job count as failed once it has ended."""
        self._failure = sentence

    def pause(self) -> None:
        """Stop; raises JobError when it has ended."""
        self._check_unended("paused")
        self._paused = True
        self._give_up()

    def resume(self) -> None:
        """Go on; raises JobError when it has ended."""
        self._check_unended("resumed")
        self._paused = False

    def cancel(self) -> None:
        """End; raises JobError when it has ended already."""
        self._check_unended("cancelled")
        self.end("cancelled")

    def end(self, phase: Phase) -> None:
        """End as it stands: what is not done is asked for no more."""
        self._end = phase
        self._paused = False
        self._give_up()
        self._unchecked.clear()
        self._previews.clear()
        self._asked = {channel: None for channel in self._asked if channel in self._done}

    def delete(self) -> None:
        """End, without any picture."""
        if self._end is None:
            self.end("cancelled")
        for channel in list(self._done):
            self.lose(channel)

    def state(self, hands: int) -> JobState:
        """Return how it stands, where `hands` threads make pictures."""
        shown = [batch for batch in self._batches if batch.shown is not None]
        forming = self._previews[-1].channels if self._revision else ()
        waiting = len(self._asked) - len(self._done.keys() & self._asked.keys()) - len(forming)
        request = self.work.request
        return JobState(
            id=self.id,
            network=self.work.served.id,
            layer=self.work.layer.id,
            mode=self.work.settings.mode,
            steps=self.work.settings.steps,
            seed=request.seed,
            start=None if request.start is None else request.start[0],
            state=self.phase,
            problem=self._failure or self._problem,
            channels=self.work.channels,
            done=tuple(sorted(self._done)),
            before_activation=self._silent("before_activation"),
            dead=self._silent("dead"),
            forming=forming,
            waiting=max(0, waiting),
            step=min((batch.step for batch in shown), default=0),
            revision=self._revision,
            seconds_left=self._seconds_left(hands),
        )

    def _silent(self, silence: Silence) -> tuple[int, ...]:
        return tuple(sorted(c for c, found in self._done.items() if found == silence))

    def _seconds_left(self, hands: int) -> float | None:
        if self._end is not None:
            return None
        pace = self.pace()
        if pace is None:
            return None
        steps = self.work.settings.steps
        left = sum(len(batch.channels) * (steps - batch.step) for batch in self._batches)
        taken = sum(len(batch.channels) for batch in self._batches)
        unmade = sum(channel not in self._done for channel in self._asked) - taken
        return pace * (left + max(0, unmade) * steps) / hands

    def pace(self) -> float | None:
        """Return the measured seconds of one step of one channel; None before the first step."""
        if self._channel_steps:
            return self._seconds / self._channel_steps
        begun = [batch for batch in self._batches if batch.channel_steps]
        if not begun:
            return None
        seconds = sum(batch.last - batch.since for batch in begun)
        return seconds / sum(batch.channel_steps for batch in begun)

    def _drop(self, channel: int) -> None:
        self._done.pop(channel, None)
        self._unsaved.pop(channel, None)

    def _give_up(self) -> None:
        for batch in self._batches:
            batch.given_up = True
        self._batches.clear()
        self._revision = 0

    def _check_unended(self, participle: str) -> None:
        if self._end is not None:
            raise JobError(
                f"The feature visualization of layer {self.work.layer.id} has ended "
                f"({self._end}), so it cannot be {participle}: ask for its pictures again."
            )

    def _settle(self) -> None:
        """End where all is done."""
        over = not self._batches and not self._unchecked
        if self._end is None and over and all(channel in self._done for channel in self._asked):
            self.end("failed" if self._failure else "done")
