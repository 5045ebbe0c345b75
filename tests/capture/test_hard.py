"""Networks that are hard to follow: their graphs are true, or say what is missing."""

from __future__ import annotations

import pytest
import torch
from hard import MODELS
from hard.case import Hard
from hard.truth import unlike_autograd, untrue

from cnnwalk.capture import record

pytestmark = pytest.mark.filterwarnings("ignore")  # torch's own, about scripts and checkpoints


@pytest.mark.parametrize("hard", MODELS, ids=lambda hard: hard.name)
def test_the_graph_is_true(hard: Hard):
    torch.manual_seed(0)
    model = hard.build()
    recording = record(model, hard.example_input, hard.kwargs)
    for granularity in ("ops", "modules", "layers"):
        graph = recording.graph(granularity)
        assert untrue(hard, graph) == []
        assert unlike_autograd(hard, model, graph) == []
