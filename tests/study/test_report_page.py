"""The page, read as a browser reads it, against the measurements and the JSON file."""

from __future__ import annotations

import errno
import json
import os
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from reporting import TESTED, changed, images, measured

from cnnwalk.study.errors import StudyError
from cnnwalk.study.report import write_report
from cnnwalk.study.report.content import gather
from cnnwalk.study.report.page import figure
from cnnwalk.study.strategies import STRATEGY_NAMES

S1, S2, S3, S0, _, _ = STRATEGY_NAMES
VOID = {"img", "meta", "link", "br", "input"}


class Page(HTMLParser):
    """What a page holds: tables by id, as rows of cells; all values; all that it asks for."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tables: dict[str, dict[tuple[str, ...], list[list[float]]]] = {}
        self.ids: list[str] = []
        self.asked: list[str] = []
        self.names: list[str] = []
        self.alts: list[str | None] = []
        self.text = ""
        self.open: list[str] = []
        self._table: dict[tuple[str, ...], list[list[float]]] = {}
        self._cells: list[list[float]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        self.names.append(tag)
        self.ids += [given["id"]] if "id" in given else []
        self.asked += [given[name] for name in ("src", "href", "xlink:href") if name in given]
        if tag in {"img", "svg"}:
            self.alts.append(given.get("alt") or given.get("aria-label"))
        if tag == "table":
            self._table = self.tables.setdefault(given.get("id", ""), {})
        elif tag == "tr":
            key = tuple(given[name] for name in ("data-strategy", "data-place") if name in given)
            self._cells = self._table.setdefault(key, [])
        elif tag == "td":
            self._cells.append([])
        elif tag == "data" and "td" in self.open:
            self._cells[-1].append(float(given["value"]))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, f"</{tag}> closes something else"

    def handle_data(self, data):
        if "style" not in self.open:
            self.text += data


def report(tmp_path: Path, *measurements, **given) -> tuple[Page, dict]:
    path = write_report(measurements, images(**given), tmp_path, "cnnwalk study report --data x")
    return Page(path.read_text()), json.loads((tmp_path / "report.json").read_text())


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Return a report of two architectures, one strategy with three seeds, one partly memorized."""
    networks = [
        measured(
            S1, accuracies={"test": 0.52}, noise=(0.5, 0.45, 0.1), geary=(0.2, 0.3, 0.4, 0.5, None)
        ),
        measured(S2, accuracies={"test": 0.031}, gradient=0.77, pictures=0.71),
        *(
            measured(S0, seed=seed, accuracies={"test": test})
            for seed, test in ((2, 0.4), (0, 0.5), (1, 0.6))
        ),
        measured(S3, "coviddensenet", accuracies={"train": 0.4655}, live=False),
    ]
    folder = tmp_path_factory.mktemp("report")
    return *report(folder, *networks), networks


def test_accuracies_on_the_page_are_those_measured_and_those_in_the_json_file(written):
    page, numbers, networks = written
    table = page.tables["accuracy-covidresnet"]
    columns = ("train", "train_true", "validation", "test", "balanced", "test_noise")
    for network in networks[:2]:
        shown = [cell[0] for cell in table[network.about.strategy,]]
        assert shown == [network.accuracies[name] for name in columns]
    for group in numbers["groups"]:
        row = page.tables[f"accuracy-{group['network']}"][group["strategy"],]
        assert [cell[0] for cell in row] == [group["accuracies"][name]["mean"] for name in columns]
    assert [each["accuracies"] for each in numbers["networks"]] == [
        each.accuracies for each in networks
    ]


def test_several_seeds_have_mean_and_spread_and_one_has_none(written):
    page, numbers, _ = written
    table = page.tables["accuracy-covidresnet"]
    mean, spread = table[S0,][3]
    assert (mean, spread) == (pytest.approx(0.5), pytest.approx(0.1))
    assert len(table[S1,][3]) == 1
    (group,) = [each for each in numbers["groups"] if each["strategy"] == S0]
    assert group["seeds"] == [0, 1, 2]
    value = group["accuracies"]["test"]
    # The binomial error of .5, and that of the mean of three seeds.
    assert value["error"] == pytest.approx((0.25 / TESTED + 0.01 / 3) ** 0.5)


def test_measures_of_maps_and_curves_are_those_measured(written):
    page, _, networks = written
    first = networks[0]
    for at, measures in enumerate(first.maps_of):
        _, _, geary, high, hoyer, active, silent = page.tables["layers-covidresnet"][
            S1, measures.place
        ]
        assert geary == ([] if measures.geary is None else [measures.geary])
        assert high == [measures.high_frequencies]
        assert (hoyer, active) == ([measures.hoyer], [measures.active])
        assert silent == [1.0 if at == 0 else 0.0]
    assert page.tables["noise-covidresnet"][S1,] == [[0.5], [0.45], [0.1]]
    assert page.tables["blur-covidresnet"][S1,] == [[0.5], [0.3]]
    assert page.tables["gradient-covidresnet"][S2,] == [[0.77]]


def test_silent_pictures_are_not_shown_and_do_not_count(written):
    page, numbers, _ = written
    text = page.text
    assert "3 of 4 live" in text
    assert "no live picture, 0 of 4 live" in " ".join(text.split())
    (group,) = [each for each in numbers["groups"] if each["strategy"] == S2]
    # The first picture of each place is silent, and has .99.
    assert [each["high"]["mean"] for each in group["pictures"]] == [pytest.approx(0.71)] * 6
    assert {(each["live"], each["count"]) for each in group["pictures"]} == {(3, 4)}
    pictures = [alt for alt in page.alts if alt and re.fullmatch(r"channel \d+", alt)]
    assert "channel 0" not in pictures
    # Five places with channels, three live channels, of three networks; S3 has none.
    assert len(pictures) == 5 * 3 * 3


def test_a_network_that_memorized_in_part_is_marked(written):
    page, _, _ = written
    assert page.text.count("partly memorized") >= 2  # in the table, and as a caveat
    assert "knows 46.6% of" in " ".join(page.text.split())


def test_claims_on_the_page_have_the_verdicts_of_the_json_file(written, tmp_path):
    page, numbers, _ = written
    assert len(numbers["claims"]) >= 10
    for claim in numbers["claims"]:
        after = page.text[page.text.rindex(claim["text"]) + len(claim["text"]) :]
        assert after.split("paper, section")[0].strip() == claim["verdict"]
        assert after.split("paper, section")[1].split()[0] == claim["section"]


def test_the_first_words_are_the_main_claims_and_what_the_control_leaves_open(tmp_path):
    rough = {"pictures": 0.7, "gradient": 0.7}
    page, numbers = report(tmp_path, measured(S1), measured(S2, **rough), measured(S0, **rough))
    first = " ".join(page.text.split("What was done")[0].split())
    judged = {claim["key"]: claim for claim in numbers["claims"]}
    for key in ("memorizing-pictures", "memorizing-gradients"):
        assert judged[key]["networks"]["covidresnet"]["confounded"]
        assert f"{judged[key]['text']} undecided CovidResNet: S2" in first
    assert "S2 pictures 0.70" in first
    assert "In 2 of the undecided claims the difference from S1" in first
    assert "S2 is not clearly above the control S0 plain" in page.text


def test_what_the_control_does_not_show_is_not_left_open_by_it(tmp_path):
    networks = (measured(S1), measured(S2, gradient=0.7, pictures=0.7), measured(S0))
    page, numbers = report(tmp_path, *networks)
    judged = {claim["key"]: claim["verdict"] for claim in numbers["claims"]}
    assert judged["memorizing-gradients"] == judged["memorizing-pictures"] == "confirmed"
    assert "of the undecided claims" not in page.text


@pytest.mark.parametrize(
    ("number", "kind", "words"),
    [
        (0.517, "share", "51.7"),
        (0.99974, "share", "99.97"),
        (1.0, "share", "100.0"),
        (0.0003, "share", "0.03"),
        (0.0, "share", "0.0"),
        (0.004, "measure", "0.004"),
        (0.784, "measure", "0.78"),
        (-0.011, "share", "\N{MINUS SIGN}1.1"),
        (12345, "count", "12,345"),
    ],
)
def test_what_is_nearly_all_or_nothing_does_not_read_as_that(number, kind, words):
    assert figure(number, kind) == words


def test_the_page_stands_alone_and_can_be_read_aloud(written):
    page, _, _ = written
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    assert "script" not in page.names
    inside = {f"#{name}" for name in page.ids}
    foreign = [each for each in page.asked if not each.startswith("data:") and each not in inside]
    assert foreign == []
    assert page.alts
    assert all(page.alts)
    assert page.names.count("caption") == page.names.count("table")
    assert page.names.count("h1") == 1


def test_names_cannot_become_part_of_the_page(tmp_path):
    classes = ("<script>alert(1)</script>", 'a" onload="x', "hat", "car", "sun")
    page, numbers = report(tmp_path, measured(S1, classes=classes), classes=classes)
    assert "script" not in page.names
    assert classes[0] in page.text
    assert numbers["classes"] == list(classes)


def test_chance_and_the_largest_class_are_counted_in_the_images(written):
    _, numbers, _ = written
    assert numbers["majority"] == pytest.approx(0.4)
    assert numbers["chance"] == pytest.approx(0.2)  # training images are of all classes alike
    assert numbers["parts"] == {"train": 50, "validation": 10, "test": TESTED}


def test_the_commands_that_do_it_again_stand_there(written):
    page, numbers, _ = written
    assert (
        "cnnwalk study train --data folder --folder DIR --size 16x16 --split random "
        "--network covidresnet --strategy plain --seed 2 --epochs 10\n"
    ) in page.text
    assert numbers["commands"][-1] == "cnnwalk study report --data x"


@pytest.mark.parametrize(("strategy", "of_copies"), [(S3, " --copies 2 --noise 0.25"), (S1, "")])
def test_the_commands_have_the_recipe_where_files_say_it(strategy, of_copies):
    recipe = {"batch": 79, "rate": 0.001234375, "decay": 0.5, "copies": 2, "noise": 0.25}
    network = changed(measured(strategy), recipe=recipe)
    (trains, _) = gather([network], images(), "command").facts.commands
    said = trains.partition(f"--strategy {strategy} ")[2]
    assert said == f"--seed 0 --epochs 10 --batch 79 --rate 0.001234375 --decay 0.5{of_copies}"


def test_strategies_that_are_missing_are_told(tmp_path):
    page, numbers = report(tmp_path, measured(S1))
    verdicts = {claim["key"]: claim["verdict"] for claim in numbers["claims"]}
    assert verdicts["levels"] == "not measured"
    assert "Missing: shuffled-labels and noisy-copies." in page.text


def test_accuracy_that_cannot_be_measured_again_is_the_one_the_file_tells(tmp_path):
    untold = changed(measured(S3), accuracies={"train": 1.0, "test": 0.9})
    del untold.accuracies["train"]
    page, _ = report(tmp_path, untold)
    cells = page.tables["accuracy-covidresnet"][S3,]
    assert (cells[0], cells[3]) == ([1.0], [0.5])  # what is measured goes before
    assert page.text.count("as the networks' files tell: train.") == 2  # below the table, and last


@pytest.mark.parametrize(
    ("second", "sentence"),
    [
        (changed(measured(S2), split="by emoji"), "was trained on a split 'by emoji'"),
        (measured(S1), "is there twice"),
    ],
)
def test_networks_that_cannot_be_compared_make_no_report(tmp_path, second, sentence):
    with pytest.raises(StudyError, match=sentence):
        report(tmp_path, measured(S1), second)
    with pytest.raises(StudyError, match="no trained network"):
        report(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_keeps_the_old_report(tmp_path, monkeypatch):
    report(tmp_path, measured(S1))
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StudyError, match="No space left on device"):
        report(tmp_path, measured(S2))
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
