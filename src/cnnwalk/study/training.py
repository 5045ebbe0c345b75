"""Training a network with a strategy, to its end or to a stop from which it goes on."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from cnnwalk.study.accuracy import Accuracy, accuracies
from cnnwalk.study.checkpoint import State, identity, read_checkpoint, write_checkpoint
from cnnwalk.study.errors import StudyError
from cnnwalk.study.imageset import ImageSet
from cnnwalk.study.machine import machine
from cnnwalk.study.recipe import Recipe, recipe_for
from cnnwalk.study.strategies import StrategyName
from cnnwalk.study.trained import About, NetworkName, load_trained, save_trained
from cnnwalk.study.trainer import EpochFigures, Trainer
from cnnwalk.study.writing import require_writable

if TYPE_CHECKING:
    from lightning_fabric import Fabric

_VALIDATION: tuple[Accuracy, ...] = ("validation",)
_ASKED_EVERY = 10
"""After how many batches of an epoch several devices agree on whether to stop, beside its last:
each time they wait."""


@dataclasses.dataclass(frozen=True)
class Progress:
    """How far training is.

    Attributes:
        epoch: the one that runs, 1-based.
        epochs: of all.
        batch: how many of its batches are done.
        batches: of an epoch.
        last: figures of the epoch before; None in the first, and in the first after going on.
        validation: accuracy when it was last measured.
    """

    epoch: int
    epochs: int
    batch: int
    batches: int
    last: EpochFigures | None
    validation: float | None


class StoppedError(Exception):
    """Training stopped when it was asked to; a checkpoint holds all that was done."""

    def __init__(self, epoch: int, epochs: int, checkpoint: Path) -> None:
        super().__init__(f"stopped in epoch {epoch} of {epochs}; {checkpoint} holds the state")
        self.epoch, self.epochs, self.checkpoint = epoch, epochs, checkpoint


def train(  # noqa: PLR0913  # what is trained, and how one follows it
    images: ImageSet,
    network: NetworkName,
    strategy: StrategyName,
    *,
    seed: int = 0,
    recipe: Recipe | None = None,
    out: Path = Path("study"),
    fabric: Fabric | None = None,
    checkpoint_seconds: float = 30,
    validate_every: int = 10,
    on_step: Callable[[str], None] = lambda step: None,
    on_progress: Callable[[Progress], None] = lambda progress: None,
    stop: Callable[[], bool] = lambda: False,
) -> Path:
    """Train a network and write it to ``OUT/networks/NAME.safetensors``.

    Training that was stopped or killed goes on from its checkpoint in ``OUT/checkpoints``; on the
    CPU its weights become exactly what they would have become. A network that is there is not
    trained again.

    Args:
        images: to train and to measure with.
        network: which architecture.
        strategy: what is done to images and labels.
        seed: of the weights and of all draws, 0 or more.
        recipe: epochs, batches, rate; None for `recipe_for`.
        out: is made where it is missing.
        fabric: the devices, from `machine` and launched; None for the GPU or the CPU.
        checkpoint_seconds: the time between two checkpoints; the first comes after one epoch at
            the latest.
        validate_every: how many epochs lie between two measurements of the validation part.
        on_step: is told what happens, in words.
        on_progress: is told after each batch.
        stop: is asked after each batch.

    Returns:
        Path of the trained network.

    Raises:
        StoppedError: `stop` said so; the same call goes on.
        StudyError: the images do not suffice, the weights grow beyond all numbers, a file cannot
            be written, or what lies there is of other training.
    """
    recipe = recipe or recipe_for(images, strategy)
    about = _about(images, network, strategy, seed, recipe)
    path = out / "networks" / f"{about.name}.safetensors"
    if path.exists():
        _require_same(path, about)
        on_step(f"{path} is there already, so it is not trained again")
        return path
    if not len(images.parts["validation"]):
        on_step(
            f"of {images.name} no image is for validation, so its accuracy is not measured; the "
            "weights of the last epoch are kept, as always"
        )
    fabric = fabric or machine()
    for folder in ("checkpoints", "networks"):
        require_writable(out / folder)
    trainer = Trainer(fabric, images, network, strategy, seed, recipe)
    belongs_to = identity(images, network, strategy, seed, recipe, fabric.world_size)
    checkpoint = out / "checkpoints" / f"{about.name}.pt"
    keeper = _Keeper(trainer, fabric, checkpoint, belongs_to, checkpoint_seconds)
    state = keeper.read()
    if state is not None:
        trainer.go_on(state)
        on_step(f"going on in epoch {trainer.epoch + 1} of {recipe.epochs}, as {checkpoint} says")
    validate = _Validation(trainer, images, about, validate_every)
    _train_epochs(trainer, recipe.epochs, keeper, validate, on_progress, _agreed(stop, fabric))
    if fabric.is_global_zero:
        on_step("measuring accuracies")
        path = _write(out / "networks", trainer, images, about)
        checkpoint.unlink(missing_ok=True)
    fabric.barrier()
    return path


def _train_epochs(  # noqa: PLR0913, PLR0917  # who has a part in it
    trainer: Trainer,
    epochs: int,
    keeper: _Keeper,
    validation: _Validation,
    on_progress: Callable[[Progress], None],
    stops: Callable[[Trainer], bool],
) -> None:
    """Do the epochs that are left.

    Raises:
        StoppedError: `stops` said so; a checkpoint is kept.
    """
    last = None
    while trainer.epoch < epochs:
        for _ in trainer.steps():
            place = trainer.epoch + 1, epochs, trainer.batch, trainer.batches
            on_progress(Progress(*place, last, validation.accuracy))
            if stops(trainer):
                keeper.keep()
                raise StoppedError(trainer.epoch + 1, epochs, keeper.path)
            keeper.keep_when_due()
        last = trainer.finish_epoch()
        keeper.keep_when_due()
        validation.measure_when_due()


class _Keeper:
    """Writes checkpoints when they are due.

    Args:
        trainer: of which the state is kept.
        fabric: its devices, of which the first writes.
        path: of the checkpoint.
        belongs_to: as of `identity`.
        seconds: between two.

    Attributes:
        path: as given.
    """

    def __init__(
        self,
        trainer: Trainer,
        fabric: Fabric,
        path: Path,
        belongs_to: dict[str, str],
        seconds: float,
    ) -> None:
        self._trainer, self._fabric = trainer, fabric
        self.path, self._belongs_to, self._seconds = path, belongs_to, seconds
        self._kept_at = time.monotonic()
        self._has_kept = False

    def read(self) -> State | None:
        """Return the state that is there; see `read_checkpoint`."""
        state = read_checkpoint(self.path, self._belongs_to)
        self._has_kept = state is not None
        return state

    def keep_when_due(self) -> None:
        """Write a checkpoint where the last is old, or the first epoch is over."""
        is_first = not self._has_kept and self._trainer.epoch > 0
        if is_first or time.monotonic() - self._kept_at >= self._seconds:
            self.keep()

    def keep(self) -> None:
        """Write a checkpoint.

        Raises:
            StudyError: it cannot be written.
        """
        state = self._trainer.state()
        if self._fabric.is_global_zero:
            write_checkpoint(self.path, self._belongs_to, state)
        self._has_kept = True
        self._kept_at = time.monotonic()


class _Validation:
    """Measures the validation part now and then, for who watches: nothing is decided by it.

    Attributes:
        accuracy: when it was last measured; None before that, and where the part has no images.
    """

    def __init__(self, trainer: Trainer, images: ImageSet, about: About, every: int) -> None:
        self._trainer, self._images, self._about, self._every = trainer, images, about, every
        self.accuracy: float | None = None

    def measure_when_due(self) -> None:
        """Measure at the end of every so many epochs."""
        if self._trainer.epoch % self._every == 0:
            module = self._trainer.module
            measured = accuracies(module, self._images, self._about, names=_VALIDATION)
            self.accuracy = measured.get("validation")


def _agreed(stop: Callable[[], bool], fabric: Fabric) -> Callable[[Trainer], bool]:
    """Return what says whether to stop, the same on all devices: where one is told to, all do."""

    def stops(trainer: Trainer) -> bool:
        if fabric.world_size == 1:
            return stop()
        if trainer.batch % _ASKED_EVERY and trainer.batch < trainer.batches:
            return False
        wishes = fabric.all_reduce(torch.tensor(float(stop()), device=fabric.device), None, "sum")
        return bool(torch.as_tensor(wishes) > 0)

    return stops


def _about(
    images: ImageSet, network: NetworkName, strategy: StrategyName, seed: int, recipe: Recipe
) -> About:
    _, height, width, _ = images.pixels.shape
    rest = dataclasses.asdict(recipe)
    epochs = rest.pop("epochs")
    return About(
        network=network,
        strategy=strategy,
        seed=seed,
        data=images.name,
        split=images.split,
        classes=images.classes,
        mean=images.mean,
        std=images.std,
        height=height,
        width=width,
        epochs=epochs,
        recipe=rest,
    )


def _require_same(path: Path, about: About) -> None:
    """Check that a trained network is what would be trained, as far as its file says."""
    _, there = load_trained(path)
    ours = dataclasses.asdict(about) | about.recipe
    theirs = dataclasses.asdict(there) | there.recipe
    # Images are known by their mean and deviation, as in a checkpoint.
    for name in ("epochs", "split", "height", "width", "classes", "mean", "std", *there.recipe):
        if ours.get(name) != theirs[name]:
            what = f"{name} of the images" if name in {"mean", "std"} else name
            raise StudyError(
                f"{path} was trained otherwise ({what}: {theirs[name]!s:.60} instead of "
                f"{ours.get(name)!s:.60}): remove it, or choose another folder with --out."
            )


def _write(
    folder: Path,
    trainer: Trainer,
    images: ImageSet,
    about: About,
) -> Path:
    found = accuracies(trainer.module, images, about, examples=trainer.examples)
    return save_trained(folder, trainer.module, dataclasses.replace(about, accuracies=dict(found)))
