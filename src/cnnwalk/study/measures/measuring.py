"""All measures of one trained network, from the cache or made."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from cnnwalk.pixels import Pixels
from cnnwalk.study.accuracy import Accuracy, accuracies, check_images
from cnnwalk.study.errors import StudyError
from cnnwalk.study.imageset import ImageSet, Indices, Part
from cnnwalk.study.inputs import batches, drawn, labels_of
from cnnwalk.study.measures.gradients import gradient_high_frequencies
from cnnwalk.study.measures.kept import digest_of_file, digest_of_images, keep, key_of, read_kept
from cnnwalk.study.measures.layers import measure_maps, watched
from cnnwalk.study.measures.measurements import (
    PICTURE_PLACES,
    Curve,
    ExampleImages,
    MapMeasures,
    Measurements,
    PictureMeasures,
    PicturePlace,
)
from cnnwalk.study.measures.places import MODULES
from cnnwalk.study.measures.robustness import measure_robustness
from cnnwalk.study.measures.settings import MeasureSettings
from cnnwalk.study.measures.visualizing import visualize_places
from cnnwalk.study.trained import About, load_trained


@dataclasses.dataclass(frozen=True)
class Step:
    """How far the measuring of a network is.

    Attributes:
        network: its name.
        measure: what is measured now, for people.
        done: how much of it, from 0.
        of: how much there is to do.
    """

    network: str
    measure: str
    done: int
    of: int


OnStep: TypeAlias = Callable[[Step], None]


def measure(
    trained: Path,
    images: ImageSet,
    *,
    settings: MeasureSettings | None = None,
    on_step: OnStep = lambda step: None,
) -> Measurements:
    """Measure a trained network, or return what was measured of it before.

    Args:
        trained: file of the network.
        images: that it was trained with, in its size.
        settings: how much is measured; left out, the defaults.
        on_step: called as it goes on.

    Raises:
        StudyError: the file is not such a network, its weights or scores are not finite, or the
            images do not fit it.
    """
    settings = settings or MeasureSettings()
    digest = digest_of_images(images)
    kept = find_measured(trained, digest, settings)
    return kept or measure_with(trained, images, digest, settings, on_step)


def find_measured(trained: Path, digest: str, settings: MeasureSettings) -> Measurements | None:
    """Return what was measured before of a network with images of a digest, if it was."""
    return read_kept(key_of(digest_of_file(trained), digest, settings))


def measure_with(
    trained: Path, images: ImageSet, digest: str, settings: MeasureSettings, on_step: OnStep
) -> Measurements:
    """Do as `measure`, where the images' digest is known and nothing is kept."""
    weights = digest_of_file(trained)
    module, about = load_trained(trained)
    _check(trained, module, about, images)
    made = _Measuring(module, about, images, settings, on_step).measurements(weights, digest)
    keep(key_of(weights, digest, settings), made)
    return made


def _check(trained: Path, module: nn.Module, about: About, images: ImageSet) -> None:
    bad = [
        name
        for name, value in module.state_dict().items()
        if value.is_floating_point() and not value.isfinite().all()
    ]
    if bad:
        more = f" and {len(bad) - 3} more" if len(bad) > 3 else ""
        raise StudyError(
            f"{trained} has weights that are infinite or not a number, in {', '.join(bad[:3])}"
            f"{more}: its training went wrong, train it again."
        )
    check_images(images, about)
    if not len(images.parts["test"]):
        raise StudyError(
            f"The images of {images.name} have no test part, but networks are measured with it: "
            "give images that are split."
        )


class _Measuring:
    def __init__(
        self,
        module: nn.Module,
        about: About,
        images: ImageSet,
        settings: MeasureSettings,
        on_step: OnStep,
    ) -> None:
        # Gradients are wanted at the input alone; convolutions on CPUs are quicker so.
        self._module = module.requires_grad_(False).to(memory_format=torch.channels_last)
        self._about = about
        self._images = images
        self._settings = settings
        self._on_step = on_step
        self._modules = MODULES[about.network]
        self._seconds: dict[str, float] = {}

    def measurements(self, weights: str, digest: str) -> Measurements:
        maps = self._maps()
        examples, example_maps = self._examples()
        accuracy = self._accuracies()
        gradient = self._gradient()
        noise, blur = self._robustness()
        visualized = self._visualized()
        pictures = {f"pictures {place}": pixels for place, (_, pixels) in visualized.items()}
        return Measurements(
            about=self._about,
            weights=weights,
            images=digest,
            settings=self._settings,
            test_images=len(self._images.parts["test"]),
            accuracies=accuracy,
            maps_of=maps,
            gradient_high_frequencies=gradient,
            noise=noise,
            blur=blur,
            pictures_of=tuple(measures for measures, _ in visualized.values()),
            examples=examples,
            seconds=self._seconds,
            arrays={"maps": example_maps, **pictures},
        )

    def _maps(self) -> tuple[MapMeasures, ...]:
        rows = self._drawn(self._settings.images)
        with self._measuring("feature maps", len(rows)) as told:
            return measure_maps(self._module, self._modules, self._inputs(rows, told))

    def _inputs(self, rows: Indices, told: Callable[[int], None]) -> Iterator[Tensor]:
        for part, inputs in batches(self._images, rows, self._about):
            yield inputs
            told(len(part))

    def _examples(self) -> tuple[ExampleImages, npt.NDArray[np.float32]]:
        layer = self._modules.maps["last convolution"]
        rows = self._drawn(self._settings.examples)
        maps: list[Tensor] = []
        scores: list[Tensor] = []
        with watched(self._module, {layer: maps.append}), torch.inference_mode():
            for _, inputs in batches(self._images, rows, self._about):
                scores.append(self._module(inputs))
        predictions = torch.cat(scores)
        self._require_finite(predictions, rows)
        examples = ExampleImages(
            images=tuple(rows.tolist()),
            keys=tuple(self._images.keys[row] for row in rows.tolist()),
            labels=tuple(labels_of(self._images, rows).tolist()),
            predictions=tuple(predictions.argmax(1).tolist()),
            layer=layer,
        )
        return examples, torch.cat(maps).contiguous().numpy()

    def _require_finite(self, scores: Tensor, rows: Indices) -> None:
        bad = torch.nonzero(~scores.isfinite().all(1)).flatten().tolist()
        if bad:
            raise StudyError(
                f"{self._about.name} says of {self._images.keys[rows[bad[0]]]} scores that are "
                "infinite or not a number: its training went wrong, train it again."
            )

    def _accuracies(self) -> dict[str, float]:
        names = self._settings.accuracies
        count = _looked_at(self._images, names)
        with self._measuring("accuracies", count) as told:
            return accuracies(self._module, self._images, self._about, names=names, on_images=told)

    def _gradient(self) -> float | None:
        rows = self._drawn(self._settings.gradients)
        with self._measuring("gradients at the input", len(rows)) as told:
            return gradient_high_frequencies(
                self._module,
                ((inputs, classes) for _, inputs, classes in self._labelled(rows, told)),
            )

    def _robustness(self) -> tuple[Curve, Curve]:
        rows = self._drawn(self._settings.robustness)
        with self._measuring("robustness", len(rows)) as told:
            return measure_robustness(
                self._module,
                self._labelled(rows, told),
                noises=self._settings.noises,
                blurs=self._settings.blurs,
                seed=self._settings.seed,
            )

    def _labelled(
        self, rows: Indices, told: Callable[[int], None]
    ) -> Iterator[tuple[Indices, Tensor, Tensor]]:
        for part, inputs in batches(self._images, rows, self._about):
            yield part, inputs, labels_of(self._images, part)
            told(len(part))

    def _visualized(self) -> Mapping[PicturePlace, tuple[PictureMeasures, Pixels]]:
        if not self._settings.channels:
            return {}
        count = self._settings.channels * len(PICTURE_PLACES)
        with self._measuring("feature visualizations", count) as told:
            return visualize_places(self._module, self._about, self._settings, lambda: told(1))

    def _drawn(self, count: int | None) -> Indices:
        return drawn(self._images, count, self._settings.seed)

    @contextmanager
    def _measuring(self, measure: str, of: int) -> Iterator[Callable[[int], None]]:
        """Tell of a measure and take its time; gives what is called with how much was done."""
        done = 0

        def told(count: int) -> None:
            nonlocal done
            done += count
            self._on_step(Step(self._about.name, measure, done, of))

        begun = time.process_time()
        told(0)
        yield told
        self._seconds[measure] = time.process_time() - begun


def _looked_at(images: ImageSet, names: Collection[Accuracy]) -> int:
    """Return how many images `accuracies` looks at."""
    wanted = set(names)
    of_part: dict[Part, list[set[Accuracy]]] = {
        "train": [{"train", "train_true"}],
        "validation": [{"validation"}],
        "test": [{"test", "balanced"}, {"test_noise"}],
    }
    return sum(
        len(images.parts[part]) * sum(bool(wanted & alike) for alike in looks)
        for part, looks in of_part.items()
    )
