"""What must be borne in mind with the numbers of a report, as far as it applies."""

from __future__ import annotations

from collections.abc import Iterator

from cnnwalk.study.report.content import Content
from cnnwalk.study.report.group import JUDGED_FROM, MEMORIZED, Group
from cnnwalk.study.report.words import ACCURACIES, CONTROLS, NETWORKS
from cnnwalk.study.strategies import STRATEGIES

_UNEVEN = 3.0
_OF_DATA = {
    "emoji": "The images are drawings of few hands, not photographs: the paper's images are "
    "photographs and CT scans, and nothing here says that those come out alike.",
    "digits": "The digits are a first try: 8×8 pixels, enlarged, of ten easy classes.",
}


def caveats(content: Content) -> list[str]:
    """Return sentences."""
    return list(_caveats(content))


def _caveats(content: Content) -> Iterator[str]:
    facts, groups = content.facts, content.groups
    if facts.data in _OF_DATA:
        yield _OF_DATA[facts.data]
    if facts.majority * len(facts.classes) > _UNEVEN:
        yield (
            "The classes are of uneven size, so that the balanced accuracy, in which each class "
            "counts as much, is the fairer one."
        )
    yield from _of_seeds(groups)
    yield from _of_training(content)
    yield from _of_measures(content)
    yield (
        "The rules ask for a difference of numbers. What eyes alone can tell, such as whether a "
        "picture shows an animal, is not judged here, nor is why a network does what it does."
    )


def told_accuracies(content: Content) -> list[str]:
    """Return which accuracies are of the networks' files, where not all were measured, in words."""
    return [
        words
        for name, words in ACCURACIES.items()
        if any(name in each.about.accuracies for each in content.measurements)
        and not all(name in each.accuracies for each in content.measurements)
    ]


def _of_seeds(groups: list[Group]) -> Iterator[str]:
    single = sum(len(each.seeds) == 1 for each in groups)
    if single:
        yield (
            f"{single} of the {len(groups)} combinations of network and strategy have one seed. "
            "How far another seed would lie is not known of them; their errors are those of a "
            "limited number of images alone."
        )
    yield ("All networks share one split of the images; another split would shift all accuracies.")


def _of_training(content: Content) -> Iterator[str]:
    for each in content.groups:
        if each.memorized is False:
            train = each.accuracies["train"].mean
            yield (
                f"{NETWORKS[each.network]} with {each.strategy} has only partly memorized what it "
                f"was trained on: it knows {train:.1%} of it, less than {MEMORIZED:.1%}. No claim "
                "about memorizing rests on it."
            )
    if told := told_accuracies(content):
        yield (
            f"Not measured anew, but as the networks' files tell: {'; '.join(told)}. Where labels "
            "were shuffled or copies got noise, what was trained on cannot always be made again."
        )
    missing = [name for name in CONTROLS if not any(name in each.groups for each in content.cases)]
    if missing:
        named = " and ".join(sorted(f"{STRATEGIES[name].short} {name}" for name in missing))
        yield (
            f"The controls {named} were not trained, so that what augmentation's noise does is not "
            "told apart from what its other steps do."
        )
    yield (
        "Strategies are trained for as long as each needs, so that some saw far more batches than "
        "others."
    )


def _of_measures(content: Content) -> Iterator[str]:
    if any(not layer.large for each in content.groups for layer in each.layers):
        yield (
            f"Maps of fewer than {JUDGED_FROM} pixels on a side have so few neighbours that their "
            "smoothness says little; their marks are hollow."
        )
    settings = content.measurements[0].settings
    yield (
        f"Maps were measured on {settings.images} test images, gradients on {settings.gradients}; "
        "curves and maps of a network with several seeds are of all of them, pictures of the "
        "first."
    )
    if any(picture.live < picture.count for each in content.groups for picture in each.pictures):
        yield (
            "Silent channels give no feature visualization. They are left out of all figures, and "
            "those that remain may not be typical of their layer."
        )
    yield (
        "Noise and blur are not attacks: how easily a network is deceived on purpose was not "
        "measured."
    )
